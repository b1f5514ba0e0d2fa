package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func drawn(t testing.TB) *Schema {
	s := newSchema(t, "shop")
	s.Put(&Table{
		Name: "items", Resource: "items", WriteDisposition: Append, Description: "What we've got",
		Columns: []Column{
			{Name: "id", DataType: Bigint, Nullable: False, PrimaryKey: True},
			{Name: "note", DataType: Text, Nullable: True, Description: "A note"},
			{Name: "pending"},
			LoadIDColumn(), IDColumn(),
		},
	})
	s.Put(&Table{
		Name: "items__l", Parent: "items",
		Columns:    []Column{{Name: "other", DataType: Bigint}, ParentIDColumn(), RootIDColumn()},
		References: []Reference{{Table: "items", Columns: []string{"other"}, ReferencedColumns: []string{"id"}, Label: "of", Cardinality: "one_to_one"}},
	})
	return s
}

// S43, S133
func TestMermaid(t *testing.T) {
	got := drawn(t).Mermaid(&DiagramOptions{HideSystemTables: true})
	want := `erDiagram
    items{
    bigint id PK
    text note "A note"
    text _dlt_load_id
    text _dlt_id UK
}
    items__l{
    bigint other
    text _dlt_parent_id
    text _dlt_root_id
}
    items__l }|--|| items : "_dlt_parent"
    items__l }|--|| items : "_dlt_root"
    items__l ||--|| items : "of"
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	all := drawn(t).Mermaid(nil)
	for _, line := range []string{
		"    items }|--|| _dlt_loads : \"_dlt_load\"\n",
		"    _dlt_version ||--|{ _dlt_loads : \"_dlt_schema_version\"\n",
		"    _dlt_version }|--|{ _dlt_loads : \"_dlt_schema_name\"\n",
	} {
		if !strings.Contains(all, line) {
			t.Errorf("no line %q in\n%s", line, all)
		}
	}
	short := drawn(t).Mermaid(&DiagramOptions{HideSystemTables: true, HideColumns: true, HideParentReferences: true, HideRootReferences: true})
	if short != "erDiagram\n    items{\n}\n    items__l{\n}\n    items__l ||--|| items : \"of\"\n" {
		t.Errorf("short form:\n%s", short)
	}
}

// S132
func TestDBML(t *testing.T) {
	got := drawn(t).DBML(&DiagramOptions{HideSystemTables: true, GroupByResource: true})
	want := `Table "items" {
    "id" "bigint" [pk, not null]
    "note" "text" [note: 'A note']
    "_dlt_load_id" "text" [not null]
    "_dlt_id" "text" [unique, not null]
    Note {
        'What we\'ve got'
    }
}

Table "items__l" {
    "other" "bigint"
    "_dlt_parent_id" "text" [not null]
    "_dlt_root_id" "text" [not null]
}

Ref {
    "items__l"."_dlt_parent_id" > "items"."_dlt_id"
}

Ref {
    "items__l"."_dlt_root_id" > "items"."_dlt_id"
}

Ref {
    "items__l"."other" <> "items"."id"
}

TableGroup "items" {
    "items"
    "items__l"
}

TableGroup "_dlt" {
}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// S134
func TestDOT(t *testing.T) {
	got := drawn(t).DOT(&DiagramOptions{GroupByResource: true})
	for _, part := range []string{
		"digraph \"shop\" {\n    graph [rankdir=BT, layout=twopi",
		`<TR><TD PORT="f1"><B>id</B></TD><TD>bigint</TD><TD><B>NN</B></TD></TR>`,
		`<TR><TD PORT="f3">_dlt_load_id</TD>`,
		`"items__l" -> "items" [style=invis]`,
		`"items__l":f2 -> "items":f4 [label="_dlt_parent"]`,
		"subgraph cluster_0 {",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in\n%s", part, got)
		}
	}
}
