package schema

import (
	"fmt"
	"slices"
	"strings"
)

// A builder makes a schema of a document's nodes and goes on after a fault.
type builder struct {
	opts *ReadOptions
	errs []error
}

func (b *builder) fail(n *node, path, format string, args ...any) {
	e := &DocumentError{File: b.opts.File, Path: path, Msg: fmt.Sprintf(format, args...)}
	if n != nil {
		e.Line, e.Col = n.line, n.col
	}
	b.errs = append(b.errs, e)
}

// texts reads a list of texts, nil if it is absent or null.
func (b *builder) texts(n *node, path string) []string {
	if n.isNull() {
		return nil
	}
	list, err := textList(n.any())
	if err != nil {
		b.fail(n, path, "%s", err)
	}
	return list
}

// text reads a text, "" if it is absent or null.
func (b *builder) text(n *node, path string) string {
	if !n.isNull() {
		if _, ok := n.value.(string); !ok {
			b.fail(n, path, "%s", errWant("a text", n.any()))
		}
	}
	return n.text()
}

// number reads a whole number, 0 if it is absent or null.
func (b *builder) number(n *node, path string) int {
	if n.isNull() {
		return 0
	}
	v, ok := n.value.(int64)
	if !ok {
		b.fail(n, path, "%s", errWant("a whole number", n.any()))
	}
	return int(v)
}

// isMap reports whether n is a map; null counts as an empty one, anything else
// is a fault.
func (b *builder) isMap(n *node, path string) bool {
	if n.isNull() {
		return false
	}
	if n.kind != mapNode {
		b.fail(n, path, "%s", errWant("a map", n.any()))
	}
	return n.kind == mapNode
}

func (b *builder) schema(doc *node) *Schema {
	s := &Schema{EngineVersion: EngineVersion}
	for i, key := range doc.keys {
		n := doc.items[i]
		switch key {
		case "version":
			s.Version = b.number(n, "./version")
		case "version_hash":
			s.VersionHash = b.text(n, "./version_hash")
		case "name":
			s.Name = b.text(n, "./name")
			if !ValidName(s.Name) {
				b.fail(n, "./name", "%q: %s", s.Name, ErrName)
			}
		case "tables":
			b.tables(s, n)
		case "settings":
			b.settings(&s.Settings, n)
		case "normalizers":
			b.normalizers(&s.Normalizers, n)
		case "previous_hashes":
			s.PreviousHashes = b.texts(n, "./previous_hashes")
		case "imported_version_hash":
			s.ImportedHash = b.text(n, "./imported_version_hash")
		case "description":
			s.Description = b.text(n, "./description")
		case "engine_version":
		default:
			if unknownTopKey(key) {
				b.fail(n, ".", "unknown key %q; a key of your own begins with x-", key)
				continue
			}
			s.Extra.Set(key, n.any())
		}
	}
	for _, key := range requiredKeys {
		if doc.get(key) == nil {
			b.fail(doc, ".", "key %q is missing", key)
		}
	}
	if !b.opts.Import {
		for _, name := range []string{VersionTable, LoadsTable} {
			if name = s.SystemName(name); s.Table(name) == nil {
				b.fail(doc.get("tables"), "./tables", "table %s is missing", name)
			}
		}
	}
	return s
}

func (b *builder) tables(s *Schema, n *node) {
	if !b.isMap(n, "./tables") {
		return
	}
	for i, name := range n.keys {
		path := "./tables[" + name + "]"
		if t := b.table(name, n.items[i], path); t != nil {
			s.Put(t)
		}
	}
	for i, name := range n.keys {
		t := s.Table(name)
		if t == nil || t.Parent == "" {
			continue
		}
		path := "./tables[" + name + "]"
		if s.Table(t.Parent) == nil {
			b.fail(n.items[i].get("parent"), path, "parent table %s is not there", t.Parent)
		} else if root := s.Root(name); root.Parent != "" {
			b.fail(n.items[i].get("parent"), path, "is its own ancestor")
		}
	}
}

func (b *builder) table(name string, n *node, path string) *Table {
	t := &Table{Name: name}
	if !b.isMap(n, path) {
		return t
	}
	for i, key := range n.keys {
		item := n.items[i]
		switch key {
		case "name":
		case "columns":
			if !b.isMap(item, path+"/columns") {
				continue
			}
			for j, column := range item.keys {
				t.Columns = append(t.Columns, b.column(column, item.items[j], path+"/columns["+column+"]"))
			}
		default:
			if err := t.Set(key, item.any()); err != nil {
				b.fail(item, path, "%s: %s", key, err)
			}
		}
	}
	return t
}

func (b *builder) column(name string, n *node, path string) Column {
	c := Column{Name: name}
	if !b.isMap(n, path) {
		return c
	}
	for i, key := range n.keys {
		if key == "name" {
			continue
		}
		if err := c.Set(key, n.items[i].any()); err != nil {
			b.fail(n.items[i], path, "%s: %s", key, err)
		}
	}
	return c
}

func (b *builder) settings(s *Settings, n *node) {
	const path = "./settings"
	if !b.isMap(n, path) {
		return
	}
	for i, key := range n.keys {
		item := n.items[i]
		switch key {
		case "detections":
			if s.Detections = b.texts(item, path+"/detections"); item.kind == listNode && s.Detections == nil {
				s.Detections = []string{}
			}
		case "default_hints":
			b.defaultHints(s, item)
		case "preferred_types":
			b.preferredTypes(s, item)
		case "schema_contract":
			c, err := contractOf(item.any())
			if err != nil {
				b.fail(item, path, "schema_contract: %s", err)
			}
			if s.Contract = c; c == nil {
				s.Extra.Set(key, nil)
			}
		default:
			switch {
			case strings.HasPrefix(key, "x-"):
				s.Extra.Set(key, item.any())
			case key == "not_null" || IsHint(key):
				b.fail(item, path, "unknown key %q; move it under default_hints", key)
			default:
				b.fail(item, path, "unknown key %q; it has detections, default_hints, preferred_types, schema_contract and keys that begin with x-", key)
			}
		}
	}
}

func (b *builder) defaultHints(s *Settings, n *node) {
	const path = "./settings/default_hints"
	if !b.isMap(n, path) {
		return
	}
	s.DefaultHints = []HintRule{}
	for i, hint := range n.keys {
		if err := checkHintName(hint); err != nil {
			b.fail(n.items[i], path, "%s", err)
		}
		patterns, err := patternList(n.items[i].any())
		if err != nil {
			b.fail(n.items[i], path, "%s: %s", hint, err)
		}
		s.DefaultHints = append(s.DefaultHints, HintRule{hint, patterns})
	}
}

func (b *builder) preferredTypes(s *Settings, n *node) {
	const path = "./settings/preferred_types"
	if !b.isMap(n, path) {
		return
	}
	s.PreferredTypes = []TypeRule{}
	for i, pattern := range n.keys {
		item := n.items[i]
		if _, err := CompilePattern(pattern); err != nil {
			b.fail(item, path, "%s", err)
		}
		t := DataType(b.text(item, path))
		if !slices.Contains(DataTypes(), t) {
			b.fail(item, path, "%s: data type %q is unknown; known are %s", pattern, t, joinNames(DataTypes()))
		}
		s.PreferredTypes = append(s.PreferredTypes, TypeRule{pattern, t})
	}
}

func (b *builder) normalizers(s *Normalizers, n *node) {
	const path = "./normalizers"
	if !b.isMap(n, path) {
		return
	}
	for i, key := range n.keys {
		item := n.items[i]
		switch key {
		case "names":
			s.Names = b.text(item, path+"/names")
		case "json":
			b.jsonNormalizer(s, item)
		case "allow_identifier_change_on_table_with_data":
			b.flag(&s.AllowIdentifierChange, item, path, key)
		case "use_break_path_on_normalize":
			b.flag(&s.UseBreakPath, item, path, key)
		case "detections":
			s.Detections = b.texts(item, path+"/detections")
		default:
			s.Extra.Set(key, item.any())
		}
	}
}

func (b *builder) flag(f *Flag, n *node, path, key string) {
	if err := f.set(n.any()); err != nil {
		b.fail(n, path, "%s: %s", key, err)
	}
}

func (b *builder) jsonNormalizer(s *Normalizers, n *node) {
	const path = "./normalizers/json"
	if !b.isMap(n, path) {
		return
	}
	for i, key := range n.keys {
		item := n.items[i]
		switch key {
		case "module":
			if s.JSONModule = b.text(item, path+"/module"); s.JSONModule != "" && !strings.Contains(s.JSONModule, ".") {
				s.JSONModule = "dlt.common.normalizers.json." + s.JSONModule
			}
		case "config":
			if item.isNull() {
				s.JSONExtra.Set(key, nil)
				continue
			}
			b.config(s, item)
		default:
			s.JSONExtra.Set(key, item.any())
		}
	}
}

func (b *builder) config(s *Normalizers, n *node) {
	const path = "./normalizers/json/config"
	if !b.isMap(n, path) {
		return
	}
	s.ConfigExtra = Hints{}
	for i, key := range n.keys {
		item := n.items[i]
		switch {
		case key == "max_nesting" && !item.isNull():
			s.MaxNesting = N(b.number(item, path+"/max_nesting"))
		case key == "root_key_propagation":
			b.flag(&s.RootKeyPropagation, item, path, key)
		case key == "propagation" && len(item.keys) > 0:
			b.propagation(s, item)
		default:
			s.ConfigExtra.Set(key, item.any())
		}
	}
}

func (b *builder) propagation(s *Normalizers, n *node) {
	const path = "./normalizers/json/config/propagation"
	for i, key := range n.keys {
		item := n.items[i]
		switch key {
		case "root":
			s.PropagationRoot = b.columnMaps(item, path+"/root")
		case "tables":
			if b.isMap(item, path+"/tables") {
				s.PropagationTables = []TablePropagation{}
				for j, table := range item.keys {
					maps := b.columnMaps(item.items[j], path+"/tables["+table+"]")
					s.PropagationTables = append(s.PropagationTables, TablePropagation{table, maps})
				}
			}
		default:
			b.fail(item, path, "unknown key %q; it has root and tables", key)
		}
	}
}

func (b *builder) columnMaps(n *node, path string) []ColumnMap {
	if !b.isMap(n, path) {
		return nil
	}
	maps := []ColumnMap{}
	for i, from := range n.keys {
		maps = append(maps, ColumnMap{from, b.text(n.items[i], path)})
	}
	return maps
}
