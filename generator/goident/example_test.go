package goident_test

import (
	"fmt"

	"github.com/dltgen/dltgen/generator/goident"
)

func Example() {
	scope := goident.NewScope("Source", "Config")
	fmt.Println(goident.Exported("user_ids"), goident.Exported("16x16"))
	fmt.Println(scope.Declare(goident.Exported("config"), "ConfigItem"))
	fmt.Println(goident.File("build_linux") + "_gen.go")
	// Output:
	// UserIDs N16x16
	// ConfigItem
	// build_linux_resource_gen.go
}
