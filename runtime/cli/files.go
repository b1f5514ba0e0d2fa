package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/filesource"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/naming"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// MainFiles runs dltload's command line and exits.
func MainFiles() {
	exit(func(ctx context.Context, s Streams) int { return DoFiles(ctx, os.Args[1:], s) })
}

// fileFlags are dltload's own flags, as text.
type fileFlags struct {
	table, disposition, strategy, incremental, format, packageFormat string
	primaryKey, mergeKey, columns, contract                          []string
	limit                                                            int64
	refresh, progress                                                string
}

// DoFiles is the command line that loads files without a description (design.md).
func DoFiles(ctx context.Context, args []string, s Streams) int {
	a := &app{name: "dltload", io: s}
	var f fileFlags
	root := a.root()
	root.Use = "dltload FILE…"
	root.Short = "Loads files into a database or files, types inferred"
	root.Long = root.Short + ".\n\nFILE is a file or a pattern: JSON lines, JSON, CSV, TSV or Parquet, plain, gzip or zstd; - is standard input.\n" +
		"The commands below look after any pipeline: name it with --pipeline."
	root.Example = "  dltload events.jsonl --to duckdb:///e.duckdb --dataset raw --table events\n" +
		"  dltload 'logs/*.jsonl.gz' --to duckdb:///e.duckdb --table logs --disposition merge --primary-key id\n" +
		"  curl -s https://example.com/list.json | dltload - --file-format json --to duckdb:///e.duckdb --table list"
	root.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return &usageError{errors.New("name at least one file, or - for standard input\nSee 'dltload --help'")}
		}
		return nil
	}
	root.RunE = func(cmd *cobra.Command, args []string) error { return a.loadFiles(cmd, args, &f) }
	a.destinationFlags(root)
	root.Flags().Lookup("pipeline").DefValue = "the table's name"
	f.register(root)
	root.AddCommand(grouped(groupLoad, a.resumeCommand())...)
	root.AddCommand(grouped(groupLook, &cobra.Command{
		Use: "list", Short: "List the pipelines on this machine", Args: noArgs, RunE: func(*cobra.Command, []string) error { return a.listPipelines() },
	})...)
	root.AddCommand(grouped(groupLook, a.lookCommands()...)...)
	root.AddCommand(a.versionCommand())
	root.AddCommand(a.topics()...)
	return a.execute(ctx, root, args)
}

func (f *fileFlags) register(cmd *cobra.Command) {
	s := cmd.Flags()
	s.StringVar(&f.table, "table", "", "table (default: the first file's name)")
	s.StringVar(&f.disposition, "disposition", "append", "append, replace or merge")
	s.StringVar(&f.strategy, "strategy", "", "how to merge: delete-insert, upsert, insert-only, scd2 or cdc")
	s.StringSliceVar(&f.primaryKey, "primary-key", nil, "columns that identify a row")
	s.StringSliceVar(&f.mergeKey, "merge-key", nil, "columns that identify what a batch replaces")
	s.StringVar(&f.incremental, "incremental", "", "load only what is new by FIELD[=INITIAL]")
	s.StringSliceVar(&f.columns, "columns", nil, "types of columns: id:bigint,at:timestamp")
	s.StringSliceVar(&f.contract, "contract", nil, "evolve, freeze, discard_row or discard_value, for all or as columns=freeze,data_type=…")
	s.StringVar(&f.format, "file-format", "", "jsonl, json, csv, tsv or parquet (default: by the file's name)")
	s.StringVar(&f.packageFormat, "format", "", "format of the load package: arrow or parquet (default: what the destination prefers)")
	s.Int64Var(&f.limit, "limit", 0, "stop after this many records")
	s.StringVar(&f.refresh, "refresh", "", "begin again: drop_sources, drop_resources or drop_data")
	s.StringVar(&f.progress, "progress", "auto", progressHelp)
}

func (a *app) loadFiles(cmd *cobra.Command, files []string, f *fileFlags) error {
	table := f.table
	if table == "" {
		if files[0] == "-" {
			return &usageError{fmt.Errorf("standard input has no name: say --table")}
		}
		table, _, _ = strings.Cut(filepath.Base(files[0]), ".")
	}
	if a.pipeline == "" {
		a.pipeline = strings.Map(func(r rune) rune {
			if strings.ContainsRune(`/\.`, r) {
				return '_'
			}
			return r
		}, table)
	}
	source := func() (*dlt.Source, error) {
		if known := filesource.Formats(); f.format != "" && !slices.Contains(known, filesource.Format(f.format)) {
			return nil, &usageError{fmt.Errorf("--file-format %q: want jsonl, json, csv, tsv or parquet", f.format)}
		}
		r, err := filesource.Records(table, files, &filesource.Options{Format: filesource.Format(f.format), Stdin: a.io.In})
		if err != nil {
			return nil, &usageError{err}
		}
		if err := f.declare(r); err != nil {
			return nil, &usageError{err}
		}
		f.cut(r)
		return plainSource(a.pipeline, r)
	}
	return a.run(cmd, source, &dlt.RunOptions{Limit: f.limit, Refresh: f.refresh, Format: loadpackage.Format(f.packageFormat)}, f.progress)
}

// plainSource is a source of one resource under the pipeline's name, as a bare
// run of dlt makes it (P2).
func plainSource(pipeline string, r *dlt.Records) (*dlt.Source, error) {
	conv, err := naming.New(schema.DefaultNaming, schema.MaxNameLength)
	if err != nil {
		return nil, err
	}
	name := conv.Identifier(strings.TrimSuffix(pipeline, "_pipeline"))
	return &dlt.Source{Name: name, Plain: true, Resources: []dlt.AnyResource{r}}, nil
}

// cut makes --limit exact: the pages of a file are no unit that a person knows.
// Under a cursor the limit counts what is new, which the run does itself.
func (f *fileFlags) cut(r *dlt.Records) {
	if f.limit <= 0 || r.Incremental != nil || r.Fetch == nil {
		return
	}
	n := int64(0)
	r.Steps = append(r.Steps, func(*record.Value) (bool, error) {
		n++
		return n <= f.limit, nil
	})
}

// check refuses words that no disposition and no strategy has.
func (f *fileFlags) check() error {
	switch schema.WriteDisposition(f.disposition) {
	case schema.Append, schema.Replace, schema.Merge:
	default:
		return fmt.Errorf("--disposition %q: want append, replace or merge", f.disposition)
	}
	switch schema.MergeStrategy(f.strategy) {
	case "", schema.DeleteInsert, schema.Upsert, schema.InsertOnly, schema.SCD2, schema.CDC:
	default:
		return fmt.Errorf("--strategy %q: want delete-insert, upsert, insert-only, scd2 or cdc", f.strategy)
	}
	if f.strategy != "" && f.disposition != "merge" {
		return fmt.Errorf("--strategy %s needs --disposition merge", f.strategy)
	}
	return nil
}

// declare fills the resource's hints from the flags.
func (f *fileFlags) declare(r *dlt.Records) error {
	if err := f.check(); err != nil {
		return err
	}
	h := &r.Hints
	h.Disposition = schema.Disposition{Disposition: schema.WriteDisposition(f.disposition), Strategy: schema.MergeStrategy(f.strategy)}
	h.PrimaryKey, h.MergeKey = f.primaryKey, f.mergeKey
	for _, c := range f.columns {
		name, typ, ok := strings.Cut(c, ":")
		if !ok {
			return fmt.Errorf("--columns %q: want NAME:TYPE", c)
		}
		col := schema.Column{Name: name}
		if err := col.Set("data_type", typ); err != nil {
			return fmt.Errorf("--columns %s: %w", c, err)
		}
		h.Columns = append(h.Columns, col)
	}
	var err error
	if h.Contract, err = contractFlag(f.contract); err != nil {
		return err
	}
	if f.incremental == "" {
		return nil
	}
	path, initial, has := strings.Cut(f.incremental, "=")
	r.Incremental = &dlt.RecordIncremental{Path: path}
	if has {
		// A number is a number, anything else is text, as in the records.
		v, err := record.Parse([]byte(initial))
		if err != nil || v.Kind() != record.KindInt && v.Kind() != record.KindDouble {
			t := record.TextValue(initial)
			v = &t
		}
		r.Incremental.Initial = v
	}
	return nil
}

func contractFlag(words []string) (*schema.ContractSetting, error) {
	if len(words) == 0 {
		return nil, nil
	}
	if len(words) == 1 && !strings.Contains(words[0], "=") {
		c, err := schema.ParseContract(words[0])
		if err != nil {
			return nil, fmt.Errorf("--contract: %w", err)
		}
		return c, nil
	}
	parts := schema.Hints{}
	for _, w := range words {
		entity, mode, ok := strings.Cut(w, "=")
		if !ok {
			return nil, fmt.Errorf("--contract %q: want ENTITY=MODE, such as columns=freeze", w)
		}
		parts.Set(entity, mode)
	}
	c, err := schema.ParseContract(parts)
	if err != nil {
		return nil, fmt.Errorf("--contract: %w", err)
	}
	return c, nil
}
