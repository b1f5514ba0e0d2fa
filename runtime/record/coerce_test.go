package record_test

import (
	"math"
	"testing"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

func decimal(s string) record.Value {
	d, err := value.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return record.DecimalValue(d)
}

func parse(t *testing.T, s string) record.Value {
	t.Helper()
	v, err := record.Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return *v
}

// TestCoerce walks the matrix of N44 and the sequences of N49.
func TestCoerce(t *testing.T) {
	text, num, dbl, flag := record.TextValue, record.IntValue, record.DoubleValue, record.BoolValue
	huge, _ := value.ParseBig("1000000000000000000000000000000000000000")
	ts := func(s string) record.Value {
		v, err := value.ParseTimestamp(s)
		if err != nil {
			t.Fatal(err)
		}
		return record.TimestampValue(v)
	}
	object := parse(t, `{"a":1.50,"b":[true,null,"é\n"]}`)
	tests := []struct {
		name string
		in   record.Value
		to   record.Kind
		want string // the JSON text, or variant
	}{
		{"int text", text(" 3 "), record.KindInt, "3"},
		{"int hex", text("0x1F"), record.KindInt, "31"},
		{"int underscores", text("1_000"), record.KindInt, "1000"},
		{"int other script", text("٣4"), record.KindInt, "34"},
		{"int negative hex", text("-0x1"), record.KindInt, "variant"},
		{"int upper hex", text("0X1F"), record.KindInt, "variant"},
		{"int fraction", text("1.0"), record.KindInt, "variant"},
		{"int exponent", text("1e3"), record.KindInt, "variant"},
		{"int double underscore", text("1__0"), record.KindInt, "variant"},
		{"int empty", text(""), record.KindInt, "variant"},
		{"int double", dbl(2), record.KindInt, "2"},
		{"int not integral", dbl(1.5), record.KindInt, "variant"},
		{"int NaN", dbl(math.NaN()), record.KindInt, "variant"},
		{"int 1e20", dbl(1e20), record.KindInt, "variant"},
		{"int decimal", decimal("4.0"), record.KindInt, "4"},
		{"int decimal fraction", decimal("1.5"), record.KindInt, "variant"},
		{"int bool", flag(true), record.KindInt, "variant"},
		{"double text", text("2.5"), record.KindDouble, "2.5"},
		{"double point last", text("5."), record.KindDouble, "5.0"},
		{"double nan", text("nan"), record.KindDouble, "null"},
		{"double infinity", text(" -Infinity "), record.KindDouble, "null"},
		{"double hex", text("0x10"), record.KindDouble, "16.0"},
		{"double hex float", text("0x1p3"), record.KindDouble, "variant"},
		{"double int", num(math.MaxInt64), record.KindDouble, "9.223372036854776e+18"},
		{"double bool", flag(true), record.KindDouble, "variant"},
		{"decimal text", text("1.50"), record.KindDecimal, `"1.50"`},
		{"decimal hex", text("0x1f"), record.KindDecimal, `"31"`},
		{"decimal double", dbl(1.1), record.KindDecimal, `"1.1"`},
		{"decimal int", num(2), record.KindDecimal, `"2"`},
		{"decimal bad", text("q"), record.KindDecimal, "variant"},
		{"wei big", record.BigValue(huge), record.KindWei, `"1000000000000000000000000000000000000000"`},
		{"bool yes", text("Yes"), record.KindBool, "true"},
		{"bool n", text("n"), record.KindBool, "false"},
		{"bool not trimmed", text(" yes"), record.KindBool, "variant"},
		{"bool on", text("on"), record.KindBool, "variant"},
		{"bool 2", num(2), record.KindBool, "true"},
		{"bool 0.0", dbl(0), record.KindBool, "false"},
		{"timestamp text", text("2024-01-02T03:04:05Z"), record.KindTimestamp, `"2024-01-02T03:04:05+00:00"`},
		{"timestamp date", text("2024-01-02"), record.KindTimestamp, `"2024-01-02T00:00:00"`},
		{"timestamp year", text("2024"), record.KindTimestamp, `"2024-01-01T00:00:00"`},
		{"timestamp time", text("03:04"), record.KindTimestamp, "variant"},
		{"timestamp unix text", text("1704164645"), record.KindTimestamp, `"2024-01-02T03:04:05+00:00"`},
		{"timestamp unix", dbl(1704164645.5), record.KindTimestamp, `"2024-01-02T03:04:05.500000+00:00"`},
		{"timestamp far", num(1 << 60), record.KindTimestamp, "variant"},
		{"timestamp bool", flag(true), record.KindTimestamp, "variant"},
		{"date text", text("2024-01-03T23:30:00-02:00"), record.KindDate, `"2024-01-04"`},
		{"date unix", num(1704164645), record.KindDate, `"2024-01-02"`},
		{"date timestamp", ts("2024-02-03T23:30:00-05:00"), record.KindDate, `"2024-02-04"`},
		{"time text", text("04:05"), record.KindTime, `"04:05:00"`},
		{"time aware", text("03:04:05+02:00"), record.KindTime, `"01:04:05"`},
		{"time number", num(5), record.KindTime, "variant"},
		{"binary base64", text("AAEC"), record.KindBinary, `"AAEC"`},
		{"binary hex", text("0x0102"), record.KindBinary, `"AQI="`},
		{"binary bad", text("zz!"), record.KindBinary, "variant"},
		{"binary unpadded", text("AA"), record.KindBinary, "variant"},
		{"binary 256", num(256), record.KindBinary, `"AAE="`},
		{"binary 0", num(0), record.KindBinary, `""`},
		{"binary -1", num(-1), record.KindBinary, "variant"},
		{"json text", text(`{"q":1}`), record.KindObject, `{"q":1}`},
		{"json null", text("null"), record.KindObject, "null"},
		{"json NaN", text("NaN"), record.KindObject, "variant"},
		{"json int", num(5), record.KindObject, "variant"},
		{"text int", num(1), record.KindText, `"1"`},
		{"text double", dbl(1e16), record.KindText, `"1e+16"`},
		{"text bool", flag(true), record.KindText, `"True"`},
		{"text decimal", decimal("1.50"), record.KindText, `"1.50"`},
		{"text timestamp", ts("2024-01-02T23:04:05-02:00"), record.KindText, `"2024-01-02T23:04:05-02:00"`},
		{"text bytes", record.BinaryValue([]byte{0}), record.KindText, `"AA=="`},
		{"text hex bytes", record.HexValue([]byte{1, 171}), record.KindText, `"0x01ab"`},
		{"text json", object, record.KindText, `"{\"a\":1.5,\"b\":[true,null,\"é\\n\"]}"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := record.Coerce(&tt.in, tt.to)
			s := "variant"
			if ok {
				s = got.String()
			}
			if s != tt.want {
				t.Errorf("%s to %s = %s, want %s", tt.in.String(), tt.to, s, tt.want)
			}
		})
	}
}
