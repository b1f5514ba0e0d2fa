package dlt_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
)

var errInjected = errors.New("injected fault")

// fault makes the n-th change of the disk fail, and with dead all later ones too,
// as those of a killed process never happen.
type fault struct {
	at   int
	dead bool
	n    int
	what string
}

func (f *fault) disk() *atomicfile.Disk {
	return &atomicfile.Disk{Fault: func(op atomicfile.Op, path string) error {
		if f.n++; f.n == f.at || f.dead && f.n > f.at && f.at > 0 {
			if f.n == f.at {
				f.what = fmt.Sprintf("%s %s", op, path)
			}
			return errInjected
		}
		return nil
	}}
}

// killAll asks the kill tests for every point, not for some of them.
func killAll() bool { return os.Getenv("DLTGEN_TEST_KILL") == "all" }

// TestExactlyOnce stops a pipeline at each change of its disk, starts it again with
// the source yielding the same, and compares tables, cursors and system tables with
// those of an undisturbed life (design.md, promise 3; L11, ST3, P24).
func TestExactlyOnce(t *testing.T) {
	whole := newHome(t)
	start := []string{whole.dir}
	ops := make([]int, 2)
	for step := 1; step <= 2; step++ {
		f := &fault{}
		if _, err := whole.pipeline().WithDisk(f.disk()).Run(t.Context(), lifeSource(step), nil); err != nil {
			t.Fatal(err)
		}
		ops[step-1] = f.n
		start = append(start, copyHome(t, whole.dir).dir)
	}
	want := whole.lived()
	empty := newHome(t)
	start[0] = empty.dir
	stride := 7
	if killAll() {
		stride = 1
	}
	points := 0
	for _, dead := range []bool{true, false} {
		for step := 1; step <= 2; step++ {
			for n := 1 + step%stride; n <= ops[step-1]; n += stride {
				points++
				f := &fault{at: n, dead: dead}
				h := copyHome(t, start[step-1])
				_, err := h.pipeline().WithDisk(f.disk()).Run(t.Context(), lifeSource(step), nil)
				if err == nil && dead { // loading is tried again after a single fault
					t.Errorf("step %d: the fault at %d, %s, was not noticed", step, n, f.what)
				}
				if !dead {
					h.checkFailed(f, err)
				}
				for s := step; s <= 2; s++ {
					if _, err := h.pipeline().Run(t.Context(), lifeSource(s), nil); err != nil {
						t.Fatalf("step %d after the fault at %d, %s: %v", s, n, f.what, err)
					}
				}
				if d := cmp.Diff(want, h.lived()); d != "" {
					t.Fatalf("dead %v, step %d, fault at %d, %s (-undisturbed +got):\n%s", dead, step, n, f.what, d)
				}
			}
		}
	}
	t.Logf("%d points of %d", points, 2*(ops[0]+ops[1]))
}

// checkFailed checks a run that ended with an error: no package is half written, and
// the error says so when one waits (promise 4, P33).
func (h *home) checkFailed(f *fault, err error) {
	h.t.Helper()
	if err == nil {
		return
	}
	if left := h.leftovers(false); len(left) > 0 {
		h.t.Errorf("after the fault at %d, %s: %q", f.at, f.what, left)
	}
	waiting, globErr := filepath.Glob(filepath.Join(h.dir, "pipelines/shop/load/normalized/*"))
	if globErr != nil {
		h.t.Fatal(globErr)
	}
	var step *dlt.StepError
	if errors.As(err, &step) && step.Pending != (len(waiting) > 0) {
		h.t.Errorf("after the fault at %d, %s: packages %q wait, but the error says %v", f.at, f.what, waiting, err)
	}
}
