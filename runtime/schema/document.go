package schema

import "slices"

// document is the full form of the stored document (S5): names everywhere.
func (s *Schema) document() Hints {
	tables := make(Hints, len(s.tables))
	for i, t := range s.tables {
		tables[i] = Hint{t.Name, t.document()}
	}
	previous := anyList(s.PreviousHashes)
	h := Hints{
		{"version", int64(s.Version)},
		{"version_hash", s.VersionHash},
		{"engine_version", int64(s.engine())},
		{"name", s.Name},
		{"tables", tables},
		{"settings", s.Settings.document()},
		{"normalizers", s.Normalizers.document()},
		{"previous_hashes", previous},
	}
	if s.ImportedHash != "" {
		h = append(h, Hint{"imported_version_hash", s.ImportedHash})
	}
	if s.Description != "" {
		h = append(h, Hint{"description", s.Description})
	}
	return append(h, s.Extra...)
}

func (s *Schema) engine() int {
	if s.EngineVersion == 0 {
		return EngineVersion
	}
	return s.EngineVersion
}

func (s *Settings) document() Hints {
	h := Hints{}
	if s.Detections != nil {
		h = append(h, Hint{"detections", anyList(s.Detections)})
	}
	if s.DefaultHints != nil {
		rules := make(Hints, len(s.DefaultHints))
		for i, r := range s.DefaultHints {
			rules[i] = Hint{r.Hint, anyList(r.Patterns)}
		}
		h = append(h, Hint{"default_hints", rules})
	}
	if s.PreferredTypes != nil {
		types := make(Hints, len(s.PreferredTypes))
		for i, r := range s.PreferredTypes {
			types[i] = Hint{r.Pattern, string(r.Type)}
		}
		h = append(h, Hint{"preferred_types", types})
	}
	if s.Contract != nil {
		h = append(h, Hint{"schema_contract", s.Contract.document()})
	}
	return append(h, s.Extra...)
}

func (n *Normalizers) document() Hints {
	h := Hints{}
	if n.Names != "" {
		h = append(h, Hint{"names", n.Names})
	}
	json := Hints{}
	if n.JSONModule != "" {
		json = append(json, Hint{"module", n.JSONModule})
	}
	if config := n.config(); config != nil {
		json = append(json, Hint{"config", config})
	}
	if json = append(json, n.JSONExtra...); len(json) > 0 {
		h = append(h, Hint{"json", json})
	}
	if n.AllowIdentifierChange != Unset {
		h = append(h, Hint{"allow_identifier_change_on_table_with_data", n.AllowIdentifierChange.value()})
	}
	if n.UseBreakPath != Unset {
		h = append(h, Hint{"use_break_path_on_normalize", n.UseBreakPath.value()})
	}
	if n.Detections != nil {
		h = append(h, Hint{"detections", anyList(n.Detections)})
	}
	return append(h, n.Extra...)
}

// config is the relational normaliser's configuration (S32), nil if there is none.
func (n *Normalizers) config() Hints {
	var h Hints
	if n.MaxNesting.Set {
		h = append(h, Hint{"max_nesting", int64(n.MaxNesting.V)})
	}
	if n.RootKeyPropagation != Unset {
		h = append(h, Hint{"root_key_propagation", n.RootKeyPropagation.value()})
	}
	if n.PropagationRoot != nil || n.PropagationTables != nil {
		p := Hints{}
		if n.PropagationRoot != nil {
			p = append(p, Hint{"root", columnMaps(n.PropagationRoot)})
		}
		if n.PropagationTables != nil {
			tables := make(Hints, len(n.PropagationTables))
			for i, t := range n.PropagationTables {
				tables[i] = Hint{t.Table, columnMaps(t.Maps)}
			}
			p = append(p, Hint{"tables", tables})
		}
		h = append(h, Hint{"propagation", p})
	}
	if n.ConfigExtra != nil && h == nil {
		h = Hints{}
	}
	return append(h, n.ConfigExtra...)
}

func columnMaps(maps []ColumnMap) Hints {
	h := make(Hints, len(maps))
	for i, m := range maps {
		h[i] = Hint{m.From, m.To}
	}
	return h
}

// processingHints are the keys that stages keep for themselves (S42).
var processingHints = []string{"x-normalizer", "x-loader", "x-extractor"}

// RemoveProcessingHints removes what stages note in tables and columns (S42).
func (s *Schema) RemoveProcessingHints() {
	for _, t := range s.tables {
		t.Normalizer = TableNormalizer{}
		for _, key := range processingHints {
			t.Extra.Delete(key)
		}
		for i := range t.Columns {
			t.Columns[i].Extra.Delete("x-normalizer")
		}
	}
}

// Clone is a deep copy.
func (s *Schema) Clone() *Schema {
	c := *s
	c.PreviousHashes = slices.Clone(s.PreviousHashes)
	c.Settings = s.Settings.clone()
	c.Normalizers = s.Normalizers.clone()
	c.Extra = s.Extra.Clone()
	c.tables, c.index = nil, nil
	for _, t := range s.tables {
		c.Put(t.Clone())
	}
	return &c
}

// CloneAs is a deep copy under another name, which begins a history of its own (S14).
func (s *Schema) CloneAs(name string) *Schema {
	c := s.Clone()
	c.Name = name
	c.Version, c.VersionHash, c.ImportedHash, c.PreviousHashes = 1, "", "", nil
	return c
}

// Clone is a deep copy.
func (t *Table) Clone() *Table {
	c := *t
	if t.Contract != nil {
		contract := *t.Contract
		c.Contract = &contract
	}
	if t.Filters != nil {
		c.Filters = &Filters{slices.Clone(t.Filters.Excludes), slices.Clone(t.Filters.Includes)}
	}
	c.References = slices.Clone(t.References)
	for i := range c.References {
		r := &c.References[i]
		r.Columns, r.ReferencedColumns = slices.Clone(r.Columns), slices.Clone(r.ReferencedColumns)
	}
	c.Normalizer.Extra = t.Normalizer.Extra.Clone()
	c.Extra = t.Extra.Clone()
	c.Columns = CloneColumns(t.Columns)
	return &c
}

// CloneColumns is a deep copy.
func CloneColumns(columns []Column) []Column {
	c := slices.Clone(columns)
	for i := range c {
		c[i].Extra = c[i].Extra.Clone()
	}
	return c
}

func (s Settings) clone() Settings {
	s.Detections = slices.Clone(s.Detections)
	s.DefaultHints = slices.Clone(s.DefaultHints)
	for i := range s.DefaultHints {
		s.DefaultHints[i].Patterns = slices.Clone(s.DefaultHints[i].Patterns)
	}
	s.PreferredTypes = slices.Clone(s.PreferredTypes)
	if s.Contract != nil {
		c := *s.Contract
		s.Contract = &c
	}
	s.Extra = s.Extra.Clone()
	return s
}

func (n Normalizers) clone() Normalizers {
	n.PropagationRoot = slices.Clone(n.PropagationRoot)
	n.PropagationTables = slices.Clone(n.PropagationTables)
	for i := range n.PropagationTables {
		n.PropagationTables[i].Maps = slices.Clone(n.PropagationTables[i].Maps)
	}
	n.Detections = slices.Clone(n.Detections)
	n.JSONExtra, n.ConfigExtra, n.Extra = n.JSONExtra.Clone(), n.ConfigExtra.Clone(), n.Extra.Clone()
	return n
}

// Clone is a deep copy.
func (h Hints) Clone() Hints {
	c := slices.Clone(h)
	for i := range c {
		c[i].Value = cloneValue(c[i].Value)
	}
	return c
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case Hints:
		return v.Clone()
	case []any:
		c := slices.Clone(v)
		for i := range c {
			c[i] = cloneValue(c[i])
		}
		return c
	}
	return v
}
