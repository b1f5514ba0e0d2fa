package infer_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
)

// oddNames are names that mean something to the rules, or break careless ones.
var oddNames = []string{
	"", "id", "data", "items", "next", "page", "cursor", "updated_at", "a.b", "$", "ID_", "é", "next_page_token", "metadata", "owner", "total",
	"x y", "{", "since", "limit", "offset", "name", "_links", "list", "search", "v1",
}

var kinds = []ir.Kind{
	ir.KindString, ir.KindInteger, ir.KindNumber, ir.KindBoolean, ir.KindObject, ir.KindMap, ir.KindArray, ir.KindAny, ir.KindNull,
}

// hostile draws connectors that no reader would make: shapes that do not fit
// their kinds, rings, missing types.
type hostile struct {
	t     *rapid.T
	types []*ir.Type
}

func (h *hostile) name() string { return rapid.SampledFrom(oddNames).Draw(h.t, "name") }

func (h *hostile) flip(label string) bool { return rapid.Bool().Draw(h.t, label) }

func (h *hostile) count(most int) int { return rapid.IntRange(0, most).Draw(h.t, "count") }

func (h *hostile) typ(depth int) *ir.Type {
	x := &ir.Type{Kind: rapid.SampledFrom(kinds).Draw(h.t, "kind"), Name: h.name(), Description: h.name()}
	h.types = append(h.types, x)
	if depth > 3 {
		return x
	}
	switch h.count(5) {
	case 0:
		x.Items = rapid.SampledFrom(h.types).Draw(h.t, "again")
	case 1:
		x.Items = h.typ(depth + 1)
	default:
		for range h.count(4) {
			x.Props = append(x.Props, &ir.Property{Name: h.name(), Type: h.typ(depth + 1), Required: true})
		}
		if len(x.Props) > 0 && h.flip("untyped") {
			x.Props[0].Type = nil
		}
	}
	return x
}

func (h *hostile) operation() *ir.Operation {
	op := &ir.Operation{Method: rapid.SampledFrom([]string{"GET", "POST", "PUT"}).Draw(h.t, "method"), ID: h.name()}
	for range h.count(4) {
		n := h.name()
		if h.flip("param") {
			n = "{" + n + "}"
		}
		op.Path += "/" + n
	}
	for range h.count(4) {
		p := &ir.Param{Name: h.name(), In: rapid.SampledFrom([]string{"query", "path", "header", "cookie"}).Draw(h.t, "in"), Required: true}
		if h.flip("typed") {
			p.Type = h.typ(2)
		}
		op.Params = append(op.Params, p)
	}
	if h.flip("body") {
		op.Body = &ir.Body{Type: h.typ(1)}
	}
	if h.flip("response") {
		op.Response = &ir.Response{Type: h.typ(0)}
	}
	return op
}

// TestNeverPanics holds for any document: nothing in it breaks Apply, and no
// name is empty or given twice.
func TestNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &hostile{t: t}
		c := &ir.Connector{Name: "x"}
		for range h.count(6) {
			c.Operations = append(c.Operations, h.operation())
		}
		infer.Apply(c, nil)
		seen := map[string]bool{}
		for _, r := range c.Resources {
			if r.Name == "" || seen[r.Name] {
				t.Fatalf("name %q is empty or given twice", r.Name)
			}
			seen[r.Name] = true
			infer.Explain(c, r.Name, "id")
			infer.Explain(c, r.Name, "")
		}
	})
}
