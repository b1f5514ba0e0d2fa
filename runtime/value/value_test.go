package value_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/value"
)

func TestDecimalText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"0", "0"},
		{"1.50", "1.50"},
		{"-1.5", "-1.5"},
		{"1e3", "1E+3"},
		{"1.20e1", "12.0"},
		{".5", "0.5"},
		{"5.", "5"},
		{"0.000001", "0.000001"},
		{"0.0000001", "1E-7"},
		{"123e-9", "1.23E-7"},
		{"1_000.5", "1000.5"},
		{"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
		{"-123456789012345678901234567890123456789012345678901234567890.5", "-123456789012345678901234567890123456789012345678901234567890.5"},
		{"inf", "Infinity"},
		{"-Infinity", "-Infinity"},
		{"NaN", "NaN"},
		{"-0", "-0"},
		{"1.23e5", "1.23E+5"},
	}
	for _, tt := range tests {
		d, err := value.ParseDecimal(tt.in)
		if err != nil || d.String() != tt.want {
			t.Errorf("ParseDecimal(%q) = %q, %v, want %q", tt.in, d, err, tt.want)
		}
	}
	for _, in := range []string{"", "-", ".", "1_", "_1", "1__0", "1e", "e5", "1.2.3", "0x1", "1e9999999", " 1", "abc"} {
		if d, err := value.ParseDecimal(in); err == nil {
			t.Errorf("ParseDecimal(%q) = %s, want an error", in, d)
		}
	}
}

func TestDecimalFixed128(t *testing.T) {
	tests := []struct {
		in    string
		scale int
		want  string
	}{
		{"1.5", 9, "1500000000"},
		{"-1.5", 2, "-150"},
		{"1.005", 2, "101"},
		{"-1.005", 2, "-101"},
		{"1.004", 2, "100"},
		{"99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999"},
		{"-99999999999999999999999999999999999999", 0, "-99999999999999999999999999999999999999"},
		{"100000000000000000000000000000000000000", 0, "none"},
		{"99999999999999999999999999999", 10, "none"},
		{"1e37", 0, "10000000000000000000000000000000000000"},
		{"nan", 0, "none"},
	}
	for _, tt := range tests {
		d, err := value.ParseDecimal(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if hi, lo, ok := d.Fixed128(tt.scale); ok {
			n := new(big.Int).Lsh(big.NewInt(hi), 64)
			got = n.Add(n, new(big.Int).SetUint64(lo)).String()
		}
		if got != tt.want {
			t.Errorf("%s at scale %d = %s, want %s", tt.in, tt.scale, got, tt.want)
		}
	}
}

func TestDecimalCompare(t *testing.T) {
	one, _ := value.ParseDecimal("1.0")
	tests := []struct {
		a    string
		want int
	}{{"1.000", 0}, {"1.0001", -1}, {"0.9", 1}, {"-1", 1}, {"1e0", 0}}
	for _, tt := range tests {
		d, _ := value.ParseDecimal(tt.a)
		if got := one.Cmp(d); got != tt.want {
			t.Errorf("1.0 against %s is %d, want %d", tt.a, got, tt.want)
		}
	}
}

// TestFloatText holds the two forms of N24.
func TestFloatText(t *testing.T) {
	tests := []struct {
		f          float64
		json, text string
	}{
		{100, "100.0", "100.0"},
		{1e-5, "0.00001", "1e-05"},
		{1e-4, "0.0001", "0.0001"},
		{1e15, "1000000000000000.0", "1000000000000000.0"},
		{1e16, "1e+16", "1e+16"},
		{1e-6, "1e-6", "1e-06"},
		{5e-324, "5e-324", "5e-324"},
		{1.5, "1.5", "1.5"},
		{0, "0.0", "0.0"},
		{math.Copysign(0, -1), "-0.0", "-0.0"},
		{1.25e300, "1.25e+300", "1.25e+300"},
		{math.NaN(), "null", "nan"},
		{math.Inf(-1), "null", "-inf"},
	}
	for _, tt := range tests {
		if got := string(value.AppendJSONFloat(nil, tt.f)); got != tt.json {
			t.Errorf("JSON text of %v = %s, want %s", tt.f, got, tt.json)
		}
		if got := string(value.AppendFloat(nil, tt.f)); got != tt.text {
			t.Errorf("text of %v = %s, want %s", tt.f, got, tt.text)
		}
	}
}

func TestNullJSON(t *testing.T) {
	type row struct {
		N value.Null[int64]           `json:"n"`
		D value.Null[value.Decimal]   `json:"d"`
		T value.Null[value.Date]      `json:"t"`
		B value.Null[value.Big]       `json:"b"`
		J value.JSON                  `json:"j"`
		C value.Null[value.TimeOfDay] `json:"c"`
	}
	const text = `{"n":null,"d":"1.50","t":"2024-01-02","b":18446744073709551616,"j":{"a":1},"c":"03:04:05"}`
	var r row
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestNullText(t *testing.T) {
	var n value.Null[int64]
	if err := n.UnmarshalText([]byte("12")); err != nil || n != value.Some[int64](12) {
		t.Errorf("text 12 = %v, %v", n, err)
	}
	if err := n.UnmarshalText(nil); err != nil || n.Valid {
		t.Errorf("empty text = %v, %v", n, err)
	}
}

func TestTimestampFromUnix(t *testing.T) {
	for in, want := range map[float64]string{
		1704164645: "2024-01-02T03:04:05+00:00", 1704164645.5: "2024-01-02T03:04:05.500000+00:00", -0.25: "1969-12-31T23:59:59.750000+00:00",
	} {
		ts, ok := value.TimestampFromUnix(in)
		if !ok || ts.String() != want {
			t.Errorf("unix %v = %s, %v, want %s", in, ts, ok, want)
		}
	}
	for _, in := range []float64{1e300, math.NaN(), math.Inf(1), -1e12} {
		if ts, ok := value.TimestampFromUnix(in); ok {
			t.Errorf("unix %v = %s, want none", in, ts)
		}
	}
	in := time.Date(2024, 1, 2, 3, 4, 5, 6000, time.FixedZone("", 7200))
	if got := value.TimestampOf(in); got.String() != "2024-01-02T03:04:05.000006+02:00" || !got.Time().Equal(in) {
		t.Errorf("TimestampOf = %s", got)
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"1.50", "-1e-7", "1_0.0_1", "inf", "123456789012345678901234567890123456789012345"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := value.ParseDecimal(s)
		if err != nil {
			return
		}
		again, err := value.ParseDecimal(d.String())
		if err != nil || again.String() != d.String() {
			t.Errorf("%q writes %s, which reads %s, %v", s, d, again, err)
		}
	})
}

func ExampleNull() {
	closed := value.Some(time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC))
	fmt.Println(closed.Valid, value.Null[int64]{}.Or(-1))
	// Output: true -1
}

func ExampleDecimal() {
	d, _ := value.ParseDecimal("1.50")
	fmt.Println(d, d.Scale(), d.Equal(value.NewDecimal(15, 1)))
	// Output: 1.50 2 true
}
