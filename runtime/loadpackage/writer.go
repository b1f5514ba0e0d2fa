package loadpackage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dltgen/dltgen/runtime/schema"
)

// A Writer fills one new package. Jobs may be created and written concurrently;
// Commit and Abort are called once, after all files are closed.
type Writer struct {
	store   *Store
	dir     string
	loadID  string
	created time.Time
	doc     document

	mu   sync.Mutex
	jobs []*File
}

// LoadID is the package's load id.
func (w *Writer) LoadID() string { return w.loadID }

// Created is the package's creation time (L2).
func (w *Writer) Created() time.Time { return w.created }

// CreateJob makes the file of a new job. The job counts once the package is committed.
func (w *Writer) CreateJob(table string, format Format) (*File, Job, error) {
	id, err := newFileID(w.store.Chance)
	if err != nil {
		return nil, Job{}, err
	}
	job := Job{Table: table, FileID: id, Format: format, Rows: -1}
	if _, err := ParseJob(job.FileName()); err != nil {
		return nil, Job{}, fmt.Errorf("create job: %w", err)
	}
	job.Path = filepath.Join(w.dir, jobsNew, job.FileName())
	f, err := w.store.disk.Create(job.Path)
	if err != nil {
		return nil, Job{}, fmt.Errorf("create job: %w", err)
	}
	file := &File{file: f, job: job}
	w.mu.Lock()
	w.jobs = append(w.jobs, file)
	w.mu.Unlock()
	return file, job, nil
}

// Refresh notes what a refresh drops and truncates when the package is loaded:
// names of tables, nested ones before their roots (P51).
func (w *Writer) Refresh(mode string, dropped, truncated []string) {
	if mode != "" {
		w.doc.root.Set("refresh", mode)
	}
	w.doc.setNames("dropped_tables", dropped)
	w.doc.setNames("truncated_tables", truncated)
}

// Snapshot keeps the local state and schemas as they were before this run, by the
// names of the schemas; an abort puts them back (L16).
func (w *Writer) Snapshot(stateJSON []byte, schemas map[string][]byte) error {
	dir := filepath.Join(w.dir, dirRestore)
	if err := w.store.disk.MkdirAll(filepath.Join(dir, "schemas")); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	if stateJSON != nil {
		if err := w.store.disk.WriteFile(filepath.Join(dir, "state.json"), stateJSON); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
	}
	for name, text := range schemas {
		if err := w.store.disk.WriteFile(filepath.Join(dir, "schemas", schemaFile(name)), text); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
	}
	return nil
}

// KeepState puts the pipeline's state after this run beside the jobs, for a package
// whose state does not travel with it as a row. Whoever finds the package waiting
// takes it over, should the run have died before it saved the state itself.
func (w *Writer) KeepState(stateJSON []byte) error {
	if err := w.store.disk.WriteFile(filepath.Join(w.dir, fileKept), stateJSON); err != nil {
		return fmt.Errorf("keep state: %w", err)
	}
	return nil
}

func schemaFile(name string) string { return name + ".schema.json" }

// Commit makes the package durable and moves it to load/normalized in one rename.
// The schema is the one its tables are loaded with; updates are what the run added
// to it; state is the row that commits with the package, nil if it did not change.
// A package that changes nothing is dropped, and Commit returns nil (L5).
func (w *Writer) Commit(sch *schema.Schema, updates []schema.Change, state *State) (*Package, error) {
	jobs, err := w.finishJobs()
	if err != nil {
		return nil, err
	}
	w.doc.setState(state, w.loadID)
	if len(jobs) == 0 && state == nil && len(w.doc.names("dropped_tables")) == 0 && len(w.doc.names("truncated_tables")) == 0 {
		return nil, w.Abort()
	}
	w.doc.setRows(jobs)
	if err := w.writeDocuments(sch, updates); err != nil {
		return nil, fmt.Errorf("commit package %s: %w", w.loadID, err)
	}
	to := filepath.Join(w.store.folder(statusNormalized), w.loadID)
	if err := w.store.disk.Rename(w.dir, to); err != nil {
		return nil, fmt.Errorf("commit package %s: %w", w.loadID, err)
	}
	return w.store.Package(w.loadID)
}

func (w *Writer) finishJobs() ([]Job, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var jobs []Job
	for _, f := range w.jobs {
		if err := f.Close(); err != nil {
			return nil, err
		}
		jobs = append(jobs, f.job)
	}
	return jobs, nil
}

func (w *Writer) writeDocuments(sch *schema.Schema, updates []schema.Change) error {
	if sch.VersionHash == "" {
		return errors.New("the schema has no hash: bump it first")
	}
	if err := w.store.disk.WriteFile(filepath.Join(w.dir, fileSchema), sch.JSON(nil)); err != nil {
		return err
	}
	changes, err := encodeChanges(updates)
	if err != nil {
		return err
	}
	if err := w.store.disk.WriteFile(filepath.Join(w.dir, fileUpdates), changes); err != nil {
		return err
	}
	if err := w.store.disk.WriteFile(filepath.Join(w.dir, fileState), w.doc.encode()); err != nil {
		return err
	}
	return w.store.disk.SyncDir(filepath.Join(w.dir, jobsNew))
}

// Abort removes the package as if it had never been started.
func (w *Writer) Abort() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.jobs {
		f.abandon()
	}
	if err := w.store.disk.RemoveAll(w.dir); err != nil {
		return fmt.Errorf("remove package %s: %w", w.loadID, err)
	}
	return nil
}

// A File is the open file of a job.
type File struct {
	file   *os.File
	job    Job
	closed bool
}

// Write appends to the file.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.file.Write(p)
	f.job.Bytes += int64(n)
	return n, err
}

// Done notes the number of rows that were written; the destination must confirm it.
func (f *File) Done(rows int64) { f.job.Rows = rows }

// Job is the job with what is known of it so far.
func (f *File) Job() Job { return f.job }

// Close makes the content durable. Closing twice is closing once.
func (f *File) Close() error {
	if f.closed {
		return nil
	}
	f.closed = true
	if err := errors.Join(f.file.Sync(), f.file.Close()); err != nil {
		return fmt.Errorf("write job %s: %w", f.job.FileName(), err)
	}
	return nil
}

func (f *File) abandon() {
	if !f.closed {
		f.closed = true
		_ = f.file.Close() // the file is deleted next
	}
}
