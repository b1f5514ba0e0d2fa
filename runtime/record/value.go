package record

import (
	"math"

	"github.com/dltgen/dltgen/runtime/value"
)

// A Kind is the kind of a [Value].
type Kind uint8

// The kinds of value. JSON text yields the first seven; the others come from
// typed sources and from coercion.
const (
	KindNull Kind = iota
	KindBool
	KindInt // of any size
	KindDouble
	KindText
	KindList
	KindObject
	KindDecimal
	KindWei
	KindTimestamp
	KindDate
	KindTime
	KindBinary
)

var kindNames = [...]string{"null", "bool", "bigint", "double", "text", "json", "json", "decimal", "wei", "timestamp", "date", "time", "binary"}

// String is the name of the data type for values of the kind (N30).
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// A Value is a node of a record: null, a leaf, a list or an object whose keys
// keep their order. The zero value is null. Change values through pointers;
// copies of lists and objects share their elements.
type Value struct {
	kind Kind
	hex  bool // a binary written as 0x text
	off  int32
	// naive marks a timestamp without offset.
	naive bool
	n     int64 // bool, int64, bits of a double, micros, day, time of day
	s     string
	x     any // *list, *object, value.Big beyond int64, value.Decimal
}

type list struct{ vals []Value }

type object struct {
	keys  []string
	vals  []Value
	index map[string]int // built when the object grows beyond few keys
}

// fewKeys is the size up to which a scan finds a key faster than a map.
const fewKeys = 12

// NullValue is null.
func NullValue() Value { return Value{} }

// BoolValue is true or false.
func BoolValue(b bool) Value {
	v := Value{kind: KindBool}
	if b {
		v.n = 1
	}
	return v
}

// IntValue is an integer.
func IntValue(n int64) Value { return Value{kind: KindInt, n: n} }

// BigValue is an integer of any size.
func BigValue(b value.Big) Value {
	if n, ok := b.Int64(); ok {
		return IntValue(n)
	}
	return Value{kind: KindInt, x: b}
}

// DoubleValue is a float64.
func DoubleValue(f float64) Value { return Value{kind: KindDouble, n: int64(math.Float64bits(f))} }

// TextValue is a string.
func TextValue(s string) Value { return Value{kind: KindText, s: s} }

// DecimalValue is an exact decimal.
func DecimalValue(d value.Decimal) Value { return Value{kind: KindDecimal, x: d} }

// WeiValue is an exact decimal of the data type wei.
func WeiValue(d value.Decimal) Value { return Value{kind: KindWei, x: d} }

// TimestampValue is a point in time.
func TimestampValue(t value.Timestamp) Value {
	return Value{kind: KindTimestamp, n: t.Micros, off: t.Offset, naive: t.Naive}
}

// DateValue is a calendar day.
func DateValue(d value.Date) Value { return Value{kind: KindDate, n: int64(d)} }

// TimeValue is a time of day.
func TimeValue(t value.TimeOfDay) Value { return Value{kind: KindTime, n: int64(t)} }

// BinaryValue is bytes, which are copied.
func BinaryValue(b []byte) Value { return Value{kind: KindBinary, s: string(b)} }

// HexValue is bytes whose text is 0x and hex digits; they are copied.
func HexValue(b []byte) Value { return Value{kind: KindBinary, s: string(b), hex: true} }

// ListValue is a list of the values.
func ListValue(vals ...Value) Value { return Value{kind: KindList, x: &list{vals}} }

// ObjectValue is an object without keys.
func ObjectValue() Value { return Value{kind: KindObject, x: &object{}} }

// Kind is the value's kind.
func (v *Value) Kind() Kind { return v.kind }

// IsNull reports whether the value is null.
func (v *Value) IsNull() bool { return v.kind == KindNull }

// Bool is the value of a bool.
func (v *Value) Bool() bool { return v.kind == KindBool && v.n != 0 }

// Int64 is the value of an integer that fits.
func (v *Value) Int64() (n int64, ok bool) { return v.n, v.kind == KindInt && v.x == nil }

// Big is the value of an integer.
func (v *Value) Big() value.Big {
	if b, ok := v.x.(value.Big); ok {
		return b
	}
	return value.NewBig(v.n)
}

// Double is the value of a double.
func (v *Value) Double() float64 {
	if v.kind != KindDouble {
		return 0
	}
	return math.Float64frombits(uint64(v.n))
}

// Text is the value of a text.
func (v *Value) Text() string {
	if v.kind != KindText {
		return ""
	}
	return v.s
}

// Decimal is the value of a decimal or wei.
func (v *Value) Decimal() value.Decimal {
	d, _ := v.x.(value.Decimal)
	return d
}

// Timestamp is the value of a timestamp.
func (v *Value) Timestamp() value.Timestamp {
	return value.Timestamp{Micros: v.n, Offset: v.off, Naive: v.naive}
}

// Date is the value of a date.
func (v *Value) Date() value.Date { return value.Date(v.n) }

// Time is the value of a time of day.
func (v *Value) Time() value.TimeOfDay { return value.TimeOfDay(v.n) }

// Binary is the value of a binary; hex reports that its text form is hex digits.
func (v *Value) Binary() (b []byte, hex bool) { return []byte(v.s), v.hex }

// Len is the number of elements of a list or keys of an object.
func (v *Value) Len() int {
	switch x := v.x.(type) {
	case *list:
		return len(x.vals)
	case *object:
		return len(x.vals)
	}
	return 0
}

// Index is the i-th element of a list or value of an object.
func (v *Value) Index(i int) *Value {
	if o, ok := v.x.(*object); ok {
		return &o.vals[i]
	}
	return &v.x.(*list).vals[i]
}

// Key is the i-th key of an object.
func (v *Value) Key(i int) string { return v.x.(*object).keys[i] }

// Append adds elements to a list.
func (v *Value) Append(vals ...Value) {
	l := v.x.(*list)
	l.vals = append(l.vals, vals...)
}

func (o *object) find(key string) int {
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range o.keys {
		if k == key {
			return i
		}
	}
	return -1
}

// slot is the value of key, which is added if it is not there.
func (v *Value) slot(key string) *Value {
	o := v.x.(*object)
	if i := o.find(key); i >= 0 {
		return &o.vals[i]
	}
	o.keys = append(o.keys, key)
	o.vals = append(o.vals, Value{})
	if len(o.keys) > fewKeys {
		if o.index == nil {
			o.reindex()
		} else {
			o.index[key] = len(o.keys) - 1
		}
	}
	return &o.vals[len(o.vals)-1]
}

func (o *object) reindex() {
	o.index = make(map[string]int, 2*len(o.keys))
	for i, k := range o.keys {
		o.index[k] = i
	}
}

// Get is the value of key in an object, nil if it is not there or v is no
// object. The pointer is good until a key is added.
func (v *Value) Get(key string) *Value {
	o, ok := v.x.(*object)
	if !ok {
		return nil
	}
	if i := o.find(key); i >= 0 {
		return &o.vals[i]
	}
	return nil
}

// Set gives key a value, in its place if it is there, else at the end.
func (v *Value) Set(key string, val Value) { *v.slot(key) = val }

// Delete removes key and reports whether it was there.
func (v *Value) Delete(key string) bool {
	o, ok := v.x.(*object)
	if !ok {
		return false
	}
	i := o.find(key)
	if i < 0 {
		return false
	}
	o.keys = append(o.keys[:i], o.keys[i+1:]...)
	o.vals = append(o.vals[:i], o.vals[i+1:]...)
	if o.index != nil {
		o.reindex()
	}
	return true
}

// Clone is a copy that shares nothing that can change.
func (v *Value) Clone() Value {
	c := *v
	switch x := v.x.(type) {
	case *list:
		l := &list{make([]Value, len(x.vals))}
		for i := range x.vals {
			l.vals[i] = x.vals[i].Clone()
		}
		c.x = l
	case *object:
		o := &object{keys: append([]string(nil), x.keys...), vals: make([]Value, len(x.vals))}
		for i := range x.vals {
			o.vals[i] = x.vals[i].Clone()
		}
		if len(o.keys) > fewKeys {
			o.reindex()
		}
		c.x = o
	}
	return c
}

// Equal reports whether two values are the same kind and value; objects also
// in the order of their keys, decimals whatever their scale.
func (v *Value) Equal(w *Value) bool {
	if v.kind != w.kind {
		return false
	}
	switch v.kind {
	case KindList, KindObject:
		if v.Len() != w.Len() {
			return false
		}
		for i := range v.Len() {
			if v.kind == KindObject && v.Key(i) != w.Key(i) || !v.Index(i).Equal(w.Index(i)) {
				return false
			}
		}
		return true
	case KindInt:
		return v.Big().Equal(w.Big())
	case KindDecimal, KindWei:
		return v.Decimal().Equal(w.Decimal())
	case KindTimestamp:
		return v.n == w.n && v.naive == w.naive
	default:
		return v.n == w.n && v.s == w.s
	}
}
