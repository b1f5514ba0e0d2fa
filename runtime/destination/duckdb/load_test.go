package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/destination/drivertest"
	"github.com/dltgen/dltgen/runtime/internal/load"
	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// The pin of DuckDB is in other modules than the driver's, so an upgrade of any of them
// can move it silently.
func TestVersion(t *testing.T) {
	e := newEnv(t, nil)
	if diff := cmp.Diff([]string{"v1.5.5"}, e.Query("SELECT version()")); diff != "" {
		t.Error(diff)
	}
}

// L28 to L33
func TestSystemTables(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 123456000, time.UTC)
	e := newEnv(t, &destination.Options{Now: func() time.Time { return at }})
	e.Table("items", schema.Append, "", "id bigint")
	e.State = &loadpackage.State{Version: 1, EngineVersion: 4, PipelineName: "p", State: "{}", CreatedAt: at, VersionHash: "sh", ID: "rowid"}
	e.Load(e.Shred("items", `{"id":1}`))
	e.State = nil
	e.Load(e.Shred("items", `{"id":2}`)) // same schema: no second version row

	check := func(query string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, e.Query(query)); diff != "" {
			t.Errorf("%s:\n%s", query, diff)
		}
	}
	hash := e.Schema.VersionHash
	check("SELECT load_id, schema_name, status, inserted_at::VARCHAR, schema_version_hash FROM data._dlt_loads",
		"L1 src 0 2026-11-24 12:00:00.123456+00 "+hash, "L2 src 0 2026-11-24 12:00:00.123456+00 "+hash)
	check("SELECT version, engine_version, inserted_at::VARCHAR, schema_name, version_hash FROM data._dlt_version",
		fmt.Sprintf("%d 11 2026-11-24 12:00:00.123456+00 src %s", e.Schema.Version, hash))
	check("SELECT version, engine_version, pipeline_name, state, created_at::VARCHAR, version_hash, _dlt_load_id, _dlt_id FROM data._dlt_pipeline_state",
		"1 4 p {} 2026-11-24 12:00:00.123456+00 sh L1 rowid")
	check("SELECT id, _dlt_load_id FROM data.items", "1 L1", "2 L2")
	check(`SELECT table_name, string_agg(column_name || ' ' || data_type || CASE WHEN is_nullable THEN '' ELSE ' NN' END, ', ' ORDER BY column_index)
FROM duckdb_columns() WHERE schema_name = 'data' AND table_name LIKE '_dlt%' GROUP BY 1`,
		"_dlt_loads load_id VARCHAR NN, schema_name VARCHAR, status BIGINT NN, inserted_at TIMESTAMP WITH TIME ZONE NN, schema_version_hash VARCHAR",
		"_dlt_pipeline_state version BIGINT NN, engine_version BIGINT NN, pipeline_name VARCHAR NN, state VARCHAR NN, created_at TIMESTAMP WITH TIME ZONE NN, version_hash VARCHAR, _dlt_load_id VARCHAR NN, _dlt_id VARCHAR NN",
		"_dlt_version version BIGINT NN, engine_version BIGINT NN, inserted_at TIMESTAMP WITH TIME ZONE NN, schema_name VARCHAR NN, version_hash VARCHAR NN, schema VARCHAR NN")

	stored, err := e.DS.Schema(context.Background(), "src")
	if err != nil || stored == nil || stored.Hash != hash {
		t.Fatalf("stored schema %+v, %v", stored, err)
	}
	back, err := schema.ReadStored(stored.Text)
	if err != nil || back.Hash() != hash {
		t.Errorf("the stored document hashes to %v, %v; want %s", back, err, hash)
	}
}

// P40, P42
func TestRestore(t *testing.T) {
	ctx := context.Background()
	e := newEnv(t, nil)
	if r, err := load.Restore(ctx, e.DS, "p"); r != nil || err != nil {
		t.Fatalf("restore from nothing: %v, %v", r, err)
	}
	e.Table("items", schema.Append, "", "id bigint")
	for version := range int64(3) {
		st := state.New("p")
		st.Root().Set("schema_names", []any{"src", "gone"})
		st.Resource("src", "items").Set("last", version)
		st.Bump()
		blob, err := st.Blob()
		if err != nil {
			t.Fatal(err)
		}
		e.State = &loadpackage.State{Version: version, EngineVersion: 4, PipelineName: "p", State: blob, CreatedAt: e.Clock, VersionHash: st.VersionHash(), ID: fmt.Sprint(version)}
		e.Load(e.Shred("items", `{"id":1}`))
	}
	// A row whose load has another status is invisible.
	if _, err := e.DS.Exec(ctx, "UPDATE data._dlt_loads SET status = 1 WHERE load_id = ?", e.Loads[2]); err != nil {
		t.Fatal(err)
	}
	r, err := load.Restore(ctx, e.DS, "p")
	if err != nil {
		t.Fatal(err)
	}
	if got := r.State.Resource("src", "items").Int("last"); got != 1 || r.LoadID != e.Loads[1] {
		t.Errorf("restored last = %d of load %s, want 1 of %s", got, r.LoadID, e.Loads[1])
	}
	if len(r.Schemas) != 1 || r.Schemas[0].Name != "src" || len(r.Missing) != 1 || r.Missing[0] != "gone" {
		t.Errorf("schemas %v, missing %v", r.Schemas, r.Missing)
	}
	if !load.RemoteWins(state.New("p"), r.State) || load.RemoteWins(r.State, r.State) {
		t.Error("the newer remote state wins, an equal one does not")
	}
}

// D10, D13
func TestTypesThereAndBack(t *testing.T) {
	e := newEnv(t, nil)
	table := e.Table("items", schema.Append, "", "a text", "b double", "c bool", "d timestamp", "e timestamp naive", "f date",
		"g time", "h bigint", "i binary", "j json", "k decimal", "l wei")
	small := drivertest.Column("small bigint")
	small.Precision = schema.N(16)
	table.Columns = append(table.Columns, small)
	e.Load(drivertest.Rows{"items": {{
		"a": "x'\"\\ż\n", "b": 1.5, "c": true, "d": "2024-01-02T03:04:05.123456Z", "e": "2024-01-02T03:04:05.123456", "f": "2024-01-02",
		"g": "03:04:05.123456", "h": int64(9007199254740993), "i": "AQID", "j": `{"k": [1, "x"]}`, "k": "1.500000000", "l": "12345678901234567890123456789", "small": 7, "_dlt_id": "1",
	}, {"_dlt_id": "2"}}})
	want := []string{
		"NULL NULL NULL NULL NULL NULL NULL NULL NULL NULL NULL NULL NULL",
		"x'\"\\ż\n 1.5 true 2024-01-02 03:04:05.123456+00 2024-01-02 03:04:05.123456 2024-01-02 03:04:05.123456 9007199254740993 \\x01\\x02\\x03 {\"k\": [1, \"x\"]} 1.500000000 12345678901234567890123456789 7",
	}
	query := "SELECT a, b, c, d::VARCHAR, e::VARCHAR, f::VARCHAR, g::VARCHAR, h, i::VARCHAR, j::VARCHAR, k::VARCHAR, l::VARCHAR, small FROM data.items"
	if diff := cmp.Diff(want, e.Query(query)); diff != "" {
		t.Error(diff)
	}
	tables, err := e.DS.Tables(context.Background(), []string{"ITEMS", "none"})
	if err != nil || len(tables) != 1 {
		t.Fatalf("tables %v, %v", tables, err)
	}
	for i := range table.Columns {
		declared, read := &table.Columns[i], tables[0].Column(table.Columns[i].Name)
		if read == nil || read.DataType != declared.DataType || read.IsNullable() != declared.IsNullable() || (declared.Timezone == schema.False) != (read.Timezone == schema.False) {
			t.Errorf("column %s came back as %+v", declared.Name, read)
		}
	}
	if p := tables[0].Column("small").Precision; p != schema.N(16) {
		t.Errorf("small has precision %v", p)
	}
}

// badJob packs one good job and one whose rows lack a value.
func badJob(t *testing.T) *drivertest.Env {
	e := newEnv(t, nil)
	e.Table("good", schema.Append, "", "id bigint")
	e.Table("items", schema.Append, "", "id bigint", "v bigint nn")
	r := e.Shred("good", `{"id":1}`)
	r["items"] = e.Shred("items", `{"id":1}`)["items"]
	e.Pack(r)
	return e
}

// jobFiles lists table and retry count of the job files in a folder of the package.
func jobFiles(e *drivertest.Env, status, folder string) []string {
	list, _ := filepath.Glob(filepath.Join(e.Store.Dir(), "load", status, e.Loads[0], folder, "*"))
	names := []string{}
	for _, f := range list {
		parts := strings.Split(filepath.Base(f), ".")
		if parts[len(parts)-1] == "exception" {
			continue
		}
		names = append(names, parts[0]+"."+parts[2])
	}
	return names
}

// Y1: by default the package stays pending, and finishes after a repair.
func TestTerminalJobKeepsThePackage(t *testing.T) {
	e := badJob(t)
	_, err := e.Run()
	var je *load.JobError
	if !errors.As(err, &je) || !je.Terminal || je.Job.Table != "items" || je.Reason != driver.ReasonNotNull || je.Column != "v" {
		t.Fatalf("error %#v", err)
	}
	if diff := cmp.Diff([]string{"good.0", "items.1"}, jobFiles(e, "normalized", "new_jobs")); diff != "" {
		t.Error(diff)
	}
	exceptions, _ := filepath.Glob(filepath.Join(e.Store.Dir(), "load/normalized", e.Loads[0], ".exceptions", "items.*.0.exception"))
	if len(exceptions) != 1 {
		t.Fatalf("exception files %v", exceptions)
	}
	if text, _ := os.ReadFile(exceptions[0]); !strings.HasPrefix(string(text), "retry: terminal\nload items.") {
		t.Errorf("exception file %q", text)
	}
	if tables, err := e.DS.Tables(context.Background(), nil); len(tables) > 0 || err != nil {
		t.Errorf("the destination holds %v, %v", tables, err)
	}
	// After the repair the same load id finishes.
	if _, err := e.DS.Exec(context.Background(), `CREATE SCHEMA data; CREATE TABLE data.items (id BIGINT, v BIGINT, _dlt_load_id VARCHAR, _dlt_id VARCHAR)`); err != nil {
		t.Fatal(err)
	}
	report, err := e.Run()
	if err != nil || report.Packages[0].LoadID != e.Loads[0] {
		t.Fatalf("after the repair: %v, %v", report, err)
	}
	if diff := cmp.Diff([]string{"1 NULL L1"}, e.Query("SELECT id, v, _dlt_load_id FROM data.items")); diff != "" {
		t.Error(diff)
	}
}

// Y2, Y3
func TestTerminalJob(t *testing.T) {
	t.Run("Y2 going on without the job", func(t *testing.T) {
		e := badJob(t)
		e.Options.KeepGoing = true
		report, err := e.Run()
		if err != nil || !report.Failed() || report.Packages[0].Attempts != 2 {
			t.Fatalf("report %+v, %v", report.Packages[0], err)
		}
		if diff := cmp.Diff([]string{"items.0"}, jobFiles(e, "loaded", "failed_jobs")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"1 0"}, e.Query("SELECT (SELECT count(*) FROM data.good), status FROM data._dlt_loads")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("Y3 abort", func(t *testing.T) {
		e := badJob(t)
		e.Options.AutoAbort = true
		_, err := e.Run()
		if err == nil || !strings.Contains(err.Error(), "aborted: ") {
			t.Fatalf("error %v", err)
		}
		if diff := cmp.Diff([]string{"items.1"}, jobFiles(e, "loaded", "failed_jobs")); diff != "" {
			t.Error(diff)
		}
		if marker, _ := os.ReadFile(filepath.Join(e.Store.Dir(), "load/loaded", e.Loads[0], "package_completed.json")); string(marker) != "aborted" {
			t.Errorf("marker %q", marker)
		}
		if report, err := e.Run(); err != nil || len(report.Packages) > 0 {
			t.Errorf("an aborted package was loaded: %v, %v", report, err)
		}
	})
}

// L27: a chain of which a job failed is not merged.
func TestFailedJobOfChain(t *testing.T) {
	e := newEnv(t, nil)
	e.Options.KeepGoing = true
	e.Table("items", schema.Merge, "", "id bigint pk")
	e.Nested("items__k", "items", "value bigint nn")
	e.Pack(drivertest.Rows{"items": {{"id": 1, "_dlt_id": "a"}}, "items__k": {{"_dlt_id": "b", "_dlt_parent_id": "a", "_dlt_root_id": "a", "_dlt_list_idx": 0}}})
	report, err := e.Run()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(report.Packages[0].Failed); n != 2 {
		t.Errorf("%d failed jobs, want both of the chain: %v", n, report.Packages[0].Failed)
	}
}

// Y4, L44, L45
func TestNotNullColumnOnOldTable(t *testing.T) {
	e := newEnv(t, nil)
	table := e.Table("items", schema.Append, "", "id bigint")
	e.Load(drivertest.Rows{"items": {}})
	table.Columns = append(table.Columns, drivertest.Column("v bigint nn"))
	e.Load(e.Shred("items", `{"id":1,"v":1}`)) // an empty table takes the column
	table.Columns = append(table.Columns, drivertest.Column("w bigint nn"))
	e.Pack(e.Shred("items", `{"id":2,"v":1,"w":1}`))
	_, err := e.Run()
	var me *driver.MigrateError
	if !errors.As(err, &me) || me.Table != "items" || !driver.IsTerminal(err) {
		t.Fatalf("error %#v, want a terminal migration error", err)
	}
	reason, name := driver.ReasonOf(err)
	if reason != driver.ReasonNotNull || name != "w" {
		t.Errorf("reason %s column %q in %v", reason, name, err)
	}
	if pending, _ := e.Store.Pending(); len(pending) != 1 {
		t.Errorf("pending %v, want the package", pending)
	}
	if diff := cmp.Diff([]string{"1 1"}, e.Query("SELECT id, v FROM data.items")); diff != "" {
		t.Error(diff)
	}
}

// L41
func TestForeignColumnsStay(t *testing.T) {
	e := newEnv(t, nil)
	table := e.Table("items", schema.Append, "", "id bigint")
	e.Load(e.Shred("items", `{"id":1}`))
	if _, err := e.DS.Exec(context.Background(), "ALTER TABLE data.items ADD COLUMN mine VARCHAR DEFAULT 'x'"); err != nil {
		t.Fatal(err)
	}
	table.Columns = append(table.Columns, drivertest.Column("added text"))
	e.Load(e.Shred("items", `{"id":2,"added":"y"}`))
	if diff := cmp.Diff([]string{"1 x NULL", "2 x y"}, e.Query("SELECT id, mine, added FROM data.items")); diff != "" {
		t.Error(diff)
	}
}

// P51, L20
func TestRefresh(t *testing.T) {
	e := newEnv(t, nil)
	e.Table("a", schema.Append, "", "id bigint")
	e.Table("b", schema.Append, "", "id bigint")
	e.Table("c", schema.Append, "", "id bigint")
	r := e.Shred("a", `{"id":1}`)
	r["b"], r["c"] = e.Shred("b", `{"id":1}`)["b"], e.Shred("c", `{"id":1}`)["c"]
	e.Load(r)
	e.Schema.Table("a").Description = "new version of the schema"
	e.Pack(e.Shred("a", `{"id":2}`), func(w *loadpackage.Writer) {
		w.Refresh("drop_resources", []string{"a__never_there", "a"}, []string{"b", "zz"})
	})
	report, err := e.Run()
	if err != nil {
		t.Fatal(err)
	}
	p := report.Packages[0]
	if diff := cmp.Diff([]string{"a"}, p.Dropped); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"b"}, p.Truncated); diff != "" {
		t.Error(diff)
	}
	want := []string{"a 2", "c 1", "version 1"}
	query := "SELECT 'a', id FROM data.a UNION ALL SELECT 'b', id FROM data.b UNION ALL SELECT 'c', id FROM data.c UNION ALL SELECT 'version', count(*) FROM data._dlt_version"
	if diff := cmp.Diff(want, e.Query(query)); diff != "" {
		t.Error(diff)
	}
}

// L20.1, L62
func TestVerify(t *testing.T) {
	items := func(d schema.WriteDisposition, s schema.MergeStrategy, specs ...string) func(*drivertest.Env) {
		return func(e *drivertest.Env) { e.Table("items", d, s, specs...) }
	}
	scoped := func(scope string) func(*drivertest.Env) {
		return func(e *drivertest.Env) {
			e.Table("items", schema.Merge, "", "id bigint pk").Extra.Set("x-merge-destination-scope", scope)
		}
	}
	tests := []struct {
		name    string
		declare func(*drivertest.Env)
		want    string
	}{
		{"upsert without key", items(schema.Merge, schema.Upsert, "id bigint"), `table "items": merge strategy upsert needs a primary key`},
		{"two sort columns", items(schema.Merge, "", "id bigint pk", "a bigint asc", "b bigint desc"), `table "items": more than one column has dedup_sort`},
		{"two deletion columns", items(schema.Merge, "", "id bigint pk", "a bool hard_delete", "b bool hard_delete"), `table "items": more than one column has hard_delete`},
		{"skip", items(schema.Skip, "", "id bigint"), `table "items": write disposition skip loads no rows`},
		{"columns that differ in case", items(schema.Append, "", "id bigint", "ID bigint"), `table "items": duckdb takes column "ID" for column "id"`},
		{"bad scope", scoped("{tabel}.id > 1"), `table "items": destination_scope: byte 0: unknown placeholder {tabel}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, nil)
			tt.declare(e)
			e.Pack(e.Shred("items", `{"id":1}`))
			_, err := e.Run()
			if err == nil || err.Error() != "load package "+e.Loads[0]+": "+tt.want {
				t.Errorf("error\n%v, want\n%s", err, tt.want)
			}
		})
	}
}

// The file's name as the dataset's makes DuckDB's two-part names ambiguous.
func TestDatasetNamedLikeTheFile(t *testing.T) {
	e := newEnv(t, nil)
	_ = e.DS.Close()
	e.URL = "duckdb:///" + filepath.Join(e.Dir, dataset+".duckdb")
	e.Open(nil)
	e.IDOf = drivertest.KeyHash("a", "b")
	e.Table("items", schema.Merge, schema.CDC, "a bigint pk", "b bigint pk")
	e.Load(e.Shred("items", `{"a":1,"b":1}{"a":2,"b":2}`))
	e.Load(e.Shred("items", `{"a":2,"b":2}`))
	if diff := cmp.Diff([]string{"2"}, e.Query("SELECT a FROM data.data.items")); diff != "" {
		t.Error(diff)
	}
	_ = e.DS.Close()
	e.Open(&destination.Options{ReadOnly: true})
	for _, from := range []string{"data.items", "items"} {
		if diff := cmp.Diff([]string{"2"}, e.Query("SELECT a FROM "+from)); diff != "" {
			t.Errorf("%s: %s", from, diff)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.duckdb")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database", 500)), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, url, want string }{
		{"no file", "duckdb:///", "open duckdb:///: the URL names no file"},
		{"host", "duckdb://host/x", `got host "host"`},
		{"no folder", "duckdb:///" + dir + "/none/x.duckdb", "does its folder exist?"},
		{"no database", "duckdb:///" + garbage, "is no DuckDB file"},
		{"bad setting", "duckdb:///" + dir + "/x.duckdb?no_such_setting=1", "no_such_setting"},
		{"other scheme", "nosuch://x", `no driver for scheme "nosuch" (linked: duckdb)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ds, err := destination.Open(context.Background(), tt.url, "d", nil)
			if err == nil {
				_ = ds.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestMemoryDatabase(t *testing.T) {
	ds, err := destination.Open(context.Background(), "duckdb://:memory:", "d", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ds.Close()
	if n, err := ds.Exec(context.Background(), "CREATE TABLE t AS SELECT 1"); err != nil {
		t.Error(n, err)
	}
}
