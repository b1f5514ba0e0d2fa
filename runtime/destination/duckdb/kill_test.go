package duckdb_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/drivertest"
	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
	"github.com/dltgen/dltgen/runtime/internal/load"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

const (
	killDir = "DLTGEN_TEST_KILL_DIR"
	killAt  = "DLTGEN_TEST_KILL_AT"
)

// TestKill runs a pipeline of three loads in a process of its own that is killed at its
// n-th write to disk or look at the clock, starts it again, and compares the tables
// with those of an undisturbed run: for every n (design.md, promise 3).
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some hundred processes")
	}
	if os.Getenv(killDir) != "" {
		t.Skip("this is the process to be killed")
	}
	want := killedAt(t, 0)
	if len(want) == 0 {
		t.Fatal("the undisturbed run loaded nothing")
	}
	for n := 1; ; n++ {
		dir := t.TempDir()
		killed := killChild(t, dir, n)
		if !killed {
			t.Logf("%d points to be killed at", n-1)
			return
		}
		if killChild(t, dir, 0) {
			t.Fatalf("n=%d: the second run was killed", n)
		}
		if diff := cmp.Diff(want, killTables(t, dir)); diff != "" {
			t.Fatalf("killed at %d, started again:\n%s", n, diff)
		}
		n += killStride()
	}
}

// killStride leaves points out unless a variable asks for all of them.
func killStride() int {
	if os.Getenv("DLTGEN_TEST_KILL") == "all" {
		return 0
	}
	return 8
}

func killedAt(t *testing.T, n int) []string {
	t.Helper()
	dir := t.TempDir()
	killChild(t, dir, n)
	return killTables(t, dir)
}

// killChild runs the pipeline in a new process and reports whether it was killed.
func killChild(t *testing.T, dir string, at int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$", "-test.count=1")
	cmd.Env = append(os.Environ(), killDir+"="+dir, killAt+"="+strconv.Itoa(at))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	if cmd.ProcessState.ExitCode() == -1 {
		return true
	}
	t.Fatalf("child: %v\n%s", err, out)
	return false
}

func killTables(t *testing.T, dir string) []string {
	t.Helper()
	e := &drivertest.Env{T: t, Dir: dir, URL: killURL(dir)}
	e.Open(&destination.Options{ReadOnly: true})
	return e.Query(`SELECT 'event', id, '' FROM data.events UNION ALL SELECT 'item', id, v FROM data.items
UNION ALL SELECT 'kid', value, _dlt_parent_id FROM data.items__kids UNION ALL SELECT 'snapshot', id, '' FROM data.snapshot
UNION ALL SELECT 'loads', count(*), '' FROM data._dlt_loads UNION ALL SELECT 'state', version, '' FROM data._dlt_pipeline_state`)
}

func killURL(dir string) string { return "duckdb:///" + filepath.Join(dir, "db.duckdb") }

// TestKillChild is the process of [TestKill]. It goes on where the destination says that
// the last one came to, as a cursor does.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killDir)
	if dir == "" {
		t.Skip("run by TestKill")
	}
	at, _ := strconv.Atoi(os.Getenv(killAt))
	n := 0
	point := func() {
		if n++; n == at {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err != nil {
				panic(err)
			}
			select {}
		}
	}
	e := &drivertest.Env{T: t, Dir: dir, URL: killURL(dir), Clock: time.Now()}
	e.Disk = &atomicfile.Disk{Fault: func(atomicfile.Op, string) error { point(); return nil }}
	e.Options = load.Options{Backoff: time.Millisecond, Retain: 2, Now: func() time.Time { point(); return time.Now() }}
	var err error
	if e.Store, err = loadpackage.OpenOn(e.Disk, filepath.Join(dir, "pipeline")); err != nil {
		t.Fatal(err)
	}
	if e.Schema, err = schema.New("src"); err != nil {
		t.Fatal(err)
	}
	e.Open(nil)
	if _, err := e.Run(); err != nil {
		t.Fatal(err)
	}
	killSchema(e)
	stored, err := e.DS.State(context.Background(), "p")
	if err != nil {
		t.Fatal(err)
	}
	done := int64(0)
	if stored != nil {
		done = stored.Version
	}
	for step := done + 1; step <= 3; step++ {
		killStep(e, step)
	}
}

func killSchema(e *drivertest.Env) {
	e.IDOf = drivertest.KeyHash("id")
	e.Table("events", schema.Append, "", "id bigint")
	e.Table("items", schema.Merge, "", "id bigint pk", "v text")
	e.Nested("items__kids", "items", "value bigint")
	e.Table("snapshot", schema.Replace, "", "id bigint")
}

func killStep(e *drivertest.Env, step int64) {
	r := e.Shred("items", fmt.Sprintf(`{"id":1,"v":"v%d","kids":[%d,%d]}{"id":%d,"v":"x"}`, step, step, step+10, step+1))
	r["events"] = e.Shred("events", fmt.Sprintf(`{"id":%d}{"id":%d}`, step, step+100))["events"]
	r["snapshot"] = e.Shred("snapshot", fmt.Sprintf(`{"id":%d}`, step))["snapshot"]
	e.State = &loadpackage.State{Version: step, EngineVersion: 4, PipelineName: "p", State: "{}", CreatedAt: e.Clock, ID: fmt.Sprint(step)}
	e.Load(r)
}
