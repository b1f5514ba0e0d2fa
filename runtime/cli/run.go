package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dltgen/dltgen/runtime/config"
	"github.com/dltgen/dltgen/runtime/dlt"
)

func (a *app) runCommand() *cobra.Command {
	var opt dlt.RunOptions
	var full bool
	var progress string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Extract what is new, normalise and load it",
		Long: "Extracts the resources, normalises their records under the contract and loads them.\n" +
			"What an interrupted run left on disk is loaded first. Cursors move only with the data.\n\n" +
			"The exit code tells a script how it went: '" + a.name + " help exit-codes'. Secrets and settings: '" + a.name + " help config'.",
		Example: fmt.Sprintf("  %[1]s run --to duckdb:///%[1]s.duckdb --dataset %[1]s_data\n  %[1]s run --resources %[2]s --limit 100", a.name, a.exampleResource()),
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if full && opt.Refresh != "" {
				return &usageError{fmt.Errorf("--full-refresh and --refresh exclude each other")}
			}
			if full {
				opt.Refresh = dlt.DropResources
			}
			return a.run(cmd, a.source, &opt, progress)
		},
	}
	a.destinationFlags(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&opt.Resources, "resources", nil, "resources to load, separated by commas (default: the selected ones)")
	f.Int64Var(&opt.Limit, "limit", 0, "stop each resource after this many records")
	f.StringVar(&opt.Refresh, "refresh", "", "begin again: drop_sources, drop_resources or drop_data")
	f.BoolVar(&full, "full-refresh", false, "drop the tables of the resources and load them from the beginning")
	f.StringVar(&progress, "progress", "auto", progressHelp)
	return cmd
}

// progressHelp is the help of --progress.
const progressHelp = "bar, log, json or off; auto is bar on a terminal"

func (a *app) exampleTable() string {
	if len(a.connector.Resources) > 0 {
		return a.connector.Resources[0].Table
	}
	return "NAME"
}

func (a *app) exampleResource() string {
	if a.connector != nil && len(a.connector.Resources) > 0 {
		return a.connector.Resources[0].Name
	}
	return "NAME"
}

// run runs a pipeline over a source and prints what it did. In JSON the last
// line is the summary, however the run ends (O34).
func (a *app) run(cmd *cobra.Command, source func() (*dlt.Source, error), opt *dlt.RunOptions, progress string) error {
	report, err := a.runReport(cmd.Context(), source, opt, progress)
	if err == nil && report.FailedJobs() > 0 {
		err = &exitError{ExitFailedJobs, fmt.Errorf("loaded, but %s failed: see '%s packages list'", plural(int64(report.FailedJobs()), "job"), a.name)}
	}
	switch {
	case a.json:
		a.printSummary(report, err)
	case report != nil && (err == nil || len(report.Loads) > 0):
		printReport(a.io.Out, report)
	}
	return err
}

func (a *app) runReport(ctx context.Context, source func() (*dlt.Source, error), opt *dlt.RunOptions, progress string) (*dlt.Report, error) {
	p, err := a.openPipeline()
	if err != nil {
		return nil, err
	}
	src, err := source()
	if err != nil {
		return nil, err
	}
	if err := checkRun(p, src, opt); err != nil {
		return nil, &usageError{err}
	}
	show, err := a.display(p, progress)
	if err != nil {
		return nil, err
	}
	defer show.stop()
	ctx, err = a.context(ctx, p.Logger)
	if err != nil {
		return nil, err
	}
	return p.Run(ctx, src, opt)
}

// display shows the progress of a pipeline, and its log so that neither spoils
// the other.
func (a *app) display(p *dlt.Pipeline, kind string) (display, error) {
	if kind == "auto" {
		v, ok, err := a.resolver().Text(config.Pipeline(p.Name), "progress")
		if err != nil {
			return nil, &usageError{err}
		}
		if ok {
			kind = v
		}
	}
	show, err := newProgress(kind, a.io.Err)
	if err != nil {
		return nil, &usageError{err}
	}
	if p.Logger, err = a.logger(show.log()); err != nil {
		return nil, err
	}
	p.Progress = show
	return show, nil
}

// checkRun finds wrong options before anything is opened or written.
func checkRun(p *dlt.Pipeline, src *dlt.Source, opt *dlt.RunOptions) error {
	switch opt.Refresh {
	case "", dlt.DropSources, dlt.DropResources, dlt.DropData:
	default:
		return fmt.Errorf("--refresh %q: want %s, %s or %s", opt.Refresh, dlt.DropSources, dlt.DropResources, dlt.DropData)
	}
	if opt.Limit < 0 {
		return fmt.Errorf("--limit %d: want a number of records, or 0 for all", opt.Limit)
	}
	missing := &dlt.ResourceNotFoundError{Source: src.Name}
	for _, n := range opt.Resources {
		if src.Resource(n) == nil {
			missing.Unknown = append(missing.Unknown, n)
		}
	}
	if len(missing.Unknown) > 0 {
		for _, r := range src.Resources {
			missing.Available = append(missing.Available, r.ResourceName())
		}
		return missing
	}
	return checkDestination(p, opt.Format)
}

// resume loads what waits on disk.
func (a *app) resume(ctx context.Context, progress string) error {
	p, err := a.openPipeline()
	if err != nil {
		return err
	}
	if _, err := p.Inspect(); errors.Is(err, dlt.ErrNeverRan) {
		return &usageError{err}
	}
	if err := checkDestination(p, ""); err != nil {
		return &usageError{err}
	}
	show, err := a.display(p, progress)
	if err != nil {
		return err
	}
	r, err := p.Resume(ctx)
	show.stop()
	switch {
	case a.json:
		a.printSummary(r, err)
	case err == nil && len(r.Loads) == 0:
		fmt.Fprintln(a.io.Out, "Nothing waits.")
	case r != nil:
		printReport(a.io.Out, r)
	}
	return err
}

// A summary is the last line of run --json (O34).
type summary struct {
	Status          string           `json:"status"`
	ExitCode        int              `json:"exit_code"`
	TransactionID   string           `json:"transaction_id"`
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
		s.TransactionID = r.TransactionID
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

// printReport is the table at the end of a run.
func printReport(w io.Writer, r *dlt.Report) {
	if len(r.Tables) == 0 && len(r.Loads) == 0 {
		fmt.Fprintf(w, "Nothing new, after %s.\n", seconds(r.Took()))
		return
	}
	if len(r.Tables) > 0 {
		printTables(w, r.Tables)
		fmt.Fprintln(w)
	}
	for _, d := range r.Dropped {
		fmt.Fprintf(w, "kept out by contract %s: %s of %s%s\n", d.Rule, dropped(d), d.Table, dotted(d.Column))
	}
	printFindings(w, r.Findings)
	for _, l := range r.Loads {
		if l.Pending {
			fmt.Fprintf(w, "%s left by an earlier run, load %s\n", plural(l.Rows, "row"), l.LoadID)
			continue
		}
		fmt.Fprintf(w, "%s into %s, dataset %s, load %s, in %s\n", plural(r.Rows(), "row"), r.Destination, r.Dataset, l.LoadID, seconds(r.Took()))
	}
	for _, res := range r.Resources {
		if res.Cursor != "" {
			fmt.Fprintf(w, "the next run of %s begins at %s\n", res.Name, res.Cursor)
		}
	}
}

func printTables(w io.Writer, tables []dlt.TableReport) {
	g := newGrid("table", "rows", "disposition", "schema").numbers(1)
	for _, t := range tables {
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
}

func dropped(d dlt.DropReport) string {
	if d.Rows > 0 {
		return plural(d.Rows, "row")
	}
	return plural(d.Values, "value")
}

// maxFindings bounds the lines about values that the description does not allow.
const maxFindings = 5

func printFindings(w io.Writer, all []dlt.DropReport) {
	for i, f := range all {
		if i == maxFindings {
			fmt.Fprintf(w, "… and %s like these: see --json\n", plural(int64(len(all)-i), "check"))
			return
		}
		fmt.Fprintf(w, "loaded, but not as described (%s): %s of %s%s\n", f.Rule, plural(f.Values, "value"), f.Table, dotted(f.Column))
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
