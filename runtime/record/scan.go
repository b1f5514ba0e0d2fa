package record

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// MaxDepth is the deepest nesting of arrays and objects that is read.
const MaxDepth = 512

// What ScanString met in a string besides plain ASCII.
const (
	Escaped  = 1 << iota // a backslash
	NonASCII             // a byte above 0x7f; the text is valid UTF-8
)

// A NumberKind says how ScanNumber read a token (N20).
type NumberKind uint8

// The kinds of number token. An integer has neither a point nor an exponent.
const (
	NotNumber  NumberKind = iota
	Integer               // bits are an int64
	BigInteger            // an integer beyond int64: read the token itself
	Double                // bits are a float64
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// SkipSpace returns the first position from p on that is not white space.
func SkipSpace(data []byte, p int) int {
	for p < len(data) {
		switch data[p] {
		case ' ', '\n', '\r', '\t':
			p++
		default:
			return p
		}
	}
	return p
}

// ScanString reads a string from the byte after its opening quote. It returns
// the position of the closing quote, or -1 if the string is not valid.
func ScanString(data []byte, p int) (end int, flags uint8) {
	start := p
	var seen uint64
	for p+8 <= len(data) {
		w := binary.LittleEndian.Uint64(data[p:])
		q, b := w^(ones*'"'), w^(ones*'\\')
		// A high bit marks a quote, a backslash or a control; borrows can only
		// mark bytes above the first real one.
		m := ((q-ones)&^q | (b-ones)&^b | (w-ones*0x20)&^w) & highs
		if m == 0 {
			seen |= w
			p += 8
			continue
		}
		n := bits.TrailingZeros64(m) >> 3
		seen |= w & (1<<(8*n) - 1)
		p += n
		if data[p] == '"' {
			return finish(data, start, p, seen)
		}
		return scanRest(data, start, p, seen&highs != 0)
	}
	return scanRest(data, start, p, seen&highs != 0)
}

func finish(data []byte, start, p int, seen uint64) (int, uint8) {
	if seen&highs == 0 {
		return p, 0
	}
	if !utf8.Valid(data[start:p]) {
		return -1, 0
	}
	return p, NonASCII
}

// scanRest goes byte by byte: strings with escapes, and the end of the data.
func scanRest(data []byte, start, p int, high bool) (int, uint8) {
	var flags uint8
	for ; p < len(data); p++ {
		switch c := data[p]; {
		case c == '"':
			if high {
				flags |= NonASCII
				if !utf8.Valid(data[start:p]) {
					return -1, 0
				}
			}
			return p, flags
		case c == '\\':
			n := escapeLength(data, p)
			if n == 0 {
				return -1, 0
			}
			flags |= Escaped
			p += n - 1
		case c < 0x20:
			return -1, 0
		case c >= 0x80:
			high = true
		}
	}
	return -1, 0
}

// escapeLength is the length of the escape at p, 0 if it is not valid.
func escapeLength(data []byte, p int) int {
	if p+1 >= len(data) {
		return 0
	}
	switch data[p+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if p+6 <= len(data) {
			if _, ok := hex4(data[p+2 : p+6]); ok {
				return 6
			}
		}
	}
	return 0
}

func hex4(b []byte) (rune, bool) {
	var r rune
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20-'a' <= 5:
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// AppendUnescaped appends the text of a scanned string, given without its
// quotes. A lone surrogate becomes U+FFFD.
func AppendUnescaped(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			n := i + 1
			for n < len(raw) && raw[n] != '\\' {
				n++
			}
			dst = append(dst, raw[i:n]...)
			i = n
			continue
		}
		i += 2
		switch raw[i-1] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			var r rune
			r, i = unescapeRune(raw, i)
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, raw[i-1])
		}
	}
	return dst
}

// unescapeRune reads the digits after \u, and a second escape if it makes a pair.
func unescapeRune(raw []byte, i int) (rune, int) {
	r, _ := hex4(raw[i : i+4])
	i += 4
	if !utf16.IsSurrogate(r) {
		return r, i
	}
	if i+6 <= len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
		if low, ok := hex4(raw[i+2 : i+6]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, i + 6
			}
		}
	}
	return utf8.RuneError, i
}

// ScanNumber reads the number token at p. It returns the position after it and
// its value as the raw bits of an int64 or a float64.
func ScanNumber(data []byte, p int) (end int, kind NumberKind, raw uint64) {
	start := p
	neg := p < len(data) && data[p] == '-'
	if neg {
		p++
	}
	if p >= len(data) || data[p]-'0' > 9 {
		return p, NotNumber, 0
	}
	first := p
	var m uint64
	for p < len(data) && data[p]-'0' <= 9 {
		m = m*10 + uint64(data[p]-'0')
		p++
	}
	digits := p - first
	if data[first] == '0' && digits > 1 {
		return first, NotNumber, 0
	}
	if p >= len(data) || data[p] != '.' && data[p]|0x20 != 'e' {
		if digits > 18 {
			return wideInteger(data, start, p)
		}
		if neg {
			m = -m
		}
		return p, Integer, m
	}
	scale := 0
	if data[p] == '.' {
		point := p + 1
		for p = point; p < len(data) && data[p]-'0' <= 9; p++ {
			m = m*10 + uint64(data[p]-'0')
		}
		scale = p - point
		if scale == 0 {
			return p, NotNumber, 0
		}
	}
	if digits+scale <= 18 && scale <= 22 && m < 1<<53 && (p >= len(data) || data[p]|0x20 != 'e') {
		f := float64(m) / exact[scale]
		if neg {
			f = -f
		}
		return p, Double, math.Float64bits(f)
	}
	return wideFloat(data, start, p)
}

// exact are the powers of ten that a float64 holds exactly.
var exact = [23]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

func wideInteger(data []byte, start, end int) (int, NumberKind, uint64) {
	n, err := strconv.ParseInt(view(data[start:end]), 10, 64)
	if err != nil {
		return end, BigInteger, 0
	}
	return end, Integer, uint64(n)
}

// wideFloat finishes a token that may have an exponent or many digits.
func wideFloat(data []byte, start, p int) (int, NumberKind, uint64) {
	if p < len(data) && data[p]|0x20 == 'e' {
		p++
		if p < len(data) && (data[p] == '+' || data[p] == '-') {
			p++
		}
		digits := p
		for p < len(data) && data[p]-'0' <= 9 {
			p++
		}
		if p == digits {
			return p, NotNumber, 0
		}
	}
	f, err := strconv.ParseFloat(view(data[start:p]), 64)
	if err != nil {
		return start, NotNumber, 0
	}
	return p, Double, math.Float64bits(f)
}

// view is b as a string without a copy; b must not change while it is used.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// SkipValue returns the position after the value at p, or -1 if it is not
// valid JSON.
func SkipValue(data []byte, p int) int { return skip(data, p, 0) }

func skip(data []byte, p, depth int) int {
	if p >= len(data) || depth > MaxDepth {
		return -1
	}
	switch c := data[p]; c {
	case '"':
		end, _ := ScanString(data, p+1)
		if end < 0 {
			return -1
		}
		return end + 1
	case '{':
		return skipObject(data, SkipSpace(data, p+1), depth)
	case '[':
		return skipList(data, SkipSpace(data, p+1), depth)
	case 't', 'f', 'n':
		return SkipLiteral(data, p)
	default:
		end, kind, _ := ScanNumber(data, p)
		if kind == NotNumber {
			return -1
		}
		return end
	}
}

// SkipLiteral returns the position after true, false or null at p, or -1.
func SkipLiteral(data []byte, p int) int {
	if p+4 <= len(data) {
		switch w := data[p : p+4]; string(w) {
		case "true", "null":
			return p + 4
		case "fals":
			if p+4 < len(data) && data[p+4] == 'e' {
				return p + 5
			}
		}
	}
	return -1
}

func skipObject(data []byte, p, depth int) int {
	if p < len(data) && data[p] == '}' {
		return p + 1
	}
	for {
		if p >= len(data) || data[p] != '"' {
			return -1
		}
		end, _ := ScanString(data, p+1)
		if end < 0 {
			return -1
		}
		p = SkipSpace(data, end+1)
		if p >= len(data) || data[p] != ':' {
			return -1
		}
		if p = skip(data, SkipSpace(data, p+1), depth+1); p < 0 {
			return -1
		}
		p = SkipSpace(data, p)
		switch {
		case p >= len(data):
			return -1
		case data[p] == '}':
			return p + 1
		case data[p] != ',':
			return -1
		}
		p = SkipSpace(data, p+1)
	}
}

func skipList(data []byte, p, depth int) int {
	if p < len(data) && data[p] == ']' {
		return p + 1
	}
	for {
		if p = skip(data, p, depth+1); p < 0 {
			return -1
		}
		p = SkipSpace(data, p)
		switch {
		case p >= len(data):
			return -1
		case data[p] == ']':
			return p + 1
		case data[p] != ',':
			return -1
		}
		p = SkipSpace(data, p+1)
	}
}
