package driver

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dltgen/dltgen/runtime/schema"
)

// A Reason names what a destination had against rows or tables, when it can be told.
type Reason string

// The reasons.
const (
	ReasonOther      Reason = "other"
	ReasonNotNull    Reason = "not_null"
	ReasonUnique     Reason = "unique"
	ReasonConversion Reason = "conversion"
	ReasonUndefined  Reason = "undefined"
)

// An Error is what a destination answered. Errors that are not terminal, and all
// errors of other types, may be gone when the work is repeated (D3).
type Error struct {
	// Terminal says that repeating cannot help.
	Terminal bool
	Reason   Reason
	// Column is the column the destination named, "" if none.
	Column string
	Err    error
}

// Error is the destination's own text.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the destination's own error.
func (e *Error) Unwrap() error { return e.Err }

// Terminalf makes a terminal error.
func Terminalf(format string, args ...any) error {
	return &Error{Terminal: true, Reason: ReasonOther, Err: fmt.Errorf(format, args...)}
}

// IsTerminal reports whether repeating the work that gave err cannot help.
func IsTerminal(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Terminal
}

// ReasonOf returns the reason and the column of a destination's error.
func ReasonOf(err error) (Reason, string) {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason, e.Column
	}
	return ReasonOther, ""
}

// A MigrateError says which change of a table the destination refused (L44).
type MigrateError struct {
	Table   string
	Columns []schema.Column
	New     bool
	Err     error
}

// Error names table and columns.
func (e *MigrateError) Error() string {
	if e.New {
		return fmt.Sprintf("create table %q: %v", e.Table, e.Err)
	}
	names := make([]string, len(e.Columns))
	for i := range e.Columns {
		names[i] = e.Columns[i].Name
	}
	return fmt.Sprintf("add columns %s to table %q: %v", strings.Join(names, ", "), e.Table, e.Err)
}

// Unwrap returns the destination's error.
func (e *MigrateError) Unwrap() error { return e.Err }
