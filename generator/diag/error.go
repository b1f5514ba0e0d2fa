package diag

import (
	"errors"
	"fmt"
)

// A Class is the kind of failure, and the exit code of the command (G2).
type Class int

// The classes of failure.
const (
	ClassFindings   Class = 1 // stale output, differences, a failed check
	ClassUsage      Class = 2 // wrong command line
	ClassUnreadable Class = 3 // the input cannot be read
	ClassInternal   Class = 4 // a fault of ours
)

// An Error is a failure with the diagnostics that explain it.
type Error struct {
	Class       Class
	Diagnostics []Diagnostic
	// Err is the cause, nil if the diagnostics say it all.
	Err error
}

// Errorf returns an [*Error] with one diagnostic.
func Errorf(class Class, code string, pos Pos, format string, args ...any) *Error {
	return &Error{Class: class, Diagnostics: []Diagnostic{{
		Severity: SeverityError, Code: code, Pos: pos, Message: fmt.Sprintf(format, args...),
	}}}
}

// WithHint sets the hint of the first diagnostic and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	if len(e.Diagnostics) > 0 {
		e.Diagnostics[0].Hint = fmt.Sprintf(format, args...)
	}
	return e
}

// Error is the first diagnostic, and how many there are beside it.
func (e *Error) Error() string {
	text := "unknown error"
	switch {
	case len(e.Diagnostics) > 0:
		text = e.Diagnostics[0].String()
	case e.Err != nil:
		text = e.Err.Error()
	}
	if n := len(e.Diagnostics) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ExitCode is the exit code for err: 0 for nil, the class of an [*Error]
// anywhere in its chain, else 4.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	var e *Error
	if errors.As(err, &e) && e.Class != 0 {
		return int(e.Class)
	}
	return int(ClassInternal)
}
