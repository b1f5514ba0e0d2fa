package batch

import (
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

// A Static is a column that generated code knows by its number.
type Static struct {
	// Slot is the column's place in the [Table]; -1 for a column that the
	// contract keeps out, whose values are dropped.
	Slot int
	// Type is the column's Arrow type, Kind the kind of value it takes.
	Type arrow.DataType
	Kind record.Kind
	// NotNull columns refuse null.
	NotNull bool
}

// A Sink decides what a Builder cannot: what becomes of data that the rows
// have no field for, and of values whose column has another type than the field.
type Sink interface {
	// Open is called before the first row.
	Open(b *Builder) error
	// Odd takes what the row struct could not hold. It reports whether the
	// row stays, and marks columns without a value by [Builder.Skip].
	Odd(b *Builder, x *record.Extra) (keep bool, err error)
	// Value writes a value to a column of another kind.
	Value(b *Builder, col int, v *record.Value) error
	// Null is called for a null in a column that refuses it.
	Null(b *Builder, col int) error
	// Closed reports whether rows are dropped, and counts this one.
	Closed(b *Builder) bool
}

// A Builder appends rows of one table from generated code: Begin, then one
// call per column in any order, then the rows of nested tables. Columns that
// are not called are null. The ids that link rows are not its caller's business.
type Builder struct {
	// Table holds the rows.
	Table *Table
	// Static are the columns by number.
	Static []Static
	// Nested are the builders of the nested tables by number.
	Nested []*Builder
	// Sink decides what the Builder cannot.
	Sink Sink

	cols   []*Column
	row    int
	parent int // row of the parent and place in its list, of the next row
	idx    int
	odd    bool
	skip   []bool
	opened bool
	err    error
	root   *Builder
}

// Link makes b and the builders nested in it one tree, whose errors b reports.
func (b *Builder) Link() {
	b.link(b)
}

func (b *Builder) link(root *Builder) {
	b.root = root
	b.skip = make([]bool, len(b.Static))
	for _, n := range b.Nested {
		n.link(root)
	}
}

// Renew takes over columns after Static or the Table's slots changed.
func (b *Builder) Renew() {
	b.cols = b.cols[:0]
	for _, s := range b.Static {
		if s.Slot < 0 {
			b.cols = append(b.cols, nil)
			continue
		}
		b.cols = append(b.cols, b.Table.Col(s.Slot, s.Type))
	}
	if len(b.skip) < len(b.Static) {
		b.skip = make([]bool, len(b.Static))
	}
}

// Err is the first error; rows after it are dropped.
func (b *Builder) Err() error { return b.root.err }

// Fail notes an error.
func (b *Builder) Fail(err error) {
	if b.root.err == nil {
		b.root.err = err
	}
}

// Row is the number of the row at hand.
func (b *Builder) Row() int { return b.row }

// Skip leaves a column of the row at hand null, whatever is appended to it.
func (b *Builder) Skip(col int) { b.skip[col] = true }

// Begin starts a row. x holds what its struct could not; nil is nothing. False
// means that the contract dropped the row: append nothing more for it.
func (b *Builder) Begin(x *record.Extra) bool {
	if b.root.err != nil || b.Sink.Closed(b) {
		return false
	}
	if !b.opened {
		b.opened = true
		if err := b.Sink.Open(b); err != nil {
			b.Fail(err)
			return false
		}
	}
	b.row = b.Table.Add(b.parent, b.idx)
	b.odd = false
	if x.Empty() {
		return true
	}
	b.odd = true
	clear(b.skip)
	keep, err := b.Sink.Odd(b, x)
	if err != nil {
		b.Fail(err)
	}
	return keep && err == nil
}

// Child is the builder of the nested table of that number for the element at
// position idx of the row's list.
func (b *Builder) Child(child, idx int) *Builder {
	c := b.Nested[child]
	c.parent, c.idx = b.row, idx
	return c
}

// column is the column to append to; nil if there is nothing to do any more.
func (b *Builder) column(col int, kind record.Kind) *Column {
	if b.Static[col].Kind != kind || b.odd && b.skip[col] {
		return nil
	}
	return b.cols[col]
}

// other writes a value to a column that takes another kind.
func (b *Builder) other(col int, v record.Value) {
	if b.odd && b.skip[col] || b.Static[col].Slot < 0 || b.root.err != nil {
		return
	}
	if err := b.Sink.Value(b, col, &v); err != nil {
		b.Fail(err)
	}
}

func (b *Builder) null(col int) {
	if b.Static[col].NotNull && !(b.odd && b.skip[col]) && b.root.err == nil {
		if err := b.Sink.Null(b, col); err != nil {
			b.Fail(err)
		}
	}
}

// Int64 appends an integer.
func (b *Builder) Int64(col int, v int64) {
	if c := b.column(col, record.KindInt); c != nil {
		c.Int(b.row, v)
		return
	}
	b.other(col, record.IntValue(v))
}

// Float64 appends a double; NaN and the infinities are null (N21).
func (b *Builder) Float64(col int, v float64) {
	if v-v != 0 {
		b.null(col)
		return
	}
	if c := b.column(col, record.KindDouble); c != nil {
		c.Float64(b.row, v)
		return
	}
	b.other(col, record.DoubleValue(v))
}

// Bool appends a bool.
func (b *Builder) Bool(col int, v bool) {
	if c := b.column(col, record.KindBool); c != nil {
		c.Bool(b.row, v)
		return
	}
	b.other(col, record.BoolValue(v))
}

// Text appends a text.
func (b *Builder) Text(col int, v string) {
	if c := b.column(col, record.KindText); c != nil {
		c.Text(b.row, v)
		return
	}
	b.other(col, record.TextValue(v))
}

// Bytes appends a binary value; nil is null.
func (b *Builder) Bytes(col int, v []byte) {
	if v == nil {
		b.null(col)
		return
	}
	if c := b.column(col, record.KindBinary); c != nil {
		c.Bytes(b.row, v)
		return
	}
	b.other(col, record.BinaryValue(v))
}

// Time appends an instant.
func (b *Builder) Time(col int, v time.Time) {
	if c := b.column(col, record.KindTimestamp); c != nil {
		c.Nanos(b.row, v.Unix(), v.Nanosecond())
		return
	}
	b.other(col, record.TimestampValue(value.TimestampOf(v)))
}

// Date appends a day.
func (b *Builder) Date(col int, v value.Date) {
	if c := b.column(col, record.KindDate); c != nil {
		c.Int(b.row, int64(v))
		return
	}
	b.other(col, record.DateValue(v))
}

// TimeOfDay appends a time of day.
func (b *Builder) TimeOfDay(col int, v value.TimeOfDay) {
	if c := b.column(col, record.KindTime); c != nil {
		c.Int(b.row, int64(v))
		return
	}
	b.other(col, record.TimeValue(v))
}

// Decimal appends an exact decimal.
func (b *Builder) Decimal(col int, v value.Decimal) {
	if c := b.column(col, record.KindDecimal); c != nil {
		c.Decimal(b.row, v)
		return
	}
	b.other(col, record.DecimalValue(v))
}

// Big appends an integer of any size.
func (b *Builder) Big(col int, v value.Big) {
	if n, ok := v.Int64(); ok {
		if c := b.column(col, record.KindInt); c != nil {
			c.Int(b.row, n)
			return
		}
	}
	b.other(col, record.BigValue(v))
}

// JSON appends a JSON text, rewritten in the form of N25; nil is null.
func (b *Builder) JSON(col int, v value.JSON) {
	if v == nil {
		b.null(col)
		return
	}
	if c := b.column(col, record.KindObject); c != nil && (v[0] == '{' || v[0] == '[') {
		if buf, end := b.Table.compact.Append(c.Extend(b.row), v, 0); end == len(v) {
			c.Done(buf)
			return
		}
	}
	t, err := record.Parse(v)
	if err != nil {
		b.Fail(err)
		return
	}
	b.other(col, *t)
}

// Int64OrNull appends an integer or null.
func (b *Builder) Int64OrNull(col int, v value.Null[int64]) { orNull(b, col, v, (*Builder).Int64) }

// Float64OrNull appends a double or null.
func (b *Builder) Float64OrNull(col int, v value.Null[float64]) {
	orNull(b, col, v, (*Builder).Float64)
}

// BoolOrNull appends a bool or null.
func (b *Builder) BoolOrNull(col int, v value.Null[bool]) { orNull(b, col, v, (*Builder).Bool) }

// TextOrNull appends a text or null.
func (b *Builder) TextOrNull(col int, v value.Null[string]) { orNull(b, col, v, (*Builder).Text) }

// BytesOrNull appends a binary value or null.
func (b *Builder) BytesOrNull(col int, v value.Null[[]byte]) { orNull(b, col, v, (*Builder).Bytes) }

// TimeOrNull appends an instant or null.
func (b *Builder) TimeOrNull(col int, v value.Null[time.Time]) { orNull(b, col, v, (*Builder).Time) }

// DateOrNull appends a day or null.
func (b *Builder) DateOrNull(col int, v value.Null[value.Date]) { orNull(b, col, v, (*Builder).Date) }

// TimeOfDayOrNull appends a time of day or null.
func (b *Builder) TimeOfDayOrNull(col int, v value.Null[value.TimeOfDay]) {
	orNull(b, col, v, (*Builder).TimeOfDay)
}

// DecimalOrNull appends an exact decimal or null.
func (b *Builder) DecimalOrNull(col int, v value.Null[value.Decimal]) {
	orNull(b, col, v, (*Builder).Decimal)
}

// BigOrNull appends an integer of any size or null.
func (b *Builder) BigOrNull(col int, v value.Null[value.Big]) { orNull(b, col, v, (*Builder).Big) }

// JSONOrNull appends a JSON text or null.
func (b *Builder) JSONOrNull(col int, v value.Null[value.JSON]) { orNull(b, col, v, (*Builder).JSON) }

func orNull[T any](b *Builder, col int, v value.Null[T], set func(*Builder, int, T)) {
	if v.Valid {
		set(b, col, v.V)
		return
	}
	b.null(col)
}
