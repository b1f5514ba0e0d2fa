// Package load takes load packages to a destination.
//
// It is the last stage of a run: packages come from disk, their jobs go into the
// tables of a dataset, staged rows are merged or replaced, and the package becomes
// visible with its state and its load id in one transaction. A package that is
// committed already is only moved, so running again after a crash loads nothing twice.
//
//	report, err := load.Run(ctx, store, dataset, load.Options{})
package load

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Options are the settings of the load section (L14). The zero value holds the defaults.
type Options struct {
	// KeepGoing lets a package complete without its failed jobs; the reference
	// calls the opposite raise_on_failed_jobs.
	KeepGoing bool
	// MaxRetries is how often a job is repeated in one run, raise_on_max_retries;
	// 0 is 5, less than 0 is without end.
	MaxRetries int
	// AutoAbort aborts a package at its first terminal error.
	AutoAbort bool
	// DeleteCompletedJobs frees the space of loaded packages (L18).
	DeleteCompletedJobs bool
	// Retain is how many finished packages are kept; 0 is 10, less than 0 is all.
	Retain int
	// Backoff is the first wait before a repetition; 0 is half a second.
	Backoff time.Duration
	// OnJob is told of each job that was loaded, again if its package is tried again; may be nil.
	OnJob func(JobReport)
	// Now is the clock; nil is the real one.
	Now    func() time.Time
	Logger *slog.Logger
}

func (o *Options) setDefaults() {
	if o.MaxRetries == 0 {
		o.MaxRetries = 5
	}
	if o.Retain == 0 {
		o.Retain = 10
	}
	if o.Backoff == 0 {
		o.Backoff = 500 * time.Millisecond
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// A Report says what a run of the loader did.
type Report struct{ Packages []*PackageReport }

// Failed reports whether any job failed for good.
func (r *Report) Failed() bool {
	for _, p := range r.Packages {
		if len(p.Failed) > 0 {
			return true
		}
	}
	return false
}

// Aborted reports whether a package was given up, which has put local state and
// schemas back.
func (r *Report) Aborted() bool {
	for _, p := range r.Packages {
		if p.Status == loadpackage.Aborted {
			return true
		}
	}
	return false
}

// A PackageReport says what became of one package.
type PackageReport struct {
	LoadID            string
	Schema            string
	SchemaHash        string
	Created           time.Time
	Started, Finished time.Time
	// Status is loaded, aborted, or normalized when it still waits.
	Status loadpackage.Status
	// Committed says that an earlier run had loaded the package and was interrupted
	// before it could note that.
	Committed bool
	Jobs      []JobReport
	Failed    []JobFailure
	// Applied are the new tables and columns of the dataset.
	Applied            []schema.Change
	Dropped, Truncated []string
	// Attempts is how often the package was tried.
	Attempts int
}

// Rows is the number of rows that were loaded.
func (p *PackageReport) Rows() int64 {
	var n int64
	for _, j := range p.Jobs {
		n += j.Rows
	}
	return n
}

// A JobReport says how one job went.
type JobReport struct {
	Job               loadpackage.Job
	Table             string
	Rows              int64
	Started, Finished time.Time
}

// A JobFailure is a job that was given up.
type JobFailure struct {
	Job    loadpackage.Job
	Reason string
}

// Run loads all pending packages in the order of their load ids. On error the report
// holds what was done until then; what was not loaded waits for the next run.
func Run(ctx context.Context, store *loadpackage.Store, ds *destination.Dataset, opts Options) (*Report, error) {
	opts.setDefaults()
	report := &Report{}
	ids, err := store.Pending()
	if err != nil {
		return report, err
	}
	for _, id := range ids {
		p, err := store.Package(id)
		if err != nil {
			return report, err
		}
		l := &loader{store: store, ds: ds, opts: opts, p: p}
		l.report = &PackageReport{
			LoadID: p.LoadID, Schema: p.Schema.Name, SchemaHash: p.Schema.VersionHash,
			Created: p.Created, Started: opts.Now(), Status: p.Status,
		}
		report.Packages = append(report.Packages, l.report)
		err = l.run(ctx)
		l.report.Finished = opts.Now()
		if err != nil {
			return report, fmt.Errorf("load package %s: %w", id, err)
		}
		if l.report.Status == loadpackage.Aborted {
			return report, nil // later packages are gone
		}
	}
	if opts.Retain > 0 {
		return report, store.Retain(opts.Retain)
	}
	return report, nil
}

// loader loads one package.
type loader struct {
	store  *loadpackage.Store
	ds     *destination.Dataset
	opts   Options
	p      *loadpackage.Package
	report *PackageReport
}

func (l *loader) run(ctx context.Context) error {
	if err := l.p.Requeue(); err != nil {
		return err
	}
	work, err := l.plan()
	if err != nil {
		return err
	}
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = l.opts.Backoff, 30*time.Second
	for failures := 0; ; {
		l.report.Attempts++
		err := l.attempt(ctx, work)
		if err == nil {
			return l.complete()
		}
		if requeueErr := l.p.Requeue(); requeueErr != nil {
			return errors.Join(err, requeueErr)
		}
		if ctx.Err() != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		failures++
		again, err := l.handle(err, failures)
		if !again {
			return err
		}
		if err != nil { // transient
			if err := sleep(ctx, wait.NextBackOff()); err != nil {
				return err
			}
		}
		if work, err = l.plan(); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// attempt loads the whole package in one transaction.
func (l *loader) attempt(ctx context.Context, work *work) (err error) {
	l.report.Jobs, l.report.Applied, l.report.Dropped, l.report.Truncated = nil, nil, nil, nil
	if err := l.p.Start(); err != nil {
		return err
	}
	work.locate(l.p.Jobs)
	tx, err := l.ds.Begin(ctx, l.p.LoadID)
	if errors.Is(err, driver.ErrCommitted) {
		l.report.Committed = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			if rollbackErr := tx.Rollback(ctx); rollbackErr != nil {
				err = fmt.Errorf("%w (and rollback: %w)", err, rollbackErr)
			}
		}
	}()
	applied, err := tx.Prepare(ctx, work.plan)
	if err != nil {
		return err
	}
	l.report.Applied, l.report.Dropped, l.report.Truncated = applied.Changes, applied.Dropped, applied.Truncated
	for _, c := range work.chains {
		if err := l.loadChain(ctx, tx, c); err != nil {
			return err
		}
	}
	return tx.Commit(ctx, work.record)
}

// loadChain loads the jobs of a chain and then brings staged rows to the final tables.
func (l *loader) loadChain(ctx context.Context, tx driver.Tx, c *chain) error {
	for _, j := range c.jobs {
		r := JobReport{Job: j.job, Table: j.table.Name, Started: l.opts.Now()}
		n, err := tx.Load(ctx, driver.Target{Table: j.table, Staging: c.staged, LoadID: l.p.LoadID}, j.job)
		if err != nil {
			return jobError(j.job, err)
		}
		r.Rows, r.Finished = n, l.opts.Now()
		l.report.Jobs = append(l.report.Jobs, r)
		if l.opts.OnJob != nil {
			l.opts.OnJob(r)
		}
		l.opts.Logger.Debug("job loaded", "table", r.Table, "rows", n, "load_id", l.p.LoadID)
	}
	if !c.staged {
		return nil
	}
	if err := tx.Finish(ctx, c.Chain); err != nil {
		return &ChainError{Table: c.Root().Name, Terminal: driver.IsTerminal(err), Err: err}
	}
	return nil
}

// handle decides what a failed attempt means (L14): go on at once (true, nil), go on
// after a while (true, err), or give up (false, err or nil).
func (l *loader) handle(err error, failures int) (again bool, _ error) {
	terminal := driver.IsTerminal(err)
	var je *JobError
	var ce *ChainError
	switch {
	case errors.As(err, &je):
		return l.handleJob(je, terminal)
	case errors.As(err, &ce) && terminal && l.opts.AutoAbort:
		return false, l.abort(err)
	case errors.As(err, &ce) && terminal && l.opts.KeepGoing:
		return true, l.failChain(ce.Table, err.Error())
	case terminal:
		return false, err
	case l.opts.MaxRetries > 0 && failures >= l.opts.MaxRetries:
		return false, fmt.Errorf("gave up after %d attempts: %w", failures, err)
	}
	l.opts.Logger.Warn("load failed, trying again", "load_id", l.p.LoadID, "error", err)
	return true, err
}

func (l *loader) handleJob(je *JobError, terminal bool) (again bool, _ error) {
	job, ok := l.find(je.Job)
	if !ok {
		return false, fmt.Errorf("job %s is gone: %w", je.Job.ID(), je)
	}
	switch {
	case !terminal:
		if err := l.p.Retry(job, false, je.Err.Error()); err != nil {
			return false, err
		}
		if l.opts.MaxRetries > 0 && (job.Retry+1)%l.opts.MaxRetries == 0 {
			return false, fmt.Errorf("gave up after %d attempts: %w", job.Retry+1, je)
		}
		l.opts.Logger.Warn("job failed, trying again", "job", job.ID(), "load_id", l.p.LoadID, "error", je.Err)
		return true, je
	case l.opts.AutoAbort:
		if err := l.p.Retry(job, true, je.Err.Error()); err != nil {
			return false, err
		}
		return false, l.abort(je)
	case l.opts.KeepGoing:
		return true, l.failJob(job, je.Err.Error())
	default:
		if err := l.p.Retry(job, true, je.Err.Error()); err != nil {
			return false, err
		}
		return false, je
	}
}

// find is the job where it is now.
func (l *loader) find(job loadpackage.Job) (loadpackage.Job, bool) {
	for _, j := range l.p.Jobs {
		if j.ID() == job.ID() {
			return j, true
		}
	}
	return loadpackage.Job{}, false
}

// failJob gives up a job. When its rows would be merged or replaced, the chain cannot be
// right without them, and all its jobs fail (L27).
func (l *loader) failJob(job loadpackage.Job, reason string) error {
	if root := l.p.Schema.Root(job.Table); root != nil && l.staged(root) {
		if err := l.fail(job, reason); err != nil {
			return err
		}
		return l.failChain(root.Name, "not merged: job "+job.ID()+" failed")
	}
	return l.fail(job, reason)
}

func (l *loader) failChain(root, reason string) error {
	for _, j := range l.p.Jobs {
		if t := l.p.Schema.Root(j.Table); t != nil && t.Name == root {
			if err := l.fail(j, reason); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) fail(job loadpackage.Job, reason string) error {
	l.opts.Logger.Error("job failed", "job", job.ID(), "load_id", l.p.LoadID, "error", reason)
	if err := l.p.Fail(job, reason); err != nil {
		return err
	}
	l.report.Failed = append(l.report.Failed, JobFailure{Job: job, Reason: reason})
	return nil
}

// abort gives the package up (L16). The error is the run's unless failures may pass.
func (l *loader) abort(cause error) error {
	if _, err := l.store.Abort(l.p.LoadID); err != nil {
		return errors.Join(cause, err)
	}
	l.report.Status = loadpackage.Aborted
	if l.opts.KeepGoing {
		return nil
	}
	return fmt.Errorf("aborted: %w", cause)
}

// complete notes on disk what the destination has committed.
func (l *loader) complete() error {
	out := loadpackage.Outcome{Applied: l.report.Applied, Dropped: l.report.Dropped, Truncated: l.report.Truncated}
	for _, j := range l.report.Jobs {
		out.Metrics = append(out.Metrics, loadpackage.JobMetrics{Job: j.Job, Started: j.Started, Finished: j.Finished, State: "completed"})
	}
	for _, f := range l.report.Failed {
		out.Metrics = append(out.Metrics, loadpackage.JobMetrics{Job: f.Job, Started: l.report.Started, Finished: l.opts.Now(), State: "failed"})
	}
	if err := l.p.Complete(out); err != nil {
		return err
	}
	l.report.Status = loadpackage.Loaded
	if l.opts.DeleteCompletedJobs {
		return l.p.DeleteCompletedJobs()
	}
	return nil
}
