package record_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dltgen/dltgen/runtime/record"
)

func TestParseText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"keys keep their order", `{"b":1,"a":{"z":[],"y":{}}}`, `{"b":1,"a":{"z":[],"y":{}}}`},
		{"last of a repeated key", `{"a":1,"b":2,"a":[3]}`, `{"a":[3],"b":2}`},
		{
			"numbers", `[0,-0,1.0,1e2,100.00,9223372036854775807,9223372036854775808,-9223372036854775809,0.00001,1e16]`,
			`[0,0,1.0,100.0,100.0,9223372036854775807,9223372036854775808,-9223372036854775809,0.00001,1e+16]`,
		},
		{"escapes", `"\u00e9\ud83d\ude00\/\"\\\b\u0001\ud800x"`, `"é😀/\"\\\b\u0001` + "\uFFFD" + `x"`},
		{"white space", " [ 1 , { \"a\" : null } ] \n", `[1,{"a":null}]`},
		{"long text", `"0123456789abcdef éàü 0123456789"`, `"0123456789abcdef éàü 0123456789"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := record.Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := v.String(); got != tt.want {
				t.Errorf("Parse(%s) = %s, want %s", tt.in, got, tt.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{``, "byte 0: expected a value, found the end of the data"},
		{`{"a":}`, "byte 5: expected a value, found '}'"},
		{`{"a" 1}`, "byte 5: expected : after a key, found '1'"},
		{`{"a":1,}`, "byte 7: expected a key, found '}'"},
		{`[1,]`, "byte 3: expected a value, found ']'"},
		{`[1 2]`, "byte 3: expected , or the end of the array, found '2'"},
		{`{"a":[1,2`, "byte 9: the array that starts at byte 5 is not closed"},
		{`"abc`, "byte 0: the string is not closed"},
		{"\"a\tb\"", "byte 2: control character 0x09 in a string"},
		{`"a\q"`, "byte 2: invalid escape in a string"},
		{"\"a\xffb\"", "byte 2: invalid UTF-8 in a string"},
		{`01`, "byte 0: not a number that a double can hold"},
		{`1.`, "byte 0: not a number that a double can hold"},
		{`1e999`, "byte 0: not a number that a double can hold"},
		{`nul`, "byte 0: expected true, false or null"},
		{`NaN`, "byte 0: expected a value, found 'N'"},
		{`1 2`, "byte 2: unexpected text after the value: '2'"},
		{strings.Repeat("[", 600), "byte 513: nested deeper than 512 levels"},
	}
	for _, tt := range tests {
		_, err := record.Parse([]byte(tt.in))
		if se, ok := errors.AsType[*record.SyntaxError](err); !ok {
			t.Errorf("Parse(%q) = %v, want a SyntaxError", tt.in, err)
		} else if got := se.Error(); got != tt.want {
			t.Errorf("Parse(%q): %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestCursor(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"array", `[1, {"a":2} ,[3]]`, `1|{"a":2}|[3]`},
		{"one value", `{"a":2}`, `{"a":2}`},
		{"lines", "{\"a\":1}\n{\"a\":2}\r\n\n3", `{"a":1}|{"a":2}|3`},
		{"arrays one after another", `[1][] [2,3]`, `1|2|3`},
		{"empty", " \n", ""},
		{"open", `[1,2`, "1|2|page http://x/: byte 104: the array of records is not closed"},
		{"no comma", `[1 2]`, "1|page http://x/: byte 103: expected , or ] after a record of the array, found '2'"},
		{"trailing comma", `[1,]`, "1|page http://x/: byte 103: expected a record after the comma"},
		{"bad record", `[1,{"a":x}]`, "1|page http://x/: byte 108: expected a value, found 'x'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := record.Page{Data: []byte(tt.in), Origin: "http://x/", Offset: 100}
			c := record.NewCursor(&page)
			var got []string
			for {
				more, err := c.Next()
				var v *record.Value
				if more {
					start := c.Pos
					if v, err = c.Parse(); err != nil {
						if again := c.Error(start); again == nil || again.Error() != err.Error() {
							t.Errorf("Error says %v, Parse %v", again, err)
						}
					}
				}
				if err != nil {
					got = append(got, err.Error())
					break
				}
				if !more {
					break
				}
				got = append(got, v.String())
			}
			if s := strings.Join(got, "|"); s != tt.want {
				t.Errorf("got %s, want %s", s, tt.want)
			}
		})
	}
}

func TestValueEdits(t *testing.T) {
	v := parse(t, `{"a":1,"b":2,"c":3}`)
	v.Set("b", record.TextValue("x"))
	v.Delete("a")
	for i := range 20 {
		v.Set(strings.Repeat("k", i+1), record.IntValue(int64(i)))
	}
	v.Delete("kkk")
	c := v.Clone()
	c.Set("c", record.NullValue())
	if v.Get("c").IsNull() || v.Get("kkk") != nil || v.Get("kkkk") == nil || v.Key(0) != "b" || v.Len() != 21 {
		t.Errorf("after edits: %s", v.String())
	}
	if !v.Equal(&v) || v.Equal(&c) {
		t.Error("Equal does not tell a value from its changed copy")
	}
}

// FuzzParse holds the reader to encoding/json: the same texts are valid, and
// what was read means the same when written again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2.5,-3e2,true,null,"é\u00e9\ud83d\ude00"]}`, `[]`, `"\ud800"`, `1e5`, ` {"a":{"b":{}}} `, `[1,2,]`, "\"\xc3\x28\"",
		`{"id":0,"amount":1392.88,"active":true,"note":"needs review \"soon\"\n"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := record.Parse(in)
		end := record.SkipValue(in, record.SkipSpace(in, 0))
		if skipped := end >= 0 && record.SkipSpace(in, end) == len(in); skipped != (err == nil) {
			t.Fatalf("SkipValue(%q) = %d, but Parse says %v", in, end, err)
		}
		var std any
		dec := json.NewDecoder(bytes.NewReader(in))
		dec.UseNumber()
		stdErr := dec.Decode(&std)
		if stdErr == nil && dec.More() || !json.Valid(in) {
			stdErr = errors.New("invalid")
		}
		if err == nil && stdErr != nil {
			t.Fatalf("Parse(%q) took what encoding/json refuses: %v", in, stdErr)
		}
		if err != nil {
			var f float64
			tolerant := !utf8.Valid(in) || strings.Contains(err.Error(), "deeper") || strings.Contains(err.Error(), "double")
			if stdErr == nil && !tolerant {
				t.Fatalf("Parse(%q) = %v, %v", in, err, f)
			}
			return
		}
		var again, want any
		if err := json.Unmarshal(v.JSON(), &again); err != nil {
			t.Fatalf("Parse(%q) writes %s: %v", in, v, err)
		}
		if json.Unmarshal(in, &want) == nil && !jsonEqual(again, want) {
			t.Fatalf("Parse(%q) writes %s", in, v)
		}
	})
}

func jsonEqual(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
