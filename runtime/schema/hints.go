package schema

import (
	"cmp"
	"fmt"
	"slices"
)

// TableHints are what a resource declares of its table (S110). The zero value
// declares an appending table named after the resource.
type TableHints struct {
	// Name is the table's name, "" for the resource's.
	Name string
	// Parent makes the table a nested one.
	Parent      string
	Disposition Disposition
	// Columns have the names of the data; they are normalised with the table.
	Columns []Column
	// PrimaryKey and MergeKey name columns (S112). nil leaves what Columns say;
	// an empty list takes the hint from them.
	PrimaryKey, MergeKey []string
	Contract             *ContractSetting
	TableFormat          string
	FileFormat           string
	References           []Reference
	// Cursor is the column of a cursor that is one column, else "" (S114).
	Cursor string
	// MaxNesting limits flattening and nested tables (S116).
	MaxNesting Int
	// Extra holds x- hints.
	Extra Hints
	// Nested are the hints of nested tables (S115).
	Nested []NestedHints
}

// NestedHints declare the table of the lists at a path of keys below a root table.
type NestedHints struct {
	Path  []string
	Hints TableHints
}

// A Disposition is a write disposition with the options of a merge (S113).
type Disposition struct {
	// Disposition is "" for append in a root table, and for the parent's in a
	// nested one.
	Disposition       WriteDisposition
	Strategy          MergeStrategy
	Deduplicated      bool
	SourceFilter      string
	DestinationScope  string
	SkipUnchangedRows bool
	// RowVersionColumn holds the row's version; with scd2 "" is _dlt_id.
	RowVersionColumn string
	// ValidityColumns are the columns from and to, "" for those of dlt; scd2 only.
	ValidityColumns [2]string
	// ActiveRecordTimestamp marks active records, nil for null; scd2 only.
	ActiveRecordTimestamp any
	// BoundaryTimestamp replaces the load's time, nil if not set; scd2 only.
	BoundaryTimestamp any
}

// Table is the root table that the hints declare for a resource. Names are as
// declared. The error names a hint that cannot be.
func (h *TableHints) Table(resource string) (*Table, error) {
	t, err := h.table(cmp.Or(h.Name, resource))
	if err != nil {
		return nil, err
	}
	if t.Parent == "" {
		t.Resource = resource
		t.WriteDisposition = cmp.Or(t.WriteDisposition, Append)
	}
	return t, nil
}

func (h *TableHints) table(name string) (*Table, error) {
	t := &Table{
		Name: name, Parent: h.Parent, TableFormat: h.TableFormat, FileFormat: h.FileFormat,
		References: h.References, Contract: h.Contract, Columns: h.Columns,
	}
	t.Normalizer.MaxNesting = h.MaxNesting
	t = t.Clone()
	if h.PrimaryKey != nil {
		t.SetKey("primary_key", h.PrimaryKey...)
	}
	if h.MergeKey != nil {
		t.SetKey("merge_key", h.MergeKey...)
	}
	if err := t.SetDisposition(h.Disposition); err != nil {
		return nil, err
	}
	if h.Cursor != "" {
		t.columnOrNew(h.Cursor).Incremental = True
	}
	for _, x := range h.Extra {
		if err := t.Set(x.Key, cloneValue(x.Value)); err != nil {
			return nil, fmt.Errorf("table %s: hint %s: %w", name, x.Key, err)
		}
	}
	return t, nil
}

// NestedNaming is what nested hints need of a naming convention.
type NestedNaming interface {
	Naming
	TableIdentifier(name string) string
	Join(parts ...string) string
}

// Tables are the root table and the nested tables that the hints declare,
// normalised, parents before children (S115), and the columns that were merged
// because their names became one.
func (h *TableHints) Tables(resource string, n NestedNaming) ([]*Table, []Collision, error) {
	root, err := h.Table(resource)
	if err != nil {
		return nil, nil, err
	}
	declared := []*Table{root}
	nested := slices.Clone(h.Nested)
	slices.SortStableFunc(nested, func(a, b NestedHints) int { return cmp.Compare(len(a.Path), len(b.Path)) })
	for _, x := range nested {
		parts := []string{n.TableIdentifier(root.Name)}
		for _, p := range x.Path {
			parts = append(parts, n.TableIdentifier(p))
		}
		t, err := x.Hints.table(n.Join(parts...))
		if err != nil {
			return nil, nil, err
		}
		// A table with keys of its own is no longer part of its parent's rows.
		if t.Parent == "" && len(t.ColumnNames("primary_key", true)) == 0 && len(t.ColumnNames("merge_key", true)) == 0 {
			t.Parent = n.Join(parts[:len(parts)-1]...)
		}
		if t.Parent == "" {
			t.Resource = resource
		}
		declared = append(declared, t)
	}
	var collisions []Collision
	for i, t := range declared {
		normal, merged := NormalizeTable(t, n)
		declared[i] = normal
		collisions = append(collisions, merged...)
	}
	return declared, collisions, nil
}

// SetKey makes the named columns the primary_key or merge_key, and no others
// (S112). Columns that are not there are added, incomplete; a column whose
// hint nullable is not set becomes not null.
func (t *Table) SetKey(hint string, names ...string) {
	for i := range t.Columns {
		t.Columns[i].Unset(hint)
	}
	for _, name := range names {
		c := t.columnOrNew(name)
		if c.Nullable == Unset {
			c.Nullable = False
		}
		// hint is a boolean hint, which takes true.
		_ = c.Set(hint, true)
	}
}

// columnOrNew is the column of that name, added if it is not there.
func (t *Table) columnOrNew(name string) *Column {
	if c := t.Column(name); c != nil {
		return c
	}
	t.Columns = append(t.Columns, Column{Name: name})
	return &t.Columns[len(t.Columns)-1]
}

// A WordError reports a hint whose word is none of those that are known.
type WordError struct{ Table, Hint, Got, Known string }

// Error implements error.
func (e *WordError) Error() string {
	return fmt.Sprintf("table %s: %s %q is unknown; known are %s", e.Table, e.Hint, e.Got, e.Known)
}

// SetDisposition sets the write disposition with the hints and columns that
// its options stand for (S113).
func (t *Table) SetDisposition(d Disposition) error {
	if d.Disposition != "" && !slices.Contains(dispositions, d.Disposition) {
		return &WordError{t.Name, "write disposition", string(d.Disposition), joinNames(dispositions)}
	}
	if d.Strategy != "" && !slices.Contains(strategies, d.Strategy) {
		return &WordError{t.Name, "merge strategy", string(d.Strategy), joinNames(strategies)}
	}
	t.WriteDisposition = d.Disposition
	if d.Disposition != Merge {
		return nil
	}
	t.MergeStrategy = d.Strategy
	for _, x := range []Hint{
		{"x-stage-data-deduplicated", d.Deduplicated},
		{"x-merge-source-filter", d.SourceFilter},
		{"x-merge-destination-scope", d.DestinationScope},
		{"x-merge-skip-unchanged-rows", d.SkipUnchangedRows},
	} {
		if x.Value != false && x.Value != "" {
			t.Extra.Set(x.Key, x.Value)
		}
	}
	if d.Strategy == SCD2 {
		t.setValidity(&d)
	} else if d.RowVersionColumn != "" && d.SkipUnchangedRows {
		c := t.columnOrNew(d.RowVersionColumn)
		c.Nullable = False
		c.Extra.Set("x-row-version", true)
	}
	return nil
}

// setValidity replaces the columns with which scd2 tells versions of a row apart.
func (t *Table) setValidity(d *Disposition) {
	if d.BoundaryTimestamp != nil {
		t.Extra.Set("x-boundary-timestamp", d.BoundaryTimestamp)
	}
	from := cmp.Or(d.ValidityColumns[0], ColumnValidFrom)
	to := cmp.Or(d.ValidityColumns[1], ColumnValidTo)
	version := cmp.Or(d.RowVersionColumn, ColumnID)
	// Validity columns are empty when rows wait in the staging table.
	*t.columnOrNew(from) = Column{Name: from, DataType: Timestamp, Nullable: True, Extra: Hints{{"x-valid-from", true}}}
	*t.columnOrNew(to) = Column{
		Name: to, DataType: Timestamp, Nullable: True,
		Extra: Hints{{"x-valid-to", true}, {"x-active-record-timestamp", d.ActiveRecordTimestamp}},
	}
	// A row that is deleted and comes again has the same version.
	*t.columnOrNew(version) = Column{
		Name: version, Nullable: False, Unique: False, RowKey: False,
		Extra: Hints{{"x-row-version", true}},
	}
}
