package dlt

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/internal/load"
)

// A Report says what a run did.
type Report struct {
	TransactionID string        `json:"transaction_id"` // 32 hexadecimal digits, new for each run (O1)
	Pipeline      string        `json:"pipeline"`
	Source        string        `json:"source"`
	Destination   string        `json:"destination"` // URL without credentials
	Dataset       string        `json:"dataset"`
	FirstRun      bool          `json:"first_run"`
	Started       time.Time     `json:"started_at"`
	Finished      time.Time     `json:"finished_at"`
	Loads         []LoadReport  `json:"loads"`  // packages loaded, pending ones of earlier runs first
	Tables        []TableReport `json:"tables"` // of this run's own package
	// Resources counts what the sources yielded.
	Resources []ResourceReport `json:"resources"`
	// Dropped counts what contracts and checks kept out.
	Dropped []DropReport `json:"dropped,omitempty"`
	// Findings counts values that break a rule of the description and were loaded.
	Findings []DropReport `json:"findings,omitempty"`
	// Pending is the number of load packages that wait on disk.
	Pending int `json:"pending_packages"`
}

// A LoadReport is one load package at the destination.
type LoadReport struct {
	LoadID  string        `json:"load_id"`
	Schema  string        `json:"schema"`
	Pending bool          `json:"pending"` // left by an earlier run
	Rows    int64         `json:"rows"`
	Jobs    int           `json:"jobs"`
	Failed  int           `json:"failed_jobs"`
	Took    time.Duration `json:"took_ns"`
}

// A TableReport is what a run wrote to one table.
type TableReport struct {
	Name        string   `json:"name"`
	Resource    string   `json:"resource,omitempty"`
	Rows        int64    `json:"rows"`
	New         bool     `json:"new"`
	NewColumns  []string `json:"new_columns,omitempty"`
	Disposition string   `json:"write_disposition"`
}

// A ResourceReport is what one resource yielded.
type ResourceReport struct {
	Name    string `json:"name"`
	Pages   int64  `json:"pages"`
	Records int64  `json:"records"` // before cursors and filters
	Kept    int64  `json:"kept"`
	Cursor  string `json:"cursor,omitempty"` // the value saved for the next run
}

// A DropReport counts rows or values that one rule kept out of one table.
type DropReport struct {
	Table  string `json:"table"`
	Column string `json:"column,omitempty"`
	Rule   string `json:"rule"`
	Rows   int64  `json:"rows"`
	Values int64  `json:"values"`
}

// Rows is the number of rows of all tables of the run.
func (r *Report) Rows() int64 {
	var n int64
	for _, t := range r.Tables {
		n += t.Rows
	}
	return n
}

// Took is how long the run lasted.
func (r *Report) Took() time.Duration { return r.Finished.Sub(r.Started) }

// FailedJobs is the number of jobs that failed for good.
func (r *Report) FailedJobs() int {
	n := 0
	for _, l := range r.Loads {
		n += l.Failed
	}
	return n
}

func (r *Report) sort() {
	slices.SortFunc(r.Tables, func(a, b TableReport) int { return strings.Compare(a.Name, b.Name) })
}

// A StepError says in which step a run failed. Its cause keeps its type.
type StepError struct {
	Step     string // config, extract, normalize, load, sync
	Pipeline string
	LoadID   string
	// Pending is set when a package waits for the next run.
	Pending bool
	Err     error
}

// Error implements error.
func (e *StepError) Error() string {
	// A violation names its step itself.
	s := "pipeline " + e.Pipeline + ": " + e.Step + ": " + strings.TrimPrefix(e.Err.Error(), e.Step+": ")
	if e.Pending {
		s += "\nload package " + e.LoadID + " waits on disk: the next run loads it first"
	}
	return s
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

// An Event tells a progress display what happens.
type Event struct {
	Stage string // extract, load
	// Resource or Table that moved.
	Name string
	// Rows so far, and in all if known.
	Rows, Total int64
	Done        bool
}

// loadProgress counts the rows of loaded jobs by table (O32).
type loadProgress struct {
	to     Progress
	jobs   map[string]int64 // rows of each job, which may be loaded more than once
	tables map[string]int64
}

func (l *loadProgress) job(j load.JobReport) {
	l.tables[j.Table] += j.Rows - l.jobs[j.Job.ID()]
	l.jobs[j.Job.ID()] = j.Rows
	l.to.Event(Event{Stage: "load", Name: j.Table, Rows: l.tables[j.Table]})
}

func (l *loadProgress) done() {
	for _, t := range slices.Sorted(maps.Keys(l.tables)) {
		l.to.Event(Event{Stage: "load", Name: t, Rows: l.tables[t], Done: true})
	}
}

// Progress shows events to a person; it must not block.
type Progress interface {
	Event(e Event)
}
