package infer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// A selection is where the records of a response are (G32).
type selection struct {
	path   string // "$", "data", "result.items", "edges[*].node", "$.*"
	keys   []string
	single bool
	item   *ir.Type
	// owners are the objects from the root to the one that holds the records.
	owners []*ir.Type
	why    ir.Why
	notes  []string
	// others are further lists of objects in the same body.
	others []string
}

// A found is a list of records that a body might mean.
type found struct {
	keys   []string
	item   *ir.Type
	owners []*ir.Type
	// kind is "array", "map" or "node" (Relay's edges[].node).
	kind  string
	pos   diag.Pos
	score int
	why   []string
}

// maxObjects is how many objects a list may be in (G32).
const maxObjects = 3

// threshold is the least score of a list that is taken (G32).
const threshold = 3

// A scoreRule is one row of G32's table: what it adds and when.
type scoreRule struct {
	points int
	name   string
	when   func(c *candidate, f *found, all []*found) bool
}

// scoreRules are G32's table. The last two are the table's own spirit where a
// body names its list by a word of the vendor's: a lone list of an operation
// that pages is its records.
var scoreRules = []scoreRule{
	{4, "the body is a list", func(_ *candidate, f *found, _ []*found) bool { return len(f.keys) == 0 }},
	{3, "its key is a usual name for records", func(_ *candidate, f *found, _ []*found) bool { return listKeys.has(f.last()) }},
	{3, "its key is what the operation is about", func(c *candidate, f *found, _ []*found) bool { return aboutOperation(c, f) }},
	{2, "all beside it is about paging or status", func(_ *candidate, f *found, _ []*found) bool { return onlyPagingBeside(f) }},
	{1, "its key is the noun of the path", func(c *candidate, f *found, _ []*found) bool { return len(f.keys) > 0 && keyIsNoun(c, f) }},
	{1, "its elements have a key", func(_ *candidate, f *found, _ []*found) bool { return hasKeyCandidate(f.item) }},
	{1, "the operation pages or lists, and it is the only list", func(c *candidate, f *found, all []*found) bool {
		return len(all) == 1 && len(f.keys) > 0 && (hasPaging(c.op) || listVerb(c))
	}},
	{1, "the operation is a list of this schema", func(c *candidate, f *found, _ []*found) bool {
		return len(f.keys) > 0 && f.item != nil && f.item.Name != "" && sameWords(typeNoun(f.item.Name), c.nounWords)
	}},
	{-1, "", nil}, // depth, see rate
	{-3, "its elements are plain values, another list has objects", func(_ *candidate, f *found, all []*found) bool {
		return !objectLike(f.item) && anyObjects(all)
	}},
	{-3, "its key names a side list", func(c *candidate, f *found, _ []*found) bool {
		return sideKeys.has(f.last()) && !keyIsNoun(c, f)
	}},
	{-3, "its key says nothing, and it is one part of several", func(c *candidate, f *found, _ []*found) bool {
		return len(f.keys) > 0 && !listKeys.has(f.last()) && !keyIsNoun(c, f) && !hasPaging(c.op) && f.company() >= 3
	}},
	{-4, "what holds it is a record itself", func(c *candidate, f *found, _ []*found) bool { return insideEntity(c, f) }},
	{-4, "the operation tells about one thing", func(c *candidate, f *found, _ []*found) bool {
		return len(f.keys) > 0 && tellsOne(c) && !keyIsNoun(c, f) && !hasPaging(c.op)
	}},
	{-4, "the path names one record", func(c *candidate, f *found, _ []*found) bool {
		return len(f.keys) > 0 && c.endsInParam() && !hasPaging(c.op)
	}},
}

func (f *found) last() string {
	if len(f.keys) == 0 {
		return ""
	}
	return f.keys[len(f.keys)-1]
}

// selectRecords decides where an operation's records are.
func selectRecords(c *candidate) selection {
	body := c.op.Response.Type
	if sel, ok := stateSelector(c); ok {
		return sel
	}
	all := findLists(body)
	for _, f := range all {
		rate(c, f, all)
	}
	var best *found
	tie := false
	for _, f := range all {
		switch {
		case best == nil || f.score > best.score:
			best, tie = f, false
		case f.score == best.score:
			tie = true
		}
	}
	if best == nil || (best.score < threshold && len(best.keys) > 0) {
		return selectSingle(c, body)
	}
	sel := selection{keys: best.keys, item: best.item, owners: best.owners, path: best.path()}
	conf := confidenceOf(best.score)
	if tie {
		conf = weak
		best.why = append(best.why, "another list of the body scores the same; the first one is taken")
	}
	sel.why = why(conf, c.op.Response.Pos, append([]string{fmt.Sprintf("the list at %s scores %d", sel.path, best.score)}, best.why...)...)
	for _, f := range all {
		if f != best && objectLike(f.item) && f.score >= 1 && !sideKeys.has(f.last()) {
			sel.others = append(sel.others, f.path())
		}
	}
	sel.notes = shapeNotes(best, sel.others)
	return sel
}

func confidenceOf(score int) ir.Confidence {
	switch {
	case score >= 6:
		return sure
	case score >= 4:
		return 0.9
	case score == threshold:
		return strong
	}
	return weak
}

// rate scores a list by scoreRules.
func rate(c *candidate, f *found, all []*found) {
	for _, r := range scoreRules {
		if r.when == nil {
			f.score -= max(0, len(f.keys)-1)
			continue
		}
		if r.when(c, f, all) {
			f.score += r.points
			f.why = append(f.why, fmt.Sprintf("%+d %s", r.points, r.name))
		}
	}
}

// path is the selector of the list as the runtime reads it.
func (f *found) path() string {
	p := joinPath(f.keys)
	switch f.kind {
	case "map":
		if p == "$" {
			return "$.*"
		}
		return p + ".*"
	case "node":
		return p + "[*].node"
	}
	return p
}

// joinPath writes keys as a selector; a key that holds a dot or bracket is
// quoted, OData's annotations are names as they are.
func joinPath(keys []string) string {
	if len(keys) == 0 {
		return "$"
	}
	var b strings.Builder
	for i, k := range keys {
		plain := k != "" && (!strings.ContainsAny(k, `.[]"'*$ `) || strings.HasPrefix(k, "@odata."))
		if !plain {
			fmt.Fprintf(&b, "[%q]", k)
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(k)
	}
	return b.String()
}

// findLists collects the lists of a body in document order: arrays and maps of
// objects in at most maxObjects objects, not through arrays.
func findLists(body *ir.Type) []*found {
	var out []*found
	var walk func(t *ir.Type, keys []string, owners []*ir.Type)
	add := func(t *ir.Type, keys []string, owners []*ir.Type) bool {
		f := &found{keys: append([]string(nil), keys...), owners: append([]*ir.Type(nil), owners...), pos: t.Pos, kind: "array", item: t.Items}
		switch t.Kind {
		case ir.KindArray:
			if node := relayNode(t.Items, keys); node != nil {
				f.kind, f.item = "node", node
			}
		case ir.KindMap:
			if t.Items == nil || t.Items.Kind != ir.KindObject {
				return false
			}
			f.kind = "map"
		default:
			return false
		}
		out = append(out, f)
		return true
	}
	walk = func(t *ir.Type, keys []string, owners []*ir.Type) {
		if t == nil || add(t, keys, owners) || t.Kind != ir.KindObject || len(keys) >= maxObjects {
			return
		}
		if slices.Contains(owners, t) {
			return
		}
		for _, p := range t.Props {
			if p.Type != nil && !p.WriteOnly {
				walk(p.Type, append(keys, p.Name), append(owners, t))
			}
		}
	}
	walk(body, nil, nil)
	return arraysFirst(out)
}

// arraysFirst drops maps when there is an array: a body with both means the array.
func arraysFirst(all []*found) []*found {
	var arrays []*found
	for _, f := range all {
		if f.kind != "map" {
			arrays = append(arrays, f)
		}
	}
	if len(arrays) > 0 {
		return arrays
	}
	return all
}

// relayNode is the record type of Relay's edges, nil if these are none (G33).
func relayNode(items *ir.Type, keys []string) *ir.Type {
	if len(keys) == 0 || words.Key(keys[len(keys)-1]) != "edges" || items == nil {
		return nil
	}
	if p := property(items, "node"); p != nil && p.Type != nil && p.Type.Kind == ir.KindObject {
		return p.Type
	}
	return nil
}

// aboutOperation reports whether a list's key is the path's noun, the
// operation's, or the item schema's name.
func aboutOperation(c *candidate, f *found) bool {
	if len(f.keys) == 0 {
		return false
	}
	if keyIsNoun(c, f) {
		return true
	}
	key := typeNoun(f.last())
	if f.item != nil && f.item.Name != "" {
		if sameWords(typeNoun(f.item.Name), key) || words.SameNoun(f.item.Name, f.last()) {
			return true
		}
	}
	// listInvoicePayments, get_invoice_payments: the key at the end of the id.
	if id := words.SingularName(words.Split(c.op.ID)); len(id) > 1 {
		k := words.SingularName(words.Split(f.last()))
		return len(k) > 0 && len(id) > len(k) && strings.Join(id[len(id)-len(k):], "") == strings.Join(k, "")
	}
	return false
}

// keyIsNoun reports whether a list's key is the noun of the path.
func keyIsNoun(c *candidate, f *found) bool {
	if c.noun < 0 {
		return false
	}
	return words.SameNoun(f.last(), c.segs[c.noun].text) || words.SameNoun(f.last(), strings.Join(c.nounWords, "_"))
}

func sameWords(a, b []string) bool {
	return len(a) > 0 && strings.Join(words.SingularName(a), "") == strings.Join(words.SingularName(b), "")
}

// paging reports whether a name is about paging or status.
func pagingSibling(name string) bool {
	return pagingKeys.has(name) || pagingWords.hasAny(words.Split(name))
}

// onlyPagingBeside reports whether all siblings of a list are paging or status
// words; a list without siblings has nothing against it.
func onlyPagingBeside(f *found) bool {
	if len(f.keys) == 0 {
		return false
	}
	owner := f.owners[len(f.owners)-1]
	for _, p := range owner.Props {
		if p.Name != f.last() && !pagingSibling(p.Name) {
			return false
		}
	}
	return true
}

// company counts what stands beside a list that is not about paging or status,
// at the level where most does.
func (f *found) company() int {
	most := 0
	for i, o := range f.owners {
		n := 0
		for _, p := range o.Props {
			if p.Name != f.keys[i] && !pagingSibling(p.Name) && !sideKeys.has(p.Name) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// insideEntity reports whether one of the objects around a list looks like a
// record: it has a key, or at least five plain values that are not about paging.
// What says how to page on is an envelope, whatever else it tells.
func insideEntity(c *candidate, f *found) bool {
	paged := hasPaging(c.op)
	for i, o := range f.owners {
		plain, envelope := 0, false
		for _, p := range o.Props {
			if p.Name == f.keys[i] || p.Type == nil {
				continue
			}
			if scalar(p.Type) && identity(p.Name) {
				return true
			}
			envelope = envelope || paged && envelopeKeys.has(p.Name)
			flat := scalar(p.Type) || p.Type.Kind == ir.KindArray && scalar(p.Type.Items)
			if flat && !pagingSibling(p.Name) {
				plain++
			}
		}
		if plain >= 5 && !envelope {
			return true
		}
	}
	return false
}

// identity reports whether a name alone identifies the record that has it.
func identity(name string) bool { return words.Key(name) == "id" || identityKeys.has(name) }

// envelopeKeys are found in envelopes of pages and nowhere else.
var envelopeKeys = newLexicon("next_page_token", "next_cursor", "next_token", "has_more", "next_page", "next_link", "next_url",
	"@odata.nextLink", "next_page_url", "next_page_uri", "next", "total_count", "total_pages", "total_items", "total_results", "total_entries",
	"pagination", "paging", "page_info", "has_next_page", "has_next", "next_marker")

var identityKeys = newLexicon("uuid", "guid", "uid", "gid", "sid", "_id")

// hasKeyCandidate reports whether records have something that could be their key.
func hasKeyCandidate(t *ir.Type) bool {
	if t == nil {
		return false
	}
	for _, p := range t.Props {
		if scalar(p.Type) && (identity(p.Name) || words.Key(p.Name) == "key" || keyLike(p.Name)) {
			return true
		}
	}
	return false
}

// objectLike reports whether records have, or may have, properties.
func objectLike(t *ir.Type) bool {
	return t != nil && (t.Kind == ir.KindObject || t.Kind == ir.KindMap || t.Kind == ir.KindAny || t.Kind == ir.KindArray)
}

func anyObjects(all []*found) bool {
	for _, f := range all {
		if objectLike(f.item) {
			return true
		}
	}
	return false
}

// hasPaging reports whether an operation has a parameter that pagers send.
func hasPaging(op *ir.Operation) bool {
	for _, p := range op.Params {
		if p.In == "query" && pagingName(p.Name) {
			return true
		}
	}
	return false
}

// tellsOne reports whether a path ends in a word for a single answer.
func tellsOne(c *candidate) bool {
	n := len(c.segs)
	return n > 1 && c.segs[n-1].fixed() && detailVerbs.has(c.segs[n-1].text)
}

var detailVerbs = newLexicon("info", "get", "show", "detail", "details", "identity", "lookup_by_email", "me", "self", "status", "stats", "summary")

// listVerb reports whether an operation calls itself a list.
func listVerb(c *candidate) bool {
	w := words.Split(c.op.ID)
	return words.Contains(w, "list") || words.Contains(w, "search") || (len(c.segs) > 0 && isVerb(c.segs[len(c.segs)-1]))
}

// selectSingle finds the one entity of a body: the body itself, through pure
// wrappers (one object beside status words).
func selectSingle(c *candidate, body *ir.Type) selection {
	sel := selection{single: true, item: body}
	for len(sel.keys) < maxObjects && sel.item != nil && sel.item.Kind == ir.KindObject {
		p := wrapped(c, sel.item)
		if p == nil {
			break
		}
		sel.owners = append(sel.owners, sel.item)
		sel.keys = append(sel.keys, p.Name)
		sel.item = p.Type
	}
	sel.path = joinPath(sel.keys)
	evidence := "no list of records in the body: one record"
	if len(sel.keys) > 0 {
		evidence = "the body wraps one object: " + sel.path
	}
	sel.why = why(strong, c.op.Response.Pos, evidence)
	return sel
}

// wrapped is the one property of a pure wrapper, nil if t is none. An object
// called meta counts if it is the only one and holds more than paging words.
func wrapped(c *candidate, t *ir.Type) *ir.Property {
	var inner, meta *ir.Property
	usual := false // the inner object is called like the content of a wrapper
	for _, p := range t.Props {
		if p.Type == nil {
			continue
		}
		about := c.noun >= 0 && words.SameNoun(p.Name, strings.Join(c.nounWords, "_"))
		switch {
		case p.Type.Kind == ir.KindObject && (about || wrapperKeys.has(p.Name) || !pagingSibling(p.Name)):
			if inner != nil {
				return nil
			}
			inner, usual = p, about || wrapperKeys.has(p.Name)
		case !pagingSibling(p.Name) && !sideKeys.has(p.Name):
			return nil
		case p.Type.Kind == ir.KindObject && holdsMore(p.Type):
			meta = p
		}
	}
	switch {
	case inner == nil:
		return meta
	case meta != nil && !usual:
		return nil // two objects with content: parts of one record
	}
	return inner
}

// holdsMore reports whether an object has more than paging words.
func holdsMore(t *ir.Type) bool {
	n := 0
	for _, p := range t.Props {
		if !pagingSibling(p.Name) {
			n++
		}
	}
	return n >= 2
}

// shapeNotes names the known shapes of a body (G33).
func shapeNotes(f *found, others []string) []string {
	var notes []string
	switch {
	case f.kind == "map":
		notes = append(notes, "the records are the values of a map")
	case f.kind == "node":
		notes = append(notes, "Relay connection: the records are the nodes of its edges")
	case f.item != nil && property(f.item, "attributes") != nil && property(f.item, "type") != nil && property(f.item, "id") != nil:
		notes = append(notes, "JSON:API: the fields are under attributes")
	case f.item != nil && property(f.item, "geometry") != nil && property(f.item, "properties") != nil:
		notes = append(notes, "GeoJSON: the fields are under properties")
	case f.item != nil && scalar(f.item):
		notes = append(notes, "the records are plain values: one column, value")
	}
	for _, o := range others {
		if removedKeys.has(o) {
			notes = append(notes, "the body also lists what was removed: "+o)
		} else {
			notes = append(notes, "the body has another list of objects: "+o)
		}
	}
	return notes
}
