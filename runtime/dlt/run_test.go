package dlt_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/contract"
	_ "github.com/dltgen/dltgen/runtime/destination/duckdb"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// jsonPages is a resource that yields each text as a page.
func jsonPages(name string, pages ...string) *dlt.Records {
	return &dlt.Records{Name: name, Fetch: func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
		return func(yield func(record.Page, error) bool) {
			for i, p := range pages {
				if !yield(record.Page{Data: []byte(p), Origin: fmt.Sprintf("page%d", i)}, nil) {
					return
				}
			}
		}
	}}
}

// home is a pipeline's place: a working folder and a database.
type home struct {
	t   *testing.T
	dir string
	// change, if set, has the last word on the pipeline.
	change func(p *dlt.Pipeline)
}

func newHome(t *testing.T) *home { return &home{t: t, dir: t.TempDir()} }

func (h *home) pipeline() *dlt.Pipeline {
	p := &dlt.Pipeline{
		Name: "shop", Destination: "duckdb:///" + filepath.Join(h.dir, "shop.duckdb"), Dataset: "data", Dir: filepath.Join(h.dir, "pipelines"),
	}
	if h.change != nil {
		h.change(p)
	}
	return p
}

func (h *home) run(opt *dlt.RunOptions, resources ...dlt.AnyResource) *dlt.Report {
	h.t.Helper()
	r, err := h.pipeline().Run(h.t.Context(), &dlt.Source{Name: "shop", Resources: resources}, opt)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// query returns rows as texts, columns joined by |.
func (h *home) query(sql string) []string {
	h.t.Helper()
	return h.queries(sql)[0]
}

// queries answers several questions on one connection.
func (h *home) queries(list ...string) [][]string {
	h.t.Helper()
	ds, err := h.pipeline().Open(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	defer ds.Close()
	var all [][]string
	for _, sql := range list {
		rows, err := ds.Query(h.t.Context(), sql)
		if err != nil {
			h.t.Fatalf("%s: %v", sql, err)
		}
		all = append(all, texts(rows))
		if err := rows.Err(); err != nil {
			h.t.Fatal(err)
		}
		rows.Release()
	}
	return all
}

func texts(rows array.RecordReader) (out []string) {
	for rows.Next() {
		rec := rows.RecordBatch()
		for i := range int(rec.NumRows()) {
			var cells []string
			for c := range int(rec.NumCols()) {
				cells = append(cells, rec.Column(c).ValueStr(i))
			}
			out = append(out, strings.Clone(strings.Join(cells, "|")))
		}
	}
	return out
}

func (h *home) want(sql string, rows ...string) {
	h.t.Helper()
	if d := cmp.Diff(rows, h.query(sql)); d != "" {
		h.t.Errorf("%s (-want +got):\n%s", sql, d)
	}
}

func TestRunNested(t *testing.T) {
	h := newHome(t)
	rep := h.run(nil, jsonPages("orders",
		`[{"id":1,"customer":{"name":"Ada"},"lines":[{"sku":"a","qty":2},{"sku":"b","qty":1}]}]`,
		`[{"id":2,"customer":{"name":"Bo","vip":true},"lines":[]}]`))
	if !rep.FirstRun {
		t.Error("the first run is not reported as the first")
	}
	if rep.Rows() != 4 {
		t.Errorf("%d rows reported, want 4", rep.Rows())
	}
	h.want("select id, customer__name, customer__vip from data.orders order by id", "1|Ada|(null)", "2|Bo|true")
	h.want("select o.id, l.sku, l._dlt_list_idx from data.orders o join data.orders__lines l on l._dlt_parent_id = o._dlt_id order by 3", "1|a|0", "1|b|1")
	h.want("select count(*), count(distinct load_id), min(status) from data._dlt_loads", "1|1|0")
	h.want("select count(distinct l.load_id) from data.orders o join data._dlt_loads l on l.load_id = o._dlt_load_id", "1")
	h.want("select version, pipeline_name from data._dlt_pipeline_state", "1|shop")
}

// A run without news leaves no package and no new state (E66, ST7).
func TestRunIncremental(t *testing.T) {
	h := newHome(t)
	resource := func(page string) dlt.AnyResource {
		r := jsonPages("events", page)
		r.Hints.PrimaryKey = []string{"id"}
		r.Incremental = &dlt.RecordIncremental{Path: "at"}
		return r
	}
	h.run(nil, resource(`[{"id":1,"at":"2024-01-01"},{"id":2,"at":"2024-01-02"}]`))
	h.run(nil, resource(`[{"id":2,"at":"2024-01-02"},{"id":3,"at":"2024-01-03"}]`))
	h.want("select id from data.events order by id", "1", "2", "3")
	if rep := h.run(nil, resource(`[{"id":3,"at":"2024-01-03"}]`)); len(rep.Loads) != 0 || rep.FirstRun {
		t.Errorf("loads %v, first run %v, want none and false", rep.Loads, rep.FirstRun)
	}
	h.want("select count(*), max(version) from data._dlt_pipeline_state", "2|2")

	t.Run("on another machine", func(t *testing.T) {
		h.t = t
		if err := os.RemoveAll(filepath.Join(h.dir, "pipelines")); err != nil {
			t.Fatal(err)
		}
		h.run(nil, resource(`[{"id":3,"at":"2024-01-03"},{"id":4,"at":"2024-01-04"}]`))
		h.want("select id from data.events order by id", "1", "2", "3", "4")
		h.want("select count(*) from data._dlt_version", "1")
	})
	t.Run("the dataset is gone (P46)", func(t *testing.T) {
		h.t = t
		if err := os.Remove(filepath.Join(h.dir, "shop.duckdb")); err != nil {
			t.Fatal(err)
		}
		h.run(nil, resource(`[{"id":1,"at":"2024-01-01"}]`))
		h.want("select id from data.events", "1")
	})
}

func TestRunDispositions(t *testing.T) {
	h := newHome(t)
	resource := func(d schema.WriteDisposition, page string) dlt.AnyResource {
		r := jsonPages("items", page)
		r.Hints.Disposition.Disposition = d
		r.Hints.PrimaryKey = []string{"id"}
		return r
	}
	h.run(nil, resource(schema.Merge, `[{"id":1,"v":"a","l":[1,2]},{"id":2,"v":"b","l":[3]}]`))
	h.run(nil, resource(schema.Merge, `[{"id":2,"v":"B","l":[4,5]},{"id":3,"v":"c"}]`))
	h.want("select id, v from data.items order by id", "1|a", "2|B", "3|c")
	h.want("select value from data.items__l order by 1", "1", "2", "4", "5")
	h.run(nil, resource(schema.Replace, `[{"id":9,"v":"z"}]`))
	h.want("select id, v from data.items", "9|z")
	h.want("select count(*) from data.items__l", "0")
	h.run(nil, jsonPages("items", `[{"id":9,"v":"z"}]`))
	h.want("select count(*) from data.items", "2")
}

func TestRunRefresh(t *testing.T) {
	h := newHome(t)
	h.run(nil, jsonPages("a", `[{"id":1,"old":1}]`), jsonPages("b", `[{"id":1}]`))
	h.run(&dlt.RunOptions{Refresh: dlt.DropResources, Resources: []string{"a"}}, jsonPages("a", `[{"id":2}]`), jsonPages("b", `[{"id":2}]`))
	h.want("select column_name from duckdb_columns() where schema_name = 'data' and table_name = 'a' order by column_index", "id", "_dlt_load_id", "_dlt_id")
	h.want("select id from data.a", "2")
	h.want("select id from data.b", "1")
}

// A failing run changes nothing: no rows, no schema, no state, no package (E67).
func TestRunFails(t *testing.T) {
	h := newHome(t)
	h.run(nil, jsonPages("items", `[{"id":1}]`))
	frozen := func(page string) *dlt.Records {
		r := jsonPages("items", page)
		r.Hints.Contract = schema.Uniform(schema.Freeze)
		return r
	}
	for name, c := range map[string]struct {
		resource dlt.AnyResource
		step     string
		text     string
	}{
		"wrong type under freeze": {frozen(`[{"id":2},{"id":"x"}]`), "normalize", "id__v_text"},
		"new column under freeze": {frozen(`[{"id":2,"extra":1}]`), "normalize", "extra"},
		"broken JSON":             {jsonPages("items", `[{"id":2},{"id":3]`), "extract", "page page0: byte 17"},
		"broken second page":      {jsonPages("items", `[{"id":2}]`, `[{"id":`), "extract", "page page1"},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			_, err := h.pipeline().Run(t.Context(), &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{c.resource}}, nil)
			var step *dlt.StepError
			if !errors.As(err, &step) || !strings.Contains(err.Error(), c.text) {
				t.Fatalf("error %v, want one that names %s", err, c.text)
			}
			if step.Step != c.step {
				t.Errorf("step %s, want %s", step.Step, c.step)
			}
			h.want("select id from data.items", "1")
			h.want("select count(*) from data._dlt_loads", "1")
			in, err := h.pipeline().Inspect()
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range in.Packages {
				if p.Status != "loaded" {
					t.Errorf("package %s is %s", p.LoadID, p.Status)
				}
			}
		})
	}
	var violation *contract.ViolationError
	_, err := h.pipeline().Run(t.Context(), &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{frozen(`[{"id":2,"extra":1}]`)}}, nil)
	if !errors.As(err, &violation) || violation.Table != "items" || violation.Column != "extra" {
		t.Errorf("error %v, want a ViolationError of items.extra", err)
	}
}

func TestRunUsage(t *testing.T) {
	h := newHome(t)
	src := &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{jsonPages("items", `[{"id":1}]`)}}
	for name, c := range map[string]struct {
		change func(p *dlt.Pipeline)
		opt    dlt.RunOptions
		text   string
	}{
		"unknown scheme":      {change: func(p *dlt.Pipeline) { p.Destination = "nosuch://x" }, text: "duckdb"},
		"no URL":              {change: func(p *dlt.Pipeline) { p.Destination = "file.duckdb" }, text: "URL"},
		"no destination":      {change: func(p *dlt.Pipeline) { p.Destination = "" }, text: "duckdb:///file.duckdb"},
		"unwritable database": {change: func(p *dlt.Pipeline) { p.Destination = "duckdb:////proc/nosuch/x.duckdb" }, text: "/proc/nosuch/x.duckdb"},
		"bad pipeline name":   {change: func(p *dlt.Pipeline) { p.Name = "a/b" }, text: "slash"},
		"unknown resource":    {opt: dlt.RunOptions{Resources: []string{"itmes"}}, text: "it has items"},
		"unknown refresh":     {opt: dlt.RunOptions{Refresh: "all"}, text: "drop_sources"},
	} {
		t.Run(name, func(t *testing.T) {
			p := h.pipeline()
			if c.change != nil {
				c.change(p)
			}
			_, err := p.Run(t.Context(), src, &c.opt)
			if err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("error %v, want one that says %q", err, c.text)
			}
		})
	}
}
