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
	"regexp"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dltgen/dltgen/runtime/config"
	"github.com/dltgen/dltgen/runtime/dlt"
)

// Main runs the connector's command line and exits.
func Main(c dlt.Connector) {
	exit(func(ctx context.Context, s Streams) int { return Do(ctx, &c, os.Args[1:], s) })
}

// exit runs a command line under the signals that end it: the first one drains
// the run, the second one kills it (O38).
func exit(do func(ctx context.Context, s Streams) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	code := do(ctx, Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
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
	a := &app{connector: c, name: c.Name, defaultPipeline: c.Name, io: s}
	root := a.root()
	root.Short = "Loads " + title(c) + " into a database or files"
	root.Long = strings.TrimSpace(root.Short + ".\n\n" + c.Description)
	root.Example = fmt.Sprintf("  %[1]s check\n  %[1]s run --to duckdb:///%[1]s.duckdb --dataset %[1]s_data\n  %[1]s query \"select * from %[2]s limit 10\"", a.name, a.exampleTable())
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknownCommand(cmd, args[0])
	}
	root.AddCommand(grouped(groupLoad, a.runCommand(), a.checkCommand(), a.resumeCommand())...)
	root.AddCommand(grouped(groupLook, a.listCommand())...)
	root.AddCommand(grouped(groupLook, a.lookCommands()...)...)
	root.AddCommand(a.versionCommand())
	root.AddCommand(a.topics()...)
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
	// defaultPipeline is the pipeline without --pipeline; "": it must be named.
	defaultPipeline string
	io              Streams
	config          *config.Resolver

	to, dataset, pipeline string
	json                  bool
	verbose               int
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: a.name, SilenceUsage: true, SilenceErrors: true, Version: version(),
		Args: cobra.ArbitraryArgs,
	}
	root.SetIn(a.io.In)
	root.SetOut(a.io.Out)
	root.SetErr(a.io.Err)
	f := root.PersistentFlags()
	f.SortFlags = false
	f.BoolVar(&a.json, "json", false, "print JSON, for a script")
	f.CountVarP(&a.verbose, "verbose", "v", "log what happens; -vv also every request")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		text := parserNoise.ReplaceAllString(err.Error(), "")
		return &usageError{fmt.Errorf("%s\nSee '%s --help'", text, cmd.CommandPath())}
	})
	// A command that only holds others is not worth a usage line of its own.
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), "{{if .Runnable}}\n  {{.UseLine}}{{end}}",
		"{{if or (not .HasAvailableSubCommands) (ne .Use .Name)}}\n  {{.UseLine}}{{end}}", 1))
	addGroups(root)
	return root
}

// parserNoise is what Go's number parsers add to an error that names the flag
// and the value already.
var parserNoise = regexp.MustCompile(`strconv\.Parse\w+: parsing "[^"]*": `)

// unknownCommand names the commands that are meant, perhaps.
func unknownCommand(cmd *cobra.Command, word string) error {
	text := fmt.Sprintf("there is no command %q", word)
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		text += ": did you mean " + strings.Join(near, " or ") + "?"
	}
	return &usageError{fmt.Errorf("%s\nSee '%s --help'", text, cmd.CommandPath())}
}

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
	fmt.Fprintf(a.io.Err, "%s: %s\n", a.name, a.message(err))
	return ExitCode(err)
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Errorf("%s takes no argument, got %q\nSee '%s --help'", cmd.CommandPath(), args[0], cmd.CommandPath())}
	}
	return nil
}

// pipelineFlag is the flag that says which pipeline.
func (a *app) pipelineFlag(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&a.pipeline, "pipeline", "", "pipeline: its name is that of its working folder and state")
	f.Lookup("pipeline").DefValue = a.defaultPipeline
}

// destinationFlags are the flags that say which pipeline and where to.
func (a *app) destinationFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&a.to, "to", "", "destination: a URL such as duckdb:///file.duckdb (default: the last run's)")
	f.StringVar(&a.dataset, "dataset", "", "dataset: a schema in the destination (default: the last run's, else PIPELINE_dataset)")
	a.pipelineFlag(cmd)
}
