package batch

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/dltgen/dltgen/runtime/schema"
)

// Types are what a destination says about column types. The zero value is the
// generic destination: decimal(38,9), wei of 76 digits, microseconds, time zones.
type Types struct {
	// DecimalPrecision and DecimalScale are used where a decimal column has no
	// precision; zero is 38 and 9.
	DecimalPrecision, DecimalScale int
	// WeiPrecision is the number of digits of a wei column; zero is 76.
	WeiPrecision int
	// TimestampPrecision is the default number of fraction digits; zero is 6.
	TimestampPrecision int
	// NoTimezone stores all timestamps without time zone, NoNaive all with one (N45).
	NoTimezone, NoNaive bool
}

// ArrowType is the generic destination's Arrow type of a column (A4).
func ArrowType(c *schema.Column) arrow.DataType { return Types{}.ArrowType(c) }

// ArrowType is the Arrow type of a column (A4).
func (t Types) ArrowType(c *schema.Column) arrow.DataType {
	switch c.DataType {
	case schema.Double:
		return arrow.PrimitiveTypes.Float64
	case schema.Bool:
		return arrow.FixedWidthTypes.Boolean
	case schema.Bigint:
		return intType(c.Precision)
	case schema.Timestamp:
		dt := &arrow.TimestampType{Unit: t.unit(c.Precision)}
		if t.aware(c) {
			dt.TimeZone = "UTC"
		}
		return dt
	case schema.Date:
		return arrow.FixedWidthTypes.Date32
	case schema.Time:
		switch u := t.unit(c.Precision); u {
		case arrow.Second, arrow.Millisecond:
			return &arrow.Time32Type{Unit: u}
		default:
			return &arrow.Time64Type{Unit: u}
		}
	case schema.Binary:
		return arrow.BinaryTypes.Binary
	case schema.Decimal:
		return t.decimal(c)
	case schema.Wei:
		p := orDefault(t.WeiPrecision, 76)
		if c.Precision.Set {
			p = c.Precision.V
		}
		return decimalType(p, c.Scale.V)
	default:
		return arrow.BinaryTypes.String
	}
}

// aware reports whether a timestamp column has a time zone (N45).
func (t Types) aware(c *schema.Column) bool {
	if t.NoTimezone {
		return false
	}
	return t.NoNaive || c.Timezone != schema.False
}

func orDefault(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}

func intType(precision schema.Int) arrow.DataType {
	switch {
	case !precision.Set || precision.V > 32:
		return arrow.PrimitiveTypes.Int64
	case precision.V <= 8:
		return arrow.PrimitiveTypes.Int8
	case precision.V <= 16:
		return arrow.PrimitiveTypes.Int16
	default:
		return arrow.PrimitiveTypes.Int32
	}
}

func (t Types) unit(precision schema.Int) arrow.TimeUnit {
	p := orDefault(t.TimestampPrecision, 6)
	if precision.Set {
		p = precision.V
	}
	switch {
	case p <= 0:
		return arrow.Second
	case p <= 3:
		return arrow.Millisecond
	case p <= 6:
		return arrow.Microsecond
	default:
		return arrow.Nanosecond
	}
}

func (t Types) decimal(c *schema.Column) arrow.DataType {
	p, s := orDefault(t.DecimalPrecision, 38), orDefault(t.DecimalScale, 9)
	if c.Precision.Set {
		p, s = c.Precision.V, c.Scale.V
	}
	return decimalType(p, s)
}

// decimalType cuts what no Arrow type holds to 76 digits, of which those before
// the point come first.
func decimalType(p, s int) arrow.DataType {
	switch {
	case p <= 38:
		return &arrow.Decimal128Type{Precision: int32(p), Scale: int32(s)}
	case p <= 76:
		return &arrow.Decimal256Type{Precision: int32(p), Scale: int32(s)}
	default:
		return &arrow.Decimal256Type{Precision: 76, Scale: int32(max(0, 76-(p-s)))}
	}
}
