package schema_test

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/schema"
)

func Example() {
	s, err := schema.New("shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	orders := &schema.Table{
		Name: "orders", Resource: "orders", WriteDisposition: schema.Append,
		Columns: []schema.Column{{Name: "id", DataType: schema.Bigint, Nullable: schema.False, PrimaryKey: schema.True}},
	}
	if err := s.AddTable(orders, schema.Authoritative); err != nil {
		fmt.Println(err)
		return
	}
	s.Bump()

	before := s.Clone()
	if err := s.UpdateColumns("orders", []schema.Column{{Name: "note", DataType: schema.Text, Nullable: schema.True}}); err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range schema.Diff(before, s) {
		fmt.Println(c.Table.Name, c.New, c.Columns[0].Name)
	}
	s.Bump()
	fmt.Println("version", s.Version)
	// Output:
	// orders false note
	// version 2
}
