package schema

import (
	"fmt"
	"slices"
	"strings"
)

// migrate brings a document of an older engine to the present one (S73).
func migrate(doc *node) error {
	engine := doc.get("engine_version")
	from := 0
	if engine != nil {
		v, _ := engine.value.(int64)
		from = int(v)
	}
	if from < 1 || from > EngineVersion {
		e := &DocumentError{
			Path: "./engine_version",
			Msg:  fmt.Sprintf("%s: it is %s, this program reads 1 to %d", ErrEngine, describe(engine.any()), EngineVersion),
			Err:  ErrEngine,
		}
		if engine != nil {
			e.Line, e.Col = engine.line, engine.col
		}
		return e
	}
	for ; from < EngineVersion; from++ {
		migrations[from-1](doc)
	}
	doc.set("engine_version", scalar(int64(EngineVersion)))
	removeSeenNullFirst(doc)
	return nil
}

// migrations lead from engine i+1 to the next.
var migrations = [EngineVersion - 1]func(*node){
	func(doc *node) {
		doc.set("includes", &node{kind: listNode})
		doc.set("excludes", &node{kind: listNode})
	},
	migrateTo3,
	func(doc *node) {
		if doc.get("version_hash") == nil {
			doc.set("version_hash", scalar(""))
		}
	},
	func(doc *node) {
		setTable(doc, versionTable())
		setTable(doc, loadsTable())
	},
	func(doc *node) { setTable(doc, loadsTable()) },
	func(doc *node) {
		doc.child("settings").pop("schema_sealed")
		for _, t := range doc.get("tables").maps() {
			t.pop("table_sealed")
		}
	},
	func(doc *node) { doc.set("previous_hashes", &node{kind: listNode}) },
	migrateTo9,
	migrateTo10,
	func(doc *node) { doc.child("normalizers").set("use_break_path_on_normalize", scalar(false)) },
}

// maps are the items that are maps.
func (n *node) maps() []*node {
	if n == nil {
		return nil
	}
	var maps []*node
	for _, x := range n.items {
		if x.kind == mapNode {
			maps = append(maps, x)
		}
	}
	return maps
}

// child is the map at key, made if it is not there.
func (n *node) child(key string) *node {
	if c := n.get(key); c != nil && c.kind == mapNode {
		return c
	}
	c := &node{kind: mapNode}
	n.set(key, c)
	return c
}

func setTable(doc *node, t *Table) {
	doc.child("tables").set(t.Name, nodeOf(t.document()))
}

// migrateTo3 gathers settings, gives tables their parents and moves filters
// from the top into tables.
func migrateTo3(doc *node) {
	doc.set("normalizers", nodeOf(Hints{
		{"names", DefaultNaming},
		{"json", Hints{
			{"module", RelationalModule},
			{"config", Hints{{"propagation", Hints{{"root", Hints{{ColumnID, ColumnRootID}}}}}}},
		}},
	}))
	hints, types := &node{kind: mapNode}, &node{kind: mapNode}
	if old := doc.pop("hints"); old != nil {
		for i, list := range old.items {
			for _, p := range list.items {
				p.value = regexPrefix + p.text()
			}
			hints.set(old.keys[i], list)
		}
	}
	if old := doc.pop("preferred_types"); old != nil {
		for i, t := range old.items {
			types.set(regexPrefix+old.keys[i], t)
		}
	}
	settings := &node{kind: mapNode}
	settings.set("default_hints", hints)
	settings.set("preferred_types", types)
	doc.set("settings", settings)
	tables := &node{kind: mapNode}
	if old := doc.pop("tables"); old != nil && old.kind == mapNode {
		for i, columns := range old.items {
			name := old.keys[i]
			t := nodeOf((&Table{Name: name}).document())
			t.set("columns", columns)
			if parent := parentByName(name, old); parent != "" {
				t.set("parent", scalar(parent))
			} else {
				t.set("write_disposition", scalar(string(Append)))
				t.set("resource", scalar(name))
			}
			tables.set(name, t)
		}
	}
	doc.set("tables", tables)
	for _, group := range []string{"excludes", "includes"} {
		migrateFilters(tables, group, doc.pop(group))
	}
}

// parentByName is the longest prefix of name that is a table.
func parentByName(name string, tables *node) string {
	for {
		at := strings.LastIndex(name, "__")
		if at <= 0 {
			return ""
		}
		if name = name[:at]; slices.Contains(tables.keys, name) {
			return name
		}
	}
}

func migrateFilters(tables *node, group string, filters *node) {
	if filters == nil {
		return
	}
	for _, f := range filters.items {
		root, path, ok := strings.Cut(strings.TrimPrefix(f.text(), "^"), "__")
		if !ok {
			continue
		}
		t := tables.child(root)
		if t.get("columns") == nil {
			t.child("columns")
		}
		list := t.child("filters").get(group)
		if list == nil {
			list = &node{kind: listNode}
			t.child("filters").set(group, list)
		}
		list.items = append(list.items, scalar(regexPrefix+"^"+path))
	}
}

// migrateTo9 marks tables that have data.
func migrateTo9(doc *node) {
	for _, t := range doc.get("tables").maps() {
		if t.get("columns").get(ColumnID) != nil {
			t.child("x-normalizer").set("seen-data", scalar(true))
		}
	}
}

// migrateTo10 renames the type complex and the hint foreign_key.
func migrateTo10(doc *node) {
	for _, t := range doc.get("tables").maps() {
		columns := t.get("columns")
		for i, c := range columns.mapItems() {
			if c.get("data_type").text() == "complex" {
				c.set("data_type", scalar(string(JSON)))
			}
			switch columns.keys[i] {
			case ColumnID:
				c.set("row_key", orFalse(c.get("unique")))
			case ColumnParentID:
				c.set("parent_key", orFalse(c.get("foreign_key")))
			}
			c.pop("foreign_key")
		}
	}
	settings := doc.child("settings")
	if types := settings.get("preferred_types"); types != nil {
		for i, t := range types.items {
			if t.text() == "complex" {
				types.items[i] = scalar(string(JSON))
			}
		}
	}
	if hints := settings.get("default_hints"); hints != nil && len(hints.keys) > 0 {
		hints.pop("foreign_key")
		hints.set("row_key", nodeOf([]any{ColumnID}))
		hints.set("parent_key", nodeOf([]any{ColumnParentID}))
	}
	if config := doc.get("normalizers").get("json").get("config"); config != nil {
		config.pop("generate_dlt_id")
	}
}

// mapItems are the items, each as a map: in place of another value an empty
// one that is not part of the document.
func (n *node) mapItems() []*node {
	if n == nil || n.kind != mapNode {
		return nil
	}
	items := make([]*node, len(n.items))
	for i, x := range n.items {
		if items[i] = x; x.kind != mapNode {
			items[i] = &node{kind: mapNode}
		}
	}
	return items
}

func orFalse(n *node) *node {
	if n == nil {
		return scalar(false)
	}
	return n
}

// removeSeenNullFirst drops what engine 10 noted of columns that had only nulls.
func removeSeenNullFirst(doc *node) {
	for _, t := range doc.get("tables").maps() {
		columns := t.get("columns")
		if columns == nil || columns.kind != mapNode {
			continue
		}
		for _, name := range slices.Clone(columns.keys) {
			c := columns.get(name)
			note := c.get("x-normalizer")
			if seen := note.get("seen-null-first"); seen == nil || seen.value != true {
				continue
			}
			if c.get("data_type") == nil {
				columns.pop(name)
				continue
			}
			if note.pop("seen-null-first"); len(note.keys) == 0 {
				c.pop("x-normalizer")
			}
		}
	}
}
