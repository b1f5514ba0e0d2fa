package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// A Paginator says how the pages of a request follow each other. It is
// settings only: each pagination runs on its own Pagination, so one Paginator
// serves many requests at a time.
type Paginator interface {
	// Start begins a pagination; it fails if the settings contradict each other.
	Start() (Pagination, error)
}

// A Pagination is one run through the pages.
type Pagination interface {
	// Paths are the places in the body that Next will ask for.
	Paths() []string
	// First prepares the first call.
	First(call *Call) error
	// Next looks at a page and prepares the next call, or reports that there is
	// no next page.
	Next(call *Call, page *Answer) (more bool, err error)
}

// An Answer is a page as a Pagination sees it.
type Answer struct {
	URL     *url.URL // of the response, after redirects
	Status  int
	Header  http.Header
	Records int    // in this page
	Last    []byte // the last record, JSON; nil if there is none
	Page    int    // counted from 1

	body   []byte
	paths  []string
	found  [][]hit
	lines  bool
	isList bool // the selected value is a list
	repeat bool // the records are those of the page before
	skip   bool // set by a Pagination: do not yield this page
}

// Value returns the value at a path in the body, as JSON; nil if there is none.
// Of several the first counts. The path is one of Paths, or read now.
func (a *Answer) Value(path string) (json.RawMessage, error) {
	for i, p := range a.paths {
		if p == path {
			return a.firstHit(a.found[i]), nil
		}
	}
	sel, err := parseSelector(path)
	if err != nil {
		return nil, err
	}
	hits, err := scan(a.body, []selector{sel}, a.lines)
	if err != nil {
		return nil, err
	}
	return a.firstHit(hits[0]), nil
}

func (a *Answer) firstHit(hits []hit) json.RawMessage {
	if len(hits) == 0 {
		return nil
	}
	return a.body[hits[0].start:hits[0].end]
}

// nonEmpty are the paths among texts that are set.
func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// scalarText is a JSON text, number or bool as text; "" for null, objects and lists.
func scalarText(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		var s string
		_ = json.Unmarshal(raw, &s) // scanned before
		return s
	case '{', '[', 'n':
		return ""
	}
	return string(raw)
}

// falsy reports what ends a cursor: nothing, null, "", 0, false, {} and [].
func falsy(raw []byte) bool {
	if len(raw) == 0 {
		return true
	}
	switch raw[0] {
	case 'n', 'f':
		return true
	case 't':
		return false
	case '"':
		return len(raw) == 2
	case '{', '[':
		return len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	return err == nil && f == 0
}

// more reads a more_path: true if path is "" (R54).
func more(kind, path string, page *Answer) (bool, error) {
	if path == "" {
		return true, nil
	}
	raw, err := page.Value(path)
	if err != nil {
		return false, err
	}
	switch {
	case len(raw) == 0 || raw[0] == 'n':
		return false, fmt.Errorf("%s paginator: no %q in the response %s", kind, path, quote(page.body))
	case raw[0] == 't' || raw[0] == 'f':
		return raw[0] == 't', nil
	case raw[0] == '"':
		switch strings.ToLower(scalarText(raw)) {
		case "true", "t", "yes", "y", "1":
			return true, nil
		case "false", "f", "no", "n", "0":
			return false, nil
		}
	}
	return false, fmt.Errorf("%s paginator: %q is not a bool but %s", kind, path, quote(raw))
}

// total reads a number of pages or records; -1 if path is "" (R54).
func total(kind, path string, page *Answer) (int, error) {
	if path == "" {
		return -1, nil
	}
	raw, err := page.Value(path)
	if err != nil {
		return 0, err
	}
	if len(raw) == 0 || raw[0] == 'n' {
		return 0, fmt.Errorf("%s paginator: no total %q in the response %s", kind, path, quote(page.body))
	}
	text := strings.TrimSpace(scalarText(raw))
	if n, err := strconv.Atoi(text); err == nil {
		return n, nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && raw[0] != '"' && f == float64(int(f)) {
		return int(f), nil
	}
	return 0, fmt.Errorf("%s paginator: total %q is not an integer but %s", kind, path, quote(raw))
}

// totalHeader reads a total from a header; -1 if there is none. Servers leave
// it out where counting is dear.
func totalHeader(kind, name string, page *Answer) (int, error) {
	text := strings.TrimSpace(page.Header.Get(name))
	if name == "" || text == "" {
		return -1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%s paginator: header %s is not an integer but %q", kind, name, text)
	}
	return n, nil
}

// quote is the beginning of a body for a message.
func quote(body []byte) string {
	const most = 200
	return excerpt(bytes.TrimSpace(body), most)
}

// place is where a paging value goes: a query parameter or a field of the body.
type place struct{ param, body string }

// placeOf is a place by its settings; fallback is the parameter if both are empty.
func placeOf(kind, param, body, fallback string) (place, error) {
	if param != "" && body != "" {
		return place{}, fmt.Errorf("%s paginator: param and body_path exclude each other", kind)
	}
	if param == "" && body == "" {
		param = fallback
	}
	if param == "" && body == "" {
		return place{}, fmt.Errorf("%s paginator: param or body_path is needed", kind)
	}
	if strings.Contains("."+body+".", "..") && body != "" {
		return place{}, fmt.Errorf("%s paginator: body_path %q has an empty name", kind, body)
	}
	return place{param, body}, nil
}

func (p place) setInt(call *Call, n int) error {
	if p.body != "" {
		return call.SetBody(p.body, n)
	}
	call.SetQuery(p.param, strconv.Itoa(n))
	return nil
}

// set puts a JSON value; in a body it keeps its type, a parameter takes scalars.
func (p place) set(call *Call, raw json.RawMessage) error {
	if p.body != "" {
		return call.SetBody(p.body, append(json.RawMessage(nil), raw...))
	}
	text := scalarText(raw)
	if text == "" {
		return fmt.Errorf("paginator: parameter %s cannot take %s", p.param, quote(raw))
	}
	call.SetQuery(p.param, text)
	return nil
}

// setSize sends the page size, if both it and its place are known.
func setSize(call *Call, param, body string, size int) error {
	if size <= 0 || param == "" && body == "" {
		return nil
	}
	if param != "" && body != "" {
		return errors.New("paginator: size_param and size_body_path exclude each other")
	}
	return place{param, body}.setInt(call, size)
}

// SinglePage is one request.
type SinglePage struct{}

// Start begins a pagination.
func (*SinglePage) Start() (Pagination, error) { return single{}, nil }

type single struct{}

func (single) Paths() []string                   { return nil }
func (single) First(*Call) error                 { return nil }
func (single) Next(*Call, *Answer) (bool, error) { return false, nil }
