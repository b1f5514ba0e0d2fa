package infer

import (
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// unknownPath is written where a token parameter is clear but its response
// field is not declared: the runtime looks for it in the first page (G38, R111).
const unknownPath = "?"

// jsonLinkPager finds a field that holds the address of the next page.
func jsonLinkPager(p *paging) *ir.Decided[ir.Paginator] {
	var best *field
	for i := range p.fields {
		f := &p.fields[i]
		if !f.textLike() || !nextLink(f) {
			continue
		}
		if best == nil || linkRank(f) < linkRank(best) {
			best = f
		}
	}
	if best == nil {
		return nil
	}
	conf := sure
	if !best.isURL() {
		if p.hasToken() {
			return nil // a bare next beside a token parameter is the token
		}
		conf = fair
	}
	return p.decide(ir.Paginator{Type: ir.PageJSONLink, NextPath: best.path()}, conf, "response field "+best.path()+" holds the next page's URL")
}

// nextPageLinkPager takes a next_page that is said to be a URL. It comes late:
// what is called a page is seldom the way the API wants to be walked when it
// counts records or pages as well.
func nextPageLinkPager(p *paging) *ir.Decided[ir.Paginator] {
	f := p.field(newLexicon("next_page"), func(f field) bool { return isText(f.typ) && f.isURL() })
	if f == nil {
		return nil
	}
	return p.decide(ir.Paginator{Type: ir.PageJSONLink, NextPath: f.path()}, 0.85, "response field "+f.path()+" holds the next page's URL")
}

// nextLink reports whether a field is a link to the next page: by its name, or
// the href or url of an object so named.
func nextLink(f *field) bool {
	if linkFields.has(f.name) {
		return true
	}
	n := len(f.keys)
	return n > 1 && (f.name == "href" || f.name == "url" || f.name == "uri") && words.Key(f.keys[n-2]) == "next"
}

func linkRank(f *field) int {
	r := len(f.keys)
	if linkFields.has(f.name) && words.Key(f.name) != "next" {
		r -= 2
	}
	return r
}

// cursorPager finds a token that goes back as a parameter.
func cursorPager(p *paging) *ir.Decided[ir.Paginator] {
	var bestParam *pageParam
	var bestField *field
	bestScore := 0
	for i := range p.params {
		q := &p.params[i]
		if !tokenParam(q) {
			continue
		}
		for j := range p.fields {
			f := &p.fields[j]
			if s := pairing(q, f); s > bestScore {
				bestParam, bestField, bestScore = q, f, s
			}
		}
	}
	if bestParam == nil {
		return nil
	}
	d := ir.Paginator{Type: ir.PageCursor, NextPath: bestField.path(), MorePath: p.morePath()}
	bestParam.set(&d)
	conf := sure
	if bestScore < 4 {
		conf = strong
	}
	return p.decide(d, conf, p.say(bestParam, ""), "response field "+d.NextPath+" is its next value")
}

// tokenParam reports whether a parameter can carry a token: one of the usual
// names, or a page or offset that is text.
func tokenParam(q *pageParam) bool {
	if !scalar(q.typ) || q.typ.Kind == ir.KindBoolean || strings.HasPrefix(q.typ.Format, "date") {
		return false
	}
	if tokenParams.has(q.name) {
		return true
	}
	return isText(q.typ) && (words.Key(q.name) == "offset" || words.Key(q.name) == "page" || words.Key(q.name) == "start")
}

// pairing says how well a response field answers a token parameter, 0 if not
// at all.
func pairing(q *pageParam, f *field) int {
	if f.links || f.typ.Kind == ir.KindBoolean || f.isURL() && (words.Key(f.name) == "next" || words.Key(f.name) == "nextpage") {
		return 0
	}
	pk, fk := words.Key(q.name), words.Key(f.name)
	counted := pageParams.has(q.name) || offsetParams.has(q.name)
	if numeric(f.typ) && (isText(q.typ) || counted) {
		return 0 // the number of the next page is no token
	}
	if strings.HasPrefix(f.typ.Format, "ur") {
		return 0
	}
	switch {
	case fk == "next"+pk || fk == pk+"next" || fk == "new"+pk:
		return 6
	case "next"+pk == fk+"token" || pk == "start"+strings.TrimPrefix(fk, "end") && strings.HasPrefix(fk, "end"):
		return 5
	case fk == pk && !counted:
		return 5
	case strings.HasPrefix(fk, "next") && tokenFields.has(f.name):
		return 4
	case tokenFields.has(f.name) && !counted && plausible(q, f):
		return 3
	}
	if n := len(f.keys); n > 1 && words.Key(f.keys[n-2]) == "nextpage" && fk == pk {
		return 5
	}
	return 0
}

// plausible keeps fields that are called like a record's own from answering
// parameters that are called like a filter.
func plausible(q *pageParam, f *field) bool {
	if clearTokens.has(q.name) {
		return true
	}
	return saysAny(q.prose, tokenProse...) || strings.Contains(words.Key(f.name), "cursor") || strings.Contains(words.Key(f.name), "token")
}

// undeclaredCursorPager takes a clear token parameter whose response field the
// document does not have.
func undeclaredCursorPager(p *paging) *ir.Decided[ir.Paginator] {
	var best *pageParam
	for i := range p.params {
		q := &p.params[i]
		if !tokenParam(q) || strings.Contains(q.prose, "link header") {
			continue
		}
		clear := clearTokens.has(q.name) || saysAny(q.prose, tokenProse...) && !saysAny(q.prose, "object id")
		if !clear || numeric(q.typ) && !clearTokens.has(q.name) {
			continue
		}
		if best == nil || tokenParams.rank(q.name) < tokenParams.rank(best.name) {
			best = q
		}
	}
	if best == nil || cursorPager(p) != nil {
		return nil
	}
	d := ir.Paginator{Type: ir.PageCursor, NextPath: unknownPath, MorePath: p.morePath()}
	best.set(&d)
	return p.decide(d, weak, p.say(best, "a token"), "no response field looks like its next value")
}

// keysetPager finds a parameter that takes the key of the last record.
func keysetPager(p *paging) *ir.Decided[ir.Paginator] {
	key := p.c.res.PrimaryKey
	if len(key.Value) != 1 {
		return nil
	}
	prop := property(p.c.sel.item, key.Value[0])
	q := p.find(keysetParams, func(q pageParam) bool {
		if !scalar(q.typ) || strings.HasPrefix(q.typ.Format, "date") || prop == nil {
			return false
		}
		if numeric(q.typ) && !numeric(prop.Type) {
			return false
		}
		if words.Key(q.name) == "before" {
			return saysAny(q.prose, idProse...) && !saysAny(q.prose, "date", "time", "link header")
		}
		return true
	})
	if q == nil {
		return nil
	}
	d := ir.Paginator{Type: ir.PageKeyset, RecordField: key.Value[0], MorePath: p.morePath()}
	q.set(&d)
	conf := fair
	if d.MorePath != "" {
		conf = sure
	} else if p.size != nil {
		conf = strong
	}
	return p.decide(d, conf, p.say(q, "the last record's "+key.Value[0]))
}

// headerLinkPager finds a response header with the next page's URL.
func headerLinkPager(p *paging) *ir.Decided[ir.Paginator] {
	if h := p.urlHeader(); h != "" {
		return p.decide(ir.Paginator{Type: ir.PageHeaderLink, NextPath: h}, sure, "response header "+h+" holds the next page's URL")
	}
	if h := p.header(linkHeaders); h != "" && !p.linkIsOther() {
		return p.decide(ir.Paginator{Type: ir.PageHeaderLink, NextPath: headerPath(h)}, sure, "response header "+h)
	}
	var text strings.Builder
	text.WriteString(plain(p.c.op.Description))
	for _, q := range p.params {
		if pagingName(q.name) {
			text.WriteString(" " + q.prose)
		}
	}
	if saysAny(text.String(), "link header") && !saysAny(text.String(), "deprecated link header") {
		return p.decide(ir.Paginator{Type: ir.PageHeaderLink}, strong, "the description speaks of a Link header")
	}
	return nil
}

// urlHeader is the response header that is called the next page and holds its
// URL: by its schema, by its description, or because no parameter takes a token
// or a number.
func (p *paging) urlHeader() string {
	for _, h := range p.headers {
		if !tokenHeaders.has(h.Name) && !linkHeaders.has(h.Name) || words.Key(h.Name) == "link" {
			continue
		}
		isURL := strings.HasPrefix(h.Format, "ur") || saysAny(strings.ToLower(h.Description), "url", "uri", "href")
		if isURL || strings.HasSuffix(words.Key(h.Name), "nextpage") && h.Kind != ir.KindInteger && p.headerParam() == nil {
			return h.Name
		}
	}
	return ""
}

// linkIsOther reports whether a declared Link header is described as something
// else than paging, on an operation without paging parameters.
func (p *paging) linkIsOther() bool {
	for _, h := range p.headers {
		if words.Key(h.Name) == "link" {
			return !hasPaging(p.c.op) && h.Description != "" && !saysAny(strings.ToLower(h.Description), "pag", "next", "rel")
		}
	}
	return false
}

// headerPath leaves the usual Link header unsaid.
func headerPath(h string) string {
	if words.Key(h) == "link" {
		return ""
	}
	return h
}

// headerCursorPager finds a response header with the next page's token.
func headerCursorPager(p *paging) *ir.Decided[ir.Paginator] {
	h := p.header(tokenHeaders)
	if h == "" {
		return nil
	}
	q := p.headerParam()
	if q == nil {
		return nil
	}
	d := ir.Paginator{Type: ir.PageHeaderCursor, NextPath: h}
	q.set(&d)
	return p.decide(d, 0.9, p.say(q, ""), "response header "+h+" is its next value")
}

// headerParam is the parameter that the value of a response header goes back in.
func (p *paging) headerParam() *pageParam {
	for i := range p.params {
		if q := &p.params[i]; tokenParam(q) || pageParams.has(q.name) || tokenHeaders.has(q.name) {
			return q
		}
	}
	return nil
}

// pageNumberPager finds a page number.
func pageNumberPager(p *paging) *ir.Decided[ir.Paginator] {
	totalPages := p.field(totalPageFields, func(f field) bool { return numeric(f.typ) })
	current := p.field(pageParams, func(f field) bool { return numeric(f.typ) })
	q := p.find(pageParams, func(q pageParam) bool {
		if words.Key(q.name) == "p" && !strings.Contains(q.prose, "page") {
			return false
		}
		if numeric(q.typ) {
			return true
		}
		// Text is taken as a number only where the answer counts pages.
		return isText(q.typ) && len(q.typ.Enum) == 0 && !saysAny(q.prose, tokenProse...) && (totalPages != nil || current != nil)
	})
	if q == nil {
		return nil
	}
	first := firstPage(q)
	d := ir.Paginator{Type: ir.PageNumber, First: &first}
	q.set(&d)
	evidence := []string{p.say(q, "")}
	conf := fair
	if p.size != nil || saysAny(q.prose, "page") {
		conf = 0.85
	}
	switch h := p.header(totalPageHeaders); {
	case totalPages != nil:
		d.TotalPath, conf = totalPages.path(), sure
		evidence = append(evidence, "response field "+d.TotalPath+" counts the pages")
	case h != "":
		d.TotalHeader, conf = h, sure
		evidence = append(evidence, "response header "+h+" counts the pages")
	default:
		if d.MorePath = p.morePath(); d.MorePath != "" {
			conf = sure
			evidence = append(evidence, "response field "+d.MorePath+" says whether there is more")
		}
	}
	return p.decide(d, conf, evidence...)
}

// firstPage is the number of the first page: what default, minimum or prose
// say, else 1.
func firstPage(q *pageParam) int {
	if n, ok := number(q.typ.Default); ok && (n == 0 || n == 1) {
		return n
	}
	switch {
	case saysAny(q.prose, oneProse...):
		return 1
	case saysAny(q.prose, zeroProse...):
		return 0
	case q.typ.Min != nil && (*q.typ.Min == 0 || *q.typ.Min == 1):
		return int(*q.typ.Min)
	}
	switch d := statedDefaultOK(q.prose); d {
	case 0, 1:
		return d
	}
	return 1
}

// statedDefaultOK is statedDefault that tells a stated 0 from silence.
func statedDefaultOK(text string) int {
	if m := defaultPattern.FindStringSubmatch(text); m != nil {
		if n, ok := number(m[1]); ok {
			return n
		}
	}
	return -1
}

// offsetPager finds the index of the first record; it takes a size parameter to
// mean one.
func offsetPager(p *paging) *ir.Decided[ir.Paginator] {
	q := p.find(offsetParams, func(q pageParam) bool {
		if q.typ.Kind != ir.KindInteger && q.typ.Kind != ir.KindNumber || strings.HasPrefix(q.typ.Format, "unix") {
			return false
		}
		if saysAny(q.prose, "timestamp", "unix", "epoch", "date ", "deprecated and ignored") {
			return false
		}
		return p.size == nil || q.name != p.size.name
	})
	if q == nil || p.size == nil {
		return nil
	}
	d := ir.Paginator{Type: ir.PageOffset}
	q.set(&d)
	evidence := []string{p.say(q, "")}
	conf := strong
	if offsetParams.rank(q.name) <= offsetParams.rank("page[offset]") {
		conf = 0.9
	}
	if n, ok := number(q.typ.Default); ok && n > 0 || saysAny(q.prose, oneProse...) {
		if n < 1 {
			n = 1
		}
		d.First = &n
	}
	if t := p.totalRows(); t != nil {
		d.TotalPath, conf = t.path(), sure
		evidence = append(evidence, "response field "+d.TotalPath+" counts the records")
	} else if h := p.header(totalRowHeaders); h != "" {
		d.TotalHeader, conf = h, sure
		evidence = append(evidence, "response header "+h+" counts the records")
	}
	d.MorePath = p.morePath()
	return p.decide(d, conf, evidence...)
}

// totalRows is the field that counts all records; a count that is said to be of
// this page is not (G38).
func (p *paging) totalRows() *field {
	return p.field(totalRowFields, func(f field) bool {
		if !numeric(f.typ) {
			return false
		}
		return words.Key(f.name) != "count" || !saysAny(f.prose(), pageOnlyProse...)
	})
}

// morePath is the boolean that says whether there is another page, "" if none.
func (p *paging) morePath() string {
	if f := p.field(moreFields, func(f field) bool { return f.typ.Kind == ir.KindBoolean }); f != nil {
		return f.path()
	}
	return ""
}
