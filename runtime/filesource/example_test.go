package filesource_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/filesource"
)

// A table of text becomes pages of JSON lines; the type of a column is what all
// its cells are.
func Example() {
	in := strings.NewReader("id,name,price\n1,Ada,2.5\n2,Bo,3\n")
	r, err := filesource.Records("people", []string{"-"}, &filesource.Options{Format: filesource.CSV, Stdin: in})
	if err != nil {
		fmt.Println(err)
		return
	}
	for page, err := range r.Fetch(context.Background(), &dlt.Input{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(string(page.Data))
	}
	// Output:
	// {"id":1,"name":"Ada","price":2.5}
	// {"id":2,"name":"Bo","price":3.0}
}
