package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tableNames(tables []*Table) []string {
	var list []string
	for _, t := range tables {
		list = append(list, t.Name)
	}
	return list
}

func family(t testing.TB) *Schema {
	s := newSchema(t, "s")
	id := []Column{IDColumn()}
	for _, table := range []*Table{
		{Name: "b", WriteDisposition: Merge, MergeStrategy: Upsert, FileFormat: "parquet", Columns: id},
		{Name: "b__x", Parent: "b", Columns: id},
		{Name: "a", Columns: id},
		{Name: "b__y", Parent: "b", MergeStrategy: SCD2, Columns: id},
		{Name: "b__x__z", Parent: "b__x", WriteDisposition: Replace, Columns: id},
		{Name: "incomplete", Columns: []Column{{Name: "c"}}},
	} {
		s.Put(table)
	}
	return s
}

// S41, S44
func TestLookups(t *testing.T) {
	s := family(t)
	if diff := cmp.Diff([]string{"b", "b__x", "b__x__z", "b__y"}, tableNames(s.Chain("b"))); diff != "" {
		t.Errorf("chain:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b", "b__x", "a", "b__y", "b__x__z"}, tableNames(s.DataTables())); diff != "" {
		t.Errorf("data tables:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b", "a"}, tableNames(s.RootTables())); diff != "" {
		t.Errorf("root tables:\n%s", diff)
	}
	if diff := cmp.Diff([]string{VersionTable, LoadsTable}, tableNames(s.SystemTables())); diff != "" {
		t.Errorf("system tables:\n%s", diff)
	}
	deep := s.Table("b__x__z")
	if got := s.WriteDisposition(deep); got != Replace {
		t.Errorf("own write disposition: %s", got)
	}
	if got := s.WriteDisposition(s.Table("b__y")); got != Merge {
		t.Errorf("inherited write disposition: %s", got)
	}
	if got := s.WriteDisposition(s.Table("a")); got != Append {
		t.Errorf("default write disposition: %s", got)
	}
	if s.MergeStrategy(deep) != Upsert || s.MergeStrategy(s.Table("b__y")) != SCD2 || s.FileFormat(deep) != "parquet" || s.TableFormat(deep) != "" {
		t.Error("inherited hints")
	}
	if s.Root("b__x__z").Name != "b" || s.Root("none") != nil || s.Chain("none") != nil {
		t.Error("Root, Chain")
	}
	s.Table("b").Parent = "b__x__z" // a circle ends somewhere
	_ = s.Root("b__x")
	_ = s.WriteDisposition(s.Table("b__x"))
	s.Chain("b")
	for name, want := range map[string]bool{"_dlt_loads": true, "_dlt_anything": true, "_dltx": true, "dlt": false} {
		if s.IsSystem(name) != want {
			t.Errorf("IsSystem(%s)", name)
		}
	}
}

// N19
func TestMaxNesting(t *testing.T) {
	s := family(t)
	if got := s.MaxNesting(s.Table("a")); got != 1000 {
		t.Errorf("default: %d", got)
	}
	s.Normalizers.MaxNesting = N(0)
	if got := s.MaxNesting(s.Table("a")); got != 0 {
		t.Errorf("source: %d", got)
	}
	s.Table("a").Normalizer.MaxNesting = N(2)
	if got := s.MaxNesting(s.Table("a")); got != 2 {
		t.Errorf("resource: %d", got)
	}
}

// L41, L42
func TestDiff(t *testing.T) {
	old, s := family(t), family(t)
	if changes := Diff(old, s); changes != nil {
		t.Errorf("no change: %v", changes)
	}
	if changes := Diff(nil, s); len(changes) != 7 || !changes[0].New {
		t.Errorf("from nothing: %d", len(changes))
	}
	s.Table("a").MergeColumns([]Column{{Name: "n", DataType: Text}, {Name: "pending"}})
	s.Table("incomplete").MergeColumns([]Column{{Name: "c", DataType: Text}})
	s.Put(&Table{Name: "new", Columns: []Column{{Name: "x"}, {Name: "y", DataType: Bigint}}})
	type change struct {
		Table   string
		New     bool
		Columns string
	}
	var got []change
	for _, c := range Diff(old, s) {
		got = append(got, change{c.Table.Name, c.New, names(c.Columns)})
	}
	want := []change{{"a", false, "n:text"}, {"incomplete", true, "c:text"}, {"new", true, "y:bigint"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	have := []*Table{{Name: "A", Columns: []Column{{Name: "_DLT_ID"}, {Name: "foreign"}}}}
	if changes := Changes(have, []*Table{old.Table("a")}, false); changes != nil {
		t.Errorf("names without case: %v", changes)
	}
	if changes := Changes(have, []*Table{old.Table("a")}, true); len(changes) != 1 || !changes[0].New {
		t.Errorf("names with case: %v", changes)
	}
}

// C3, S41: a contract found lower hides the one above.
func TestResolveContract(t *testing.T) {
	s := family(t)
	s.SetContract(Uniform(Freeze))
	s.Table("b").Contract = &ContractSetting{DataType: DiscardRow}
	s.Table("b__y").Contract = Uniform(DiscardValue)
	tests := []struct {
		table  *Table
		want   Contract
		origin string
	}{
		{&Table{Name: "a"}, Contract{Freeze, Freeze, Freeze}, "schema"},
		{&Table{Name: "b__x__z", Parent: "b__x"}, Contract{Evolve, Evolve, DiscardRow}, "table b"},
		{&Table{Name: "b__y", Parent: "b", Contract: Uniform(DiscardValue)}, Contract{DiscardValue, DiscardValue, DiscardValue}, "table b__y"},
		{&Table{Name: "b__new", Parent: "b"}, Contract{Evolve, Evolve, DiscardRow}, "table b"},
		{&Table{Name: "_dlt_loads"}, Contract{Evolve, Evolve, Evolve}, "default"},
	}
	for _, tt := range tests {
		got, origin := s.ResolveContractWith(tt.table)
		if got != tt.want || origin.String() != tt.origin {
			t.Errorf("%s: %v at %s", tt.table.Name, got, origin)
		}
	}
	if got := s.ResolveContract("b__x__z"); got.DataType != DiscardRow || got.Evolves() {
		t.Errorf("stored table: %v", got)
	}
	for in, want := range map[any]string{"freeze": "&{freeze   }", "": "", "never": "", 5: "", nil: ""} {
		c, err := ParseContract(in)
		if (err == nil) != (want != "") {
			t.Errorf("ParseContract(%v) = %v, %v", in, c, err)
		}
	}
}
