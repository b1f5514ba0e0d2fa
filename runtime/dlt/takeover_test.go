package dlt_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/schema"
)

// takeoverSteps are what the source yields at each run: the boundary record again, then
// what is new; in the last two runs nothing is. Tables are those that the run makes or widens.
var takeoverSteps = []struct {
	orders, items      string
	versions, states   string   // rows of the system tables afterwards
	packages           int      // of the run
	created            []string // tables that get columns
	wantIDs, wantItems []string
}{
	{
		`[{"id":1,"at":"2024-01-01T00:00:00Z","lines":[{"sku":"a","tags":["x"]}]},{"id":2,"at":"2024-01-02T00:00:00Z","price":1.5}]`,
		`[{"id":1,"at":"2024-01-01T00:00:00Z","v":"a","kids":[1,2]},{"id":2,"at":"2024-01-02T00:00:00Z","v":"b","kids":[3]}]`,
		"1", "1", 1,
		[]string{"_dlt_loads", "_dlt_pipeline_state", "_dlt_version", "items", "items__kids", "orders", "orders__lines", "orders__lines__tags"},
		[]string{"1", "2"},
		[]string{"1|a|1", "1|a|2", "2|b|3"},
	},
	{
		`[{"id":2,"at":"2024-01-02T00:00:00Z","price":1.5},{"id":3,"at":"2024-01-03T00:00:00Z","lines":[{"sku":"b","tags":["y","z"]}]}]`,
		`[{"id":2,"at":"2024-01-02T00:00:00Z","v":"b","kids":[3]},{"id":1,"at":"2024-01-03T00:00:00Z","v":"A","kids":[9]}]`,
		"1", "2", 1, nil,
		[]string{"1", "2", "3"},
		[]string{"1|A|9", "2|b|3"},
	},
	{
		`[{"id":3,"at":"2024-01-03T00:00:00Z"},{"id":4,"at":"2024-01-03T00:00:00Z"}]`,
		`[{"id":3,"at":"2024-01-04T00:00:00Z","v":"c","kids":[]}]`,
		"1", "3", 1, nil,
		[]string{"1", "2", "3", "4"},
		[]string{"1|A|9", "2|b|3", "3|c|(null)"},
	},
	{
		`[{"id":4,"at":"2024-01-03T00:00:00Z"},{"id":5,"at":"2024-01-05T00:00:00Z","price":"dear"}]`,
		`[{"id":3,"at":"2024-01-04T00:00:00Z","v":"c"}]`,
		"2", "4", 1,
		[]string{"orders"},
		[]string{"1", "2", "3", "4", "5"},
		[]string{"1|A|9", "2|b|3", "3|c|(null)"},
	},
	{
		`[{"id":6,"at":"2024-01-06T00:00:00Z","lines":[{"sku":"c"}],"price":"cheap"}]`,
		`[{"id":2,"at":"2024-01-06T00:00:00Z","v":"B","kids":[4,5]}]`,
		"2", "5", 1, nil,
		[]string{"1", "2", "3", "4", "5", "6"},
		[]string{"1|A|9", "2|B|4", "2|B|5", "3|c|(null)"},
	},
	{
		`[{"id":6,"at":"2024-01-06T00:00:00Z"}]`, `[{"id":2,"at":"2024-01-06T00:00:00Z"}]`,
		"2", "5", 0, nil,
		[]string{"1", "2", "3", "4", "5", "6"},
		[]string{"1|A|9", "2|B|4", "2|B|5", "3|c|(null)"},
	},
	{
		`[{"id":6,"at":"2024-01-06T00:00:00Z"}]`, `[{"id":2,"at":"2024-01-06T00:00:00Z"}]`,
		"2", "5", 0, nil,
		[]string{"1", "2", "3", "4", "5", "6"},
		[]string{"1|A|9", "2|B|4", "2|B|5", "3|c|(null)"},
	},
}

// TestTakeover lets Python dlt and ours take turns on one DuckDB file, whoever begins,
// with working folders that stay or are lost. Tables are made once, a version row comes
// with a changed schema only, a state row with changed state only, and cursors go on
// (design.md, promise 2; L39, ST7, ST11).
func TestTakeover(t *testing.T) {
	python := os.Getenv("DLTGEN_TEST_DLT")
	if python == "" {
		t.Skip("DLTGEN_TEST_DLT names no python with dlt 1.31 and duckdb 1.5.5; scripts/takeover.sh makes one")
	}
	for _, first := range []int{0, 1} {
		for _, lost := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s begins, folders lost %v", []string{"python", "ours"}[first], lost), func(t *testing.T) {
				h := newHome(t)
				for i := range takeoverSteps {
					run := h.pythonRun
					if i%2 != first {
						run = h.oursRun
					}
					h.takeoverStep(i, python, run)
					if lost {
						for _, dir := range []string{"pipelines", "python"} {
							if err := os.RemoveAll(filepath.Join(h.dir, dir)); err != nil {
								t.Fatal(err)
							}
						}
					}
				}
			})
		}
	}
}

// done is what a run did.
type done struct {
	Packages int      `json:"packages"`
	Created  []string `json:"created"`
}

func (h *home) takeoverStep(i int, python string, run func(python, orders, items string) done) {
	h.t.Helper()
	s := &takeoverSteps[i]
	got := run(python, s.orders, s.items)
	slices.Sort(got.Created)
	got.Created = slices.Compact(got.Created)
	if len(got.Created) == 0 {
		got.Created = nil
	}
	if d := cmp.Diff(done{s.packages, s.created}, got); d != "" {
		h.t.Errorf("step %d (-want +got):\n%s", i, d)
	}
	h.want("SELECT id FROM data.orders ORDER BY id", s.wantIDs...)
	h.want("SELECT i.id, v, value FROM data.items i LEFT JOIN data.items__kids k ON k._dlt_parent_id = i._dlt_id ORDER BY ALL", s.wantItems...)
	h.want("SELECT count(*) FROM data._dlt_version", s.versions)
	h.want("SELECT max(version) FROM data._dlt_pipeline_state", s.states)
	h.want("SELECT count(*) FROM data._dlt_pipeline_state", s.states)
	if h.t.Failed() {
		for _, row := range h.query("SELECT schema FROM data._dlt_version ORDER BY inserted_at") {
			h.t.Log(row)
		}
		h.t.FailNow()
	}
}

func (h *home) pythonRun(python, orders, items string) (d done) {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), python, "testdata/takeover.py", filepath.Join(h.dir, "shop.duckdb"),
		filepath.Join(h.dir, "python"), `{"orders":`+orders+`,"items":`+items+`}`)
	cmd.Env = append(os.Environ(), "RUNTIME__DLTHUB_TELEMETRY=false", "DLT_PROJECT_DIR="+h.dir, "DLT_DATA_DIR="+h.dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &d)
	}
	if err != nil {
		h.t.Fatalf("python: %v\n%s", err, out)
	}
	return d
}

func (h *home) oursRun(_, orders, items string) (d done) {
	h.t.Helper()
	resource := func(name, page string, w schema.WriteDisposition) dlt.AnyResource {
		r := jsonPages(name, page)
		r.Hints.PrimaryKey, r.KeyScalar = []string{"id"}, true
		r.Hints.Disposition.Disposition = w
		r.Incremental = &dlt.RecordIncremental{Path: "at"}
		return r
	}
	rep := h.run(nil, resource("orders", orders, schema.Append), resource("items", items, schema.Merge))
	for _, l := range rep.Loads {
		d.Packages++
		text, err := os.ReadFile(filepath.Join(h.dir, "pipelines/shop/load/loaded", l.LoadID, "applied_schema_updates.json"))
		if err != nil {
			h.t.Fatal(err)
		}
		var applied map[string]any
		if err := json.Unmarshal(text, &applied); err != nil {
			h.t.Fatal(err)
		}
		for name := range applied {
			d.Created = append(d.Created, name)
		}
	}
	return d
}
