package generator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An output is the set of files a command is about to write. Nothing is touched
// before [output.commit], and a commit that fails puts back what it replaced.
type output struct {
	root    string
	changes []change
	index   map[string]int
}

// A change is one file; data nil removes it.
type change struct {
	path string // slash-separated, relative to the root
	data []byte
	old  []byte // nil if the file does not exist
}

func newOutput(root string) *output { return &output{root: root, index: map[string]int{}} }

// put plans to write a file, unless it holds data already.
func (o *output) put(path string, data []byte) error {
	old, err := o.disk(path)
	if err != nil {
		return err
	}
	if old != nil && bytes.Equal(old, data) {
		return nil
	}
	o.add(change{path: path, data: data, old: old})
	return nil
}

// remove plans to remove a file, if it is there.
func (o *output) remove(path string) error {
	old, err := o.disk(path)
	if err != nil || old == nil {
		return err
	}
	o.add(change{path: path, old: old})
	return nil
}

func (o *output) add(c change) {
	if i, ok := o.index[c.path]; ok {
		o.changes[i] = c
		return
	}
	o.index[c.path] = len(o.changes)
	o.changes = append(o.changes, c)
}

// truncate forgets the changes planned after the first n.
func (o *output) truncate(n int) {
	for _, c := range o.changes[n:] {
		delete(o.index, c.path)
	}
	o.changes = o.changes[:n]
}

// read returns what the file will hold after the commit, nil if there is none.
func (o *output) read(path string) ([]byte, error) {
	if i, ok := o.index[path]; ok {
		return o.changes[i].data, nil
	}
	return o.disk(path)
}

// disk returns the file's present content, nil if there is none. Every path
// goes through here: one that leaves the root is refused.
func (o *output) disk(path string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return nil, fmt.Errorf("%q leads out of the project", path)
	}
	data, err := os.ReadFile(o.abs(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if data == nil && err == nil {
		data = []byte{}
	}
	return data, err
}

func (o *output) abs(path string) string { return filepath.Join(o.root, filepath.FromSlash(path)) }

// paths lists what is to be written and what removed, sorted.
func (o *output) paths() (written, removed []string) {
	for _, c := range o.changes {
		if c.data == nil {
			removed = append(removed, c.path)
		} else {
			written = append(written, c.path)
		}
	}
	slices.Sort(written)
	slices.Sort(removed)
	return written, removed
}

// commit writes all changes: first everything beside its place, which is where
// a full disk or a missing permission shows, then it renames.
func (o *output) commit() (err error) {
	var made, staged []string
	done := 0
	defer func() {
		if err == nil {
			return
		}
		for _, c := range slices.Backward(o.changes[:done]) {
			err = errors.Join(err, o.restore(c))
		}
		for _, t := range staged {
			_ = os.Remove(t)
		}
		for _, d := range slices.Backward(made) {
			_ = os.Remove(d)
		}
	}()
	temps := make([]string, len(o.changes))
	for i, c := range o.changes {
		if c.data == nil {
			continue
		}
		dirs, err := makeDirs(filepath.Dir(o.abs(c.path)))
		made = append(made, dirs...)
		if err != nil {
			return fmt.Errorf("write %s: %w", c.path, err)
		}
		temps[i], err = stage(o.abs(c.path), c.data)
		if err != nil {
			return fmt.Errorf("write %s: %w", c.path, err)
		}
		staged = append(staged, temps[i])
	}
	for i, c := range o.changes {
		if c.data == nil {
			err = os.Remove(o.abs(c.path))
		} else {
			err = os.Rename(temps[i], o.abs(c.path))
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", c.path, err)
		}
		done++
	}
	o.removeEmptyDirs()
	return nil
}

// restore undoes a change that was made.
func (o *output) restore(c change) error {
	if c.old == nil {
		return os.Remove(o.abs(c.path))
	}
	temp, err := stage(o.abs(c.path), c.old)
	if err != nil {
		return err
	}
	return os.Rename(temp, o.abs(c.path))
}

// removeEmptyDirs removes the folders that removed files leave empty.
func (o *output) removeEmptyDirs() {
	for _, c := range o.changes {
		if c.data != nil {
			continue
		}
		for dir := filepath.Dir(o.abs(c.path)); dir != o.root && strings.HasPrefix(dir, o.root); dir = filepath.Dir(dir) {
			if os.Remove(dir) != nil {
				break // not empty
			}
		}
	}
}

// stage writes data to a new file beside path. Dot files are ignored by the go
// command, so one that a killed process left does no harm.
func stage(path string, data []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".dltgen-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// makeDirs is os.MkdirAll that tells which folders it made.
func makeDirs(dir string) ([]string, error) {
	var missing []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil || !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		missing = append(missing, d)
	}
	slices.Reverse(missing)
	return missing, os.MkdirAll(dir, 0o755)
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
