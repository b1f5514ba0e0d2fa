package contract_test

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/schema"
)

func Example() {
	s, err := schema.New("shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	s.SetContract(&schema.ContractSetting{Columns: schema.DiscardValue, DataType: schema.Freeze})
	s.Put(&schema.Table{Name: "orders", Columns: []schema.Column{{Name: "id", DataType: schema.Bigint}}})

	rule := contract.For(s, s.Table("orders"), nil)
	action, _ := rule.Column("note")
	fmt.Println(action)
	_, err = rule.Variant("id__v_text")
	fmt.Println(err)
	// Output:
	// drop value
	// normalize: schema shop: table orders: column id__v_text: contract on data_type, set at schema, is freeze: the column is new
}
