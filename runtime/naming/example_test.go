package naming_test

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/naming"
)

func Example() {
	c, err := naming.New("snake_case", 20)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Path("createdAt"))
	fmt.Println(c.Join("orders", c.Path("lineItems")))
	fmt.Println(c.Path("she played cello well"))
	// Output:
	// created_at
	// orders__line_items
	// she_plauanpualo_well
}
