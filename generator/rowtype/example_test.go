package rowtype_test

import (
	"fmt"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/rowtype"
)

func ExampleBuild() {
	tag := &ir.Type{Kind: ir.KindString}
	order := &ir.Type{Name: "order", Kind: ir.KindObject, Props: []*ir.Property{
		{Name: "id", Type: &ir.Type{Kind: ir.KindInteger}, Required: true},
		{Name: "tags", Type: &ir.Type{Kind: ir.KindArray, Items: tag}},
	}}
	set, _ := rowtype.Build(&ir.Connector{Resources: []*ir.Resource{
		{Name: "orders", Item: order, Selected: ir.Decided[bool]{Value: true}, MaxNesting: 2},
	}}, nil)
	for _, t := range set.Resources[0].Tables {
		fmt.Println(t.Schema.Name, t.Schema.Columns[0].Name)
	}
	// Output:
	// orders id
	// orders__tags value
}
