//go:build duckdb_arrow

package duckdb

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

var groupSchema = arrow.NewSchema([]arrow.Field{
	{Name: "i", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "n", Type: arrow.PrimitiveTypes.Int16, Nullable: true},
	{Name: "b", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	{Name: "t", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "d", Type: &arrow.Decimal128Type{Precision: 38, Scale: 9}, Nullable: true},
}, nil)

// groupBatch makes n rows; nulls says that some are null.
func groupBatch(t *testing.T, r *rand.Rand, n int, nulls bool, text string) arrow.RecordBatch {
	t.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, groupSchema)
	defer b.Release()
	for range n {
		row := []string{fmt.Sprint(r.IntN(1e9)), fmt.Sprint(r.IntN(100)), fmt.Sprint(r.IntN(2) == 0), text[:r.IntN(len(text)+1)], fmt.Sprint(r.IntN(1e6))}
		for i, v := range row {
			if nulls && r.IntN(5) == 0 {
				b.Field(i).AppendNull()
			} else if err := b.Field(i).AppendValueFromString(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.NewRecordBatch()
}

// TestRowGroups checks that a file's rows come in order, whole and in row groups,
// whatever its batches are, while memory of earlier groups is used again.
func TestRowGroups(t *testing.T) {
	for _, tt := range []struct {
		name    string
		batches []int
		nulls   func(batch int) bool
		text    string
		want    []int
	}{
		{"no rows", []int{0}, nil, "x", nil},
		{"small", []int{3, 0, 1, 9}, func(i int) bool { return i == 2 }, "abc", []int{13}},
		{"nulls first", []int{70, 13, 8}, func(i int) bool { return i == 0 }, "abc", []int{91}},
		{"no texts", []int{5, 5}, nil, "", []int{10}},
		{"one more than a group", []int{groupRows, 1}, func(i int) bool { return i == 1 }, "ab", []int{groupRows, 1}},
		{"cut inside of bytes", []int{100_003, 100_003, 100_003}, func(i int) bool { return i != 1 }, "ab", []int{groupRows, groupRows, 54249}},
		{"larger than a group", []int{10, 2 * groupRows}, nil, "ab", []int{groupRows, groupRows, 10}},
		{"large rows", []int{1000, 1000, 1000}, nil, strings.Repeat("x", 60_000), []int{1000, 1000, 1000}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			var file bytes.Buffer
			w, err := ipc.NewFileWriter(&file, ipc.WithSchema(groupSchema))
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			rows := 0
			for i, n := range tt.batches {
				b := groupBatch(t, r, n, tt.nulls != nil && tt.nulls(i), tt.text)
				if err := w.Write(b); err != nil {
					t.Fatal(err)
				}
				want, rows = appendRows(want, b), rows+n
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			g, err := newRowGroups(bytes.NewReader(file.Bytes()), int64(rows))
			if err != nil {
				t.Fatal(err)
			}
			defer g.Release()
			var sizes []int
			var got []string
			for g.Next() {
				sizes = append(sizes, int(g.RecordBatch().NumRows()))
				got = appendRows(got, g.RecordBatch())
			}
			if g.Err() != nil {
				t.Fatal(g.Err())
			}
			if diff := cmp.Diff(tt.want, sizes); diff != "" {
				t.Error(diff)
			}
			for i := range min(len(want), len(got)) {
				if want[i] != got[i] {
					t.Fatalf("row %d: %.200s, want %.200s", i, got[i], want[i])
				}
			}
			if len(got) != len(want) || g.rows != int64(rows) {
				t.Errorf("%d rows, %d counted, want %d", len(got), g.rows, len(want))
			}
		})
	}
}

func appendRows(rows []string, b arrow.RecordBatch) []string {
	for i := range int(b.NumRows()) {
		var row strings.Builder
		for _, c := range b.Columns() {
			row.WriteString(c.ValueStr(i))
			row.WriteByte('|')
		}
		rows = append(rows, row.String())
	}
	return rows
}

// TestRowGroupsOfOtherTypes checks that what cannot be joined comes as it is.
func TestRowGroupsOfOtherTypes(t *testing.T) {
	sc := arrow.NewSchema([]arrow.Field{{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int64), Nullable: true}}, nil)
	var file bytes.Buffer
	w, err := ipc.NewFileWriter(&file, ipc.WithSchema(sc))
	if err != nil {
		t.Fatal(err)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, sc)
	defer b.Release()
	for n := range 3 {
		for range n + 1 {
			b.Field(0).AppendNull()
		}
		if err := w.Write(b.NewRecordBatch()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	g, err := newRowGroups(bytes.NewReader(file.Bytes()), 6)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Release()
	var sizes []int
	for g.Next() {
		sizes = append(sizes, int(g.RecordBatch().NumRows()))
	}
	if diff := cmp.Diff([]int{1, 2, 3}, sizes); diff != "" || g.Err() != nil {
		t.Error(diff, g.Err())
	}
}
