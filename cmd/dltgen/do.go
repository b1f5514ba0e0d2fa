package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
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
	// command is the one that runs.
	command string
	root_   string // the project's folder, which places are relative to
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
		SuggestionsMinimumDistance: 2,
		SilenceErrors:              true,
		SilenceUsage:               true,
		Args:                       knownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			a.command = cmd.Name()
			if !slices.Contains(formats, a.format) {
				return usageError{fmt.Errorf("--format %s is not known; it is one of %s", a.format, strings.Join(formats, ", "))}
			}
			return nil
		},
	}
	flags := cmd.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "print JSON, for scripts")
	flags.StringVar(&a.format, "format", "text", "how to print messages: text, github (annotations) or md")
	flags.BoolVarP(&a.notes, "verbose", "v", false, "print notes too, and more of a list")
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		a.command = cmd.Name()
		return usageError{flagError(err)}
	})
	cmd.AddCommand(a.init(), a.generate(), a.check(), a.update(), a.list(), a.explain(), a.fmt(), a.jsonSchema(), a.version())
	cmd.CompletionOptions.HiddenDefaultCmd = true
	return cmd
}

// formats are the words of --format.
var formats = []string{"text", "github", "md"}

// knownCommand refuses a word that is no command and names what is near it.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("there is no command %s", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		err = fmt.Errorf("%w; did you mean %s?", err, near[0])
	}
	return usageError{err}
}

// flagError says what a flag takes without the words of the parser.
func flagError(err error) error {
	text, _, isNumber := strings.Cut(err.Error(), ": strconv.Parse")
	if isNumber {
		return fmt.Errorf("%s: it takes a number", text)
	}
	return err
}

// args wraps a check of positional arguments so that its error counts as usage.
func (a *app) args(check cobra.PositionalArgs, want string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			a.command = cmd.Name()
			return usageError{fmt.Errorf("%s takes %s; given: %s", cmd.CommandPath(), want, given(args))}
		}
		return nil
	}
}

func given(args []string) string {
	if len(args) == 0 {
		return "none"
	}
	return strings.Join(args, " ")
}

// topic is the help to look at: that of the command, if it came to one.
func (a *app) topic() string {
	if a.command == "" || a.command == "dltgen" {
		return ""
	}
	return " " + a.command
}

// finish prints what went wrong and returns the exit code.
func (a *app) finish(err error) int {
	if err == nil {
		return 0
	}
	var usage usageError
	var known *diag.Error
	switch {
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(a.err, "dltgen: %s\nSee: dltgen help%s\n", strings.TrimPrefix(err.Error(), "dltgen "), a.topic())
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
