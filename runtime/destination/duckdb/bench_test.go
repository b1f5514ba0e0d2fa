package duckdb_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/destination/drivertest"
	"github.com/dltgen/dltgen/runtime/internal/load"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

var flatColumns = []string{
	"id bigint", "account_id bigint", "name text", "email text", "amount double",
	"quantity bigint", "active bool", "city text", "created_at timestamp", "note text",
}

// flatBatch makes rows in the shape of bench/gen.py flat.
func flatBatch(t *schema.Table, from, n int, r *rand.Rand, seed *rand.ChaCha8) arrow.RecordBatch {
	var fields []arrow.Field
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Name != schema.ColumnLoadID {
			fields = append(fields, arrow.Field{Name: c.Name, Type: drivertest.ArrowType(c), Nullable: true})
		}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	words := []string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"}
	word := func() string { return words[r.IntN(len(words))] }
	for i := from; i < from+n; i++ {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.Int64Builder).Append(r.Int64N(50_000))
		b.Field(2).(*array.StringBuilder).Append(word() + " " + word() + " " + word())
		b.Field(3).(*array.StringBuilder).Append(fmt.Sprintf("%s.%d@example.com", word(), i))
		b.Field(4).(*array.Float64Builder).Append(float64(r.IntN(1_000_000)) / 100)
		b.Field(5).(*array.Int64Builder).Append(r.Int64N(100))
		b.Field(6).(*array.BooleanBuilder).Append(r.IntN(5) > 0)
		b.Field(7).(*array.StringBuilder).Append(word())
		b.Field(8).(*array.TimestampBuilder).Append(arrow.Timestamp(1735689600000000 + int64(i)*7_000_000 + r.Int64N(1_000_000)))
		if r.IntN(4) == 0 {
			b.Field(9).AppendNull()
		} else {
			b.Field(9).(*array.StringBuilder).Append("needs review")
		}
		if len(fields) > 10 {
			var id [10]byte
			_, _ = seed.Read(id[:])
			b.Field(10).(*array.StringBuilder).Append(base64.RawStdEncoding.EncodeToString(id[:]))
		}
	}
	return b.NewRecordBatch()
}

type benchEnv struct {
	store *loadpackage.Store
	ds    *destination.Dataset
	sch   *schema.Schema
	ids   loadpackage.LoadIDs
}

func newBenchEnv(b *testing.B, t *schema.Table) *benchEnv {
	dir := b.TempDir()
	ds, err := destination.Open(context.Background(), "duckdb:///"+filepath.Join(dir, "db.duckdb"), "data", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ds.Close() })
	store, err := loadpackage.Open(filepath.Join(dir, "pipeline"))
	if err != nil {
		b.Fatal(err)
	}
	sch, err := schema.New("src")
	if err != nil {
		b.Fatal(err)
	}
	sch.Put(t)
	return &benchEnv{store: store, ds: ds, sch: sch}
}

func (e *benchEnv) pack(b *testing.B, t *schema.Table, from, n int) {
	id, created := e.ids.Next()
	w, err := e.store.Create(id, created)
	if err != nil {
		b.Fatal(err)
	}
	format := e.ds.Capabilities().PreferredFormat()
	f, _, err := w.CreateJob(t.Name, format)
	if err != nil {
		b.Fatal(err)
	}
	seed := rand.NewChaCha8([32]byte{1})
	r := rand.New(seed)
	if err := writeRows(f, format, t, from, n, r, seed); err != nil {
		b.Fatal(err)
	}
	f.Done(int64(n))
	e.sch.Bump()
	if _, err := w.Commit(e.sch, nil, nil); err != nil {
		b.Fatal(err)
	}
}

func writeRows(f *loadpackage.File, format loadpackage.Format, t *schema.Table, from, n int, r *rand.Rand, seed *rand.ChaCha8) error {
	const size = 32768
	first := flatBatch(t, from, 0, r, seed)
	var write func(arrow.RecordBatch) error
	var closeFile func() error
	if format == loadpackage.Arrow {
		w, err := ipc.NewFileWriter(f, ipc.WithSchema(first.Schema()))
		if err != nil {
			return err
		}
		write, closeFile = w.Write, w.Close
	} else {
		w, err := pqarrow.NewFileWriter(first.Schema(), f, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy), parquet.WithDictionaryDefault(false)), pqarrow.DefaultWriterProps())
		if err != nil {
			return err
		}
		write, closeFile = w.Write, w.Close
	}
	for at := 0; at < n; at += size {
		if err := write(flatBatch(t, from+at, min(size, n-at), r, seed)); err != nil {
			return err
		}
	}
	return closeFile()
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func (e *benchEnv) run(b *testing.B) {
	before := cpuSeconds()
	b.StartTimer()
	_, err := load.Run(context.Background(), e.store, e.ds, load.Options{Retain: 1})
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(cpuSeconds()-before, "cpu-s/op")
}

// BenchmarkAppendFlat loads 1,000,000 rows of twelve columns from one job file.
func BenchmarkAppendFlat(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		t := benchTable(schema.Append)
		e := newBenchEnv(b, t)
		e.pack(b, t, 0, 1_000_000)
		e.run(b)
		b.StartTimer()
	}
}

// BenchmarkMerge merges 100,000 rows into 1,000,000 by key, half of them new.
func BenchmarkMerge(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		t := benchTable(schema.Append)
		e := newBenchEnv(b, t)
		e.pack(b, t, 0, 1_000_000)
		e.run(b)
		t.WriteDisposition = schema.Merge
		e.pack(b, t, 950_000, 100_000)
		e.run(b)
		b.StartTimer()
	}
}

func benchTable(d schema.WriteDisposition) *schema.Table {
	t := &schema.Table{Name: "flat", Resource: "flat", WriteDisposition: d}
	t.Normalizer.SeenData = schema.True
	for _, spec := range append(append([]string{}, flatColumns...), "_dlt_load_id text nn", "_dlt_id text nn unique row_key") {
		t.Columns = append(t.Columns, drivertest.Column(spec))
	}
	t.Columns[0].PrimaryKey = schema.True
	return t
}
