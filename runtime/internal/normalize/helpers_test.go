package normalize

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/dltgen/dltgen/runtime/loadpackage"
	"github.com/dltgen/dltgen/runtime/naming"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A memFile is a job file in memory.
type memFile struct {
	bytes.Buffer
	table string
	rows  int64
}

func (f *memFile) Done(rows int64) { f.rows = rows }
func (f *memFile) Close() error    { return nil }

// A memPackage keeps the job files of a run.
type memPackage struct{ files []*memFile }

func (p *memPackage) create(table string, _ loadpackage.Format) (JobFile, error) {
	f := &memFile{table: table}
	p.files = append(p.files, f)
	return f, nil
}

// rows are the rows of a table by file and batch, each as column=value words;
// columns that are null are left out, and so are those of hide.
func (p *memPackage) rows(t testing.TB, table string, hide ...string) []string {
	t.Helper()
	var rows []string
	for _, f := range p.files {
		if f.table != table {
			continue
		}
		r, err := ipc.NewFileReader(bytes.NewReader(f.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for {
			rec, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			n += rec.NumRows()
			for i := range int(rec.NumRows()) {
				rows = append(rows, rowText(rec, i, hide))
			}
		}
		if n != f.rows {
			t.Errorf("table %s: file says %d rows and holds %d", table, f.rows, n)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

func rowText(rec arrow.RecordBatch, i int, hide []string) string {
	var b strings.Builder
	for c, col := range rec.Columns() {
		name := rec.ColumnName(c)
		if col.IsNull(i) || contains(hide, name) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s=%s", name, cellText(col, i))
	}
	return b.String()
}

func cellText(col arrow.Array, i int) string {
	switch a := col.(type) {
	case *array.Timestamp:
		dt := a.DataType().(*arrow.TimestampType)
		s := a.Value(i).ToTime(dt.Unit).Format("2006-01-02T15:04:05.999999999")
		if dt.TimeZone != "" {
			s += "Z"
		}
		return s
	case *array.Binary:
		return fmt.Sprintf("%x", a.Value(i))
	case *array.Decimal128:
		return decimalText(a.Value(i).BigInt(), int(a.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Decimal256:
		return decimalText(a.Value(i).BigInt(), int(a.DataType().(*arrow.Decimal256Type).Scale))
	default:
		return col.ValueStr(i)
	}
}

func decimalText(n *big.Int, scale int) string {
	r := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
	s := r.FloatString(scale)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func contains(list []string, s string) bool {
	return slices.Contains(list, s)
}

// generated are the columns that tests of values do not look at.
var generated = []string{"_dlt_id", "_dlt_parent_id", "_dlt_list_idx", "_dlt_root_id"}

// A setup is a schema with the root table items and how it is run.
type setup struct {
	schema  *schema.Schema
	caps    Caps
	workers int
	max     int64
}

// newSetup makes a schema named s with a root table items of these columns.
func newSetup(t testing.TB, columns ...schema.Column) *setup {
	t.Helper()
	s, err := schema.New("s")
	if err != nil {
		t.Fatal(err)
	}
	u := &setup{schema: s, workers: 1}
	u.add(t, &schema.Table{Name: "items", Resource: "items", WriteDisposition: schema.Append, Columns: columns})
	return u
}

func (u *setup) add(t testing.TB, table *schema.Table) {
	t.Helper()
	if err := u.schema.AddTable(table, schema.Additive); err != nil {
		t.Fatal(err)
	}
}

func (u *setup) writer(t testing.TB, p *memPackage) *Writer {
	t.Helper()
	n, err := naming.New(u.schema.Normalizers.Names, 0)
	if err != nil {
		t.Fatal(err)
	}
	w, err := New(Config{Schema: u.schema, Naming: n, Create: p.create, Caps: u.caps, Workers: u.workers, Seed: &[32]byte{1}, MaxFileBytes: u.max})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// run loads pages into items and returns what the package then holds.
func (u *setup) run(t testing.TB, pages ...string) (*memPackage, *Metrics, error) {
	t.Helper()
	return u.feed(t, func(s *Stream) error {
		for i, p := range pages {
			page := record.Page{Data: []byte(p), Origin: fmt.Sprintf("page%d", i)}
			if err := s.Page(page); err != nil {
				return err
			}
			if err := s.Flush(); err != nil {
				return err
			}
		}
		return nil
	})
}

// values loads records that are not from JSON.
func (u *setup) values(t testing.TB, vals ...record.Value) (*memPackage, *Metrics, error) {
	t.Helper()
	return u.feed(t, func(s *Stream) error {
		list := make([]*record.Value, len(vals))
		for i := range vals {
			list[i] = &vals[i]
		}
		return s.Values(list)
	})
}

func (u *setup) feed(t testing.TB, f func(*Stream) error) (*memPackage, *Metrics, error) {
	t.Helper()
	p := &memPackage{}
	w := u.writer(t, p)
	s, err := w.Stream(u.schema.Table("items"))
	if err != nil {
		t.Fatal(err)
	}
	ferr := f(s)
	m, err := w.Close(context.Background())
	if err == nil {
		err = ferr
	}
	return p, m, err
}

// columns are a table's complete columns as name:type words.
func (u *setup) columns(table string) string {
	t := u.schema.Table(table)
	if t == nil {
		return "none"
	}
	var b strings.Builder
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Complete() {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%s:%s", c.Name, c.DataType)
		}
	}
	return b.String()
}
