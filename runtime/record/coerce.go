package record

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/dltgen/dltgen/runtime/value"
)

// Coerce fits a value that is not null to a column's type, by the matrix of
// N44. KindObject and KindList both mean a json column. False means that the
// value belongs in a variant column.
func Coerce(v *Value, to Kind) (Value, bool) {
	if v.kind == to {
		return *v, true
	}
	switch to {
	case KindText:
		return coerceText(v)
	case KindInt:
		return coerceInt(v)
	case KindDouble:
		return coerceDouble(v)
	case KindDecimal, KindWei:
		return coerceDecimal(v, to)
	case KindBool:
		return coerceBool(v)
	case KindTimestamp:
		return coerceTimestamp(v)
	case KindDate:
		return coerceDate(v)
	case KindTime:
		if v.kind == KindText {
			t, err := value.ParseTimeOfDay(v.s)
			return TimeValue(t), err == nil
		}
	case KindBinary:
		return coerceBinary(v)
	case KindList, KindObject:
		return coerceJSON(v)
	case KindNull:
	}
	return Value{}, false
}

// coerceText is note 10.
func coerceText(v *Value) (Value, bool) {
	var buf [64]byte
	b := buf[:0]
	switch v.kind {
	case KindBool:
		if v.n != 0 {
			return TextValue("True"), true
		}
		return TextValue("False"), true
	case KindDouble:
		b = value.AppendFloat(b, v.Double())
	case KindList, KindObject, KindInt:
		b = v.AppendJSON(b)
	case KindNull:
		return Value{}, false
	default:
		b = v.appendTyped(b)
	}
	return TextValue(string(b)), true
}

func coerceInt(v *Value) (Value, bool) {
	switch v.kind {
	case KindText:
		n, ok := textInt(v.s)
		return BigValue(n), ok
	case KindDouble:
		f := v.Double()
		if f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
			return Value{}, false
		}
		return IntValue(int64(f)), true
	case KindDecimal, KindWei:
		n, ok := v.Decimal().Int()
		if !ok || !n.IsInt64() {
			return Value{}, false
		}
		return IntValue(n.Int64()), true
	default:
		return Value{}, false
	}
}

// textInt is note 1: 0x with hex digits, or a sign and digits of any script
// with single underscores between them.
func textInt(s string) (value.Big, bool) {
	s = strings.TrimSpace(s)
	if h, ok := strings.CutPrefix(s, "0x"); ok {
		return parseInt(h, 16, true)
	}
	return parseInt(s, 10, false)
}

func parseInt(s string, base int, unsigned bool) (value.Big, bool) {
	if n, err := strconv.ParseInt(s, base, 64); err == nil && (!unsigned || s[0] != '-' && s[0] != '+') {
		return value.NewBig(n), true
	}
	digits, ok := plainDigits(s, unsigned)
	if !ok {
		return value.Big{}, false
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return value.Big{}, false
	}
	return value.BigFromInt(n), true
}

// plainDigits drops single underscores between digits and turns digits of
// other scripts into ASCII.
func plainDigits(s string, unsigned bool) (string, bool) {
	var b strings.Builder
	wasDigit := false
	for i, r := range s {
		switch {
		case i == 0 && !unsigned && (r == '+' || r == '-'):
			b.WriteRune(r)
			continue
		case r == '_':
			if !wasDigit || i == len(s)-1 {
				return "", false
			}
			wasDigit = false
			continue
		case r > unicode.MaxASCII:
			d, ok := digitOf(r)
			if !ok {
				return "", false
			}
			b.WriteByte('0' + d)
		default:
			b.WriteRune(r)
		}
		wasDigit = true
	}
	return b.String(), wasDigit
}

// digitOf is the value of a decimal digit of any script: they come in runs of
// ten that start at zero.
func digitOf(r rune) (byte, bool) {
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, rng := range unicode.Nd.R16 {
		if lo, hi := rune(rng.Lo), rune(rng.Hi); lo <= r && r <= hi {
			return byte((r - lo) % 10), true
		}
	}
	for _, rng := range unicode.Nd.R32 {
		if lo, hi := rune(rng.Lo), rune(rng.Hi); lo <= r && r <= hi {
			return byte((r - lo) % 10), true
		}
	}
	return 0, false
}

func coerceDouble(v *Value) (Value, bool) {
	switch v.kind {
	case KindText:
		s := strings.TrimSpace(v.s)
		if h, ok := strings.CutPrefix(s, "0x"); ok {
			n, ok := parseInt(h, 16, true)
			return DoubleValue(n.Float64()), ok
		}
		f, ok := textFloat(s)
		return DoubleValue(f), ok
	case KindInt:
		return DoubleValue(v.Big().Float64()), true
	case KindDecimal, KindWei:
		return DoubleValue(v.Decimal().Float64()), true
	default:
		return Value{}, false
	}
}

// textFloat is note 2 without hex; a number too large is an infinity.
func textFloat(s string) (float64, bool) {
	digits, ok := plainDigits(s, false)
	if !ok && !strings.HasSuffix(s, ".") {
		return 0, false
	}
	if ok {
		s = digits
	}
	if strings.ContainsAny(s, "xXpP_") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || math.IsInf(f, 0)
}

func coerceDecimal(v *Value, to Kind) (Value, bool) {
	var d value.Decimal
	switch v.kind {
	case KindText:
		s := strings.TrimSpace(v.s)
		if h, ok := strings.CutPrefix(s, "0x"); ok {
			n, ok := parseInt(h, 16, true)
			if !ok {
				return Value{}, false
			}
			d = n.Decimal()
			break
		}
		var err error
		if d, err = value.ParseDecimal(s); err != nil {
			return Value{}, false
		}
	case KindInt:
		d = v.Big().Decimal()
	case KindDouble:
		d = value.DecimalFromFloat(v.Double())
	case KindDecimal, KindWei:
		d = v.Decimal()
	default:
		return Value{}, false
	}
	return Value{kind: to, x: d}, true
}

// coerceBool is note 4 for texts.
func coerceBool(v *Value) (Value, bool) {
	switch v.kind {
	case KindText:
		switch strings.ToLower(v.s) {
		case "yes", "true", "t", "y", "1":
			return BoolValue(true), true
		case "no", "false", "f", "n", "0":
			return BoolValue(false), true
		}
	case KindInt:
		return BoolValue(v.Big().Sign() != 0), true
	case KindDouble:
		return BoolValue(v.Double() != 0), true
	case KindDecimal, KindWei:
		return BoolValue(v.Decimal().Sign() != 0 || !v.Decimal().IsFinite()), true
	default:
	}
	return Value{}, false
}

// seconds is a number read as unix time: notes 5 and 11.
func seconds(v *Value) (float64, bool) {
	switch v.kind {
	case KindInt:
		return v.Big().Float64(), true
	case KindDouble:
		return v.Double(), true
	case KindText:
		return textFloat(strings.TrimSpace(v.s))
	default:
		return 0, false
	}
}

func coerceTimestamp(v *Value) (Value, bool) {
	switch v.kind {
	case KindText:
		if iso, ok := value.ParseISO(v.s); ok {
			switch iso.Kind {
			case value.ISOTimestamp:
				return TimestampValue(iso.Timestamp), true
			case value.ISODate:
				return midnight(iso.Date), true
			case value.ISOTime:
				return Value{}, false
			}
		}
	case KindDate:
		return midnight(v.Date()), true
	default:
	}
	f, ok := seconds(v)
	if !ok {
		return Value{}, false
	}
	t, ok := value.TimestampFromUnix(f)
	return TimestampValue(t), ok
}

func midnight(d value.Date) Value {
	return TimestampValue(value.Timestamp{Micros: d.Time().UnixMicro(), Naive: true})
}

// coerceDate is notes 6 and 16: what a timestamp column takes, then the day in UTC.
func coerceDate(v *Value) (Value, bool) {
	if v.kind == KindTimestamp {
		return DateValue(v.Timestamp().Date()), true
	}
	t, ok := coerceTimestamp(v)
	return DateValue(t.Timestamp().Date()), ok
}

func coerceBinary(v *Value) (Value, bool) {
	switch v.kind {
	case KindText:
		if h, ok := strings.CutPrefix(v.s, "0x"); ok {
			b, err := hex.DecodeString(h)
			return BinaryValue(b), err == nil
		}
		b, err := base64.StdEncoding.Strict().DecodeString(v.s)
		return BinaryValue(b), err == nil && !strings.ContainsAny(v.s, "\r\n")
	case KindInt:
		n := v.Big()
		if n.Sign() < 0 {
			return Value{}, false
		}
		b := n.Int().Bytes()
		for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
		return BinaryValue(b), true
	default:
		return Value{}, false
	}
}

func coerceJSON(v *Value) (Value, bool) {
	switch v.kind {
	case KindList, KindObject:
		return *v, true
	case KindText:
		t, err := Parse([]byte(v.s))
		if err != nil {
			return Value{}, false
		}
		return *t, true
	default:
		return Value{}, false
	}
}
