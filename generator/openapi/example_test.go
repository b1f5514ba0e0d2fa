package openapi_test

import (
	"fmt"

	"github.com/dltgen/dltgen/generator/openapi"
)

func ExampleRead() {
	spec := `
openapi: 3.0.3
info: {title: Pets}
paths:
  /pets:
    get:
      responses:
        200:
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}
components:
  schemas:
    Pet:
      properties: {id: {type: integer}, name: {type: string}}
`
	c, diags, err := openapi.Read("openapi.yaml", []byte(spec), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range c.Operations {
		fmt.Println(o.Method, o.Path, o.Response.Type.Kind, "of", o.Response.Type.Items.Name)
	}
	for _, d := range diags.All() {
		fmt.Println(d)
	}
	// Output:
	// GET /pets array of Pet
	// openapi.yaml:14:5: DG031 warning: no type; read as object (#/components/schemas/Pet)
}
