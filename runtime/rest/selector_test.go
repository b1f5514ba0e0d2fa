package rest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSelector(t *testing.T) {
	tests := []struct {
		name, in, want string // want: as String writes it
	}{
		{"root", "$", "$"},
		{"name", "data", "data"},
		{"names", "a.b.c", "a.b.c"},
		{"root and names", "$.a.b", "a.b"},
		{"quoted", `"a.b".c`, `["a.b"].c`},
		{"quoted later", `x."a.b"`, `x["a.b"]`},
		{"bracketed", `$["a.b"]['c d']`, `["a.b"]["c d"]`},
		{"single quotes with a double one", `['a"b']`, `["a\"b"]`},
		{"relay", "edges[*].node", "edges[*].node"},
		{"relay short", "edges[].node", "edges[*].node"},
		{"map envelope", "$.*", "*"},
		{"nested map envelope", "data.*", "data[*]"},
		{"star", "*", "*"},
		{"index", "a[0].b", "a[0].b"},
		{"deep", "$..items", "..items"},
		{"odata", "@odata.nextLink", `["@odata.nextLink"]`},
		{"odata below", "d.@odata.count", `d["@odata.count"]`},
		{"not odata", "@graph.items", "@graph.items"},
		{"unicode", "żółw.x", "żółw.x"},
		{"dash", "a-b", "a-b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := parseSelector(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.String(); got != tt.want {
				t.Errorf("parseSelector(%q) = %s, want %s", tt.in, got, tt.want)
			}
			again, err := parseSelector(s.String())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s, again, cmp.AllowUnexported(step{})); diff != "" {
				t.Errorf("String does not round-trip:\n%s", diff)
			}
		})
	}
}

func TestParseSelectorErrors(t *testing.T) {
	for in, want := range map[string]string{
		"":          `selector is empty`,
		"a\xdd":     `selector "a\xdd" is not UTF-8`,
		"a.":        `selector "a.": it ends with a dot`,
		"a..":       `selector "a..": it ends with a dot`,
		`"a`:        `selector "\"a": " is missing`,
		"a[0":       `selector "a[0": ] is missing`,
		"a[-1]":     `selector "a[-1]": [-1] is not supported; only [*], [n] and ["name"] are`,
		"a[?(@.x)]": `selector "a[?(@.x)]": [?(@.x)] is not supported; only [*], [n] and ["name"] are`,
		`a["b"`:     `selector "a[\"b\"": ] is missing`,
		`"a"b`:      `selector "\"a\"b": a dot is missing before "b"`,
	} {
		if _, err := parseSelector(in); err == nil || err.Error() != want {
			t.Errorf("parseSelector(%q): %v, want %s", in, err, want)
		}
	}
}

// TestDetectSelector is the table of R30–R32.
func TestDetectSelector(t *testing.T) {
	for body, want := range map[string]string{
		`[1,2]`:                          "$",
		`5`:                              "$",
		`{}`:                             "$",
		`{"data":{"a":1}}`:               "$",
		`{"a":[2],"items":[1]}`:          "items",
		`{"x":{"data":[1]},"y":[2]}`:     "x.data",
		`{"x":{"y":{"z":{"data":[1]}}}}`: "$",
		`{"errors":[],"results":[1]}`:    "results",
		`{"Data":[1],"foo":[2]}`:         "Data",
		`{"foo":[1],"data":{"bar":[2]}}`: "foo",
		`{"meta":[1],"zzz":[2]}`:         "meta",
		`{"x":{"y":{"data":[1]}}}`:       "x.y.data",
		`{"a":[{"data":[1]}]}`:           "a",
		`{"a.b":[1]}`:                    `["a.b"]`, // R32: we quote
		`{"a":{"x.y":{"rows":[]}}}`:      `a["x.y"].rows`,
		`{"data":1,"z":[1],"data":[2]}`:  "data",
	} {
		if got := detectSelector(outlineOf([]byte(body))).String(); got != want {
			t.Errorf("%s: selector %s, want %s", body, got, want)
		}
	}
}

func TestExtract(t *testing.T) {
	tests := []struct {
		name, body, selector, mapKey string
		want                         string
		n                            int
		offset                       int
	}{
		{"root list", ` [1,2] `, "$", "", `[1,2]`, 2, 1},
		{"root object", `{"a":1}`, "$", "", `{"a":1}`, 1, 0},
		{"root scalar", `5`, "$", "", `5`, 1, 0},
		{"list below", `{"data":[{"id":1}]}`, "data", "", `[{"id":1}]`, 1, 8},
		{"empty list", `{"data":[ ]}`, "data", "", `[]`, 0, 8},
		{"no match", `{"data":[1]}`, "rows", "", `[]`, 0, 0},
		{"null", `{"data":null}`, "data", "", `[]`, 0, 8},
		{"object as one record", `{"data":{"id":1}}`, "data", "", `{"id":1}`, 1, 8},
		{"scalar as one record", `{"data":"x"}`, "data", "", `"x"`, 1, 8},
		{"nested", `{"a":{"b":{"c":[1]}}}`, "a.b.c", "", `[1]`, 1, 15},
		{"key with a dot", `{"a.b":[1]}`, `"a.b"`, "", `[1]`, 1, 7},
		{"key with an escape", `{"a\u0062":[1]}`, "ab", "", `[1]`, 1, 11},
		{"last of a repeated key", `{"data":[1],"data":[2,3]}`, "data", "", `[2,3]`, 2, 19},
		{
			"relay", `{"edges":[{"node":{"id":1},"cursor":"x"},{"node":{"id":2}}]}`, "edges[*].node", "",
			`[{"id":1},                      {"id":2}]`, 2, 17,
		},
		{"one match that is a list is flattened", `{"a":[{"x":[1,2]}]}`, "a[*].x", "", `[1,2]`, 2, 11},
		{"two matches that are lists are not", `{"a":[{"x":[1]},{"x":[2]}]}`, "a[*].x", "", `[[1],      [2]]`, 2, 10},
		{"elements", `{"a":[1,2]}`, "a[*]", "", `[1,2]`, 2, 5},
		{"one element", `{"a":[1,2]}`, "a[1]", "", `2`, 1, 8},
		{"map envelope", `{"a":{"n":1},"b":{"n":2}}`, "$.*", "", `[{"n":1},    {"n":2}]`, 2, 4},
		{
			"map envelope with keys", `{"a":{"n":1},"b":{},"c":7}`, "$.*", "_key",
			`[{"_key":"a","n":1},{"_key":"b"},{"_key":"c","value":7}]`, 3, 5,
		},
		{"overlapping matches are copied", `{"a":{"a":1}}`, "$..a", "", `[1,{"a":1}]`, 2, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sel, err := parseSelector(tt.selector)
			if err != nil {
				t.Fatal(err)
			}
			body := []byte(tt.body)
			hits, err := scan(body, []selector{sel}, false)
			if err != nil {
				t.Fatal(err)
			}
			got := extract(body, hits[0], tt.mapKey)
			if string(got.data) != tt.want || got.n != tt.n || got.offset != tt.offset {
				t.Errorf("got %s, n %d, offset %d; want %s, n %d, offset %d", got.data, got.n, got.offset, tt.want, tt.n, tt.offset)
			}
		})
	}
}

func TestScanErrors(t *testing.T) {
	tests := []struct {
		name, body, want string
	}{
		{"empty", "", "byte 0: the body ends where a value should be"},
		{"html", "<html>", `byte 0: '<' where a value should be`},
		{"cut off", `{"data":[{"id":1},{"i`, "byte 21: the body ends within a string"},
		{"cut off in a list", `[1,2`, "byte 4: the body ends where a comma or ] should be"},
		{"two values", `{} {}`, "byte 3: text after the JSON value"},
		{"bad number", `[01]`, "byte 2: '1' where a comma or ] should be"},
		{"bad fraction", `[1.]`, "byte 3: ']' where a digit should be"},
		{"bad word", `[nul]`, "byte 1: 'n' where null should be"},
		{"bad escape", `["\x"]`, "byte 3: 'x' where an escape should be"},
		{"bad unicode", `["\u12"]`, `byte 3: \u without four hexadecimal digits`},
		{"control character", "[\"a\n\"]", `byte 3: control character '\n' in a string`},
		{"no colon", `{"a" 1}`, "byte 5: '1' where a colon should be"},
		{"trailing comma", `{"a":1,}`, "byte 7: '}' where a key should be"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := scan([]byte(tt.body), []selector{nil}, false)
			if err == nil || err.Error() != tt.want {
				t.Errorf("scan(%s): %v, want %s", tt.body, err, tt.want)
			}
		})
	}
}
