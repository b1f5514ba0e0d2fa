package drivertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A merge example of 50-load §16: loads, then a query with its answer.
type mergeCase struct {
	name    string
	declare func(e *Env)
	loads   []string
	query   string
	want    []string
}

// KeyHash makes row ids of keys, as merge strategies by key do (L60).
func KeyHash(keys ...string) func(string, map[string]any) string {
	return func(_ string, row map[string]any) string {
		var parts []string
		for _, k := range keys {
			parts = append(parts, fmt.Sprint(row[k]))
		}
		return "k" + strings.Join(parts, "_")
	}
}

func rowHash(_ string, row map[string]any) string {
	text, _ := json.Marshal(row)
	return "h" + string(text)
}

func items(d schema.WriteDisposition, s schema.MergeStrategy, specs ...string) func(*Env) {
	return func(e *Env) { e.Table("items", d, s, specs...) }
}

func hint(declare func(*Env), key string, value any) func(*Env) {
	return func(e *Env) {
		declare(e)
		e.Schema.Table("items").Extra.Set(key, value)
	}
}

func with(declare ...func(*Env)) func(*Env) {
	return func(e *Env) {
		for _, d := range declare {
			d(e)
		}
	}
}

func child(name, parent string, specs ...string) func(*Env) {
	return func(e *Env) { e.Nested(name, parent, specs...) }
}

func ids(f func(string, map[string]any) string) func(*Env) {
	return func(e *Env) { e.IDOf = f }
}

const (
	mergeWD   = schema.Merge
	replaceWD = schema.Replace
)

// deleteInsertCases are X1 to X10 and X17.
var deleteInsertCases = []mergeCase{
	{
		"X1 primary key keeps one row of each", items(mergeWD, "", "id bigint pk", "v text"),
		[]string{`{"id":1,"v":"a"}{"id":2,"v":"b"}`, `{"id":2,"v":"B"}{"id":2,"v":"B"}{"id":3,"v":"c"}`},
		"SELECT id, v FROM data.items",
		[]string{"1 a", "2 B", "3 c"},
	},
	{
		"X2 merge key replaces batches without dedup", items(mergeWD, "", "id bigint", "day bigint mk"),
		[]string{`{"id":1,"day":1}{"id":2,"day":1}{"id":3,"day":2}`, `{"id":2,"day":1}{"id":2,"day":1}{"id":9,"day":3}`},
		"SELECT id, day FROM data.items",
		[]string{"2 1", "2 1", "3 2", "9 3"},
	},
	{
		"X3 both keys", items(mergeWD, "", "id bigint pk", "day bigint mk"),
		[]string{`{"id":1,"day":1}{"id":2,"day":1}{"id":3,"day":2}`, `{"id":3,"day":1}{"id":4,"day":1}`},
		"SELECT id, day FROM data.items",
		[]string{"3 1", "4 1"},
	},
	{
		"X4 no keys append", items(mergeWD, "", "id bigint"),
		[]string{`{"id":1}`, `{"id":1}{"id":2}`},
		"SELECT id FROM data.items",
		[]string{"1", "1", "2"},
	},
	{
		"X5 compound keys", items(mergeWD, "", "a bigint pk", "b bigint pk", "m bigint mk", "n bigint mk", "v text"),
		[]string{`{"a":1,"b":1,"m":1,"n":1,"v":"x"}{"a":1,"b":2,"m":2,"n":2,"v":"y"}`, `{"a":1,"b":2,"m":3,"n":3,"v":"z"}`},
		"SELECT a, b, m, n, v FROM data.items",
		[]string{"1 1 1 1 x", "1 2 3 3 z"},
	},
	{
		"X6 dedup_sort", items(mergeWD, "", "id bigint pk", "ts bigint desc", "v text"),
		[]string{`{"id":1,"ts":1,"v":"a"}{"id":1,"ts":3,"v":"c"}{"id":1,"ts":2,"v":"b"}{"id":2,"v":"n"}{"id":2,"ts":1,"v":"o"}`},
		"SELECT id, ts, v FROM data.items",
		[]string{"1 3 c", "2 1 o"},
	},
	{
		"X7 the winner is chosen before deletions", items(mergeWD, "", "id bigint pk", "v text", "lsn bigint desc", "deleted bool hard_delete"),
		[]string{
			`{"id":1,"v":"a","lsn":1,"deleted":false}{"id":2,"v":"b","lsn":1}`,
			`{"id":1,"v":"a2","lsn":3,"deleted":true}{"id":1,"v":"a1","lsn":2,"deleted":false}{"id":2,"v":"b2","lsn":2,"deleted":true}{"id":2,"v":"b3","lsn":3,"deleted":false}{"id":9,"v":"z","lsn":1,"deleted":true}`,
		},
		"SELECT id, v, lsn, deleted FROM data.items",
		[]string{"2 b3 3 false"},
	},
	{
		"X8 one delete marker removes the batch", items(mergeWD, "", "id bigint", "day bigint mk", "deleted bool hard_delete"),
		[]string{`{"id":1,"day":1,"deleted":false}{"id":2,"day":1,"deleted":false}`, `{"id":1,"day":1,"deleted":true}`},
		"SELECT id FROM data.items",
		[]string{},
	},
	{
		"X9 any value marks a deletion", items(mergeWD, "", "id bigint pk", "deleted timestamp hard_delete"),
		[]string{`{"id":1}{"id":2}`, `{"id":1,"deleted":"2024-01-01T00:00:00Z"}{"id":2}`},
		"SELECT id, deleted FROM data.items",
		[]string{"2 NULL"},
	},
	{
		"X10 nested roots", with(items(mergeWD, "", "id bigint pk"), child("items__kids", "items", "n bigint"), child("items__kids__g", "items__kids", "q bigint")),
		[]string{`{"id":1,"kids":[{"n":1,"g":[{"q":1}]},{"n":2}]}{"id":2,"kids":[{"n":3}]}`, `{"id":1,"kids":[{"n":9}]}{"id":3}`},
		"SELECT 'root', id FROM data.items UNION ALL SELECT 'kid', n FROM data.items__kids UNION ALL SELECT 'g', q FROM data.items__kids__g",
		[]string{"kid 3", "kid 9", "root 1", "root 2", "root 3"},
	},
	{
		"X10 duplicates lose their nested rows", with(items(mergeWD, "", "id bigint pk", "n bigint desc"), child("items__kids", "items", "n bigint")),
		[]string{`{"id":1,"n":1,"kids":[{"n":9}]}{"id":1,"n":2,"kids":[{"n":10},{"n":11}]}`},
		"SELECT 'root', n FROM data.items UNION ALL SELECT 'kid', n FROM data.items__kids",
		[]string{"kid 10", "kid 11", "root 2"},
	},
	{
		"X17 destination scope", hint(with(items(mergeWD, "", "id bigint", "day bigint"), child("items__k", "items", "value bigint")), "x-merge-destination-scope", "day >= 2"),
		[]string{`{"id":1,"day":1,"k":[1]}{"id":2,"day":2,"k":[2]}{"id":3,"day":3}`, `{"id":9,"day":3,"k":[9]}`},
		"SELECT 'root', id FROM data.items UNION ALL SELECT 'k', value FROM data.items__k",
		[]string{"k 1", "k 9", "root 1", "root 9"},
	},
	{
		"source filter with nested rows", hint(with(items(mergeWD, "", "id bigint pk", "v text"), child("items__k", "items", "value bigint")), "x-merge-source-filter", "v <> 'skip'"),
		[]string{`{"id":1,"v":"a","k":[1]}{"id":2,"v":"skip","k":[2]}`},
		"SELECT 'root', id FROM data.items UNION ALL SELECT 'k', value FROM data.items__k",
		[]string{"k 1", "root 1"},
	},
	{
		"no keys but nested rows and deletions", with(items(mergeWD, "", "id bigint", "deleted bool hard_delete"), child("items__k", "items", "value bigint")),
		[]string{`{"id":1,"k":[1]}{"id":2,"deleted":true,"k":[2]}`},
		"SELECT 'root', id FROM data.items UNION ALL SELECT 'k', value FROM data.items__k",
		[]string{"k 1", "root 1"},
	},
}

// upsertCases are X11 to X16, X25 and X26.
var upsertCases = []mergeCase{
	{
		"X11 upsert with deletions", with(ids(KeyHash("id")), items(mergeWD, schema.Upsert, "id bigint pk", "v text", "deleted bool hard_delete"), child("items__kids", "items", "value bigint")),
		[]string{`{"id":1,"v":"a","kids":[1,2,3]}{"id":2,"v":"b","kids":[4]}`, `{"id":1,"v":"a2","kids":[10,20]}{"id":2,"deleted":true}{"id":5,"deleted":true,"kids":[55]}`},
		"SELECT 'root', id, coalesce(v,'') FROM data.items UNION ALL SELECT 'kid', value, '' FROM data.items__kids",
		[]string{"kid 10 ", "kid 20 ", "root 1 a2", "root 5 "},
	},
	{
		"X13 skip unchanged rows", hint(with(ids(KeyHash("id")), items(mergeWD, schema.Upsert, "id bigint pk", "v text")), "x-merge-skip-unchanged-rows", true),
		[]string{`{"id":1,"v":"a"}{"id":2,"v":"b"}`, `{"id":1,"v":"a"}{"id":2,"v":"B"}`},
		"SELECT id, v, _dlt_load_id FROM data.items",
		[]string{"1 a L1", "2 B L2"},
	},
	{
		"X14 insert-only", with(ids(KeyHash("id")), items(mergeWD, schema.InsertOnly, "id bigint pk", "v text"), child("items__k", "items", "value bigint")),
		[]string{`{"id":1,"v":"a","k":[1]}`, `{"id":1,"v":"CHANGED","k":[9,8]}{"id":2,"v":"b","k":[2]}`},
		"SELECT 'root', id, v FROM data.items UNION ALL SELECT 'k', value, '' FROM data.items__k",
		[]string{"k 1 ", "k 2 ", "k 8 ", "root 1 a", "root 2 b"},
	},
	{
		"X15 cdc", with(ids(KeyHash("id")), items(mergeWD, schema.CDC, "id bigint pk", "v text"), child("items__k", "items", "value bigint")),
		[]string{`{"id":1,"v":"a","k":[1]}{"id":2,"v":"b","k":[2]}`, `{"id":2,"v":"B","k":[3]}{"id":3,"v":"c"}`},
		"SELECT 'root', id, v FROM data.items UNION ALL SELECT 'k', value, '' FROM data.items__k",
		[]string{"k 3 ", "root 2 B", "root 3 c"},
	},
	{
		"X16 cdc in partitions", with(ids(KeyHash("id")), items(mergeWD, schema.CDC, "id bigint pk", "day bigint mk")),
		[]string{`{"id":1,"day":1}{"id":2,"day":1}{"id":3,"day":2}`, `{"id":2,"day":1}{"id":4,"day":1}`},
		"SELECT id, day FROM data.items",
		[]string{"2 1", "3 2", "4 1"},
	},
	{
		"cdc with a compound key", with(ids(KeyHash("a", "b")), items(mergeWD, schema.CDC, "a text pk", "b text pk")),
		[]string{`{"a":"a","b":"bc"}{"a":"ab","b":"c"}`, `{"a":"ab","b":"c"}`},
		"SELECT a, b FROM data.items",
		[]string{"ab c"},
	},
	{
		"cdc does not insert deletions", with(ids(KeyHash("id")), items(mergeWD, schema.CDC, "id bigint pk", "deleted bool hard_delete")),
		[]string{`{"id":1}{"id":5,"deleted":true}`},
		"SELECT id FROM data.items",
		[]string{"1"},
	},
	{
		"X25 source filter", hint(with(ids(KeyHash("id")), items(mergeWD, schema.Upsert, "id bigint pk", "v text")), "x-merge-source-filter", "v <> 'skip'"),
		[]string{`{"id":1,"v":"a"}{"id":2,"v":"skip"}`},
		"SELECT id, v FROM data.items",
		[]string{"1 a"},
	},
}

// replaceCases are X24 with each strategy.
var replaceCases = []mergeCase{
	{
		"X24 replace", with(items(replaceWD, "", "id bigint"), child("items__l", "items", "value bigint")),
		[]string{`{"id":1,"l":[1,2]}{"id":2}`, `{"id":3}`},
		"SELECT 'root', id FROM data.items UNION ALL SELECT 'l', value FROM data.items__l",
		[]string{"root 3"},
	},
	{
		"L55 an empty resource empties the chain", with(items(replaceWD, "", "id bigint"), child("items__l", "items", "value bigint")),
		[]string{`{"id":1,"l":[1,2]}`, ``},
		"SELECT 'root', id FROM data.items UNION ALL SELECT 'l', value FROM data.items__l",
		[]string{},
	},
}

func checkMerge(t *testing.T, newURL func(*testing.T) string, tt mergeCase, opts *destination.Options) {
	t.Parallel()
	e := NewEnv(t, newURL(t), opts)
	tt.declare(e)
	for _, lines := range tt.loads {
		e.Load(e.Shred("items", lines))
	}
	if diff := cmp.Diff(tt.want, e.Query(tt.query)); diff != "" {
		t.Error(diff)
	}
}

// L72: the reference doubles the rows of a first load and fails later.
func testUpsertRefusesDuplicateKeys(t *testing.T, newURL func(*testing.T) string) {
	e := NewEnv(t, newURL(t), nil)
	e.IDOf = KeyHash("id")
	e.Table("items", schema.Merge, schema.Upsert, "id bigint pk", "v text")
	e.Pack(e.Shred("items", `{"id":1,"v":"a"}{"id":1,"v":"b"}`))
	_, err := e.Run()
	want := `load package ` + e.Loads[0] + `: merge "items": 2 rows of this load have the primary key "1"; strategy upsert takes one row a key: deduplicate them, or use delete-insert`
	if err == nil || err.Error() != want {
		t.Fatalf("error\n%v, want\n%s", err, want)
	}
	if tables, err := e.DS.Tables(context.Background(), nil); len(tables) > 0 || err != nil {
		t.Errorf("the failed package left tables %v, %v", tables, err)
	}
}

// X26
func testUpsertNewColumn(t *testing.T, newURL func(*testing.T) string) {
	e := NewEnv(t, newURL(t), nil)
	e.IDOf = KeyHash("id")
	table := e.Table("items", schema.Merge, schema.Upsert, "id bigint pk", "v text")
	e.Load(e.Shred("items", `{"id":1,"v":"a"}{"id":2,"v":"b"}`))
	table.Columns = append(table.Columns, Column("extra bigint"))
	report := e.Load(e.Shred("items", `{"id":2,"v":"B","extra":5}{"id":3,"v":"c"}`))
	if diff := cmp.Diff([]string{"1 a NULL", "2 B 5", "3 c NULL"}, e.Query("SELECT id, v, extra FROM data.items")); diff != "" {
		t.Error(diff)
	}
	applied := report.Packages[0].Applied
	if len(applied) != 1 || applied[0].New || len(applied[0].Columns) != 1 || applied[0].Columns[0].Name != "extra" {
		t.Errorf("applied changes %+v, want column extra of items", applied)
	}
}
