package generator_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dltgen/dltgen/generator"
)

const things = `openapi: 3.0.3
info: {title: Things, version: "1"}
servers: [{url: https://api.acme.io}]
paths:
  /things:
    get:
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: array
                items: {type: object, properties: {id: {type: integer}}}
`

// A description becomes a connector, and the connector is up to date.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, "openapi.yaml"), []byte(things), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	res, err := generator.Init(ctx, generator.InitConfig{Dir: dir, Name: "things", Spec: "openapi.yaml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range res.Reports {
		fmt.Println(r.Name, "has", r.Selected, "resource:", r.Resources[0].Path)
	}
	if _, err := generator.Check(ctx, generator.Config{Dir: dir}); err == nil {
		fmt.Println("up to date")
	}
	// Output:
	// things has 1 resource: /things
	// up to date
}
