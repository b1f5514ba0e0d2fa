package rowtype

import (
	"math"
	"regexp"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

// The scalars, by the row of G52's table they stand for.
var (
	textValue    = Value{"string", "String", "Text", schema.Text, nil}
	intValue     = Value{"int64", "Int64", "Int64", schema.Bigint, nil}
	floatValue   = Value{"float64", "Float64", "Float64", schema.Double, nil}
	boolValue    = Value{"bool", "Bool", "Bool", schema.Bool, nil}
	bytesValue   = Value{"[]byte", "Bytes", "Bytes", schema.Binary, nil}
	timeValue    = Value{"time.Time", "Time", "Time", schema.Timestamp, nil}
	unixValue    = Value{"time.Time", "UnixTime", "Time", schema.Timestamp, nil}
	dateValue    = Value{"value.Date", "Date", "Date", schema.Date, nil}
	clockValue   = Value{"value.TimeOfDay", "TimeOfDay", "TimeOfDay", schema.Time, nil}
	decimalValue = Value{"value.Decimal", "Decimal", "Decimal", schema.Decimal, nil}
	bigValue     = Value{"value.Big", "Big", "Big", schema.Wei, nil}
	jsonValue    = Value{"value.JSON", "JSON", "JSON", schema.JSON, nil}
)

// textFormats are the formats of a text that has another type (G52). Texts in
// other formats stay texts: a wrong guess would cost a variant column a row.
var textFormats = map[string]Value{
	"date-time": timeValue, "datetime": timeValue, "rfc3339": timeValue, "iso8601": timeValue, "iso-8601": timeValue,
	"iso-date-time": timeValue, "date-time-iso8601": timeValue,
	"date": dateValue, "full-date": dateValue, "iso-date": dateValue,
	"time": clockValue, "partial-time": clockValue, "full-time": clockValue,
	"byte": bytesValue, "base64": bytesValue, "binary": bytesValue,
	"int64": intValue, "int32": intValue, "integer": intValue, "long": intValue, "uint32": intValue,
	"uint64":  bigValue,
	"decimal": decimalValue, "numeric": decimalValue, "money": decimalValue, "currency": decimalValue,
}

// wordFormats are the formats that validator/v10 has a word for.
var wordFormats = map[string]string{
	"uuid": "uuid", "guid": "uuid", "email": "email", "uri": "uri", "url": "uri", "ipv4": "ipv4", "ipv6": "ipv6", "hostname": "hostname",
}

var unixFormats = map[string]bool{
	"unix-time": true, "unixtime": true, "unix-timestamp": true, "unix_timestamp": true, "unix": true,
	"timestamp": true, "epoch": true, "epoch-seconds": true, "unix-epoch": true, "utc-seconds": true,
}

var decimalFormats = map[string]bool{"decimal": true, "money": true, "currency": true, "numeric": true, "decimal128": true}

var (
	unixProse   = regexp.MustCompile(`(?i)seconds since (the )?(unix )?epoch|unix (epoch )?time ?stamp|unix (epoch )?time\b|epoch seconds|epoch time ?stamp`)
	notSeconds  = regexp.MustCompile(`(?i)milli|micro|nano|\bms\b`)
	intFormats  = map[string]bool{"int": true, "int8": true, "int16": true, "int32": true, "int64": true, "integer": true, "long": true, "uint8": true, "uint16": true, "uint32": true}
	wideFormats = map[string]bool{"uint64": true, "bigint": true, "int128": true, "uint128": true, "int256": true, "uint256": true}
)

// scalarOf is G52's table for everything that is one column.
func scalarOf(t *ir.Type) Value {
	format := strings.ToLower(t.Format)
	switch t.Kind {
	case ir.KindString:
		if v, ok := textFormats[format]; ok && len(t.Enum) == 0 {
			return v
		}
		return textValue
	case ir.KindInteger:
		return integerOf(t, format)
	case ir.KindNumber:
		switch {
		case decimalFormats[format]:
			return decimalValue
		case intFormats[format], wideFormats[format]:
			return integerOf(t, format)
		}
		return floatValue
	case ir.KindBoolean:
		return boolValue
	default:
	}
	return jsonValue
}

func integerOf(t *ir.Type, format string) Value {
	switch {
	case wideFormats[format], t.Max != nil && *t.Max >= math.MaxInt64 && format != "int64":
		return bigValue
	case unixFormats[format]:
		return unixValue
	case len(t.Enum) == 0 && !notSeconds.MatchString(t.Description) && unixProse.MatchString(t.Description):
		return unixValue
	}
	return intValue
}

// valueOfType is the scalar for a type that the user asks for.
func valueOfType(d schema.DataType) (Value, bool) {
	switch d {
	case schema.Text:
		return textValue, true
	case schema.Double:
		return floatValue, true
	case schema.Bool:
		return boolValue, true
	case schema.Timestamp:
		return timeValue, true
	case schema.Bigint:
		return intValue, true
	case schema.Binary:
		return bytesValue, true
	case schema.JSON:
		return jsonValue, true
	case schema.Decimal:
		return decimalValue, true
	case schema.Wei:
		return bigValue, true
	case schema.Date:
		return dateValue, true
	case schema.Time:
		return clockValue, true
	}
	return Value{}, false
}
