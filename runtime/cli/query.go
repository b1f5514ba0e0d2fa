package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/spf13/cobra"
)

// maxRows bounds what the table form prints; the other forms print all.
const maxRows = 200

func (a *app) queryCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "query SQL", Short: "Query the destination",
		Long: "Runs one statement against the destination, which it cannot change. Tables of the dataset\n" +
			"need no dataset in front of their name. - reads the statement from standard input.",
		Example: a.queryExample(),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{fmt.Errorf("query takes one argument, the SQL in quotes\nSee '%s --help'", cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.json {
				format = "json"
			}
			write, ok := writers[format]
			if !ok {
				return &usageError{fmt.Errorf("--format %q: want table, csv or json", format)}
			}
			p, err := a.openPipeline()
			if err != nil {
				return err
			}
			if err := checkDestination(p, ""); err != nil {
				return &usageError{err}
			}
			ds, err := p.Open(cmd.Context())
			if err != nil {
				return &usageError{err}
			}
			defer ds.Close()
			sql, err := a.statement(args[0])
			if err != nil {
				return err
			}
			rows, err := ds.Query(cmd.Context(), sql)
			if err != nil {
				return err
			}
			defer rows.Release()
			return write(a.io.Out, rows)
		},
	}
	a.destinationFlags(cmd)
	cmd.Flags().StringVar(&format, "format", "table", "table, csv or json (one object a line)")
	return cmd
}

func (a *app) queryExample() string {
	if a.connector == nil {
		return fmt.Sprintf("  %s query --pipeline events \"select count(*) from events\"", a.name)
	}
	return fmt.Sprintf("  %[1]s query \"select count(*) from %[2]s\"\n  %[1]s query --format csv \"from %[2]s\" > %[2]s.csv", a.name, a.exampleTable())
}

// statement is the argument, or standard input.
func (a *app) statement(arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	text, err := io.ReadAll(a.io.In)
	return string(text), err
}

var writers = map[string]func(io.Writer, array.RecordReader) error{"table": writeTable, "csv": writeCSV, "json": writeJSON}

// cells calls row for each row with its values as text.
func cells(r array.RecordReader, row func(cells []string) bool) error {
	for r.Next() {
		rec := r.RecordBatch()
		line := make([]string, rec.NumCols())
		for i := range int(rec.NumRows()) {
			for c := range line {
				line[c] = cell(rec.Column(c), i)
			}
			if !row(line) {
				return nil
			}
		}
	}
	return r.Err()
}

func cell(col arrow.Array, i int) string {
	if col.IsNull(i) {
		return ""
	}
	// The text may lie in the engine's memory, which goes with its batch.
	return strings.Clone(col.ValueStr(i))
}

func fieldNames(s *arrow.Schema) []string {
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name)
	}
	return names
}

func writeTable(w io.Writer, r array.RecordReader) error {
	g := newGrid(fieldNames(r.Schema())...)
	for i, f := range r.Schema().Fields() {
		if arrow.IsInteger(f.Type.ID()) || arrow.IsFloating(f.Type.ID()) || arrow.IsDecimal(f.Type.ID()) {
			g.numbers(i)
		}
	}
	more := false
	err := cells(r, func(line []string) bool {
		if len(g.rows) == maxRows {
			more = true
			return false
		}
		g.add(append([]string(nil), line...)...)
		return true
	})
	if err != nil {
		return err
	}
	g.print(w)
	if more {
		fmt.Fprintf(w, "… the first %d rows; --format csv prints all\n", maxRows)
	}
	return nil
}

func writeCSV(w io.Writer, r array.RecordReader) error {
	out := csv.NewWriter(w)
	if err := out.Write(fieldNames(r.Schema())); err != nil {
		return err
	}
	var failed error
	err := cells(r, func(line []string) bool { failed = out.Write(line); return failed == nil })
	if err == nil {
		err = failed
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

func writeJSON(w io.Writer, r array.RecordReader) error {
	for r.Next() {
		if err := array.RecordToJSON(r.RecordBatch(), w); err != nil {
			return err
		}
	}
	return r.Err()
}
