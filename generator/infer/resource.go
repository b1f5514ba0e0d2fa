package infer

import (
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

// resources completes the resources and puts them in document order.
func (in *inferrer) resources() {
	for _, c := range in.all {
		c.res.Disposition = disposition(c)
		c.res.Auth = in.resourceAuth(c.op)
		in.selection(c)
		in.notes(c)
		in.c.Resources = append(in.c.Resources, c.res)
	}
	in.requireConfig()
	in.report()
}

// disposition follows from what is known of the records (G35).
func disposition(c *candidate) schema.WriteDisposition {
	switch {
	case len(c.res.PrimaryKey.Value) > 0:
		return schema.Merge
	case c.res.Incremental != nil:
		return schema.Append
	}
	return schema.Replace
}

// selection decides whether a resource is on (G31): lists whose parameters are
// all resolved, at most one parent deep.
func (in *inferrer) selection(c *candidate) {
	reasons := append([]string(nil), c.off...)
	switch {
	case c.detailOf != nil:
		reasons = append(reasons, addsFields(c))
	case c.sel.single:
		reasons = append(reasons, "one record, not a list")
	case in.searchesWhat(c) != "":
		reasons = append(reasons, "a search of "+in.searchesWhat(c))
	case in.sameRecords(c) != "":
		reasons = append(reasons, "the same records as "+in.sameRecords(c))
	case c.depth > 1:
		reasons = append(reasons, fmt.Sprintf("%d parents deep", c.depth))
	}
	for p := c.parent; p != nil && len(reasons) == 0; p = p.parent {
		for _, b := range p.res.Params {
			if strings.HasPrefix(b.Value, "{config.") {
				reasons = append(reasons, "its parent "+p.res.Name+" needs "+b.In+" parameter "+b.Name)
				break
			}
		}
	}
	if c.post && in.hasGetList() && len(reasons) == 0 {
		reasons = append(reasons, "a search by POST")
	}
	on := len(reasons) == 0
	evidence := reasons
	if on {
		evidence = []string{"a list whose parameters are all resolved"}
		if c.parent != nil {
			evidence = append(evidence, "1 request per record of "+c.parent.res.Name)
		}
	}
	if in.opt.All && !on {
		on = true
		evidence = append(evidence, "all resources were asked for")
	}
	if v, ok := c.op.Extensions["x-dltgen-selected"].(bool); ok {
		c.res.Selected = ir.Decided[bool]{Value: v, Why: byExtension(c.op.Pos, "x-dltgen-selected")}
		return
	}
	c.res.Selected = ir.Decided[bool]{Value: on, Why: why(strong, c.op.Pos, evidence...)}
}

// searchesWhat names the resource that lists plainly what a search looks for,
// "" if c is no search, or the only way to its records.
func (in *inferrer) searchesWhat(c *candidate) string {
	if !isSearch(c) {
		return ""
	}
	for _, l := range in.all {
		if l == c || !l.list() || l.post || isSearch(l) || l.older != "" || l.op.Deprecated || paramCount(l) > paramCount(c) {
			continue
		}
		same := l.sel.item != nil && l.sel.item.Name != "" && c.sel.item != nil && l.sel.item.Name == c.sel.item.Name
		if normal(l.segs) == normal(listBase(c)) || same && sameWords(l.nounWords, c.nounWords) {
			return l.res.Name
		}
	}
	return ""
}

// sameRecords names the list that has a child's records already, for all
// parents: its records say which parent they are of (/pods, and
// /namespaces/{namespace}/pods); "" if there is none.
func (in *inferrer) sameRecords(c *candidate) string {
	if c.parent == nil || c.sel.item == nil || c.sel.item.Name == "" || paramCount(c) == 0 || c.endsInParam() {
		return ""
	}
	name := pathParams(c)[paramCount(c)-1]
	told := property(c.sel.item, name)
	if m := property(c.sel.item, "metadata"); told == nil && m != nil {
		told = property(m.Type, name)
	}
	if told == nil {
		return ""
	}
	for i, s := range c.segs {
		if i == 0 || s.last() != name || !c.segs[i-1].fixed() {
			continue
		}
		short := append(append([]segment(nil), c.segs[:i-1]...), c.segs[i+1:]...)
		l := in.lists[normal(short)]
		if l != nil && !l.post && l.sel.item != nil && l.sel.item.Name == c.sel.item.Name && len(requiredConfig(l)) == 0 {
			return l.res.Name
		}
	}
	return ""
}

func (in *inferrer) hasGetList() bool {
	for _, c := range in.all {
		if c.list() && !c.post {
			return true
		}
	}
	return false
}

// addsFields says what a detail has that its list has not (G31).
func addsFields(c *candidate) string {
	n := 0
	if c.sel.item != nil && c.detailOf.sel.item != nil {
		for _, p := range c.sel.item.Props {
			if property(c.detailOf.sel.item, p.Name) == nil {
				n++
			}
		}
	}
	switch n {
	case 0:
		return "a detail that adds nothing to " + c.detailOf.res.Name
	case 1:
		return "a detail of " + c.detailOf.res.Name + ": adds 1 field, costs 1 request per record"
	}
	return fmt.Sprintf("a detail of %s: adds %d fields, costs 1 request per record", c.detailOf.res.Name, n)
}

// notes adds what a person should know about a resource.
func (in *inferrer) notes(c *candidate) {
	r := c.res
	if c.list() && len(r.PrimaryKey.Value) == 0 && r.Incremental == nil {
		r.Notes = append(r.Notes, "no key found: each load replaces the table")
	}
	for _, p := range c.op.Params {
		if p.In == "query" && changeTokens.has(p.Name) {
			r.Notes = append(r.Notes, "the API has a change token: "+p.Name)
		}
	}
	if c.sel.item != nil && c.sel.item.Kind == ir.KindAny && c.list() {
		r.Notes = append(r.Notes, "the document does not say what a record looks like")
	}
}

// changeTokens ask for what changed since a token (G50).
var changeTokens = newLexicon("sync_token", "delta_token", "delta_link", "change_token", "stream_position", "$deltatoken")

// requireConfig makes the configuration of selected resources required; what
// only unselected ones need may stay empty.
func (in *inferrer) requireConfig() {
	byName := map[string]*ir.ConfigField{}
	for _, f := range in.c.Config {
		byName[f.Name] = f
	}
	for _, r := range in.c.Resources {
		if !r.Selected.Value {
			continue
		}
		for _, b := range r.Params {
			name, ok := strings.CutPrefix(b.Value, "{config.")
			if f := byName[strings.TrimSuffix(name, "}")]; ok && f != nil && f.Default == "" {
				f.Required = true
			}
		}
	}
}

// report adds a message for each weak decision that is in use.
func (in *inferrer) report() {
	if len(in.c.Resources) == 0 {
		in.list.Errorf(CodeNoResource, in.documentPos(), "no operation reads records").
			WithHint("Resources come from GET operations whose answer is JSON, and from POST operations that search.")
	}
	for _, c := range in.all {
		r := c.res
		if !r.Selected.Value {
			continue
		}
		where := operation(c.op) + ": "
		if !r.Selector.Why.Strong() {
			in.list.Warnf(CodeWeakSelector, r.Selector.Why.Pos, "%sthe records are taken from %s, which is not certain", where, r.Selector.Value).
				WithHint("Set resources[%s].selector.", r.Name).WithGroup("weak selector")
		}
		if len(r.PrimaryKey.Value) > 0 && !r.PrimaryKey.Why.Strong() {
			in.list.Notef(CodeWeakKey, r.PrimaryKey.Why.Pos, "%sthe primary key %s is a guess", where, strings.Join(r.PrimaryKey.Value, ", ")).
				WithHint("Set resources[%s].primary_key.", r.Name).WithGroup("weak key")
		}
		in.reportPager(c, where)
		if r.Parent != nil && !r.Parent.Why.Strong() {
			in.list.Warnf(CodeWeakParent, r.Parent.Why.Pos, "%sthe parent %s is a guess", where, r.Parent.Value.Resource).
				WithHint("Set resources[%s].parent.", r.Name).WithGroup("weak parent")
		}
		if r.Incremental != nil && !r.Incremental.Why.Strong() {
			in.list.Warnf(CodeWeakCursor, r.Incremental.Why.Pos, "%sthe cursor %s for %s is a guess", where, r.Incremental.Value.CursorPath, r.Incremental.Value.StartParam).
				WithHint("Set resources[%s].incremental.", r.Name).WithGroup("weak cursor")
		}
	}
}

func (in *inferrer) reportPager(c *candidate, where string) {
	r := c.res
	p := r.Paginate.Value
	param := p.Param
	if param == "" {
		param = p.BodyPath
	}
	switch {
	case p.NextPath == unknownPath:
		in.list.Warnf(CodeNoNextPath, r.Paginate.Why.Pos, "%s%q is a token, but no response field looks like its next value", where, param).
			WithHint("Set resources[%s].paginate.next_path to the field of a real response that holds the next value.", r.Name).WithGroup("no next value")
	case p.Type == ir.PageAuto:
		in.list.Warnf(CodeNoNextPath, r.Paginate.Why.Pos, "%sit pages, but nothing in its answer is declared to lead on: the first page decides, by a next URL in its body or headers", where).
			WithHint("Set resources[%s].paginate; none for one request.", r.Name).WithGroup("paged by the first page")
	case p.Type != ir.PageSingle && !r.Paginate.Why.Strong():
		in.list.Warnf(CodeWeakPager, r.Paginate.Why.Pos, "%spaging by %s %s is a guess", where, p.Type, param).
			WithHint("Set resources[%s].paginate.", r.Name).WithGroup("weak pager")
	}
}

// Explain tells for `dltgen explain` what was decided about a resource, why, and
// what would change it; field narrows it to one property of the records.
func Explain(c *ir.Connector, resource, field string) []string {
	for _, r := range c.Resources {
		if r.Name == resource {
			if field != "" {
				return explainField(r, field)
			}
			return explainResource(r)
		}
	}
	for _, l := range c.LeftOut {
		if l.Operation == resource || strings.HasSuffix(l.Operation, " "+resource) {
			return []string{l.Operation + " is left out: " + l.Reason}
		}
	}
	return nil
}

func explainResource(r *ir.Resource) []string {
	out := []string{r.Name + ": " + operation(r.Operation)}
	if !r.Operation.Pos.IsZero() {
		out[0] += " (" + r.Operation.Pos.String() + ")"
	}
	at := "resources[" + r.Name + "]"
	out = explain(out, "selected", fmt.Sprint(r.Selected.Value), r.Selected.Why, at+".selected")
	out = explain(out, "selector", r.Selector.Value, r.Selector.Why, at+".selector")
	out = explain(out, "primary_key", orNone(strings.Join(r.PrimaryKey.Value, ", ")), r.PrimaryKey.Why, at+".primary_key")
	out = append(out, "write_disposition: "+string(r.Disposition), "  follows from key and cursor; change it with "+at+".write_disposition")
	out = explain(out, "paginate", describePager(r.Paginate.Value), r.Paginate.Why, at+".paginate")
	for _, a := range r.Alternatives {
		out = append(out, "  or "+describePager(a.Value)+": "+strings.Join(a.Why.Evidence, "; "))
	}
	if r.Incremental != nil {
		i := r.Incremental.Value
		out = explain(out, "incremental", i.CursorPath+" by "+i.StartParam+" ("+i.Encoding+")", r.Incremental.Why, at+".incremental")
	} else {
		out = append(out, "incremental: none", "  no parameter asks for what is new; set "+at+".incremental to name one")
	}
	if r.Parent != nil {
		p := r.Parent.Value
		out = explain(out, "parent", p.Resource, r.Parent.Why, at+".parent")
	}
	for _, b := range r.Params {
		out = append(out, "param "+b.Name+" ("+b.In+"): "+b.Value)
	}
	for _, n := range r.Notes {
		out = append(out, "note: "+n)
	}
	return out
}

func explain(out []string, what, value string, w ir.Why, change string) []string {
	line := what + ": " + value
	if w.Confidence > 0 {
		line += fmt.Sprintf("  [%s, %.2f]", sureness(w), float64(w.Confidence))
	}
	out = append(out, line)
	for _, e := range w.Evidence {
		out = append(out, "  because "+e)
	}
	return append(out, "  change it with "+change)
}

// sureness is how sure a decision is, in a word (G30).
func sureness(w ir.Why) string {
	switch {
	case w.Source != "" && w.Source != "detected":
		return w.Source
	case w.Confidence >= stated:
		return "stated"
	case w.Strong():
		return "strong"
	}
	return "a guess"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func describePager(p ir.Paginator) string {
	var s strings.Builder
	s.WriteString(p.Type)
	for _, part := range []struct{ name, value string }{
		{"param", p.Param},
		{"body_path", p.BodyPath},
		{"next_path", p.NextPath},
		{"record_field", p.RecordField},
		{"more_path", p.MorePath},
		{"total_path", p.TotalPath},
		{"total_header", p.TotalHeader},
		{"rows_path", p.RowsPath},
		{"size_param", p.SizeParam},
	} {
		if part.value != "" {
			s.WriteString(" " + part.name + "=" + part.value)
		}
	}
	if p.Size > 0 {
		fmt.Fprintf(&s, " size=%d", p.Size)
	}
	return s.String()
}

func explainField(r *ir.Resource, field string) []string {
	t := r.Item
	var p *ir.Property
	for k := range strings.SplitSeq(field, ".") {
		if t != nil && t.Kind == ir.KindArray {
			t = t.Items
		}
		if p = property(t, k); p == nil || p.Type == nil {
			return nil
		}
		t = p.Type
	}
	out := []string{r.Name + "." + field + ": " + string(p.Type.Kind)}
	if p.Type.Format != "" {
		out[0] += " (" + p.Type.Format + ")"
	}
	if !p.Pos.IsZero() {
		out = append(out, "  declared at "+p.Pos.String())
	}
	if p.Required {
		out = append(out, "  required by the document")
	}
	if p.Type.Nullable {
		out = append(out, "  nullable by the document")
	}
	for _, k := range r.PrimaryKey.Value {
		if k == field {
			out = append(out, "  part of the primary key: "+strings.Join(r.PrimaryKey.Why.Evidence, "; "))
		}
	}
	if r.Incremental != nil && words.Key(r.Incremental.Value.CursorPath) == words.Key(field) {
		out = append(out, "  the cursor: "+strings.Join(r.Incremental.Why.Evidence, "; "))
	}
	return append(out, "  change it with columns."+r.Name+"."+field)
}
