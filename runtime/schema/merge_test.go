package schema

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/naming"
)

func snakeCase(t testing.TB, maxLength int) naming.Convention {
	t.Helper()
	c, err := naming.New("snake_case", maxLength)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// names are the columns as text: "a:bigint b".
func names(columns []Column) string {
	var list []string
	for _, c := range columns {
		text := c.Name
		if c.DataType != "" {
			text += ":" + string(c.DataType)
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

// S100 to S105, N67: testdata/merges.jsonl holds sequences of merges with the
// hash that dlt 1.31 has after each, and whether it refused.
func TestMergesOfDlt(t *testing.T) {
	data, err := os.ReadFile("testdata/merges.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	c := snakeCase(t, 63)
	for i, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
		doc, err := parseJSON(line)
		if err != nil {
			t.Fatal(err)
		}
		s := newSchema(t, "s")
		b := &builder{opts: &ReadOptions{}}
		b.normalizers(&s.Normalizers, doc.get("normalizers"))
		for j, step := range doc.get("steps").items {
			declared := b.table(step.get("table").get("name").text(), step.get("table"), "")
			if len(b.errs) > 0 {
				t.Fatal(b.errs)
			}
			table, _ := NormalizeTable(declared, c)
			mode := Authoritative
			if step.get("additive").value == true {
				mode = Additive
			}
			err := s.AddTable(table, mode)
			if refused := !step.get("error").isNull(); refused != (err != nil) {
				t.Errorf("line %d, step %d: %v, dlt says %v", i+1, j+1, err, step.get("error").value)
			}
			if got, want := s.Hash(), step.get("hash").text(); got != want {
				t.Errorf("line %d, step %d: hash %s, want %s", i+1, j+1, got, want)
				break
			}
		}
	}
}

// S91
func TestMergeColumnsOrder(t *testing.T) {
	table := &Table{Name: "t", Columns: []Column{
		{Name: "z", DataType: Bigint}, {Name: "q", DataType: Text}, {Name: "inc", Nullable: True}, {Name: "a", Nullable: False},
	}}
	table.MergeColumns([]Column{{Name: "b", DataType: Text, Nullable: True}, {Name: "a", DataType: Text}, LoadIDColumn(), IDColumn()})
	want := "z:bigint q:text inc b:text a:text _dlt_load_id:text _dlt_id:text"
	if got := names(table.Columns); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if a := table.Column("a"); a.Nullable != False {
		t.Error("the declared hint is lost")
	}
}

func TestMergeTable(t *testing.T) {
	key := func(nullable Flag) []Column {
		return []Column{{Name: "a", PrimaryKey: True, Nullable: nullable}, {Name: "b", Nullable: True}}
	}
	tests := []struct {
		name string
		a, b Table
		mode MergeMode
		want string // the document of the columns or the error
	}{
		{
			"explicit defaults overwrite",
			Table{Name: "t", Columns: key(False)},
			Table{Name: "t", Columns: []Column{{Name: "a", Nullable: True, PrimaryKey: Null}}},
			Additive,
			`[{"name":"a","nullable":true,"primary_key":null},{"name":"b","nullable":true}]`,
		},
		{
			"a null resets precision",
			Table{Name: "t", Columns: []Column{{Name: "a", Precision: N(3)}}},
			Table{Name: "t", Columns: []Column{{Name: "a", Extra: Hints{{"precision", nil}}}}},
			Additive,
			`[{"name":"a","precision":null}]`,
		},
		{
			"a precision replaces null",
			Table{Name: "t", Columns: []Column{{Name: "a", Extra: Hints{{"precision", nil}}}}},
			Table{Name: "t", Columns: []Column{{Name: "a", Precision: N(3)}}},
			Additive,
			`[{"name":"a","precision":3}]`,
		},
		{
			"keys add up",
			Table{Name: "t", Columns: key(False)},
			Table{Name: "t", Columns: []Column{{Name: "b", PrimaryKey: True}}},
			Additive,
			`[{"name":"a","nullable":false,"primary_key":true},{"name":"b","nullable":true,"primary_key":true}]`,
		},
		{
			"keys replace",
			Table{Name: "t", Columns: key(False)},
			Table{Name: "t", Columns: []Column{{Name: "b", PrimaryKey: True}}},
			Authoritative,
			`[{"name":"a","nullable":false},{"name":"b","nullable":true,"primary_key":true}]`,
		},
		{
			"no key leaves the stored one",
			Table{Name: "t", Columns: key(False)},
			Table{Name: "t", Columns: []Column{{Name: "b", PrimaryKey: False}}},
			Authoritative,
			`[{"name":"a","nullable":false,"primary_key":true},{"name":"b","nullable":true,"primary_key":false}]`,
		},
		{
			"a declared type overwrites",
			Table{Name: "t", Columns: []Column{{Name: "a", DataType: Text}}},
			Table{Name: "t", Columns: []Column{{Name: "a", DataType: Bigint}}},
			Additive,
			`[{"name":"a","data_type":"bigint"}]`,
		},
		{"other parent", Table{Name: "t__l", Parent: "t"}, Table{Name: "t__l"}, Additive, `schema : table t__l: parent is "t" and cannot become unset`},
		{"resource in a nested table", Table{Name: "t__l", Parent: "t"}, Table{Name: "t__l", Parent: "t", Resource: "r"}, Additive, `schema : table t__l: resource is unset and cannot become "r"`},
		{"other name", Table{Name: "t"}, Table{Name: "u"}, Additive, `schema : table t: name is "t" and cannot become "u"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := tt.a.Clone(), tt.b.Clone()
			got := ""
			if err := MergeTable(a, b, tt.mode); err != nil {
				got = err.Error()
			} else {
				list := []any{}
				for i := range a.Columns {
					list = append(list, a.Columns[i].document())
				}
				got = string(compact(list))
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if diff := cmp.Diff(&tt.b, b); diff != "" {
				t.Errorf("the incoming table was changed:\n%s", diff)
			}
		})
	}
}

// S100, S103
func TestAddAndUpdate(t *testing.T) {
	s := newSchema(t, "s")
	err := s.AddTable(&Table{Name: "t__l", Parent: "t"}, Additive)
	var merge *MergeError
	if !errors.As(err, &merge) || !merge.Missing || merge.Error() != "schema s: table t__l: its parent t is not in the schema; declare all tables between a nested table and its root" {
		t.Errorf("%v", err)
	}
	declared := &Table{Name: "t", Columns: []Column{{Name: "a", DataType: Text}, {Name: "b"}}}
	if err := s.AddTable(declared, Additive); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateColumns("t", []Column{{Name: "b", DataType: Bigint}, {Name: "c", DataType: Text}}); err != nil {
		t.Fatal(err)
	}
	err = s.UpdateColumns("t", []Column{{Name: "d", DataType: Text}, {Name: "b", DataType: Text}})
	var types *TypeError
	if !errors.As(err, &types) || types.Error() != "schema s: table t: column b of type bigint cannot become text" {
		t.Errorf("%v", err)
	}
	if got := names(s.Table("t").Columns); got != "a:text b:bigint c:text" {
		t.Errorf("columns %s", got)
	}
	if len(declared.Columns) != 2 || declared.Columns[1].DataType != "" {
		t.Error("the declared table was changed")
	}
	if err := s.UpdateColumns("nope", nil); err == nil {
		t.Error("no error for a table that is not there")
	}
}

// N67
func TestRootKeyPropagation(t *testing.T) {
	tests := []struct {
		name     string
		setting  Flag
		table    Table
		strategy func(*Table) MergeStrategy
		want     bool
	}{
		{"append", Unset, Table{WriteDisposition: Append}, nil, false},
		{"merge", Unset, Table{WriteDisposition: Merge}, nil, true},
		{"scd2", Unset, Table{WriteDisposition: Merge, MergeStrategy: SCD2}, nil, false},
		{"merge, but the setting says no", False, Table{WriteDisposition: Merge}, nil, false},
		{"append, but the setting says yes", True, Table{WriteDisposition: Append}, nil, true},
		{"a destination that cannot merge", Unset, Table{WriteDisposition: Merge}, func(*Table) MergeStrategy { return "" }, false},
		{"a destination that upserts", Unset, Table{WriteDisposition: Merge}, func(*Table) MergeStrategy { return Upsert }, true},
		{"a column that is a root key", False, Table{WriteDisposition: Append, Columns: []Column{{Name: "r", RootKey: True}}}, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSchema(t, "s")
			s.Normalizers.RootKeyPropagation = tt.setting
			s.DefaultStrategy = tt.strategy
			tt.table.Name = "t"
			if err := s.AddTable(&tt.table, Additive); err != nil {
				t.Fatal(err)
			}
			var want []ColumnMap
			if tt.want {
				want = []ColumnMap{{ColumnID, ColumnRootID}}
			}
			if diff := cmp.Diff(want, s.Propagation(s.Table("t"))); diff != "" {
				t.Error(diff)
			}
			if err := s.DropTables("t"); err != nil || len(s.Normalizers.PropagationTables) != 0 {
				t.Errorf("after the table is dropped: %v, %v", s.Normalizers.PropagationTables, err)
			}
		})
	}
}

// S107
func TestUpdate(t *testing.T) {
	s, source := newSchema(t, "s"), newSchema(t, "s")
	s.SetContract(Uniform(Freeze))
	s.Normalizers.UseBreakPath = False
	s.Put(&Table{Name: "old", WriteDisposition: Merge})
	source.AddDetection("timestamp")
	source.Put(&Table{Name: "t", WriteDisposition: Append})
	source.Put(&Table{Name: "t__l", Parent: "t"})
	if err := s.Update(source); err != nil {
		t.Fatal(err)
	}
	if s.Settings.Contract != nil || fmt.Sprint(s.Detections()) != "[iso_timestamp timestamp]" {
		t.Errorf("settings are not the source's: %+v", s.Settings)
	}
	if s.BreaksPath() {
		t.Error("the switch of an old schema is lost")
	}
	if s.Table("t__l") == nil || len(s.Propagation(s.Table("old"))) != 1 {
		t.Errorf("tables: %v", s.Normalizers.PropagationTables)
	}
}

func TestDropTables(t *testing.T) {
	s := newSchema(t, "s")
	for _, table := range []*Table{{Name: "t"}, {Name: "t__l", Parent: "t"}, {Name: "u"}} {
		s.Put(table)
	}
	if err := s.DropTables("t", "u"); fmt.Sprint(err) != "schema s: dropping t, u would leave t__l without a parent" || s.Table("u") == nil {
		t.Error(err)
	}
	if err := s.DropTables("t__l", "t"); err != nil || s.Table("t") != nil || s.Table("u") == nil {
		t.Error(err)
	}
}

// S83, S87
func TestNormalizeTable(t *testing.T) {
	declared := &Table{
		Name: "MyItems", Resource: "MyItems",
		Columns: []Column{
			{Name: "UserName", DataType: Text, PrimaryKey: True, Nullable: False},
			{Name: "user_name", DataType: Bigint, Nullable: True, Unique: True},
		},
		References: []Reference{{Table: "OtherTable", Columns: []string{"UserName"}, ReferencedColumns: []string{"theID"}}},
	}
	got, collisions := NormalizeTable(declared, snakeCase(t, 0))
	want := &Table{
		Name: "my_items", Resource: "MyItems",
		Columns:    []Column{{Name: "user_name", DataType: Bigint, PrimaryKey: True, Nullable: False, Unique: True}},
		References: []Reference{{Table: "other_table", Columns: []string{"user_name"}, ReferencedColumns: []string{"the_id"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if fmt.Sprint(collisions) != "[table my_items: columns user_name and another have one normalised name user_name and were merged]" {
		t.Error(collisions)
	}
}

// S34
func TestSetNaming(t *testing.T) {
	s := newSchema(t, "s")
	s.Put(&Table{Name: "_items", Columns: []Column{{Name: "userName", DataType: Text}}})
	s3, err := naming.New("s3_tables", 0)
	if err != nil {
		t.Fatal(err)
	}
	s.Table("_items").Normalizer.SeenData = True
	if err := s.SetNaming("s3_tables", s3); !errors.Is(err, ErrFrozenNames) {
		t.Errorf("%v", err)
	}
	s.Normalizers.AllowIdentifierChange = True
	if err := s.SetNaming("s3_tables", s3); err != nil {
		t.Fatal(err)
	}
	if s.Table("dlt_version") == nil || s.Table("items").Column("user_name") == nil || !s.IsSystem("dlt_loads") {
		t.Errorf("tables %v", s.Tables())
	}
}
