package dlt_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
)

const (
	killDir = "DLTGEN_TEST_LIFE_DIR"
	killAt  = "DLTGEN_TEST_LIFE_AT"
)

// TestSIGKILL kills a process that lives a life: at looks at the clock, of which there
// are some between BEGIN and COMMIT of the destination's transaction, and at moments of
// chance. Started again, it must end with the tables of an undisturbed life (promise 3).
func TestSIGKILL(t *testing.T) {
	if os.Getenv(killDir) != "" {
		t.Skip("this is the process to be killed")
	}
	if testing.Short() {
		t.Skip("starts processes")
	}
	l := lives["all dispositions"]
	whole := copyHome(t, l, newHome(t).dir)
	began := time.Now()
	if !whole.liveAlone(0, 0) {
		t.Fatal("the undisturbed process was killed")
	}
	took := time.Since(began)
	want := whole.lived(l)
	check := func(h *home, what string, n int) {
		t.Helper()
		if !h.liveAlone(0, 0) {
			t.Fatal("the second process was killed")
		}
		if d := cmp.Diff(want, h.lived(l)); d != "" {
			t.Fatalf("killed at %s %d, started again (-undisturbed +got):\n%s", what, n, d)
		}
	}
	clocks, stride := 0, 19
	if killAll() {
		stride = 1
	}
	for n := 9; ; n += stride {
		h := copyHome(t, l, newHome(t).dir)
		if h.liveAlone(n, 0) {
			break
		}
		clocks++
		check(h, "point", n)
	}
	moments, killed := 4, 0
	if killAll() {
		moments = 40
	}
	for n := range moments {
		h := copyHome(t, l, newHome(t).dir)
		if !h.liveAlone(0, time.Duration(rand.Int64N(int64(took)))) {
			killed++
		}
		check(h, "moment", n)
	}
	t.Logf("killed at %d points and %d moments of chance", clocks, killed)
}

// liveAlone lives in a process of its own, from the first step that is not yet done. The
// process is killed at its point number at, or after a while. It reports whether it
// lived to its end.
func (h *home) liveAlone(at int, after time.Duration) bool {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), os.Args[0], "-test.run=^TestLifeAlone$", "-test.count=1")
	cmd.Env = append(os.Environ(), killDir+"="+h.dir, killAt+"="+strconv.Itoa(at))
	if after > 0 {
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended by itself
		defer timer.Stop()
	}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.ExitCode() != -1 {
		h.t.Fatalf("process: %v\n%s", err, out)
	}
	return err == nil
}

// TestLifeAlone is the process of [TestSIGKILL].
func TestLifeAlone(t *testing.T) {
	dir := os.Getenv(killDir)
	if dir == "" {
		t.Skip("run by TestSIGKILL")
	}
	at, err := strconv.Atoi(os.Getenv(killAt))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	point := func() {
		if n++; n == at {
			if self, err := os.FindProcess(os.Getpid()); err != nil || self.Kill() != nil {
				panic("the process cannot be killed")
			}
			select {}
		}
	}
	clock := func() time.Time { point(); return time.Now() }
	h := &home{t: t, dir: dir, change: func(p *dlt.Pipeline) {
		p.Destination += "?threads=1"
		p.Now, p.Load.Now, p.DestinationOptions = clock, clock, &destination.Options{Now: clock}
	}}
	l := lives["all dispositions"]
	for _, source := range l.steps {
		disk := &atomicfile.Disk{Fault: func(atomicfile.Op, string) error { point(); return nil }}
		if _, err := h.pipeline().WithDisk(disk).Run(t.Context(), source(), nil); err != nil {
			t.Fatal(err)
		}
	}
}
