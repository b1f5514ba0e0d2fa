package state_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/internal/state"
)

// mark replaces ⟦n⟧ by the marker character of kind n.
func mark(s string) string {
	for n := range 8 {
		s = strings.ReplaceAll(s, fmt.Sprintf("⟦%d⟧", n), string(rune(0xF026+n)))
	}
	return s
}

const vector2 = `{"dataset_name":"vec_ds","default_schema_name":"vec","destination_name":null,"destination_type":"dlt.destinations.duckdb","pipeline_name":"vec","schema_names":["vec"],"sources":{"vec":{"resources":{"items":{"b":"⟦5⟧aGVsbG8=","d":"⟦2⟧2024-02-03","dec":"⟦0⟧1.50","incremental":{"ts":{"initial_value":"⟦1⟧2024-01-01T00:00:00+00:00","last_value":"⟦1⟧2024-01-03T00:00:00+00:00","start_value":"⟦1⟧2024-01-01T00:00:00+00:00","unique_hashes":["Tp44cKMYfAuJ"]}},"n":{"x":[1,2.5,null,true]}}},"shared":"żółw"}}}`

// ST5
func TestHashVectors(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"one resource", `{"pipeline_name":"p","schema_names":["p"],"sources":{"p":{"resources":{"r":{"k":1}}}}}`, "WHisY4l76idndn4iG5ztXTwmMJ+1hhaSLVuSUnRvb0s="},
		{"empty", `{}`, "hA63qiqZNd5jNmusvp2X6XioWek9x5KgM03mDtUvjpk="},
		{"typed values", mark(vector2), "gHXpZ9RZ6pf+UOv8nQZTu0PZBCimhQZ3jRSk9rm+YxY="},
		{"order and bookkeeping do not count", `{"_state_version":7,"_local":{"x":1},"sources":{"p":{"resources":{"r":{"k":1}}}},"schema_names":["p"],"pipeline_name":"p"}`, "WHisY4l76idndn4iG5ztXTwmMJ+1hhaSLVuSUnRvb0s="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := state.Decode([]byte(tt.doc))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Hash(); got != tt.want {
				t.Errorf("hash %s, want %s", got, tt.want)
			}
		})
	}
}

// ST22, ST23, ST25
func TestRoundTrip(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"sorted keys", `{"b":1,"a":{"d":[1,{"f":1,"e":2}],"c":null}}`, `{"a":{"c":null,"d":[1,{"e":2,"f":1}]},"b":1}`},
		{"escapes", `{"k":"\"\\\b\t\n\f\r\u0001\u001f\u007f\u2028<>&/ż"}`, "{\"k\":\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\u2028<>&/ż\"}"},
		{"integers", `{"k":[0,-9223372036854775808,18446744073709551615]}`, `{"k":[0,-9223372036854775808,18446744073709551615]}`},
		{"floats", `{"k":[1e15,1e16,0.00001,0.000001,-0.0,1.0,2.5,1E400]}`, `{"k":[1000000000000000.0,1e+16,0.00001,1e-6,-0.0,1.0,2.5,null]}`},
		{"decimals keep their text", mark(`{"k":["⟦0⟧1.50","⟦0⟧1E+3","⟦0⟧-0","⟦0⟧NaN","⟦6⟧5"]}`), mark(`{"k":["⟦0⟧1.50","⟦0⟧1E+3","⟦0⟧-0","⟦0⟧NaN","⟦6⟧5"]}`)},
		{"no decimal", mark(`{"k":"⟦0⟧abc"}`), mark(`{"k":"⟦0⟧abc"}`)},
		{"marker alone", mark(`{"k":"⟦0⟧"}`), mark(`{"k":"⟦0⟧"}`)},
		{"Z becomes an offset", mark(`{"k":"⟦1⟧2024-01-02T03:04:05.5Z"}`), mark(`{"k":"⟦1⟧2024-01-02T03:04:05.500000+00:00"}`)},
		{"offset stays", mark(`{"k":"⟦1⟧2024-01-02T03:04:05+02:00"}`), mark(`{"k":"⟦1⟧2024-01-02T03:04:05+02:00"}`)},
		{"naive stays", mark(`{"k":"⟦1⟧2024-01-02T03:04:05"}`), mark(`{"k":"⟦1⟧2024-01-02T03:04:05"}`)},
		{"uuid written plain", mark(`{"k":"⟦3⟧0B5B3C6E-1111-2222-3333-444455556666"}`), `{"k":"0b5b3c6e-1111-2222-3333-444455556666"}`},
		{"keys are not decoded", mark(`{"⟦2⟧2024-02-03":1}`), mark(`{"⟦2⟧2024-02-03":1}`)},
		{"last of equal keys", `{"k":1,"k":2}`, `{"k":2}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := state.Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(state.Canonical(o))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", ``, "typed json: byte 0: unexpected EOF"},
		{"list", `[]`, "typed json: the document is no object"},
		{"two documents", `{} {}`, "typed json: byte 4: more after the document"},
		{"huge integer", `{"k":18446744073709551616}`, "typed json: byte 25: integer 18446744073709551616 does not fit 64 bits"},
		{"too deep", `{"k":` + strings.Repeat("[", 600), "typed json: byte 517: more than 512 levels deep"},
		{"newer engine", `{"_state_engine_version":5,"pipeline_name":"p"}`, `state of pipeline "p": engine version 5 is newer than 4: upgrade this program`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := state.Decode([]byte(tt.in))
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

// ST9
func TestBlob(t *testing.T) {
	s, err := state.DecodeBlob("eNqrVoovLkksSY0vSy0qzszPU7Iy1IEJpealZ+YhyZjoKBVkFqTmgATzEnNTlayUCpRqATKMF9k=")
	if err != nil {
		t.Fatal(err)
	}
	if s.PipelineName() != "p" || s.Version() != 1 {
		t.Errorf("pipeline %q version %d", s.PipelineName(), s.Version())
	}
	s.Local().Set("secret", "stays here")
	blob, err := s.Blob()
	if err != nil {
		t.Fatal(err)
	}
	back, err := state.DecodeBlob(blob)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := back.Root().Get("_local"); ok {
		t.Error("the blob holds the local part")
	}
	plain, err := state.DecodeBlob(`{"pipeline_name":"q"}`)
	if err != nil || plain.PipelineName() != "q" {
		t.Errorf("plain text: %v, %v", plain, err)
	}
}

// ST6, ST7
func TestBump(t *testing.T) {
	s := state.New("p")
	if !s.Bump() || s.Version() != 0 {
		t.Errorf("first bump: version %d, want 0", s.Version())
	}
	s.Resource("p", "r").Set("n", int64(1))
	if !s.Bump() || s.Version() != 1 {
		t.Errorf("second bump: version %d, want 1", s.Version())
	}
	if s.Bump() {
		t.Error("bump without a change")
	}
	if s.Extracted() {
		t.Error("extracted before it was marked")
	}
	s.MarkExtracted(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	if !s.Extracted() || s.Bump() {
		t.Error("marking as extracted must not change the content")
	}
}

// ST10
func TestMigrate(t *testing.T) {
	s, err := state.Decode([]byte(`{"_state_version":3,"_state_engine_version":3,"pipeline_name":"p","destination":"dlt.destinations.duckdb"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"_state_engine_version":4,"_state_version":3,"destination_name":null,"destination_type":"dlt.destinations.duckdb","pipeline_name":"p"}`
	if diff := cmp.Diff(want, string(state.Canonical(s.Root()))); diff != "" {
		t.Error(diff)
	}
}

func TestTypedTimes(t *testing.T) {
	at := time.Date(2024, 1, 2, 3, 4, 5, 123456789, time.UTC)
	if got := state.DatetimeOf(at).Text; got != "2024-01-02T03:04:05.123456+00:00" {
		t.Error(got)
	}
	back, naive, ok := state.DatetimeOf(at).AsTime()
	if !ok || naive || !back.Equal(at.Truncate(time.Microsecond)) {
		t.Error(back, naive, ok)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(mark(vector2)))
	f.Add([]byte(`{"a":[1,2.5,"x",{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := state.Parse(data)
		if err != nil {
			return
		}
		once := state.Canonical(o)
		again, err := state.Parse(once)
		if err != nil {
			t.Fatalf("own output %q: %v", once, err)
		}
		if twice := state.Canonical(again); string(twice) != string(once) {
			t.Fatalf("%q became %q", once, twice)
		}
	})
}

func FuzzDecodeBlob(f *testing.F) {
	f.Add("eNqrVoovLkksSY0vSy0qzszPU7Iy1IEJpealZ+YhyZjoKBVkFqTmgATzEnNTlayUCpRqATKMF9k=")
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = state.DecodeBlob(text)
	})
}

func ExampleState_Bump() {
	st := state.New("github")
	st.Bump()
	st.Resource("github", "issues").Set("last", int64(7))
	fmt.Println(st.Bump(), st.Version())
	// Output: true 1
}
