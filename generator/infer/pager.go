package infer

import (
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// A pageParam is a request parameter a pager could send: in the query, or a
// property of a JSON body.
type pageParam struct {
	name  string
	path  string // in the body, "" for a query parameter
	typ   *ir.Type
	prose string
	req   bool
	decl  *ir.Param
}

// A field is a scalar of the response outside the records.
type field struct {
	keys  []string
	name  string
	typ   *ir.Type
	links bool // it stands among links
	req   bool
}

func (f field) path() string { return joinPath(f.keys) }

func (f field) prose() string { return plain(f.typ.Description) }

// isURL reports whether a field holds an address rather than a token.
func (f field) isURL() bool {
	k := words.Split(f.name)
	return f.links || strings.HasPrefix(f.typ.Format, "ur") || words.Contains(k, "url") || words.Contains(k, "uri") ||
		words.Contains(k, "href") || words.Contains(k, "link") || saysAny(f.prose(), urlProse...)
}

// textLike reports whether a value can be a token or an address.
func (f field) textLike() bool { return f.typ.Kind == ir.KindString || f.typ.Kind == ir.KindAny }

// A paging is all that an operation shows about its pages.
type paging struct {
	c       *candidate
	params  []pageParam
	fields  []field
	headers []ir.Header
	size    *pageParam
	stdSize int
	maxSize int
}

// A pagerRule recognises one kind of pager; nil if it is not there.
type pagerRule func(*paging) *ir.Decided[ir.Paginator]

// pagerRules in the order of G37. A declared Link header stands before keyset:
// it is what the server says, a parameter called before is not. Tokens whose
// response field is not declared come last (G38).
var pagerRules = []pagerRule{
	jsonLinkPager,
	cursorPager,
	headerLinkPager,
	keysetPager,
	headerCursorPager,
	pageNumberPager,
	offsetPager,
	nextPageLinkPager,
	undeclaredCursorPager,
}

// pagers decides for each list how its next page is asked for.
func (in *inferrer) pagers() {
	for _, c := range in.all {
		if p, ok := statedPager(c); ok {
			c.res.Paginate = p
			use(c.paging, p.Value)
			continue
		}
		if !c.list() {
			c.res.Paginate = single(c, "one record")
			continue
		}
		p := newPaging(c)
		var all []ir.Decided[ir.Paginator]
		for _, rule := range pagerRules {
			if d := rule(p); d != nil {
				all = append(all, *d)
			}
		}
		if len(all) == 0 {
			c.res.Paginate = p.unseen()
			continue
		}
		c.res.Paginate = all[0]
		c.res.Alternatives = all[1:]
		use(c.paging, all[0].Value)
		for _, d := range all[1:] {
			use(c.spare, d.Value)
		}
	}
}

// unseen is the pager of a list whose answer shows no way on. Where its
// parameters say that it pages, the first page has to tell: a list that ends at
// its first hundred records says nothing about it (R111).
func (p *paging) unseen() ir.Decided[ir.Paginator] {
	token := p.find(tokenParams, func(q pageParam) bool { return isText(q.typ) && bareToken(q) })
	if token == nil && p.size == nil {
		return single(p.c, "no parameter, field or header asks for another page")
	}
	d := ir.Paginator{Type: ir.PageAuto}
	var evidence []string
	if token != nil {
		d.Param = token.name
		if token.path != "" {
			d.Param, d.BodyPath = "", token.path
		}
		evidence = append(evidence, p.say(token, "a token"))
	}
	out := p.decide(d, weak, append(evidence, "nothing in the answer is declared to lead on: the first page tells")...)
	use(p.c.paging, out.Value)
	return *out
}

// bareToken reports whether a parameter is called a token and nothing else, or
// a token of pages.
func bareToken(q pageParam) bool {
	return words.Key(q.name) == "token" && !saysAny(q.prose, "access", "auth", "api") || clearTokens.has(q.name)
}

func single(c *candidate, evidence string) ir.Decided[ir.Paginator] {
	return ir.Decided[ir.Paginator]{Value: ir.Paginator{Type: ir.PageSingle}, Why: why(strong, c.op.Pos, evidence)}
}

// use marks the parameters that a pager sends.
func use(params map[string]bool, p ir.Paginator) {
	for _, n := range []string{p.Param, p.SizeParam} {
		if n != "" {
			params[key("query", n)] = true
		}
	}
	if p.BodyPath != "" {
		params[key("body", p.BodyPath)] = true
	}
}

// key is a parameter by place and name.
func key(in, name string) string { return in + " " + name }

// newPaging collects what an operation shows about its pages.
func newPaging(c *candidate) *paging {
	p := &paging{c: c, headers: c.op.Response.Headers}
	for _, q := range c.op.Params {
		if q.In != "query" && q.In != "header" || q.Type == nil {
			continue
		}
		if q.In == "header" && !pagingHeaderParam(q.Name) {
			continue
		}
		p.params = append(p.params, pageParam{name: q.Name, typ: q.Type, prose: prose(q), req: q.Required, decl: q})
		if q.Type.Kind == ir.KindObject { // deepObject: page[number]
			for _, sub := range q.Type.Props {
				if sub.Type == nil {
					continue
				}
				p.params = append(p.params, pageParam{name: q.Name + "[" + sub.Name + "]", typ: sub.Type, prose: plain(sub.Type.Description), decl: q})
			}
		}
	}
	if b := c.op.Body; b != nil && b.Type != nil {
		for _, prop := range b.Type.Props {
			p.addBody(prop, nil)
		}
	}
	p.fields = pagingFields(c.op.Response.Type, c.sel)
	p.findSize()
	return p
}

// pagingHeaderParam reports whether a request header carries a token.
func pagingHeaderParam(name string) bool { return tokenHeaders.has(name) }

func (p *paging) addBody(prop *ir.Property, keys []string) {
	if prop.Type == nil {
		return
	}
	keys = append(append([]string(nil), keys...), prop.Name)
	if prop.Type.Kind == ir.KindObject && containers.has(prop.Name) && len(keys) == 1 {
		for _, sub := range prop.Type.Props {
			p.addBody(sub, keys)
		}
		return
	}
	p.params = append(p.params, pageParam{name: prop.Name, path: joinPath(keys), typ: prop.Type, prose: plain(prop.Type.Description), req: prop.Required})
}

// pagingFields collects the scalars of a body that may be about paging: beside
// the records at every level, and in the objects that usually hold such things.
func pagingFields(body *ir.Type, sel selection) []field {
	var out []field
	var walk func(t *ir.Type, keys []string, links, onPath bool)
	walk = func(t *ir.Type, keys []string, links, onPath bool) {
		if t == nil || t.Kind != ir.KindObject || len(keys) > maxObjects {
			return
		}
		for _, prop := range t.Props {
			if prop.Type == nil {
				continue
			}
			at := append(append([]string(nil), keys...), prop.Name)
			next := onPath && len(at) <= len(sel.keys) && sel.keys[len(at)-1] == prop.Name
			if next && len(at) == len(sel.keys) {
				continue
			}
			switch prop.Type.Kind {
			case ir.KindObject:
				if next || containers.has(prop.Name) {
					walk(prop.Type, at, links || linkContainers.has(prop.Name), next)
				}
			case ir.KindString, ir.KindInteger, ir.KindNumber, ir.KindBoolean, ir.KindAny:
				out = append(out, field{keys: at, name: prop.Name, typ: prop.Type, links: links, req: prop.Required})
			case ir.KindMap, ir.KindArray, ir.KindNull:
			}
		}
	}
	walk(body, nil, false, true)
	return out
}

// find is the best parameter of a lexicon that passes a test.
func (p *paging) find(l lexicon, ok func(pageParam) bool) *pageParam {
	var best *pageParam
	for i := range p.params {
		q := &p.params[i]
		if !l.has(q.name) || q.typ == nil || (ok != nil && !ok(*q)) {
			continue
		}
		if best == nil || l.rank(q.name) < l.rank(best.name) {
			best = q
		}
	}
	return best
}

// field is the best response field of a lexicon that passes a test, shallow
// before deep.
func (p *paging) field(l lexicon, ok func(field) bool) *field {
	var best *field
	for i := range p.fields {
		f := &p.fields[i]
		if !l.has(f.name) || (ok != nil && !ok(*f)) {
			continue
		}
		if best == nil || l.rank(f.name) < l.rank(best.name) {
			best = f
		}
	}
	return best
}

// header is the response header of a lexicon, "" if it is not declared.
func (p *paging) header(l lexicon) string {
	best := ""
	for _, h := range p.headers {
		if l.has(h.Name) && (best == "" || l.rank(h.Name) < l.rank(best)) {
			best = h.Name
		}
	}
	return best
}

// findSize decides the page size parameter and how much to ask for (G39).
func (p *paging) findSize() {
	p.size = p.find(sizeParams, func(q pageParam) bool {
		if words.Key(q.name) == "first" && !p.hasToken() {
			return false
		}
		return numeric(q.typ)
	})
	if p.size == nil && p.find(pageParams, nil) != nil {
		p.size = p.find(sizeParams, func(q pageParam) bool { return isText(q.typ) && len(q.typ.Enum) == 0 && words.Key(q.name) != "first" })
	}
	if p.size == nil {
		return
	}
	if m := p.size.typ.Max; m != nil && *m >= 2 && *m <= 1e6 {
		p.maxSize = int(*m)
	} else {
		p.maxSize = statedMax(p.size.prose)
	}
	if p.maxSize == 0 {
		p.maxSize = statedMax(sizeSentence(p.c.op.Description, p.size.name))
	}
	if d, ok := number(p.size.typ.Default); ok && d > 0 {
		p.stdSize = d
	} else {
		p.stdSize = statedDefault(p.size.prose)
	}
	if p.maxSize < p.stdSize {
		p.maxSize = 0 // what was read as the maximum is something else
	}
}

// sizeSentence is the sentence of a text that speaks of a parameter.
func sizeSentence(text, name string) string {
	text = strings.ToLower(text)
	for s := range strings.SplitSeq(text, ". ") {
		if strings.Contains(s, strings.ToLower(name)) && len(name) > 4 {
			return s
		}
	}
	return ""
}

func (p *paging) hasToken() bool {
	return p.find(tokenParams, func(q pageParam) bool { return isText(q.typ) }) != nil
}

// sizing is the size parameter with what to send, and the stated maximum.
func (p *paging) sizing() (param string, size, most int) {
	if p.size == nil {
		return "", 0, 0
	}
	size = p.maxSize
	if size == 0 {
		size = p.stdSize
	}
	return p.sizeName(), size, p.maxSize
}

func (p *paging) sizeName() string {
	if p.size.path != "" {
		return p.size.path
	}
	return p.size.name
}

// decide completes a pager with the page size and what it was seen by.
func (p *paging) decide(d ir.Paginator, conf ir.Confidence, evidence ...string) *ir.Decided[ir.Paginator] {
	d.SizeParam, d.Size, d.Max = p.sizing()
	if p.size != nil {
		e := p.say(p.size, "page size")
		if p.maxSize > 0 {
			e += ", at most " + literal(float64(p.maxSize))
		}
		evidence = append(evidence, e)
	}
	return &ir.Decided[ir.Paginator]{Value: d, Why: why(conf, p.c.op.Pos, evidence...)}
}

// say names a parameter as evidence.
func (p *paging) say(q *pageParam, role string) string {
	where := "query parameter "
	if q.path != "" {
		where = "body property "
	}
	s := where + q.name + " (" + string(q.typ.Kind) + ")"
	if role != "" {
		s += ": " + role
	}
	return s
}

// set puts a parameter where a pager has it: in the query or in the body.
func (q *pageParam) set(d *ir.Paginator) {
	if q.path != "" {
		d.BodyPath = q.path
		return
	}
	d.Param = q.name
}
