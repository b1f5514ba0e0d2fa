package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree is the reference: a body read by encoding/json, in order.
type tree struct {
	keys  []string
	vals  []*tree
	isMap bool
	raw   json.RawMessage
	twice bool // an object in it has a key twice
}

func readTree(data []byte) (*tree, error) {
	t := &tree{raw: bytes.TrimSpace(data)}
	dec := json.NewDecoder(bytes.NewReader(data))
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		return t, nil
	}
	t.isMap = delim == '{'
	seen := map[string]bool{}
	for dec.More() {
		if t.isMap {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			t.twice = t.twice || seen[key.(string)]
			seen[key.(string)] = true
			t.keys = append(t.keys, key.(string))
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, err
		}
		sub, err := readTree(raw)
		if err != nil {
			return nil, err
		}
		t.twice = t.twice || sub.twice
		t.vals = append(t.vals, sub)
	}
	return t, nil
}

func (t *tree) find(path selector) []json.RawMessage {
	if len(path) == 0 {
		return []json.RawMessage{t.raw}
	}
	var out []json.RawMessage
	for i, v := range t.vals {
		st := path[0]
		if st.kind == stepAll || st.kind == stepKey && t.isMap && t.keys[i] == st.key || st.kind == stepIndex && !t.isMap && i == st.index {
			out = append(out, v.find(path[1:])...)
		}
	}
	return out
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{
		`{"data":[{"id":1},{"id":2}],"next":"x"}`, `{"a":{"b":[1.5e-3,true,null]}}`, `[[],{},""]`,
		`{"edges":[{"node":1},{"node":{"x":"\u00e9\n"}}]}`, `{"a":1,"a":2}`, "\t[ 1 , 2 ]\n", `"\ud800"`, `-0`, `{"":{}}`,
	} {
		f.Add([]byte(s), "data")
		f.Add([]byte(s), "$.*")
		f.Add([]byte(s), "edges[*].node")
		f.Add([]byte(s), "[1]")
	}
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		sel, err := parseSelector(path)
		if err != nil {
			return
		}
		hits, err := scan(bytes.Clone(body), []selector{sel, nil}, false)
		if valid := json.Valid(body); valid != (err == nil) {
			t.Fatalf("encoding/json says valid = %v, scan says %v", valid, err)
		}
		if err != nil {
			return
		}
		root, err := readTree(body)
		if err != nil {
			if errors.Is(err, io.EOF) {
				return
			}
			t.Skip() // deeper than the reference goes
		}
		for _, st := range sel {
			if st.deep {
				return
			}
		}
		got := extract(bytes.Clone(body), hits[0], "")
		if !json.Valid(got.data) {
			t.Fatalf("extracted text is not JSON: %q", got.data)
		}
		// The outline is read without checks: it must not panic, nor go astray.
		detectSelector(outlineOf(body))
		findNext(outlineOf(body), nil)
		if root.twice {
			return // the last value of a key counts, the reference keeps both
		}
		var raws []json.RawMessage
		for _, h := range hits[0] {
			raws = append(raws, body[h.start:h.end])
		}
		if diff := cmp.Diff(root.find(sel), raws); diff != "" {
			t.Fatalf("path %s:\n%s", sel, diff)
		}
	})
}

func FuzzParseSelector(f *testing.F) {
	for _, s := range []string{"$", "a.b", `"a.b"["c"]`, "a[*].b[0]", "$..x", "$.*", "@odata.nextLink"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSelector(text)
		if err != nil {
			return
		}
		again, err := parseSelector(s.String())
		if err != nil {
			t.Fatalf("%q is written %q, which is refused: %v", text, s, err)
		}
		if diff := cmp.Diff(s, again, cmp.AllowUnexported(step{})); diff != "" {
			t.Fatalf("%q is written %q:\n%s", text, s, diff)
		}
	})
}

func FuzzLinkHeader(f *testing.F) {
	f.Add(`<https://x/2>; rel="next", <https://x/9>; rel=last`)
	f.Add(`<a,b>; title="x; y"; rel="prev next"`)
	f.Fuzz(func(_ *testing.T, text string) {
		linkWithRel(map[string][]string{"Link": {text}}, "next")
	})
}
