package dlt_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
)

const (
	memoryDir     = "DLTGEN_TEST_MEMORY_DIR"
	memoryStream  = "DLTGEN_TEST_MEMORY_STREAM"
	memoryRecords = 3_000_000
	memoryPage    = 2_000
	heapLimit     = 256 << 20
	// DuckDB gets a limit of its own, which is not counted (promise 5).
	duckdbLimit = 256 << 20
)

// streamPages makes pages on the fly: nothing but the page at hand is in memory.
func streamPages(name string, records int) *dlt.Records {
	return &dlt.Records{Name: name, Fetch: func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
		return func(yield func(record.Page, error) bool) {
			for first := 0; first < records; first += memoryPage {
				var b bytes.Buffer
				for id := first; id < first+memoryPage; id++ {
					fmt.Fprintf(&b, `{"id":%d,"name":"user %d","score":%d.5,"active":%t,"day":"2024-01-01"}`+"\n", id, id, id%1000, id%3 == 0)
				}
				if !yield(record.Page{Data: b.Bytes(), Origin: fmt.Sprint("page of ", first)}, nil) {
					return
				}
			}
		}
	}}
}

// peak samples the heap until stopped.
type peak struct {
	stop chan struct{}
	wg   sync.WaitGroup
	heap uint64
}

func watchHeap() *peak {
	p := &peak{stop: make(chan struct{})}
	p.wg.Go(func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			p.heap = max(p.heap, m.HeapInuse)
			select {
			case <-p.stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return p
}

func (p *peak) end() uint64 {
	close(p.stop)
	p.wg.Wait()
	return p.heap
}

// streams are what is measured. In the second, which goes through trees, all records
// have the cursor of the day (I9): only hashes of the boundary may be kept.
var streams = map[string]struct {
	records int
	change  func(r *dlt.Records)
}{
	"plain": {memoryRecords, func(*dlt.Records) {}},
	"one cursor value": {memoryRecords / 10, func(r *dlt.Records) {
		r.Incremental = &dlt.RecordIncremental{Path: "day"}
		r.Hints.PrimaryKey, r.KeyScalar = []string{"id"}, true
	}},
}

// TestBoundedMemory streams three million records, page after page, into DuckDB within
// 256 MiB of heap; the resident size may have DuckDB's limit besides (promise 5). The
// stream runs in a process of its own, whose peak is not that of other tests.
func TestBoundedMemory(t *testing.T) {
	if os.Getenv(memoryDir) != "" {
		t.Skip("this is the process that is measured")
	}
	if testing.Short() {
		t.Skip("streams three million records")
	}
	for name := range streams {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStreamAlone$", "-test.count=1", "-test.v")
			cmd.Env = append(os.Environ(), memoryDir+"="+t.TempDir(), memoryStream+"="+name)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("process: %v\n%s", err, out)
			}
			for line := range strings.Lines(string(out)) {
				if strings.Contains(line, "peak") {
					t.Log(strings.TrimSpace(line))
				}
			}
		})
	}
}

// TestStreamAlone is the process of [TestBoundedMemory].
func TestStreamAlone(t *testing.T) {
	dir := os.Getenv(memoryDir)
	if dir == "" {
		t.Skip("run by TestBoundedMemory")
	}
	h := &home{t: t, dir: dir, change: func(p *dlt.Pipeline) { p.Destination += fmt.Sprintf("?memory_limit=%dMiB", duckdbLimit>>20) }}
	stream := streams[os.Getenv(memoryStream)]
	users := streamPages("users", stream.records)
	stream.change(users)
	p := watchHeap()
	began := time.Now()
	rep := h.run(nil, users)
	took, heap := time.Since(began), p.end()
	if rep.Rows() != int64(stream.records) {
		t.Errorf("%d rows, want %d", rep.Rows(), stream.records)
	}
	if heap > heapLimit {
		t.Errorf("peak heap %d MiB, want at most %d", heap>>20, heapLimit>>20)
	}
	rss := residentPeak()
	if rss > heapLimit+duckdbLimit {
		t.Errorf("peak resident size %d MiB, want at most %d", rss>>20, (heapLimit+duckdbLimit)>>20)
	}
	t.Logf("peak heap %d MiB, peak resident size %d MiB, %v", heap>>20, rss>>20, took.Round(10*time.Millisecond))
	h.want("SELECT count(*), count(DISTINCT id), max(id) FROM data.users", fmt.Sprintf("%d|%d|%d", stream.records, stream.records, stream.records-1))
}

// residentPeak is the process's peak resident size in bytes, 0 where the system does
// not tell.
func residentPeak() uint64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}
