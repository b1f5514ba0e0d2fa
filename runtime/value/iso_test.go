package value_test

import (
	"testing"
	"time"

	"github.com/dltgen/dltgen/runtime/value"
)

// describe names what a text means, as the vectors of N33 write it.
func describe(s string) string {
	iso, ok := value.ParseISO(s)
	if !ok {
		return "none"
	}
	switch iso.Kind {
	case value.ISODate:
		return "date " + iso.Date.String()
	case value.ISOTime:
		return "time " + iso.Time.String()
	default:
		return "ts " + iso.Timestamp.String()
	}
}

// TestParseISO holds the vectors of N33.
func TestParseISO(t *testing.T) {
	vectors := map[string][]string{
		"ts 2024-01-02T03:04:05+00:00":  {"2024-01-02T03:04:05Z", "20240102T030405Z"},
		"ts 2024-01-02T03:04:00":        {"2024-01-02 03:04", "2024-002T03:04", "2024-W01-2T03:04", "2024/01/02 03:04", "2024/01/02 3:04", "20240102 3:04"},
		"ts 2024-01-02T03:00:00":        {"2024-01-02T03"},
		"ts 2024-01-02T03:04:05.500000": {"2024-01-02T03:04:05,5"},
		"ts 2024-01-02T03:04:05.123456": {"2024-01-02T03:04:05.1234567891"},
		"ts 2024-01-02T03:04:05+02:00":  {"2024-01-02T03:04:05+0200", "2024-01-02T03:04:05+02", "2024-01-02T03:04:05+02:00"},
		"ts 2024-01-02T03:04:05-05:30":  {"2024-01-02T03:04:05-05:30"},
		"ts 2024-01-02T03:04:05":        {"20240102 030405"},
		"ts 2024-01-01T03:04:00":        {"2024-01T03:04", "2024 03:04"},
		"ts 0001-01-01T00:00:00":        {"0001-01-01T00:00:00"},
		"ts 9999-12-31T23:59:59.999999": {"9999-12-31T23:59:59.999999"},
		"date 2024-01-02":               {"2024-01-02", "20240102", "2024-002", "2024002", "2024-W01-2", "2024W012", "2024/01/02", "2024:01:02"},
		"date 2024-01-01":               {"2024-01", "2024", "2024-W01", "2024W01"},
		"date 1234-01-01":               {"1234"},
		"date 2020-12-28":               {"2020-W53"},
		"date 0304-01-01":               {"0304"},
		"date 0001-01-01":               {"0001"},
		"time 03:04:00":                 {"03:04", "3:4", "T0304", "03:04Z"},
		"time 03:04:05.123000":          {"03:04:05.123"},
		"time 01:04:05":                 {"03:04:05+02:00"},
		"none": {
			"2024-01-02T24:00", "2024-01-02T25:00", "2024-01-02T03:60", "2024-01-02T03:04:60",
			"2024-01-02t03:04:05Z", "2024-01-02T03:04:05z", "2024-01-02T03:04:05 +02:00", "2024-01-02T03:04:05 UTC", "2024-01-02T03:04:05 Z",
			" 2024-01-02", "2024-01-02 ", "20240102T03:04:05", "2024-01-02T030405", "2024T03:04",
			"2024-01-02 3:04", "2024/01/02T03:04:05", "202401", "1704164645", "12345678",
			"2024-1-2", "2024/1/2", "24-01-02", "01/02/2024", "2024.01.02", "2024-02-30", "2023-366", "2024-W53",
			"030405", "0304Z", "75", "03", "now", "today", "P1D", "2024-01-02/2024-01-03",
			"2024-01-02Z", "2024-01-02+02:00", "Tue, 02 Jan 2024", "Jan 2 2024", "", "abc",
		},
	}
	for want, texts := range vectors {
		for _, s := range texts {
			t.Run(s, func(t *testing.T) {
				if got := describe(s); got != want {
					t.Errorf("ParseISO(%q) = %s, want %s", s, got, want)
				}
			})
		}
	}
}

func TestCivil(t *testing.T) {
	day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := value.MinDate; d <= value.MaxDate; d += 37 {
		want := day.AddDate(0, 0, int(d-value.MinDate))
		if got := d.Time(); !got.Equal(want) {
			t.Fatalf("day %d is %s, want %s", d, got, want)
		}
		if got := value.DateOf(want); got != d {
			t.Fatalf("DateOf(%s) = %d, want %d", want, got, d)
		}
		if got := d.String(); got != want.Format(time.DateOnly) {
			t.Fatalf("day %d writes %s, want %s", d, got, want.Format(time.DateOnly))
		}
	}
}

// FuzzRFC3339Micros holds the quick reader to the whole grammar: what it
// takes, ParseISO takes, with the same instant.
func FuzzRFC3339Micros(f *testing.F) {
	for _, s := range []string{"2024-01-02T03:04:05Z", "2024-01-02 03:04:05.123456789+05:30", "2024-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "2024-01-02T03:04:05"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := value.RFC3339Micros([]byte(s))
		if !ok || len(s) > 128 {
			return
		}
		iso, isISO := value.ParseISO(s)
		if !isISO || iso.Kind != value.ISOTimestamp || iso.Timestamp.Micros != got {
			t.Errorf("RFC3339Micros(%q) = %d, ParseISO = %+v, %v", s, got, iso, isISO)
		}
	})
}

func BenchmarkRFC3339Micros(b *testing.B) {
	in := []byte("2025-01-01T00:00:07.643173Z")
	for b.Loop() {
		if _, ok := value.RFC3339Micros(in); !ok {
			b.Fatal("not read")
		}
	}
}
