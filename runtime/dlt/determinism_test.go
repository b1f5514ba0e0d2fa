package dlt_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
)

// raggedPages are pages whose keys and kinds of values change from record to record.
func raggedPages(seed uint64, pages, records int) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	values := []string{"1", "2.5", `"x"`, "true", "null", `{"a":1,"b":{"c":"d"}}`, `[1,{"k":2},"z"]`, `"2024-01-02T03:04:05Z"`}
	var out []string
	for p := range pages {
		var b strings.Builder
		for i := range records {
			fmt.Fprintf(&b, `{"id":%d`, p*records+i)
			for range r.IntN(4) {
				k := r.IntN(12)
				fmt.Fprintf(&b, `,"k%d":%s`, k, values[(k+r.IntN(3)/2)%len(values)])
			}
			b.WriteString("}\n")
		}
		out = append(out, b.String())
	}
	return out
}

// TestDeterminism loads the same pages with 1, 2 and 8 workers and pages that come at
// moments of chance: the schema's hash and the rows are the same, whoever decoded what
// (style.md §3; E41).
func TestDeterminism(t *testing.T) {
	load := func(workers int) (hash string, rows map[string][]string) {
		h := newHome(t)
		h.change = func(p *dlt.Pipeline) { p.Workers = workers }
		var resources []dlt.AnyResource
		for seed, name := range []string{"left", "right"} {
			pages := raggedPages(uint64(seed), 25, 40)
			r := jsonPages(name)
			r.Fetch = func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
				return func(yield func(record.Page, error) bool) {
					for _, p := range pages {
						time.Sleep(time.Duration(rand.IntN(800)) * time.Microsecond)
						if !yield(record.Page{Data: []byte(p), Origin: name}, nil) {
							return
						}
					}
				}
			}
			if name == "left" { // a cursor takes the records as trees
				r.Incremental = &dlt.RecordIncremental{Path: "id"}
			}
			resources = append(resources, r)
		}
		h.run(nil, resources...)
		in, err := h.pipeline().Inspect()
		if err != nil {
			t.Fatal(err)
		}
		rows = map[string][]string{}
		for _, table := range in.Schemas[0].DataTables() {
			// Ids are chance; a row nested in a root's is known by the root's key.
			q := "SELECT COLUMNS(c -> c NOT IN ('_dlt_id', '_dlt_load_id', '_dlt_parent_id')) FROM data." + table.Name
			if table.Parent == "left" || table.Parent == "right" {
				q = "SELECT p.id, t.* EXCLUDE (_dlt_id, _dlt_parent_id) FROM data." + table.Name + " t JOIN data." + table.Parent + " p ON t._dlt_parent_id = p._dlt_id"
			}
			got := h.query(q)
			slices.Sort(got)
			rows[table.Name] = got
		}
		return in.Schemas[0].VersionHash, rows
	}
	hash, rows := load(1)
	if len(rows) < 6 || len(rows["left"]) != 1000 || len(rows["right"]) != 1000 {
		t.Fatalf("%d tables, %d and %d rows", len(rows), len(rows["left"]), len(rows["right"]))
	}
	for _, workers := range []int{2, 8, 8} {
		hash2, rows2 := load(workers)
		if hash2 != hash {
			t.Errorf("%d workers: schema hash %s, of one worker %s", workers, hash2, hash)
		}
		if d := cmp.Diff(rows, rows2); d != "" {
			t.Errorf("%d workers (-one +many):\n%s", workers, d)
		}
	}
}
