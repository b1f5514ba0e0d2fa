package conformance

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	_ "github.com/dltgen/dltgen/runtime/destination/duckdb" // its driver is also how snapshots are read

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Result is the outcome of one case.
type Result struct {
	Case        string
	Informative bool
	// Diff is the first difference, "" if there is none.
	Diff string
}

// Passed reports whether the case left what dlt left.
func (r Result) Passed() bool { return r.Diff == "" }

// Run runs a case in a scratch folder, which it removes again.
func Run(ctx context.Context, file, scratch string) Result {
	c, err := ReadCase(file)
	if err != nil {
		return Result{Case: filepath.Base(filepath.Dir(file)), Diff: err.Error()}
	}
	res := Result{Case: c.Path(), Informative: c.Informative}
	want, err := readExpected(c.dir)
	if err != nil {
		res.Diff = err.Error()
		return res
	}
	dir, err := os.MkdirTemp(scratch, "case")
	if err != nil {
		res.Diff = err.Error()
		return res
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	r := &runner{c: c, dir: dir, ids: &identities{loads: map[string]string{}, created: map[int64]string{}, exact: want.exactIDs()}}
	for i := range c.Steps {
		if i >= len(want.Steps) {
			break
		}
		diff, err := r.step(ctx, i, want.Steps[i])
		if err != nil {
			diff = err.Error()
		}
		if diff != "" {
			res.Diff = fmt.Sprintf("step %d: %s", i+1, diff)
			return res
		}
	}
	return res
}

type runner struct {
	c   *Case
	dir string
	ids *identities
}

func (r *runner) step(ctx context.Context, i int, want expectedStep) (diff string, err error) {
	step := &r.c.Steps[i]
	if r.c.Destination.Name != "" && r.c.Destination.Name != "duckdb" {
		return "", &unsupported{"destination " + r.c.Destination.Name}
	}
	if step.FreshWorkdir {
		if err := os.RemoveAll(filepath.Join(r.dir, "pipelines")); err != nil {
			return "", err
		}
	}
	p := r.pipeline()
	report, runErr := r.run(ctx, p, step)
	if err := r.noteLoads(p, report, i+1); err != nil {
		return "", err
	}
	if runErr != nil {
		if err := p.AbortPending(ctx); err != nil {
			return "", fmt.Errorf("abort: %w", err)
		}
	}
	if d := diffError(want.Error, runErr); d != "" {
		return d, nil
	}
	got, err := r.snapshot(ctx, p, want)
	if err != nil {
		return "", err
	}
	return diffStep(want, got), nil
}

func (r *runner) run(ctx context.Context, p *dlt.Pipeline, step *Step) (*dlt.Report, error) {
	src, opt, err := r.c.source(step)
	if err != nil {
		if _, ok := errors.AsType[*unsupported](err); ok {
			return nil, err
		}
		return nil, &dlt.StepError{Step: "config", Err: err}
	}
	format := step.Run.LoaderFileFormat
	if format == "" {
		format = r.c.Destination.LoaderFileFormat
	}
	if format == string(loadpackage.Parquet) {
		opt.Format = loadpackage.Parquet // the other formats of dlt have the same result here
	}
	return p.Run(ctx, src, opt)
}

func (r *runner) pipeline() *dlt.Pipeline {
	d := r.c.Destination
	p := &dlt.Pipeline{
		Name: "conformance", Dataset: dataset, Dir: filepath.Join(r.dir, "pipelines"),
		Destination: "duckdb:///" + filepath.Join(r.dir, "case.duckdb"),
		DestinationOptions: &destination.Options{
			ReplaceStrategy: driver.ReplaceStrategy(d.ReplaceStrategy), CreateIndexes: d.CreateIndexes,
		},
		Logger: slog.New(slog.DiscardHandler),
		Limits: &dlt.Limits{MaxTableName: d.MaxIdentifierLength, MaxColumnName: d.MaxColumnIdentifierLength},
	}
	if d.MaxTableNesting != nil {
		p.Limits.MaxTableNesting = schema.N(*d.MaxTableNesting)
	}
	p.Load.Backoff = time.Millisecond
	return p
}

// noteLoads gives the load ids of this step their names, failed ones too.
func (r *runner) noteLoads(p *dlt.Pipeline, report *dlt.Report, step int) error {
	var ids []string
	if report != nil {
		for _, l := range report.Loads {
			ids = append(ids, l.LoadID)
		}
	}
	if in, err := p.Inspect(); err == nil {
		for _, pkg := range in.Packages {
			if pkg.Status == "normalized" {
				ids = append(ids, pkg.LoadID)
			}
		}
	}
	for _, id := range ids {
		created, err := loadpackage.CreatedAt(id)
		if err != nil {
			return err
		}
		r.ids.addLoad(id, step, created)
	}
	return nil
}

func (r *runner) snapshot(ctx context.Context, p *dlt.Pipeline, want expectedStep) (*snapshot, error) {
	r.ids.allExact = want.allExact()
	var schemas []schemaDoc
	files, err := filepath.Glob(filepath.Join(p.WorkingDir(), "schemas", "*.json"))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		doc, err := readSchemaDoc(f)
		if err != nil {
			return nil, err
		}
		schemas = append(schemas, doc)
	}
	db, err := sql.Open("duckdb", filepath.Join(r.dir, "case.duckdb"))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "SET TimeZone = 'UTC'"); err != nil {
		return nil, err
	}
	return takeSnapshot(ctx, db, schemas, r.ids)
}

func readSchemaDoc(path string) (schemaDoc, error) {
	var doc schemaDoc
	f, err := os.Open(path)
	if err != nil {
		return doc, err
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	dec.UseNumber()
	err = dec.Decode(&doc)
	return doc, err
}
