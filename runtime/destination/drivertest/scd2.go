package drivertest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/schema"
)

var scd2Columns = []string{"_dlt_valid_from timestamp x-valid-from", "_dlt_valid_to timestamp x-valid-to"}

func scd2Items(specs ...string) func(*Env) {
	return func(e *Env) {
		e.IDOf = rowHash
		all := append(append([]string{}, scd2Columns...), specs...)
		e.Table("items", schema.Merge, schema.SCD2, append(all, "_dlt_id text nn x-row-version")...)
	}
}

// intervals shows validity.
const intervals = "SELECT id, v, CAST(_dlt_valid_from AS VARCHAR), CAST(_dlt_valid_to AS VARCHAR) FROM data.items"

// scd2Cases are X18 and X20 to X23.
var scd2Cases = []mergeCase{
	{
		"X18 versions", scd2Items("id bigint", "v text"),
		[]string{`{"id":1,"v":"a"}{"id":2,"v":"b"}`, `{"id":1,"v":"A"}{"id":3,"v":"c"}`, `{"id":1,"v":"a"}{"id":3,"v":"c"}`},
		intervals,
		[]string{"1 A T2 T3", "1 a T1 T2", "1 a T3 NULL", "2 b T1 T2", "3 c T2 NULL"},
	},
	{
		"X20 merge key keeps absent rows", scd2Items("id bigint mk", "v text"),
		[]string{`{"id":1,"v":"a"}{"id":2,"v":"b"}`, `{"id":1,"v":"A"}`},
		intervals,
		[]string{"1 A T2 NULL", "1 a T1 T2", "2 b T1 NULL"},
	},
	{
		"X23 compound merge key", scd2Items("id bigint mk", "cat bigint mk", "v text"),
		[]string{`{"id":1,"cat":1,"v":"x"}{"id":1,"cat":1,"v":"y"}{"id":2,"cat":1,"v":"z"}`, `{"id":1,"cat":1,"v":"y"}`},
		intervals,
		[]string{"1 x T1 T2", "1 y T1 NULL", "2 z T1 NULL"},
	},
	{
		"L93 keys are compared one by one", scd2Items("id text mk", "cat text mk", "v text"),
		[]string{`{"id":"a","cat":"bc","v":"x"}`, `{"id":"ab","cat":"c","v":"y"}`},
		intervals,
		[]string{"a x T1 NULL", "ab y T2 NULL"},
	},
	{
		"X21 nested rows are shared by versions", func(e *Env) {
			scd2Items("id bigint")(e)
			e.Nested("items__k", "items", "value bigint")
		},
		[]string{`{"id":1,"k":[1,2]}`, `{"id":1,"k":[1,22]}`, `{"id":1,"k":[1,2]}`},
		"SELECT 'root', count(*), count(_dlt_valid_to) FROM data.items UNION ALL SELECT 'k', count(*), CAST(sum(value) AS BIGINT) FROM data.items__k",
		[]string{"k 4 26", "root 3 2"},
	},
	{
		"X22 row version column", func(e *Env) {
			e.Table("items", schema.Merge, schema.SCD2, append(append([]string{}, scd2Columns...), "id bigint", "v text", "rh text nn x-row-version")...)
			e.Nested("items__k", "items", "value bigint")
		},
		[]string{`{"id":1,"v":"a","rh":"h1","k":[1]}`, `{"id":1,"v":"CHANGED","rh":"h1","k":[1]}`, `{"id":1,"v":"b","rh":"h2","k":[1]}`},
		"SELECT v, _dlt_valid_to IS NULL, (SELECT count(*) FROM data.items__k) FROM data.items",
		[]string{"a false 2", "b true 2"}, // L98: no orphans of the row that did not change
	},
}

// X19
func testSCD2Boundary(t *testing.T, newURL func(*testing.T) string) {
	e := NewEnv(t, newURL(t), nil)
	e.IDOf = rowHash
	table := e.Table("items", schema.Merge, schema.SCD2, "from_ timestamp x-valid-from",
		"to_ timestamp x-valid-to x-active-record-timestamp=9999-12-31", "id bigint", "v text", "_dlt_id text nn x-row-version")
	table.Extra.Set("x-boundary-timestamp", "2024-01-01")
	e.Load(e.Shred("items", `{"id":1,"v":"a"}`))
	table.Extra.Set("x-boundary-timestamp", "2024-02-01T00:00:00Z")
	e.Load(e.Shred("items", `{"id":1,"v":"b"}`))
	want := []string{"a 2024-01-01 2024-02-01", "b 2024-02-01 9999-12-31"}
	if diff := cmp.Diff(want, e.Query("SELECT v, CAST(CAST(from_ AS DATE) AS VARCHAR), CAST(CAST(to_ AS DATE) AS VARCHAR) FROM data.items")); diff != "" {
		t.Error(diff)
	}
}
