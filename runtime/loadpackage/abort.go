package loadpackage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
)

func atomicfileTemp(name string) bool { return atomicfile.IsTemp(name) }

// An AbortPlan is what an abort does (P35).
type AbortPlan struct {
	// Package is kept in load/loaded with the record of what happened.
	Package string
	// Deleted are the packages after it: they build on data that never arrives.
	Deleted []string
	// RestoreFrom is the package whose snapshot becomes the local state again.
	RestoreFrom string
}

// PlanAbort says what aborting would do: the package of loadID, or the oldest
// pending one for "". It returns nil when nothing is pending.
func (s *Store) PlanAbort(loadID string) (*AbortPlan, error) {
	ids, err := s.Pending()
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	if loadID == "" {
		loadID = ids[0]
	}
	for i, id := range ids {
		if id == loadID {
			return &AbortPlan{Package: id, Deleted: ids[i+1:], RestoreFrom: id}, nil
		}
	}
	return nil, fmt.Errorf("package %s is not pending", loadID)
}

// Abort gives a pending package up, for good (L16): jobs that were tried become
// failed, later packages are deleted, and the local state and schemas are put back
// as they were when the package was started. Nothing is undone at the destination.
// An interrupted abort is finished when the store is next opened.
func (s *Store) Abort(loadID string) (*AbortPlan, error) {
	plan, err := s.PlanAbort(loadID)
	if err != nil || plan == nil {
		return nil, err
	}
	p, err := s.Package(plan.Package)
	if err != nil {
		return nil, err
	}
	if err := p.RequestAbort(); err != nil {
		return nil, fmt.Errorf("abort package %s: %w", p.LoadID, err)
	}
	return plan, s.finishAbort(plan, p)
}

func (s *Store) resumeAborts() error {
	ids, err := s.Pending()
	if err != nil {
		return err
	}
	for _, id := range ids {
		doc, err := readDocument(filepath.Join(s.folder(statusNormalized), id))
		if err != nil {
			return fmt.Errorf("read package %s: %w", id, err)
		}
		if v, _ := doc.root.Get("abort_requested"); v != true {
			continue
		}
		p, err := s.Package(id)
		if err != nil {
			return err
		}
		plan, err := s.PlanAbort(id)
		if err != nil {
			return err
		}
		return s.finishAbort(plan, p) // later packages are gone now
	}
	return nil
}

func (s *Store) finishAbort(plan *AbortPlan, p *Package) error {
	if err := p.failTried(); err != nil {
		return fmt.Errorf("abort package %s: %w", p.LoadID, err)
	}
	for _, id := range plan.Deleted {
		if err := s.discard(statusNormalized, id); err != nil {
			return fmt.Errorf("abort package %s: delete %s: %w", p.LoadID, id, err)
		}
	}
	if err := s.restore(filepath.Join(p.Dir, dirRestore)); err != nil {
		return fmt.Errorf("abort package %s: restore: %w", p.LoadID, err)
	}
	return p.finish(Aborted)
}

// failTried moves started jobs and jobs that were retried to failed_jobs.
func (p *Package) failTried() error {
	for _, job := range p.Jobs {
		started := filepath.Base(filepath.Dir(job.Path)) == jobsStarted
		if !started && job.Retry == 0 {
			continue
		}
		reason, err := p.Reason(job)
		if err != nil {
			return err
		}
		if reason == "" {
			reason = "aborted while it was being loaded"
		}
		if err := p.Fail(job, reason); err != nil {
			return err
		}
	}
	return nil
}

// restore puts the local state and schemas of a snapshot back.
func (s *Store) restore(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil // a package without a snapshot has nothing to go back to
	}
	kept, err := s.restoreSchemas(filepath.Join(dir, "schemas"))
	if err != nil {
		return err
	}
	current, err := os.ReadDir(filepath.Join(s.dir, "schemas"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range current {
		if strings.HasSuffix(e.Name(), schemaFile("")) && !kept[e.Name()] {
			if err := s.disk.Remove(filepath.Join(s.dir, "schemas", e.Name())); err != nil {
				return err
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "state.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return s.disk.Remove(filepath.Join(s.dir, "state.json"))
	}
	if err != nil {
		return err
	}
	return s.disk.WriteFile(filepath.Join(s.dir, "state.json"), text)
}

func (s *Store) restoreSchemas(dir string) (map[string]bool, error) {
	kept := map[string]bool{}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(entries) > 0 {
		if err := s.disk.MkdirAll(filepath.Join(s.dir, "schemas")); err != nil {
			return nil, err
		}
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if err := s.disk.WriteFile(filepath.Join(s.dir, "schemas", e.Name()), text); err != nil {
			return nil, err
		}
		kept[e.Name()] = true
	}
	return kept, nil
}
