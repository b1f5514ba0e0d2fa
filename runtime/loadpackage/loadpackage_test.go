package loadpackage_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

func newSchema(t testing.TB) *schema.Schema {
	t.Helper()
	s, err := schema.New("src")
	if err != nil {
		t.Fatal(err)
	}
	s.Put(&schema.Table{Name: "items", Resource: "items", WriteDisposition: schema.Append, Columns: []schema.Column{{Name: "id", DataType: schema.Bigint}}})
	s.Bump()
	return s
}

func openStore(t testing.TB, dir string) *loadpackage.Store {
	t.Helper()
	s, err := loadpackage.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Chance = bytes.NewReader(bytes.Repeat([]byte{0, 1, 2, 3, 0xab}, 100))
	return s
}

// commit makes a pending package with one job.
func commit(t testing.TB, s *loadpackage.Store, id string, prepare ...func(*loadpackage.Writer)) *loadpackage.Package {
	t.Helper()
	created, err := loadpackage.CreatedAt(id)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Create(id, created)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range prepare {
		p(w)
	}
	f, _, err := w.CreateJob("items", loadpackage.Arrow)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("rows")); err != nil {
		t.Fatal(err)
	}
	f.Done(3)
	p, err := w.Commit(newSchema(t), nil, &loadpackage.State{Version: 2, PipelineName: "p", State: "blob", CreatedAt: created, ID: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tree lists the files below a folder.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.Walk(dir, func(path string, fi os.FileInfo, err error) error {
		if err == nil && !fi.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// L1, L2
func TestLoadIDs(t *testing.T) {
	at := time.Unix(1795434867, 52888900)
	ids := &loadpackage.LoadIDs{Now: func() time.Time { return at }}
	first, created := ids.Next()
	if first != "1795434867.0528889" {
		t.Errorf("load id %s", first)
	}
	if got := created.Format(time.RFC3339Nano); got != "2026-11-23T11:54:27.052889Z" {
		t.Errorf("created at %s", got)
	}
	second, _ := ids.Next()
	if second <= first {
		t.Errorf("the clock stood still: %s after %s", second, first)
	}
	ids.Follow("1795434900.5")
	if third, _ := ids.Next(); third <= "1795434900.5" {
		t.Errorf("%s does not follow", third)
	}
	whole := &loadpackage.LoadIDs{Now: func() time.Time { return time.Unix(1795434867, 0) }}
	if id, _ := whole.Next(); id != "1795434867.0" {
		t.Errorf("whole seconds: %s", id)
	}
	half, err := loadpackage.CreatedAt("1795434828.4764316")
	if err != nil || half.Nanosecond() != 476432000 {
		t.Errorf("rounded to %v, %v", half, err)
	}
	for _, bad := range []string{"", "x", "NaN", "-1", "1e300", "../x"} {
		if _, err := loadpackage.CreatedAt(bad); err == nil {
			t.Errorf("load id %q was taken", bad)
		}
	}
}

// L8
func TestParseJob(t *testing.T) {
	tests := []struct {
		name, file string
		want       loadpackage.Job
		err        string
	}{
		{"plain", "items.0123456789.2.parquet", loadpackage.Job{Table: "items", FileID: "0123456789", Retry: 2, Format: loadpackage.Parquet, Rows: -1}, ""},
		{"compressed", "items.0123456789.0.jsonl.gz", loadpackage.Job{Table: "items", FileID: "0123456789", Format: loadpackage.JSONL, Compressed: true, Rows: -1}, ""},
		{"three parts", "items.0123456789.parquet", loadpackage.Job{}, `job file name "items.0123456789.parquet": want <table>.<file id>.<retry>.<format>`},
		{"five parts", "a.b.0.jsonl.zip", loadpackage.Job{}, `job file name "a.b.0.jsonl.zip": want <table>.<file id>.<retry>.<format>`},
		{"retry", "items.0123456789.x.parquet", loadpackage.Job{}, `job file name "items.0123456789.x.parquet": retry count "x"`},
		{"format", "items.0123456789.0.exe", loadpackage.Job{}, `job file name "items.0123456789.0.exe": unknown format "exe"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := loadpackage.ParseJob(tt.file)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("error %v, want %s", err, tt.err)
				}
				return
			}
			tt.want.Path = tt.file
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Error(err, diff)
			}
			if got.FileName() != tt.file {
				t.Errorf("file name %s", got.FileName())
			}
		})
	}
}

func FuzzParseJob(f *testing.F) {
	f.Add("items.0123456789.2.parquet")
	f.Add("items.0123456789.0.jsonl.gz")
	f.Fuzz(func(t *testing.T, name string) {
		job, err := loadpackage.ParseJob(name)
		if err != nil {
			return
		}
		again, err := loadpackage.ParseJob(job.FileName())
		if err != nil || again.ID() != job.ID() || again.Retry != job.Retry {
			t.Errorf("%q: %+v, then %+v, %v", name, job, again, err)
		}
	})
}

// L4, L6, L8
func TestCommit(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	p := commit(t, s, "1795434867.5", func(w *loadpackage.Writer) {
		w.Refresh("drop_data", nil, []string{"items__l", "items"})
		if err := w.Snapshot([]byte("{}"), map[string][]byte{"src": []byte("old")}); err != nil {
			t.Fatal(err)
		}
	})
	want := []string{
		"load/.version",
		"load/normalized/1795434867.5/.restore/schemas/src.schema.json",
		"load/normalized/1795434867.5/.restore/state.json",
		"load/normalized/1795434867.5/load_package_state.json",
		"load/normalized/1795434867.5/new_jobs/items.00010203ab.0.arrow",
		"load/normalized/1795434867.5/schema.json",
		"load/normalized/1795434867.5/schema_updates.json",
	}
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	job := loadpackage.Job{Table: "items", FileID: "00010203ab", Format: loadpackage.Arrow, Path: filepath.Join(p.Dir, "new_jobs/items.00010203ab.0.arrow"), Rows: 3, Bytes: 4}
	if diff := cmp.Diff([]loadpackage.Job{job}, p.Jobs); diff != "" {
		t.Error(diff)
	}
	if p.State == nil || p.State.State != "blob" || p.State.Version != 2 || !p.State.CreatedAt.Equal(p.Created) {
		t.Errorf("state %+v", p.State)
	}
	if diff := cmp.Diff([]string{"items__l", "items"}, p.Truncated); diff != "" || p.Refresh != "drop_data" {
		t.Error(p.Refresh, diff)
	}
	if p.Schema.VersionHash != newSchema(t).VersionHash {
		t.Error("the schema came back with another hash")
	}
}

// L5
func TestEmptyPackageIsDropped(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	w, err := s.Create("1.0", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.Commit(newSchema(t), nil, nil)
	if p != nil || err != nil {
		t.Fatalf("package %v, %v", p, err)
	}
	if diff := cmp.Diff([]string{"load/.version"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestOpenRemovesUnfinished(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	w, err := s.Create("1.0", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.CreateJob("items", loadpackage.Arrow); err != nil {
		t.Fatal(err)
	}
	openStore(t, dir)
	if diff := cmp.Diff([]string{"load/.version"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// L10
func TestJobStates(t *testing.T) {
	p := commit(t, openStore(t, t.TempDir()), "1.5")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func() string {
		all := slices.Concat(p.Jobs, p.Completed, p.Failed)
		if len(all) != 1 {
			t.Fatalf("%d jobs", len(all))
		}
		rel, _ := filepath.Rel(p.Dir, all[0].Path)
		return filepath.ToSlash(rel)
	}
	check := func(want string) {
		t.Helper()
		if at() != want {
			t.Errorf("the job is at %s, want %s", at(), want)
		}
	}
	must(p.Start())
	check("started_jobs/items.00010203ab.0.arrow")
	must(p.Requeue())
	check("new_jobs/items.00010203ab.0.arrow")
	must(p.Retry(p.Jobs[0], false, "no route\nto host"))
	check("new_jobs/items.00010203ab.1.arrow")
	if text, _ := os.ReadFile(filepath.Join(p.Dir, ".exceptions/items.00010203ab.0.exception")); string(text) != "retry: transient\nno route\nto host" {
		t.Errorf("exception %q", text)
	}
	must(p.Fail(p.Jobs[0], "bad row"))
	check("failed_jobs/items.00010203ab.1.arrow")
	if reason, err := p.Reason(p.Failed[0]); reason != "bad row" || err != nil {
		t.Errorf("reason %q, %v", reason, err)
	}
	must(p.RetryFailed(p.Failed[0]))
	check("new_jobs/items.00010203ab.2.arrow")
	if reason, err := p.Reason(p.Jobs[0]); reason != "bad row" || err != nil {
		t.Errorf("reason %q, %v", reason, err)
	}
	if !p.PartiallyLoaded() {
		t.Error("a job that was retried twice means partially loaded (L17)")
	}
	must(p.Start())
	must(p.Complete(loadpackage.Outcome{Metrics: []loadpackage.JobMetrics{{Job: p.Jobs[0], State: "completed"}}}))
	check("completed_jobs/items.00010203ab.2.arrow")
	if p.Status != loadpackage.Loaded || !strings.Contains(string(p.Metrics()), `"retry_count":2`) {
		t.Errorf("status %s, metrics %s", p.Status, p.Metrics())
	}
}

// L16
func TestAbort(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := commit(t, s, "1.5", func(w *loadpackage.Writer) {
		if err := w.Snapshot([]byte("old state"), map[string][]byte{"src": []byte("old schema")}); err != nil {
			t.Fatal(err)
		}
	})
	commit(t, s, "2.5")
	write("state.json", "new state")
	write("schemas/src.schema.json", "new schema")
	write("schemas/added.schema.json", "new schema")
	if err := p.Retry(p.Jobs[0], true, "broken"); err != nil {
		t.Fatal(err)
	}
	plan, err := s.Abort("")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&loadpackage.AbortPlan{Package: "1.5", Deleted: []string{"2.5"}, RestoreFrom: "1.5"}, plan); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{
		"state.json": "old state", "schemas/src.schema.json": "old schema", "schemas/added.schema.json": "",
		"load/loaded/1.5/failed_jobs/items.00010203ab.1.arrow.exception": "broken", "load/loaded/1.5/package_completed.json": "aborted",
	} {
		if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	if pending, _ := s.Pending(); len(pending) > 0 {
		t.Errorf("still pending: %v", pending)
	}
	if plan, err := s.Abort(""); plan != nil || err != nil {
		t.Errorf("abort of nothing: %v, %v", plan, err)
	}
}

// L18
func TestRetain(t *testing.T) {
	s := openStore(t, t.TempDir())
	for _, id := range []string{"1.5", "2.5", "3.5", "4.5"} {
		p := commit(t, s, id)
		if id == "2.5" {
			if err := p.Fail(p.Jobs[0], "kept"); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Complete(loadpackage.Outcome{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Retain(1); err != nil {
		t.Fatal(err)
	}
	left, _ := s.Finished()
	if diff := cmp.Diff([]string{"2.5", "4.5"}, left); diff != "" {
		t.Error(diff)
	}
}

// A store that is stopped at any write holds, when it is opened again, the package
// either not at all or whole, and carries on to the same end.
func TestKilledAtEveryWrite(t *testing.T) {
	errKilled := errors.New("killed")
	for n := 1; ; n++ {
		dir := t.TempDir()
		count := 0
		disk := &atomicfile.Disk{Fault: func(atomicfile.Op, string) error {
			if count++; count >= n {
				return errKilled
			}
			return nil
		}}
		s, err := loadpackage.OpenOn(disk, dir)
		if err == nil {
			err = carryOn(t, s)
		}
		if err == nil {
			if n < 20 {
				t.Fatalf("only %d writes", n)
			}
			return
		}
		if !errors.Is(err, errKilled) {
			t.Fatalf("n=%d: %v", n, err)
		}
		again, err := loadpackage.Open(dir)
		if err != nil {
			t.Fatalf("n=%d: open again: %v", n, err)
		}
		if completed, _ := filepath.Glob(filepath.Join(dir, "load/normalized/1.5/completed_jobs/*")); len(completed) == 1 {
			// The destination had committed: the loader only completes the package.
			p, err := again.Package("1.5")
			if err == nil {
				err = p.Complete(loadpackage.Outcome{})
			}
			if err != nil {
				t.Fatalf("n=%d: %v", n, err)
			}
		} else if err := carryOn(t, again); err != nil {
			t.Fatalf("n=%d: started again: %v", n, err)
		}
		p, err := again.Package("1.5")
		if err != nil || p.Status != loadpackage.Loaded || len(p.Completed) != 1 {
			t.Fatalf("n=%d: %+v, %v", n, p, err)
		}
	}
}

// carryOn makes a package, retries its job once and completes it, from wherever an
// earlier call came to.
func carryOn(t *testing.T, s *loadpackage.Store) error {
	pending, err := s.Pending()
	if err != nil {
		return err
	}
	if len(pending) == 0 {
		if finished, err := s.Finished(); err != nil || len(finished) > 0 {
			return err
		}
		w, err := s.Create("1.5", time.Unix(1, 0))
		if err != nil {
			return err
		}
		f, _, err := w.CreateJob("items", loadpackage.Arrow)
		if err != nil {
			return err
		}
		f.Done(0)
		if _, err := w.Commit(newSchema(t), nil, nil); err != nil {
			return err
		}
	}
	p, err := s.Package("1.5")
	if err != nil {
		return err
	}
	if err := p.Requeue(); err != nil {
		return err
	}
	if len(p.Jobs) != 1 {
		return fmt.Errorf("%d jobs wait", len(p.Jobs)+len(p.Completed))
	}
	if p.Jobs[0].Retry == 0 {
		if err := p.Retry(p.Jobs[0], false, "once"); err != nil {
			return err
		}
	}
	if err := p.Start(); err != nil {
		return err
	}
	return p.Complete(loadpackage.Outcome{})
}

func TestPackageNamesStayInTheFolder(t *testing.T) {
	s := openStore(t, t.TempDir())
	for _, id := range []string{"", "..", "../1.5", "a/b"} {
		if _, err := s.Package(id); err == nil {
			t.Errorf("package %q was read", id)
		}
	}
}

func ExampleStore() {
	dir, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(dir)
	store, err := loadpackage.Open(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	w, _ := store.Create("1795434867.5", time.Unix(1795434867, 500_000_000))
	f, _, _ := w.CreateJob("issues", loadpackage.JSONL)
	fmt.Fprintln(f, `{"id":1}`)
	f.Done(1)
	sch, _ := schema.New("github")
	sch.Bump()
	pkg, err := w.Commit(sch, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pkg.LoadID, pkg.Status, pkg.Jobs[0].Table, pkg.Jobs[0].Rows)
	// Output: 1795434867.5 normalized issues 1
}
