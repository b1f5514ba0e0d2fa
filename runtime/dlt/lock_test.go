package dlt_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
)

// While a run holds the working folder a second one fails at once and names the holder;
// who only reads is let in; afterwards the folder is free (P10).
func TestLock(t *testing.T) {
	h := newHome(t)
	h.run(nil, events(`[{"id":1}]`))
	inside, goOn := make(chan struct{}), make(chan struct{})
	slow := events("")
	slow.Fetch = func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
		return func(yield func(record.Page, error) bool) {
			close(inside)
			<-goOn
			yield(record.Page{Data: []byte(`[{"id":2}]`)}, nil)
		}
	}
	first := make(chan error, 1)
	go func() {
		_, err := h.pipeline().Run(t.Context(), &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{slow}}, nil)
		first <- err
	}()
	<-inside
	for name, second := range map[string]func() error{
		"run": func() error {
			_, err := h.pipeline().Run(t.Context(), &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{events(`[]`)}}, nil)
			return err
		},
		"resume": func() error { _, err := h.pipeline().Resume(t.Context()); return err },
		"abort":  func() error { return h.pipeline().AbortPending(t.Context()) },
	} {
		err := second()
		var locked *dlt.LockedError
		if !errors.As(err, &locked) {
			t.Errorf("%s: error %v, want a LockedError", name, err)
			continue
		}
		host, _ := os.Hostname()
		for _, part := range []string{fmt.Sprintf("process %d", os.Getpid()), host, "since 2"} {
			if !strings.Contains(locked.Holder, part) || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: error %q does not name the holder's %s", name, err, part)
			}
		}
	}
	in, err := h.pipeline().Inspect()
	if err != nil || len(in.Packages) != 1 {
		t.Errorf("inspection %+v, %v, want the one package that is loaded", in, err)
	}
	other := h.pipeline()
	other.Name, other.Destination = "mill", strings.Replace(other.Destination, "shop.duckdb", "mill.duckdb", 1)
	if _, err := other.Run(t.Context(), &dlt.Source{Name: "mill", Resources: []dlt.AnyResource{events(`[{"id":1}]`)}}, nil); err != nil {
		t.Errorf("a pipeline of another name: %v", err)
	}
	close(goOn)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	h.run(nil, events(`[{"id":3}]`))
	h.want("SELECT id FROM data.events ORDER BY id", "1", "2", "3")
}

// Who reads the working folder while runs go on sees it whole, wherever packages and
// their jobs are moving to (P10, P24).
func TestInspectDuringRuns(t *testing.T) {
	h := newHome(t)
	h.change = func(p *dlt.Pipeline) { p.Load.Retain = 2 }
	h.run(nil, events(`[{"id":1}]`))
	stop, seen := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { seen <- n }()
		for ; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			in, err := h.pipeline().Inspect()
			if err != nil || len(in.Packages) == 0 || len(in.Schemas) == 0 {
				t.Errorf("inspection %d: %+v, %v", n, in, err)
				return
			}
		}
	}()
	for i := range 8 {
		h.run(nil, events(fmt.Sprintf(`[{"id":%d}]`, i+2)))
	}
	close(stop)
	if n := <-seen; n == 0 {
		t.Error("nothing was seen")
	}
}
