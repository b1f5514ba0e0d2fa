package value

import (
	"fmt"
	"time"
)

// A TimeOfDay is a wall clock time in microseconds since midnight.
type TimeOfDay int64

// TimeOfDayOf is the wall clock of t in t's own location.
func TimeOfDayOf(t time.Time) TimeOfDay {
	h, m, s := t.Clock()
	return TimeOfDay(int64(h*3600+m*60+s)*microsPerSecond + int64(t.Nanosecond())/1000)
}

// ParseTimeOfDay reads the forms of N32 that mean a time. A time with an
// offset is converted to UTC (N44, note 7).
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	if iso, ok := ParseISO(s); ok && iso.Kind == ISOTime {
		return iso.Time, nil
	}
	return 0, fmt.Errorf("%q is not a time of day", clip(s))
}

// Duration is the time since midnight.
func (t TimeOfDay) Duration() time.Duration { return time.Duration(t) * time.Microsecond }

// String is the time as 15:04:05, with six digits of fraction if there is one.
func (t TimeOfDay) String() string { return string(t.AppendText(nil)) }

// AppendText appends the form of String to b.
func (t TimeOfDay) AppendText(b []byte) []byte { return appendClock(b, int64(t)) }

// MarshalText writes the form of String.
func (t TimeOfDay) MarshalText() ([]byte, error) { return t.AppendText(nil), nil }

// UnmarshalText reads what [ParseTimeOfDay] does.
func (t *TimeOfDay) UnmarshalText(b []byte) (err error) {
	*t, err = ParseTimeOfDay(string(b))
	return err
}

// appendClock writes microseconds since midnight.
func appendClock(b []byte, micros int64) []byte {
	s, frac := micros/microsPerSecond, micros%microsPerSecond
	b = appendTwo(b, int(s/3600))
	b = appendTwo(append(b, ':'), int(s/60%60))
	b = appendTwo(append(b, ':'), int(s%60))
	if frac == 0 {
		return b
	}
	b = append(b, '.')
	for unit := int64(100000); unit > 0; unit /= 10 {
		b = append(b, byte('0'+frac/unit%10))
	}
	return b
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }
