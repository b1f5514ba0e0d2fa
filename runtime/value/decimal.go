package value

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// A Decimal is an exact decimal number that keeps its scale: 1.50 and 1.5 are
// equal but write differently. It may also be NaN or infinite. The zero value is 0.
type Decimal struct {
	hi, lo uint64   // the coefficient's magnitude, if wide is nil
	wide   *big.Int // the magnitude beyond 128 bits; never changed
	exp    int32
	neg    bool
	form   form
}

type form uint8

const (
	finite form = iota
	infinite
	notANumber
)

// maxExponent bounds exponents, so that no text makes a number of gigabytes.
const maxExponent = 1 << 20

// NewDecimal is unscaled × 10^-scale.
func NewDecimal(unscaled int64, scale int) Decimal {
	d := Decimal{lo: uint64(unscaled), exp: int32(-scale), neg: unscaled < 0}
	if d.neg {
		d.lo = -d.lo
	}
	return d
}

// DecimalFromBig is unscaled × 10^-scale.
func DecimalFromBig(unscaled *big.Int, scale int) Decimal {
	d := Decimal{exp: int32(-scale), neg: unscaled.Sign() < 0}
	d.setMagnitude(new(big.Int).Abs(unscaled))
	return d
}

// DecimalFromFloat is the shortest decimal that reads back as f (N44, note 14).
func DecimalFromFloat(f float64) Decimal {
	d, err := ParseDecimal(string(AppendFloat(nil, f)))
	if err != nil {
		return Decimal{form: notANumber}
	}
	return d
}

func (d *Decimal) setMagnitude(m *big.Int) {
	if m.BitLen() > 128 {
		d.wide = m
		return
	}
	var b [16]byte
	m.FillBytes(b[:])
	for i := range 8 {
		d.hi = d.hi<<8 | uint64(b[i])
		d.lo = d.lo<<8 | uint64(b[i+8])
	}
}

// ParseDecimal reads an optional sign, digits with single underscores between
// them, a fraction and an exponent; also inf, infinity and nan in any case.
func ParseDecimal(s string) (Decimal, error) {
	d, rest := Decimal{}, s
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		d.neg = rest[0] == '-'
		rest = rest[1:]
	}
	if f, ok := special(rest); ok {
		d.form = f
		return d, nil
	}
	var text [48]byte
	ds, digits, scale, point := text[:0], 0, 0, false
	i := 0
loop:
	for ; i < len(rest); i++ {
		switch c := rest[i]; {
		case c-'0' <= 9:
			ds = append(ds, c)
			digits++
			if point {
				scale++
			}
		case c == '.' && !point:
			point = true
		case c == '_' && i > 0 && i+1 < len(rest) && rest[i-1]-'0' <= 9 && rest[i+1]-'0' <= 9:
		default:
			break loop
		}
	}
	exp, ok := parseExponent(rest[i:])
	if digits == 0 || !ok {
		return Decimal{}, fmt.Errorf("%q is not a decimal", clip(s))
	}
	d.exp = int32(exp - scale)
	d.setDigits(ds)
	return d, nil
}

func parseExponent(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	n, err := strconv.ParseInt(s[1:], 10, 32)
	return int(n), err == nil && n <= maxExponent && n >= -maxExponent
}

func special(s string) (form, bool) {
	if len(s) < 3 || s[0]-'0' <= 9 || len(s) > 8 {
		return finite, false
	}
	switch lower(s) {
	case "inf", "infinity":
		return infinite, true
	case "nan":
		return notANumber, true
	}
	return finite, false
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func (d *Decimal) setDigits(ds []byte) {
	if len(ds) <= 38 {
		for _, c := range ds {
			over, lo := bits.Mul64(d.lo, 10)
			lo, carry := bits.Add64(lo, uint64(c-'0'), 0)
			d.hi, d.lo = d.hi*10+over+carry, lo
		}
		return
	}
	m, _ := new(big.Int).SetString(string(ds), 10)
	d.setMagnitude(m)
}

// magnitude is the coefficient without its sign.
func (d Decimal) magnitude() *big.Int {
	if d.wide != nil {
		return d.wide
	}
	m := new(big.Int).SetUint64(d.hi)
	return m.Or(m.Lsh(m, 64), new(big.Int).SetUint64(d.lo))
}

// Unscaled is the coefficient: the number is Unscaled × 10^-Scale.
func (d Decimal) Unscaled() *big.Int {
	m := new(big.Int).Set(d.magnitude())
	if d.neg {
		m.Neg(m)
	}
	return m
}

// Scale is the number of digits after the point; negative for 1E+3.
func (d Decimal) Scale() int { return -int(d.exp) }

// IsFinite reports whether d is a number, not NaN or an infinity.
func (d Decimal) IsFinite() bool { return d.form == finite }

// IsNaN reports whether d is not a number.
func (d Decimal) IsNaN() bool { return d.form == notANumber }

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int {
	switch {
	case d.form == notANumber, d.form == finite && d.isZero():
		return 0
	case d.neg:
		return -1
	}
	return 1
}

func (d Decimal) isZero() bool { return d.wide == nil && d.hi == 0 && d.lo == 0 }

// Equal reports whether d and e are the same number, whatever their scales.
func (d Decimal) Equal(e Decimal) bool {
	if d.form != finite || e.form != finite {
		return d.form == e.form && (d.form == notANumber || d.neg == e.neg)
	}
	return d.Cmp(e) == 0
}

// Cmp compares two finite numbers: -1, 0 or 1.
func (d Decimal) Cmp(e Decimal) int {
	if s, t := d.Sign(), e.Sign(); s != t {
		return sign(s - t)
	}
	if d.exp == e.exp && d.wide == nil && e.wide == nil {
		c := cmp128(d.hi, d.lo, e.hi, e.lo)
		if d.neg {
			return -c
		}
		return c
	}
	scale := max(d.Scale(), e.Scale())
	return d.at(scale).Cmp(e.at(scale))
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func cmp128(ahi, alo, bhi, blo uint64) int {
	switch {
	case ahi < bhi || ahi == bhi && alo < blo:
		return -1
	case ahi == bhi && alo == blo:
		return 0
	}
	return 1
}

// at is the coefficient at a scale no smaller than d's own.
func (d Decimal) at(scale int) *big.Int {
	u := d.Unscaled()
	return u.Mul(u, pow10(scale-d.Scale()))
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

var powers = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// Fixed128 is the coefficient at the given scale as a 128 bit two's complement
// number, rounded half away from zero where digits are lost. False means that
// it has more than 38 digits there, or is not finite.
func (d Decimal) Fixed128(scale int) (hi int64, lo uint64, ok bool) {
	shift := scale + int(d.exp)
	if d.form != finite || d.wide != nil || shift < 0 || shift > 19 {
		return d.fixed128Slow(scale)
	}
	h1, l := bits.Mul64(d.lo, powers[shift])
	h2, over := bits.Mul64(d.hi, powers[shift])
	h, carry := bits.Add64(h1, over, 0)
	if h2 != 0 || carry != 0 || cmp128(h, l, max38hi, max38lo) > 0 {
		return 0, 0, false
	}
	return negate(h, l, d.neg)
}

// 10^38 - 1, the greatest coefficient of 38 digits.
const (
	max38hi = 0x4b3b4ca85a86c47a
	max38lo = 0x098a223fffffffff
)

func negate(hi, lo uint64, neg bool) (int64, uint64, bool) {
	if neg {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	return int64(hi), lo, true
}

func (d Decimal) fixed128Slow(scale int) (int64, uint64, bool) {
	u, ok := d.Rescaled(scale)
	if !ok || u.BitLen() > 127 {
		return 0, 0, false
	}
	var t Decimal
	t.setMagnitude(new(big.Int).Abs(u))
	if cmp128(t.hi, t.lo, max38hi, max38lo) > 0 {
		return 0, 0, false
	}
	return negate(t.hi, t.lo, u.Sign() < 0)
}

// Rescaled is the coefficient at the given scale, rounded half away from zero
// where digits are lost; false if d is not finite or absurdly large.
func (d Decimal) Rescaled(scale int) (*big.Int, bool) {
	if d.form != finite {
		return nil, false
	}
	if scale >= d.Scale() {
		if scale-d.Scale() > maxExponent {
			return nil, false
		}
		return d.at(scale), true
	}
	lost := d.Scale() - scale
	if lost > maxExponent {
		return new(big.Int), true
	}
	p := pow10(lost)
	half := new(big.Int).Rsh(p, 1)
	q := new(big.Int).Add(d.magnitude(), half)
	q.Quo(q, p)
	if d.neg {
		q.Neg(q)
	}
	return q, true
}

// Int is d as an integer; false if it is not one.
func (d Decimal) Int() (*big.Int, bool) {
	if d.form != finite || int(d.exp) > maxExponent {
		return nil, false
	}
	if d.exp >= 0 {
		return d.at(0), true
	}
	q, r := new(big.Int).QuoRem(d.Unscaled(), pow10(int(-d.exp)), new(big.Int))
	return q, r.Sign() == 0
}

// Float64 is the nearest double.
func (d Decimal) Float64() float64 {
	switch {
	case d.form == notANumber:
		return math.NaN()
	case d.form == infinite && d.neg:
		return math.Inf(-1)
	case d.form == infinite:
		return math.Inf(1)
	}
	f, _ := strconv.ParseFloat(d.String(), 64) // out of range gives an infinity
	return f
}

// String is the number with all its digits: 1.50, 1E+3, NaN, -Infinity.
func (d Decimal) String() string { return string(d.AppendText(nil)) }

// AppendText appends the form of String to b.
func (d Decimal) AppendText(b []byte) []byte {
	if d.neg {
		b = append(b, '-')
	}
	switch d.form {
	case infinite:
		return append(b, "Infinity"...)
	case notANumber:
		return append(b, "NaN"...)
	case finite:
	}
	var buf [64]byte
	digits := buf[:0]
	if d.wide == nil && d.hi == 0 {
		digits = strconv.AppendUint(digits, d.lo, 10)
	} else {
		digits = d.magnitude().Append(digits, 10)
	}
	n, exp := len(digits), int(d.exp)
	left := n + exp // digits before the point
	switch {
	case exp == 0:
		return append(b, digits...)
	case exp < 0 && left > 0:
		b = append(append(b, digits[:left]...), '.')
		return append(b, digits[left:]...)
	case exp < 0 && left > -6:
		b = append(b, "0."...)
		for ; left < 0; left++ {
			b = append(b, '0')
		}
		return append(b, digits...)
	}
	b = append(b, digits[0])
	if n > 1 {
		b = append(append(b, '.'), digits[1:]...)
	}
	b = append(b, 'E')
	if left > 0 {
		b = append(b, '+')
	}
	return strconv.AppendInt(b, int64(left-1), 10)
}

// MarshalText writes the form of String.
func (d Decimal) MarshalText() ([]byte, error) { return d.AppendText(nil), nil }

// UnmarshalText reads what [ParseDecimal] does.
func (d *Decimal) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDecimal(string(b))
	return err
}

// UnmarshalJSON reads a number, or a number in a string.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	if n := len(b); n >= 2 && b[0] == '"' {
		b = b[1 : n-1]
	}
	return d.UnmarshalText(b)
}
