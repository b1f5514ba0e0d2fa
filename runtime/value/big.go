package value

import (
	"fmt"
	"math/big"
	"strconv"
)

// A Big is an integer of any size. The zero value is 0.
type Big struct {
	small int64
	wide  *big.Int // beyond int64; never changed
}

// NewBig is n.
func NewBig(n int64) Big { return Big{small: n} }

// BigFromUint is n.
func BigFromUint(n uint64) Big {
	if n>>63 == 0 {
		return Big{small: int64(n)}
	}
	return Big{wide: new(big.Int).SetUint64(n)}
}

// BigFromInt is n, which is copied.
func BigFromInt(n *big.Int) Big {
	if n.IsInt64() {
		return Big{small: n.Int64()}
	}
	return Big{wide: new(big.Int).Set(n)}
}

// ParseBig reads an optional sign and digits.
func ParseBig(s string) (Big, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return Big{small: n}, nil
	}
	if n, ok := new(big.Int).SetString(s, 10); ok && s[0] != '_' {
		return BigFromInt(n), nil
	}
	return Big{}, fmt.Errorf("%q is not an integer", clip(s))
}

// Int64 is the integer if it fits.
func (b Big) Int64() (int64, bool) { return b.small, b.wide == nil }

// Uint64 is the integer if it fits.
func (b Big) Uint64() (uint64, bool) {
	if b.wide != nil {
		return b.wide.Uint64(), b.wide.IsUint64()
	}
	return uint64(b.small), b.small >= 0
}

// Int is the integer; the caller may change it.
func (b Big) Int() *big.Int {
	if b.wide != nil {
		return new(big.Int).Set(b.wide)
	}
	return big.NewInt(b.small)
}

// Decimal is the integer as a decimal of scale 0.
func (b Big) Decimal() Decimal {
	if b.wide != nil {
		return DecimalFromBig(b.wide, 0)
	}
	return NewDecimal(b.small, 0)
}

// Float64 is the nearest double.
func (b Big) Float64() float64 {
	if b.wide != nil {
		f, _ := new(big.Float).SetInt(b.wide).Float64()
		return f
	}
	return float64(b.small)
}

// Sign is -1, 0 or 1.
func (b Big) Sign() int {
	if b.wide != nil {
		return b.wide.Sign()
	}
	return b.Cmp(Big{})
}

// Equal reports whether b and c are the same integer.
func (b Big) Equal(c Big) bool { return b.Cmp(c) == 0 }

// Cmp compares: -1, 0 or 1.
func (b Big) Cmp(c Big) int {
	if b.wide == nil && c.wide == nil {
		switch {
		case b.small < c.small:
			return -1
		case b.small > c.small:
			return 1
		}
		return 0
	}
	return b.Int().Cmp(c.Int())
}

// String is the integer in decimal digits.
func (b Big) String() string { return string(b.AppendText(nil)) }

// AppendText appends the decimal digits to dst.
func (b Big) AppendText(dst []byte) []byte {
	if b.wide != nil {
		return b.wide.Append(dst, 10)
	}
	return strconv.AppendInt(dst, b.small, 10)
}

// MarshalText writes decimal digits.
func (b Big) MarshalText() ([]byte, error) { return b.AppendText(nil), nil }

// UnmarshalText reads what [ParseBig] does.
func (b *Big) UnmarshalText(text []byte) (err error) {
	*b, err = ParseBig(string(text))
	return err
}

// MarshalJSON writes a number.
func (b Big) MarshalJSON() ([]byte, error) { return b.AppendText(nil), nil }

// UnmarshalJSON reads an integer, or an integer in a string.
func (b *Big) UnmarshalJSON(text []byte) error {
	if n := len(text); n >= 2 && text[0] == '"' {
		text = text[1 : n-1]
	}
	return b.UnmarshalText(text)
}
