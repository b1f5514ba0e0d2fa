package connectoryaml

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
)

var update = flag.Bool("update", false, "rewrite golden files")

// makeSchema reflects the structs; their doc comments become descriptions.
func makeSchema(t *testing.T) []byte {
	t.Helper()
	r := &jsonschema.Reflector{FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, ExpandedStruct: true}
	if err := r.AddGoComments("github.com/dltgen/dltgen/runtime/connectoryaml", ".", jsonschema.WithFullComment()); err != nil {
		t.Fatal(err)
	}
	for k, c := range r.CommentMap {
		r.CommentMap[k] = strings.Join(strings.Fields(c), " ")
	}
	r.Mapper = func(rt reflect.Type) *jsonschema.Schema {
		if rt == nodeType {
			return &jsonschema.Schema{Type: "object"}
		}
		m, ok := reflect.TypeAssert[dict](reflect.New(rt))
		if !ok {
			return nil
		}
		value := &jsonschema.Schema{Type: "object"}
		switch et := m.elem(); {
		case et.Kind() == reflect.String:
			value = &jsonschema.Schema{Type: "string"}
		case et != nodeType:
			value = r.ReflectFromType(et)
			value.Version, value.ID, value.Definitions = "", "", nil
		}
		return &jsonschema.Schema{Type: "object", AdditionalProperties: value}
	}
	s := r.Reflect(&File{})
	s.ID = "https://github.com/dltgen/dltgen/connector.schema.json"
	s.Title = "connector.yaml"
	for rt, name := range words {
		alternatives(s.Definitions, rt, name)
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte(`\u003c`), []byte("<"))
	return append(bytes.ReplaceAll(data, []byte(`\u003e`), []byte(">")), '\n')
}

// alternatives lets a word stand for the struct, as the reader does.
func alternatives(defs jsonschema.Definitions, rt reflect.Type, name string) {
	object := defs[rt.Name()]
	f, _ := rt.FieldByName(name)
	word := &jsonschema.Schema{Type: "string"}
	for _, w := range ruleOf(f).enum {
		word.Enum = append(word.Enum, w)
	}
	defs[rt.Name()] = &jsonschema.Schema{Description: object.Description, AnyOf: []*jsonschema.Schema{word, object}}
	object.Description = ""
}

func TestJSONSchemaIsMadeFromTheStructs(t *testing.T) {
	want := makeSchema(t)
	if *update {
		if err := os.WriteFile("connector.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(JSONSchema())); diff != "" {
		t.Errorf("connector.schema.json is stale, run: go test ./runtime/connectoryaml -update\n%s", diff)
	}
}
