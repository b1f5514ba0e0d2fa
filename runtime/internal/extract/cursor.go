package extract

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dltgen/dltgen/runtime/value"
)

// CursorKind is the kind of a cursor's value. Values of different kinds do not
// compare (I14), numbers apart.
type CursorKind uint8

// The kinds of cursor values.
const (
	CursorNone CursorKind = iota // missing or null
	CursorInt
	CursorFloat
	CursorText
	CursorTime // an instant, or a naive time
	CursorDate
	CursorDecimal
)

// String names the kind as error messages do.
func (k CursorKind) String() string {
	return [...]string{"null", "integer", "double", "text", "timestamp", "date", "decimal"}[k]
}

// A Cursor is one value of a cursor field. It is a small struct, not an
// interface, so that reading one from each record allocates nothing.
type Cursor struct {
	Kind  CursorKind
	Int   int64 // CursorInt; CursorDate as days since 1970-01-01
	Float float64
	Text  string // CursorText, and the digits of CursorDecimal
	Time  time.Time
	Naive bool // CursorTime without an offset; Time is then in UTC
}

// CompareError reports two cursor values that have no order (I14).
type CompareError struct {
	Resource, Path string
	Record, Bound  Cursor
}

// Error implements error.
func (e *CompareError) Error() string {
	return fmt.Sprintf("resource %s: cursor %q: a record has the %s %s, which does not compare with the %s %s: add a map step that converts it",
		e.Resource, e.Path, e.Record.kindText(), e.Record, e.Bound.kindText(), e.Bound)
}

func (c Cursor) kindText() string {
	if c.Kind == CursorTime && c.Naive {
		return "naive timestamp"
	}
	return c.Kind.String()
}

// String is the value as messages show it.
func (c Cursor) String() string {
	switch c.Kind {
	case CursorInt:
		return strconv.FormatInt(c.Int, 10)
	case CursorFloat:
		return strconv.FormatFloat(c.Float, 'g', -1, 64)
	case CursorText:
		return strconv.Quote(c.Text)
	case CursorDecimal:
		return c.Text
	case CursorTime:
		if c.Naive {
			return c.Time.Format("2006-01-02T15:04:05.999999")
		}
		return c.Time.Format("2006-01-02T15:04:05.999999-07:00")
	case CursorDate:
		return value.Date(c.Int).String()
	default:
		return "null"
	}
}

func (c Cursor) number() (float64, bool) {
	switch c.Kind {
	case CursorInt:
		return float64(c.Int), true
	case CursorFloat:
		return c.Float, true
	case CursorDecimal:
		f, err := strconv.ParseFloat(c.Text, 64)
		return f, err == nil
	default:
		return 0, false
	}
}

// compare orders a and b; ok is false when they have no order.
func compare(a, b Cursor) (order int, ok bool) {
	if a.Kind == b.Kind {
		switch a.Kind {
		case CursorInt, CursorDate:
			return cmpOrdered(a.Int, b.Int), true
		case CursorText:
			return strings.Compare(a.Text, b.Text), true
		case CursorTime:
			if a.Naive != b.Naive {
				return 0, false
			}
			return a.Time.Compare(b.Time), true
		default: // compared as numbers, if they are any
		}
	}
	x, okX := a.number()
	y, okY := b.number()
	if !okX || !okY || math.IsNaN(x) || math.IsNaN(y) {
		return 0, false
	}
	return cmpOrdered(x, y), true
}

func cmpOrdered[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
