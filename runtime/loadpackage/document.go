package loadpackage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/dltgen/dltgen/runtime/internal/state"
)

// Names of files and folders of a package (L4).
const (
	fileSchema    = "schema.json"
	fileUpdates   = "schema_updates.json"
	fileApplied   = "applied_schema_updates.json"
	fileState     = "load_package_state.json"
	fileCompleted = "package_completed.json"
	fileKept      = "local_state.json"

	jobsNew       = "new_jobs"
	jobsStarted   = "started_jobs"
	jobsCompleted = "completed_jobs"
	jobsFailed    = "failed_jobs"
	dirExceptions = ".exceptions"
	dirRestore    = ".restore"

	statusNew        = "new"
	statusNormalized = "normalized"
	statusLoaded     = "loaded"
)

// A State is the row of _dlt_pipeline_state that commits with the package (L33).
type State struct {
	Version       int64
	EngineVersion int64
	PipelineName  string
	// State is the packed document.
	State       string
	CreatedAt   time.Time
	VersionHash string
	// ID is the row id.
	ID string
}

// document is load_package_state.json (L6).
type document struct{ root *state.Object }

func newDocument(created time.Time) document {
	root := &state.Object{}
	root.Set("_state_version", int64(0))
	root.Set("_state_engine_version", int64(1))
	root.Set("created_at", state.DatetimeOf(created.UTC()))
	return document{root}
}

func readDocument(dir string) (document, error) {
	data, err := os.ReadFile(filepath.Join(dir, fileState))
	if errors.Is(err, fs.ErrNotExist) {
		return document{&state.Object{}}, nil
	}
	if err != nil {
		return document{}, err
	}
	root, err := state.Parse(data)
	if err != nil {
		return document{}, fmt.Errorf("read %s: %w", fileState, err)
	}
	return document{root}, nil
}

// encode bumps the version when the content changed (L37 rule) and gives the file's text.
// The metrics of jobs are not part of the content.
func (d document) encode() []byte {
	counted := d.root.Clone()
	counted.Delete("load_metrics")
	s, err := state.Decode(state.Encode(counted))
	if err == nil && s.Bump() {
		d.root.Set("_state_version", s.Version())
		d.root.Set("_version_hash", s.VersionHash())
	}
	return state.Encode(d.root)
}

func (d document) setState(row *State, loadID string) {
	if row == nil {
		return
	}
	o := &state.Object{}
	o.Set("version", row.Version)
	o.Set("engine_version", row.EngineVersion)
	o.Set("pipeline_name", row.PipelineName)
	o.Set("state", row.State)
	o.Set("created_at", state.DatetimeOf(row.CreatedAt.UTC()))
	o.Set("version_hash", row.VersionHash)
	o.Set("_dlt_load_id", loadID)
	o.Set("_dlt_id", row.ID)
	d.root.Set("pipeline_state", o)
}

func (d document) state() *State {
	o := d.root.Lookup("pipeline_state")
	if o == nil {
		return nil
	}
	row := &State{
		Version: o.Int("version"), EngineVersion: o.Int("engine_version"), PipelineName: o.Text("pipeline_name"),
		State: o.Text("state"), VersionHash: o.Text("version_hash"), ID: o.Text("_dlt_id"),
	}
	if v, ok := o.Get("created_at"); ok {
		if typed, ok := v.(state.Typed); ok {
			row.CreatedAt, _, _ = typed.AsTime()
		}
	}
	return row
}

func (d document) setNames(key string, names []string) {
	if len(names) == 0 {
		return
	}
	list := make([]any, len(names))
	for i, n := range names {
		list[i] = n
	}
	d.root.Set(key, list)
}

func (d document) names(key string) []string {
	v, _ := d.root.Get(key)
	list, _ := v.([]any)
	var names []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			names = append(names, s)
		}
	}
	return names
}

// setRows keeps the row counts of jobs, which their file names do not tell.
func (d document) setRows(jobs []Job) {
	rows := d.root.Object("job_rows")
	for _, j := range jobs {
		rows.Set(j.ID(), j.Rows)
	}
}

func (d document) rows(id string) int64 {
	rows := d.root.Lookup("job_rows")
	if rows == nil {
		return -1
	}
	v, ok := rows.Get(id)
	if n, isInt := v.(int64); ok && isInt {
		return n
	}
	return -1
}
