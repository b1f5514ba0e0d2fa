package normalize

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/schema"
)

// TestContracts holds the tables at the end of section 8: what a contract in
// the second load keeps.
func TestContracts(t *testing.T) {
	columns := func(m schema.ContractMode) *schema.ContractSetting { return &schema.ContractSetting{Columns: m} }
	types := func(m schema.ContractMode) *schema.ContractSetting { return &schema.ContractSetting{DataType: m} }
	tables := func(m schema.ContractMode) *schema.ContractSetting { return &schema.ContractSetting{Tables: m} }
	const first = `{"id":1,"a":1}`
	const second = `{"id":2,"a":2,"n":null}{"id":3,"n":"x"}{"id":4,"n":null}{"id":5}`
	const typed = `{"id":1,"a":1,"l":[{"x":1}]}`
	const typed2 = `{"id":2,"a":"x","l":[{"x":"q"},{"x":2}]}{"id":3,"a":"7"}{"id":4,"a":"y","l":[{"x":5}]}{"id":5,"new":1}`
	const deep = `{"a":1,"l":[{"x":1,"m":[1]}]}`
	const deep2 = `{"a":2,"l":[{"x":5,"y":3,"m":[9]},{"x":6,"m":[8]}]}`
	for _, tt := range []struct {
		name          string
		contract      *schema.ContractSetting
		first, second string
		want          map[string]string // table: rows of the second load
		dropped       string
	}{
		{"columns evolve", columns(schema.Evolve), first, second, map[string]string{"items": "id=2 a=2|id=3 n=x|id=4|id=5"}, ""},
		{"columns discard_value", columns(schema.DiscardValue), first, second, map[string]string{"items": "id=2 a=2|id=3|id=4|id=5"}, "items.n columns 0 1"},
		{"columns discard_row", columns(schema.DiscardRow), first, second, map[string]string{"items": "id=2 a=2|id=5"}, "items.n columns 2 0"},
		{
			"data_type discard_value", types(schema.DiscardValue), typed, typed2,
			map[string]string{"items": "id=2|id=3 a=7|id=4|id=5 new=1", "items__l": "|x=2|x=5"},
			"items.a__v_text data_type 0 2,items__l.x__v_text data_type 0 1",
		},
		{"data_type discard_row", types(schema.DiscardRow), typed, typed2, map[string]string{"items": "id=3 a=7|id=5 new=1"}, "items.a__v_text data_type 2 0"},
		{
			"nested columns discard_row", columns(schema.DiscardRow), deep, deep2,
			map[string]string{"items": "a=2", "items__l": "x=6", "items__l__m": "value=8"},
			"items__l.y columns 1 0",
		},
		{"tables discard_row", tables(schema.DiscardRow), `{"id":1}`, `{"id":2,"l":[{"x":1,"m":[1]},{"x":2}]}{"id":3,"l":[{"x":3}]}`, map[string]string{"items": "id=2|id=3"}, "items__l. tables 3 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := newSetup(t)
			if _, _, err := u.run(t, tt.first); err != nil {
				t.Fatal(err)
			}
			u.schema.Table("items").Contract = tt.contract
			p, m, err := u.run(t, tt.second)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for table := range m.Rows {
				got[table] = strings.Join(p.rows(t, table, generated...), "|")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			var drops []string
			for _, d := range m.Dropped {
				drops = append(drops, fmt.Sprintf("%s.%s %s %d %d", d.Table, d.Column, d.Rule, d.Rows, d.Values))
			}
			if diff := cmp.Diff(tt.dropped, strings.Join(drops, ",")); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, tt := range []struct {
		name                  string
		contract              *schema.ContractSetting
		second, column, table string
		entity                contract.Entity
	}{
		{"columns freeze", columns(schema.Freeze), `{"id":2,"n":1}`, "n", "items", contract.Columns},
		{"data_type freeze", types(schema.Freeze), `{"id":2,"a":"x"}`, "a__v_text", "items", contract.DataType},
		{"tables freeze", tables(schema.Freeze), `{"id":2,"l":[1]}`, "", "items__l", contract.Tables},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := newSetup(t)
			if _, _, err := u.run(t, first); err != nil {
				t.Fatal(err)
			}
			u.schema.Table("items").Contract = tt.contract
			_, _, err := u.run(t, tt.second)
			var v *contract.ViolationError
			if !errors.As(err, &v) || v.Table != tt.table || v.Column != tt.column || v.Entity != tt.entity || v.Step != contract.Normalize {
				t.Errorf("error: %v", err)
			}
		})
	}
}

// TestEvolveOnce holds C20: the first load of a root table is free.
func TestEvolveOnce(t *testing.T) {
	u := newSetup(t)
	items := u.schema.Table("items")
	items.Contract = &schema.ContractSetting{Columns: schema.Freeze}
	items.Normalizer.EvolveColumnsOnce = schema.True
	if _, _, err := u.run(t, `{"a":1}{"b":2}`); err != nil {
		t.Fatal(err)
	}
	if n := u.schema.Table("items").Normalizer; n.EvolveColumnsOnce.Is() || !n.SeenData.Is() {
		t.Errorf("marks after the load: %+v", n)
	}
	if _, _, err := u.run(t, `{"c":1}`); err == nil {
		t.Error("second load: no violation")
	}
}
