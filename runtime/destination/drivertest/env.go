package drivertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/internal/atomicfile"
	"github.com/dltgen/dltgen/runtime/internal/load"
	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/schema"
)

// An Env is a pipeline in a temporary folder and the dataset that it loads into.
type Env struct {
	T *testing.T
	// Dir is the folder and URL the destination.
	Dir, URL string
	Disk     *atomicfile.Disk
	Store    *loadpackage.Store
	DS       *destination.Dataset
	Schema   *schema.Schema
	// Clock is the time of the last package; every package is an hour later.
	Clock time.Time
	// State goes with the next packages unless it is nil.
	State   *loadpackage.State
	Options load.Options
	// IDOf makes the id of a root row; nil is a counter.
	IDOf func(table string, row map[string]any) string
	// Loads are the load ids in order, for texts like L1.
	Loads []string

	ids int
}

// Dataset is the name of the dataset that the suite uses.
const Dataset = "data"

// NewEnv opens the dataset at url with an empty schema and an empty store.
func NewEnv(t *testing.T, url string, opts *destination.Options) *Env {
	t.Helper()
	e := &Env{
		T: t, Dir: t.TempDir(), URL: url,
		Disk: &atomicfile.Disk{}, Clock: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		Options: load.Options{Backoff: time.Millisecond},
	}
	e.Open(opts)
	var err error
	if e.Schema, err = schema.New("src"); err != nil {
		t.Fatal(err)
	}
	if e.Store, err = loadpackage.OpenOn(e.Disk, filepath.Join(e.Dir, "pipeline")); err != nil {
		t.Fatal(err)
	}
	return e
}

// Open opens the dataset; the test closes it at its end.
func (e *Env) Open(opts *destination.Options) {
	e.T.Helper()
	var err error
	if e.DS, err = destination.Open(context.Background(), e.URL, Dataset, opts); err != nil {
		e.T.Fatal(err)
	}
	ds := e.DS
	e.T.Cleanup(func() { _ = ds.Close() })
}

// Column declares a column from "name type hint hint…".
func Column(spec string) schema.Column {
	words := strings.Fields(spec)
	c := schema.Column{Name: words[0], DataType: schema.DataType(words[1])}
	for _, hint := range words[2:] {
		switch hint {
		case "pk":
			c.PrimaryKey, c.Nullable = schema.True, schema.False
		case "mk":
			c.MergeKey = schema.True
		case "nn":
			c.Nullable = schema.False
		case "unique":
			c.Unique = schema.True
		case "row_key":
			c.RowKey = schema.True
		case "parent_key":
			c.ParentKey = schema.True
		case "root_key":
			c.RootKey = schema.True
		case "hard_delete":
			c.HardDelete = schema.True
		case "asc", "desc":
			c.DedupSort = hint
		case "naive":
			c.Timezone = schema.False
		default:
			key, value, _ := strings.Cut(hint, "=")
			if value == "" {
				c.Extra.Set(key, true)
			} else {
				c.Extra.Set(key, value)
			}
		}
	}
	return c
}

// Table declares a root table; system columns follow the given ones.
func (e *Env) Table(name string, d schema.WriteDisposition, s schema.MergeStrategy, specs ...string) *schema.Table {
	t := &schema.Table{Name: name, Resource: name, WriteDisposition: d, MergeStrategy: s}
	t.Normalizer.SeenData = schema.True
	own := false
	for _, spec := range specs {
		t.Columns = append(t.Columns, Column(spec))
		own = own || strings.HasPrefix(spec, "_dlt_id ")
	}
	t.Columns = append(t.Columns, Column("_dlt_load_id text nn"))
	if !own {
		t.Columns = append(t.Columns, Column("_dlt_id text nn unique row_key"))
	}
	e.Schema.Put(t)
	return t
}

// Nested declares a nested table with the columns that the normaliser gives it.
func (e *Env) Nested(name, parent string, specs ...string) *schema.Table {
	t := &schema.Table{Name: name, Parent: parent}
	t.Normalizer.SeenData = schema.True
	for _, spec := range specs {
		t.Columns = append(t.Columns, Column(spec))
	}
	for _, spec := range []string{
		"_dlt_parent_id text nn parent_key", "_dlt_list_idx bigint nn",
		"_dlt_root_id text nn root_key", "_dlt_id text nn unique row_key",
	} {
		t.Columns = append(t.Columns, Column(spec))
	}
	e.Schema.Put(t)
	return t
}

// Rows are the rows of one load by table, in the shape of Go's JSON.
type Rows map[string][]map[string]any

// Shred turns records, one JSON object a line, into rows of a root table and of the
// tables nested in it.
func (e *Env) Shred(root, lines string) Rows {
	e.T.Helper()
	out := Rows{root: nil}
	dec := json.NewDecoder(strings.NewReader(lines))
	dec.UseNumber()
	for {
		var rec map[string]any
		err := dec.Decode(&rec)
		if err == io.EOF {
			return out
		}
		if err != nil {
			e.T.Fatalf("record: %v", err)
		}
		var id string
		if e.IDOf != nil {
			id = e.IDOf(root, rec)
		} else {
			e.ids++
			id = fmt.Sprintf("r%d", e.ids)
		}
		e.flatten(out, root, rec, map[string]any{"_dlt_id": id}, id)
	}
}

func (e *Env) flatten(out Rows, table string, rec, row map[string]any, root string) {
	for k, v := range rec {
		list, ok := v.([]any)
		if !ok {
			row[k] = v
			continue
		}
		for i, el := range list {
			child, isObject := el.(map[string]any)
			if !isObject {
				child = map[string]any{"value": el}
			}
			nested := table + "__" + k
			id := fmt.Sprintf("%v/%s/%d", row["_dlt_id"], k, i)
			e.flatten(out, nested, child, map[string]any{
				"_dlt_id": id, "_dlt_parent_id": row["_dlt_id"], "_dlt_root_id": root, "_dlt_list_idx": i,
			}, root)
		}
	}
	out[table] = append(out[table], row)
}

// Pack commits a package with the Rows and returns its load id.
func (e *Env) Pack(r Rows, prepare ...func(*loadpackage.Writer)) string {
	e.T.Helper()
	id, err := e.TryPack(r, prepare...)
	if err != nil {
		e.T.Fatal(err)
	}
	return id
}

// TryPack is [Env.Pack] for tests of errors.
func (e *Env) TryPack(r Rows, prepare ...func(*loadpackage.Writer)) (string, error) {
	e.Clock = e.Clock.Add(time.Hour)
	ids := &loadpackage.LoadIDs{Now: func() time.Time { return e.Clock }}
	id, created := ids.Next()
	w, err := e.Store.Create(id, created)
	if err != nil {
		return "", err
	}
	for _, p := range prepare {
		p(w)
	}
	var tables []string
	for name := range r {
		tables = append(tables, name)
	}
	slices.Sort(tables)
	for _, name := range tables {
		if err := e.writeJob(w, name, r[name]); err != nil {
			return "", err
		}
	}
	e.Schema.Bump()
	if _, err := w.Commit(e.Schema, nil, e.State); err != nil {
		return "", err
	}
	e.Loads = append(e.Loads, id)
	return id, nil
}

// Load packs and loads, and fails the test on an error.
func (e *Env) Load(r Rows) *load.Report {
	e.T.Helper()
	e.Pack(r)
	report, err := e.Run()
	if err != nil {
		e.T.Fatal(err)
	}
	return report
}

// Run loads what is pending.
func (e *Env) Run() (*load.Report, error) {
	return load.Run(context.Background(), e.Store, e.DS, e.Options)
}

func (e *Env) writeJob(w *loadpackage.Writer, table string, data []map[string]any) error {
	format := e.DS.Capabilities().PreferredFormat()
	f, _, err := w.CreateJob(table, format)
	if err != nil {
		return err
	}
	t := e.Schema.Table(table)
	var fields []arrow.Field
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Complete() && c.Name != schema.ColumnLoadID {
			fields = append(fields, arrow.Field{Name: c.Name, Type: ArrowType(c), Nullable: true})
		}
	}
	sch := arrow.NewSchema(fields, nil)
	list := make([]map[string]any, 0, len(data))
	for _, row := range data {
		known := map[string]any{}
		for _, field := range fields {
			if v, ok := row[field.Name]; ok {
				known[field.Name] = v
			}
		}
		list = append(list, known)
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, sch, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	defer rec.Release()
	f.Done(rec.NumRows())
	return writeBatch(f, format, rec)
}

func writeBatch(f io.Writer, format loadpackage.Format, rec arrow.RecordBatch) error {
	if format == loadpackage.Arrow {
		w, err := ipc.NewFileWriter(f, ipc.WithSchema(rec.Schema()))
		if err != nil {
			return err
		}
		if rec.NumRows() > 0 {
			if err := w.Write(rec); err != nil {
				return err
			}
		}
		return w.Close()
	}
	w, err := pqarrow.NewFileWriter(rec.Schema(), struct{ io.Writer }{f}, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		return err
	}
	if err := w.Write(rec); err != nil {
		return err
	}
	return w.Close()
}

// ArrowType is the type in which job files hold a column.
func ArrowType(c *schema.Column) arrow.DataType {
	switch c.DataType {
	case schema.Bigint:
		return arrow.PrimitiveTypes.Int64
	case schema.Double:
		return arrow.PrimitiveTypes.Float64
	case schema.Bool:
		return arrow.FixedWidthTypes.Boolean
	case schema.Timestamp:
		if c.Timezone == schema.False {
			return &arrow.TimestampType{Unit: arrow.Microsecond}
		}
		return arrow.FixedWidthTypes.Timestamp_us
	case schema.Date:
		return arrow.FixedWidthTypes.Date32
	case schema.Time:
		return arrow.FixedWidthTypes.Time64us
	case schema.Binary:
		return arrow.BinaryTypes.Binary
	case schema.Decimal:
		return &arrow.Decimal128Type{Precision: 38, Scale: 9}
	case schema.Wei:
		return &arrow.Decimal128Type{Precision: 38}
	default:
		return arrow.BinaryTypes.String
	}
}

// Query returns the rows of a query as sorted lines of texts joined by a blank; load
// ids become L1, L2 and so on, the creation times of packages T1, T2 and so on.
func (e *Env) Query(sql string) []string {
	e.T.Helper()
	reader, err := e.DS.Query(context.Background(), sql)
	if err != nil {
		e.T.Fatalf("%s: %v", sql, err)
	}
	defer reader.Release()
	lines := []string{}
	for reader.Next() {
		rec := reader.RecordBatch()
		for i := range int(rec.NumRows()) {
			var cells []string
			for _, col := range rec.Columns() {
				cell := strings.Clone(col.ValueStr(i)) // the batch owns the text
				if col.IsNull(i) {
					cell = "NULL"
				}
				cells = append(cells, cell)
			}
			lines = append(lines, strings.Join(cells, " "))
		}
	}
	if err := reader.Err(); err != nil {
		e.T.Fatal(err)
	}
	slices.Sort(lines)
	for i := range lines {
		for n, id := range e.Loads {
			lines[i] = strings.ReplaceAll(lines[i], id, fmt.Sprintf("L%d", n+1))
			if at, err := loadpackage.CreatedAt(id); err == nil {
				lines[i] = strings.ReplaceAll(lines[i], at.Format(time.DateTime)+"+00", fmt.Sprintf("T%d", n+1))
			}
		}
	}
	return lines
}
