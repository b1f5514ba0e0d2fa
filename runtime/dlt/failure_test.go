package dlt_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// local is what the working folder keeps between runs: state and schemas, byte for
// byte, and the packages that are not loaded.
func (h *home) local() map[string]string {
	h.t.Helper()
	files := map[string]string{}
	root := filepath.Join(h.dir, "pipelines/shop")
	paths, err := filepath.Glob(filepath.Join(root, "schemas/*"))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range append(paths, filepath.Join(root, "state.json")) {
		data, err := os.ReadFile(p)
		if err != nil {
			h.t.Fatal(err)
		}
		files[filepath.Base(p)] = string(data)
	}
	for _, status := range []string{"new", "normalized"} {
		paths, err := filepath.Glob(filepath.Join(root, "load", status, "*"))
		if err != nil {
			h.t.Fatal(err)
		}
		if len(paths) > 0 {
			files[status] = "a package"
		}
	}
	return files
}

// fails runs and wants an error of the step that names what it is about.
func (h *home) fails(opt *dlt.RunOptions, step, text string, resources ...dlt.AnyResource) *dlt.StepError {
	h.t.Helper()
	_, err := h.pipeline().Run(h.t.Context(), &dlt.Source{Name: "shop", Resources: resources}, opt)
	var e *dlt.StepError
	if !errors.As(err, &e) || e.Step != step || !strings.Contains(err.Error(), text) {
		h.t.Fatalf("error %v, want one of step %s that says %q", err, step, text)
	}
	return e
}

func events(page string) *dlt.Records {
	r := jsonPages("events", page)
	r.Incremental = &dlt.RecordIncremental{Path: "id"}
	return r
}

// A run that fails before its package is complete leaves rows, state, schemas and
// packages byte for byte as they were (promise 4; E67, ST3, P33, P50).
func TestFailureLeavesNothing(t *testing.T) {
	h := newHome(t)
	h.run(nil, events(`[{"id":1}]`))
	before, loads := h.local(), h.query("SELECT * FROM data._dlt_loads")
	broken := events("")
	broken.Fetch = func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
		return func(yield func(record.Page, error) bool) {
			if yield(record.Page{Data: []byte(`[{"id":2,"new":[1]}]`)}, nil) {
				yield(record.Page{}, errors.New("the API is down"))
			}
		}
	}
	stateful := jsonPages("events", `[{"id":2}]`)
	stateful.Fetch = func(_ context.Context, in *dlt.Input) iter.Seq2[record.Page, error] {
		return func(yield func(record.Page, error) bool) {
			in.State.Set("mark", int64(1))
			yield(record.Page{}, errors.New("the API is down"))
		}
	}
	frozen := events(`[{"id":2,"new":1}]`)
	frozen.Hints.Contract = schema.Uniform(schema.Freeze)
	untyped := events(`[{"id":2}]`)
	untyped.Hints.Columns = []schema.Column{{Name: "wanted", Nullable: schema.False}}
	for name, c := range map[string]struct {
		opt        *dlt.RunOptions
		step, text string
		resource   dlt.AnyResource
	}{
		"the source fails":          {nil, "extract", "the API is down", broken},
		"state was written":         {nil, "extract", "the API is down", stateful},
		"a malformed page":          {nil, "extract", "byte 8", events(`[{"id":2]`)},
		"the cursor is of no kind":  {nil, "extract", "cursor", events(`[{"id":2},{"id":"x"}]`)},
		"the contract":              {nil, "normalize", "new", frozen},
		"drop_sources":              {&dlt.RunOptions{Refresh: dlt.DropSources}, "extract", "the API is down", broken},
		"drop_data":                 {&dlt.RunOptions{Refresh: dlt.DropData}, "extract", "the API is down", broken},
		"a format nobody can load":  {&dlt.RunOptions{Format: loadpackage.CSV}, "extract", "csv", events(`[{"id":2}]`)},
		"a column without a type":   {nil, "normalize", "wanted", untyped},
		"a resource set up wrongly": {nil, "extract", "exactly one", &dlt.Records{Name: "events"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			_ = h.fails(c.opt, c.step, c.text, c.resource)
			if d := cmp.Diff(before, h.local()); d != "" {
				t.Errorf("working folder (-before +after):\n%s", d)
			}
			if d := cmp.Diff(loads, h.query("SELECT * FROM data._dlt_loads")); d != "" {
				t.Errorf("loads (-before +after):\n%s", d)
			}
			h.want("SELECT id FROM data.events", "1")
		})
	}
}

// A run that is cancelled leaves nothing either, wherever it is (P68).
func TestCancelled(t *testing.T) {
	h := newHome(t)
	h.run(nil, events(`[{"id":1}]`))
	before := h.local()
	ctx, cancel := context.WithCancel(t.Context())
	r := events("")
	r.Fetch = func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
		return func(yield func(record.Page, error) bool) {
			for yield(record.Page{Data: []byte(`[{"id":2}]`)}, nil) {
				cancel()
			}
		}
	}
	_, err := h.pipeline().Run(ctx, &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{r}}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want that it was cancelled", err)
	}
	if d := cmp.Diff(before, h.local()); d != "" {
		t.Errorf("working folder (-before +after):\n%s", d)
	}
}

// unloadable makes a package that the destination refuses: a column that must not be
// null for a table that has rows (L44, Y4).
func unloadable(h *home) *dlt.StepError {
	h.t.Helper()
	r := events(`[{"id":2,"code":"x"}]`)
	r.Hints.Columns = []schema.Column{{Name: "code", DataType: schema.Text, Nullable: schema.False}}
	e := h.fails(nil, "load", "code", r)
	if !e.Pending || e.LoadID == "" || !strings.Contains(e.Error(), e.LoadID+" waits on disk: the next run loads it first") {
		h.t.Errorf("error %q does not say that its package waits", e)
	}
	h.want("SELECT id FROM data.events", "1")
	h.want("SELECT count(*) FROM data._dlt_loads", "1")
	h.want("SELECT count(*) FROM data._dlt_version", "1")
	h.want("SELECT count(*) FROM data._dlt_pipeline_state", "1")
	return e
}

// A package that cannot be loaded waits. The next run after a repair loads it under its
// own load id and goes on with the source (L15, P30, Y1, Y4).
func TestUnloadableWaits(t *testing.T) {
	h := newHome(t)
	h.run(nil, events(`[{"id":1}]`))
	waiting := unloadable(h).LoadID
	again := h.fails(nil, "load", "code", events(`[{"id":3,"code":"y"}]`))
	if again.LoadID != waiting {
		t.Errorf("package %s waits, want still %s", again.LoadID, waiting)
	}
	h.exec("DELETE FROM data.events")
	rep := h.run(nil, events(`[{"id":2,"code":"x"},{"id":3,"code":"y"}]`))
	if len(rep.Loads) != 2 || rep.Loads[0].LoadID != waiting || !rep.Loads[0].Pending || rep.Loads[1].Pending {
		t.Errorf("loads %+v, want first the package %s that waited", rep.Loads, waiting)
	}
	h.want("SELECT id, code FROM data.events ORDER BY id", "2|x", "3|y")
	h.want("SELECT count(*) FROM data._dlt_loads WHERE load_id = '"+waiting+"'", "1")
	h.want("SELECT version FROM data._dlt_pipeline_state ORDER BY 1", "1", "2", "3")
}

// exec changes the dataset behind the pipeline's back.
func (h *home) exec(sql string) {
	h.t.Helper()
	ds, err := destination.Open(h.t.Context(), h.pipeline().Destination, "data", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	defer ds.Close()
	if _, err := ds.Exec(h.t.Context(), sql); err != nil {
		h.t.Fatal(err)
	}
}

// An abort puts state and schemas back byte for byte; the package is kept as aborted
// and is never loaded; what it held is asked for again (L16, P35).
func TestAbort(t *testing.T) {
	h := newHome(t)
	h.run(nil, events(`[{"id":1}]`))
	before := h.local()
	aborted := unloadable(h).LoadID
	if err := h.pipeline().AbortPending(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, h.local()); d != "" {
		t.Errorf("working folder (-before +after):\n%s", d)
	}
	in, err := h.pipeline().Inspect()
	if err != nil {
		t.Fatal(err)
	}
	if last := in.Packages[len(in.Packages)-1]; last.LoadID != aborted || last.Status != "aborted" {
		t.Errorf("packages %+v, want %s aborted", in.Packages, aborted)
	}
	h.run(nil, events(`[{"id":1},{"id":2}]`))
	h.want("SELECT id FROM data.events ORDER BY id", "1", "2")
	h.want("SELECT count(*) FROM data._dlt_loads WHERE load_id = '"+aborted+"'", "0")
}

// A package that aborts itself at a terminal error takes its cursor back, also when the
// run goes on after it (L14, L16).
func TestAutoAbort(t *testing.T) {
	for name, keepGoing := range map[string]bool{"the run fails": false, "the run goes on": true} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			h.run(nil, events(`[{"id":1}]`))
			h.exec("CREATE UNIQUE INDEX one ON data.events (id)")
			before := h.local()
			h.change = func(p *dlt.Pipeline) { p.Load.AutoAbort, p.Load.KeepGoing = true, keepGoing }
			double := events(`[{"id":2},{"id":3},{"id":3}]`)
			if keepGoing {
				h.run(nil, double)
			} else {
				_ = h.fails(nil, "load", "aborted", double)
			}
			h.want("SELECT id FROM data.events", "1")
			if d := cmp.Diff(before, h.local()); d != "" {
				t.Errorf("working folder (-before +after):\n%s", d)
			}
			h.run(nil, events(`[{"id":1},{"id":2},{"id":3}]`))
			h.want("SELECT id FROM data.events ORDER BY id", "1", "2", "3")
		})
	}
}

// Load ids go up even if the clock has been set back, for the newest state is that of
// the greatest load id (L1, L38).
func TestClockSetBack(t *testing.T) {
	h := newHome(t)
	h.run(nil, events(`[{"id":1}]`))
	h.change = func(p *dlt.Pipeline) { p.Now = func() time.Time { return time.Now().Add(-24 * time.Hour) } }
	h.run(nil, events(`[{"id":1},{"id":2}]`))
	// On another machine:
	if err := os.RemoveAll(filepath.Join(h.dir, "pipelines")); err != nil {
		t.Fatal(err)
	}
	h.run(nil, events(`[{"id":2},{"id":3}]`))
	h.run(nil, events(`[{"id":3}]`))
	h.want("SELECT id FROM data.events ORDER BY id", "1", "2", "3")
	h.want("SELECT version FROM data._dlt_pipeline_state ORDER BY _dlt_load_id", "1", "2", "3")
}
