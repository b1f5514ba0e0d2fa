package load

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/loadpackage"
)

// A JobError says that a destination refused the rows of a job.
type JobError struct {
	Job loadpackage.Job
	// Terminal says that repeating cannot help.
	Terminal bool
	// Reason and Column tell what the destination had against the rows.
	Reason driver.Reason
	Column string
	Err    error
}

func jobError(job loadpackage.Job, err error) *JobError {
	e := &JobError{Job: job, Terminal: driver.IsTerminal(err), Err: err}
	e.Reason, e.Column = driver.ReasonOf(err)
	return e
}

// Error names the table and the destination's complaint.
func (e *JobError) Error() string { return fmt.Sprintf("table %q: %v", e.Job.Table, e.Err) }

// Unwrap returns the destination's error.
func (e *JobError) Unwrap() error { return e.Err }

// A ChainError says that a chain of tables could not be merged or replaced.
type ChainError struct {
	// Table is the chain's root table.
	Table    string
	Terminal bool
	Err      error
}

// Error is the cause, which names the table.
func (e *ChainError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *ChainError) Unwrap() error { return e.Err }

// A VerifyError says that a schema cannot be loaded as it is (L20.1, L62). The
// destination was not touched.
type VerifyError struct {
	Kind  Problem
	Table string
	// Identifier is "table" or "column" for names that collide or are too long.
	Identifier string
	Msg        string
}

// A Problem is a class of faults found before loading.
type Problem string

// The problems.
const (
	Collision       Problem = "collision"
	NameTooLong     Problem = "name too long"
	BadHints        Problem = "bad hints"
	BadDisposition  Problem = "unsupported write disposition"
	UnknownTable    Problem = "unknown table"
	UnsupportedFile Problem = "unsupported file format"
)

// Error names the table and what is wrong with it.
func (e *VerifyError) Error() string { return fmt.Sprintf("table %q: %s", e.Table, e.Msg) }
