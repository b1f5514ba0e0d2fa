//go:build duckdb_arrow

package duckdb

import (
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// groupRows is the number of rows of a row group of DuckDB. A thread that gets
// whole row groups writes each to the file once; of other pieces the rests are
// gathered, copied and packed again when the statement ends.
const groupRows = 122_880

// groupBytes bounds a piece where rows are large.
const groupBytes = 40 << 20

// rowGroups reads an IPC file in pieces of one row group, whatever the size of
// its batches. Batches with columns that it cannot join come as they are.
type rowGroups struct {
	file    *ipc.FileReader
	mem     *pool
	next    int
	part    arrow.RecordBatch // read, and handed out up to the row at
	at      int
	columns []*gathered // nil: batches come as they are
	rows    int64       // handed out
	current arrow.RecordBatch
	err     error
	refs    atomic.Int64
}

// newRowGroups reads a file of that many rows; less than 0 is not known.
func newRowGroups(f ipc.ReadAtSeeker, rows int64) (*rowGroups, error) {
	r := &rowGroups{mem: &pool{}}
	var err error
	if r.file, err = ipc.NewFileReader(f, ipc.WithAllocator(r.mem)); err != nil {
		return nil, err
	}
	r.refs.Store(1)
	want := groupRows
	if rows >= 0 {
		want = int(min(rows, groupRows))
	}
	for _, field := range r.Schema().Fields() {
		c := gather(field.Type, want, r.mem)
		if c == nil {
			r.columns = nil
			break
		}
		r.columns = append(r.columns, c)
	}
	return r, nil
}

// joins reports whether pieces are row groups.
func (r *rowGroups) joins() bool { return r.columns != nil }

func (r *rowGroups) Retain() { r.refs.Add(1) }

func (r *rowGroups) Release() {
	if r.refs.Add(-1) == 0 {
		drop(&r.current)
		drop(&r.part)
	}
}

func drop(b *arrow.RecordBatch) {
	if *b != nil {
		(*b).Release()
		*b = nil
	}
}

func (r *rowGroups) Schema() *arrow.Schema { return r.file.Schema() }

func (r *rowGroups) Next() bool {
	drop(&r.current)
	if r.err == nil {
		r.current, r.err = r.group()
	}
	if r.err != nil || r.current == nil {
		return false
	}
	r.rows += r.current.NumRows()
	return true
}

func (r *rowGroups) RecordBatch() arrow.RecordBatch { return r.current }
func (r *rowGroups) Record() arrow.RecordBatch      { return r.current }
func (r *rowGroups) Err() error                     { return r.err }

// read makes sure that there is a part with rows left; false at the end of the file.
func (r *rowGroups) read() (more bool, err error) {
	for r.part == nil && r.next < r.file.NumRecords() {
		if r.part, err = r.file.RecordBatchAt(r.next); err != nil {
			return false, err
		}
		r.next++
		if r.at = 0; r.part.NumRows() == 0 {
			drop(&r.part)
		}
	}
	return r.part != nil, nil
}

// group is the next piece; nil at the end of the file.
func (r *rowGroups) group() (arrow.RecordBatch, error) {
	rows, size := 0, 0
	for rows < groupRows {
		more, err := r.read()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		left := int(r.part.NumRows()) - r.at
		if rows == 0 && r.at == 0 && (!r.joins() || left == groupRows || r.next == r.file.NumRecords() && left < groupRows) {
			whole := r.part
			r.part = nil
			return whole, nil
		}
		n := min(left, groupRows-rows)
		bytes := sizeOf(r.part) / int(r.part.NumRows()) * n
		if rows > 0 && size+bytes > groupBytes {
			break
		}
		for i, c := range r.columns {
			c.add(r.part.Column(i).Data(), r.at, n, rows)
		}
		rows, size = rows+n, size+bytes
		if r.at += n; n == left {
			drop(&r.part)
		}
	}
	return r.take(rows), nil
}

func sizeOf(b arrow.RecordBatch) int {
	n := 0
	for _, c := range b.Columns() {
		n += int(c.Data().SizeInBytes())
	}
	return n
}

// take makes a batch of what was gathered.
func (r *rowGroups) take(rows int) arrow.RecordBatch {
	if rows == 0 {
		return nil
	}
	arrays := make([]arrow.Array, len(r.columns))
	for i, c := range r.columns {
		arrays[i] = c.take(rows)
		defer arrays[i].Release()
	}
	return array.NewRecordBatch(r.Schema(), arrays, int64(rows))
}
