package state

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// A Kind is the type of a value that JSON lacks (ST20).
type Kind uint8

// The kinds, in the order of their marker characters from U+F026 on.
const (
	Decimal Kind = iota
	Datetime
	Date
	UUID
	HexBytes
	Bytes
	Wei
	Time
)

// firstMarker is the private-use character of kind 0.
const firstMarker = '\uF026'

// A Typed is a value that JSON lacks, as its exact text form: "1.50" and "1.5"
// are different decimals, and so are their hashes (ST25).
type Typed struct {
	Kind Kind
	Text string
}

// encoded is the marker followed by the text. The default writer of dlt emits
// UUIDs as plain strings, and so do we (ST20).
func (t Typed) encoded() string {
	if t.Kind == UUID {
		return t.Text
	}
	return string(firstMarker+rune(t.Kind)) + t.Text
}

// decodeText turns a JSON string into a Typed when its first character is a
// marker and the rest parses (ST20, ST21); otherwise the string stays as it is.
func decodeText(s string) any {
	r, size := utf8.DecodeRuneInString(s)
	if r < firstMarker || r > firstMarker+rune(Time) || len(s) == size {
		return s
	}
	kind := Kind(r - firstMarker)
	if text, ok := canonicalText(kind, s[size:]); ok {
		return Typed{kind, text}
	}
	return s
}

var (
	decimalText = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$`)
	specialText = regexp.MustCompile(`(?i)^[+-]?(nan|snan|inf|infinity)$`)
	timeText    = regexp.MustCompile(`^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$`)
)

// canonicalText checks a typed value's text and gives the form the reference
// writes after reading it, which is what enters the hash.
func canonicalText(kind Kind, text string) (string, bool) {
	switch kind {
	case Decimal, Wei:
		return text, decimalText.MatchString(text) || specialText.MatchString(text)
	case Datetime:
		t, naive, ok := parseDatetime(text)
		if !ok {
			return "", false
		}
		return datetimeText(t, naive), true
	case Date:
		_, err := time.Parse(time.DateOnly, text)
		return text, err == nil
	case UUID:
		u, err := uuid.Parse(text)
		return u.String(), err == nil
	case HexBytes:
		digits := strings.TrimPrefix(text, "0x")
		_, err := hex.DecodeString(digits)
		return "0x" + strings.ToLower(digits), err == nil
	case Bytes:
		_, err := base64.StdEncoding.Strict().DecodeString(text)
		return text, err == nil
	case Time:
		return text, timeText.MatchString(text)
	}
	return "", false
}

// datetimeLayouts are the forms of a datetime, with zone and without.
var datetimeLayouts = []struct {
	layout string
	naive  bool
}{
	{"2006-01-02T15:04:05.999999999Z07:00", false},
	{"2006-01-02 15:04:05.999999999Z07:00", false},
	{"2006-01-02T15:04:05.999999999", true},
	{"2006-01-02 15:04:05.999999999", true},
	{"2006-01-02T15:04Z07:00", false},
	{"2006-01-02T15:04", true},
	{"2006-01-02", true},
}

func parseDatetime(text string) (t time.Time, naive, ok bool) {
	for _, l := range datetimeLayouts {
		if t, err := time.Parse(l.layout, text); err == nil {
			return t, l.naive, true
		}
	}
	return time.Time{}, false, false
}

// datetimeText writes the fraction not at all or with six digits, and UTC as +00:00.
func datetimeText(t time.Time, naive bool) string {
	layout := "2006-01-02T15:04:05"
	if t.Nanosecond()/1000 != 0 {
		layout += ".000000"
	}
	if !naive {
		layout += "-07:00"
	}
	return t.Truncate(time.Microsecond).Format(layout)
}

// DatetimeOf is the typed value of an instant, written with the offset of its
// location; nanoseconds are cut to microseconds (ST25).
func DatetimeOf(t time.Time) Typed { return Typed{Datetime, datetimeText(t, false)} }

// NaiveDatetimeOf is the typed value of a time of a clock without zone.
func NaiveDatetimeOf(t time.Time) Typed { return Typed{Datetime, datetimeText(t, true)} }

// DateOf is the typed value of the day of t.
func DateOf(t time.Time) Typed { return Typed{Date, t.Format(time.DateOnly)} }

// BytesOf is the typed value of b.
func BytesOf(b []byte) Typed { return Typed{Bytes, base64.StdEncoding.EncodeToString(b)} }

// DecimalOf is the typed value of a decimal's text.
func DecimalOf(text string) Typed { return Typed{Decimal, text} }

// AsTime returns the time of a Datetime or Date, whether it has no zone, and
// whether the value is one of the two. A value without zone comes back in UTC.
func (t Typed) AsTime() (at time.Time, naive, ok bool) {
	if t.Kind != Datetime && t.Kind != Date {
		return time.Time{}, false, false
	}
	return parseDatetime(t.Text)
}

// AsBytes returns the content of Bytes or HexBytes.
func (t Typed) AsBytes() ([]byte, bool) {
	switch t.Kind {
	case Bytes:
		b, err := base64.StdEncoding.DecodeString(t.Text)
		return b, err == nil
	case HexBytes:
		b, err := hex.DecodeString(strings.TrimPrefix(t.Text, "0x"))
		return b, err == nil
	default:
		return nil, false
	}
}
