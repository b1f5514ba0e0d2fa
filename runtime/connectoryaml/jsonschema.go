package connectoryaml

import _ "embed"

//go:embed connector.schema.json
var jsonSchema []byte

// JSONSchema is the JSON Schema of connector.yaml, made from the structs of
// this package and their comments, for editors that complete and check (G21).
// The caller must not change it.
func JSONSchema() []byte { return jsonSchema }
