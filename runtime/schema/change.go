package schema

import "strings"

// A Change is what a migration does to one table: create it, or add columns (L41).
type Change struct {
	// Table is the table as it shall be.
	Table *Table
	// New says that the table is to be created.
	New bool
	// Columns are the columns to add, in order; of a new table all of them.
	// All are complete.
	Columns []Column
}

// Diff lists what turns the complete columns of old into those of s. A nil old
// has none.
func Diff(old, s *Schema) []Change {
	var have []*Table
	if old != nil {
		for _, t := range old.tables {
			if columns := t.CompleteColumns(); len(columns) > 0 {
				have = append(have, &Table{Name: t.Name, Columns: columns})
			}
		}
	}
	return Changes(have, s.tables, true)
}

// Changes lists what the tables of have lack of those of want, in want's order.
// Incomplete columns of want, and tables of only these, do not count (S52).
// Names are compared as they are, or by their lower case if the destination
// does not tell cases apart.
func Changes(have, want []*Table, caseSensitive bool) []Change {
	key := strings.ToLower
	if caseSensitive {
		key = func(s string) string { return s }
	}
	tables := make(map[string]*Table, len(have))
	for _, t := range have {
		tables[key(t.Name)] = t
	}
	var changes []Change
	for _, t := range want {
		old := tables[key(t.Name)]
		known := map[string]bool{}
		if old != nil {
			for i := range old.Columns {
				known[key(old.Columns[i].Name)] = true
			}
		}
		var columns []Column
		for i := range t.Columns {
			if c := &t.Columns[i]; c.Complete() && !known[key(c.Name)] {
				columns = append(columns, *c)
			}
		}
		if len(columns) > 0 {
			changes = append(changes, Change{Table: t, New: old == nil, Columns: columns})
		}
	}
	return changes
}

// CompleteColumns are the columns that have a type (S52).
func (t *Table) CompleteColumns() []Column {
	var columns []Column
	for i := range t.Columns {
		if t.Columns[i].Complete() {
			columns = append(columns, t.Columns[i])
		}
	}
	return columns
}

// IsNew reports whether the table has no complete column, and so does not
// exist at a destination. A nil table is new (C6).
func (t *Table) IsNew() bool {
	if t != nil {
		for i := range t.Columns {
			if t.Columns[i].Complete() {
				return false
			}
		}
	}
	return true
}
