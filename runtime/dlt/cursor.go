package dlt

import (
	"time"

	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/value"
)

// A CursorValue is the value of a cursor field in one record. The zero value
// means that the record has none.
type CursorValue struct{ c extract.Cursor }

// CursorTime is a cursor that is an instant.
func CursorTime(t time.Time) CursorValue {
	return CursorValue{extract.Cursor{Kind: extract.CursorTime, Time: t}}
}

// CursorInt is a cursor that is a whole number.
func CursorInt(i int64) CursorValue {
	return CursorValue{extract.Cursor{Kind: extract.CursorInt, Int: i}}
}

// CursorFloat is a cursor that is a floating-point number.
func CursorFloat(f float64) CursorValue {
	return CursorValue{extract.Cursor{Kind: extract.CursorFloat, Float: f}}
}

// CursorText is a cursor that is a text, compared byte by byte.
func CursorText(s string) CursorValue {
	return CursorValue{extract.Cursor{Kind: extract.CursorText, Text: s}}
}

// CursorDate is a cursor that is a calendar day.
func CursorDate(d value.Date) CursorValue {
	return CursorValue{extract.Cursor{Kind: extract.CursorDate, Int: int64(d)}}
}

// CursorNull is the cursor of a record without a value.
func CursorNull() CursorValue { return CursorValue{} }

// IsNull reports whether there is no value.
func (v CursorValue) IsNull() bool { return v.c.Kind == extract.CursorNone }

// String is the value as messages and state show it.
func (v CursorValue) String() string { return v.c.String() }
