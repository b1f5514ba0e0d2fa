package generator

import (
	"testing"

	"github.com/dltgen/dltgen/generator/ir"
)

func object(props ...*ir.Property) *ir.Type { return &ir.Type{Kind: ir.KindObject, Props: props} }

func prop(name string, t *ir.Type) *ir.Property { return &ir.Property{Name: name, Type: t} }

func listOf(t *ir.Type) *ir.Type { return &ir.Type{Kind: ir.KindArray, Items: t} }

func TestSelectItem(t *testing.T) {
	item := &ir.Type{Kind: ir.KindObject, Name: "Item"}
	body := object(
		prop("data", listOf(item)),
		prop("result", object(prop("items", listOf(item)))),
		prop("a.b", listOf(item)),
		prop("a", object(prop("c", item))),
		prop("edges", listOf(object(prop("node", item)))),
		prop("by_id", &ir.Type{Kind: ir.KindMap, Items: item}),
		prop("one", item),
		prop("free", &ir.Type{Kind: ir.KindAny}),
	)
	tests := []struct {
		selector string
		list     bool
		err      string
	}{
		{"data", true, ""},
		{"$.data", true, ""},
		{"result.items", true, ""},
		{"a.b", true, ""},
		{`["a.b"]`, true, ""},
		{"a.c", false, ""},
		{"edges[*].node", true, ""},
		{"by_id.*", true, ""},
		{"one", false, ""},
		{"nope", false, `the response has no key "nope"; it has data, result, a.b, a, edges, by_id, one, free`},
		{"data.id", false, `"id" is looked for in a list; write [*] to go through it`},
		{`["data`, false, `["data has no end`},
	}
	for _, tt := range tests {
		t.Run(tt.selector, func(t *testing.T) {
			got, list, err := selectItem(body, tt.selector)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Fatalf("error %v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got != item || list != tt.list {
				t.Errorf("selects %v %s, list %v, want the item, list %v", got.Kind, got.Name, list, tt.list)
			}
		})
	}
	if got, list, err := selectItem(body, "free.deep"); err != nil || got.Kind != ir.KindAny || !list {
		t.Errorf("what is not described is believed, got %v %v %v", got, list, err)
	}
}
