package loadpackage

import (
	"encoding/json"

	"github.com/dltgen/dltgen/runtime/schema"
)

// decodeSchema reads the schema as it was when the package was made.
func decodeSchema(text []byte) (*schema.Schema, error) {
	return schema.ReadJSON(text, &schema.ReadOptions{File: fileSchema, KeepVersion: true})
}

// encodeChanges writes {table: {columns: {name: type}}}: what was added, for readers
// of the package folder; nothing is decided by it.
func encodeChanges(changes []schema.Change) ([]byte, error) {
	type column struct {
		Name     string          `json:"name"`
		DataType schema.DataType `json:"data_type,omitempty"`
		Nullable bool            `json:"nullable"`
	}
	type table struct {
		Name    string            `json:"name"`
		Columns map[string]column `json:"columns"`
	}
	tables := map[string]table{}
	for _, c := range changes {
		t := table{c.Table.Name, map[string]column{}}
		for _, col := range c.Columns {
			t.Columns[col.Name] = column{col.Name, col.DataType, col.IsNullable()}
		}
		tables[c.Table.Name] = t
	}
	return json.MarshalIndent(tables, "", "  ")
}
