package infer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/naming"
)

// parents finds for each path parameter the list whose records fill it (G44,
// G45). Few parameters come first: a child's ancestors are known by then.
func (in *inferrer) parents() {
	order := append([]*candidate(nil), in.all...)
	slices.SortStableFunc(order, func(a, b *candidate) int { return paramCount(a) - paramCount(b) })
	for _, c := range order {
		in.parentOf(c)
	}
	for _, c := range order {
		in.setDepth(c)
		in.localKey(c)
	}
}

func paramCount(c *candidate) int { return len(pathParams(c)) }

// pathParams are a candidate's path parameters from left to right.
func pathParams(c *candidate) []string {
	var out []string
	for _, s := range c.segs {
		out = append(out, s.params...)
	}
	return out
}

// param is a parameter by name, the path's before the query's.
func (c *candidate) param(name string) *ir.Param {
	if p := paramOf(c.op, name); p != nil {
		return p
	}
	for _, p := range c.op.Params {
		if p.Name == name && p.In == "query" {
			return p
		}
	}
	return &ir.Param{Name: name, In: "path"}
}

// parentOf sets c's parent: the list that provides the rightmost parameter that
// can be provided, if it or its ancestors provide the ones left of it too.
func (in *inferrer) parentOf(c *candidate) {
	if p := statedParent(c); p != nil {
		c.res.Parent = p
		c.parent = in.named(p.Value.Resource)
		return
	}
	names := pathParams(c)
	if len(names) == 0 {
		in.parentByQuery(c)
		return
	}
	best, bestCount := (*provision)(nil), 0
	for i := range slices.Backward(names) {
		p := in.provide(c, names, i)
		if p == nil {
			continue
		}
		if n := len(p.params); n > bestCount {
			best, bestCount = p, n
		}
		if bestCount == len(names) {
			break
		}
	}
	if best == nil {
		return
	}
	in.setParent(c, best)
}

// A provision is a list with the parameters that it, or its ancestors, fill.
type provision struct {
	list     *candidate
	params   map[string]string
	conf     ir.Confidence
	evidence []string
}

// provide finds the list for the parameter names[i] and what it provides for
// the parameters left of it; nil if there is none, or more than one.
func (in *inferrer) provide(c *candidate, names []string, i int) *provision {
	if l := in.prefixList(c, names[i]); l != nil && l != c && !l.byIDs() {
		if p := in.provideBy(c, l, names[:i+1], true); p != nil {
			return p
		}
	}
	return in.provideByNoun(c, names[:i+1])
}

// byIDs reports whether a list answers for given ids only: it cannot provide
// what it asks for.
func (c *candidate) byIDs() bool {
	for _, p := range requiredParams(c) {
		if w := words.Split(p.Name); p.In == "query" && len(w) > 0 && (w[len(w)-1] == "ids" || p.Name == "id") {
			return true
		}
	}
	return false
}

// prefixList is the list whose path is what stands before a parameter.
func (in *inferrer) prefixList(c *candidate, name string) *candidate {
	for i, s := range c.segs {
		if slices.Contains(s.params, name) {
			return in.listAt(c.segs[:i])
		}
	}
	return nil
}

// provideBy maps parameters to one list: the last by its records, the ones
// before it by the same record or by what the list's own parents handed down.
func (in *inferrer) provideBy(c, l *candidate, names []string, prefix bool) *provision {
	last := names[len(names)-1]
	m, ok := mapParam(c.param(last), l)
	if !ok {
		return nil
	}
	p := &provision{list: l, params: map[string]string{last: m.path()}, conf: m.conf}
	what := "path parameter " + last + " is " + m.path() + " of " + operation(l.op) + ", " + m.how
	if prefix {
		p.evidence = append(p.evidence, what+"; the path before it is that list")
	} else {
		// A list of exactly that noun, asked by its key, is as good as a path.
		limit := fair
		if m.conf >= sure && idLike(last) && len(c.paramNouns(last)) == 1 && sameWords(l.nounWords, c.paramNouns(last)[0]) {
			limit = strong
		}
		p.conf = min(p.conf, limit)
		p.evidence = append(p.evidence, what+"; found by the noun")
	}
	for at, n := range names[:len(names)-1] {
		h := in.handedDown(c, l, n, at)
		switch {
		case !h.ok:
			return nil
		case h.path == "":
			p.evidence = append(p.evidence, "path parameter "+n+" is configured, as for "+l.res.Name)
			continue
		}
		p.params[n] = h.path
		p.conf = min(p.conf, h.conf)
		p.evidence = append(p.evidence, "path parameter "+n+" is "+h.path)
	}
	return p
}

// A handing says where the records of a list have the value of a parameter left
// of the one they provide. An empty path that is ok means: from configuration,
// which the child shares.
type handing struct {
	path string
	conf ir.Confidence
	ok   bool
}

// handedDown looks for a parameter's value in a property of l's records, then
// in what l's own parent filled in.
func (in *inferrer) handedDown(c, l *candidate, name string, at int) handing {
	param := c.param(name)
	if own := sameParam(l, name, at); own != "" {
		if p := property(l.sel.item, name); p != nil && fits(param.Type, p.Type) && keyLike(name) {
			return handing{joinPath([]string{p.Name}), 0.9, true}
		}
		if l.res.Parent == nil {
			return handing{ok: true}
		}
		if from, ok := l.res.Parent.Value.Params[own]; ok {
			return handing{inherited(l.res.Parent.Value.Resource, from), l.res.Parent.Why.Confidence, true}
		}
		return handing{ok: true}
	}
	// The list does not take the parameter, but its records may tell it.
	if p := property(l.sel.item, name); p != nil && fits(param.Type, p.Type) {
		return handing{joinPath([]string{p.Name}), strong, true}
	}
	if m, ok := mapPart(words.Split(name), param.Type, l); ok {
		return handing{m.path(), m.conf, true}
	}
	return handing{}
}

// sameParam is the path parameter of l that means c's parameter name, the
// at-th: by name, or at the same place of a path that begins the same.
func sameParam(l *candidate, name string, at int) string {
	own := pathParams(l)
	k := words.Key(name)
	for _, n := range own {
		if words.Key(n) == k {
			return n
		}
	}
	if at < len(own) && words.Noun(own[at]) == words.Noun(name) {
		return own[at]
	}
	return ""
}

// inherited is the column in which a child keeps a field of its parent (R86).
func inherited(parent, field string) string {
	if strings.HasPrefix(field, "_") {
		return field
	}
	return snake.Path("_" + parent + "_" + field)
}

// snake is the naming of columns (G57).
var snake, _ = naming.New("snake_case", 0)

// provideByNoun looks for a list of what the last parameter names (file_key →
// files). Two lists that would do equally well are no answer (R110).
func (in *inferrer) provideByNoun(c *candidate, names []string) *provision {
	last := names[len(names)-1]
	nouns := c.paramNouns(last)
	if t := c.param(last).Type; len(nouns) == 0 || choiceParams.has(last) || t != nil && len(t.Enum) > 0 {
		return nil
	}
	var best *provision
	bestCost, ties := 0, 0
	for _, l := range in.all {
		if !l.list() || l == c || l.post || l.older != "" {
			continue
		}
		exact, short := l.isOf(nouns)
		if !exact && !short || l.byIDs() || isSearch(l) && len(requiredConfig(l)) > 0 || in.descends(l, c) || sameParams(l, names) || c.elsewhere(l, last) {
			continue
		}
		p := in.provideBy(c, l, names, false)
		if p == nil {
			continue
		}
		cost := 3*paramCount(l) + len(requiredConfig(l)) + versionDistance(c, l)
		if l.op.Deprecated {
			cost++
		}
		if !exact {
			cost += 2
		}
		if l.noun != len(listBase(l))-1 || !sameWords(l.nounWords, nouns[0]) {
			cost++
		}
		switch {
		case best == nil || cost < bestCost:
			best, bestCost, ties = p, cost, 0
		case cost == bestCost:
			ties++
		}
	}
	if ties > 0 {
		return nil
	}
	return best
}

// elsewhere reports whether a parameter stands behind the collection it is of
// (/tax/transactions/{transaction}), and l is a collection of that name in
// another part of the API (/issuing/transactions).
func (c *candidate) elsewhere(l *candidate, name string) bool {
	for i, s := range c.segs {
		if !slices.Contains(s.params, name) || i == 0 || !c.segs[i-1].fixed() || l.noun < 0 {
			continue
		}
		if !words.SameNoun(c.segs[i-1].text, l.segs[l.noun].text) {
			return false
		}
		own, other := area(c.segs[:i-1]), area(l.segs[:l.noun])
		return len(own) > 0 && len(other) > 0 && !slices.ContainsFunc(own, func(s string) bool { return slices.Contains(other, s) })
	}
	return false
}

// area are the fixed segments that name a part of the API.
func area(segs []segment) []string {
	var out []string
	for _, s := range segs {
		if s.fixed() && !isVersion(s) && !prefixSegments.has(s.text) {
			out = append(out, words.Key(s.text))
		}
	}
	return out
}

// sameParams reports whether a list takes the very parameter it should provide.
func sameParams(l *candidate, names []string) bool {
	return slices.Contains(pathParams(l), names[len(names)-1])
}

// choiceParams choose among a few words, they name no record.
var choiceParams = newLexicon("type", "types", "kind", "status", "state", "format", "mode", "scope", "lang", "language", "locale", "version",
	"action", "operation", "period", "date", "year", "month", "day", "interval", "range", "currency", "direction", "sort", "order", "level", "method",
	"query", "q", "search", "term", "path", "ref", "filter", "view", "unit", "resolution", "size", "class", "section", "page", "limit", "offset", "time")

// versionDistance tells a list of another API version from one of the same.
func versionDistance(a, b *candidate) int {
	_, va := unversioned(a.segs)
	_, vb := unversioned(b.segs)
	if strings.Join(va, " ") != strings.Join(vb, " ") {
		return 2
	}
	return 0
}

// paramNouns are the nouns that a parameter may name: file_key is a file. A bare
// key is of what stands before it: /components/{key}.
func (c *candidate) paramNouns(name string) [][]string {
	var out [][]string
	for _, n := range alternativeNames(name) {
		w := words.Split(n)
		for len(w) > 1 && keyWords.has(w[len(w)-1]) {
			w = w[:len(w)-1]
		}
		if len(w) == 1 && (keyWords.has(w[0]) || len(w[0]) < 3) {
			if before := c.nounBefore(name); before != nil {
				out = append(out, before)
			}
			continue
		}
		if len(w) > 0 {
			out = append(out, words.SingularName(w))
		}
	}
	return out
}

// nounBefore is the noun of the fixed segment before a path parameter.
func (c *candidate) nounBefore(name string) []string {
	for i, s := range c.segs {
		if i > 0 && slices.Contains(s.params, name) && c.segs[i-1].fixed() && !isVersion(c.segs[i-1]) && !isVerb(c.segs[i-1]) {
			return words.SingularName(nounWords(c.segs[i-1].text))
		}
	}
	return nil
}

// isOf reports whether a list is of one of the nouns, or of one that a noun is
// short for (repo, repository).
func (c *candidate) isOf(nouns [][]string) (exact, short bool) {
	own := c.nouns()
	for _, n := range nouns {
		key := strings.Join(n, "")
		for i, k := range c.nounKeys {
			exact = exact || k == key
			short = short || len(n) == 1 && len(own[i]) == 1 && abbreviates(n, own[i])
		}
	}
	return exact, short
}

// descends reports whether l is c or below it: taking it as parent would close
// a ring (G45).
func (in *inferrer) descends(l, c *candidate) bool {
	for n := 0; l != nil && n <= len(in.all); n++ {
		if l == c {
			return true
		}
		l = l.parent
	}
	return false
}

// parentByQuery takes a required query parameter that names the key of the list
// beside it (/animal?uid=), or the noun of another list (/webhooks?workspace=,
// G47).
func (in *inferrer) parentByQuery(c *candidate) {
	if l := c.detailOf; l != nil && l != c {
		if p := requiredKeyParam(c, l); p != nil {
			prop := property(l.sel.item, p.Name)
			in.setParent(c, &provision{
				list: l, params: map[string]string{p.Name: joinPath([]string{prop.Name})}, conf: strong,
				evidence: []string{fmt.Sprintf("required query parameter %s is %s of %s", p.Name, prop.Name, operation(l.op))},
			})
		}
		return
	}
	if !c.list() {
		return
	}
	for _, p := range requiredConfig(c) {
		if p.In != "query" || !scalar(p.Type) || len(p.Type.Enum) > 0 {
			continue
		}
		if found := in.provideByNoun(c, []string{p.Name}); found != nil && len(c.paramNouns(p.Name)) == 1 &&
			sameWords(found.list.nounWords, c.paramNouns(p.Name)[0]) {
			found.evidence = []string{fmt.Sprintf("required query parameter %s is %s of %s; found by the noun", p.Name, found.params[p.Name], operation(found.list.op))}
			in.setParent(c, found)
			return
		}
	}
}

func (in *inferrer) setParent(c *candidate, p *provision) {
	c.parent = p.list
	c.res.Parent = &ir.Decided[ir.Parent]{
		Value: ir.Parent{Resource: p.list.res.Name, Params: p.params},
		Why:   why(p.conf, c.op.Pos, p.evidence...),
	}
}

func (in *inferrer) named(name string) *candidate {
	for _, c := range in.all {
		if c.res != nil && c.res.Name == name {
			return c
		}
	}
	return nil
}

func (in *inferrer) setDepth(c *candidate) {
	c.depth = 0
	for p := c.parent; p != nil && c.depth <= len(in.all); p = p.parent {
		c.depth++
	}
}

// localKey adds the parent's key to one that is unique within the parent only
// (G34): the position of a line, the name of a branch, whatever else people call
// a record by that is only found below its parent.
func (in *inferrer) localKey(c *candidate) {
	k := &c.res.PrimaryKey
	if c.res.Parent == nil || len(k.Value) != 1 || k.Why.Source == "extension" || !localKeys.has(k.Value[0]) && !c.localDetail && !in.foundBelow(c) {
		return
	}
	var keys []string
	for _, name := range pathParams(c) {
		from, ok := c.res.Parent.Value.Params[name]
		own := c.endsInParam() && name == c.segs[len(c.segs)-1].last()
		column := inherited(c.res.Parent.Value.Resource, from)
		// What comes from further up counts where the parent's own key needs it.
		if ok && !own && (!strings.HasPrefix(from, "_") || slices.Contains(c.parent.res.PrimaryKey.Value, column)) && !slices.Contains(keys, column) {
			keys = append(keys, column)
		}
	}
	if len(keys) == 0 {
		return
	}
	k.Value = append(keys, k.Value[0])
	k.Why.Confidence = min(k.Why.Confidence, fair)
	k.Why.Evidence = append(k.Why.Evidence, "unique within its parent only: the parent's key is added")
}

// foundBelow reports whether the only path to one record of a list leads
// through its parent, and the record's own key is not declared: nothing says
// that it means anything elsewhere. Keys that are declared are taken to be what
// ids mostly are, unique everywhere.
func (in *inferrer) foundBelow(c *candidate) bool {
	base := listBase(c)
	_, path := in.detailParam(c)
	if _, ok := c.assumed[c.res.PrimaryKey.Value[0]]; !ok || path == "" {
		return false
	}
	count := strings.Count(normal(base), "{}")
	for key := range in.details {
		at := strings.LastIndexByte(key, '/')
		if strings.Count(key, "{}") < count && at >= 0 && words.SameNoun(key[at+1:], base[len(base)-1].text) {
			return false
		}
	}
	return true
}
