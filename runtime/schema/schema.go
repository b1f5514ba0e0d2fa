// Package schema describes the tables a source makes: their columns, types,
// hints and contracts, as one named, versioned and hashed document.
//
// It is the vocabulary that every stage shares: the generator writes tables as
// literals, the normaliser adds columns to them, the destination migrates to
// them. The document form is dlt's (docs/spec/10-schema.md), so either tool can
// continue what the other began: the same content has the same hash.
//
// A schema is read by [ReadYAML], [ReadJSON] and [ReadStored] or begun by [New],
// grows by [Schema.AddTable] and [Schema.UpdateColumns], is saved after
// [Schema.Bump], and tells a destination what to do by [Diff].
//
// A Schema is not safe for use while it changes: give other goroutines a [Schema.Clone].
package schema

// A Schema is a named set of tables with the rules by which data becomes them.
type Schema struct {
	// Name is the schema's name, also the name of the source it belongs to (S2).
	Name string
	// Version counts the saved changes; it starts at 1 (S13).
	Version int
	// VersionHash is the content hash of the saved document, "" before the first save (S10).
	VersionHash string
	// PreviousHashes are the hashes this schema had before, newest first, at most ten.
	PreviousHashes []string
	// ImportedHash is the hash of the import file last adopted (S120).
	ImportedHash string
	// EngineVersion is the document's format version; see [EngineVersion].
	EngineVersion int
	// Description is free text.
	Description string
	// Settings hold the rules for inference and the default contract (S20).
	Settings Settings
	// Normalizers name the naming convention and the nesting rules (S30).
	Normalizers Normalizers
	// Extra holds the document's own x- keys.
	Extra Hints
	// DefaultStrategy says how the destination merges a table that names no
	// strategy, "" if it cannot merge it. nil is delete-insert. It is not part
	// of the document.
	DefaultStrategy func(*Table) MergeStrategy

	tables []*Table
	index  map[string]int
}

// EngineVersion is the document format this package reads and writes.
const EngineVersion = 11

// Names of the system tables and columns (S70).
const (
	VersionTable       = "_dlt_version"
	LoadsTable         = "_dlt_loads"
	StateTable         = "_dlt_pipeline_state"
	ColumnID           = "_dlt_id"
	ColumnLoadID       = "_dlt_load_id"
	ColumnParentID     = "_dlt_parent_id"
	ColumnRootID       = "_dlt_root_id"
	ColumnListIdx      = "_dlt_list_idx"
	ColumnValidFrom    = "_dlt_valid_from"
	ColumnValidTo      = "_dlt_valid_to"
	SystemPrefix       = "_dlt"
	DefaultMaxNesting  = 1000
	DefaultNaming      = "snake_case"
	RelationalModule   = "dlt.common.normalizers.json.relational"
	RelationalNoCoerce = "dlt.common.normalizers.json.relational_no_coercion"
)

// Settings are the schema's own rules (S20 to S25).
type Settings struct {
	// Detections are the names of the autodetectors in order of evaluation (N30).
	// nil means the key is absent; a new schema has [iso_timestamp].
	Detections []string
	// DefaultHints map a hint to patterns of column names, in document order (S21).
	DefaultHints []HintRule
	// PreferredTypes map patterns of column names to types, in document order (S22).
	PreferredTypes []TypeRule
	// Contract is the schema's contract as it was given, nil if none.
	Contract *ContractSetting
	// Extra holds x- keys.
	Extra Hints
}

// A HintRule gives a hint to every newly inferred column that matches a pattern.
type HintRule struct {
	Hint     string
	Patterns []string
}

// A TypeRule gives a data type to every newly inferred column that matches its pattern.
type TypeRule struct {
	Pattern string
	Type    DataType
}

// Normalizers name how identifiers and nested values are treated (S30).
type Normalizers struct {
	// Names is the naming convention; "" is snake_case.
	Names string
	// JSONModule is the normaliser's long module name (S31).
	JSONModule string
	// MaxNesting limits flattening and nested tables; unset is 1000 (N19).
	MaxNesting Int
	// RootKeyPropagation asks for _dlt_root_id on nested tables (N67).
	RootKeyPropagation Flag
	// PropagationRoot maps columns of every root table to columns of its nested tables.
	PropagationRoot []ColumnMap
	// PropagationTables maps columns of a table to columns of its nested tables.
	PropagationTables []TablePropagation
	// AllowIdentifierChange permits another naming convention on tables with data (S34).
	AllowIdentifierChange Flag
	// UseBreakPath is S33's switch between the path and the identifier rule.
	UseBreakPath Flag
	// Detections is the fallback of an empty Settings.Detections (S20).
	Detections []string
	// JSONExtra, ConfigExtra and Extra hold further keys of the json map, of
	// its config, and of the normalizers. A ConfigExtra that is not nil says
	// that the config is there, even if it is empty.
	JSONExtra, ConfigExtra, Extra Hints
}

// A ColumnMap copies column From of a row to column To of its descendants.
type ColumnMap struct{ From, To string }

// A TablePropagation is the column maps of one table.
type TablePropagation struct {
	Table string
	Maps  []ColumnMap
}

// WriteDisposition says what a load does to rows that are already there.
type WriteDisposition string

// The write dispositions.
const (
	Skip    WriteDisposition = "skip"
	Append  WriteDisposition = "append"
	Replace WriteDisposition = "replace"
	Merge   WriteDisposition = "merge"
)

// MergeStrategy says how a merge matches and changes rows.
type MergeStrategy string

// The merge strategies.
const (
	DeleteInsert MergeStrategy = "delete-insert"
	Upsert       MergeStrategy = "upsert"
	SCD2         MergeStrategy = "scd2"
	InsertOnly   MergeStrategy = "insert-only"
	CDC          MergeStrategy = "cdc"
)

// A Table is an ordered list of columns with the table's hints.
type Table struct {
	Name        string
	Description string
	// Parent is the table this one was unnested from, "" for a root table.
	Parent string
	// Resource is the resource that yields the rows, as written; root tables only.
	Resource         string
	WriteDisposition WriteDisposition
	// Contract is the table's contract as it was given, nil if none.
	Contract *ContractSetting
	// Filters drop or keep fields by pattern (N50).
	Filters     *Filters
	TableFormat string
	FileFormat  string
	References  []Reference
	VariantName string
	// Normalizer is the x-normalizer hint.
	Normalizer TableNormalizer
	// MergeStrategy is the x-merge-strategy hint.
	MergeStrategy MergeStrategy
	// Extra holds the other x- hints.
	Extra Hints
	// Columns are in stored order, which the hash depends on (S10).
	Columns []Column
}

// Filters are patterns of fields to exclude and of exceptions to keep.
type Filters struct{ Excludes, Includes []string }

// A Reference is an annotation that columns refer to columns of another table.
type Reference struct {
	Table             string
	Columns           []string
	ReferencedColumns []string
	Label             string
	Cardinality       string
}

// TableNormalizer is what the normaliser keeps with a table.
type TableNormalizer struct {
	SeenData          Flag
	MaxNesting        Int
	EvolveColumnsOnce Flag
	Extra             Hints
}

// DataType is a column's type, independent of any destination (S60).
type DataType string

// The data types. A column without one is incomplete.
const (
	Text      DataType = "text"
	Double    DataType = "double"
	Bool      DataType = "bool"
	Timestamp DataType = "timestamp"
	Bigint    DataType = "bigint"
	Binary    DataType = "binary"
	JSON      DataType = "json"
	Decimal   DataType = "decimal"
	Wei       DataType = "wei"
	Date      DataType = "date"
	Time      DataType = "time"
)

// A Column is a name, a type and hints. The zero value of a hint means that the
// document does not mention it, which the hash tells apart from false.
type Column struct {
	Name        string
	DataType    DataType
	Nullable    Flag // unset means nullable
	Description string
	Precision   Int
	Scale       Int
	Timezone    Flag // unset means with time zone
	Variant     Flag
	PrimaryKey  Flag
	MergeKey    Flag
	Unique      Flag
	Sort        Flag
	Partition   Flag
	Cluster     Flag
	RowKey      Flag
	ParentKey   Flag
	RootKey     Flag
	HardDelete  Flag
	Incremental Flag
	DedupSort   string // "asc", "desc" or ""
	// Extra holds x- hints.
	Extra Hints
}

// Complete reports whether the column has a type and so reaches a destination (S52).
func (c *Column) Complete() bool { return c.Name != "" && c.DataType != "" }

// IsNullable reports whether the column takes null: the hint is unset or true.
func (c *Column) IsNullable() bool { return c.Nullable != False }

// A Flag is a boolean hint that may be absent or null.
type Flag uint8

// The states of a Flag.
const (
	Unset Flag = iota
	True
	False
	Null
)

// FlagOf is the set Flag for b.
func FlagOf(b bool) Flag {
	if b {
		return True
	}
	return False
}

// Is reports whether the flag is True.
func (f Flag) Is() bool { return f == True }

// An Int is a number hint that may be absent.
type Int struct {
	V   int
	Set bool
}

// N is the set Int for v.
func N(v int) Int { return Int{v, true} }

// Hints are further hints in order of insertion. Values are what a YAML
// document can hold: nil, bool, int64, float64, string, []any, Hints.
type Hints []Hint

// A Hint is one key with its value.
type Hint struct {
	Key   string
	Value any
}

// Get returns the value of key and whether it is there.
func (h Hints) Get(key string) (any, bool) {
	for i := range h {
		if h[i].Key == key {
			return h[i].Value, true
		}
	}
	return nil, false
}

// Set puts the value in place of the one key has, or at the end.
func (h *Hints) Set(key string, v any) {
	for i := range *h {
		if (*h)[i].Key == key {
			(*h)[i].Value = v
			return
		}
	}
	*h = append(*h, Hint{key, v})
}

// Delete removes key.
func (h *Hints) Delete(key string) {
	for i := range *h {
		if (*h)[i].Key == key {
			*h = append((*h)[:i:i], (*h)[i+1:]...)
			return
		}
	}
}

// ContractMode is what happens to data that a contract does not allow.
type ContractMode string

// The contract modes.
const (
	Evolve       ContractMode = "evolve"
	Freeze       ContractMode = "freeze"
	DiscardRow   ContractMode = "discard_row"
	DiscardValue ContractMode = "discard_value"
)

// A Contract is a resolved contract: a mode for each entity (C1).
type Contract struct{ Tables, Columns, DataType ContractMode }

// A ContractSetting is a contract as somebody gave it: one mode for all
// entities, or a mode for some of them.
type ContractSetting struct {
	Mode                      ContractMode
	Tables, Columns, DataType ContractMode
}

// Tables returns the tables in document order. The slice is the schema's own.
func (s *Schema) Tables() []*Table { return s.tables }

// Table returns the table of that name, or nil.
func (s *Schema) Table(name string) *Table {
	if i, ok := s.index[name]; ok {
		return s.tables[i]
	}
	return nil
}

// Put adds t, or puts it in place of the table of its name.
func (s *Schema) Put(t *Table) {
	if s.index == nil {
		s.index = map[string]int{}
	}
	if i, ok := s.index[t.Name]; ok {
		s.tables[i] = t
		return
	}
	s.index[t.Name] = len(s.tables)
	s.tables = append(s.tables, t)
}

// Remove takes the tables of these names out of the schema.
func (s *Schema) Remove(names ...string) {
	gone := map[string]bool{}
	for _, n := range names {
		gone[n] = true
	}
	kept := s.tables[:0:0]
	s.index = map[string]int{}
	for _, t := range s.tables {
		if !gone[t.Name] {
			s.index[t.Name] = len(kept)
			kept = append(kept, t)
		}
	}
	s.tables = kept
}

// Column returns the column of that name, or nil. The pointer is good until
// the next column is added.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}
