package schema

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// DiagramOptions are choices for the formats that draw a schema (S130). The
// zero value shows everything, ungrouped.
type DiagramOptions struct {
	// HideSystemTables leaves out the tables of the tool and references to them.
	HideSystemTables bool
	// HideLoadReferences, HideParentReferences and HideRootReferences leave out
	// references to and between the tables of the tool, to parents, to roots.
	HideLoadReferences, HideParentReferences, HideRootReferences bool
	// HideColumns and HideDescriptions shorten a mermaid diagram.
	HideColumns, HideDescriptions bool
	// GroupByResource draws tables of one resource together.
	GroupByResource bool
}

// shown are the tables to draw: those with a complete column.
func (s *Schema) shown(o *DiagramOptions) []*Table {
	return s.filter(func(t *Table) bool {
		return !t.IsNew() && !(o.HideSystemTables && s.IsSystem(t.Name))
	})
}

// relationsShown are the references between tables that are drawn.
func (s *Schema) relationsShown(o *DiagramOptions, tables []*Table) []Relation {
	drawn := func(name string, columns []string) bool {
		i := slices.IndexFunc(tables, func(t *Table) bool { return t.Name == name })
		return i >= 0 && !slices.ContainsFunc(columns, func(c string) bool {
			col := tables[i].Column(c)
			return col == nil || !col.Complete()
		})
	}
	return slices.DeleteFunc(s.Relations(), func(r Relation) bool {
		switch r.Label {
		case labelParent:
			if o.HideParentReferences {
				return true
			}
		case labelRoot:
			if o.HideRootReferences {
				return true
			}
		case labelLoad, labelSchemaVersion, labelSchemaName:
			if o.HideLoadReferences {
				return true
			}
		}
		return !drawn(r.From, r.Columns) || !drawn(r.Table, r.ReferencedColumns)
	})
}

// dataFirst orders tables of data before those of the tool.
func (s *Schema) dataFirst(tables []*Table) []*Table {
	tables = slices.Clone(tables)
	slices.SortStableFunc(tables, func(a, b *Table) int {
		return rank(s.IsSystem(a.Name)) - rank(s.IsSystem(b.Name))
	})
	return tables
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// resourceGroups are the tables of each resource, those of the tool last.
func (s *Schema) resourceGroups(tables []*Table) (names []string, groups map[string][]*Table) {
	groups = map[string][]*Table{}
	for _, t := range tables {
		name := SystemPrefix
		if !s.IsSystem(t.Name) {
			if name = s.Root(t.Name).Resource; name == "" {
				name = s.Root(t.Name).Name
			}
			if groups[name] == nil {
				names = append(names, name)
			}
		}
		groups[name] = append(groups[name], t)
	}
	return append(names, SystemPrefix), groups
}

// DBML is the schema in the database markup language (S132).
func (s *Schema) DBML(o *DiagramOptions) string {
	if o == nil {
		o = &DiagramOptions{}
	}
	tables := s.dataFirst(s.shown(o))
	var b strings.Builder
	for i, t := range tables {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "Table %s {\n", dbmlName(t.Name))
		for _, c := range t.CompleteColumns() {
			fmt.Fprintf(&b, "    %s %s%s\n", dbmlName(c.Name), dbmlName(string(c.DataType)), dbmlAttributes(&c))
		}
		if t.Description != "" {
			fmt.Fprintf(&b, "    Note {\n        %s\n    }\n", dbmlNote(t.Description))
		}
		b.WriteString("}\n")
	}
	for _, r := range s.relationsShown(o, tables) {
		arrow := "<>"
		switch r.Label {
		case labelParent, labelRoot, labelLoad:
			arrow = ">"
		case labelSchemaVersion:
			arrow = "<"
		}
		fmt.Fprintf(&b, "\nRef {\n    %s %s %s\n}\n", dbmlEnd(r.From, r.Columns), arrow, dbmlEnd(r.Table, r.ReferencedColumns))
	}
	if o.GroupByResource {
		names, groups := s.resourceGroups(tables)
		for _, name := range names {
			fmt.Fprintf(&b, "\nTableGroup %s {\n", dbmlName(name))
			for _, t := range groups[name] {
				fmt.Fprintf(&b, "    %s\n", dbmlName(t.Name))
			}
			b.WriteString("}\n")
		}
	}
	return b.String()
}

func dbmlName(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func dbmlNote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", " ").Replace(s) + "'"
}

func dbmlAttributes(c *Column) string {
	var list []string
	if c.PrimaryKey.Is() {
		list = append(list, "pk")
	}
	if c.Unique.Is() {
		list = append(list, "unique")
	}
	if !c.IsNullable() {
		list = append(list, "not null")
	}
	if c.Description != "" {
		list = append(list, "note: "+dbmlNote(c.Description))
	}
	if len(list) == 0 {
		return ""
	}
	return " [" + strings.Join(list, ", ") + "]"
}

func dbmlEnd(table string, columns []string) string {
	if len(columns) == 1 {
		return dbmlName(table) + "." + dbmlName(columns[0])
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = dbmlName(c)
	}
	return dbmlName(table) + ".(" + strings.Join(names, ", ") + ")"
}

// arrows of mermaid by cardinality (S133).
var arrows = map[string]string{
	"":             "||--|{",
	"one_to_many":  "||--|{",
	"many_to_one":  "}|--||",
	"zero_to_many": "|o--|{",
	"many_to_zero": "}|--o|",
	"one_to_one":   "||--||",
	"many_to_many": "}|--|{",
	"zero_to_one":  "|o--o|",
	"one_to_zero":  "|o--o|",
}

// Mermaid is the schema as an entity relationship diagram (S133).
func (s *Schema) Mermaid(o *DiagramOptions) string {
	if o == nil {
		o = &DiagramOptions{}
	}
	tables := s.shown(o)
	var b strings.Builder
	b.WriteString("erDiagram\n")
	for _, t := range tables {
		fmt.Fprintf(&b, "    %s{\n", t.Name)
		for _, c := range t.CompleteColumns() {
			if !o.HideColumns {
				mermaidColumn(&b, &c, o)
			}
		}
		b.WriteString("}\n")
	}
	for _, r := range s.relationsShown(o, tables) {
		arrow, ok := arrows[r.Cardinality]
		if !ok {
			arrow = arrows[""]
		}
		fmt.Fprintf(&b, "    %s %s %s : \"%s\"\n", r.From, arrow, r.Table, mermaidText(r.Label))
	}
	return b.String()
}

func mermaidColumn(b *strings.Builder, c *Column, o *DiagramOptions) {
	fmt.Fprintf(b, "    %s %s", c.DataType, c.Name)
	var keys []string
	if c.PrimaryKey.Is() {
		keys = append(keys, "PK")
	}
	if c.Unique.Is() {
		keys = append(keys, "UK")
	}
	if len(keys) > 0 {
		b.WriteString(" " + strings.Join(keys, ","))
	}
	if c.Description != "" && !o.HideDescriptions {
		fmt.Fprintf(b, ` "%s"`, mermaidText(c.Description))
	}
	b.WriteByte('\n')
}

func mermaidText(s string) string { return strings.NewReplacer(`"`, "'", "\n", " ").Replace(s) }

// DOT is the schema as a Graphviz graph (S134).
func (s *Schema) DOT(o *DiagramOptions) string {
	if o == nil {
		o = &DiagramOptions{}
	}
	tables := s.shown(o)
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n    graph [rankdir=BT, layout=twopi, overlap=false, splines=true]\n    node [shape=plain]\n", dotName(s.Name))
	ports := map[string]int{}
	for _, t := range tables {
		s.dotTable(&b, t, ports)
	}
	if o.GroupByResource {
		names, groups := s.resourceGroups(tables)
		for i, name := range names {
			fmt.Fprintf(&b, "    subgraph cluster_%d {\n        label=%s\n", i, dotName(name))
			for _, t := range groups[name] {
				fmt.Fprintf(&b, "        %s\n", dotName(t.Name))
			}
			b.WriteString("    }\n")
		}
	}
	for _, r := range s.relationsShown(o, tables) {
		fmt.Fprintf(&b, "    %s -> %s [style=invis]\n", dotName(r.From), dotName(r.Table))
		for i := range min(len(r.Columns), len(r.ReferencedColumns)) {
			fmt.Fprintf(&b, "    %s:f%d -> %s:f%d [label=%s]\n",
				dotName(r.From), ports[r.From+"\x00"+r.Columns[i]], dotName(r.Table), ports[r.Table+"\x00"+r.ReferencedColumns[i]], dotName(r.Label))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func (s *Schema) dotTable(b *strings.Builder, t *Table, ports map[string]int) {
	fmt.Fprintf(b, "    %s [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\">\n        <TR><TD PORT=\"p0\" COLSPAN=\"3\"><B>%s</B></TD></TR>\n",
		dotName(t.Name), html.EscapeString(t.Name))
	for i, c := range t.CompleteColumns() {
		ports[t.Name+"\x00"+c.Name] = i + 1
		name := html.EscapeString(c.Name)
		if c.PrimaryKey.Is() {
			name = "<B>" + name + "</B>"
		}
		null := ""
		if !c.IsNullable() {
			null = "<B>NN</B>"
		}
		fmt.Fprintf(b, "        <TR><TD PORT=\"f%d\">%s</TD><TD>%s</TD><TD>%s</TD></TR>\n", i+1, name, c.DataType, null)
	}
	b.WriteString("    </TABLE>>]\n")
}

func dotName(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
