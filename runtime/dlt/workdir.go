package dlt

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// DataDir is the folder below which pipelines keep their working folders:
// DLTGEN_DATA_DIR, else ~/.dltgen, else a folder among temporary files.
func DataDir() string {
	if dir := os.Getenv("DLTGEN_DATA_DIR"); dir != "" {
		return dir
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".dltgen")
	}
	return filepath.Join(os.TempDir(), "dltgen")
}

// A NameError reports a pipeline name that cannot be a folder's (P1).
type NameError struct{ Name string }

// Error implements error.
func (e *NameError) Error() string {
	return fmt.Sprintf("pipeline name %q: a name becomes a folder, so it must not be empty or contain a slash, a backslash or a dot", e.Name)
}

func checkName(name string) error {
	if name == "" || strings.ContainsAny(name, `/\.`) {
		return &NameError{name}
	}
	return nil
}

// A workdir is a pipeline's folder on this machine: its lock, its state, its
// schemas and its load packages (40-pipeline §2).
type workdir struct {
	dir   string
	disk  *atomicfile.Disk
	store *loadpackage.Store
	lock  *os.File
}

// A LockedError says that another process works in the pipeline's folder (P10).
type LockedError struct {
	Dir    string
	Holder string // host, pid and start of the run that holds it
}

// Error implements error.
func (e *LockedError) Error() string {
	return fmt.Sprintf("the working folder %s is in use by %s: wait for that run, or give this one another pipeline name", e.Dir, e.Holder)
}

// openWorkdir makes the folder if need be and locks it. A lock ends with its
// process, so a killed run never leaves one behind.
func openWorkdir(dir string, disk *atomicfile.Disk, started time.Time) (*workdir, error) {
	w := &workdir{dir: dir, disk: disk}
	if err := disk.MkdirAll(filepath.Join(dir, "schemas")); err != nil {
		return nil, fmt.Errorf("working folder: %w", err)
	}
	if err := w.acquire(started); err != nil {
		return nil, err
	}
	store, err := loadpackage.OpenOn(disk, dir)
	if err == nil {
		err = w.removeTemps()
	}
	if err != nil {
		w.close()
		return nil, err
	}
	w.store = store
	return w, nil
}

// removeTemps deletes what writes left behind whose process died. Finished
// packages have none: theirs were removed while they waited.
func (w *workdir) removeTemps() error {
	finished := filepath.Join(w.dir, "load", "loaded")
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == finished:
			return fs.SkipDir
		case !d.IsDir() && atomicfile.IsTemp(path):
			return w.disk.Remove(path)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("working folder: %w", err)
	}
	return nil
}

func (w *workdir) acquire(started time.Time) error {
	f, err := os.OpenFile(filepath.Join(w.dir, ".lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("working folder: %w", err)
	}
	if err := lockFile(f); err != nil {
		err = errors.Join(err, f.Close())
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock %s: %w", w.dir, err)
		}
		holder, _ := os.ReadFile(f.Name()) // without it the message still names the folder
		return &LockedError{Dir: w.dir, Holder: strings.TrimSpace(string(holder))}
	}
	host, _ := os.Hostname()
	text := fmt.Sprintf("process %d on %s since %s\n", os.Getpid(), host, started.UTC().Format(time.RFC3339))
	if err = f.Truncate(0); err == nil {
		_, err = f.WriteAt([]byte(text), 0)
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", w.dir, errors.Join(err, f.Close()))
	}
	w.lock = f
	return nil
}

func (w *workdir) close() {
	if w.lock != nil {
		_ = w.lock.Close() // which gives the lock back, whatever it says
		w.lock = nil
	}
}

func (w *workdir) statePath() string { return filepath.Join(w.dir, "state.json") }

func (w *workdir) schemaPath(name string) string {
	return filepath.Join(w.dir, "schemas", name+".schema.json")
}

// loadState reads state.json; nil if the pipeline never ran here.
func (w *workdir) loadState() (*state.State, error) {
	data, err := os.ReadFile(w.statePath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("pipeline state: %w", err)
	}
	st, err := state.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.statePath(), err)
	}
	return st, nil
}

func (w *workdir) saveState(st *state.State) error {
	if err := w.disk.WriteFile(w.statePath(), st.Encode()); err != nil {
		return fmt.Errorf("save pipeline state: %w", err)
	}
	return nil
}

// loadSchema reads a stored schema; nil if there is none of the name.
func (w *workdir) loadSchema(name string) (*schema.Schema, error) {
	data, err := os.ReadFile(w.schemaPath(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("stored schema: %w", err)
	}
	return schema.ReadJSON(data, &schema.ReadOptions{File: w.schemaPath(name)})
}

func (w *workdir) saveSchema(s *schema.Schema) error {
	if err := w.disk.WriteFile(w.schemaPath(s.Name), s.JSON(nil)); err != nil {
		return fmt.Errorf("save schema %s: %w", s.Name, err)
	}
	return nil
}

// schemaNames lists the stored schemas.
func (w *workdir) schemaNames() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(w.dir, "schemas", "*.schema.json"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".schema.json"))
	}
	return names, nil
}

// snapshot copies state and schemas into a new package, for an abort (L16).
func (w *workdir) snapshot(p *loadpackage.Writer) error {
	stateJSON, err := os.ReadFile(w.statePath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("snapshot: %w", err)
	}
	names, err := w.schemaNames()
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	schemas := map[string][]byte{}
	for _, n := range names {
		if schemas[n], err = os.ReadFile(w.schemaPath(n)); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
	}
	return p.Snapshot(stateJSON, schemas)
}

// saveTrace keeps the last run's report beside the state.
func (w *workdir) saveTrace(t *Trace) error {
	data, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	if err := w.disk.WriteFile(filepath.Join(w.dir, "trace.json"), append(data, '\n')); err != nil {
		return fmt.Errorf("save trace: %w", err)
	}
	return nil
}
