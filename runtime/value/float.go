package value

import (
	"math"
	"slices"
	"strconv"
)

// AppendJSONFloat appends f as the JSON texts of dlt have it (N24): shortest
// digits, always with a fraction or an exponent, fixed notation for 1e-5 ≤ |f| < 1e16.
// What JSON cannot say, NaN and the infinities, becomes null.
func AppendJSONFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	return appendShortest(b, f, 1e-5, false)
}

// AppendFloat appends f as a text column has it (N24): fixed notation for
// 1e-4 ≤ |f| < 1e16, exponents of at least two digits; nan, inf and -inf.
func AppendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	return appendShortest(b, f, 1e-4, true)
}

func appendShortest(b []byte, f, least float64, padded bool) []byte {
	if a := math.Abs(f); a == 0 || a >= least && a < 1e16 {
		from := len(b)
		b = strconv.AppendFloat(b, f, 'f', -1, 64)
		if slices.Contains(b[from:], '.') {
			return b
		}
		return append(b, ".0"...)
	}
	b = strconv.AppendFloat(b, f, 'e', -1, 64)
	// strconv pads the exponent to two digits; JSON texts do not.
	if n := len(b); !padded && b[n-2] == '0' && (b[n-3] == '+' || b[n-3] == '-') {
		b = append(b[:n-2], b[n-1])
	}
	return b
}
