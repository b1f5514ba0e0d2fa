package sqlgen_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/internal/sqlgen"
	"github.com/dltgen/dltgen/runtime/schema"
)

var update = flag.Bool("update", false, "rewrite testdata/golden")

// cols declares columns from "name type hint…" words.
func cols(specs ...string) []schema.Column {
	var out []schema.Column
	for _, spec := range specs {
		words := strings.Fields(spec)
		c := schema.Column{Name: words[0], DataType: schema.DataType(words[1])}
		for _, hint := range words[2:] {
			switch hint {
			case "pk":
				c.PrimaryKey, c.Nullable = schema.True, schema.False
			case "mk":
				c.MergeKey = schema.True
			case "row_key":
				c.RowKey, c.Unique, c.Nullable = schema.True, schema.True, schema.False
			case "parent_key":
				c.ParentKey = schema.True
			case "root_key":
				c.RootKey = schema.True
			case "hard_delete":
				c.HardDelete = schema.True
			case "desc", "asc":
				c.DedupSort = hint
			default:
				c.Extra.Set(hint, true)
			}
		}
		out = append(out, c)
	}
	return out
}

func root(specs ...string) *schema.Table {
	return &schema.Table{Name: "items", Columns: append(cols(specs...), cols("_dlt_load_id text", "_dlt_id text row_key")...)}
}

func nested(name, parent string) *schema.Table {
	return &schema.Table{Name: name, Parent: parent, Columns: cols("value bigint", "_dlt_parent_id text parent_key", "_dlt_root_id text root_key", "_dlt_id text row_key")}
}

func extra(t *schema.Table, key string, v any) *schema.Table {
	t.Extra.Set(key, v)
	return t
}

type chainCase struct {
	name     string
	strategy schema.MergeStrategy
	replace  driver.ReplaceStrategy
	tables   []*schema.Table
}

var (
	kids  = nested("items__kids", "items")
	grand = nested("items__kids__g", "items__kids")
)

var chainCases = []chainCase{
	{"delete-insert-root", schema.DeleteInsert, "", []*schema.Table{root("id bigint pk", "ts bigint desc", "v text", "deleted bool hard_delete")}},
	{"delete-insert-both-keys", schema.DeleteInsert, "", []*schema.Table{root("a bigint pk", "b bigint pk", "m bigint mk")}},
	{"delete-insert-no-keys", schema.DeleteInsert, "", []*schema.Table{root("v text")}},
	{"delete-insert-nested", schema.DeleteInsert, "", []*schema.Table{root("id bigint pk"), kids, grand}},
	{"delete-insert-scope-filter", schema.DeleteInsert, "", []*schema.Table{
		extra(extra(root("id bigint"), "x-merge-destination-scope", "day >= 2 AND '{{}}' <> ''"), "x-merge-source-filter", "v <> 'skip'"), kids,
	}},
	{"delete-insert-deduplicated", schema.DeleteInsert, "", []*schema.Table{extra(root("id bigint pk"), "x-stage-data-deduplicated", true)}},
	{"upsert", schema.Upsert, "", []*schema.Table{root("id bigint pk", "v text", "deleted timestamp hard_delete"), kids}},
	{"upsert-skip-unchanged", schema.Upsert, "", []*schema.Table{
		extra(extra(root("id bigint pk", "v text"), "x-merge-skip-unchanged-rows", true), "x-merge-source-filter", "v <> 'skip'"), kids,
	}},
	{"upsert-row-version", schema.Upsert, "", []*schema.Table{extra(root("id bigint pk", "rh text x-row-version"), "x-merge-skip-unchanged-rows", true)}},
	{"insert-only", schema.InsertOnly, "", []*schema.Table{root("id bigint pk", "deleted bool hard_delete"), kids}},
	{"cdc", schema.CDC, "", []*schema.Table{root("id bigint pk", "day bigint mk", "deleted bool hard_delete"), kids}},
	{"cdc-compound", schema.CDC, "", []*schema.Table{extra(root("a bigint pk", "b bigint pk"), "x-merge-destination-scope", "{table}.a IN (SELECT a FROM {staging_table})")}},
	{"scd2", schema.SCD2, "", []*schema.Table{
		{Name: "items", Columns: cols("from_ timestamp x-valid-from", "to_ timestamp x-valid-to", "id bigint", "_dlt_load_id text", "_dlt_id text x-row-version")}, kids,
	}},
	{"scd2-row-version", schema.SCD2, "", []*schema.Table{
		root("from_ timestamp x-valid-from", "to_ timestamp x-valid-to", "m bigint mk", "n bigint mk", "rh text x-row-version"), kids, grand,
	}},
	{"replace-from-staging", "", driver.InsertFromStaging, []*schema.Table{root("id bigint"), kids}},
	{"replace-optimized", "", driver.StagingOptimized, []*schema.Table{root("id bigint")}},
}

// Names of this dataset and these tables show that everything is quoted.
func TestFinish(t *testing.T) {
	for _, dialect := range []*sqlgen.Dialect{sqlgen.DuckDB(), sqlgen.Postgres()} {
		for _, tt := range chainCases {
			t.Run(dialect.Name+"/"+tt.name, func(t *testing.T) {
				g := sqlgen.New(dialect, `d"s`, "staging")
				c := driver.Chain{
					Tables: tt.tables, Disposition: schema.Merge, Strategy: tt.strategy, Replace: tt.replace,
					LoadID: "1795434867.5", Created: time.Date(2026, 11, 23, 11, 53, 48, 476432000, time.UTC),
				}
				if tt.strategy == "" {
					c.Disposition = schema.Replace
				}
				statements, err := g.Finish(c)
				got := strings.Join(statements, ";\n") + "\n"
				if err != nil {
					got = "error: " + err.Error() + "\n"
				}
				golden(t, dialect.Name+"-"+tt.name+".sql", got)
			})
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// D10
func TestTypes(t *testing.T) {
	column := func(typ schema.DataType, set ...func(*schema.Column)) schema.Column {
		c := schema.Column{Name: "c", DataType: typ}
		for _, f := range set {
			f(&c)
		}
		return c
	}
	precision := func(n int) func(*schema.Column) { return func(c *schema.Column) { c.Precision = schema.N(n) } }
	scale := func(n int) func(*schema.Column) { return func(c *schema.Column) { c.Scale = schema.N(n) } }
	naive := func(c *schema.Column) { c.Timezone = schema.False }
	tests := []struct {
		name             string
		column           schema.Column
		duckdb, postgres string
	}{
		{"text", column(schema.Text), "VARCHAR", "varchar"},
		{"text 64", column(schema.Text, precision(64)), "VARCHAR", "varchar(64)"},
		{"double", column(schema.Double), "DOUBLE", "double precision"},
		{"bool", column(schema.Bool), "BOOLEAN", "boolean"},
		{"timestamp", column(schema.Timestamp), "TIMESTAMP WITH TIME ZONE", "timestamp with time zone"},
		{"timestamp 3", column(schema.Timestamp, precision(3)), "TIMESTAMP WITH TIME ZONE", "timestamp(3) with time zone"},
		{"naive", column(schema.Timestamp, naive), "TIMESTAMP", "timestamp without time zone"},
		{"naive 0", column(schema.Timestamp, naive, precision(0)), "TIMESTAMP_S", "timestamp(0) without time zone"},
		{"naive 3", column(schema.Timestamp, naive, precision(3)), "TIMESTAMP_MS", "timestamp(3) without time zone"},
		{"naive 9", column(schema.Timestamp, naive, precision(9)), "TIMESTAMP_NS", "timestamp(9) without time zone"},
		{"naive 10", column(schema.Timestamp, naive, precision(10)), `column "c": no timestamp type has 10 digits`, "timestamp(10) without time zone"},
		{"date", column(schema.Date), "DATE", "date"},
		{"time", column(schema.Time), "TIME", "time without time zone"},
		{"bigint", column(schema.Bigint), "BIGINT", "bigint"},
		{"bigint 8", column(schema.Bigint, precision(8)), "TINYINT", "smallint"},
		{"bigint 16", column(schema.Bigint, precision(16)), "SMALLINT", "smallint"},
		{"bigint 32", column(schema.Bigint, precision(32)), "INTEGER", "integer"},
		{"bigint 64", column(schema.Bigint, precision(64)), "BIGINT", "bigint"},
		{"bigint 128", column(schema.Bigint, precision(128)), "HUGEINT", `column "c": no integer type has 128 bits`},
		{"binary", column(schema.Binary), "BLOB", "bytea"},
		{"json", column(schema.JSON), "JSON", "jsonb"},
		{"decimal", column(schema.Decimal), "DECIMAL(38,9)", "numeric(38,9)"},
		{"decimal 10,2", column(schema.Decimal, precision(10), scale(2)), "DECIMAL(10,2)", "numeric(10,2)"},
		{"wei", column(schema.Wei), "DECIMAL(38,0)", "numeric(156,78)"},
		{"unknown", column("complex"), `column "c": unknown data type "complex"`, `column "c": unknown data type "complex"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for d, want := range map[*sqlgen.Dialect]string{sqlgen.DuckDB(): tt.duckdb, sqlgen.Postgres(): tt.postgres} {
				got, err := d.Type(&tt.column)
				if err != nil {
					got = err.Error()
				}
				if got != want {
					t.Errorf("%s: %s, want %s", d.Name, got, want)
				}
			}
		})
	}
}

// L42, L43
func TestMigration(t *testing.T) {
	table := &schema.Table{Name: "it\"ems", Columns: cols("id bigint pk", "v text")}
	table.Columns = append(table.Columns, schema.Column{Name: "incomplete"})
	tests := []struct {
		dialect       *sqlgen.Dialect
		create, alter string
	}{
		{
			sqlgen.DuckDB(), `CREATE TABLE "d"."it""ems" ("id" BIGINT NOT NULL, "v" VARCHAR)`,
			`ALTER TABLE "d"."it""ems" ADD COLUMN "id" BIGINT; ALTER TABLE "d"."it""ems" ADD COLUMN "v" VARCHAR; ALTER TABLE "d"."it""ems" ALTER COLUMN "id" SET NOT NULL`,
		},
		{
			sqlgen.Postgres(), `CREATE TABLE "d"."it""ems" ("id" bigint NOT NULL, "v" varchar)`,
			`ALTER TABLE "d"."it""ems" ADD COLUMN "id" bigint NOT NULL, ADD COLUMN "v" varchar`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.dialect.Name, func(t *testing.T) {
			g := sqlgen.New(tt.dialect, "d", "s")
			create, err := g.CreateTable(table, false)
			if err != nil || create != tt.create {
				t.Errorf("create %s, %v; want %s", create, err, tt.create)
			}
			alter, err := g.AddColumns(table, table.Columns[:2], false)
			if got := strings.Join(alter, "; "); err != nil || got != tt.alter {
				t.Errorf("alter %s, %v; want %s", got, err, tt.alter)
			}
		})
	}
}

// L61
func TestMergeErrors(t *testing.T) {
	deep := nested("items__kids__g", "items__kids")
	deep.Columns = cols("_dlt_parent_id text parent_key", "_dlt_id text row_key")
	tests := []struct {
		name     string
		strategy schema.MergeStrategy
		tables   []*schema.Table
		want     string
	}{
		{"no root key", schema.DeleteInsert, []*schema.Table{root("id bigint pk"), kids, deep}, `merge: table "items__kids__g": no root_key column (such as _dlt_root_id)`},
		{"no row key", schema.DeleteInsert, []*schema.Table{{Name: "items", Columns: cols("a bigint mk")}, kids}, `merge: table "items": no row_key, unique or single primary key column (such as _dlt_id)`},
		{"several keys", schema.DeleteInsert, []*schema.Table{{Name: "items", Columns: cols("a bigint pk", "b bigint pk")}, kids}, `merge: table "items": several primary key columns and none of them tells rows apart`},
		{"upsert without key", schema.Upsert, []*schema.Table{root("id bigint")}, `merge: table "items": strategy "upsert" needs a primary key`},
		{"no validity columns", schema.SCD2, []*schema.Table{root("id bigint")}, `merge: table "items": scd2 needs columns with x-valid-from, x-valid-to and x-row-version`},
		{"bad filter", schema.DeleteInsert, []*schema.Table{extra(root("id bigint"), "x-merge-source-filter", "a = '}'")}, `merge: table "items": source_filter: byte 5: single '}': double it`},
		{"bad boundary", schema.SCD2, []*schema.Table{extra(root("f timestamp x-valid-from", "t timestamp x-valid-to", "rh text x-row-version"), "x-boundary-timestamp", "soon")}, `merge: table "items": x-boundary-timestamp: "soon" is no time`},
		{"unknown strategy", "magic", []*schema.Table{root("id bigint")}, `merge: table "items": unknown strategy "magic"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sqlgen.New(sqlgen.DuckDB(), "d", "s").Finish(driver.Chain{Tables: tt.tables, Disposition: schema.Merge, Strategy: tt.strategy})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func FuzzCheckCondition(f *testing.F) {
	for _, s := range []string{"{table}.a = 1", "'{{}}'", "}", "{", "{x}"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		_ = sqlgen.CheckCondition(text, "table", "staging_table")
	})
}

func FuzzQuote(f *testing.F) {
	f.Add(`a"b`)
	f.Fuzz(func(t *testing.T, name string) {
		q := sqlgen.DuckDB().Quote(name)
		inner := q[1 : len(q)-1]
		if strings.Count(inner, `"`)%2 != 0 || strings.ReplaceAll(inner, `""`, `"`) != name {
			t.Errorf("%q was quoted as %s", name, q)
		}
	})
}

func ExampleGen_Finish() {
	g := sqlgen.New(sqlgen.DuckDB(), "github", "github_staging")
	statements, err := g.Finish(driver.Chain{
		Tables:      []*schema.Table{{Name: "issues", Columns: []schema.Column{{Name: "id", DataType: schema.Bigint}}}},
		Disposition: schema.Replace,
		Replace:     driver.InsertFromStaging,
	})
	if err != nil {
		fmt.Println(err)
	}
	for _, s := range statements {
		fmt.Println(s)
	}
	// Output:
	// DELETE FROM "github"."issues" WHERE 1=1
	// INSERT INTO "github"."issues" ("id") SELECT "id" FROM "github_staging"."issues"
}
