package record

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/runtime/value"
)

// JSON is the value's compact text (N25).
func (v *Value) JSON() []byte { return v.AppendJSON(nil) }

// String is the value's compact JSON text.
func (v *Value) String() string { return string(v.JSON()) }

// AppendJSON appends the value as the text of a json column (N25): compact, keys in
// order, typed values in their text forms, NaN and the infinities as null (N21).
func (v *Value) AppendJSON(b []byte) []byte {
	switch v.kind {
	case KindList:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.Index(i).AppendJSON(b)
		}
		return append(b, ']')
	case KindObject:
		b = append(b, '{')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(AppendQuoted(b, v.Key(i)), ':')
			b = v.Index(i).AppendJSON(b)
		}
		return append(b, '}')
	case KindDecimal, KindWei, KindTimestamp, KindDate, KindTime, KindBinary:
		b = append(b, '"')
		return append(v.appendTyped(b), '"')
	default:
		return v.appendPlain(b)
	}
}

// appendPlain writes the leaves that JSON itself has.
func (v *Value) appendPlain(b []byte) []byte {
	switch v.kind {
	case KindBool:
		if v.n != 0 {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case KindInt:
		return v.Big().AppendText(b)
	case KindDouble:
		return value.AppendJSONFloat(b, v.Double())
	case KindText:
		return AppendQuoted(b, v.s)
	default:
		return append(b, "null"...)
	}
}

// appendTyped writes the text of a leaf that JSON lacks.
func (v *Value) appendTyped(b []byte) []byte {
	switch v.kind {
	case KindDecimal, KindWei:
		return v.Decimal().AppendText(b)
	case KindTimestamp:
		return v.Timestamp().AppendText(b)
	case KindDate:
		return v.Date().AppendText(b)
	case KindTime:
		return v.Time().AppendText(b)
	default:
		if v.hex {
			return hex.AppendEncode(append(b, "0x"...), []byte(v.s))
		}
		return base64.StdEncoding.AppendEncode(b, []byte(v.s))
	}
}

// AppendCanonical appends the text that row and key hashes are made of (S11,
// N62): like AppendJSON but with sorted keys, and typed values marked by a
// character of the private use area (N23).
func (v *Value) AppendCanonical(b []byte) []byte {
	switch v.kind {
	case KindList:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.Index(i).AppendCanonical(b)
		}
		return append(b, ']')
	case KindObject:
		o := v.x.(*object)
		order := make([]int, len(o.keys))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return strings.Compare(o.keys[i], o.keys[j]) })
		b = append(b, '{')
		for n, i := range order {
			if n > 0 {
				b = append(b, ',')
			}
			b = append(AppendQuoted(b, o.keys[i]), ':')
			b = o.vals[i].AppendCanonical(b)
		}
		return append(b, '}')
	case KindDecimal, KindWei, KindTimestamp, KindDate, KindTime, KindBinary:
		b = append(b, '"')
		b = append(b, v.mark()...)
		return append(v.appendTyped(b), '"')
	default:
		return v.appendPlain(b)
	}
}

// mark is the character that tells the type of a text, U+F026 and up.
func (v *Value) mark() string {
	switch v.kind {
	case KindDecimal:
		return "\uf026"
	case KindTimestamp:
		return "\uf027"
	case KindDate:
		return "\uf028"
	case KindWei:
		return "\uf02c"
	case KindTime:
		return "\uf02d"
	default:
		if v.hex {
			return "\uf02a"
		}
		return "\uf02b"
	}
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string, escaping no more than JSON asks for (S11).
func AppendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		case '\f':
			b = append(b, '\\', 'f')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}
