package value

import (
	"fmt"
	"time"
)

// A Date is a calendar day, counted in days since 1970-01-01.
type Date int32

const (
	secondsPerDay = 86400
	microsPerDay  = secondsPerDay * microsPerSecond
	// MinDate is the first day of the year 0001.
	MinDate Date = -719162
	// MaxDate is the last day of the year 9999.
	MaxDate Date = 2932896
)

// DateOf is the day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(daysFromCivil(y, int(m), d))
}

// ParseDate reads the forms of N32 that mean a day: 2024-01-02, 2024-01, 20240102, 2024-W01-2 and others.
func ParseDate(s string) (Date, error) {
	if iso, ok := ParseISO(s); ok && iso.Kind == ISODate {
		return iso.Date, nil
	}
	return 0, fmt.Errorf("%q is not a date", clip(s))
}

// Time is the day's midnight in UTC.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String is the day as 2006-01-02.
func (d Date) String() string { return string(d.AppendText(nil)) }

// AppendText appends the day as 2006-01-02 to b.
func (d Date) AppendText(b []byte) []byte {
	y, m, day := civilFromDays(int64(d))
	return appendDate(b, y, m, day)
}

// MarshalText writes the day as 2006-01-02.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil), nil }

// UnmarshalText reads what [ParseDate] does.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

func appendDate(b []byte, y, m, d int) []byte {
	return append(b,
		byte('0'+y/1000%10), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
}

// daysFromCivil counts days since 1970-01-01 in the proleptic Gregorian
// calendar. Years start in March, so that the leap day is their last.
func daysFromCivil(y, m, d int) int64 {
	if m <= 2 {
		y--
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yoe := y - era*400
	mp := (m + 9) % 12
	doy := (153*mp+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int64(era)*146097 + int64(doe) - 719468
}

// civilFromDays undoes daysFromCivil.
func civilFromDays(z int64) (y, m, d int) {
	z += 719468
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	doe := int(z - era*146097)
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = doy - (153*mp+2)/5 + 1
	m = mp%12 + 1
	if m += 2; m > 12 {
		m -= 12
	}
	y = yoe + int(era)*400
	if m <= 2 {
		y++
	}
	return y, m, d
}

var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func isLeap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func daysIn(y, m int) int {
	if m == 2 && isLeap(y) {
		return 29
	}
	return monthDays[m]
}

// clip bounds text from outside for an error message.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
