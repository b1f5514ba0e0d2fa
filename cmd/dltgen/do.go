package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dltgen/dltgen/generator/diag"
)

// Do runs the command and returns its exit code (G2): 0 fine, 1 findings,
// 2 usage, 3 input unreadable, 4 internal error.
func Do(args []string, in io.Reader, out, err io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	a := &app{in: in, out: out, err: err}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(err)
	return a.finish(root.ExecuteContext(ctx))
}

// app is one run of the command.
type app struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	format   string
	notes    bool
	// shown is set once the diagnostics of a failure are printed.
	shown bool
	root_ string // the project's folder, which places are relative to
}

// usageError is a wrong command line.
type usageError struct{ error }

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dltgen",
		Short: "Make typed Go connectors of API descriptions",
		Long: `dltgen reads the description of an API (OpenAPI 3.0, 3.1 or Swagger 2.0), decides
which of its operations list records, how they are paged, what identifies them and
what is new since last time, and writes a small Go package with a command of its own.

A first connector:

  dltgen init petstore --spec openapi.yaml
  go run -tags duckdb_arrow ./generated/petstore/cmd/petstore run --to duckdb:///petstore.duckdb --limit 10

What was decided is in specs/NAME/connector.yaml. Edit it and run dltgen generate;
your edits are kept when the description changes and you run dltgen update.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := cmd.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "print JSON, for scripts")
	flags.StringVar(&a.format, "format", "text", "how to print messages: text, github (annotations) or md")
	flags.BoolVarP(&a.notes, "verbose", "v", false, "print notes too, and more of a list")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.AddCommand(a.init(), a.generate(), a.check(), a.update(), a.list(), a.explain(), a.fmt(), a.jsonSchema(), a.version())
	cmd.CompletionOptions.HiddenDefaultCmd = true
	return cmd
}

// args wraps a check of positional arguments so that its error counts as usage.
func args(check cobra.PositionalArgs, want string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%s takes %s, there %s %d", cmd.CommandPath(), want, areIs(len(args)), len(args))}
		}
		return nil
	}
}

func areIs(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// finish prints what went wrong and returns the exit code.
func (a *app) finish(err error) int {
	if err == nil {
		return 0
	}
	var usage usageError
	var known *diag.Error
	switch {
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"):
		_, _ = fmt.Fprintf(a.err, "dltgen: %v\nSee dltgen help\n", err)
		return int(diag.ClassUsage)
	case errors.As(err, &known):
		if !a.shown {
			list := &diag.List{}
			for _, d := range known.Diagnostics {
				list.Add(d)
			}
			a.print(list)
			if len(known.Diagnostics) == 0 {
				_, _ = fmt.Fprintf(a.err, "dltgen: %v\n", err)
			}
		}
	case errors.Is(err, context.Canceled):
		_, _ = fmt.Fprintln(a.err, "dltgen: interrupted, nothing is written")
		return int(diag.ClassFindings)
	default:
		_, _ = fmt.Fprintf(a.err, "dltgen: %v\n", err)
	}
	return diag.ExitCode(err)
}
