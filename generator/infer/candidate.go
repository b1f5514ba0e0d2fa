package infer

import (
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// A candidate is an operation that reads records.
type candidate struct {
	op   *ir.Operation
	segs []segment
	// noun is the index in segs of what the path lists, −1 if it names nothing.
	noun int
	sel  selection
	res  *ir.Resource
	// paging are the parameters the pager sends, by place and name.
	paging map[string]bool
	// spare are those of pagers that are alternatives only.
	spare map[string]bool
	// window are the parameters that incremental loading sends.
	window map[string]bool
	// detailOf is the list whose single record this is.
	detailOf *candidate
	// older names the operation that replaces this one.
	older string
	// off are the reasons to leave it unselected.
	off []string
	// depth counts the parents above it.
	depth  int
	parent *candidate
	post   bool
	// localDetail is set when the key comes from a detail path that needs the
	// parent as well, and is a name rather than an id.
	localDetail bool
	// assumed are fields of the records that the document does not declare.
	assumed map[string]assumption
	// nounWords are the words of the noun's segment.
	nounWords []string
	// allNouns is the answer of nouns, nounKeys the same as comparable texts.
	allNouns [][]string
	nounKeys []string
}

// list reports whether the answer is a list of records.
func (c *candidate) list() bool { return !c.sel.single }

// endsInParam reports whether the path names one record.
func (c *candidate) endsInParam() bool {
	return len(c.segs) > 0 && !c.segs[len(c.segs)-1].fixed()
}

// operation is "GET /clients".
func operation(op *ir.Operation) string { return op.Method + " " + op.Path }

// candidates sorts the operations into those that may become resources and
// those left out (G31, G48).
func (in *inferrer) candidates() {
	var found []*candidate
	readable := false
	for _, op := range in.c.Operations {
		c := &candidate{op: op, segs: splitPath(op.Path), paging: map[string]bool{}, spare: map[string]bool{}, window: map[string]bool{}, post: op.Method == "POST"}
		in.noteDetail(c)
		c.noun = nounSegment(c.segs)
		if c.noun >= 0 {
			c.nounWords = nounWords(c.segs[c.noun].text)
		}
		if reason := skipReason(c); reason != "" {
			in.leaveOut(op, reason)
			continue
		}
		if c.post && !readsByName(c) {
			// Judged below: with no readable GET list at all the word test is dropped.
			found = append(found, c)
			continue
		}
		c.sel = selectRecords(c)
		readable = readable || (c.list() && !c.post)
		found = append(found, c)
	}
	for _, c := range found {
		if c.sel.path == "" {
			if readable || writesByName(c) {
				continue // it writes: no candidate, and nothing to report
			}
			c.sel = selectRecords(c)
		}
		if c.post {
			if reason := postReason(c); reason != "" {
				in.leaveOut(c.op, reason)
				continue
			}
		}
		if c.op.Deprecated {
			// A list stays in sight, switched off; nobody starts with its details.
			if c.sel.single {
				in.leaveOut(c.op, "deprecated")
				continue
			}
			c.off = append(c.off, "deprecated")
		}
		in.all = append(in.all, c)
	}
	in.twins()
	in.versions()
	for _, c := range in.all {
		if c.list() {
			if _, ok := in.lists[normal(c.segs)]; !ok {
				in.lists[normal(c.segs)] = c
			}
		}
	}
	in.tieDetails()
}

func (in *inferrer) leaveOut(op *ir.Operation, reason string) {
	in.c.LeftOut = append(in.c.LeftOut, ir.LeftOut{Operation: operation(op), Reason: reason, Pos: op.Pos})
}

// skipReason is why an operation can never be a resource, "" if it can (G31).
func skipReason(c *candidate) string {
	op := c.op
	switch {
	case op.Method != "GET" && op.Method != "POST":
		return "method " + op.Method
	case truthy(op.Extensions["x-internal"]):
		return "x-internal"
	case op.Response == nil:
		return "no success response with a body"
	case op.Response.Type == nil:
		if slices.ContainsFunc(op.Response.Binary, func(s string) bool { return strings.Contains(s, "event-stream") }) {
			return "event stream"
		}
		if len(op.Response.Binary) > 0 {
			return "answers " + strings.Join(op.Response.Binary, ", ") + ", no JSON"
		}
		return "no JSON body"
	}
	if n := len(c.segs); n > 0 {
		if s := c.segs[n-1]; s.fixed() && skippedSegments.has(s.text) {
			return "about the session or the server, not data"
		}
	}
	switch t := op.Response.Type; t.Kind {
	case ir.KindString, ir.KindInteger, ir.KindNumber, ir.KindBoolean, ir.KindNull:
		return "answers a single " + string(t.Kind)
	default:
	}
	return ""
}

func truthy(v any) bool {
	b, ok := v.(bool)
	return ok && b
}

// twins keeps one of the operations whose paths differ in trailing slash,
// format suffix or letter case only; a GET wins over a POST (G31, G48).
func (in *inferrer) twins() {
	first := map[string]*candidate{}
	gets := map[string]bool{}
	for _, c := range in.all {
		gets[getKey(c)] = gets[getKey(c)] || !c.post
	}
	kept := in.all[:0]
	for _, c := range in.all {
		if c.post && gets[getKey(c)] {
			in.leaveOut(c.op, "GET "+c.op.Path+" reads the same")
			continue
		}
		k := normal(c.segs)
		if twin, ok := first[k]; ok && !(c.post != twin.post) {
			in.leaveOut(c.op, "twin of "+operation(twin.op))
			continue
		}
		first[k] = c
		kept = append(kept, c)
	}
	in.all = kept
}

// getKey is the path as it is compared between GET and POST.
func getKey(c *candidate) string { return normal(c.segs) }

// versions switches the older one of two operations off that differ in the
// version only (G31).
func (in *inferrer) versions() {
	newest := map[string]*candidate{}
	for _, c := range in.all {
		k, v := unversioned(c.segs)
		k = c.op.Method + k
		other, ok := newest[k]
		if !ok {
			newest[k] = c
			continue
		}
		_, ov := unversioned(other.segs)
		if newer(v, ov) {
			newest[k] = c
		}
	}
	for _, c := range in.all {
		k, _ := unversioned(c.segs)
		if n := newest[c.op.Method+k]; n != c {
			c.older = n.op.Path
			c.off = append(c.off, "older than "+n.op.Path)
		}
	}
}

// tieDetails ties each operation that answers one record to the list it is from:
// by path (/clients/{id} and /clients), or by a query parameter (/animal?uid=
// and /animal/search).
func (in *inferrer) tieDetails() {
	for _, c := range in.all {
		if !c.sel.single {
			continue
		}
		if c.endsInParam() {
			c.detailOf = in.listAt(c.segs[:len(c.segs)-1])
			continue
		}
		if l := in.listBeside(c); l != nil && requiredKeyParam(c, l) != nil {
			c.detailOf = l
		}
	}
}

// listAt is the list at a path, a verb after it allowed ("/project" is
// /project/search), which is the better one if the plain list is deprecated.
func (in *inferrer) listAt(segs []segment) *candidate {
	key := normal(segs)
	exact := in.lists[key]
	if exact != nil && !exact.op.Deprecated {
		return exact
	}
	for _, c := range in.all {
		n := len(c.segs)
		if !c.list() || n != len(segs)+1 || !isVerb(c.segs[n-1]) {
			continue
		}
		if normal(c.segs[:n-1]) == key && !c.op.Deprecated {
			return c
		}
	}
	return exact
}

// listBeside is the list of the same noun as a single record without a
// parameter in its path: /animal/search for /animal.
func (in *inferrer) listBeside(c *candidate) *candidate {
	if l := in.listAt(c.segs); l != nil {
		return l
	}
	if c.noun < 0 || c.noun != len(c.segs)-1 {
		return nil
	}
	for _, l := range in.all {
		if !l.list() || l.noun != c.noun || normal(l.segs[:l.noun]) != normal(c.segs[:c.noun]) {
			continue
		}
		if len(l.segs) <= c.noun+2 && words.SameNoun(l.segs[l.noun].text, c.segs[c.noun].text) {
			return l
		}
	}
	return nil
}

// requiredKeyParam is the required query parameter of c that names a scalar
// property of l's records.
func requiredKeyParam(c, l *candidate) *ir.Param {
	for _, p := range c.op.Params {
		if p.In != "query" || !p.Required || p.Type == nil || !scalar(p.Type) {
			continue
		}
		if prop := property(l.sel.item, p.Name); prop != nil && scalar(prop.Type) && keyLike(p.Name) {
			return p
		}
	}
	return nil
}

// keyLike reports whether a name ends in a word that names a key.
func keyLike(name string) bool {
	w := words.Split(name)
	return len(w) > 0 && keyWords.has(w[len(w)-1])
}

// property finds a property of an object type, exact before any case style.
func property(t *ir.Type, name string) *ir.Property {
	if t == nil {
		return nil
	}
	for _, p := range t.Props {
		if p.Name == name {
			return p
		}
	}
	for _, p := range t.Props {
		if words.SameKey(p.Name, name) {
			return p
		}
	}
	return nil
}

// scalar reports whether a type is a text, number or boolean.
func scalar(t *ir.Type) bool {
	if t == nil {
		return false
	}
	switch t.Kind {
	case ir.KindString, ir.KindInteger, ir.KindNumber, ir.KindBoolean:
		return true
	case ir.KindObject, ir.KindMap, ir.KindArray, ir.KindAny, ir.KindNull:
	}
	return false
}

func numeric(t *ir.Type) bool {
	return t != nil && (t.Kind == ir.KindInteger || t.Kind == ir.KindNumber)
}

func isText(t *ir.Type) bool { return t != nil && t.Kind == ir.KindString }
