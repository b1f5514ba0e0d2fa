package batch

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

// A RangeError says that a value does not fit the width of its column.
type RangeError struct {
	// Table and Column name the place; Type is the column's Arrow type.
	Table, Column, Type string
	// Value is the value's text, bounded.
	Value string
}

func (e *RangeError) Error() string {
	return fmt.Sprintf("table %s: column %s: value %s does not fit %s", e.Table, e.Column, e.Value, e.Type)
}

// A Column is a growing column of one type. Appends name their row; rows left
// out before it become null. Which Append a column takes depends on its type:
// Int for integers, timestamps in microseconds, days and times of day.
type Column struct {
	typ    arrow.DataType
	n      int
	valid  []byte // nil until the first null
	spare  []byte // memory for valid
	ints   []int64
	fine   []int16 // nanoseconds below the microseconds of ints
	floats []float64
	bits   []byte
	offs   []int32
	data   []byte // text, binary and fixed width decimals
	width  int    // bytes of a decimal
	scale  int
	mul    int64 // microseconds to the column's unit
	div    int64
	digits int
	bad    string // the first value that did not fit
	out    []byte // narrowed integers of the last array
}

// NewColumn is an empty column of the type, one that ArrowType gives.
func NewColumn(t arrow.DataType) *Column {
	c := &Column{typ: t, mul: 1, div: 1}
	switch t := t.(type) {
	case *arrow.TimestampType:
		c.setUnit(t.Unit)
	case *arrow.Time32Type:
		c.setUnit(t.Unit)
	case *arrow.Time64Type:
		c.setUnit(t.Unit)
	case *arrow.Decimal128Type:
		c.width, c.scale, c.digits = 16, int(t.Scale), int(t.Precision)
	case *arrow.Decimal256Type:
		c.width, c.scale, c.digits = 32, int(t.Scale), int(t.Precision)
	case *arrow.StringType, *arrow.BinaryType:
		c.offs = append(make([]int32, 0, 64), 0)
	}
	return c
}

func (c *Column) setUnit(u arrow.TimeUnit) {
	switch u {
	case arrow.Second:
		c.div = 1e6
	case arrow.Millisecond:
		c.div = 1e3
	case arrow.Nanosecond:
		c.mul = 1e3
	case arrow.Microsecond:
	}
}

// Type is the column's Arrow type.
func (c *Column) Type() arrow.DataType { return c.typ }

// Len is the number of rows that were appended or padded.
func (c *Column) Len() int { return c.n }

// Size is about the number of bytes the column holds.
func (c *Column) Size() int { return 8*(len(c.ints)+len(c.floats)) + len(c.data) + 4*len(c.offs) }

// Int appends an integer, microseconds, days or a time of day.
func (c *Column) Int(row int, v int64) {
	if c.n != row {
		c.pad(row)
	}
	c.ints = append(c.ints, v)
	c.n++
	if c.valid != nil {
		c.valid = setBit(c.valid, row)
	}
}

// Nanos appends a point in time given in seconds and nanoseconds. Columns of
// microseconds or coarser units cut it.
func (c *Column) Nanos(row int, sec int64, nanos int) {
	c.Int(row, sec*1e6+int64(nanos)/1e3)
	if fine := nanos % 1e3; c.mul != 1 && fine != 0 {
		for len(c.fine) < row {
			c.fine = append(c.fine, 0)
		}
		c.fine = append(c.fine[:row], int16(fine))
	}
}

// Float64 appends a double.
func (c *Column) Float64(row int, v float64) {
	if c.n != row {
		c.pad(row)
	}
	c.floats = append(c.floats, v)
	c.n++
	if c.valid != nil {
		c.valid = setBit(c.valid, row)
	}
}

// Bool appends a bool.
func (c *Column) Bool(row int, v bool) {
	if c.n != row {
		c.pad(row)
	}
	if v {
		c.bits = setBit(c.bits, row)
	} else {
		c.bits = clearBit(c.bits, row)
	}
	c.n++
	if c.valid != nil {
		c.valid = setBit(c.valid, row)
	}
}

// Bytes appends a text or binary value.
func (c *Column) Bytes(row int, v []byte) {
	if c.n != row {
		c.pad(row)
	}
	c.data = append(c.data, v...)
	c.offs = append(c.offs, int32(len(c.data)))
	c.n++
	if c.valid != nil {
		c.valid = setBit(c.valid, row)
	}
}

// Text appends a text or binary value.
func (c *Column) Text(row int, v string) {
	if c.n != row {
		c.pad(row)
	}
	c.data = append(c.data, v...)
	c.offs = append(c.offs, int32(len(c.data)))
	c.n++
	if c.valid != nil {
		c.valid = setBit(c.valid, row)
	}
}

// Extend starts a text or binary value that the caller appends to the returned
// buffer and hands back with [Column.Done].
func (c *Column) Extend(row int) []byte {
	if c.n != row {
		c.pad(row)
	}
	return c.data
}

// Done ends the value that Extend began.
func (c *Column) Done(data []byte) {
	c.data = data
	c.offs = append(c.offs, int32(len(data)))
	if c.valid != nil {
		c.valid = setBit(c.valid, c.n)
	}
	c.n++
}

// Decimal appends a decimal, rounded half away from zero to the column's scale.
func (c *Column) Decimal(row int, d value.Decimal) {
	if c.n != row {
		c.pad(row)
	}
	switch hi, lo, ok := d.Fixed128(c.scale); {
	case c.width == 16 && ok && c.fits128(hi, lo):
		c.data = binary.LittleEndian.AppendUint64(c.data, lo)
		c.data = binary.LittleEndian.AppendUint64(c.data, uint64(hi))
	case c.width == 32:
		c.decimal256(d)
	default:
		c.misfit(d.String())
		c.data = append(c.data, make([]byte, c.width)...)
	}
	c.n++
	if c.valid != nil {
		c.valid = setBit(c.valid, row)
	}
}

func (c *Column) fits128(hi int64, lo uint64) bool {
	if c.digits >= 38 {
		return true
	}
	if hi < 0 {
		lo = -lo
		hi = ^hi
		if lo == 0 {
			hi++
		}
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.digits)), nil)
	v := new(big.Int).SetInt64(hi)
	v.Or(v.Lsh(v, 64), new(big.Int).SetUint64(lo))
	return v.Cmp(limit) < 0
}

func (c *Column) decimal256(d value.Decimal) {
	u, ok := d.Rescaled(c.scale)
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.digits)), nil)
	if !ok || u.CmpAbs(limit) >= 0 {
		c.misfit(d.String())
		u = new(big.Int)
	}
	neg := u.Sign() < 0
	if neg { // two's complement: the bits of -u are those of ^(u-1)
		u = new(big.Int).Not(u)
	}
	var b [32]byte
	u.FillBytes(b[:])
	for i := len(b) - 1; i >= 0; i-- {
		if neg {
			b[i] = ^b[i]
		}
		c.data = append(c.data, b[i])
	}
}

func (c *Column) misfit(text string) {
	if c.bad == "" {
		c.bad = text[:min(len(text), 64)]
	}
}

// Misfit notes a value that no integer of the column's width can hold, and
// appends a zero in its place; the batch will then be refused.
func (c *Column) Misfit(row int, text string) {
	c.Int(row, 0)
	c.misfit(text)
}

// pad makes the rows up to row null.
func (c *Column) pad(row int) {
	if c.valid == nil {
		c.valid = allSet(c.spare, c.n)
	}
	k := row - c.n
	for i := c.n; i < row; i++ {
		c.valid = clearBit(c.valid, i)
	}
	c.n = row
	switch c.typ.ID() {
	case arrow.FLOAT64:
		c.floats = append(c.floats, make([]float64, k)...)
	case arrow.BOOL:
		for len(c.bits) < (row+7)/8 {
			c.bits = append(c.bits, 0)
		}
	case arrow.STRING, arrow.BINARY:
		end := int32(len(c.data))
		for range k {
			c.offs = append(c.offs, end)
		}
	case arrow.DECIMAL128, arrow.DECIMAL256:
		c.data = append(c.data, make([]byte, k*c.width)...)
	default:
		for range k {
			c.ints = append(c.ints, 0)
		}
	}
}

// Truncate drops the rows from row on.
func (c *Column) Truncate(row int) {
	if c.n <= row {
		return
	}
	c.n = row
	switch c.typ.ID() {
	case arrow.FLOAT64:
		c.floats = c.floats[:row]
	case arrow.BOOL:
		c.bits = c.bits[:(row+7)/8]
	case arrow.STRING, arrow.BINARY:
		c.offs = c.offs[:row+1]
		c.data = c.data[:c.offs[row]]
	case arrow.DECIMAL128, arrow.DECIMAL256:
		c.data = c.data[:row*c.width]
	default:
		c.ints = c.ints[:row]
		c.fine = c.fine[:min(row, len(c.fine))]
	}
	if c.valid != nil {
		c.valid = c.valid[:(row+7)/8]
	}
}

// Reset empties the column and keeps its memory.
func (c *Column) Reset() {
	if c.valid != nil {
		c.spare, c.valid = c.valid[:0], nil
	}
	c.n, c.bad = 0, ""
	c.ints, c.fine, c.floats = c.ints[:0], c.fine[:0], c.floats[:0]
	c.bits, c.data = c.bits[:0], c.data[:0]
	if c.offs != nil {
		c.offs = c.offs[:1]
	}
}

// IsNull reports whether the row is null.
func (c *Column) IsNull(row int) bool {
	return row >= c.n || c.valid != nil && c.valid[row>>3]&(1<<(row&7)) == 0
}

// IntAt is the integer of a row that is not null.
func (c *Column) IntAt(row int) int64 { return c.ints[row] }

// BoolAt is the bool of a row that is not null.
func (c *Column) BoolAt(row int) bool { return c.bits[row>>3]&(1<<(row&7)) != 0 }

// BytesAt is the text of a row that is not null; it is the column's own memory.
func (c *Column) BytesAt(row int) []byte { return c.data[c.offs[row]:c.offs[row+1]] }

// Array pads the column to rows and shows it as an Arrow array over the
// column's own memory, good until the column is changed.
func (c *Column) Array(rows int) (arrow.Array, error) {
	if c.n < rows {
		c.pad(rows)
	}
	buf, err := c.values()
	if err != nil {
		return nil, err
	}
	if c.bad != "" {
		return nil, c.rangeError(c.bad)
	}
	nulls := 0
	var valid *memory.Buffer
	if c.valid != nil {
		if nulls = rows - countBits(c.valid, rows); nulls > 0 {
			valid = memory.NewBufferBytes(c.valid)
		}
	}
	bufs := []*memory.Buffer{valid, memory.NewBufferBytes(buf)}
	if c.offs != nil {
		bufs = []*memory.Buffer{valid, memory.NewBufferBytes(bytesOf(c.offs)), memory.NewBufferBytes(c.data)}
	}
	data := array.NewData(c.typ, rows, bufs, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data), nil
}

func (c *Column) rangeError(text string) error {
	return &RangeError{Type: c.typ.String(), Value: text}
}

// values is the buffer of values in the layout of the column's type.
func (c *Column) values() ([]byte, error) {
	switch c.typ.ID() {
	case arrow.FLOAT64:
		return bytesOf(c.floats), nil
	case arrow.BOOL:
		return c.bits, nil
	case arrow.STRING, arrow.BINARY:
		return nil, nil
	case arrow.DECIMAL128, arrow.DECIMAL256:
		return c.data, nil
	case arrow.INT8:
		return c.narrow(1)
	case arrow.INT16:
		return c.narrow(2)
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		return c.narrow(4)
	case arrow.TIMESTAMP, arrow.TIME64:
		if c.mul != 1 || c.div != 1 {
			return c.narrow(8)
		}
	default:
	}
	return bytesOf(c.ints), nil
}

// narrow writes the integers in their unit and width.
func (c *Column) narrow(width int) ([]byte, error) {
	c.out = c.out[:0]
	for row, v := range c.ints {
		if c.div != 1 {
			q := v / c.div
			if v%c.div < 0 {
				q--
			}
			v = q
		} else if c.mul != 1 {
			if v > math.MaxInt64/c.mul || v < math.MinInt64/c.mul {
				return nil, c.rangeError(value.Timestamp{Micros: v}.String())
			}
			v *= c.mul
			if row < len(c.fine) {
				v += int64(c.fine[row])
			}
		}
		if shift := 64 - 8*width; v<<shift>>shift != v {
			return nil, c.rangeError(fmt.Sprint(v))
		}
		switch width {
		case 1:
			c.out = append(c.out, byte(v))
		case 2:
			c.out = binary.LittleEndian.AppendUint16(c.out, uint16(v))
		case 4:
			c.out = binary.LittleEndian.AppendUint32(c.out, uint32(v))
		default:
			c.out = binary.LittleEndian.AppendUint64(c.out, uint64(v))
		}
	}
	return c.out, nil
}

// bytesOf is the memory of a slice of numbers.
func bytesOf[T int32 | int64 | float64](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(*new(T))))
}

// Value is the value of a row as a kind that the column's type holds; null for
// lists and maps.
func (c *Column) Value(kind record.Kind, row int) record.Value {
	if c.IsNull(row) {
		return record.NullValue()
	}
	switch kind {
	case record.KindText:
		return record.TextValue(string(c.BytesAt(row)))
	case record.KindBinary:
		return record.BinaryValue(c.BytesAt(row))
	case record.KindInt:
		return record.IntValue(c.ints[row])
	case record.KindBool:
		return record.BoolValue(c.BoolAt(row))
	case record.KindDouble:
		return record.DoubleValue(c.floats[row])
	case record.KindTimestamp:
		return record.TimestampValue(value.Timestamp{Micros: c.ints[row]})
	case record.KindDate:
		return record.DateValue(value.Date(c.ints[row]))
	case record.KindTime:
		return record.TimeValue(value.TimeOfDay(c.ints[row]))
	default:
		return record.NullValue()
	}
}
