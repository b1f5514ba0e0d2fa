package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxDepth bounds nesting, so that a hostile document cannot exhaust the stack.
const maxDepth = 512

// Parse reads one document of typed JSON. The document must be an object.
func Parse(data []byte) (*Object, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := parseValue(dec, 0)
	if err != nil {
		return nil, fmt.Errorf("typed json: byte %d: %w", dec.InputOffset(), err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("typed json: byte %d: more after the document", dec.InputOffset())
	}
	o, ok := v.(*Object)
	if !ok {
		return nil, errors.New("typed json: the document is no object")
	}
	return o, nil
}

func parseValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d levels deep", maxDepth)
	}
	tok, err := dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Delim:
		if tok == '{' {
			return parseObject(dec, depth)
		}
		return parseList(dec, depth)
	case json.Number:
		return parseNumber(string(tok))
	case string:
		return decodeText(tok), nil
	default: // bool, nil
		return tok, nil
	}
}

func parseObject(dec *json.Decoder, depth int) (*Object, error) {
	o := &Object{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := tok.(string)
		if !ok {
			return nil, fmt.Errorf("object key %v is no string", tok)
		}
		v, err := parseValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		o.Set(key, v)
	}
	_, err := dec.Token()
	return o, err
}

func parseList(dec *json.Decoder, depth int) ([]any, error) {
	list := []any{}
	for dec.More() {
		v, err := parseValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.Token()
	return list, err
}

// parseNumber follows ST23: a point or an exponent makes a float, anything else
// is an integer of 64 bits, signed or not.
func parseNumber(s string) (any, error) {
	if strings.ContainsAny(s, ".eE") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil && !math.IsInf(f, 0) {
			return nil, err
		}
		return f, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("integer %.40s does not fit 64 bits", s)
	}
	return n, nil
}

// Encode writes typed JSON without spaces, keys in their order.
func Encode(o *Object) []byte { return appendValue(nil, o, false) }

// Canonical writes typed JSON without spaces, keys sorted at every depth: the
// form that is hashed (ST5).
func Canonical(o *Object) []byte { return appendValue(nil, o, true) }

func appendValue(b []byte, v any, sorted bool) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case float64:
		return appendFloat(b, v)
	case string:
		return appendString(b, v)
	case Typed:
		return appendString(b, v.encoded())
	case []any:
		b = append(b, '[')
		for i := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, v[i], sorted)
		}
		return append(b, ']')
	case *Object:
		return appendObject(b, v, sorted)
	default: // nil; no other type gets into a document
		return append(b, "null"...)
	}
}

func appendObject(b []byte, o *Object, sorted bool) []byte {
	if o == nil {
		return append(b, "null"...)
	}
	keys := o.keys
	if sorted {
		keys = slices.Sorted(slices.Values(keys))
	}
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, k)
		b = append(b, ':')
		b = appendValue(b, o.values[k], sorted)
	}
	return append(b, '}')
}

// appendFloat writes the shortest form that reads back, always with a point or
// an exponent, positional for decimal exponents -5 to 15 (ST23).
func appendFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	if f == 0 {
		if math.Signbit(f) {
			return append(b, "-0.0"...)
		}
		return append(b, "0.0"...)
	}
	sci := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exp, _ := strings.Cut(sci, "e")
	n, _ := strconv.Atoi(exp)
	if n >= -5 && n <= 15 {
		start := len(b)
		b = strconv.AppendFloat(b, f, 'f', -1, 64)
		if !bytes.ContainsRune(b[start:], '.') {
			b = append(b, ".0"...)
		}
		return b
	}
	b = append(b, mantissa...)
	b = append(b, 'e')
	if n > 0 {
		b = append(b, '+')
	}
	return strconv.AppendInt(b, int64(n), 10)
}

const hexDigits = "0123456789abcdef"

// appendString escapes only what JSON demands; everything else is raw UTF-8 (ST22).
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20:
			b = append(b, c)
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c == '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(b, '"')
}
