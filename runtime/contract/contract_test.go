package contract

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/schema"
)

func newSchema(t testing.TB, tables ...*schema.Table) *schema.Schema {
	t.Helper()
	s, err := schema.New("s")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if err := s.AddTable(table, schema.Additive); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func items(c *schema.ContractSetting) *schema.Table {
	return &schema.Table{
		Name: "items", Resource: "items", WriteDisposition: schema.Append, Contract: c,
		Columns: []schema.Column{
			{Name: "id", DataType: schema.Bigint, Nullable: schema.True},
			{Name: "tag", PrimaryKey: schema.True, Nullable: schema.False},
			{Name: "id__v_text", DataType: schema.Text, Variant: schema.True},
		},
	}
}

// C7 and C8, for each mode.
func TestRule(t *testing.T) {
	tests := []struct {
		mode     schema.ContractMode
		column   Action
		violates bool
	}{
		{schema.Evolve, Keep, false},
		{schema.DiscardValue, DropValue, false},
		{schema.DiscardRow, DropRow, false},
		{schema.Freeze, DropRow, true},
	}
	for _, tt := range tests {
		t.Run(string(tt.mode), func(t *testing.T) {
			s := newSchema(t, items(schema.Uniform(tt.mode)))
			r := For(s, s.Table("items"), nil)
			check := func(what string, got Action, err error, want Action, violates bool) {
				t.Helper()
				if got != want || (err != nil) != violates {
					t.Errorf("%s: %s, %v", what, got, err)
				}
				var v *ViolationError
				if err != nil && !errors.As(err, &v) {
					t.Errorf("%s: %T is no *ViolationError", what, err)
				}
			}
			a, err := r.Column("new")
			check("new column", a, err, tt.column, tt.violates)
			a, err = r.Column("tag")
			check("incomplete column", a, err, tt.column, tt.violates)
			a, err = r.Variant("id__v_double")
			check("new variant", a, err, tt.column, tt.violates)
			a, err = r.Column("id")
			check("known column", a, err, Keep, false)
			a, err = r.Variant("id__v_text")
			check("known variant", a, err, Keep, false)
			a, err = r.Column("_dlt_x")
			check("the tool's column", a, err, Keep, false)
			a, err = r.Table()
			check("known table", a, err, Keep, false)
			nested := For(s, &schema.Table{Name: "items__l", Parent: "items"}, nil)
			a, err = nested.Table()
			want := DropRow
			if tt.mode == schema.Evolve {
				want = Keep
			}
			check("nested table", a, err, want, tt.violates)
			if r.Free() != (tt.mode == schema.Evolve) {
				t.Error("Free")
			}
		})
	}
}

// C21, C22: the first row of a new nested table may bring any columns, the
// second may not; types have no grace.
func TestRuleOfNewTable(t *testing.T) {
	s := newSchema(t, items(&schema.ContractSetting{Columns: schema.Freeze, DataType: schema.Freeze}))
	r := For(s, &schema.Table{Name: "items__l", Parent: "items"}, nil)
	if a, err := r.Column("x"); a != Keep || err != nil {
		t.Errorf("first row: %s, %v", a, err)
	}
	if err := s.AddTable(&schema.Table{Name: "items__l", Parent: "items", Columns: []schema.Column{{Name: "x", DataType: schema.Bigint}}}, schema.Additive); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Column("y"); err == nil {
		t.Error("second row: no violation")
	}
	if _, err := r.Variant("x__v_text"); err == nil {
		t.Error("variant: no violation")
	}
	s.Table("items").Normalizer.EvolveColumnsOnce = schema.True // C20
	if a, err := For(s, s.Table("items"), nil).Column("n"); a != Keep || err != nil {
		t.Errorf("marked table: %s, %v", a, err)
	}
}

// C3: source, resource and run set columns; want is what a new column meets.
func TestResolution(t *testing.T) {
	freeze, evolve := schema.Uniform(schema.Freeze), schema.Uniform(schema.Evolve)
	tests := []struct {
		name             string
		source, resource *schema.ContractSetting
		want             Action
		violates         bool
	}{
		{"source", freeze, nil, DropRow, true},
		{"resource lifts source", freeze, evolve, Keep, false},
		{"resource over evolving source", evolve, freeze, DropRow, true},
		{"resource of another entity hides source", freeze, &schema.ContractSetting{DataType: schema.Evolve}, Keep, false},
		{"empty resource hides source", freeze, &schema.ContractSetting{}, Keep, false},
		{"run", schema.Uniform(schema.DiscardValue), schema.Uniform(schema.DiscardValue), DropValue, false},
		{"none", nil, nil, Keep, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSchema(t, items(tt.resource))
			s.SetContract(tt.source)
			a, err := For(s, s.Table("items"), nil).Column("new")
			if a != tt.want || (err != nil) != tt.violates {
				t.Errorf("%s, %v", a, err)
			}
			if a, err := For(s, &schema.Table{Name: "_dlt_pipeline_state"}, nil).Table(); a != Keep || err != nil {
				t.Errorf("the tool's table: %s, %v", a, err)
			}
		})
	}
}

// C11, C12
func TestCheckDeclared(t *testing.T) {
	columns := func(c ...schema.Column) *schema.Table {
		return &schema.Table{Name: "items", Resource: "items", WriteDisposition: schema.Append, Columns: c}
	}
	tests := []struct {
		name     string
		contract *schema.ContractSetting
		declared *schema.Table
		columns  string // of the result
		drops    []Drop
		err      string
	}{
		{"evolve", nil, columns(schema.Column{Name: "a"}), "a", nil, ""},
		{
			"new column frozen", &schema.ContractSetting{Columns: schema.Freeze}, columns(schema.Column{Name: "a"}), "", nil,
			"extract: schema s: table items: column a: contract on columns, set at table items, is freeze: the column is new",
		},
		{"new column dropped", &schema.ContractSetting{Columns: schema.DiscardValue}, columns(schema.Column{Name: "id"}, schema.Column{Name: "a", DataType: schema.Text}), "id", []Drop{{Columns, "a", DropValue}}, ""},
		{"unchanged incomplete column", &schema.ContractSetting{Columns: schema.Freeze}, columns(schema.Column{Name: "tag", Nullable: schema.False}), "tag", nil, ""},
		{
			"type changed", &schema.ContractSetting{DataType: schema.Freeze}, columns(schema.Column{Name: "id", DataType: schema.Text, Precision: schema.N(5)}), "", nil,
			"extract: schema s: table items: column id: contract on data_type, set at table items, is freeze: expected data_type bigint, precision unset, found data_type text, precision 5",
		},
		{
			"key on a nullable column", &schema.ContractSetting{DataType: schema.Freeze}, columns(schema.Column{Name: "id", PrimaryKey: schema.True, Nullable: schema.False}), "", nil,
			"extract: schema s: table items: column id: contract on data_type, set at table items, is freeze: expected nullable true, found nullable false",
		},
		{"type change dropped", &schema.ContractSetting{DataType: schema.DiscardRow}, columns(schema.Column{Name: "id", DataType: schema.Text}), "", []Drop{{DataType, "id", DropRow}}, ""},
		{"property that is absent", &schema.ContractSetting{DataType: schema.Freeze}, columns(schema.Column{Name: "id", Description: "d"}), "id", nil, ""},
		{"the tool's column", schema.Uniform(schema.Freeze), columns(schema.Column{Name: "_dlt_valid_from", DataType: schema.Timestamp}), "_dlt_valid_from", nil, ""},
		{
			"new table frozen", schema.Uniform(schema.Freeze), &schema.Table{Name: "other"}, "", nil,
			"extract: schema s: table other: contract on tables, set at table other, is freeze: the table is new",
		},
		{"new table dropped", schema.Uniform(schema.DiscardRow), &schema.Table{Name: "other"}, "", []Drop{{Tables, "", DropRow}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSchema(t, items(nil))
			tt.declared.Contract = tt.contract
			got, drops, err := CheckDeclared(s, tt.declared, nil)
			if err != nil || tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("error %v\nwant  %s", err, tt.err)
				}
				return
			}
			if diff := cmp.Diff(tt.drops, drops); diff != "" {
				t.Error(diff)
			}
			var names []string
			if got != nil {
				for _, c := range got.Columns {
					names = append(names, c.Name)
				}
			}
			if got := strings.Join(names, " "); got != tt.columns {
				t.Errorf("columns %q, want %q", got, tt.columns)
			}
		})
	}
}

// C20
func TestEvolveOnceMark(t *testing.T) {
	s := newSchema(t)
	declared := items(&schema.ContractSetting{Columns: schema.Freeze})
	got, _, err := CheckDeclared(s, declared, nil)
	if err != nil || !got.Normalizer.EvolveColumnsOnce.Is() {
		t.Errorf("no mark: %+v, %v", got, err)
	}
	if declared.Normalizer.EvolveColumnsOnce != schema.Unset {
		t.Error("the declaration was changed")
	}
}

// C25, S26
func TestViolationError(t *testing.T) {
	table := items(schema.Uniform(schema.Freeze))
	table.Columns[0].PrimaryKey = schema.True
	s := newSchema(t, table)
	if err := s.MergeHints([]schema.HintRule{{Hint: "x-pii", Patterns: []string{"re:email"}}}, false); err != nil {
		t.Fatal(err)
	}
	r := For(s, s.Table("items"), &Options{Run: true})
	violation := func(_ Action, err error) *ViolationError {
		v, ok := errors.AsType[*ViolationError](err)
		if !ok {
			t.Fatalf("%v is no *ViolationError", err)
		}
		return v
	}
	v := violation(r.Variant("id__v_bool")).With(schema.Bigint, schema.Bool, "true")
	v.WithRow(s.Table("items"), []Field{{"id__v_bool", "true"}, {"id", "7"}})
	want := "normalize: schema s: table items: column id__v_bool: contract on data_type, set at run, is freeze: expected bigint, found bool true in the row id: 7"
	if got := v.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := v.Accept(), "settings:\n  schema_contract: {data_type: evolve}\n"; got != want {
		t.Errorf("Accept() = %q", got)
	}
	v = violation(r.Column("email")).With("", schema.Text, "a@b.c").WithRow(nil, []Field{{"email", "a@b.c"}})
	want = "normalize: schema s: table items: column email: contract on columns, set at run, is freeze: the column is new, found text (hidden) in the row email: (hidden)"
	if got := v.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	v = violation(For(s, s.Table("items"), nil).Column("long")).With("", schema.Text, strings.Repeat("ü", 200))
	if v.Value != strings.Repeat("ü", 128)+"…" {
		t.Errorf("value %q", v.Value)
	}
	if got, want := v.Accept(), "tables:\n  items:\n    schema_contract: {columns: evolve}\n"; got != want {
		t.Errorf("Accept() = %q", got)
	}
}
