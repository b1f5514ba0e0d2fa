package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dltgen/dltgen/runtime/dlt"
)

// destinationFlags are the flags that say which pipeline and where to.
func (a *app) destinationFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&a.to, "to", "", "destination URL, such as duckdb:///github.duckdb (default: the last run's)")
	f.StringVar(&a.dataset, "dataset", "", "dataset, a schema in the destination (default: the last run's, else NAME_dataset)")
	f.StringVar(&a.pipeline, "pipeline", a.name, "pipeline name: its working folder and state")
}

func (a *app) runCommand() *cobra.Command {
	var opt dlt.RunOptions
	var full bool
	var progress string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Extract, normalise and load",
		Long: "Extracts the resources, normalises their records under the contract and loads them.\n" +
			"What an interrupted run left on disk is loaded first. Cursors move only with the data.",
		Example: fmt.Sprintf("  %[1]s run --to duckdb:///%[1]s.duckdb --dataset %[1]s_data\n  %[1]s run --resources %[2]s --limit 100", a.name, a.exampleResource()),
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if full {
				if opt.Refresh != "" {
					return &usageError{fmt.Errorf("--full-refresh and --refresh exclude each other")}
				}
				opt.Refresh = dlt.DropResources
			}
			src, err := a.source()
			if err != nil {
				return err
			}
			return a.Run(cmd, src, &opt, progress)
		},
	}
	a.destinationFlags(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&opt.Resources, "resources", nil, "resources to load, separated by commas (default: the selected ones)")
	f.Int64Var(&opt.Limit, "limit", 0, "stop each resource after this many records")
	f.StringVar(&opt.Refresh, "refresh", "", "begin again: drop_sources, drop_resources or drop_data")
	f.BoolVar(&full, "full-refresh", false, "drop the tables of the resources and load them from the beginning")
	f.StringVar(&progress, "progress", "auto", "auto, bar, log, json or off")
	return cmd
}

func (a *app) exampleResource() string {
	if a.connector != nil && len(a.connector.Resources) > 0 {
		return a.connector.Resources[0].Name
	}
	return "NAME"
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Errorf("%s takes no argument, got %q\nSee '%s --help'", cmd.CommandPath(), args[0], cmd.CommandPath())}
	}
	return nil
}

// Run runs a pipeline over a source and prints what it did.
func (a *app) Run(cmd *cobra.Command, src *dlt.Source, opt *dlt.RunOptions, progress string) error {
	p, err := a.openPipeline()
	if err != nil {
		return err
	}
	show, err := newProgress(progress, a.io.Err)
	if err != nil {
		return &usageError{err}
	}
	p.Progress = show
	ctx, err := a.context(cmd.Context())
	if err != nil {
		return err
	}
	report, err := p.Run(ctx, src, opt)
	show.stop()
	if a.json {
		a.printSummary(report, err)
	} else if report != nil && err == nil {
		printReport(a.io.Out, report)
	}
	if err == nil && report.FailedJobs() > 0 {
		return &exitError{ExitFailedJobs, fmt.Errorf("loaded, but %d job(s) failed: see '%s packages list'", report.FailedJobs(), a.name)}
	}
	return err
}

// openPipeline is the pipeline that the flags name.
func (a *app) openPipeline() (*dlt.Pipeline, error) {
	p := &dlt.Pipeline{Name: a.pipeline, Destination: a.to, Dataset: a.dataset, Logger: a.logger()}
	if p.Name == "" {
		p.Name = a.name
	}
	return p, a.configure(p)
}

func (a *app) logger() *slog.Logger {
	level := slog.LevelWarn
	switch {
	case a.verbose >= 2:
		level = slog.LevelDebug
	case a.verbose == 1:
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(a.io.Err, &slog.HandlerOptions{Level: level, ReplaceAttr: dropTime}))
}

// dropTime leaves out the time of log lines: a terminal's reader knows it, and
// a supervisor adds its own.
func dropTime(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return attr
}

// A summary is the last line of run --json (O34).
type summary struct {
	Status          string           `json:"status"`
	ExitCode        int              `json:"exit_code"`
	LoadIDs         []string         `json:"load_ids"`
	Rows            map[string]int64 `json:"rows"`
	SchemaChanged   bool             `json:"schema_changed"`
	FailedJobs      int              `json:"failed_jobs"`
	PendingPackages int              `json:"pending_packages"`
	Error           string           `json:"error,omitempty"`
	Report          *dlt.Report      `json:"report,omitempty"`
}

func (a *app) printSummary(r *dlt.Report, err error) {
	s := summary{Status: "ok", ExitCode: ExitCode(err), LoadIDs: []string{}, Rows: map[string]int64{}, Report: r}
	if err != nil {
		s.Status, s.Error = "failed", err.Error()
	}
	if r != nil {
		for _, l := range r.Loads {
			s.LoadIDs = append(s.LoadIDs, l.LoadID)
		}
		for _, t := range r.Tables {
			s.Rows[t.Name] = t.Rows
			s.SchemaChanged = s.SchemaChanged || t.New || len(t.NewColumns) > 0
		}
		s.FailedJobs = r.FailedJobs()
		s.PendingPackages = r.Pending
	}
	printJSON(a.io.Out, s)
}

func printJSON(w io.Writer, v any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		fmt.Fprintln(w, `{"error":"cannot be written as JSON"}`)
	}
}

// printReport is the table at the end of a run.
func printReport(w io.Writer, r *dlt.Report) {
	if len(r.Tables) == 0 && len(r.Loads) == 0 {
		fmt.Fprintf(w, "Nothing new: %s\n", seconds(r.Took()))
		return
	}
	g := newGrid("table", "rows", "disposition", "schema").numbers(1)
	for _, t := range r.Tables {
		change := ""
		switch {
		case t.New:
			change = "new table"
		case len(t.NewColumns) > 0:
			change = "+ " + strings.Join(t.NewColumns, ", ")
		}
		g.add(t.Name, thousands(t.Rows), t.Disposition, change)
	}
	g.print(w)
	for _, d := range r.Dropped {
		fmt.Fprintf(w, "dropped by contract: %s%s: %s row(s), %s value(s) (%s)\n", d.Table, dotted(d.Column), thousands(d.Rows), thousands(d.Values), d.Rule)
	}
	for _, l := range r.Loads {
		note := ""
		if l.Pending {
			note = " (left by an earlier run)"
		}
		fmt.Fprintf(w, "\nload %s%s", l.LoadID, note)
	}
	fmt.Fprintf(w, "\n%s rows into %s, dataset %s, in %s\n", thousands(r.Rows()), r.Destination, r.Dataset, seconds(r.Took()))
	for _, res := range r.Resources {
		if res.Cursor != "" {
			fmt.Fprintf(w, "next run of %s starts at %s\n", res.Name, res.Cursor)
		}
	}
}

func dotted(column string) string {
	if column == "" {
		return ""
	}
	return "." + column
}

func seconds(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
