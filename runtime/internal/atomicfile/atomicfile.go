// Package atomicfile changes files so that a crash at any instruction leaves
// either the old state or the new one.
//
// It stands under every stage that keeps something on disk: load packages, state,
// stored schemas. It is the only place that renames a file, and so the only place
// where a test has to inject faults to prove that a stage survives being killed.
//
//	disk := &atomicfile.Disk{}
//	err := disk.WriteFile("state.json", data)
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// An Op is a kind of change to the disk.
type Op string

// The kinds of change, as a fault hook sees them.
const (
	OpWrite  Op = "write"
	OpRename Op = "rename"
	OpRemove Op = "remove"
	OpMkdir  Op = "mkdir"
	OpSync   Op = "sync"
	OpCreate Op = "create"
)

// tempPrefix marks files that were never renamed into place; readers of a folder skip them.
const tempPrefix = ".tmp-"

// A Disk does the changes. Its zero value is the real disk.
type Disk struct {
	// Fault is asked before every change; its error takes the place of the change.
	// Tests use it to stop at the n-th write as a killed process would.
	Fault func(op Op, path string) error
}

func (d *Disk) check(op Op, path string) error {
	if d == nil || d.Fault == nil {
		return nil
	}
	return d.Fault(op, path)
}

// WriteFile puts data at path: temporary file, fsync, rename, fsync of the folder.
func (d *Disk) WriteFile(path string, data []byte) error {
	if err := d.check(OpWrite, path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*")
	if err != nil {
		return err
	}
	if err := writeAndSync(f, data); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	if err := d.Rename(f.Name(), path); err != nil {
		return errors.Join(err, d.removeTemp(f.Name()))
	}
	return nil
}

func (d *Disk) removeTemp(path string) error {
	// After an injected fault the process counts as dead, which cleans up nothing.
	if d != nil && d.Fault != nil {
		return nil
	}
	return os.Remove(path)
}

func writeAndSync(f *os.File, data []byte) error {
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Chmod(0o644); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// Rename moves a file or folder and makes the move durable.
func (d *Disk) Rename(from, to string) error {
	if err := d.check(OpRename, to); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if err := d.SyncDir(filepath.Dir(to)); err != nil {
		return err
	}
	if filepath.Dir(from) != filepath.Dir(to) {
		return d.SyncDir(filepath.Dir(from))
	}
	return nil
}

// Create makes a new file for writing. The caller syncs and closes it; until its
// folder is renamed into place nobody else reads it.
func (d *Disk) Create(path string) (*os.File, error) {
	if err := d.check(OpCreate, path); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
}

// MkdirAll makes path and the folders above it.
func (d *Disk) MkdirAll(path string) error {
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		return nil
	}
	if err := d.check(OpMkdir, path); err != nil {
		return err
	}
	return os.MkdirAll(path, 0o755)
}

// Remove deletes one file; a missing one is no error.
func (d *Disk) Remove(path string) error {
	if err := d.check(OpRemove, path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// RemoveAll deletes a folder with all it holds.
func (d *Disk) RemoveAll(path string) error {
	if err := d.check(OpRemove, path); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// SyncDir makes the entries of a folder durable.
func (d *Disk) SyncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be opened for syncing there
	}
	if err := d.check(OpSync, path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// IsTemp reports whether a file name is that of a write that did not finish.
func IsTemp(name string) bool { return strings.HasPrefix(filepath.Base(name), tempPrefix) }
