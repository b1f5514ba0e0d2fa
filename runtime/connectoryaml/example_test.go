package connectoryaml_test

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

// An unknown key is an error with its place and the key that was meant.
func ExampleRead() {
	_, _, err := connectoryaml.Read([]byte("version: 1\nname: harvest\nresorces: []\n"))
	fmt.Println(err)
	// Output: 3:1: unknown key "resorces". Did you mean "resources"?
}

// A program changes one value and leaves what a person wrote around it.
func ExamplePrint() {
	root, err := connectoryaml.Parse([]byte("name: harvest  # short\n\n# be gentle\nsize: 100\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	root.Set("size", &connectoryaml.Node{Kind: connectoryaml.Number, Text: "50"})
	fmt.Print(string(connectoryaml.Print(root)))
	// Output:
	// name: harvest  # short
	//
	// # be gentle
	// size: 50
}
