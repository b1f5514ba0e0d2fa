package loadpackage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Status is how far a package has come (L5).
type Status string

// The statuses of a package that readers can meet.
const (
	Normalized Status = "normalized"
	Loaded     Status = "loaded"
	Aborted    Status = "aborted"
)

// A Package is what one run loads: a schema, jobs, and the state that goes with them.
type Package struct {
	LoadID  string
	Created time.Time
	Status  Status
	// Dir is the package's folder.
	Dir string
	// Schema is the schema the tables are loaded with.
	Schema *schema.Schema
	// Jobs wait to be loaded, in the order of their file names.
	Jobs []Job
	// Completed and Failed are the jobs that are done.
	Completed, Failed []Job
	// State is the pipeline state that commits with the package, or nil.
	State *State
	// Refresh is the mode of the refresh that the run asked for, or "".
	Refresh string
	// Dropped and Truncated are the tables a refresh asks for, nested ones first.
	Dropped, Truncated []string
	// AbortRequested says that the package is to be aborted, not loaded.
	AbortRequested bool
	// Finished is when the package was completed; zero while it waits.
	Finished time.Time

	store *Store
	doc   document
}

// Package reads the package of a load id, waiting or finished.
func (s *Store) Package(loadID string) (*Package, error) {
	if loadID == "" || loadID != filepath.Base(loadID) {
		return nil, fmt.Errorf("load id %q is no package name", loadID)
	}
	for _, status := range []string{statusNormalized, statusLoaded} {
		dir := filepath.Join(s.folder(status), loadID)
		if fi, err := os.Stat(dir); err == nil && fi.IsDir() {
			p, err := s.read(dir, loadID)
			if err != nil {
				return nil, fmt.Errorf("read package %s: %w", loadID, err)
			}
			return p, nil
		}
	}
	return nil, fmt.Errorf("package %s: %w", loadID, fs.ErrNotExist)
}

func (s *Store) read(dir, loadID string) (*Package, error) {
	created, err := CreatedAt(loadID)
	if err != nil {
		return nil, err
	}
	p := &Package{LoadID: loadID, Created: created, Status: Normalized, Dir: dir, store: s}
	if p.doc, err = readDocument(dir); err != nil {
		return nil, err
	}
	p.State = p.doc.state()
	p.Refresh = p.doc.root.Text("refresh")
	p.Dropped, p.Truncated = p.doc.names("dropped_tables"), p.doc.names("truncated_tables")
	v, _ := p.doc.root.Get("abort_requested")
	p.AbortRequested, _ = v.(bool)
	if err := p.readCompleted(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, fileSchema))
	if err != nil {
		return nil, err
	}
	if p.Schema, err = decodeSchema(text); err != nil {
		return nil, fmt.Errorf("read %s: %w", fileSchema, err)
	}
	return p, p.readJobs()
}

// KeptState is what [Writer.KeepState] put into the package, nil if nothing.
func (p *Package) KeptState() ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(p.Dir, fileKept))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func (p *Package) readCompleted() error {
	path := filepath.Join(p.Dir, fileCompleted)
	word, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	switch s := Status(strings.TrimSpace(string(word))); s {
	case Loaded, Aborted:
		p.Status = s
	default:
		return fmt.Errorf("%s holds %.20q, want loaded or aborted", fileCompleted, word)
	}
	fi, err := os.Stat(path)
	if err != nil {
		return err
	}
	p.Finished = fi.ModTime()
	return nil
}

func (p *Package) readJobs() error {
	var err error
	started, err := p.jobsIn(jobsStarted)
	if err != nil {
		return err
	}
	if p.Jobs, err = p.jobsIn(jobsNew); err != nil {
		return err
	}
	p.Jobs = append(p.Jobs, started...)
	if p.Completed, err = p.jobsIn(jobsCompleted); err != nil {
		return err
	}
	p.Failed, err = p.jobsIn(jobsFailed)
	return err
}

func (p *Package) jobsIn(folder string) ([]Job, error) {
	entries, err := os.ReadDir(filepath.Join(p.Dir, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var jobs []Job
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".exception") || atomicfileTemp(e.Name()) {
			continue
		}
		job, err := ParseJob(e.Name())
		if err != nil {
			return nil, err
		}
		fi, err := e.Info()
		if err != nil {
			return nil, err
		}
		job.Path = filepath.Join(p.Dir, folder, e.Name())
		job.Bytes, job.Rows = fi.Size(), p.doc.rows(job.ID())
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// Start moves all waiting jobs to started_jobs (L10).
func (p *Package) Start() error { return p.moveAll(jobsNew, jobsStarted) }

// Requeue moves the started jobs back: their work was rolled back, or the process
// that did it died (L11).
func (p *Package) Requeue() error { return p.moveAll(jobsStarted, jobsNew) }

// moveAll moves a whole folder of jobs in one rename when the target is empty.
func (p *Package) moveAll(from, to string) error {
	src, dst := filepath.Join(p.Dir, from), filepath.Join(p.Dir, to)
	entries, err := os.ReadDir(src)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return p.readJobs()
	}
	if err != nil {
		return fmt.Errorf("move jobs: %w", err)
	}
	disk := p.store.disk
	// Remove succeeds on an empty folder only, and then one rename moves all.
	if err := os.Remove(dst); err == nil || errors.Is(err, fs.ErrNotExist) {
		if err := disk.Rename(src, dst); err != nil {
			return fmt.Errorf("move jobs: %w", err)
		}
		return p.readJobs()
	}
	for _, e := range entries {
		if err := disk.Rename(filepath.Join(src, e.Name()), filepath.Join(dst, e.Name())); err != nil {
			return fmt.Errorf("move jobs: %w", err)
		}
	}
	return p.readJobs()
}

// Retry moves a job back to new_jobs with one more retry, and keeps the reason (L10).
func (p *Package) Retry(job Job, terminal bool, reason string) error {
	kind := "transient"
	if terminal {
		kind = "terminal"
	}
	next := job
	next.Retry++
	if err := p.keepException(job, "retry: "+kind+"\n"+reason); err != nil {
		return err
	}
	if err := p.move(job, jobsNew, next.FileName()); err != nil {
		return err
	}
	return p.readJobs()
}

// Fail moves a job to failed_jobs with the reason beside it (L10).
func (p *Package) Fail(job Job, reason string) error {
	dir := filepath.Join(p.Dir, jobsFailed)
	if err := p.store.disk.MkdirAll(dir); err != nil {
		return fmt.Errorf("fail job %s: %w", job.ID(), err)
	}
	if err := p.store.disk.WriteFile(filepath.Join(dir, job.FileName()+".exception"), []byte(reason)); err != nil {
		return fmt.Errorf("fail job %s: %w", job.ID(), err)
	}
	if err := p.move(job, jobsFailed, job.FileName()); err != nil {
		return err
	}
	return p.readJobs()
}

// RetryFailed moves a failed job back to new_jobs with one more retry (P36).
func (p *Package) RetryFailed(job Job) error {
	reason, err := p.Reason(job)
	if err != nil {
		return err
	}
	if err := p.Retry(job, true, reason); err != nil {
		return err
	}
	return p.store.disk.Remove(filepath.Join(p.Dir, jobsFailed, job.FileName()+".exception"))
}

func (p *Package) keepException(job Job, text string) error {
	dir := filepath.Join(p.Dir, dirExceptions)
	if err := p.store.disk.MkdirAll(dir); err != nil {
		return fmt.Errorf("keep exception of %s: %w", job.ID(), err)
	}
	name := fmt.Sprintf("%s.%s.%d.exception", job.Table, job.FileID, job.Retry)
	if err := p.store.disk.WriteFile(filepath.Join(dir, name), []byte(text)); err != nil {
		return fmt.Errorf("keep exception of %s: %w", job.ID(), err)
	}
	return nil
}

func (p *Package) move(job Job, folder, name string) error {
	dir := filepath.Join(p.Dir, folder)
	if err := p.store.disk.MkdirAll(dir); err != nil {
		return fmt.Errorf("move job %s: %w", job.ID(), err)
	}
	if err := p.store.disk.Rename(job.Path, filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("move job %s: %w", job.ID(), err)
	}
	return nil
}

// Reason is why a job failed or was last retried, "" when it never was.
func (p *Package) Reason(job Job) (string, error) {
	text, err := os.ReadFile(filepath.Join(p.Dir, jobsFailed, job.FileName()+".exception"))
	for r := job.Retry; errors.Is(err, fs.ErrNotExist) && r >= 0; r-- {
		name := fmt.Sprintf("%s.%s.%d.exception", job.Table, job.FileID, r)
		text, err = os.ReadFile(filepath.Join(p.Dir, dirExceptions, name))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read exception of %s: %w", job.ID(), err)
	}
	_, reason, found := strings.Cut(string(text), "\n")
	if !found || !strings.HasPrefix(string(text), "retry: ") {
		reason = string(text)
	}
	return reason, nil
}

// PartiallyLoaded reports whether some jobs are done while others wait, or one was
// retried more than once (L17). With a destination that has transactions it stays
// false until a job was repeated.
func (p *Package) PartiallyLoaded() bool {
	if len(p.Jobs) > 0 && len(p.Completed) > 0 {
		return true
	}
	return slices.ContainsFunc(p.Jobs, func(j Job) bool { return j.Retry > 1 })
}

// An Outcome is what loading a package did.
type Outcome struct {
	// Applied is what changed at the destination, new columns only.
	Applied []schema.Change
	// Dropped and Truncated are the tables of the refresh that were there.
	Dropped, Truncated []string
	Metrics            []JobMetrics
}

// JobMetrics is how one job went (L6).
type JobMetrics struct {
	Job      Job
	Started  time.Time
	Finished time.Time
	State    string
}

// Complete marks the package as loaded and moves it to load/loaded. It is called
// after the destination committed, and safe to repeat (L10).
func (p *Package) Complete(out Outcome) error {
	if err := p.moveAll(jobsStarted, jobsCompleted); err != nil {
		return err
	}
	if err := p.moveAll(jobsNew, jobsCompleted); err != nil {
		return err
	}
	disk := p.store.disk
	if err := p.writeApplied(out.Applied); err != nil {
		return fmt.Errorf("complete package %s: %w", p.LoadID, err)
	}
	p.doc.setNames("applied_dropped_tables", slices.Sorted(slices.Values(out.Dropped)))
	p.doc.setNames("applied_truncated_tables", slices.Sorted(slices.Values(out.Truncated)))
	p.doc.setMetrics(out.Metrics)
	if err := disk.WriteFile(filepath.Join(p.Dir, fileState), p.doc.encode()); err != nil {
		return fmt.Errorf("complete package %s: %w", p.LoadID, err)
	}
	if err := disk.Remove(filepath.Join(p.Dir, fileUpdates)); err != nil {
		return fmt.Errorf("complete package %s: %w", p.LoadID, err)
	}
	return p.finish(Loaded)
}

// writeApplied notes what changed at the destination. What an interrupted call noted
// stays: who repeats it finds the package committed and knows of no change.
func (p *Package) writeApplied(changes []schema.Change) error {
	path := filepath.Join(p.Dir, fileApplied)
	if _, err := os.Stat(path); err == nil && len(changes) == 0 {
		return nil
	}
	applied, err := encodeChanges(changes)
	if err != nil {
		return err
	}
	return p.store.disk.WriteFile(path, applied)
}

// finish writes the marker and moves the package to load/loaded.
func (p *Package) finish(status Status) error {
	disk := p.store.disk
	if err := disk.WriteFile(filepath.Join(p.Dir, fileCompleted), []byte(status)); err != nil {
		return fmt.Errorf("finish package %s: %w", p.LoadID, err)
	}
	to := filepath.Join(p.store.folder(statusLoaded), p.LoadID)
	if err := disk.Rename(p.Dir, to); err != nil {
		return fmt.Errorf("finish package %s: %w", p.LoadID, err)
	}
	p.Dir, p.Status = to, status
	return p.readJobs()
}

// DeleteCompletedJobs frees the space of a finished package unless jobs failed (L18).
func (p *Package) DeleteCompletedJobs() error {
	if p.Status == Normalized || len(p.Failed) > 0 {
		return nil
	}
	p.Completed = nil
	return p.store.disk.RemoveAll(filepath.Join(p.Dir, jobsCompleted))
}

// RequestAbort notes that the package must be aborted; the intent survives a crash (P35).
func (p *Package) RequestAbort() error {
	p.AbortRequested = true
	p.doc.root.Set("abort_requested", true)
	return p.store.disk.WriteFile(filepath.Join(p.Dir, fileState), p.doc.encode())
}

func (d document) setMetrics(metrics []JobMetrics) {
	if len(metrics) == 0 {
		return
	}
	all := d.root.Object("load_metrics")
	for _, m := range metrics {
		o := &state.Object{}
		o.Set("job_id", m.Job.ID())
		o.Set("file_path", m.Job.Path)
		o.Set("table_name", m.Job.Table)
		o.Set("started_at", state.DatetimeOf(m.Started.UTC()))
		o.Set("finished_at", state.DatetimeOf(m.Finished.UTC()))
		o.Set("state", m.State)
		o.Set("remote_url", nil)
		o.Set("retry_count", int64(m.Job.Retry))
		o.Set("followup_jobs", []any{})
		all.Set(m.Job.ID(), o)
	}
}

// Metrics returns how the jobs of a finished package went.
func (p *Package) Metrics() json.RawMessage {
	o := p.doc.root.Lookup("load_metrics")
	if o == nil {
		return nil
	}
	return state.Encode(o)
}
