package record

import (
	"math"
	"time"

	"github.com/dltgen/dltgen/runtime/value"
)

// at is the first byte of the value at hand, 0 at the end of the data.
func (d *Decoder) at() byte {
	if d.pos < len(d.data) {
		return d.data[d.pos]
	}
	return 0
}

// plain is the string at hand if it has no escapes; false leaves it unread.
func (d *Decoder) plain() ([]byte, int, bool) {
	if d.at() != '"' {
		return nil, 0, false
	}
	end, flags := ScanString(d.data, d.pos+1)
	if end < 0 || flags != 0 {
		return nil, 0, false
	}
	return d.data[d.pos+1 : end], end + 1, true
}

func (d *Decoder) int64(dst *int64) bool {
	if end, kind, raw := ScanNumber(d.data, d.pos); kind == Integer {
		d.pos, *dst = end, int64(raw)
		return true
	}
	v, ok := d.other(KindInt)
	if !ok {
		return false
	}
	n, small := v.Int64()
	*dst = n
	if !small {
		// It was an integer, but no int64 holds it.
		d.keep(v.AppendJSON(nil))
	}
	return small
}

func (d *Decoder) float64(dst *float64) bool {
	switch end, kind, raw := ScanNumber(d.data, d.pos); kind {
	case Double:
		d.pos, *dst = end, math.Float64frombits(raw)
		return true
	case Integer:
		d.pos, *dst = end, float64(int64(raw))
		return true
	default:
	}
	v, ok := d.other(KindDouble)
	*dst = v.Double()
	return ok
}

func (d *Decoder) bool(dst *bool) bool {
	if c := d.at(); c == 't' || c == 'f' {
		if end := SkipLiteral(d.data, d.pos); end >= 0 {
			d.pos, *dst = end, c == 't'
			return true
		}
	}
	v, ok := d.other(KindBool)
	*dst = v.Bool()
	return ok
}

func (d *Decoder) text(dst *string) bool {
	if d.at() == '"' {
		if end, flags := ScanString(d.data, d.pos+1); end >= 0 {
			raw := d.data[d.pos+1 : end]
			d.pos = end + 1
			if flags&Escaped == 0 {
				*dst = view(raw)
			} else {
				*dst = d.unescape(raw)
			}
			return true
		}
	}
	v, ok := d.other(KindText)
	*dst = v.Text()
	return ok
}

func (d *Decoder) bytes(dst *[]byte) bool {
	v, ok := d.other(KindBinary)
	if ok {
		*dst, _ = v.Binary()
	}
	return ok
}

func (d *Decoder) time(dst *time.Time) bool {
	if text, end, ok := d.plain(); ok {
		if micros, ok := value.RFC3339Micros(text); ok {
			d.pos, *dst = end, time.UnixMicro(micros).UTC()
			return true
		}
	}
	v, ok := d.other(KindTimestamp)
	if ok {
		*dst = v.Timestamp().Time().UTC()
	}
	return ok
}

func (d *Decoder) date(dst *value.Date) bool {
	v, ok := d.other(KindDate)
	*dst = v.Date()
	return ok
}

func (d *Decoder) timeOfDay(dst *value.TimeOfDay) bool {
	v, ok := d.other(KindTime)
	*dst = v.Time()
	return ok
}

// decimal takes the digits of a number as they stand, not what a double makes of them.
func (d *Decoder) decimal(dst *value.Decimal) bool {
	if end, kind, _ := ScanNumber(d.data, d.pos); kind != NotNumber {
		n, err := value.ParseDecimal(view(d.data[d.pos:end]))
		if err == nil {
			d.pos, *dst = end, n
			return true
		}
	}
	v, ok := d.other(KindDecimal)
	*dst = v.Decimal()
	return ok
}

func (d *Decoder) big(dst *value.Big) bool {
	if end, kind, raw := ScanNumber(d.data, d.pos); kind == Integer {
		d.pos, *dst = end, value.NewBig(int64(raw))
		return true
	}
	v, ok := d.other(KindInt)
	if ok {
		*dst = v.Big()
	}
	return ok
}

// json takes maps and lists as they are; a string that holds JSON is its JSON.
func (d *Decoder) json(dst *value.JSON) bool {
	if c := d.at(); c == '{' || c == '[' {
		from := d.pos
		if d.skip() {
			*dst = value.JSON(d.data[from:d.pos])
		}
		return d.err == nil
	}
	v, ok := d.other(KindObject)
	if ok {
		*dst = v.AppendJSON(nil)
	}
	return ok
}

// Int64 reads an integer.
func (d *Decoder) Int64(dst *int64) { d.int64(dst) }

// Float64 reads a number.
func (d *Decoder) Float64(dst *float64) { d.float64(dst) }

// Bool reads true or false.
func (d *Decoder) Bool(dst *bool) { d.bool(dst) }

// String reads a text.
func (d *Decoder) String(dst *string) { d.text(dst) }

// Bytes reads base64, or 0x and hex digits.
func (d *Decoder) Bytes(dst *[]byte) { d.bytes(dst) }

// Time reads an ISO timestamp, or unix seconds.
func (d *Decoder) Time(dst *time.Time) { d.time(dst) }

// UnixTime reads unix seconds, or an ISO timestamp.
func (d *Decoder) UnixTime(dst *time.Time) { d.time(dst) }

// Date reads an ISO day.
func (d *Decoder) Date(dst *value.Date) { d.date(dst) }

// TimeOfDay reads an ISO time.
func (d *Decoder) TimeOfDay(dst *value.TimeOfDay) { d.timeOfDay(dst) }

// Decimal reads a number, or a number in a text, exactly.
func (d *Decoder) Decimal(dst *value.Decimal) { d.decimal(dst) }

// Big reads an integer of any size.
func (d *Decoder) Big(dst *value.Big) { d.big(dst) }

// JSON keeps a map or a list as its text.
func (d *Decoder) JSON(dst *value.JSON) { d.json(dst) }

// nullable reads a value that may be null.
func nullable[T any](d *Decoder, dst *value.Null[T], scan func(*Decoder, *T) bool) {
	*dst = value.Null[T]{}
	if d.at() == 'n' && d.null() {
		return
	}
	dst.Valid = scan(d, &dst.V)
	if !dst.Valid {
		*dst = value.Null[T]{}
	}
}

// NullInt64 reads an integer or null.
func (d *Decoder) NullInt64(dst *value.Null[int64]) { nullable(d, dst, (*Decoder).int64) }

// NullFloat64 reads a number or null.
func (d *Decoder) NullFloat64(dst *value.Null[float64]) { nullable(d, dst, (*Decoder).float64) }

// NullBool reads true, false or null.
func (d *Decoder) NullBool(dst *value.Null[bool]) { nullable(d, dst, (*Decoder).bool) }

// NullString reads a text or null.
func (d *Decoder) NullString(dst *value.Null[string]) { nullable(d, dst, (*Decoder).text) }

// NullBytes reads what Bytes does, or null.
func (d *Decoder) NullBytes(dst *value.Null[[]byte]) { nullable(d, dst, (*Decoder).bytes) }

// NullTime reads what Time does, or null.
func (d *Decoder) NullTime(dst *value.Null[time.Time]) { nullable(d, dst, (*Decoder).time) }

// NullUnixTime reads what UnixTime does, or null.
func (d *Decoder) NullUnixTime(dst *value.Null[time.Time]) { nullable(d, dst, (*Decoder).time) }

// NullDate reads what Date does, or null.
func (d *Decoder) NullDate(dst *value.Null[value.Date]) { nullable(d, dst, (*Decoder).date) }

// NullTimeOfDay reads what TimeOfDay does, or null.
func (d *Decoder) NullTimeOfDay(dst *value.Null[value.TimeOfDay]) {
	nullable(d, dst, (*Decoder).timeOfDay)
}

// NullDecimal reads what Decimal does, or null.
func (d *Decoder) NullDecimal(dst *value.Null[value.Decimal]) { nullable(d, dst, (*Decoder).decimal) }

// NullBig reads what Big does, or null.
func (d *Decoder) NullBig(dst *value.Null[value.Big]) { nullable(d, dst, (*Decoder).big) }

// NullJSON reads what JSON does, or null.
func (d *Decoder) NullJSON(dst *value.Null[value.JSON]) { nullable(d, dst, (*Decoder).json) }
