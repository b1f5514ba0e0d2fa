package schema

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// S112
func TestSetKey(t *testing.T) {
	table := &Table{Name: "t", Columns: []Column{
		{Name: "a", PrimaryKey: True}, {Name: "b", Nullable: True}, {Name: "c", DataType: Text},
	}}
	table.SetKey("primary_key", "b", "c", "d")
	want := []Column{
		{Name: "a"},
		{Name: "b", Nullable: True, PrimaryKey: True},
		{Name: "c", DataType: Text, Nullable: False, PrimaryKey: True},
		{Name: "d", Nullable: False, PrimaryKey: True},
	}
	if diff := cmp.Diff(want, table.Columns); diff != "" {
		t.Error(diff)
	}
	if table.SetKey("primary_key"); len(table.ColumnNames("primary_key", true)) != 0 {
		t.Error("an empty key leaves the hint")
	}
}

// S113
func TestSetDisposition(t *testing.T) {
	tests := []struct {
		name string
		in   Disposition
		want string
	}{
		{"append", Disposition{Disposition: Append, Strategy: Upsert}, `{"name":"t","columns":{},"write_disposition":"append"}`},
		{
			"options",
			Disposition{Disposition: Merge, Strategy: Upsert, Deduplicated: true, SourceFilter: "a > 1", SkipUnchangedRows: true, RowVersionColumn: "v"},
			`{"name":"t","columns":{"v":{"name":"v","nullable":false,"x-row-version":true}},"write_disposition":"merge","x-merge-strategy":"upsert","x-stage-data-deduplicated":true,"x-merge-source-filter":"a > 1","x-merge-skip-unchanged-rows":true}`,
		},
		{"scd2", Disposition{Disposition: Merge, Strategy: SCD2}, `{"name":"t","columns":{` +
			`"_dlt_valid_from":{"name":"_dlt_valid_from","data_type":"timestamp","nullable":true,"x-valid-from":true},` +
			`"_dlt_valid_to":{"name":"_dlt_valid_to","data_type":"timestamp","nullable":true,"x-valid-to":true,"x-active-record-timestamp":null},` +
			`"_dlt_id":{"name":"_dlt_id","nullable":false,"unique":false,"row_key":false,"x-row-version":true}},` +
			`"write_disposition":"merge","x-merge-strategy":"scd2"}`},
		{"scd2 with names", Disposition{Disposition: Merge, Strategy: SCD2, RowVersionColumn: "hash", ValidityColumns: [2]string{"from", "to"}, ActiveRecordTimestamp: "9999-12-31", BoundaryTimestamp: "2024-01-01"}, `{"name":"t","columns":{` +
			`"from":{"name":"from","data_type":"timestamp","nullable":true,"x-valid-from":true},` +
			`"to":{"name":"to","data_type":"timestamp","nullable":true,"x-valid-to":true,"x-active-record-timestamp":"9999-12-31"},` +
			`"hash":{"name":"hash","nullable":false,"unique":false,"row_key":false,"x-row-version":true}},` +
			`"write_disposition":"merge","x-merge-strategy":"scd2","x-boundary-timestamp":"2024-01-01"}`},
	}
	for _, tt := range tests {
		table := &Table{Name: "t"}
		if err := table.SetDisposition(tt.in); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, string(compact(table.document()))); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
	for in, want := range map[Disposition]string{
		{Disposition: "upsert"}:                `table t: write disposition "upsert" is unknown; known are skip, append, replace, merge`,
		{Disposition: Merge, Strategy: "late"}: `table t: merge strategy "late" is unknown; known are delete-insert, scd2, upsert, insert-only, cdc`,
	} {
		if err := (&Table{Name: "t"}).SetDisposition(in); fmt.Sprint(err) != want {
			t.Error(err)
		}
	}
}

// S110, S114 to S117
func TestTableHints(t *testing.T) {
	h := &TableHints{
		Disposition: Disposition{Disposition: Merge},
		PrimaryKey:  []string{"ID"},
		Cursor:      "updatedAt",
		MaxNesting:  N(2),
		Extra:       Hints{{"x-owner", "me"}},
		Nested: []NestedHints{
			{[]string{"purchases", "items"}, TableHints{Columns: []Column{{Name: "x", DataType: Text}}}},
			{[]string{"purchases"}, TableHints{
				Disposition: Disposition{Disposition: Merge},
				Columns:     []Column{{Name: "customerId", DataType: Bigint}, {Name: "id", DataType: Bigint}},
				PrimaryKey:  []string{"customerId", "id"},
				References:  []Reference{{Table: "Customers", Columns: []string{"customerId"}, ReferencedColumns: []string{"id"}}},
			}},
			{[]string{"notes"}, TableHints{}},
		},
	}
	tables, collisions, err := h.Tables("Customers", snakeCase(t, 0))
	if err != nil || collisions != nil {
		t.Fatal(collisions, err)
	}
	var got []string
	for _, x := range tables {
		got = append(got, string(compact(x.document())))
	}
	want := []string{
		`{"name":"customers","columns":{"id":{"name":"id","nullable":false,"primary_key":true},"updated_at":{"name":"updated_at","incremental":true}},"write_disposition":"merge","resource":"Customers","x-normalizer":{"max_nesting":2},"x-owner":"me"}`,
		`{"name":"customers__purchases","columns":{"customer_id":{"name":"customer_id","data_type":"bigint","nullable":false,"primary_key":true},"id":{"name":"id","data_type":"bigint","nullable":false,"primary_key":true}},"write_disposition":"merge","references":[{"columns":["customer_id"],"referenced_table":"customers","referenced_columns":["id"]}],"resource":"Customers"}`,
		`{"name":"customers__notes","columns":{},"parent":"customers"}`,
		`{"name":"customers__purchases__items","columns":{"x":{"name":"x","data_type":"text"}},"parent":"customers__purchases"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	plain, err := (&TableHints{}).Table("items")
	if err != nil || plain.WriteDisposition != Append || plain.Resource != "items" {
		t.Errorf("%+v, %v", plain, err)
	}
	if _, err := (&TableHints{Extra: Hints{{"colour", 1}}}).Table("items"); fmt.Sprint(err) != "table items: hint colour: unknown key; hints of your own begin with x-" {
		t.Error(err)
	}
}
