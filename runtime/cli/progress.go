package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/dltgen/dltgen/runtime/dlt"
)

// A display shows a run's events; stop puts the terminal back.
type display interface {
	dlt.Progress
	// log is where log lines go while the display is on.
	log() io.Writer
	stop()
}

// newProgress chooses a display: bars on a terminal, nothing in a log (O32).
func newProgress(kind string, w io.Writer) (display, error) {
	if kind == "auto" {
		kind = "off"
		if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			kind = "bar"
		}
	}
	switch kind {
	case "off":
		return quiet{w}, nil
	case "bar":
		return &bars{p: mpb.New(mpb.WithOutput(w), mpb.WithRefreshRate(100*time.Millisecond)), bars: map[string]*mpb.Bar{}}, nil
	case "log", "json":
		return &lines{w: w, json: kind == "json", every: time.Second, last: map[string]time.Time{}, start: time.Now()}, nil //nolint:forbidigo // a display's own clock
	}
	return nil, fmt.Errorf("--progress %q: want bar, log, json, off or auto", kind)
}

type quiet struct{ w io.Writer }

func (quiet) Event(dlt.Event)  {}
func (q quiet) log() io.Writer { return q.w }
func (quiet) stop()            {}

// bars is one line for each resource and table that moves. They go when they
// are done: the table at the end says the same.
type bars struct {
	mu   sync.Mutex
	p    *mpb.Progress
	bars map[string]*mpb.Bar
}

func (b *bars) Event(e dlt.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := e.Stage + " " + e.Name
	bar := b.bars[key]
	if bar == nil {
		rows := func(s decor.Statistics) string { return thousands(s.Current) + " rows" }
		bar = b.p.AddSpinner(0, mpb.BarWidth(1), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(e.Stage, decor.WCSyncSpaceR), decor.Name(e.Name, decor.WCSyncSpaceR)),
			mpb.AppendDecorators(decor.Any(rows, decor.WCSyncWidth), decor.Elapsed(decor.ET_STYLE_GO, decor.WCSyncSpace)))
		b.bars[key] = bar
	}
	bar.SetCurrent(e.Rows)
	if e.Done {
		bar.SetTotal(e.Rows, true)
	}
}

// log prints above the bars.
func (b *bars) log() io.Writer { return b.p }

func (b *bars) stop() {
	b.mu.Lock()
	for _, bar := range b.bars {
		bar.SetTotal(-1, true)
	}
	b.mu.Unlock()
	b.p.Wait()
}

// lines writes at most one line a second for each counter.
type lines struct {
	mu    sync.Mutex
	w     io.Writer
	json  bool
	every time.Duration
	last  map[string]time.Time
	start time.Time
}

func (l *lines) Event(e dlt.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now() //nolint:forbidigo // a display's own clock
	key := e.Stage + " " + e.Name
	if !e.Done && now.Sub(l.last[key]) < l.every {
		return
	}
	l.last[key] = now
	took := now.Sub(l.start).Seconds()
	if l.json {
		line, err := json.Marshal(map[string]any{"stage": e.Stage, "name": e.Name, "rows": e.Rows, "seconds": took, "done": e.Done})
		if err == nil {
			fmt.Fprintf(l.w, "%s\n", line)
		}
		return
	}
	fmt.Fprintf(l.w, "%-8s %-30s %12s rows  %6.1f s  %8.0f/s\n", e.Stage, e.Name, thousands(e.Rows), took, float64(e.Rows)/max(took, 1e-3))
}

func (l *lines) log() io.Writer { return l.w }

func (l *lines) stop() {}
