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

// batchRows is the number of rows of a batch read from Parquet.
const batchRows = 64 << 10

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
	fr, err := pqarrow.NewFileReader(pr, pqarrow.ArrowReadProperties{BatchSize: batchRows, Parallel: true}, memory.DefaultAllocator)
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
