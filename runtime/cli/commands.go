package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/schema"
)

// lookCommands are the commands that read what any pipeline left behind.
func (a *app) lookCommands() []*cobra.Command {
	return []*cobra.Command{a.queryCommand(), a.infoCommand(), a.schemaCommand(), a.stateCommand(), a.traceCommand(), a.packagesCommand()}
}

// pipelineCommand is a command that reads the working folder.
func (a *app) pipelineCommand(use, short string, show func(in *dlt.Inspection) error) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := a.openPipeline()
			if err != nil {
				return err
			}
			in, err := p.Inspect()
			if errors.Is(err, dlt.ErrNeverRan) {
				return &usageError{err}
			}
			if err != nil {
				return err
			}
			return show(in)
		},
	}
	a.pipelineFlag(cmd)
	return cmd
}

func (a *app) listCommand() *cobra.Command {
	var pipelines bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the resources: table, key, cursor, path", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if pipelines {
				return a.listPipelines()
			}
			if a.json {
				printJSON(a.io.Out, a.connector.Resources)
				return nil
			}
			g := newGrid("", "resource", "table", "key", "cursor", "pager", "parent", "path")
			for _, r := range a.connector.Resources {
				mark := " "
				if r.Selected {
					mark = "✓"
				}
				g.add(mark, r.Name, r.Table, strings.Join(r.PrimaryKey, ", "), r.Cursor, r.Pager, r.Parent, r.Path)
			}
			g.print(a.io.Out)
			fmt.Fprintf(a.io.Out, "\n✓ loaded by default; others by --resources NAME\n")
			return nil
		},
	}
	cmd.Flags().BoolVar(&pipelines, "pipelines", false, "list the pipelines on this machine instead")
	return cmd
}

func (a *app) checkCommand() *cobra.Command {
	var resources []string
	cmd := &cobra.Command{
		Use: "check", Short: "Check the credentials, then one page of each resource",
		Long: "Asks for one page of each selected resource and loads nothing. Children are asked for the first record of their parent.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := a.source()
			if err != nil {
				return err
			}
			log, err := a.logger(a.io.Err)
			if err != nil {
				return err
			}
			ctx, err := a.context(cmd.Context(), log)
			if err != nil {
				return err
			}
			results, err := src.Check(ctx, resources)
			if results == nil && err != nil {
				return err
			}
			a.printChecks(results)
			return checked(results, err)
		},
	}
	cmd.Flags().StringSliceVar(&resources, "resources", nil, "resources to check (default: the selected ones)")
	return cmd
}

func (a *app) printChecks(results []dlt.CheckResult) {
	if a.json {
		printJSON(a.io.Out, results)
		return
	}
	g := newGrid("resource", "records", "result").numbers(1)
	for _, r := range results {
		text := r.Text()
		if r.Error != "" {
			text = "failed"
		}
		g.add(r.Resource, thousands(r.Records), text)
	}
	g.print(a.io.Out)
}

// checked is the error of a check: the first one in full, for it is often the
// same for all.
func checked(results []dlt.CheckResult, err error) error {
	if err == nil {
		return nil
	}
	failed := 0
	for _, r := range results {
		if r.Error != "" {
			failed++
		}
	}
	var all interface{ Unwrap() []error }
	if errors.As(err, &all) && len(all.Unwrap()) > 0 {
		err = all.Unwrap()[0]
	}
	if failed > 1 {
		err = fmt.Errorf("%w (and %d more)", err, failed-1)
	}
	if code := ExitCode(err); code != ExitOther {
		return &exitError{code, err}
	}
	return &exitError{ExitExtract, err}
}

func (a *app) infoCommand() *cobra.Command {
	return a.pipelineCommand("info", "Show the pipeline: where it loads, its tables, what waits", func(in *dlt.Inspection) error {
		if a.json {
			printJSON(a.io.Out, map[string]any{
				"dir": in.Dir, "destination": in.Destination, "dataset": in.Dataset, "default_schema": in.Default, "packages": in.Packages, "trace": in.Trace,
			})
			return nil
		}
		w := a.io.Out
		fmt.Fprintf(w, "working folder  %s\n", in.Dir)
		fmt.Fprintf(w, "destination     %s\n", orNone(in.Destination, "given at each run"))
		fmt.Fprintf(w, "dataset         %s\n", orNone(in.Dataset, "none yet"))
		for _, s := range in.Schemas {
			fmt.Fprintf(w, "schema          %s, version %d, %s\n", s.Name, s.Version, s.VersionHash)
			g := newGrid("table", "columns", "disposition", "resource").numbers(1)
			for _, t := range s.DataTables() {
				g.add(t.Name, fmt.Sprint(len(t.CompleteColumns())), string(s.WriteDisposition(t)), t.Resource)
			}
			fmt.Fprintln(w)
			g.print(w)
		}
		if n := len(waiting(in.Packages)); n > 0 {
			fmt.Fprintf(w, "\n%s waiting: the next run loads what waits first, or '%s resume'\n", plural(int64(n), "load package"), a.name)
		}
		return nil
	})
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

func (a *app) schemaCommand() *cobra.Command {
	var format, name string
	cmd := a.pipelineCommand("schema", "Print the stored schema", func(in *dlt.Inspection) error {
		if a.json {
			format = "json"
		}
		if name == "" {
			name = in.Default
		}
		i := slices.IndexFunc(in.Schemas, func(s *schema.Schema) bool { return s.Name == name })
		if i < 0 {
			return &usageError{fmt.Errorf("no schema %q: nothing was loaded yet, or --schema names another", name)}
		}
		text, err := exportSchema(in.Schemas[i], format)
		if err != nil {
			return &usageError{err}
		}
		_, err = a.io.Out.Write(text)
		return err
	})
	cmd.Flags().StringVar(&format, "format", "yaml", "yaml, json, dbml, dot or mermaid")
	cmd.Flags().StringVar(&name, "schema", "", "schema name (default: the pipeline's default schema)")
	return cmd
}

func (a *app) stateCommand() *cobra.Command {
	return a.pipelineCommand("state", "Print the pipeline's state, cursors and all", func(in *dlt.Inspection) error {
		if a.json {
			fmt.Fprintf(a.io.Out, "%s\n", in.State)
			return nil
		}
		var v any
		if err := json.Unmarshal(in.State, &v); err != nil {
			return err
		}
		enc := json.NewEncoder(a.io.Out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	})
}

func (a *app) traceCommand() *cobra.Command {
	return a.pipelineCommand("trace", "Show the last run", func(in *dlt.Inspection) error {
		if in.Trace == nil {
			return &usageError{fmt.Errorf("no trace: the pipeline has not finished a run")}
		}
		if a.json {
			printJSON(a.io.Out, in.Trace)
			return nil
		}
		r := in.Trace.Report
		outcome := "completed"
		if in.Trace.Error != "" {
			outcome = "failed in " + orNone(in.Trace.Step, "an unknown step")
		}
		fmt.Fprintf(a.io.Out, "Run of %s %s after %s.\n", r.Started.Local().Format(time.DateTime), outcome, seconds(r.Took()))
		if in.Trace.Error != "" {
			fmt.Fprintf(a.io.Out, "%s\n", in.Trace.Error)
		}
		g := newGrid("resource", "records", "kept", "cursor").numbers(1, 2)
		for _, res := range r.Resources {
			g.add(res.Name, thousands(res.Records), thousands(res.Kept), res.Cursor)
		}
		g.print(a.io.Out)
		fmt.Fprintln(a.io.Out)
		printReport(a.io.Out, r)
		return nil
	})
}

func (a *app) packagesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "packages", Short: "Look after load packages", Args: cobra.ArbitraryArgs, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknownCommand(cmd, args[0])
	}}
	cmd.AddCommand(a.pipelineCommand("list", "List the load packages in the working folder", func(in *dlt.Inspection) error {
		if a.json {
			printJSON(a.io.Out, in.Packages)
			return nil
		}
		g := newGrid("load id", "schema", "status", "jobs", "failed", "created").numbers(3, 4)
		for _, p := range in.Packages {
			g.add(p.LoadID, p.Schema, p.Status, fmt.Sprint(p.Jobs), fmt.Sprint(p.Failed), p.Created.Local().Format(time.DateTime))
		}
		g.print(a.io.Out)
		return nil
	}))
	return cmd
}

func (a *app) resumeCommand() *cobra.Command {
	var progress string
	cmd := &cobra.Command{
		Use: "resume", Short: "Load what waits on disk, extract nothing", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.resume(cmd.Context(), progress)
		},
	}
	cmd.Flags().StringVar(&progress, "progress", "auto", progressHelp)
	a.destinationFlags(cmd)
	return cmd
}

// version is the version of the program: its module's, or the runtime's.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, d := range info.Deps {
		if d.Path == "github.com/dltgen/dltgen" {
			return d.Version
		}
	}
	return info.Main.Version
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the versions of the runtime and of Go", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			goVersion := ""
			if info != nil {
				goVersion = info.GoVersion
			}
			if a.json {
				printJSON(a.io.Out, map[string]string{"name": a.name, "runtime": version(), "go": goVersion})
				return nil
			}
			fmt.Fprintf(a.io.Out, "%s, dltgen runtime %s, %s\n", a.name, version(), goVersion)
			return nil
		},
	}
}
