package dlt_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	ops  []string // the changes that were asked for
}

func (f *fault) disk() *atomicfile.Disk {
	return &atomicfile.Disk{Fault: func(op atomicfile.Op, path string) error {
		f.ops = append(f.ops, fmt.Sprintf("%s %s", op, path))
		if n := len(f.ops); n == f.at || f.dead && n > f.at {
			return errInjected
		}
		return nil
	}}
}

// killAll asks the kill tests for every point, not for some of them.
func killAll() bool { return os.Getenv("DLTGEN_TEST_KILL") == "all" }

// TestExactlyOnce stops a pipeline at each change of its disk, starts it again with
// the source yielding the same, and compares tables, cursors and system tables with
// those of an undisturbed life (design.md, promise 3; L11, ST3, P24). A process that
// is dead changes nothing any more; after a single fault it cleans up (promise 4).
func TestExactlyOnce(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(lives)) {
		t.Run(name, func(t *testing.T) {
			l := lives[name]
			starts, ops := undisturbed(t, l)
			want := copyHome(t, l, starts[len(l.steps)]).lived(l)
			points := 0
			for step := range l.steps {
				for n, op := range ops[step] {
					for _, dead := range []bool{true, false} {
						last := step == len(l.steps)-1
						if killAll() || last && (n%29 == 11 || dead && crucial(op)) || n%41 == 11 {
							points++
							h := copyHome(t, l, starts[step])
							h.disturb(l, step, &fault{at: n + 1, dead: dead})
							if d := cmp.Diff(want, h.lived(l)); d != "" {
								t.Fatalf("step %d, fault at %s, dead %v (-undisturbed +got):\n%s", step, op, dead, d)
							}
						}
					}
				}
			}
			t.Logf("%d points of %d", points, 2*len(slices.Concat(ops...)))
		})
	}
}

// crucial is a change between which and the next one package, schema and state are
// of different runs.
func crucial(op string) bool {
	return strings.HasPrefix(op, "rename") && (strings.Contains(op, "/schemas/") || strings.HasSuffix(op, "shop/state.json") ||
		strings.HasSuffix(filepath.Dir(op), "/load/normalized") || strings.HasSuffix(filepath.Dir(op), "/load/loaded"))
}

// undisturbed lives a life. It returns the homes before each step and at the end, and
// the changes of the disk in each step.
func undisturbed(t *testing.T, l life) (starts []string, ops [][]string) {
	t.Helper()
	h := copyHome(t, l, newHome(t).dir)
	starts = append(starts, newHome(t).dir)
	for _, source := range l.steps {
		f := &fault{}
		if _, err := h.pipeline().WithDisk(f.disk()).Run(t.Context(), source(), nil); err != nil {
			t.Fatal(err)
		}
		starts, ops = append(starts, copyHome(t, l, h.dir).dir), append(ops, f.ops)
	}
	return starts, ops
}

// disturb lives a life from a step on, which is stopped by a fault and begun again.
func (h *home) disturb(l life, step int, f *fault) {
	h.t.Helper()
	_, err := h.pipeline().WithDisk(f.disk()).Run(h.t.Context(), l.steps[step](), nil)
	if err == nil && f.dead { // loading is tried again after a single fault
		h.t.Errorf("step %d: the fault at %d was not noticed", step, f.at)
	}
	if !f.dead && err != nil {
		h.checkFailed(f, err)
	}
	for ; step < len(l.steps); step++ {
		if _, err := h.pipeline().Run(h.t.Context(), l.steps[step](), nil); err != nil {
			h.t.Fatalf("step %d after the fault at %s: %v", step, f.ops[f.at-1], err)
		}
	}
}

// checkFailed checks a run that ended with an error: no package is half written, and
// the error says so when one waits (promise 4, P33).
func (h *home) checkFailed(f *fault, err error) {
	h.t.Helper()
	if left := h.leftovers(false); len(left) > 0 {
		h.t.Errorf("after the fault at %s: %q", f.ops[f.at-1], left)
	}
	waiting, globErr := filepath.Glob(filepath.Join(h.dir, "pipelines/shop/load/normalized/*"))
	if globErr != nil {
		h.t.Fatal(globErr)
	}
	var step *dlt.StepError
	if errors.As(err, &step) && step.Pending != (len(waiting) > 0) {
		h.t.Errorf("after the fault at %s: packages %q wait, but the error says %v", f.ops[f.at-1], waiting, err)
	}
}
