// Package loadpackage keeps on disk what waits to be loaded.
//
// It stands between the two halves of a run: normalize writes the rows of one run
// as job files of a package, load takes the package to the destination. A package
// is a folder; it changes its status, and a job its state, by one atomic rename,
// so that a killed process leaves every file in exactly one place:
//
//	load/new/<load id>         being written; gone when the store is opened again
//	load/normalized/<load id>  complete and immutable, waiting to be loaded
//	load/loaded/<load id>      finished, loaded or aborted
//
// Inside a package, jobs go new → started → completed or failed.
//
//	store, err := loadpackage.Open(dir)
//	w, err := store.Create(loadID, created)
//	file, job, err := w.CreateJob("issues", loadpackage.Arrow)
//	pkg, err := w.Commit(sch, changes, nil)
package loadpackage

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
)

// storageVersion is the version of the folder layout (L4).
const storageVersion = "1.0.2"

// A Store is the packages of one pipeline's working folder.
type Store struct {
	dir  string
	disk *atomicfile.Disk
	// Chance makes file ids; nil is a cryptographic source.
	Chance io.Reader
}

// Open opens the store in a pipeline's working folder and makes its folders (L4).
// Packages that were being written when a process died are removed: their records
// are fetched again, because state advances only with its package.
func Open(dir string) (*Store, error) { return OpenOn(&atomicfile.Disk{}, dir) }

// OpenOn is [Open] on a given disk.
func OpenOn(disk *atomicfile.Disk, dir string) (*Store, error) {
	s := &Store{dir: dir, disk: disk}
	for _, sub := range []string{statusNew, statusNormalized, statusLoaded} {
		if err := disk.MkdirAll(s.folder(sub)); err != nil {
			return nil, fmt.Errorf("open load packages: %w", err)
		}
	}
	version := filepath.Join(dir, "load", ".version")
	if _, err := os.Stat(version); errors.Is(err, fs.ErrNotExist) {
		if err := disk.WriteFile(version, []byte(storageVersion)); err != nil {
			return nil, fmt.Errorf("open load packages: %w", err)
		}
	}
	return s, s.recover()
}

// recover removes half-written packages and lets interrupted moves end.
func (s *Store) recover() error {
	unfinished, err := s.list(statusNew)
	if err != nil {
		return err
	}
	for _, id := range unfinished {
		if err := s.disk.RemoveAll(filepath.Join(s.folder(statusNew), id)); err != nil {
			return fmt.Errorf("remove unfinished package %s: %w", id, err)
		}
	}
	return s.resumeAborts()
}

// Dir is the working folder.
func (s *Store) Dir() string { return s.dir }

// Disk is what the store changes its files with.
func (s *Store) Disk() *atomicfile.Disk { return s.disk }

func (s *Store) folder(status string) string { return filepath.Join(s.dir, "load", status) }

// list returns the load ids in a status folder in text order (L1).
func (s *Store) list(status string) ([]string, error) {
	entries, err := os.ReadDir(s.folder(status))
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			ids = append(ids, e.Name())
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Pending returns the load ids of the packages that wait to be loaded, oldest first.
func (s *Store) Pending() ([]string, error) { return s.list(statusNormalized) }

// Finished returns the load ids of the packages that are done, oldest first.
func (s *Store) Finished() ([]string, error) { return s.list(statusLoaded) }

// Create starts the package of a load id in load/new.
func (s *Store) Create(loadID string, created time.Time) (*Writer, error) {
	if _, err := CreatedAt(loadID); err != nil {
		return nil, err
	}
	dir := filepath.Join(s.folder(statusNew), loadID)
	if err := s.disk.MkdirAll(filepath.Join(dir, jobsNew)); err != nil {
		return nil, fmt.Errorf("create package %s: %w", loadID, err)
	}
	return &Writer{store: s, dir: dir, loadID: loadID, created: created.UTC(), doc: newDocument(created)}, nil
}

// Retain deletes the oldest finished packages beyond keep (L18). Packages with
// failed jobs stay: their files are all there is of those rows.
func (s *Store) Retain(keep int) error {
	ids, err := s.Finished()
	if err != nil || keep <= 0 {
		return err
	}
	var clean []string
	for _, id := range ids {
		failed, err := os.ReadDir(filepath.Join(s.folder(statusLoaded), id, jobsFailed))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("list failed jobs: %w", err)
		}
		if len(failed) == 0 {
			clean = append(clean, id)
		}
	}
	for _, id := range clean[:max(0, len(clean)-keep)] {
		if err := s.discard(statusLoaded, id); err != nil {
			return fmt.Errorf("delete finished package %s: %w", id, err)
		}
	}
	return nil
}

// discard deletes a package. It goes to load/new first, where half a package is none.
func (s *Store) discard(status, id string) error {
	to := filepath.Join(s.folder(statusNew), id)
	if err := s.disk.Rename(filepath.Join(s.folder(status), id), to); err != nil {
		return err
	}
	return s.disk.RemoveAll(to)
}

// Peek reads the packages of a working folder, oldest first, and changes
// nothing there, so that it may be called while a run goes on.
func Peek(dir string) ([]*Package, error) {
	s := &Store{dir: dir, disk: &atomicfile.Disk{}}
	var all []string
	for _, status := range []string{statusNormalized, statusLoaded} { // the way that packages go
		ids, err := s.list(status)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	slices.Sort(all)
	var list []*Package
	for _, id := range slices.Compact(all) {
		p, err := s.peek(id)
		if err != nil {
			return nil, err
		}
		if p != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// peek reads a package that may be moved or deleted meanwhile; nil if it is gone.
func (s *Store) peek(id string) (*Package, error) {
	const moves = 8 // of a package and its jobs, at most
	for range moves {
		p, err := s.Package(id)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return p, err
		}
	}
	return nil, nil
}
