package rowtype_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/rowtype"
	"github.com/dltgen/dltgen/runtime/schema"
)

func typ(k ir.Kind, format string) *ir.Type { return &ir.Type{Kind: k, Format: format} }

func object(props ...*ir.Property) *ir.Type { return &ir.Type{Kind: ir.KindObject, Props: props} }

func list(items *ir.Type) *ir.Type { return &ir.Type{Kind: ir.KindArray, Items: items} }

func prop(name string, t *ir.Type) *ir.Property {
	return &ir.Property{Name: name, Type: t, Required: true}
}

func resource(name string, item *ir.Type) *ir.Resource {
	return &ir.Resource{Name: name, Item: item, Selected: ir.Decided[bool]{Value: true}, MaxNesting: rowtype.DefaultMaxNesting}
}

func build(t *testing.T, resources ...*ir.Resource) (*rowtype.Set, []string) {
	t.Helper()
	set, diags := rowtype.Build(&ir.Connector{Name: "test", Resources: resources}, nil)
	var messages []string
	for _, d := range diags.All() {
		messages = append(messages, d.Code+" "+d.Message)
	}
	return set, messages
}

// dump lists the tables of a resource, a line each: name(column type, …).
func dump(r *rowtype.Resource) []string {
	var out []string
	for _, t := range r.Tables {
		var columns []string
		for _, c := range t.Schema.Columns {
			columns = append(columns, strings.TrimSpace(c.Name+" "+string(c.DataType)))
		}
		out = append(out, t.Schema.Name+"("+strings.Join(columns, ", ")+")")
	}
	return out
}

// TestTypes goes through the rows of G52's table.
func TestTypes(t *testing.T) {
	tests := []struct {
		name  string
		typ   *ir.Type
		want  string // Go type, data type
		rules string // validate
	}{
		{"text", typ(ir.KindString, ""), "string text", ""},
		{"text of unknown format", typ(ir.KindString, "duration"), "string text", ""},
		{"text with length", &ir.Type{Kind: ir.KindString, MinLength: new(1), MaxLength: new(9)}, "string text", "min=1,max=9"},
		{"text of one length", &ir.Type{Kind: ir.KindString, MinLength: new(9), MaxLength: new(9)}, "string text", "len=9"},
		{"text with pattern", &ir.Type{Kind: ir.KindString, Pattern: "^a+$"}, "string text", "re="},
		{"text with a pattern of another dialect", &ir.Type{Kind: ir.KindString, Pattern: "(?!a)"}, "string text", ""},
		{"date-time", typ(ir.KindString, "date-time"), "time.Time timestamp", ""},
		{"date", typ(ir.KindString, "date"), "value.Date date", ""},
		{"time", typ(ir.KindString, "time"), "value.TimeOfDay time", ""},
		{"uuid", typ(ir.KindString, "uuid"), "string text", "uuid"},
		{"email", typ(ir.KindString, "email"), "string text", "email"},
		{"uri", typ(ir.KindString, "uri"), "string text", "uri"},
		{"ipv4", typ(ir.KindString, "ipv4"), "string text", "ipv4"},
		{"byte", typ(ir.KindString, "byte"), "[]byte binary", ""},
		{"binary", typ(ir.KindString, "binary"), "[]byte binary", ""},
		{"text of int64", typ(ir.KindString, "int64"), "int64 bigint", ""},
		{"text of decimal", typ(ir.KindString, "decimal"), "value.Decimal decimal", ""},
		{"enum", &ir.Type{Kind: ir.KindString, Enum: []any{"a", "b c"}}, "string text", "oneof=a 'b c'"},
		{"enum with separators", &ir.Type{Kind: ir.KindString, Enum: []any{"a,b", "c|d"}}, "string text", "oneof=a0x2Cb c0x7Cd"},
		{"enum that a tag cannot hold", &ir.Type{Kind: ir.KindString, Enum: []any{"it's"}}, "string text", ""},
		{"const", &ir.Type{Kind: ir.KindString, Const: "x"}, "string text", "eq=x"},
		{"integer", typ(ir.KindInteger, ""), "int64 bigint", ""},
		{"number of int format", typ(ir.KindNumber, "int64"), "int64 bigint", ""},
		{"int32", typ(ir.KindInteger, "int32"), "int64 bigint", "min=-2147483648,max=2147483647"},
		{"int32 with bounds", &ir.Type{Kind: ir.KindInteger, Format: "int32", Min: new(0.0)}, "int64 bigint", "min=0,max=2147483647"},
		{"integer above a fraction", &ir.Type{Kind: ir.KindInteger, Min: new(1.5), ExclusiveMin: true}, "int64 bigint", "min=2"},
		{"integer enum", &ir.Type{Kind: ir.KindInteger, Enum: []any{int64(1), 2.0, int64(2)}}, "int64 bigint", "oneof=1 2"},
		{"unix time by format", typ(ir.KindInteger, "unix-time"), "time.Time timestamp", ""},
		{"unix time by prose", &ir.Type{Kind: ir.KindInteger, Description: "Measured in seconds since the Unix epoch."}, "time.Time timestamp", ""},
		{"milliseconds are no unix time", &ir.Type{Kind: ir.KindInteger, Description: "Unix timestamp in milliseconds"}, "int64 bigint", ""},
		{"beyond int64 by format", typ(ir.KindInteger, "uint64"), "value.Big wei", ""},
		{"beyond int64 by bound", &ir.Type{Kind: ir.KindInteger, Max: new(math.MaxUint64 + 0.0)}, "value.Big wei", ""},
		{"number", &ir.Type{Kind: ir.KindNumber, Min: new(0.0), ExclusiveMin: true, Max: new(0.5)}, "float64 double", "gt=0,max=0.5"},
		{"number decimal", typ(ir.KindNumber, "decimal"), "value.Decimal decimal", ""},
		{"boolean", typ(ir.KindBoolean, ""), "bool bool", ""},
		{"free object", object(), "value.JSON json", ""},
		{"any", typ(ir.KindAny, ""), "value.JSON json", ""},
		{"list without items", typ(ir.KindArray, ""), "value.JSON json", ""},
		{"list of anything", list(typ(ir.KindAny, "")), "value.JSON json", ""},
		{"map", &ir.Type{Kind: ir.KindMap, Items: typ(ir.KindString, "")}, "value.JSON json", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, _ := build(t, resource("things", object(prop("f", tt.typ))))
			f := set.Resources[0].Row.Fields[0]
			column := set.Resources[0].Root().Schema.Columns[0]
			if got := fmt.Sprint(f.Value.Go, " ", column.DataType); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			var tags []string
			for _, r := range f.Rules {
				tags = append(tags, r.Tag())
			}
			if got := strings.Join(tags, ","); got != tt.rules {
				t.Errorf("rules %q, want %q", got, tt.rules)
			}
		})
	}
}

// TestNull: a field is bare if the key is promised and the value is not null (G52, G53).
func TestNull(t *testing.T) {
	tests := []struct {
		name string
		prop *ir.Property
		want bool
	}{
		{"required", &ir.Property{Name: "f", Type: typ(ir.KindString, ""), Required: true}, false},
		{"optional", &ir.Property{Name: "f", Type: typ(ir.KindString, "")}, true},
		{"required, nullable", &ir.Property{Name: "f", Type: &ir.Type{Kind: ir.KindString, Nullable: true}, Required: true}, true},
		{"anything may be null", &ir.Property{Name: "f", Type: typ(ir.KindAny, ""), Required: true}, true},
		{"a list is never null", &ir.Property{Name: "f", Type: list(typ(ir.KindString, ""))}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, _ := build(t, resource("things", object(tt.prop)))
			if got := set.Resources[0].Row.Fields[0].Null; got != tt.want {
				t.Errorf("Null = %t, want %t", got, tt.want)
			}
		})
	}
}

// TestNesting holds the tables against N18's vectors.
func TestNesting(t *testing.T) {
	num := func() *ir.Type { return typ(ir.KindInteger, "") }
	item := func() *ir.Type {
		return object(
			prop("a", object(prop("b", object(prop("c", num()))))),
			prop("l", list(object(
				prop("e", object(prop("f", num()))),
				prop("m", list(object(prop("n", object(prop("o", num())))))),
				prop("s", list(num())),
			))),
			prop("p", object(prop("q", list(object(prop("z", object(prop("y", num())))))))),
			prop("w", list(list(num()))),
		)
	}
	tests := []struct {
		nesting int
		want    []string
	}{
		{0, []string{"items(a json, l json, p json, w json)"}},
		{1, []string{
			"items(a__b json, p__q json)", "items__l(e json, m json, s json)", "items__w(list json)",
		}},
		{2, []string{
			"items(a__b__c bigint)", "items__l(e__f bigint)", "items__l__m(n json)", "items__l__s(value bigint)",
			"items__p__q(z__y bigint)", "items__w(list json)",
		}},
		{3, []string{
			"items(a__b__c bigint)", "items__l(e__f bigint)", "items__l__m(n__o bigint)", "items__l__s(value bigint)",
			"items__p__q(z__y bigint)", "items__w()", "items__w__list(value bigint)",
		}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.nesting), func(t *testing.T) {
			r := resource("items", item())
			r.MaxNesting = tt.nesting
			set, _ := build(t, r)
			if diff := cmp.Diff(tt.want, dump(set.Resources[0])); diff != "" {
				t.Errorf("tables (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTables(t *testing.T) {
	str := typ(ir.KindString, "")
	num := typ(ir.KindInteger, "")
	node := &ir.Type{Name: "Node", Kind: ir.KindObject}
	node.Props = []*ir.Property{prop("id", num), prop("child", node), prop("children", list(node))}
	wide := object()
	for i := range rowtype.MaxColumns {
		wide.Props = append(wide.Props, prop(fmt.Sprintf("c%d", i), num))
	}
	tests := []struct {
		name string
		item *ir.Type
		set  func(*ir.Resource)
		want []string
		note string // one message, or ""
	}{
		{
			name: "flattened in document order", item: object(prop("z", str), prop("o", object(prop("y", str), prop("x", str))), prop("a", str)),
			want: []string{"t(z text, o__y text, o__x text, a text)"},
		},
		{
			name: "names as dlt makes them", item: object(prop("@odata.type", str), prop("$id", str), prop("userIDs", str), prop("50%", str), prop("name_", str)),
			want: []string{"t(aodata_type text, _id text, user_i_ds text, _50x text, namex text)"},
		},
		{
			name: "two fields, one column", item: object(prop("userId", num), prop("user_id", num)),
			want: []string{"t(user_id bigint, user_id_2 bigint)"},
			note: `DG301 table t: field "user_id" and another one both become column user_id: this one becomes user_id_2`,
		},
		{name: "list of scalars", item: object(prop("tags", list(str))), want: []string{"t()", "t__tags(value text)"}},
		{
			name: "list in a flattened object hangs off the row", item: object(prop("p", object(prop("q", list(str))))),
			want: []string{"t()", "t__p__q(value text)"},
		},
		{
			name: "recursion is cut where the type comes again", item: node,
			want: []string{"t(id bigint, child json, children json)"},
			note: `DG210 resource t: field "child" is kept as JSON: the type contains itself`,
		},
		{
			name: "too wide an object", item: object(prop("id", num), prop("wide", wide)), want: []string{"t(id bigint, wide json)"},
			note: `DG210 resource t: field "wide" is kept as JSON: the table would have more than 1000 columns`,
		},
		{name: "null only", item: object(prop("n", typ(ir.KindNull, "")), prop("a", str)), want: []string{"t(n, a text)"}},
		{name: "written, never read", item: object(&ir.Property{Name: "pw", Type: str, WriteOnly: true}, prop("a", str)), want: []string{"t(a text)"}},
		{
			name: "a generated column's name", item: object(prop("_dlt_id", str), prop("a", str)), want: []string{"t(a text)"},
			note: `DG303 resource t: field "_dlt_id" has the name of a generated column: it is read without a Go field`,
		},
		{name: "records that are texts", item: str, want: []string{"t(value text)"}},
		{name: "records that are lists", item: list(num), want: []string{"t()", "t__value(value bigint)"}},
		{name: "records of which nothing is known", item: typ(ir.KindAny, ""), want: []string{"t()"}},
		{
			name: "as json", item: object(prop("o", object(prop("a", str)))), set: overrides("o", ir.ColumnOverride{As: "json"}),
			want: []string{"t(o json)"}, note: `DG210 resource t: field "o" is kept as JSON: as asked in columns`,
		},
		{name: "skipped", item: object(prop("o", str), prop("a", str)), set: overrides("o", ir.ColumnOverride{As: "skip"}), want: []string{"t(a text)"}},
		{name: "retyped", item: object(prop("o", str)), set: overrides("o", ir.ColumnOverride{Type: schema.Decimal}), want: []string{"t(o decimal)"}},
		{
			name: "an unknown type", item: object(prop("o", str)), set: overrides("o", ir.ColumnOverride{Type: "money"}), want: []string{"t(o text)"},
			note: `DG212 resource t: column o has the unknown type "money": it is left as detected`,
		},
		{
			name: "columns beyond the nesting", item: object(prop("a", object(prop("b", object(prop("c", object(prop("d", str)))))))),
			set: overrides("a.b.c", ir.ColumnOverride{As: "columns"}), want: []string{"t(a__b__c__d text)"},
		},
		{
			name: "key that is no column", item: object(prop("a", str)), set: func(r *ir.Resource) { r.PrimaryKey.Value = []string{"id"} }, want: []string{"t(a text)"},
			note: `DG213 resource t: primary key "id" is no column of its records`,
		},
		{
			name: "cursor without an order", item: object(prop("a", typ(ir.KindBoolean, ""))), want: []string{"t(a bool)"},
			set: func(r *ir.Resource) {
				r.Incremental = &ir.Decided[ir.Incremental]{Value: ir.Incremental{CursorPath: "a"}}
			},
			note: `DG214 resource t: cursor "a" is no column that has an order`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := resource("t", tt.item)
			if tt.set != nil {
				tt.set(r)
			}
			set, notes := build(t, r)
			if diff := cmp.Diff(tt.want, dump(set.Resources[0])); diff != "" {
				t.Errorf("tables (-want +got):\n%s", diff)
			}
			if tt.note == "" && len(notes) > 0 || tt.note != "" && (len(notes) == 0 || notes[0] != tt.note) {
				t.Errorf("messages %q, want %q", notes, tt.note)
			}
		})
	}
}

func overrides(path string, o ir.ColumnOverride) func(*ir.Resource) {
	return func(r *ir.Resource) { r.Columns = map[string]ir.ColumnOverride{path: o} }
}

// TestKeys: keys are the columns that are not null (S112, G53), the cursor is
// hinted (S114).
func TestKeys(t *testing.T) {
	r := resource("t", object(prop("k", object(prop("id", typ(ir.KindInteger, "")))), prop("at", typ(ir.KindString, "date-time"))))
	r.PrimaryKey.Value = []string{"k.id"}
	r.Incremental = &ir.Decided[ir.Incremental]{Value: ir.Incremental{CursorPath: "at"}}
	set, notes := build(t, r)
	want := []schema.Column{
		{Name: "k__id", DataType: schema.Bigint, Nullable: schema.False, PrimaryKey: schema.True},
		{Name: "at", DataType: schema.Timestamp, Nullable: schema.True, Incremental: schema.True},
	}
	if diff := cmp.Diff(want, set.Resources[0].Root().Schema.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if len(notes) > 0 {
		t.Errorf("unexpected messages %q", notes)
	}
}

// TestParents: a child has the values of its ancestors as columns (G45), and a
// parent that is not selected is built for it (G46).
func TestParents(t *testing.T) {
	id := func() *ir.Type {
		return object(prop("id", typ(ir.KindInteger, "")), prop("key", typ(ir.KindString, "")))
	}
	below := func(parent string, params map[string]string) *ir.Decided[ir.Parent] {
		return &ir.Decided[ir.Parent]{Value: ir.Parent{Resource: parent, Params: params}}
	}
	a, b, c := resource("as", id()), resource("bs", id()), resource("cs", id())
	a.Selected.Value, b.Selected.Value = false, false
	b.Parent = below("as", map[string]string{"a": "key"})
	c.Parent = below("bs", map[string]string{"a": "_as_key", "b": "id"})
	set, notes := build(t, c, b, a)
	if len(notes) > 0 {
		t.Fatalf("unexpected messages %q", notes)
	}
	var got []string
	for _, r := range set.Resources {
		got = append(got, dump(r)...)
	}
	want := []string{
		"cs(id bigint, key text, _as_key text, _bs_id bigint)", "bs(id bigint, key text, _as_key text)", "as(id bigint, key text)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	refs := []schema.Reference{{Table: "bs", Columns: []string{"_bs_id"}, ReferencedColumns: []string{"id"}}}
	if diff := cmp.Diff(refs, set.Resources[0].Root().Schema.References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
}

func TestParentErrors(t *testing.T) {
	r := resource("cs", object(prop("id", typ(ir.KindInteger, ""))))
	r.Parent = &ir.Decided[ir.Parent]{Value: ir.Parent{Resource: "cs", Params: map[string]string{"b": "id"}}}
	_, notes := build(t, r)
	if want := []string{"DG215 resource cs: its parents form a ring through cs"}; cmp.Diff(want, notes) != "" {
		t.Errorf("messages %q, want %q", notes, want)
	}
	r.Parent.Value.Resource = "nothing"
	_, notes = build(t, r)
	if want := []string{"DG215 resource cs: its parent nothing is not a resource"}; cmp.Diff(want, notes) != "" {
		t.Errorf("messages %q, want %q", notes, want)
	}
}

// TestNames: all names of the package share one scope (G60).
func TestNames(t *testing.T) {
	user := &ir.Type{Name: "io.api.v1.User", Kind: ir.KindObject, Props: []*ir.Property{prop("id", typ(ir.KindInteger, ""))}}
	nullable := &ir.Type{Name: user.Name, Base: user, Kind: ir.KindObject, Props: user.Props, Nullable: true}
	item := object(
		prop("validate", typ(ir.KindString, "")),
		prop("+1", typ(ir.KindInteger, "")),
		prop("-1", typ(ir.KindInteger, "")),
		prop("%%", typ(ir.KindInteger, "")),
		prop("owner", user),
		prop("editor", nullable),
		prop("state", &ir.Type{Kind: ir.KindString, Enum: []any{"", "<=", "2 weeks"}}),
		prop("lines", list(object(prop("qty", typ(ir.KindInteger, ""))))),
	)
	set, diags := rowtype.Build(&ir.Connector{
		Types: []*ir.Type{user}, Resources: []*ir.Resource{resource("configs", item)},
	}, &rowtype.Options{Reserved: []string{"Config"}})
	if diags.HasErrors() {
		t.Fatal(diags.All())
	}
	var got []string
	for _, s := range set.Structs {
		got = append(got, s.Name)
		for _, f := range s.Fields {
			got = append(got, s.Name+"."+f.Name)
		}
	}
	for _, e := range set.Enums {
		got = append(got, e.Name)
		for _, c := range e.Consts {
			got = append(got, c.Name)
		}
	}
	want := []string{
		"ConfigItem", "ConfigItem.Validate_", "ConfigItem.Plus1", "ConfigItem.Minus1", "ConfigItem.Field4", "ConfigItem.Owner",
		"ConfigItem.Editor", "ConfigItem.State", "ConfigItem.Lines", "User", "User.ID", "ConfigItemLine", "ConfigItemLine.Qty",
		"ConfigItemState", "ConfigItemStateEmpty", "ConfigItemStateValue2", "ConfigItemState2Weeks",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// TestDepths: one component at two depths is two types only if its fields differ.
func TestDepths(t *testing.T) {
	leaf := &ir.Type{Name: "leaf", Kind: ir.KindObject, Props: []*ir.Property{prop("id", typ(ir.KindInteger, ""))}}
	node := &ir.Type{Name: "node", Kind: ir.KindObject, Props: []*ir.Property{prop("leaf", leaf)}}
	deep := object(prop("a", node), prop("b", object(prop("c", node))))
	set, _ := build(t, resource("deeps", deep), resource("leaves", leaf))
	var got []string
	for _, s := range set.Structs {
		got = append(got, fmt.Sprintf("%s row=%t flat=%t used=%d", s.Name, s.Row, s.Flat, len(s.UsedBy)))
	}
	want := []string{
		"Deep row=true flat=false used=1", "Node row=false flat=true used=1", "Leaf row=true flat=true used=2",
		"DeepB row=false flat=true used=1", "DeepBC row=false flat=true used=1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("structs (-want +got):\n%s", diff)
	}
}

// An entry of columns with a type makes a field of what the description leaves
// open; one for a field that is declared changes that field only.
func TestStatedColumns(t *testing.T) {
	tests := []struct {
		name string
		item *ir.Type
		want string
	}{
		{"any object", typ(ir.KindAny, ""), "things(at timestamp, id text)"},
		{"a map", &ir.Type{Kind: ir.KindMap, Items: typ(ir.KindAny, "")}, "things(at timestamp, id text)"},
		{"beside declared fields", object(prop("size", typ(ir.KindInteger, ""))), "things(size bigint, at timestamp, id text)"},
		{"declared", object(prop("id", typ(ir.KindInteger, ""))), "things(id text, at timestamp)"},
		{"declared under the column's name", object(prop("Id", typ(ir.KindInteger, ""))), "things(id text, at timestamp)"},
		{"plain values", typ(ir.KindString, ""), "things(value text)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := resource("things", tt.item)
			r.PrimaryKey.Value = nil
			r.Columns = map[string]ir.ColumnOverride{
				"id": {Type: schema.Text}, "at": {Type: schema.Timestamp}, "a.b": {Type: schema.Text}, "gone": {As: "skip"}, "_dlt_id": {Type: schema.Text},
			}
			set, messages := build(t, r)
			if len(messages) > 0 {
				t.Error(messages)
			}
			if diff := cmp.Diff([]string{tt.want}, dump(set.Resources[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}
