package filesource

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// drain reads all pages of a splitter or table and returns the records as JSON.
func drain(t *testing.T, next func() ([]byte, int64, error)) []string {
	t.Helper()
	var all []string
	for {
		page, _, err := next()
		dec := json.NewDecoder(bytes.NewReader(page))
		for {
			var v json.RawMessage
			if e := dec.Decode(&v); errors.Is(e, io.EOF) {
				break
			} else if e != nil {
				t.Fatalf("page %q: %v", page, e)
			}
			var list []json.RawMessage
			if json.Unmarshal(v, &list) != nil {
				list = []json.RawMessage{v}
			}
			for _, x := range list {
				all = append(all, string(x))
			}
		}
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever the page size, records come whole and in order.
func TestSplitter(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		lines bool
		want  []string
	}{
		"lines":              {"{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}", true, []string{`{"a":1}`, `{"a":2}`, `{"a":3}`}},
		"array":              {"[{\"a\":\"]},{\"}, {\"b\":[1,[2]]},\n3]\n", false, []string{`{"a":"]},{"}`, `{"b":[1,[2]]}`, `3`}},
		"values in a row":    {"{\"a\":1} {\"a\":2}\n{\"a\":\n3}", false, []string{`{"a":1}`, `{"a":2}`, "{\"a\":\n3}"}},
		"escaped quote":      {`[{"a":"x\"]"},{"a":"\\"}]`, false, []string{`{"a":"x\"]"}`, `{"a":"\\"}`}},
		"one object":         {"{\n \"a\": {\"b\": [1]}\n}\n", false, []string{"{\n \"a\": {\"b\": [1]}\n}"}},
		"byte order mark":    {"\xef\xbb\xbf{\"a\":1}\n", true, []string{`{"a":1}`}},
		"empty":              {"", false, nil},
		"empty array":        {"[]", false, nil},
		"windows line ends":  {"{\"a\":1}\r\n{\"a\":2}\r\n", true, []string{`{"a":1}`, `{"a":2}`}},
		"two arrays, a line": {"[1,2]\n[3]\n", false, []string{"1", "2", "3"}},
	} {
		for _, size := range []int{1, 3, 7, 1 << 10} {
			t.Run(fmt.Sprint(name, "/", size), func(t *testing.T) {
				got := drain(t, newSplitter(iotest.OneByteReader(strings.NewReader(c.in)), size, c.lines).next)
				if d := cmp.Diff(c.want, got); d != "" {
					t.Errorf("records (-want +got):\n%s", d)
				}
			})
		}
	}
}

// What is not JSON stays that way: a page never hides a fault of the file.
func TestSplitterKeepsFaults(t *testing.T) {
	for _, in := range []string{`[1,,2]`, `[1,2`, `[1 2]`, `[1,2,]`, `[{"a":1},{"a":`} {
		s := newSplitter(strings.NewReader(in), 2, false)
		bad := false
		for {
			page, _, err := s.next()
			dec := json.NewDecoder(bytes.NewReader(page))
			for {
				var v any
				if e := dec.Decode(&v); errors.Is(e, io.EOF) {
					break
				} else if e != nil {
					bad = true
					break
				}
			}
			if err != nil {
				break
			}
		}
		if !bad {
			t.Errorf("%s: every page is valid JSON", in)
		}
	}
}

func TestCSV(t *testing.T) {
	in := "\ufeffid,code,price,ok,note\n1,007,1.5,true,\"a, \"\"b\"\"\"\n2,008,2,false,\n-3,abc,1e3,True,x\n"
	want := []string{
		`{"id":1,"code":"007","price":1.5,"ok":true,"note":"a, \"b\""}`,
		`{"id":2,"code":"008","price":2.0,"ok":false,"note":null}`,
		`{"id":-3,"code":"abc","price":1e3,"ok":true,"note":"x"}`,
	}
	if d := cmp.Diff(want, drain(t, newTable(strings.NewReader(in), false, 10).next)); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	table := newTable(strings.NewReader("a,b\n1,2\n3\n"), false, 10)
	var err error
	for err == nil {
		_, _, err = table.next()
	}
	if errors.Is(err, io.EOF) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("a short row: error %v, want one that names line 3", err)
	}
	if _, _, err := newTable(strings.NewReader("a,a\n1,2\n"), false, 10).next(); err == nil {
		t.Error("two columns of one name: no error")
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{"missing.jsonl", "no such file"},
		{"testdata", ""},
	} {
		if _, err := find([]string{c.pattern}, ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.pattern, err, c.want)
		}
	}
}

func FuzzSplitter(f *testing.F) {
	f.Add([]byte(`[{"a":"]"},2]`), uint8(3))
	f.Add([]byte("{\"a\":1}\n{\"b\":2}"), uint8(1))
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		var whole []json.RawMessage
		if len(in) == 0 || in[0] != '[' || json.Unmarshal(in, &whole) != nil {
			return
		}
		got := drain(t, newSplitter(bytes.NewReader(append([]byte(nil), in...)), int(size)+1, false).next)
		if len(got) != len(whole) {
			t.Fatalf("%q: %d records %q, want %d", in, len(got), got, len(whole))
		}
		for i := range got {
			if got[i] != string(whole[i]) {
				t.Fatalf("%q: record %d is %q, want %q", in, i, got[i], whole[i])
			}
		}
	})
}

// Whatever the bytes, every page of CSV is JSON lines with the header's names.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n1,x\n2,\"y\nz\"\n"), false, uint8(4))
	f.Add([]byte("\ufeffa\tb\n1.5\ttrue\n"), true, uint8(1))
	f.Add([]byte("a\n\xff\n1e999\n-0\n"), false, uint8(9))
	f.Fuzz(func(t *testing.T, in []byte, tabs bool, size uint8) {
		csv := newTable(bytes.NewReader(in), tabs, int(size)+1)
		for {
			page, _, err := csv.next()
			for line := range bytes.Lines(page) {
				var row map[string]any
				d := json.NewDecoder(bytes.NewReader(line))
				d.UseNumber()
				if e := d.Decode(&row); e != nil {
					t.Fatalf("%q gives %q: %v", in, line, e)
				}
			}
			if err != nil {
				return
			}
		}
	})
}
