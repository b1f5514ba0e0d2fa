package schema

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNameLength is the greatest length of a schema's name in characters (S2).
const MaxNameLength = 64

// ErrName is what [New] and the readers report for a name that is no identifier.
var ErrName = errors.New("a schema name is a letter or _ followed by letters, digits and _, at most 64 characters")

// ValidName reports whether name can name a schema (S2). The snake_case
// identifier rule with a maximum length of 64 makes a valid name of any text.
func ValidName(name string) bool {
	if name == "" || utf8.RuneCountInString(name) > MaxNameLength {
		return false
	}
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc)) {
			return false
		}
	}
	return true
}

// New is an empty schema: the system tables that every schema has, snake_case
// names, the relational normaliser and its default hints (S70, S21).
func New(name string) (*Schema, error) {
	if !ValidName(name) {
		return nil, fmt.Errorf("schema %q: %w", name, ErrName)
	}
	s := &Schema{
		Name:          name,
		Version:       1,
		EngineVersion: EngineVersion,
		Settings: Settings{
			Detections:   []string{"iso_timestamp"},
			DefaultHints: systemHints(),
		},
		Normalizers: Normalizers{Names: DefaultNaming, JSONModule: RelationalModule},
	}
	s.addSystemTables()
	return s, nil
}

// addSystemTables adds those of the tables that every schema has and s lacks.
func (s *Schema) addSystemTables() {
	for _, t := range []*Table{versionTable(), loadsTable()} {
		if t.Name = s.SystemName(t.Name); s.Table(t.Name) == nil {
			t.Resource = t.Name
			s.Put(t)
		}
	}
}

// SystemName is the name of a system table under the schema's naming
// convention: s3_tables alone alters these names, all keep those of columns.
func (s *Schema) SystemName(name string) string {
	if strings.TrimPrefix(s.Normalizers.Names, "dlt.common.normalizers.naming.") == "s3_tables" {
		return strings.TrimLeft(name, "_")
	}
	return name
}

// IsSystem reports whether a table belongs to the tool, not to the data (S44).
func (s *Schema) IsSystem(table string) bool {
	return strings.HasPrefix(table, s.SystemName(SystemPrefix))
}

// IsSystemColumn reports whether a column belongs to the tool (S44).
func IsSystemColumn(name string) bool { return strings.HasPrefix(name, SystemPrefix) }

// systemHints are the default hints of the relational normaliser (S21).
func systemHints() []HintRule {
	return []HintRule{
		{"not_null", []string{ColumnID, ColumnRootID, ColumnParentID, ColumnListIdx, ColumnLoadID}},
		{"parent_key", []string{ColumnParentID}},
		{"root_key", []string{ColumnRootID}},
		{"unique", []string{ColumnID}},
		{"row_key", []string{ColumnID}},
	}
}

func systemColumn(name string, t DataType, nullable bool, description string) Column {
	return Column{Name: name, DataType: t, Nullable: FlagOf(nullable), Description: description}
}

// New columns of these tables go to the end, so that updated tables keep the
// layout of new ones.

func versionTable() *Table {
	return &Table{
		Name:             VersionTable,
		WriteDisposition: Skip,
		Resource:         VersionTable,
		Description:      "Created by DLT. Tracks schema updates",
		Columns: []Column{
			systemColumn("version", Bigint, false, "Numeric version of the schema, incremented on each schema change"),
			systemColumn("engine_version", Bigint, false, "Version of the dlt schema engine that created this schema"),
			systemColumn("inserted_at", Timestamp, false, "Timestamp when this schema version was stored"),
			systemColumn("schema_name", Text, false, "Name of the schema"),
			systemColumn("version_hash", Text, false, "Unique hash of the schema content, used to detect changes"),
			systemColumn("schema", Text, false, "JSON representation of the complete schema definition"),
		},
	}
}

func loadsTable() *Table {
	t := &Table{
		Name:             LoadsTable,
		WriteDisposition: Skip,
		Resource:         LoadsTable,
		Description:      "Created by DLT. Tracks completed loads",
		Columns: []Column{
			systemColumn("load_id", Text, false, "Unique identifier of the load operation"),
			systemColumn("schema_name", Text, true, "Name of the schema associated with this load"),
			systemColumn("status", Bigint, false, "Status of the load operation (0 = success)"),
			systemColumn("inserted_at", Timestamp, false, "Timestamp when the load was completed"),
			systemColumn("schema_version_hash", Text, true, "Hash of the schema version used during this load"),
		},
	}
	t.Columns[0].Precision = N(64)
	return t
}

// NewStateTable is the table of pipeline states as the normaliser completes
// it: with the row id, and without the description that extraction loses (S70).
func NewStateTable() *Table {
	loadID := systemColumn(ColumnLoadID, Text, false, "Load identifier linking this row to its load operation")
	loadID.Precision = N(64)
	return &Table{
		Name:             StateTable,
		WriteDisposition: Append,
		FileFormat:       "preferred",
		Resource:         StateTable,
		Columns: []Column{
			systemColumn("version", Bigint, false, "Numeric version of the pipeline state"),
			systemColumn("engine_version", Bigint, false, "Version of the dlt state engine"),
			systemColumn("pipeline_name", Text, false, "Name of the pipeline this state belongs to"),
			systemColumn("state", Text, false, "Compressed JSON representation of the pipeline state"),
			systemColumn("created_at", Timestamp, false, "Timestamp when this state was created"),
			systemColumn("version_hash", Text, true, "Hash of the state content, used to detect changes"),
			loadID,
			IDColumn(),
		},
	}
}

// The columns that the normaliser gives to rows (S72), without the precision
// that Arrow data brings.

// IDColumn is the row's identity.
func IDColumn() Column {
	return Column{Name: ColumnID, DataType: Text, Nullable: False, Unique: True, RowKey: True}
}

// LoadIDColumn names the load that brought a row of a root table.
func LoadIDColumn() Column { return Column{Name: ColumnLoadID, DataType: Text, Nullable: False} }

// ParentIDColumn refers to the parent row's identity.
func ParentIDColumn() Column {
	return Column{Name: ColumnParentID, DataType: Text, Nullable: False, ParentKey: True}
}

// ListIdxColumn is the row's place in its list.
func ListIdxColumn() Column { return Column{Name: ColumnListIdx, DataType: Bigint, Nullable: False} }

// RootIDColumn refers to the identity of the root row (N67).
func RootIDColumn() Column {
	return Column{Name: ColumnRootID, DataType: Text, Nullable: False, RootKey: True}
}
