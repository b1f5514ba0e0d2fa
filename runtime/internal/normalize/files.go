package normalize

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A file is the open job file of a table. It has one set of columns.
type file struct {
	table  string
	schema *arrow.Schema
	job    JobFile
	out    recordWriter
	rows   int64
	bytes  int64
}

type recordWriter interface {
	Write(rec arrow.RecordBatch) error
	Close() error
}

// commit writes the rows of a set to the job files. The caller has the turn.
func (w *Writer) commit(s *set) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for id, tb := range s.tables {
		if tb == nil || tb.Rows() == 0 {
			continue
		}
		t := w.tables[id]
		rec, err := w.batch(t, tb)
		if err != nil {
			return err
		}
		err = w.write(t.name, rec)
		rec.Release()
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		w.metrics.Rows[t.name] += int64(tb.Rows())
	}
	for _, d := range s.drops.list {
		w.countDrop(d)
	}
	s.drops.list = s.drops.list[:0]
	return nil
}

// batch shows a table's rows as an Arrow record batch with the columns that
// the schema has by now. The load id, the same in all rows, is left out.
func (w *Writer) batch(t *table, tb *batch.Table) (arrow.RecordBatch, error) {
	rows := tb.Rows()
	fields := make([]arrow.Field, 0, len(t.cols))
	arrays := make([]arrow.Array, 0, len(t.cols))
	defer func() {
		for _, a := range arrays {
			a.Release()
		}
	}()
	for _, c := range t.cols {
		if c.role == roleLoadID {
			continue
		}
		col, err := w.linkColumn(t, tb, c)
		if err != nil {
			return nil, err
		}
		a, err := col.Array(rows)
		if err != nil {
			if re, ok := errors.AsType[*batch.RangeError](err); ok {
				re.Table, re.Column = t.name, c.name
			}
			return nil, err
		}
		fields = append(fields, arrow.Field{Name: c.name, Type: c.arrow, Nullable: !c.notNull})
		arrays = append(arrays, a)
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(rows)), nil
}

// linkColumn is the column of data, or the generated one of a role.
func (w *Writer) linkColumn(t *table, tb *batch.Table, c *column) (*batch.Column, error) {
	if c.role == roleData {
		return tb.Col(c.slot, c.arrow), nil
	}
	if want := schema.Text; c.role == roleListIdx {
		if c.typ != schema.Bigint {
			return nil, fmt.Errorf("schema %s: table %s: column %s has to be bigint, not %s", w.schema.Name, t.name, c.name, c.typ)
		}
	} else if c.typ != want {
		return nil, fmt.Errorf("schema %s: table %s: column %s has to be text, not %s", w.schema.Name, t.name, c.name, c.typ)
	}
	if c.role == roleID {
		return tb.IDs(), nil
	}
	col := tb.Col(c.slot, c.arrow)
	if col.Len() > 0 {
		return col, nil
	}
	switch c.role {
	case roleParentID:
		tb.ParentIDs(col)
	case roleRootID:
		if t.rootID {
			tb.RootIDs(col)
		}
	case roleListIdx:
		tb.Places(col)
	default:
	}
	return col, nil
}

// write appends a record batch to the table's open file, or to a new one if
// the columns are others or the file is large enough.
func (w *Writer) write(table string, rec arrow.RecordBatch) error {
	f := w.files[table]
	if f != nil && (!f.schema.Equal(rec.Schema()) || w.cfg.MaxFileBytes > 0 && f.bytes >= w.cfg.MaxFileBytes) {
		if err := f.close(); err != nil {
			return err
		}
		delete(w.files, table)
		f = nil
	}
	if f == nil {
		var err error
		if f, err = w.open(table, rec.Schema()); err != nil {
			return err
		}
		w.files[table] = f
	}
	f.rows += rec.NumRows()
	return f.out.Write(rec)
}

func (w *Writer) open(table string, sc *arrow.Schema) (*file, error) {
	job, err := w.cfg.Create(table, w.cfg.Format)
	if err != nil {
		return nil, err
	}
	f := &file{table: table, schema: sc, job: job}
	counted := &counter{job, &f.bytes}
	switch w.cfg.Format {
	case loadpackage.Arrow:
		f.out, err = ipc.NewFileWriter(counted, ipc.WithSchema(sc))
	case loadpackage.Parquet:
		props := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy), parquet.WithDictionaryDefault(false))
		// Without a close method the Parquet writer leaves closing to the file.
		f.out, err = pqarrow.NewFileWriter(sc, struct{ io.Writer }{counted}, props, pqarrow.DefaultWriterProps())
	default:
		err = fmt.Errorf("job files of format %s cannot be written", w.cfg.Format)
	}
	if err != nil {
		return nil, errors.Join(err, job.Close())
	}
	return f, nil
}

// A counter counts the bytes of a file.
type counter struct {
	w io.Writer
	n *int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	*c.n += int64(n)
	return n, err
}

func (f *file) close() error {
	err := f.out.Close()
	f.job.Done(f.rows)
	if err = errors.Join(err, f.job.Close()); err != nil {
		return fmt.Errorf("table %s: %w", f.table, err)
	}
	return nil
}
