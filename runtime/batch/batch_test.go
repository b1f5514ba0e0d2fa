package batch

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/runtime/value"
)

// TestNestedIDsAtOnce checks that ids made eight at a time are those made one
// by one, for texts of any length.
func TestNestedIDsAtOnce(t *testing.T) {
	for _, name := range []string{"items__l", "t", strings.Repeat("long", 36), strings.Repeat("long", 60)} {
		m := NewIDMaker([32]byte{7})
		root := NewTable("items", nil)
		child := NewTable(name, root)
		for i := range 37 {
			root.Add(0, 0)
			for k := range i % 4 {
				child.Add(i, k+i*1000)
			}
		}
		root.MakeIDs(m, false, nil)
		child.MakeIDs(m, true, nil)
		for row := range child.Rows() {
			want := string(m.AppendNested(nil, root.IDs().BytesAt(int(child.parents[row])), name, child.places[row]))
			if got := string(child.IDs().BytesAt(row)); got != want {
				t.Fatalf("table %s: row %d has id %s, want %s", name, row, got, want)
			}
		}
	}
}

func BenchmarkNestedIDs(b *testing.B) {
	m := NewIDMaker([32]byte{})
	root, child := NewTable("orders", nil), NewTable("orders__items__discounts", nil)
	child.Parent = root
	for i := range 1000 {
		root.Add(0, 0)
		child.Add(i, i%5)
	}
	root.MakeIDs(m, false, nil)
	for b.Loop() {
		child.ids = nil
		child.MakeIDs(m, true, nil)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/id")
}

// TestArrowType holds A4.
func TestArrowType(t *testing.T) {
	col := func(typ schema.DataType, precision ...int) *schema.Column {
		c := &schema.Column{Name: "c", DataType: typ}
		if len(precision) > 0 {
			c.Precision = schema.N(precision[0])
		}
		if len(precision) > 1 {
			c.Scale = schema.N(precision[1])
		}
		return c
	}
	naive := col(schema.Timestamp)
	naive.Timezone = schema.False
	for _, tt := range []struct {
		c     *schema.Column
		types Types
		want  string
	}{
		{col(schema.Text), Types{}, "utf8"},
		{col(schema.JSON), Types{}, "utf8"},
		{col(schema.Double), Types{}, "float64"},
		{col(schema.Bool), Types{}, "bool"},
		{col(schema.Bigint), Types{}, "int64"},
		{col(schema.Bigint, 8), Types{}, "int8"},
		{col(schema.Bigint, 9), Types{}, "int16"},
		{col(schema.Bigint, 32), Types{}, "int32"},
		{col(schema.Timestamp), Types{}, "timestamp[us, tz=UTC]"},
		{naive, Types{}, "timestamp[us]"},
		{naive, Types{NoNaive: true}, "timestamp[us, tz=UTC]"},
		{col(schema.Timestamp), Types{NoTimezone: true}, "timestamp[us]"},
		{col(schema.Timestamp, 0), Types{}, "timestamp[s, tz=UTC]"},
		{col(schema.Timestamp, 3), Types{}, "timestamp[ms, tz=UTC]"},
		{col(schema.Timestamp, 9), Types{}, "timestamp[ns, tz=UTC]"},
		{col(schema.Date), Types{}, "date32"},
		{col(schema.Time), Types{}, "time64[us]"},
		{col(schema.Time, 3), Types{}, "time32[ms]"},
		{col(schema.Binary), Types{}, "binary"},
		{col(schema.Decimal), Types{}, "decimal(38, 9)"},
		{col(schema.Decimal, 10), Types{}, "decimal(10, 0)"},
		{col(schema.Decimal, 10, 2), Types{}, "decimal(10, 2)"},
		{col(schema.Decimal, 50, 2), Types{}, "decimal256(50, 2)"},
		{col(schema.Decimal, 80, 10), Types{}, "decimal256(76, 6)"},
		{col(schema.Wei), Types{}, "decimal256(76, 0)"},
		{col(schema.Wei), Types{WeiPrecision: 38}, "decimal(38, 0)"},
	} {
		if got := tt.types.ArrowType(tt.c).String(); got != tt.want {
			t.Errorf("%s %v = %s, want %s", tt.c.DataType, tt.c.Precision, got, tt.want)
		}
	}
}

// fill appends the values of rows to a column; a nil is a null.
func fill(c *Column, values []any) {
	for row, v := range values {
		switch v := v.(type) {
		case int:
			c.Int(row, int64(v))
		case float64:
			c.Float64(row, v)
		case bool:
			c.Bool(row, v)
		case string:
			c.Text(row, v)
		case value.Decimal:
			c.Decimal(row, v)
		}
	}
}

func TestColumnRows(t *testing.T) {
	dec := value.NewDecimal
	for _, tt := range []struct {
		name string
		typ  arrow.DataType
		in   []any
		want string
	}{
		{"int64", arrow.PrimitiveTypes.Int64, []any{1, nil, 3, nil}, "[1 (null) 3 (null)]"},
		{"int8", arrow.PrimitiveTypes.Int8, []any{-128, 127, nil}, "[-128 127 (null)]"},
		{"float64", arrow.PrimitiveTypes.Float64, []any{nil, 1.5}, "[(null) 1.5]"},
		{"bool", arrow.FixedWidthTypes.Boolean, []any{true, nil, false, true, nil, nil, true, true, true, false}, "[true (null) false true (null) (null) true true true false]"},
		{"text", arrow.BinaryTypes.String, []any{nil, "a", "", nil, "bc"}, `[(null) "a" "" (null) "bc"]`},
		{"decimal", &arrow.Decimal128Type{Precision: 10, Scale: 2}, []any{dec(1005, 3), nil, dec(-1005, 3)}, "[1.01 (null) -1.01]"},
		{"decimal256", &arrow.Decimal256Type{Precision: 76, Scale: 1}, []any{dec(-15, 1), dec(1, 0)}, "[-1.5 1]"},
		{"date", arrow.FixedWidthTypes.Date32, []any{-1, nil}, "[1969-12-31 (null)]"},
		{"milliseconds", &arrow.TimestampType{Unit: arrow.Millisecond}, []any{-1}, "[1969-12-31T23:59:59.999]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := NewColumn(tt.typ)
			for range 2 { // the second time over memory that was used before
				fill(c, append(tt.in, 7, 7.0, true, "x", dec(1, 0))[:len(tt.in)])
				c.Truncate(len(tt.in))
				a, err := c.Array(len(tt.in))
				if err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprint(a); got != tt.want && texts(a) != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
				c.Reset()
			}
		})
	}
}

func texts(a arrow.Array) string {
	var words []string
	for i := range a.Len() {
		words = append(words, a.ValueStr(i))
	}
	return "[" + strings.Join(words, " ") + "]"
}

func TestColumnRange(t *testing.T) {
	for _, tt := range []struct {
		typ  arrow.DataType
		in   any
		want string
	}{
		{arrow.PrimitiveTypes.Int8, 128, "128"},
		{arrow.PrimitiveTypes.Int32, 1 << 40, "1099511627776"},
		{&arrow.Decimal128Type{Precision: 4, Scale: 2}, value.NewDecimal(12345, 2), "123.45"},
		{&arrow.Decimal256Type{Precision: 40, Scale: 38}, value.NewDecimal(1234, 0), "1234"},
	} {
		c := NewColumn(tt.typ)
		fill(c, []any{tt.in})
		_, err := c.Array(1)
		re, ok := errors.AsType[*RangeError](err)
		if !ok || re.Value != tt.want || re.Type != tt.typ.String() {
			t.Errorf("%v in %s: %v", tt.in, tt.typ, err)
		}
	}
}

func TestTableRollback(t *testing.T) {
	tb := NewTable("t", nil)
	c := tb.Col(0, arrow.BinaryTypes.String)
	for i := range 3 {
		c.Text(tb.Add(0, 0), fmt.Sprint(i))
	}
	if !tb.Mark(9) || tb.Mark(9) {
		t.Error("Mark tells the first time wrong")
	}
	c.Text(tb.Add(0, 0), "gone")
	tb.SetID(3, "gone")
	tb.Rollback()
	c.Text(tb.Add(0, 0), "3")
	tb.MakeIDs(NewIDMaker([32]byte{}), false, nil)
	a, err := c.Array(tb.Rows())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("[0 1 2 3]", texts(a)); diff != "" {
		t.Error(diff)
	}
	if string(tb.IDs().BytesAt(3)) == "gone" {
		t.Error("the id of the row taken back is still there")
	}
}

// A plainSink takes no odd data.
type plainSink struct{}

func (plainSink) Open(*Builder) error                       { return nil }
func (plainSink) Odd(*Builder, *record.Extra) (bool, error) { return true, nil }
func (plainSink) Value(*Builder, int, *record.Value) error  { return nil }
func (plainSink) Null(*Builder, int) error                  { return nil }
func (plainSink) Closed(*Builder) bool                      { return false }

func ExampleBuilder() {
	orders := NewTable("orders", nil)
	items := NewTable("orders__items", orders)
	b := &Builder{Table: orders, Sink: plainSink{}, Static: []Static{{Type: arrow.PrimitiveTypes.Int64, Kind: record.KindInt}}}
	b.Nested = []*Builder{{Table: items, Sink: plainSink{}, Static: []Static{{Type: arrow.BinaryTypes.String, Kind: record.KindText}}}}
	b.Link()
	b.Renew()
	b.Nested[0].Renew()

	if b.Begin(nil) {
		b.Int64(0, 7)
		for i, sku := range []string{"a", "b"} {
			if c := b.Child(0, i); c.Begin(nil) {
				c.Text(0, sku)
			}
		}
	}
	skus, _ := items.Cols[0].Array(items.Rows())
	fmt.Println(orders.Rows(), skus)
	// Output: 1 ["a" "b"]
}
