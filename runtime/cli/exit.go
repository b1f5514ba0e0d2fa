package cli

import (
	"context"
	"errors"

	"github.com/dltgen/dltgen/runtime/config"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/dlt"
)

// Exit codes of a connector (O33 of 70-observe).
const (
	ExitOK          = 0
	ExitOther       = 1
	ExitUsage       = 2 // usage, configuration, no such pipeline
	ExitContract    = 3 // a contract was violated
	ExitExtract     = 4
	ExitLoad        = 5 // terminal; the package waits
	ExitTransient   = 6 // the package waits; repeating is useful
	ExitFailedJobs  = 8 // committed, with failed jobs
	ExitInterrupted = 130
)

// exitHelp is the text of the help topic exit-codes.
const exitHelp = `What a script can tell from the exit code:

    0  loaded, or there was nothing new
    1  another error
    2  wrong usage or configuration, or no such pipeline; nothing was loaded
    3  data broke a contract; nothing was loaded
    4  extracting or normalising failed; nothing was loaded
    5  the destination refused the data: the load package waits on disk, and
       running again does not help by itself
    6  the destination cannot be had just now: running again is useful; what was
       extracted waits on disk and is loaded first
    8  loaded, but for jobs that failed
  130  interrupted

A run that fails leaves the tables as they were. It never leaves half a package.`

// usageError marks an error of how a command was called or configured.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// exitError ends a command with a code of its own; without an error it is silent.
type exitError struct {
	code int
	error
}

func (e *exitError) Error() string {
	if e.error == nil {
		return ""
	}
	return e.error.Error()
}

func (e *exitError) Unwrap() error { return e.error }

// ExitCode is the exit code for an error of a run (O33).
func ExitCode(err error) int {
	var (
		exit      *exitError
		violation *contract.ViolationError
		step      *dlt.StepError
	)
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &exit):
		return exit.code
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.As(err, &violation):
		return ExitContract
	case isUsage(err):
		return ExitUsage
	case errors.As(err, &step):
		return stepCode(step)
	}
	return ExitOther
}

func isUsage(err error) bool {
	var (
		usage   *usageError
		unknown *dlt.ResourceNotFoundError
		name    *dlt.NameError
		setting *dlt.ConfigError

		missing *config.MissingError
		place   *config.NotSecretError
		value   *config.ValueError
		file    *config.FileError
	)
	return errors.As(err, &usage) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &setting) ||
		errors.As(err, &missing) || errors.As(err, &place) || errors.As(err, &value) || errors.As(err, &file)
}

func stepCode(e *dlt.StepError) int {
	var answer *driver.Error
	passing := errors.As(e.Err, &answer) && !answer.Terminal
	switch e.Step {
	case "config":
		var locked *dlt.LockedError
		switch {
		case passing:
			return ExitTransient
		case answer != nil:
			return ExitUsage
		case errors.As(e.Err, &locked):
			return ExitOther
		}
		return ExitUsage
	case "sync":
		if passing {
			return ExitTransient
		}
		return ExitOther
	case "extract", "normalize":
		return ExitExtract
	case "load":
		if driver.IsTerminal(e.Err) {
			return ExitLoad
		}
		return ExitTransient
	}
	return ExitOther
}
