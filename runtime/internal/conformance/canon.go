package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// canonNumber is a double as ECMAScript and RFC 8785 write it.
func canonNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return `"NaN"`
	case math.IsInf(f, 1):
		return `"Infinity"`
	case math.IsInf(f, -1):
		return `"-Infinity"`
	case f == 0:
		return "0"
	}
	text, err := json.Marshal(f) // encoding/json writes the ECMAScript form
	if err != nil {
		return strconv.Quote(err.Error())
	}
	return string(text)
}

// canonDecimal is plain notation without trailing zeros after the point, quoted.
func canonDecimal(text string) string {
	text = strings.TrimSpace(text)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "" || text == "-0" || text == "-" {
		text = "0"
	}
	return canonString(text)
}

// canonString quotes with the escapes of section 2.4 of the case format.
func canonString(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		default:
			if c < 0x20 {
				fmt.Fprintf(&b, `\u%04x`, c)
			} else {
				b.WriteByte(c)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// canonJSON is the canonical text of a JSON document: no spaces, keys sorted,
// integers with all their digits.
func canonJSON(doc string) (string, error) {
	v, err := decodeJSON(strings.NewReader(doc))
	if err != nil {
		return "", err
	}
	return canonText(v), nil
}

func decodeJSON(r io.Reader) (any, error) {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// canonText writes a value as decodeJSON gives it.
func canonText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return canonString(v)
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			return v.String()
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return canonNumber(f)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = canonText(v[i])
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b string) int { return bytes.Compare([]byte(a), []byte(b)) })
		parts := make([]string, len(keys))
		for i, k := range keys {
			parts[i] = canonString(k) + ":" + canonText(v[k])
		}
		return "{" + strings.Join(parts, ",") + "}"
	default:
		return canonString(fmt.Sprintf("?%T", v))
	}
}
