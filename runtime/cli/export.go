package cli

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/schema"
)

// exportSchema is a schema in the form a person or another tool asked for (S130).
func exportSchema(s *schema.Schema, format string) ([]byte, error) {
	clean := &schema.WriteOptions{OmitDefaults: true}
	switch format {
	case "yaml":
		return s.YAML(clean), nil
	case "json":
		return append(s.JSON(clean), '\n'), nil
	case "dbml":
		return []byte(s.DBML(nil)), nil
	case "dot":
		return []byte(s.DOT(nil)), nil
	case "mermaid":
		return []byte(s.Mermaid(nil)), nil
	}
	return nil, fmt.Errorf("--format %q: want yaml, json, dbml, dot or mermaid", format)
}
