// Package cli is the command line that connector binaries share.
//
// A generated main hands its connector to [Main]:
//
//	func main() { cli.Main(github.Connector) }
//
// The commands run pipelines through package dlt and print for a person; with
// --json they print for a script. [Do] is Main without the process around it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

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

// Main runs the connector's command line and exits.
func Main(c dlt.Connector) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Do(ctx, &c, os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Do runs the command line of a connector and returns its exit code.
func Do(ctx context.Context, c *dlt.Connector, args []string, s Streams) int {
	a := &app{connector: c, name: c.Name, io: s}
	root := a.root()
	root.Short = "Loads " + title(c) + " into a database or files"
	root.Long = root.Short + ".\n\n" + c.Description
	root.AddCommand(a.runCommand(), a.checkCommand(), a.listCommand())
	root.AddCommand(a.PipelineCommands()...)
	return a.execute(ctx, root, args)
}

func title(c *dlt.Connector) string {
	if c.Title != "" {
		return c.Title
	}
	return c.Name
}

// app is one command line: of a connector, or of dltload, which has none.
type app struct {
	connector *dlt.Connector
	name      string
	io        Streams

	to, dataset, pipeline string
	json                  bool
	verbose               int
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: a.name, SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	root.SetIn(a.io.In)
	root.SetOut(a.io.Out)
	root.SetErr(a.io.Err)
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "print one JSON document for a script")
	f.CountVarP(&a.verbose, "verbose", "v", "log what happens; -vv also every request")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{fmt.Errorf("%w\nSee '%s --help'", err, cmd.CommandPath())}
	})
	return root
}

// usageError marks an error of how a command was called.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func (a *app) execute(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ExitOK
	}
	var done *exitError
	if errors.As(err, &done) && done.error == nil {
		return done.code
	}
	fmt.Fprintf(a.io.Err, "%s: %s\n", a.name, err)
	return ExitCode(err)
}

// exitError ends a command with a code of its own.
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
		usage     *usageError
		violation *contract.ViolationError
		step      *dlt.StepError
		missing   *config.MissingError
		unknown   *dlt.ResourceNotFoundError
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
	case errors.As(err, &usage), errors.As(err, &missing), errors.As(err, &unknown):
		return ExitUsage
	case !errors.As(err, &step):
		return ExitOther
	}
	switch step.Step {
	case "config", "sync":
		return ExitUsage
	case "extract", "normalize":
		return ExitExtract
	case "load":
		if driver.IsTerminal(err) {
			return ExitLoad
		}
		return ExitTransient
	}
	return ExitOther
}
