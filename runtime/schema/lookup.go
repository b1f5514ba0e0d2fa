package schema

// ancestry walks from t up to its root. A chain is no longer than the tables
// it could go through, whatever a document says of parents.
func (s *Schema) ancestry(t *Table, yield func(*Table) bool) {
	for range len(s.tables) + 1 {
		if t == nil || !yield(t) || t.Parent == "" {
			return
		}
		t = s.Table(t.Parent)
	}
}

// Root is the table at the top of the chain of the named table, nil if the
// schema does not have it.
func (s *Schema) Root(name string) *Table {
	var root *Table
	s.ancestry(s.Table(name), func(t *Table) bool {
		root = t
		return true
	})
	return root
}

// Chain is the named table with everything nested in it: each table before its
// children, each subtree whole before the next.
func (s *Schema) Chain(name string) []*Table {
	children := map[string][]*Table{}
	for _, t := range s.tables {
		if t.Parent != "" {
			children[t.Parent] = append(children[t.Parent], t)
		}
	}
	var chain []*Table
	seen := map[string]bool{}
	var walk func(t *Table)
	walk = func(t *Table) {
		if t == nil || seen[t.Name] {
			return
		}
		seen[t.Name] = true
		chain = append(chain, t)
		for _, c := range children[t.Name] {
			walk(c)
		}
	}
	walk(s.Table(name))
	return chain
}

// DataTables are the tables of data that have a complete column (S44).
func (s *Schema) DataTables() []*Table {
	return s.filter(func(t *Table) bool { return !s.IsSystem(t.Name) && !t.IsNew() })
}

// SystemTables are the tables of the tool.
func (s *Schema) SystemTables() []*Table {
	return s.filter(func(t *Table) bool { return s.IsSystem(t.Name) })
}

// RootTables are the data tables without a parent.
func (s *Schema) RootTables() []*Table {
	return s.filter(func(t *Table) bool { return !s.IsSystem(t.Name) && !t.IsNew() && t.Parent == "" })
}

func (s *Schema) filter(keep func(*Table) bool) []*Table {
	var tables []*Table
	for _, t := range s.tables {
		if keep(t) {
			tables = append(tables, t)
		}
	}
	return tables
}

// inherited is the value that t or the nearest parent has for a hint (S41).
func (s *Schema) inherited(t *Table, key string) string {
	var text string
	s.ancestry(t, func(t *Table) bool {
		v, ok := t.Get(key)
		text, _ = v.(string)
		return !ok
	})
	return text
}

// WriteDisposition is t's own or its parents', else append (S41).
func (s *Schema) WriteDisposition(t *Table) WriteDisposition {
	if d := s.inherited(t, "write_disposition"); d != "" {
		return WriteDisposition(d)
	}
	return Append
}

// MergeStrategy is t's own or its parents', "" if none is set (S41).
func (s *Schema) MergeStrategy(t *Table) MergeStrategy {
	return MergeStrategy(s.inherited(t, "x-merge-strategy"))
}

// TableFormat is t's own or its parents', "" if none is set (S41).
func (s *Schema) TableFormat(t *Table) string { return s.inherited(t, "table_format") }

// FileFormat is t's own or its parents', "" if none is set (S41).
func (s *Schema) FileFormat(t *Table) string { return s.inherited(t, "file_format") }

// MaxNesting is how deep values under a root table are flattened and unnested:
// the table's own limit, else the normaliser's, else 1000 (N19).
func (s *Schema) MaxNesting(root *Table) int {
	switch {
	case root != nil && root.Normalizer.MaxNesting.Set:
		return root.Normalizer.MaxNesting.V
	case s.Normalizers.MaxNesting.Set:
		return s.Normalizers.MaxNesting.V
	}
	return DefaultMaxNesting
}

// Detections are the autodetectors to run, in order (S20).
func (s *Schema) Detections() []string {
	if len(s.Settings.Detections) > 0 {
		return s.Settings.Detections
	}
	return s.Normalizers.Detections
}

// BreaksPath reports whether names go through the path rule of the naming
// convention, not the identifier rule (S33).
func (s *Schema) BreaksPath() bool { return s.Normalizers.UseBreakPath != False }

// ColumnNames are the names of the columns that have the hint set (S51);
// incomplete columns count only if asked for.
func (t *Table) ColumnNames(hint string, incomplete bool) []string {
	var names []string
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Has(hint) && (incomplete || c.Complete()) {
			names = append(names, c.Name)
		}
	}
	return names
}

// FirstColumn is the first complete column that has the hint set, or nil.
func (t *Table) FirstColumn(hint string) *Column {
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Complete() && c.Has(hint) {
			return c
		}
	}
	return nil
}

// Propagation is which columns of a row of the table go to the rows nested in
// it (N67): those for every root, then the table's own, which win.
func (s *Schema) Propagation(t *Table) []ColumnMap {
	var maps []ColumnMap
	if t.Parent == "" {
		maps = append(maps, s.Normalizers.PropagationRoot...)
	}
	for _, p := range s.Normalizers.PropagationTables {
		if p.Table == t.Name {
			maps = append(maps, p.Maps...)
		}
	}
	return maps
}
