package dlt_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A life is the runs of a pipeline that the tests of promise 3 disturb.
type life struct {
	steps  []func() *dlt.Source // what the source yields, however often it is asked
	tables []string             // queries of what chance and the clock have no part in
	change func(p *dlt.Pipeline)
}

// lives are those of the tests by name. In the first, orders append with a cursor
// and hold lists of lists, items merge without a cursor, latest are replaced, notes
// are typed; the second run brings new columns, a variant column and a new nested
// table. In the second the state is kept on this machine alone (P48), in the third it
// belongs to another schema than the rows of the later runs (P42).
var lives = map[string]life{
	"all dispositions": {
		steps:  []func() *dlt.Source{func() *dlt.Source { return lifeSource(1) }, func() *dlt.Source { return lifeSource(2) }},
		tables: lifeTables,
	},
	"state not restored": {
		steps:  []func() *dlt.Source{eventSource("shop", 1, 2), eventSource("shop", 2, 3)},
		tables: []string{`SELECT 'shop', id FROM data.shop_events`, `SELECT count(*) FROM data._dlt_loads`},
		change: func(p *dlt.Pipeline) { p.NoRestore = true },
	},
	"two schemas": {
		steps: []func() *dlt.Source{eventSource("shop", 1, 2), eventSource("mill", 1, 2), eventSource("mill", 2, 3)},
		tables: []string{
			`SELECT 'shop', id FROM data.shop_events`, `SELECT 'mill', id FROM data.mill_events`,
			`SELECT 'schema', version, version_hash, schema_name FROM data._dlt_version`, `SELECT 'state', max(version) FROM data._dlt_pipeline_state`,
		},
	},
}

// eventSource appends events with a cursor that is their id.
func eventSource(name string, ids ...int) func() *dlt.Source {
	var page []string
	for _, id := range ids {
		page = append(page, fmt.Sprintf(`{"id":%d}`, id))
	}
	return func() *dlt.Source {
		r := jsonPages(name+"_events", "["+strings.Join(page, ",")+"]")
		r.Incremental = &dlt.RecordIncremental{Path: "id"}
		return &dlt.Source{Name: name, Resources: []dlt.AnyResource{r}}
	}
}

var (
	lifeOrders = [][]string{
		{
			`[{"id":1,"at":"2024-01-01T00:00:00Z","lines":[{"sku":"a","tags":["x","y"]},{"sku":"b","tags":[]}]}]`,
			`[{"id":2,"at":"2024-01-02T00:00:00Z","lines":[{"sku":"c","tags":["z"]}]},{"id":3,"at":"2024-01-02T00:00:00Z"}]`,
		},
		{
			`[{"id":3,"at":"2024-01-02T00:00:00Z"},{"id":4,"at":"2024-01-02T00:00:00Z","total":1.5,"lines":[{"sku":"a","qty":7,"tags":["w"]}]}]`,
			`[{"id":5,"at":"2024-01-03T00:00:00Z","total":"much","notes":[{"by":"ada"}]}]`,
		},
	}
	lifeItems = [][]string{
		{`[{"id":1,"v":"a","kids":[1,2]},{"id":2,"v":"b","kids":[3]}]`},
		{`[{"id":2,"v":"B","kids":[4,5]},{"id":3,"v":"c","w":true}]`},
	}
	lifeNotes = [][]note{{{1, "one"}, {2, "two"}}, {{2, "two"}, {3, "three"}}}
)

type note struct {
	ID   int64
	Text string
}

func appendNote(b *batch.Builder, n *note) {
	if b.Begin(nil) {
		b.Int64(0, n.ID)
		b.Text(1, n.Text)
	}
}

// lifeSource is what the source of the first life yields for step 1 or 2.
func lifeSource(step int) *dlt.Source {
	orders := jsonPages("orders", lifeOrders[step-1]...)
	orders.Hints.PrimaryKey = []string{"id"}
	orders.Incremental = &dlt.RecordIncremental{Path: "at"}
	items := jsonPages("items", lifeItems[step-1]...)
	items.Hints.PrimaryKey = []string{"id"}
	items.Hints.Disposition.Disposition = schema.Merge
	latest := jsonPages("latest", fmt.Sprintf(`[{"step":%d,"parts":[%d]}]`, step, step))
	latest.Hints.Disposition.Disposition = schema.Replace
	notes := &dlt.Resource[note]{
		Table: &schema.Table{Name: "notes", WriteDisposition: schema.Append, Columns: []schema.Column{
			{Name: "id", DataType: schema.Bigint, Nullable: schema.False, PrimaryKey: schema.True}, {Name: "text", DataType: schema.Text},
		}},
		Append:      appendNote,
		Incremental: &dlt.Incremental[note]{Field: "id", Value: func(n *note) dlt.CursorValue { return dlt.CursorInt(n.ID) }, StartOpen: true},
		Pages: func(context.Context, *dlt.Input) iter.Seq2[[]note, error] {
			return func(yield func([]note, error) bool) { yield(slices.Clone(lifeNotes[step-1]), nil) }
		},
	}
	return &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{orders, items, latest, notes}}
}

// lifeTables are the queries of the first life.
var lifeTables = []string{
	`SELECT 'order', o.id, o.total, o.total__v_text, l.sku, l.qty, l._dlt_list_idx, t.value FROM data.orders o
		LEFT JOIN data.orders__lines l ON l._dlt_parent_id = o._dlt_id LEFT JOIN data.orders__lines__tags t ON t._dlt_parent_id = l._dlt_id`,
	`SELECT 'count', (SELECT count(*) FROM data.orders), (SELECT count(*) FROM data.orders__lines), (SELECT count(*) FROM data.orders__lines__tags)`,
	`SELECT 'note of order', o.id, n.by FROM data.orders__notes n JOIN data.orders o ON n._dlt_parent_id = o._dlt_id`,
	`SELECT 'item', i.id, i.v, i.w, k.value FROM data.items i LEFT JOIN data.items__kids k ON k._dlt_root_id = i._dlt_id`,
	`SELECT 'kids', count(*) FROM data.items__kids`,
	`SELECT 'latest', l.step, p.value FROM data.latest l JOIN data.latest__parts p ON p._dlt_parent_id = l._dlt_id`,
	`SELECT 'note', id, text FROM data.notes`,
	`SELECT 'schema', version, version_hash, schema_name FROM data._dlt_version`,
	`SELECT 'state', version, version_hash FROM data._dlt_pipeline_state`,
	`SELECT 'loads twice', load_id FROM data._dlt_loads GROUP BY ALL HAVING count(*) > 1 OR min(status) <> 0`,
	`SELECT 'not committed', _dlt_load_id FROM (SELECT _dlt_load_id FROM data.orders UNION SELECT _dlt_load_id FROM data.items UNION
		SELECT _dlt_load_id FROM data.latest UNION SELECT _dlt_load_id FROM data.notes UNION SELECT _dlt_load_id FROM data._dlt_pipeline_state)
		WHERE _dlt_load_id NOT IN (SELECT load_id FROM data._dlt_loads)`,
}

// lived is what the destination and the working folder hold after a life.
func (h *home) lived(l life) []string {
	h.t.Helper()
	var all []string
	for _, rows := range h.queries(l.tables...) {
		slices.Sort(rows)
		all = append(all, rows...)
	}
	in, err := h.pipeline().Inspect()
	if err != nil {
		h.t.Fatal(err)
	}
	var st struct {
		Version int64          `json:"_state_version"`
		Hash    string         `json:"_version_hash"`
		Sources map[string]any `json:"sources"`
	}
	if err := json.Unmarshal(in.State, &st); err != nil {
		h.t.Fatal(err)
	}
	sources, err := json.Marshal(st.Sources)
	if err != nil {
		h.t.Fatal(err)
	}
	all = append(all, fmt.Sprintf("local state %d %s %s", st.Version, st.Hash, sources))
	for _, s := range in.Schemas {
		all = append(all, fmt.Sprintf("local schema %s %d %s", s.Name, s.Version, s.VersionHash))
	}
	for _, p := range in.Packages {
		if p.Status != "loaded" {
			all = append(all, "package is "+p.Status)
		}
	}
	return append(all, h.leftovers(true)...)
}

// leftovers are packages that were not finished, and with temps files of writes that
// were not.
func (h *home) leftovers(temps bool) []string {
	h.t.Helper()
	var list []string
	root := filepath.Join(h.dir, "pipelines", "shop")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == root {
			return nil
		}
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if temps && strings.HasPrefix(d.Name(), ".tmp-") || strings.HasPrefix(rel, filepath.Join("load", "new")+string(filepath.Separator)) {
			list = append(list, "left over: "+rel)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// copyHome is a second home in the same state.
func copyHome(t *testing.T, l life, from string) *home {
	t.Helper()
	to := newHome(t)
	to.change = func(p *dlt.Pipeline) {
		p.Destination += "?threads=1" // which opens faster
		if l.change != nil {
			l.change(p)
		}
	}
	if err := os.CopyFS(to.dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}
