package filesource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/dltgen/dltgen/runtime/dlt"
)

// A batch read from Parquet has so many rows, or so many bytes where rows are large.
const (
	batchRows  = 64 << 10
	batchBytes = 32 << 20
)

// batches yields the files' rows as Arrow batches.
func batches(files []input) func(context.Context, *dlt.Input) iter.Seq2[arrow.RecordBatch, error] {
	return func(ctx context.Context, _ *dlt.Input) iter.Seq2[arrow.RecordBatch, error] {
		return func(yield func(arrow.RecordBatch, error) bool) {
			for _, f := range files {
				if !parquetFile(ctx, f.name, yield) {
					return
				}
			}
		}
	}
}

func parquetFile(ctx context.Context, name string, yield func(arrow.RecordBatch, error) bool) bool {
	fail := func(err error) bool {
		yield(nil, fmt.Errorf("%s: %w", name, err))
		return false
	}
	h, err := os.Open(name)
	if err != nil {
		yield(nil, err)
		return false
	}
	defer h.Close()
	pr, err := file.NewParquetReader(h)
	if err != nil {
		return fail(err)
	}
	fr, err := pqarrow.NewFileReader(pr, pqarrow.ArrowReadProperties{BatchSize: rowsAtOnce(pr), Parallel: true}, memory.DefaultAllocator)
	if err != nil {
		return fail(err)
	}
	rr, err := fr.GetRecordReader(ctx, nil, nil)
	if err != nil {
		return fail(err)
	}
	defer rr.Release()
	for rr.Next() {
		if !yield(rr.RecordBatch(), nil) {
			return false
		}
	}
	if err := rr.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fail(err)
	}
	return true
}

// rowsAtOnce is how many rows of the file make a batch.
func rowsAtOnce(pr *file.Reader) int64 {
	var bytes int64
	for i := range pr.NumRowGroups() {
		bytes += pr.MetaData().RowGroup(i).TotalByteSize()
	}
	if row := bytes / max(pr.NumRows(), 1); row > 0 {
		return min(batchRows, max(batchBytes/row, 1))
	}
	return batchRows
}
