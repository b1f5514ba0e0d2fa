package dlt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Trace is what is kept of a pipeline's last run, beside its state.
type Trace struct {
	Report *Report `json:"report"`
	// Step and Error say where and why the run failed; both empty if it did not.
	Step  string `json:"step,omitempty"`
	Error string `json:"error,omitempty"`
}

// trace writes the run's trace. A run that failed keeps its own error: that the
// trace could not be written is only logged then.
func (r *run) trace(runErr error) error {
	t := &Trace{Report: r.report}
	if ids, err := r.dir.store.Pending(); err == nil {
		r.report.Pending = len(ids)
	}
	if step, ok := errors.AsType[*StepError](runErr); ok {
		t.Step, t.Error = step.Step, step.Err.Error()
	} else if runErr != nil {
		t.Error = runErr.Error()
	}
	err := r.dir.saveTrace(t)
	if err != nil && runErr != nil {
		r.log.Warn("the trace of the failed run could not be saved", "error", err)
		return nil
	}
	return err
}

// ErrNeverRan says that there is no working folder of the pipeline.
var ErrNeverRan = errors.New("the pipeline has not run on this machine")

// An Inspection is what a working folder tells without being locked or changed.
type Inspection struct {
	Dir     string
	State   json.RawMessage
	Schemas []*schema.Schema
	// Default is the name of the default schema.
	Default     string
	Destination string // URL of the last run, "" if it held secrets
	Dataset     string
	FirstRun    bool
	Packages    []PackageInfo
	Trace       *Trace
}

// A PackageInfo is one load package in the working folder.
type PackageInfo struct {
	LoadID   string    `json:"load_id"`
	Schema   string    `json:"schema"`
	Status   string    `json:"status"`
	Jobs     int       `json:"jobs"`
	Failed   int       `json:"failed_jobs"`
	Created  time.Time `json:"created_at"`
	Finished time.Time `json:"finished_at,omitzero"`
}

// Inspect reads the working folder.
func (p *Pipeline) Inspect() (*Inspection, error) {
	if err := checkName(p.Name); err != nil {
		return nil, err
	}
	dir := p.WorkingDir()
	w := &workdir{dir: dir}
	st, err := w.loadState()
	if err != nil {
		return nil, err
	}
	trace, err := readTrace(dir)
	if err != nil {
		return nil, err
	}
	if st == nil {
		if trace == nil {
			return nil, fmt.Errorf("pipeline %s: %w: nothing in %s", p.Name, ErrNeverRan, dir)
		}
		st = newState(p.Name) // its first run failed
	}
	local := st.Local()
	first, _ := local.Get("first_run")
	in := &Inspection{
		Trace: trace, Dir: dir, State: st.Encode(), Default: st.Root().Text("default_schema_name"), Dataset: st.Root().Text("dataset_name"),
		Destination: local.Text("destination_url"), FirstRun: first == true,
	}
	names, err := w.schemaNames()
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, n := range names {
		s, err := w.loadSchema(n)
		if err != nil {
			return nil, err
		}
		if s != nil { // else a run that goes on has just removed it
			in.Schemas = append(in.Schemas, s)
		}
	}
	in.Packages, err = packages(dir)
	return in, err
}

// packages lists the load packages without opening the store, which would
// clean up after a run that may still be going on.
func packages(dir string) ([]PackageInfo, error) {
	found, err := loadpackage.Peek(dir)
	if err != nil {
		return nil, err
	}
	var list []PackageInfo
	for _, p := range found {
		list = append(list, PackageInfo{
			LoadID: p.LoadID, Schema: p.Schema.Name, Status: string(p.Status), Jobs: len(p.Jobs) + len(p.Completed) + len(p.Failed),
			Failed: len(p.Failed), Created: p.Created, Finished: p.Finished,
		})
	}
	return list, nil
}

func readTrace(dir string) (*Trace, error) {
	data, err := os.ReadFile(filepath.Join(dir, "trace.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	t := &Trace{}
	if err := json.Unmarshal(data, t); err != nil {
		return nil, fmt.Errorf("trace.json: %w", err)
	}
	return t, nil
}

// Open opens the pipeline's dataset for reading: the one that is named, else
// the last run's.
func (p *Pipeline) Open(ctx context.Context) (*destination.Dataset, error) {
	url, name := p.Destination, p.Dataset
	if in, err := p.Inspect(); err == nil {
		if url == "" {
			url = in.Destination
		}
		if name == "" {
			name = in.Dataset
		}
	} else if !errors.Is(err, ErrNeverRan) {
		return nil, err
	}
	if url == "" {
		return nil, ErrNoDestination
	}
	if name == "" {
		name = p.Name + "_dataset"
	}
	opt := destination.Options{}
	if p.DestinationOptions != nil {
		opt = *p.DestinationOptions
	}
	opt.ReadOnly = true
	return destination.Open(ctx, url, name, &opt)
}
