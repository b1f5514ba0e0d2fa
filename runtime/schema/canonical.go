package schema

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// appendCanonical appends v as canonical JSON (S11): no white space, keys sorted.
func appendCanonical(b []byte, v any) []byte {
	switch v := v.(type) {
	case Hints:
		b = append(b, '{')
		for i, h := range sorted(v) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, h.Key), ':')
			b = appendCanonical(b, h.Value)
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, x := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, x)
		}
		return append(b, ']')
	}
	return appendScalar(b, v)
}

// compact is v as JSON without white space, its keys in their own order.
func compact(v any) []byte { return appendJSON(nil, v, "", "") }

// appendJSON appends v as JSON with keys in their own order. An empty indent
// gives it without white space.
func appendJSON(b []byte, v any, indent, prefix string) []byte {
	open, end, n := byte('['), byte(']'), 0
	switch v := v.(type) {
	case Hints:
		open, end, n = '{', '}', len(v)
	case []any:
		n = len(v)
	default:
		return appendScalar(b, v)
	}
	b = append(b, open)
	inner := prefix + indent
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		if indent != "" {
			b = append(append(b, '\n'), inner...)
		}
		switch v := v.(type) {
		case Hints:
			b = append(appendString(b, v[i].Key), ':')
			if indent != "" {
				b = append(b, ' ')
			}
			b = appendJSON(b, v[i].Value, indent, inner)
		case []any:
			b = appendJSON(b, v[i], indent, inner)
		}
	}
	if n > 0 && indent != "" {
		b = append(append(b, '\n'), prefix...)
	}
	return append(b, end)
}

func appendScalar(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return appendFloat(b, v)
	case json.Number:
		return append(b, v...)
	case string:
		return appendString(b, v)
	}
	return append(b, "null"...)
}

// appendFloat writes the shortest digits that read back as f (N24).
func appendFloat(b []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return append(b, "null"...)
	case abs != 0 && (abs < 1e-5 || abs >= 1e16):
		text := strconv.FormatFloat(f, 'e', -1, 64)
		mantissa, exp, _ := strings.Cut(text, "e")
		b = append(append(b, mantissa...), 'e', exp[0])
		return append(b, strings.TrimLeft(exp[1:], "0")...)
	}
	n := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	if !strings.Contains(string(b[n:]), ".") {
		b = append(b, ".0"...)
	}
	return b
}

// appendString escapes what JSON demands and no more. Bytes that are not UTF-8
// become the replacement character.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= 0x20:
			b = utf8.AppendRune(b, r)
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r == '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hex[r>>4], hex[r&15])
		}
	}
	return append(b, '"')
}
