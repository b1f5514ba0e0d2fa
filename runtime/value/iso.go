package value

// An ISOKind says what an ISO-like text means.
type ISOKind uint8

// The kinds of ISO-like text.
const (
	ISODate ISOKind = iota + 1
	ISOTimestamp
	ISOTime
)

// An ISO is what [ParseISO] found; the field that Kind names is set.
type ISO struct {
	Kind      ISOKind
	Date      Date
	Timestamp Timestamp
	// Time is in UTC if the text had an offset.
	Time TimeOfDay
}

// ParseISO reads a date, a date with a time, or a time by the grammar of N32.
// Nothing surrounds it; fractions beyond six digits are cut.
func ParseISO(s string) (ISO, bool) {
	// No form is longer but for digits of a fraction, which nobody writes by the dozen.
	if s == "" || len(s) > 128 {
		return ISO{}, false
	}
	if d, ok := parseISODate(s); ok {
		return ISO{Kind: ISODate, Date: d}, true
	}
	if t, ok := parseISODateTime(s); ok {
		return ISO{Kind: ISOTimestamp, Timestamp: t}, true
	}
	if t, ok := parseISOTime(s); ok {
		return ISO{Kind: ISOTime, Time: t}, true
	}
	return parseLoose(s)
}

// A digits reads fixed numbers of digits from the front of a text.
type digits struct {
	s  string
	ok bool
}

func (d *digits) number(n int) int {
	if len(d.s) < n {
		d.ok = false
		return 0
	}
	v := 0
	for i := range n {
		c := d.s[i] - '0'
		if c > 9 {
			d.ok = false
			return 0
		}
		v = v*10 + int(c)
	}
	d.s = d.s[n:]
	return v
}

// skip takes c if it is next.
func (d *digits) skip(c byte) bool {
	if len(d.s) > 0 && d.s[0] == c {
		d.s = d.s[1:]
		return true
	}
	return false
}

// parseISODate reads extended and basic dates, whole or partial.
func parseISODate(s string) (Date, bool) {
	d, basic := digits{s, true}, true
	y := d.number(4)
	if !d.ok || y == 0 {
		return 0, false
	}
	if d.s == "" {
		return civil(y, 1, 1)
	}
	if d.skip('-') {
		basic = false
	}
	if d.skip('W') {
		return parseWeek(y, &d, basic)
	}
	switch {
	case len(d.s) == 3: // ordinal
		n := d.number(3)
		return ordinal(y, n, d.ok)
	case !basic && len(d.s) == 2:
		m := d.number(2)
		if !d.ok {
			return 0, false
		}
		return civil(y, m, 1)
	case basic && len(d.s) == 4, !basic && len(d.s) == 5:
		m := d.number(2)
		if !basic && !d.skip('-') {
			return 0, false
		}
		day := d.number(2)
		if !d.ok {
			return 0, false
		}
		return civil(y, m, day)
	}
	return 0, false
}

func parseWeek(y int, d *digits, basic bool) (Date, bool) {
	w, day := d.number(2), 1
	if d.s != "" {
		if !basic && !d.skip('-') {
			return 0, false
		}
		day = d.number(1)
	}
	if !d.ok || d.s != "" || w < 1 || day < 1 || day > 7 {
		return 0, false
	}
	// 4 January is always in week 1.
	jan4 := daysFromCivil(y, 1, 4)
	monday := jan4 - (jan4+3)%7
	if jan4+3 < 0 {
		monday = jan4 - ((jan4+3)%7+7)%7
	}
	first := monday + int64(w-1)*7
	if w > 52 {
		// Week 53 exists if its Thursday is still in the year.
		if ty, _, _ := civilFromDays(first + 3); w > 53 || ty != y {
			return 0, false
		}
	}
	n := Date(first + int64(day-1))
	return n, n >= MinDate && n <= MaxDate
}

func ordinal(y, n int, ok bool) (Date, bool) {
	most := 365
	if isLeap(y) {
		most = 366
	}
	if !ok || n < 1 || n > most {
		return 0, false
	}
	return Date(daysFromCivil(y, 1, 1) + int64(n-1)), true
}

func civil(y, m, d int) (Date, bool) {
	if y < 1 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return Date(daysFromCivil(y, m, d)), true
}

// parseISODateTime reads a date other than a bare year, T or a space, a time
// in the date's own form, and an optional offset.
func parseISODateTime(s string) (Timestamp, bool) {
	at := -1
	for i := 5; i < len(s) && i <= 10; i++ {
		if s[i] == 'T' || s[i] == ' ' {
			at = i
			break
		}
	}
	if at < 0 {
		return Timestamp{}, false
	}
	date, ok := parseISODate(s[:at])
	if !ok {
		return Timestamp{}, false
	}
	clock, rest, ok := parseClock(s[at+1:], s[4] == '-')
	if !ok {
		return Timestamp{}, false
	}
	off, naive, ok := parseOffset(rest)
	if !ok {
		return Timestamp{}, false
	}
	return instant(date, clock, off, naive)
}

func instant(date Date, clock int64, off int, naive bool) (Timestamp, bool) {
	t := Timestamp{Micros: int64(date)*microsPerDay + clock - int64(off)*microsPerSecond, Offset: int32(off), Naive: naive}
	return t, t.Micros >= MinMicros && t.Micros <= MaxMicros
}

// parseClock reads HH[:MM[:SS[.f]]] after an extended date, and
// HH[MM[SS[.f]]] or HH:MM after a basic one. It returns what follows.
func parseClock(s string, extended bool) (micros int64, rest string, ok bool) {
	d := digits{s, true}
	var m, sec int
	h := d.number(2)
	colons := len(d.s) > 0 && d.s[0] == ':'
	if colons {
		d.s = d.s[1:]
		m = d.number(2)
		if extended && d.skip(':') {
			sec = d.number(2)
			return clockOf(h, m, sec, d, true)
		}
		return clockOf(h, m, 0, d, false)
	}
	if extended || len(d.s) < 2 || d.s[0]-'0' > 9 {
		return clockOf(h, 0, 0, d, false)
	}
	m = d.number(2)
	if len(d.s) < 2 || d.s[0]-'0' > 9 {
		return clockOf(h, m, 0, d, false)
	}
	sec = d.number(2)
	return clockOf(h, m, sec, d, true)
}

// clockOf checks the fields and reads a fraction where one may follow.
func clockOf(h, m, sec int, d digits, frac bool) (micros int64, rest string, ok bool) {
	if !d.ok || h > 23 || m > 59 || sec > 59 {
		return 0, "", false
	}
	micros = int64(h*3600+m*60+sec) * microsPerSecond
	if frac && len(d.s) > 0 && (d.s[0] == '.' || d.s[0] == ',') {
		f, n := fraction([]byte(d.s[1:]))
		if n == 0 {
			return 0, "", false
		}
		micros += f
		d.s = d.s[1+n:]
	}
	return micros, d.s, true
}

// parseOffset reads nothing, Z, ±HH, ±HHMM or ±HH:MM, up to 24 hours.
func parseOffset(s string) (seconds int, naive, ok bool) {
	switch s {
	case "":
		return 0, true, true
	case "Z":
		return 0, false, true
	}
	if s[0] != '+' && s[0] != '-' {
		return 0, false, false
	}
	d := digits{s[1:], true}
	h, m := d.number(2), 0
	if d.s != "" {
		d.skip(':')
		m = d.number(2)
	}
	if !d.ok || d.s != "" || m > 59 || h*60+m > 24*60 {
		return 0, false, false
	}
	seconds = h*3600 + m*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, false, true
}

// parseISOTime reads HH:MM[:SS[.f]], or T followed by a basic or extended time.
func parseISOTime(s string) (TimeOfDay, bool) {
	var (
		clock int64
		rest  string
		ok    bool
	)
	if s[0] == 'T' {
		s = s[1:]
		clock, rest, ok = parseClock(s, len(s) > 2 && s[2] == ':')
	} else if len(s) > 2 && s[2] == ':' {
		clock, rest, ok = parseClock(s, true)
	}
	if !ok {
		return 0, false
	}
	off, _, ok := parseOffset(rest)
	if !ok {
		return 0, false
	}
	utc := clock - int64(off)*microsPerSecond
	return TimeOfDay(((utc % microsPerDay) + microsPerDay) % microsPerDay), true
}

// parseLoose reads the fallback forms without offset: a date with / or :
// between its parts, a time with single digits, or both.
func parseLoose(s string) (ISO, bool) {
	d := digits{s, true}
	date, hasDate := looseDate(&d)
	if hasDate && d.s == "" {
		return ISO{Kind: ISODate, Date: date}, true
	}
	if hasDate {
		d.skip(' ')
	}
	clock, ok := looseClock(d.s)
	if !ok {
		return ISO{}, false
	}
	if !hasDate {
		return ISO{Kind: ISOTime, Time: TimeOfDay(clock)}, true
	}
	t, ok := instant(date, clock, 0, true)
	return ISO{Kind: ISOTimestamp, Timestamp: t}, ok
}

// looseDate takes YYYY[[/:]MM[/:]DD] from the front if it is there. A text
// that only starts with digits of a time is left alone.
func looseDate(d *digits) (Date, bool) {
	t := digits{d.s, true}
	y := t.number(4)
	if !t.ok || y == 0 {
		return 0, false
	}
	m, day := 1, 1
	full := t
	sep := byte(0)
	if len(full.s) > 0 && (full.s[0] == '/' || full.s[0] == ':') {
		sep = full.s[0]
		full.s = full.s[1:]
	}
	fm := full.number(2)
	if sep == 0 || full.skip('/') || full.skip(':') {
		fd := full.number(2)
		if full.ok {
			t, m, day = full, fm, fd
		}
	}
	date, ok := civil(y, m, day)
	if ok {
		*d = t
	}
	return date, ok
}

// looseClock reads H{1,2}:M{1,2}[:S{1,2}][(.|,)f{1,9}].
func looseClock(s string) (micros int64, ok bool) {
	var parts [3]int
	n := 0
	for {
		i := 0
		for i < len(s) && i < 2 && s[i]-'0' <= 9 {
			parts[n] = parts[n]*10 + int(s[i]-'0')
			i++
		}
		if i == 0 {
			return 0, false
		}
		s = s[i:]
		n++
		if n == 3 || s == "" || s[0] != ':' {
			break
		}
		s = s[1:]
	}
	if n < 2 || parts[0] > 23 || parts[1] > 59 || parts[2] > 59 {
		return 0, false
	}
	micros = int64(parts[0]*3600+parts[1]*60+parts[2]) * microsPerSecond
	if s == "" {
		return micros, true
	}
	if s[0] == '.' || s[0] == ',' {
		s = s[1:]
	} else if len(s) > 2 && s[:2] == "||" {
		s = s[2:]
	} else {
		return 0, false
	}
	f, digits := fraction([]byte(s))
	return micros + f, digits > 0 && digits == len(s) && digits <= 9
}
