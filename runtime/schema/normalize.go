package schema

import (
	"errors"
	"fmt"
)

// Naming is what a schema needs of a naming convention; naming.Convention is one.
type Naming interface {
	Path(name string) string
	TablePath(name string) string
}

// A Collision is two declared columns that got one name and so were merged (S87).
type Collision struct{ Table, Column, Original string }

// String names the table and both names.
func (c Collision) String() string {
	return fmt.Sprintf("table %s: columns %s and another have one normalised name %s and were merged", c.Table, c.Original, c.Column)
}

// NormalizeTable is a copy of t with the names of the table, its parent, its
// columns and its references normalised; the resource keeps its name (S83).
func NormalizeTable(t *Table, n Naming) (*Table, []Collision) {
	c := t.Clone()
	c.Name = n.TablePath(t.Name)
	if t.Parent != "" {
		c.Parent = n.TablePath(t.Parent)
	}
	var collisions []Collision
	c.Columns = c.Columns[:0:0]
	for _, col := range CloneColumns(t.Columns) {
		original := col.Name
		col.Name = n.Path(original)
		if have := c.Column(col.Name); have != nil {
			mergeSet(have, &col)
			collisions = append(collisions, Collision{c.Name, col.Name, original})
			continue
		}
		c.Columns = append(c.Columns, col)
	}
	refs := c.References
	c.References = nil
	for _, r := range refs {
		r.Table = n.TablePath(r.Table)
		for i := range r.Columns {
			r.Columns[i] = n.Path(r.Columns[i])
		}
		for i := range r.ReferencedColumns {
			r.ReferencedColumns[i] = n.Path(r.ReferencedColumns[i])
		}
		c.mergeReferences([]Reference{r})
	}
	if refs != nil && c.References == nil {
		c.References = refs[:0]
	}
	return c, collisions
}

// mergeSet gives a the keys of b that are set to another value than their default.
func mergeSet(a, b *Column) {
	for _, h := range b.document() {
		if h.Key == "name" || h.Key == "data_type" || b.Has(h.Key) {
			_ = a.Set(h.Key, h.Value)
		}
	}
}

// NormalizeSettings normalises the names in the schema's patterns and
// propagation that are plain names (S23, S32).
func (s *Schema) NormalizeSettings(n Naming) {
	hints := s.Settings.DefaultHints
	for i := range hints {
		for j, p := range hints[i].Patterns {
			hints[i].Patterns[j] = NormalizePattern(p, n)
		}
	}
	types := s.Settings.PreferredTypes
	for i := range types {
		types[i].Pattern = NormalizePattern(types[i].Pattern, n)
	}
	normalizeMaps(s.Normalizers.PropagationRoot, n)
	for i := range s.Normalizers.PropagationTables {
		normalizeMaps(s.Normalizers.PropagationTables[i].Maps, n)
	}
}

func normalizeMaps(maps []ColumnMap, n Naming) {
	for i, m := range maps {
		maps[i] = ColumnMap{n.Path(m.From), n.Path(m.To)}
	}
}

// ErrFrozenNames is the cause when names cannot change because a table has data (S34).
var ErrFrozenNames = errors.New("tables have data; set allow_identifier_change_on_table_with_data to rename them, or keep the naming convention")

// SetNaming puts the schema under another naming convention: all names are
// normalised again, and the tables of the tool are renamed (S34). It fails if a
// table has data, unless the normalisers allow it.
func (s *Schema) SetNaming(name string, n Naming) error {
	if name == s.Normalizers.Names || name == DefaultNaming && s.Normalizers.Names == "" {
		return nil
	}
	if s.Normalizers.AllowIdentifierChange != True {
		for _, t := range s.tables {
			if t.Normalizer.SeenData.Is() && !s.IsSystem(t.Name) {
				return fmt.Errorf("schema %s: change naming convention %s to %s: table %s: %w", s.Name, s.Normalizers.Names, name, t.Name, ErrFrozenNames)
			}
		}
	}
	tables := s.tables
	s.tables, s.index = nil, nil
	for _, t := range tables {
		c, _ := NormalizeTable(t, n)
		s.Put(c)
	}
	s.NormalizeSettings(n)
	s.Normalizers.Names = name
	return nil
}
