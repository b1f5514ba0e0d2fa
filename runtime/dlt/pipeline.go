package dlt

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/internal/load"
	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Pipeline loads sources into one dataset and remembers between runs how far
// it got. Its fields are settings; it holds no open resources between runs.
type Pipeline struct {
	// Name is the pipeline's name and that of its working folder.
	Name string
	// Destination is a URL; "" is where the last run went (P5).
	Destination string
	// Dataset is the dataset's name; "" is the last run's, else NAME_dataset (P3).
	Dataset string
	// Dir is the folder of all pipelines; "" is the one of [DataDir].
	Dir string
	// DestinationOptions are passed on when the dataset is opened.
	DestinationOptions *destination.Options
	// Limits override what the destination says of names and nesting, for tests
	// and for destinations that are stricter than they declare.
	Limits *Limits
	// NoRestore keeps the pipeline from reading its state at the destination, and
	// from writing it there (P48).
	NoRestore bool
	// Load are the rules for jobs that fail (L14).
	Load load.Options
	// Workers bounds concurrent fetching and decoding; 0 is the default.
	Workers int
	// Logger takes warnings and steps; nil discards them.
	Logger *slog.Logger
	// Progress shows what happens; may be nil.
	Progress Progress
	// Now is the clock; nil is the real one.
	Now func() time.Time

	disk *atomicfile.Disk // tests put faults here
}

// Limits are bounds of a destination (D2, S32).
type Limits struct {
	MaxTableName, MaxColumnName int
	MaxTableNesting             schema.Int
}

// RunOptions change one run. The zero value is right for most.
type RunOptions struct {
	// Resources are the names of those to load; nil: all that are selected.
	Resources []string
	// Limit is the number of records of each resource after which it stops; the
	// page that crosses it is taken whole (E33). 0: no limit.
	Limit int64
	// Refresh is "", drop_sources, drop_resources or drop_data (40-pipeline §5).
	Refresh string
	// Hints are laid over every resource of the run (E58).
	Hints *schema.TableHints
	// Format asks for a job format; "" is the destination's first.
	Format loadpackage.Format
	// AddArrowID and AddArrowLoadID add those columns to Arrow input (A8).
	AddArrowID, AddArrowLoadID bool
}

// ErrNoDestination says that nobody named a destination, now or earlier.
var ErrNoDestination = errors.New("no destination: pass a URL such as duckdb:///file.duckdb")

// Run extracts the source and loads it. What an earlier run left on disk is
// loaded first. On failure the tables are as they were, or a complete load
// package waits on disk for the next run; the error's [StepError] says which.
func (p *Pipeline) Run(ctx context.Context, src *Source, opt *RunOptions) (*Report, error) {
	if opt == nil {
		opt = &RunOptions{}
	}
	r, err := p.begin(ctx)
	if err != nil {
		return nil, p.fail("config", err)
	}
	defer r.close()
	r.report.Source = src.Name
	err = r.steps(ctx, src, opt)
	r.report.Finished = r.now()
	r.report.sort()
	if traceErr := r.trace(err); err == nil {
		err = traceErr
	}
	return r.report, err
}

// steps is a run's table of contents.
func (r *run) steps(ctx context.Context, src *Source, opt *RunOptions) error {
	if err := r.openDestination(ctx); err != nil {
		return r.p.fail("config", err)
	}
	if err := r.loadPending(ctx, true); err != nil {
		return err
	}
	if err := r.restore(ctx); err != nil {
		return r.p.fail("sync", err)
	}
	r.report.FirstRun = !r.known
	made, err := r.extract(ctx, src, opt)
	if err != nil || !made {
		return err
	}
	return r.loadPending(ctx, false)
}

// Resume loads what waits on disk and extracts nothing.
func (p *Pipeline) Resume(ctx context.Context) (*Report, error) {
	r, err := p.begin(ctx)
	if err != nil {
		return nil, p.fail("config", err)
	}
	defer r.close()
	if err := r.openDestination(ctx); err != nil {
		return nil, p.fail("config", err)
	}
	err = r.loadPending(ctx, true)
	r.report.Finished = r.now()
	return r.report, err
}

// WorkingDir is the pipeline's folder on this machine.
func (p *Pipeline) WorkingDir() string {
	dir := p.Dir
	if dir == "" {
		dir = filepath.Join(DataDir(), "pipelines")
	}
	return filepath.Join(dir, p.Name)
}

// fail wraps an error with the step that failed, once.
func (p *Pipeline) fail(step string, err error) error {
	var already *StepError
	if err == nil || errors.As(err, &already) {
		return err
	}
	return &StepError{Step: step, Pipeline: p.Name, Err: err}
}

// stepError is fail with what waits on disk after the failure (P33).
func (r *run) stepError(step string, err error) error {
	wrapped := r.p.fail(step, err)
	var e *StepError
	if !errors.As(wrapped, &e) {
		return wrapped
	}
	// That a folder cannot be listed is no news beside the failure.
	if waiting, _ := r.dir.store.Pending(); len(waiting) > 0 {
		e.Pending, e.LoadID = true, waiting[0]
	}
	return wrapped
}

// A run is one call of Run: what is open while it lasts.
type run struct {
	p       *Pipeline
	dir     *workdir
	ds      *destination.Dataset
	caps    driver.Capabilities
	state   *state.State
	known   bool // the pipeline has run before, here or elsewhere
	ids     *loadpackage.LoadIDs
	log     *slog.Logger
	now     func() time.Time
	report  *Report
	options extract.Options
}

func (p *Pipeline) begin(_ context.Context) (*run, error) {
	if err := checkName(p.Name); err != nil {
		return nil, err
	}
	r := &run{p: p, log: p.Logger, now: p.Now, options: extract.Options{Workers: p.Workers}}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.now == nil {
		r.now = time.Now
	}
	disk := p.disk
	if disk == nil {
		disk = &atomicfile.Disk{}
	}
	id := uuid.New()
	r.report = &Report{TransactionID: hex.EncodeToString(id[:]), Pipeline: p.Name, Started: r.now()}
	r.ids = &loadpackage.LoadIDs{Now: r.now}
	var err error
	if r.dir, err = openWorkdir(p.WorkingDir(), disk, r.report.Started); err != nil {
		return nil, err
	}
	if r.state, err = r.dir.loadState(); err == nil {
		err = r.followLoads()
	}
	if err != nil {
		r.dir.close()
		return nil, err
	}
	r.known = r.state != nil
	if r.state == nil {
		r.state = newState(p.Name)
	}
	return r, nil
}

// followLoads keeps load ids rising when the clock was set back: packages load, and
// states are found again, in their order (L1).
func (r *run) followLoads() error {
	pending, err := r.dir.store.Pending()
	if err != nil {
		return err
	}
	finished, err := r.dir.store.Finished()
	if err != nil {
		return err
	}
	for _, id := range append(pending, finished...) {
		r.ids.Follow(id)
	}
	return nil
}

func newState(pipeline string) *state.State {
	st := state.New(pipeline)
	st.Bump()
	st.Local().Set("first_run", true)
	return st
}

func (r *run) close() {
	if r.ds != nil {
		if err := r.ds.Close(); err != nil {
			r.log.Warn("close destination", "error", err)
		}
	}
	r.dir.close()
}

// openDestination resolves P3 and P5 and opens the dataset.
func (r *run) openDestination(ctx context.Context) error {
	local := r.state.Local()
	url := r.p.Destination
	if url == "" {
		url = local.Text("destination_url")
	}
	if url == "" {
		return ErrNoDestination
	}
	name := r.p.Dataset
	if name == "" {
		name = r.state.Root().Text("dataset_name")
	}
	if name == "" {
		name = r.p.Name + "_dataset"
	}
	opt := destination.Options{}
	if r.p.DestinationOptions != nil {
		opt = *r.p.DestinationOptions
	}
	if opt.Now == nil {
		opt.Now = r.now
	}
	if opt.Logger == nil {
		opt.Logger = r.log
	}
	ds, err := destination.Open(ctx, url, name, &opt)
	if err != nil {
		return err
	}
	r.ds, r.caps = ds, *ds.Capabilities()
	if l := r.p.Limits; l != nil {
		if l.MaxTableName > 0 {
			r.caps.MaxTableName = l.MaxTableName
		}
		if l.MaxColumnName > 0 {
			r.caps.MaxColumnName = l.MaxColumnName
		}
		if l.MaxTableNesting.Set {
			r.caps.MaxTableNesting = l.MaxTableNesting
		}
	}
	r.report.Destination, r.report.Dataset = ds.URL(), name
	if !strings.Contains(ds.URL(), "***") {
		// An address without secrets is remembered, so that the next run may omit it.
		local.Set("destination_url", url)
	}
	return nil
}

// loadPending loads every package that waits, oldest first. Packages of earlier
// runs bring their state with them, should that run have died before saving it.
func (r *run) loadPending(ctx context.Context, earlier bool) error {
	ids, err := r.dir.store.Pending()
	if err != nil {
		return r.p.fail("load", err)
	}
	if len(ids) == 0 {
		return nil
	}
	if earlier {
		r.log.Info("loading packages of an earlier run first", "packages", len(ids))
		if err := r.adoptPending(ids); err != nil {
			return r.p.fail("load", err)
		}
	}
	opts := r.p.Load
	if opts.Logger == nil {
		opts.Logger = r.log
	}
	shown := loadProgress{to: r.p.Progress, jobs: map[string]int64{}, tables: map[string]int64{}}
	if shown.to != nil {
		opts.OnJob = shown.job
	}
	rep, err := load.Run(ctx, r.dir.store, r.ds, opts)
	shown.done()
	if rep != nil {
		for _, l := range rep.Packages {
			if l.Status != loadpackage.Loaded {
				continue // it waits, or was aborted: nothing of it is at the destination
			}
			r.report.Loads = append(r.report.Loads, LoadReport{
				LoadID: l.LoadID, Schema: l.Schema, Pending: earlier, Rows: l.Rows(), Jobs: len(l.Jobs), Failed: len(l.Failed), Took: l.Finished.Sub(l.Started),
			})
		}
	}
	if rep != nil && rep.Aborted() {
		err = errors.Join(err, r.reloadState())
	}
	if err != nil {
		return r.stepError("load", err)
	}
	if rep.Aborted() {
		return nil
	}
	r.state.Local().Set("first_run", false)
	return r.p.fail("load", r.dir.saveState(r.state))
}

// reloadState goes back to the state that an abort has put back (L16).
func (r *run) reloadState() error {
	st, err := r.dir.loadState()
	if err != nil {
		return err
	}
	r.known = st != nil
	if st == nil {
		st = newState(r.p.Name)
		if url := r.state.Local().Text("destination_url"); url != "" {
			st.Local().Set("destination_url", url)
		}
	}
	r.state = st
	return nil
}

// adoptPending takes over state and schema of packages whose run died between
// committing the package and saving the local copies.
func (r *run) adoptPending(ids []string) error {
	for _, id := range ids {
		pkg, err := r.dir.store.Package(id)
		if err != nil {
			return err
		}
		if err := r.adoptState(pkg); err != nil {
			return fmt.Errorf("package %s: state: %w", id, err)
		}
		stored, err := r.dir.loadSchema(pkg.Schema.Name)
		if err != nil {
			return err
		}
		if stored == nil || stored.VersionHash != pkg.Schema.VersionHash && stored.Version < pkg.Schema.Version {
			if err := r.dir.saveSchema(pkg.Schema); err != nil {
				return err
			}
		}
	}
	return nil
}

// adoptState takes over the state of a package that is newer than the local one: the
// row that it brings, or what was kept with it because the row travels elsewhere.
func (r *run) adoptState(pkg *loadpackage.Package) error {
	if row := pkg.State; row != nil {
		same := row.Version == r.state.Version() && row.VersionHash == r.state.VersionHash()
		if row.Version < r.state.Version() || row.Version == r.state.Version() && (!same || r.state.Extracted()) {
			return nil
		}
		st, err := state.DecodeBlob(row.State)
		if err == nil {
			r.replaceState(st)
			r.state.MarkExtracted(r.now())
		}
		return err
	}
	kept, err := pkg.KeptState()
	if err != nil || kept == nil {
		return err
	}
	st, err := state.Decode(kept)
	if err == nil && st.Version() > r.state.Version() {
		r.replaceState(st)
	}
	return err
}

// replaceState takes over a document from elsewhere and keeps what belongs to
// this machine (P42).
func (r *run) replaceState(st *state.State) {
	local := r.state.Local()
	for _, k := range local.Keys() {
		v, _ := local.Get(k)
		st.Local().Set(k, v)
	}
	r.state, r.known = st, true
}

// AbortPending gives up every package that waits: none of them will be loaded,
// and the local state and schemas go back to what they were before (P35).
func (p *Pipeline) AbortPending(ctx context.Context) error {
	r, err := p.begin(ctx)
	if err != nil {
		return err
	}
	defer r.close()
	for {
		ids, err := r.dir.store.Pending()
		if err != nil || len(ids) == 0 {
			return err
		}
		if _, err := r.dir.store.Abort(""); err != nil {
			return err
		}
	}
}
