package normalize

import (
	"time"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/runtime/value"
)

// kindOf is the kind of value that a column of the type holds; json columns
// are of kind KindObject.
func kindOf(t schema.DataType) record.Kind {
	switch t {
	case schema.Text:
		return record.KindText
	case schema.Double:
		return record.KindDouble
	case schema.Bool:
		return record.KindBool
	case schema.Timestamp:
		return record.KindTimestamp
	case schema.Bigint:
		return record.KindInt
	case schema.Binary:
		return record.KindBinary
	case schema.Decimal:
		return record.KindDecimal
	case schema.Wei:
		return record.KindWei
	case schema.Date:
		return record.KindDate
	case schema.Time:
		return record.KindTime
	default:
		return record.KindObject
	}
}

// Bounds of wei: values outside become text (N43b, N30).
var (
	maxWei = mustBig("578960446186580977117854925043439539266")
	minWei = mustBig("-578960446186580977117854925043439539267")
)

func mustBig(s string) value.Big {
	b, err := value.ParseBig(s)
	if err != nil {
		panic(err)
	}
	return b
}

func fitsWei(d value.Decimal) bool {
	return d.IsFinite() && d.Cmp(maxWei.Decimal()) <= 0 && d.Cmp(minWei.Decimal()) >= 0
}

// typeOf is the data type of a value as it is (N30). Integers beyond 64 bits,
// which dlt refuses, are wei or text (N22).
func typeOf(v *record.Value) schema.DataType {
	if v.Kind() == record.KindInt {
		if _, small := v.Int64(); !small {
			b := v.Big()
			if _, ok := b.Uint64(); ok {
				return schema.Bigint
			}
			if b.Cmp(maxWei) <= 0 && b.Cmp(minWei) >= 0 {
				return schema.Wei
			}
			return schema.Text
		}
	}
	return schema.DataType(v.Kind().String())
}

// A detector decides the type of a value by looking at it; "" if it does not.
type detector func(v *record.Value) schema.DataType

// detectors are those of N30 by name; unknown names are ignored. now is the
// start of the process.
func detectors(names []string, now time.Time) []detector {
	var ds []detector
	for _, n := range names {
		switch n {
		case "timestamp":
			at := float64(now.Unix())
			ds = append(ds, func(v *record.Value) schema.DataType { return detectUnix(v, at) })
		case "iso_timestamp":
			ds = append(ds, func(v *record.Value) schema.DataType { return detectISO(v, value.ISOTimestamp, schema.Timestamp) })
		case "iso_date":
			ds = append(ds, func(v *record.Value) schema.DataType { return detectISO(v, value.ISODate, schema.Date) })
		case "large_integer":
			ds = append(ds, detectLarge)
		case "hexbytes_to_text":
			ds = append(ds, func(v *record.Value) schema.DataType {
				if v.Kind() == record.KindBinary {
					if _, hex := v.Binary(); hex {
						return schema.Text
					}
				}
				return ""
			})
		case "wei_to_double":
			ds = append(ds, func(v *record.Value) schema.DataType {
				if v.Kind() == record.KindWei {
					return schema.Double
				}
				return ""
			})
		}
	}
	return ds
}

func detectUnix(v *record.Value, now float64) schema.DataType {
	const around = 5 * 31536000.0
	var f float64
	switch v.Kind() {
	case record.KindInt:
		f = v.Big().Float64()
	case record.KindDouble:
		f = v.Double()
	default:
		return ""
	}
	if f >= now-around && f <= now+around {
		return schema.Timestamp
	}
	return ""
}

func detectISO(v *record.Value, want value.ISOKind, t schema.DataType) schema.DataType {
	if v.Kind() == record.KindText {
		if iso, ok := value.ParseISO(v.Text()); ok && iso.Kind == want {
			return t
		}
	}
	return ""
}

func detectLarge(v *record.Value) schema.DataType {
	if v.Kind() != record.KindInt {
		return ""
	}
	b := v.Big()
	if _, ok := b.Int64(); ok || b.Sign() < 0 {
		return ""
	}
	if b.Cmp(maxWei) > 0 {
		return schema.Text
	}
	return schema.Wei
}
