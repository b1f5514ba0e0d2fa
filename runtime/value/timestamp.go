package value

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

const microsPerSecond = 1_000_000

// MinMicros and MaxMicros bound the instants of the years 0001 to 9999.
const (
	MinMicros = int64(MinDate) * microsPerDay
	MaxMicros = (int64(MaxDate)+1)*microsPerDay - 1
)

// A Timestamp is a point in time to the microsecond. It remembers the offset it
// was written with, or that it had none, for its text form depends on it (N25).
type Timestamp struct {
	// Micros are microseconds since 1970-01-01T00:00:00 UTC; of a naive
	// timestamp, of the wall clock as if it were UTC.
	Micros int64
	// Offset is the distance of the wall clock from UTC in seconds.
	Offset int32
	// Naive reports that the timestamp has no offset.
	Naive bool
}

// TimestampOf is t, cut to the microsecond, with t's offset.
func TimestampOf(t time.Time) Timestamp {
	_, off := t.Zone()
	return Timestamp{Micros: t.UnixMicro(), Offset: int32(off)}
}

// ParseTimestamp reads the forms of N32 that mean a date and a time, and days,
// which mean their midnight (N44, note 5).
func ParseTimestamp(s string) (Timestamp, error) {
	if iso, ok := ParseISO(s); ok {
		switch iso.Kind {
		case ISOTimestamp:
			return iso.Timestamp, nil
		case ISODate:
			return Timestamp{Micros: int64(iso.Date) * microsPerDay, Naive: true}, nil
		case ISOTime:
		}
	}
	return Timestamp{}, fmt.Errorf("%q is not a timestamp", clip(s))
}

// TimestampFromUnix is the instant so many seconds after 1970 in UTC, rounded
// half to even; false outside the years 0001 to 9999 (N44, note 11).
func TimestampFromUnix(seconds float64) (Timestamp, bool) {
	micros, ok := unixMicros(seconds)
	return Timestamp{Micros: micros}, ok
}

func unixMicros(seconds float64) (int64, bool) {
	whole, frac := math.Modf(seconds)
	micros := math.RoundToEven(frac * microsPerSecond)
	if !(whole >= float64(MinMicros/microsPerSecond)) || !(whole <= float64(MaxMicros/microsPerSecond)) {
		return 0, false
	}
	n := int64(whole)*microsPerSecond + int64(micros)
	return n, n >= MinMicros && n <= MaxMicros
}

// Time is the instant in UTC, or at the timestamp's own offset if it has one.
func (t Timestamp) Time() time.Time {
	u := time.UnixMicro(t.Micros).UTC()
	if t.Naive || t.Offset == 0 {
		return u
	}
	return u.In(time.FixedZone("", int(t.Offset)))
}

// Date is the day in UTC; of a naive timestamp, its own day (N44, note 16).
func (t Timestamp) Date() Date { return Date(floorDiv(t.Micros, microsPerDay)) }

// String is the ISO form with the timestamp's own offset, none if it is naive,
// and six digits of fraction if there is one.
func (t Timestamp) String() string { return string(t.AppendText(nil)) }

// AppendText appends the form of String to b.
func (t Timestamp) AppendText(b []byte) []byte {
	wall := t.Micros + int64(t.Offset)*microsPerSecond
	days := floorDiv(wall, microsPerDay)
	b = Date(days).AppendText(b)
	b = appendClock(append(b, 'T'), wall-days*microsPerDay)
	if t.Naive {
		return b
	}
	off, sign := int(t.Offset), byte('+')
	if off < 0 {
		off, sign = -off, '-'
	}
	b = appendTwo(append(b, sign), off/3600)
	return appendTwo(append(b, ':'), off/60%60)
}

// MarshalText writes the form of String.
func (t Timestamp) MarshalText() ([]byte, error) { return t.AppendText(nil), nil }

// UnmarshalText reads what [ParseTimestamp] does.
func (t *Timestamp) UnmarshalText(b []byte) (err error) {
	*t, err = ParseTimestamp(string(b))
	return err
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// RFC3339Micros reads the forms that nearly all services write,
// 2006-01-02T15:04:05[.fraction](Z|±hh:mm), with one space allowed for T and
// the offset left out. False says only that [ParseISO] has to decide.
func RFC3339Micros(b []byte) (micros int64, ok bool) {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || b[13] != ':' || b[16] != ':' || b[10] != 'T' && b[10] != ' ' {
		return 0, false
	}
	date, ok1 := eightDigits(uint64(binary.LittleEndian.Uint32(b)) | uint64(b[5])<<32 | uint64(b[6])<<40 | uint64(b[8])<<48 | uint64(b[9])<<56)
	clock, ok2 := eightDigits(0x3030 | uint64(b[11])<<16 | uint64(b[12])<<24 | uint64(b[14])<<32 | uint64(b[15])<<40 | uint64(b[17])<<48 | uint64(b[18])<<56)
	if !ok1 || !ok2 {
		return 0, false
	}
	y, m, d := int(date/10000), int(date/100%100), int(date%100)
	hh, mm, ss := clock/10000, clock/100%100, clock%100
	if y == 0 || m-1 > 11 || m == 0 || d == 0 || d > 28 && d > daysIn(y, m) || hh > 23 || mm > 59 || ss > 59 {
		return 0, false
	}
	micros = daysFromCivil(y, m, d)*microsPerDay + int64(hh*3600+mm*60+ss)*microsPerSecond
	b = b[19:]
	if len(b) > 0 && b[0] == '.' {
		frac, n := fraction(b[1:])
		if n == 0 {
			return 0, false
		}
		micros += frac
		b = b[1+n:]
	}
	if len(b) == 0 || len(b) == 1 && b[0] == 'Z' {
		return micros, true
	}
	return shift(micros, b)
}

// shift moves a wall clock to UTC by the offset text ±hh:mm.
func shift(micros int64, b []byte) (int64, bool) {
	if len(b) != 6 || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return 0, false
	}
	h, ok1 := twoDigits(b[1:])
	m, ok2 := twoDigits(b[4:])
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return 0, false
	}
	off := int64(h*3600+m*60) * microsPerSecond
	if b[0] == '+' {
		off = -off
	}
	micros += off
	return micros, micros >= MinMicros && micros <= MaxMicros
}

// fraction reads digits after a decimal mark as microseconds, cut after six,
// and returns how many digits there were.
func fraction(b []byte) (micros int64, n int) {
	unit := int64(100000)
	for n < len(b) && b[n]-'0' <= 9 {
		micros += int64(b[n]-'0') * unit
		unit /= 10
		n++
	}
	return micros, n
}

func twoDigits(b []byte) (int, bool) {
	a, c := b[0]-'0', b[1]-'0'
	return int(a)*10 + int(c), a <= 9 && c <= 9
}

// eightDigits reads eight digits held in one word, first digit lowest.
func eightDigits(w uint64) (uint64, bool) {
	if (w&0xf0f0f0f0f0f0f0f0)|(((w+0x0606060606060606)&0xf0f0f0f0f0f0f0f0)>>4) != 0x3333333333333333 {
		return 0, false
	}
	w -= 0x3030303030303030
	w = w*10 + w>>8
	const mask = 0x000000ff000000ff
	return ((w&mask)*0x000f424000000064 + (w>>16&mask)*0x0000271000000001) >> 32, true
}
