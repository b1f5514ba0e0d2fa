//go:build duckdb_arrow

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
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
	file, err := ipc.NewFileReader(f)
	if err != nil {
		return 0, dest.Terminalf("read Arrow file: %w", err)
	}
	reader := &fileBatches{file: file}
	reader.refs.Store(1)
	defer reader.Release()
	columns := make([]string, file.Schema().NumFields())
	for i := range columns {
		columns[i] = file.Schema().Field(i).Name
	}
	if len(columns) == 0 || file.NumRecords() == 0 {
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
	n, err = t.d.Exec(ctx, statement)
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

// fileBatches reads the batches of an IPC file one by one.
type fileBatches struct {
	file    *ipc.FileReader
	next    int
	rows    int64
	current arrow.RecordBatch
	err     error
	refs    atomic.Int64
}

func (r *fileBatches) Retain() { r.refs.Add(1) }

func (r *fileBatches) Release() {
	if r.refs.Add(-1) == 0 && r.current != nil {
		r.current.Release()
		r.current = nil
	}
}

func (r *fileBatches) Schema() *arrow.Schema { return r.file.Schema() }

func (r *fileBatches) Next() bool {
	if r.current != nil {
		r.current.Release()
		r.current = nil
	}
	if r.err != nil || r.next >= r.file.NumRecords() {
		return false
	}
	r.current, r.err = r.file.RecordBatchAt(r.next)
	if r.err != nil {
		return false
	}
	r.next++
	r.rows += r.current.NumRows()
	return true
}

func (r *fileBatches) RecordBatch() arrow.RecordBatch { return r.current }
func (r *fileBatches) Record() arrow.RecordBatch      { return r.current }
func (r *fileBatches) Err() error                     { return r.err }

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
