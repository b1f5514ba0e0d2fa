package schema

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A MergeMode says what happens to compound hints when tables are merged (S104).
type MergeMode uint8

const (
	// Additive adds to the columns that carry a compound hint.
	Additive MergeMode = iota
	// Authoritative replaces them: a compound hint that the incoming table sets
	// on any column is taken from all others.
	Authoritative
)

// A MergeError says why a table cannot become part of a schema (S100, S101).
type MergeError struct {
	Schema, Table string
	// Property is what conflicts: name, parent or resource.
	Property string
	Has, Got string
	// Missing says that the parent Got is not in the schema.
	Missing bool
}

// Error names the table and the property.
func (e *MergeError) Error() string {
	if e.Missing {
		return fmt.Sprintf("schema %s: table %s: its parent %s is not in the schema; declare all tables between a nested table and its root", e.Schema, e.Table, e.Got)
	}
	return fmt.Sprintf("schema %s: table %s: %s is %s and cannot become %s", e.Schema, e.Table, e.Property, quoted(e.Has), quoted(e.Got))
}

func quoted(s string) string {
	if s == "" {
		return "unset"
	}
	return strconv.Quote(s)
}

// A TypeError says that a complete column cannot become another type (S103).
type TypeError struct {
	Schema, Table, Column string
	From, To              DataType
}

// Error names the column and both types.
func (e *TypeError) Error() string {
	return fmt.Sprintf("schema %s: table %s: column %s of type %s cannot become %s", e.Schema, e.Table, e.Column, e.From, e.To)
}

// AddTable adds a copy of t, or merges it into the table of its name (S100,
// S101), and keeps the propagation of root keys up to date (N67). Names are
// normalised already.
func (s *Schema) AddTable(t *Table, mode MergeMode) error {
	if t.Parent != "" && s.Table(t.Parent) == nil {
		return &MergeError{Schema: s.Name, Table: t.Name, Property: "parent", Got: t.Parent, Missing: true}
	}
	if have := s.Table(t.Name); have == nil {
		s.Put(t.Clone())
	} else if err := MergeTable(have, t, mode); err != nil {
		if e, ok := errors.AsType[*MergeError](err); ok {
			e.Schema = s.Name
		}
		return err
	}
	s.propagateRootKey(t.Name)
	return nil
}

// MergeTable merges b into a: every key of b overwrites a's, keys that b does
// not have stay, nothing is deleted (S101).
func MergeTable(a, b *Table, mode MergeMode) error {
	switch {
	case a.Name != b.Name:
		return &MergeError{Table: a.Name, Property: "name", Has: a.Name, Got: b.Name}
	case a.Parent != b.Parent:
		return &MergeError{Table: a.Name, Property: "parent", Has: a.Parent, Got: b.Parent}
	case a.Parent != "" && b.Resource != "":
		return &MergeError{Table: a.Name, Property: "resource", Got: b.Resource}
	}
	if mode == Authoritative {
		a.takeCompoundHints(b)
	}
	a.MergeColumns(b.Columns)
	a.mergeReferences(b.References)
	for _, h := range b.hints() {
		if h.Key == "references" {
			continue
		}
		if err := a.Set(h.Key, cloneValue(h.Value)); err != nil {
			return fmt.Errorf("table %s: %s: %w", a.Name, h.Key, err)
		}
	}
	return nil
}

// takeCompoundHints removes from a the compound hints that b sets. Columns
// that lose a key keep what else the key gave them (S104).
func (t *Table) takeCompoundHints(b *Table) {
	for _, hint := range compoundHints {
		if len(b.ColumnNames(hint, true)) == 0 {
			continue
		}
		for i := range t.Columns {
			t.Columns[i].Unset(hint)
		}
	}
}

// MergeColumns merges columns into the table's (S102). New ones go to the end;
// so does an incomplete one that becomes complete (S91).
func (t *Table) MergeColumns(columns []Column) {
	for i := range columns {
		b := &columns[i]
		at := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == b.Name })
		if at < 0 {
			t.Columns = append(t.Columns, CloneColumns(columns[i:i+1])...)
			continue
		}
		a := t.Columns[at]
		completes := !a.Complete() && b.Complete()
		MergeColumn(&a, b)
		if completes {
			t.Columns = append(slices.Delete(t.Columns, at, at+1), a)
		} else {
			t.Columns[at] = a
		}
	}
}

// MergeColumn gives a every key that b has, explicit defaults too (S102).
func MergeColumn(a, b *Column) {
	for _, h := range b.document() {
		// What b holds, a can hold.
		_ = a.Set(h.Key, cloneValue(h.Value))
	}
}

// mergeReferences keeps one reference for each table referred to (S105).
func (t *Table) mergeReferences(refs []Reference) {
	for _, r := range refs {
		r.Columns, r.ReferencedColumns = slices.Clone(r.Columns), slices.Clone(r.ReferencedColumns)
		at := slices.IndexFunc(t.References, func(x Reference) bool { return x.Table == r.Table })
		switch {
		case at < 0:
			t.References = append(t.References, r)
		case !sameReference(t.References[at], r):
			t.References[at] = r
		}
	}
}

// sameReference reports whether both map the same columns, in whatever order.
func sameReference(a, b Reference) bool {
	pairs := func(r Reference) []string {
		p := make([]string, 0, len(r.Columns))
		for i := range min(len(r.Columns), len(r.ReferencedColumns)) {
			p = append(p, r.Columns[i]+"\x00"+r.ReferencedColumns[i])
		}
		slices.Sort(p)
		return slices.Compact(p)
	}
	return slices.Equal(pairs(a), pairs(b))
}

// CheckTypes reports the first complete column of b that is complete in a and
// of another type there; nil if b fits (S103).
func CheckTypes(schema string, a, b *Table) error {
	for i := range b.Columns {
		cb := &b.Columns[i]
		if ca := a.Column(cb.Name); ca != nil && ca.Complete() && cb.Complete() && ca.DataType != cb.DataType {
			return &TypeError{Schema: schema, Table: a.Name, Column: cb.Name, From: ca.DataType, To: cb.DataType}
		}
	}
	return nil
}

// UpdateColumns merges columns that the normaliser found into a table of the
// schema, which must not change a type (S91, S103).
func (s *Schema) UpdateColumns(table string, columns []Column) error {
	t := s.Table(table)
	if t == nil {
		return fmt.Errorf("schema %s: table %s is not there to be updated", s.Name, table)
	}
	if err := CheckTypes(s.Name, t, &Table{Name: table, Columns: columns}); err != nil {
		return err
	}
	t.MergeColumns(columns)
	s.propagateRootKey(table)
	return nil
}

// Update brings settings, normalisers and tables of a source's schema into the
// pipeline's (S107). Settings are replaced, tables merged.
func (s *Schema) Update(source *Schema) error {
	s.Settings = source.Settings.clone()
	own := s.Normalizers
	s.Normalizers = source.Normalizers.clone()
	if s.Normalizers.UseBreakPath == Unset {
		s.Normalizers.UseBreakPath = own.UseBreakPath
	}
	if s.Normalizers.AllowIdentifierChange == Unset {
		s.Normalizers.AllowIdentifierChange = own.AllowIdentifierChange
	}
	s.Settings.addHints(systemHints())
	for _, root := range source.tables {
		if root.Parent != "" {
			continue
		}
		for _, t := range source.Chain(root.Name) {
			if err := s.AddTable(t, Additive); err != nil {
				return err
			}
		}
	}
	// The normalisers are the source's now, so what they keep for tables that
	// the source does not have is made again.
	for _, t := range s.tables {
		s.propagateRootKey(t.Name)
	}
	return nil
}

// propagateRootKey notes that the chain of a table wants the root's identity
// in every row (N67): a table has a root key already, the setting asks for it,
// or, where it says nothing, the way of merging needs it.
func (s *Schema) propagateRootKey(table string) {
	root := s.Root(table)
	if root == nil || root.Parent != "" {
		return
	}
	wanted := false
	if !s.IsSystem(root.Name) {
		switch s.Normalizers.RootKeyPropagation {
		case True:
			wanted = true
		case False:
		default:
			wanted = s.mergesByKey(root)
		}
	}
	for _, t := range s.Chain(root.Name) {
		wanted = wanted || len(t.ColumnNames("root_key", true)) > 0
	}
	if !wanted {
		return
	}
	from := ColumnID
	if keys := root.ColumnNames("row_key", true); len(keys) > 0 {
		from = keys[0]
	}
	s.Normalizers.propagate(root.Name, ColumnMap{from, ColumnRootID})
}

// mergesByKey reports whether merging the root table finds nested rows by its identity.
func (s *Schema) mergesByKey(root *Table) bool {
	strategy := root.MergeStrategy
	switch {
	case root.WriteDisposition != Merge:
		return false
	case s.DefaultStrategy == nil:
	case s.DefaultStrategy(root) == "":
		return false
	case strategy == "":
		strategy = s.DefaultStrategy(root)
	}
	return strategy != SCD2
}

func (n *Normalizers) propagate(table string, m ColumnMap) {
	at := slices.IndexFunc(n.PropagationTables, func(p TablePropagation) bool { return p.Table == table })
	if at < 0 {
		n.PropagationTables = append(n.PropagationTables, TablePropagation{table, []ColumnMap{m}})
		return
	}
	maps := n.PropagationTables[at].Maps
	i := slices.IndexFunc(maps, func(x ColumnMap) bool { return x.From == m.From })
	if i < 0 {
		n.PropagationTables[at].Maps = append(maps, m)
	} else {
		maps[i] = m
	}
}

// DropTables removes tables with what the normalisers keep for them. Their
// nested tables must be among them, or it reports the orphans and drops nothing.
func (s *Schema) DropTables(names ...string) error {
	var orphans []string
	for _, n := range names {
		for _, t := range s.Chain(n) {
			if !slices.Contains(names, t.Name) && !slices.Contains(orphans, t.Name) {
				orphans = append(orphans, t.Name)
			}
		}
	}
	if len(orphans) > 0 {
		return fmt.Errorf("schema %s: dropping %s would leave %s without a parent", s.Name, strings.Join(names, ", "), strings.Join(orphans, ", "))
	}
	s.Remove(names...)
	s.Normalizers.PropagationTables = slices.DeleteFunc(s.Normalizers.PropagationTables, func(p TablePropagation) bool {
		return slices.Contains(names, p.Table)
	})
	return nil
}
