package load_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/internal/load"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// flaky is a destination that counts rows and fails as often as it is told.
type flaky struct {
	// fail returns the error of the n-th call of a step.
	fail      func(step string, n int) error
	calls     map[string]int
	committed map[string]bool
	log       []string
	caps      driver.Capabilities
}

func newFlaky(fail func(step string, n int) error) *flaky {
	return &flaky{
		fail: fail, calls: map[string]int{}, committed: map[string]bool{},
		caps: driver.Capabilities{
			Name: "flaky", Formats: []loadpackage.Format{loadpackage.Arrow}, Transactions: true,
			MergeStrategies: []schema.MergeStrategy{schema.DeleteInsert}, ReplaceStrategies: []driver.ReplaceStrategy{driver.TruncateAndInsert, driver.InsertFromStaging},
		},
	}
}

func (f *flaky) step(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	f.log = append(f.log, text)
	name, _, _ := strings.Cut(text, " ")
	f.calls[name]++
	if f.fail == nil {
		return nil
	}
	return f.fail(name, f.calls[name])
}

func (f *flaky) Capabilities() driver.Capabilities { return f.caps }

func (f *flaky) Open(context.Context, driver.Config) (driver.Dataset, error) { return f, nil }

func (f *flaky) Tables(context.Context, []string) ([]*schema.Table, error) { return nil, nil }

func (f *flaky) Schema(context.Context, string) (*driver.StoredSchema, error) { return nil, nil }

func (f *flaky) State(context.Context, string) (*driver.StoredState, error) { return nil, nil }

func (f *flaky) Close() error { return nil }

func (f *flaky) Begin(_ context.Context, loadID string) (driver.Tx, error) {
	if f.committed[loadID] {
		return nil, driver.ErrCommitted
	}
	return flakyTx{f}, f.step("begin")
}

type flakyTx struct{ *flaky }

func (t flakyTx) Prepare(_ context.Context, p driver.Plan) (driver.Applied, error) {
	names := func(tables []*schema.Table) (out []string) {
		for _, t := range tables {
			if !strings.HasPrefix(t.Name, "_dlt") {
				out = append(out, t.Name)
			}
		}
		return out
	}
	return driver.Applied{}, t.step("prepare tables=%v truncate=%v staging=%v staged=%v", names(p.Tables), p.Truncate, names(p.Staging), p.StagedTables)
}

func (t flakyTx) Load(_ context.Context, to driver.Target, job loadpackage.Job) (int64, error) {
	return 1, t.step("load %s staging=%v", to.Table.Name, to.Staging)
}

func (t flakyTx) Finish(_ context.Context, c driver.Chain) error {
	return t.step("finish %s %s%s", c.Root().Name, c.Strategy, c.Replace)
}

func (t flakyTx) Commit(_ context.Context, r driver.Record) error {
	if err := t.step("commit"); err != nil {
		return err
	}
	t.committed[r.LoadID] = true
	return nil
}

func (t flakyTx) Rollback(context.Context) error { return t.step("rollback") }

func addTable(s *schema.Schema, name, parent string, d schema.WriteDisposition) {
	t := &schema.Table{Name: name, Parent: parent, WriteDisposition: d, Columns: []schema.Column{{Name: "id", DataType: schema.Bigint, PrimaryKey: schema.True}}}
	t.Normalizer.SeenData = schema.True
	s.Put(t)
}

// pending makes a store with one package that has a job for each table named.
func pending(t *testing.T, build func(*schema.Schema), tables ...string) *loadpackage.Store {
	t.Helper()
	store, err := loadpackage.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.New("src")
	if err != nil {
		t.Fatal(err)
	}
	build(s)
	s.Bump()
	w, err := store.Create("1.5", time.Unix(1, 500_000_000))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		if _, _, err := w.CreateJob(name, loadpackage.Arrow); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Commit(s, nil, nil); err != nil {
		t.Fatal(err)
	}
	return store
}

func run(t *testing.T, store *loadpackage.Store, f *flaky, opts load.Options) (*load.Report, error) {
	t.Helper()
	ds, err := destination.OpenDriver(context.Background(), f, "flaky://", "data", nil)
	if err != nil {
		t.Fatal(err)
	}
	opts.Backoff = time.Microsecond
	return load.Run(context.Background(), store, ds, opts)
}

func items(s *schema.Schema) { addTable(s, "items", "", schema.Append) }

// L14: a transient error is repeated in the run, five times, and the count goes on.
func TestTransientErrors(t *testing.T) {
	errBusy := errors.New("busy")
	steps := []struct{ step, want string }{
		{"load", `table "items": busy`},
		{"begin", "begin: busy"},
		{"prepare", "busy"},
		{"commit", "busy"},
	}
	for _, tt := range steps {
		t.Run(tt.step+" recovers", func(t *testing.T) {
			f := newFlaky(func(step string, n int) error {
				if step == tt.step && n <= 3 {
					return errBusy
				}
				return nil
			})
			report, err := run(t, pending(t, items, "items"), f, load.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if p := report.Packages[0]; p.Attempts != 4 || p.Status != loadpackage.Loaded || p.Rows() != 1 {
				t.Errorf("report %+v", p)
			}
		})
		t.Run(tt.step+" gives up", func(t *testing.T) {
			store := pending(t, items, "items")
			f := newFlaky(func(step string, _ int) error {
				if step == tt.step {
					return errBusy
				}
				return nil
			})
			for range 2 {
				before := f.calls[tt.step]
				_, err := run(t, store, f, load.Options{})
				if !errors.Is(err, errBusy) || driver.IsTerminal(err) || !strings.HasPrefix(err.Error(), "load package 1.5: gave up after ") || !strings.HasSuffix(err.Error(), tt.want) {
					t.Fatalf("error %v", err)
				}
				if n := f.calls[tt.step] - before; n != 5 {
					t.Errorf("%d attempts, want 5", n)
				}
				if ids, _ := store.Pending(); len(ids) != 1 {
					t.Errorf("pending %v", ids)
				}
			}
		})
	}
}

// L7: the process died between the commit and its note on disk.
func TestCommittedPackageIsOnlyMoved(t *testing.T) {
	store := pending(t, items, "items")
	f := newFlaky(nil)
	f.committed["1.5"] = true
	report, err := run(t, store, f, load.Options{})
	if err != nil || len(f.log) > 0 || !report.Packages[0].Committed {
		t.Fatalf("report %+v, %v, steps %v", report.Packages[0], err, f.log)
	}
	p, err := store.Package("1.5")
	if err != nil || p.Status != loadpackage.Loaded || len(p.Completed) != 1 {
		t.Errorf("package %+v, %v", p, err)
	}
}

func TestCancel(t *testing.T) {
	store := pending(t, items, "items")
	ctx, cancel := context.WithCancel(context.Background())
	f := newFlaky(func(step string, _ int) error {
		if step == "load" {
			cancel()
			return ctx.Err()
		}
		return nil
	})
	ds, err := destination.OpenDriver(ctx, f, "flaky://", "data", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := load.Run(ctx, store, ds, load.Options{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	p, err := store.Package("1.5")
	if err != nil || len(p.Jobs) != 1 || p.Jobs[0].Retry != 0 {
		t.Errorf("a cancelled job counts as tried: %+v, %v", p.Jobs, err)
	}
}

// L20, L24, L48, L53: what each disposition asks of the destination, in order.
func TestSteps(t *testing.T) {
	chain := func(d schema.WriteDisposition, replace driver.ReplaceStrategy) func(*schema.Schema) {
		return func(s *schema.Schema) {
			addTable(s, "items", "", d)
			addTable(s, "items__a", "items", "")
			addTable(s, "items__b", "items", "")
			addTable(s, "never", "items", "")
			s.Table("never").Normalizer.SeenData = schema.Unset
			if replace != "" {
				s.Table("items").Extra.Set("x-replace-strategy", string(replace))
			}
		}
	}
	tests := []struct {
		name  string
		build func(*schema.Schema)
		want  []string
	}{
		{"append", chain(schema.Append, ""), []string{
			"begin", "prepare tables=[items items__a] truncate=[] staging=[] staged=[]",
			"load items staging=false", "load items__a staging=false", "commit",
		}},
		{"replace", chain(schema.Replace, ""), []string{
			"begin", "prepare tables=[items items__a items__b] truncate=[items items__a items__b] staging=[] staged=[]",
			"load items staging=false", "load items__a staging=false", "commit",
		}},
		{"replace from staging", chain(schema.Replace, driver.InsertFromStaging), []string{
			"begin", "prepare tables=[items items__a items__b] truncate=[] staging=[items items__a items__b] staged=[items items__a items__b]",
			"load items staging=true", "load items__a staging=true", "finish items insert-from-staging", "commit",
		}},
		{"merge", chain(schema.Merge, ""), []string{
			"begin", "prepare tables=[items items__a items__b] truncate=[] staging=[items items__a items__b] staged=[items items__a items__b]",
			"load items staging=true", "load items__a staging=true", "finish items delete-insert", "commit",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFlaky(nil)
			if _, err := run(t, pending(t, tt.build, "items", "items__a"), f, load.Options{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, f.log); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// D12: a destination without merge appends.
func TestMergeFallsBackToAppend(t *testing.T) {
	f := newFlaky(nil)
	f.caps.MergeStrategies = nil
	if _, err := run(t, pending(t, func(s *schema.Schema) { addTable(s, "items", "", schema.Merge) }, "items"), f, load.Options{}); err != nil {
		t.Fatal(err)
	}
	want := []string{"begin", "prepare tables=[items] truncate=[] staging=[] staged=[]", "load items staging=false", "commit"}
	if diff := cmp.Diff(want, f.log); diff != "" {
		t.Error(diff)
	}
}

// L12, L14: a chain that cannot be merged fails, or is left out.
func TestTerminalFinish(t *testing.T) {
	merge := func(s *schema.Schema) {
		addTable(s, "items", "", schema.Merge)
		addTable(s, "other", "", schema.Append)
	}
	fail := func(step string, _ int) error {
		if step == "finish" {
			return driver.Terminalf("no such column")
		}
		return nil
	}
	store := pending(t, merge, "items", "other")
	_, err := run(t, store, newFlaky(fail), load.Options{})
	var ce *load.ChainError
	if !errors.As(err, &ce) || !ce.Terminal || ce.Table != "items" {
		t.Fatalf("error %#v", err)
	}
	f := newFlaky(fail)
	report, err := run(t, store, f, load.Options{KeepGoing: true})
	if err != nil || len(report.Packages[0].Failed) != 1 || report.Packages[0].Failed[0].Job.Table != "items" {
		t.Fatalf("report %+v, %v", report.Packages[0], err)
	}
	if !f.committed["1.5"] {
		t.Error("the rest of the package was not committed")
	}
}
