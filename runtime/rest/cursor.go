package rest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// unknownPath is a next_path to be found on the first page (G38).
const unknownPath = "?"

// Cursor sends a value that the page before held. All other parameters stay
// (R56).
type Cursor struct {
	Param    string // cursor
	BodyPath string // instead of Param; the value keeps its JSON type
	// NextPath leads to the value: cursors.next. "?" finds it on the first page,
	// by R61; a full page without one is an error.
	NextPath                string
	MorePath                string
	SizeParam, SizeBodyPath string
	Size                    int
	// StopOnEmpty ends after an empty page even if it holds a cursor.
	StopOnEmpty bool
}

// Start begins a pagination.
func (p *Cursor) Start() (Pagination, error) {
	at, err := placeOf("cursor", p.Param, p.BodyPath, "cursor")
	if err != nil {
		return nil, err
	}
	out := &cursors{Cursor: *p, at: at}
	out.NextPath = or(p.NextPath, "cursors.next")
	return out, nil
}

type cursors struct {
	Cursor
	at place
}

func (p *cursors) Paths() []string {
	if p.NextPath == unknownPath {
		return nonEmpty(p.MorePath)
	}
	return nonEmpty(p.NextPath, p.MorePath)
}

func (p *cursors) First(call *Call) error {
	return setSize(call, p.SizeParam, p.SizeBodyPath, p.Size)
}

func (p *cursors) Next(call *Call, page *Answer) (bool, error) {
	if p.NextPath == unknownPath {
		path, err := learnNext("cursor", page, p.Size)
		if path == "" || err != nil {
			return false, err
		}
		p.NextPath = path
	}
	raw, err := page.Value(p.NextPath)
	if err != nil || falsy(raw) {
		return false, err
	}
	if p.StopOnEmpty && page.Records == 0 {
		return false, nil
	}
	goOn, err := more("cursor", p.MorePath, page)
	if !goOn || err != nil {
		return false, err
	}
	return true, p.at.set(call, raw)
}

// learnNext finds the key that leads to the next page; "" if this is the only one.
func learnNext(kind string, page *Answer, size int) (string, error) {
	path, _ := findNext(outlineOf(page.body), nil)
	if path != nil {
		return path.String(), nil
	}
	if size > 0 && page.Records >= size {
		return "", fmt.Errorf("%s paginator: a full page of %d records holds no key that leads to the next; run dltgen probe, or set next_path", kind, page.Records)
	}
	return "", nil
}

// HeaderCursor sends a value that a response header held; one that is a URL is
// followed.
type HeaderCursor struct {
	NextPath                string // the header: next
	Param                   string // cursor
	BodyPath                string // instead of Param
	SizeParam, SizeBodyPath string
	Size                    int
}

// Start begins a pagination.
func (p *HeaderCursor) Start() (Pagination, error) {
	at, err := placeOf("header_cursor", p.Param, p.BodyPath, "cursor")
	if err != nil {
		return nil, err
	}
	out := &headerCursors{HeaderCursor: *p, at: at}
	out.NextPath = or(p.NextPath, "next")
	return out, nil
}

type headerCursors struct {
	HeaderCursor
	at place
}

func (p *headerCursors) Paths() []string { return nil }

func (p *headerCursors) First(call *Call) error {
	return setSize(call, p.SizeParam, p.SizeBodyPath, p.Size)
}

func (p *headerCursors) Next(call *Call, page *Answer) (bool, error) {
	value := strings.TrimSpace(page.Header.Get(p.NextPath))
	if value == "" {
		return false, nil
	}
	if strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://") {
		return true, call.Follow(value) // no token but the whole next request
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return false, err
	}
	return true, p.at.set(call, raw)
}

// Keyset sends a field of the last record of the page before.
type Keyset struct {
	RecordField string // id
	Param       string // after
	BodyPath    string // instead of Param
	MorePath    string

	SizeParam, SizeBodyPath string
	Size                    int
	// StopOnShort is that of PageNumber.
	StopOnShort bool
	// PastEmpty goes on after an empty page as long as MorePath says so, with the
	// same key.
	PastEmpty bool
}

// Start begins a pagination.
func (p *Keyset) Start() (Pagination, error) {
	at, err := placeOf("keyset", p.Param, p.BodyPath, "after")
	if err != nil {
		return nil, err
	}
	if p.PastEmpty && p.MorePath == "" {
		return nil, fmt.Errorf("keyset paginator: more_path or a stop at an empty page is needed")
	}
	path, err := parseSelector(or(p.RecordField, "id"))
	if err != nil {
		return nil, fmt.Errorf("keyset paginator: %w", err)
	}
	return &keysets{Keyset: *p, at: at, field: path}, nil
}

type keysets struct {
	Keyset
	at      place
	field   selector
	largest int
}

func (p *keysets) Paths() []string { return nonEmpty(p.MorePath) }

func (p *keysets) First(call *Call) error {
	return setSize(call, p.SizeParam, p.SizeBodyPath, p.Size)
}

func (p *keysets) Next(call *Call, page *Answer) (bool, error) {
	if page.Records == 0 && !p.PastEmpty {
		return false, nil
	}
	goOn, err := more("keyset", p.MorePath, page)
	if !goOn || err != nil {
		return false, err
	}
	if p.MorePath == "" && p.StopOnShort && page.Records < p.Size && (!capped(page.Records) || page.Records < p.largest) {
		return false, nil
	}
	p.largest = max(p.largest, page.Records)
	if page.Records == 0 {
		return true, nil
	}
	hits, err := scan(page.Last, []selector{p.field}, false)
	if err != nil {
		return false, err
	}
	if len(hits[0]) == 0 || scalarText(page.Last[hits[0][0].start:hits[0][0].end]) == "" {
		return false, fmt.Errorf("keyset paginator: the last record has no %q: %s", p.field, quote(page.Last))
	}
	return true, p.at.set(call, page.Last[hits[0][0].start:hits[0][0].end])
}
