package render_test

import (
	"fmt"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/render"
)

func ExampleFiles() {
	order := &ir.Type{Name: "order", Kind: ir.KindObject, Props: []*ir.Property{
		{Name: "id", Type: &ir.Type{Kind: ir.KindInteger}, Required: true},
	}}
	c := &ir.Connector{
		Name: "shop", BaseURL: ir.Decided[string]{Value: "https://shop.example.com"},
		Resources: []*ir.Resource{{
			Name: "orders", Item: order, Selected: ir.Decided[bool]{Value: true}, MaxNesting: 2,
			Operation: &ir.Operation{Method: "GET", Path: "/orders"},
		}},
	}
	files, _, err := render.Files(c, render.Options{Input: "specs/shop/connector.yaml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range files {
		fmt.Println(f.Path)
	}
	// Output:
	// connector_gen.go
	// orders_gen.go
	// shop.schema.yaml
	// cmd/shop/main.go
	// hooks.go
	// README.md
	// report.json
}
