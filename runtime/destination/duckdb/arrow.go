//go:build duckdb_arrow

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"

	dest "github.com/dltgen/dltgen/runtime/destination/driver"
	"github.com/dltgen/dltgen/runtime/loadpackage"
)

var jobFormats = []loadpackage.Format{loadpackage.Arrow, loadpackage.Parquet}

type loader func(context.Context, *tx, dest.Target, loadpackage.Job) (int64, error)

var loaders = map[loadpackage.Format]loader{
	loadpackage.Arrow:   loadArrow,
	loadpackage.Parquet: loadParquet,
}

// loadArrow shows an Arrow IPC file to DuckDB as a view and copies the view. DuckDB
// reads the view once and ignores which columns are asked for, so the one statement
// names them all, and the rows that arrive are counted on both sides.
func loadArrow(ctx context.Context, t *tx, to dest.Target, job loadpackage.Job) (n int64, err error) {
	f, err := os.Open(job.Path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	reader, err := newRowGroups(f, job.Rows)
	if err != nil {
		return 0, dest.Terminalf("read Arrow file: %w", err)
	}
	defer reader.Release()
	columns := make([]string, reader.Schema().NumFields())
	for i := range columns {
		columns[i] = reader.Schema().Field(i).Name
	}
	if len(columns) == 0 || reader.file.NumRecords() == 0 {
		return 0, nil
	}
	t.d.views++
	view := fmt.Sprintf("_dltgen_arrow_%d", t.d.views)
	statement, err := t.insert(to, columns, quote(view))
	if err != nil {
		return 0, err
	}
	release, err := t.d.registerView(reader, view)
	if err != nil {
		return 0, err
	}
	run := t.d.Exec
	if reader.joins() {
		run = t.d.inOrder
	}
	n, err = run(ctx, statement)
	release()
	if err == nil {
		err = reader.Err()
	}
	if err == nil && n != reader.rows {
		err = fmt.Errorf("%d of %d rows arrived", n, reader.rows)
	}
	if err != nil {
		return 0, err
	}
	return n, t.d.exec(ctx, "DROP VIEW IF EXISTS "+quote(view))
}

// inOrder runs a statement with the order of rows kept. DuckDB then writes every
// row group that a thread brings by itself; else each thread gathers what it gets
// over the whole statement, and what is left of it is packed one thread after the other.
func (d *dataset) inOrder(ctx context.Context, statement string, args ...any) (int64, error) {
	if err := d.exec(ctx, "SET preserve_insertion_order=true"); err != nil {
		return 0, err
	}
	n, err := d.Exec(ctx, statement, args...)
	return n, errors.Join(err, d.exec(context.WithoutCancel(ctx), "SET preserve_insertion_order=false"))
}

func (d *dataset) registerView(reader array.RecordReader, view string) (release func(), err error) {
	err = d.conn.Raw(func(conn any) error {
		a, err := duckdb.NewArrowFromConn(conn.(driver.Conn))
		if err != nil {
			return err
		}
		release, err = a.RegisterView(reader, view)
		return err
	})
	return release, classify(err)
}

// Query answers with DuckDB's own Arrow batches.
func (d *dataset) Query(ctx context.Context, query string, args ...any) (array.RecordReader, error) {
	var reader array.RecordReader
	err := d.conn.Raw(func(conn any) error {
		a, err := duckdb.NewArrowFromConn(conn.(driver.Conn))
		if err != nil {
			return err
		}
		reader, err = a.QueryContext(ctx, query, args...)
		return err
	})
	return reader, classify(err)
}
