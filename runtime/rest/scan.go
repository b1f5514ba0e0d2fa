package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// maxDepth is how deep values may be nested, as in encoding/json.
const maxDepth = 10000

// A hit is a value that a path led to, by its place in the body.
type hit struct {
	start, end int
	key        span // with quotes; of the member, if it is one
	list       bool
	count      int  // elements, if it is a list
	last       span // the last element
}

// A span is a stretch of the body.
type span struct{ start, end int }

// scan reads the body once, strictly, and returns for each path the values it
// leads to, in document order. Of a key that comes twice in one object the last
// value counts. With lines the body may hold many values (JSON lines).
func scan(data []byte, paths []selector, lines bool) ([][]hit, error) {
	s := &scanner{data: data, paths: paths, hits: make([][]hit, len(paths))}
	for i := range paths {
		s.stack = append(s.stack, cursor{path: i})
	}
	for values := 0; ; values++ {
		s.space()
		if s.pos == len(s.data) && (values > 0 || lines) {
			return s.hits, nil
		}
		if values > 0 && !lines {
			return nil, s.fail("text after the JSON value")
		}
		if _, err := s.value(s.stack[:len(paths)], span{}); err != nil {
			return nil, err
		}
	}
}

// A scanError is a fault in the body at a byte.
type scanError struct {
	offset int
	msg    string
}

func (e *scanError) Error() string { return fmt.Sprintf("byte %d: %s", e.offset, e.msg) }

// A cursor says how many steps of a path have been taken.
type cursor struct{ path, step int }

type scanner struct {
	data  []byte
	pos   int
	depth int
	paths []selector
	hits  [][]hit
	stack []cursor // active cursors of all open values; only ever grows by appending
}

func (s *scanner) fail(msg string) error { return &scanError{s.pos, msg} }

// unexpected names the byte that stands where want should.
func (s *scanner) unexpected(want string) error {
	if s.pos >= len(s.data) {
		return s.fail("the body ends where " + want + " should be")
	}
	return s.fail(fmt.Sprintf("%q where %s should be", s.data[s.pos], want))
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

// value reads the value at pos; active are the cursors that lead to it.
func (s *scanner) value(active []cursor, key span) (hit, error) {
	h := hit{start: s.pos, key: key}
	var err error
	switch c := s.peek(); {
	case c == '{':
		err = s.object(active)
	case c == '[':
		h.list = true
		h.count, h.last, err = s.array(active)
	case c == '"':
		_, err = s.str()
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
	case c == 't':
		err = s.word("true")
	case c == 'f':
		err = s.word("false")
	case c == 'n':
		err = s.word("null")
	default:
		err = s.unexpected("a value")
	}
	if err != nil {
		return h, err
	}
	h.end = s.pos
	for _, c := range active {
		if c.step == len(s.paths[c.path]) {
			s.hits[c.path] = append(s.hits[c.path], h)
		}
	}
	return h, nil
}

func (s *scanner) enter() error {
	s.pos++
	if s.depth++; s.depth > maxDepth {
		return s.fail(fmt.Sprintf("nested deeper than %d levels", maxDepth))
	}
	s.space()
	return nil
}

func (s *scanner) object(active []cursor) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer func() { s.depth-- }()
	if s.peek() == '}' {
		s.pos++
		return nil
	}
	twice := s.marks(active)
	for {
		if s.peek() != '"' {
			return s.unexpected("a key")
		}
		key := span{start: s.pos}
		escaped, err := s.str()
		if err != nil {
			return err
		}
		key.end = s.pos
		s.space()
		if s.peek() != ':' {
			return s.unexpected("a colon")
		}
		s.pos++
		s.space()
		base := len(s.stack)
		if len(active) > 0 {
			s.pushKey(active, key, escaped, twice)
		}
		if _, err := s.value(s.stack[base:len(s.stack):len(s.stack)], key); err != nil {
			return err
		}
		s.stack = s.stack[:base]
		if done, err := s.more('}'); done || err != nil {
			return err
		}
	}
}

func (s *scanner) array(active []cursor) (n int, last span, err error) {
	if err := s.enter(); err != nil {
		return 0, last, err
	}
	defer func() { s.depth-- }()
	if s.peek() == ']' {
		s.pos++
		return 0, last, nil
	}
	for {
		base := len(s.stack)
		if len(active) > 0 {
			s.pushIndex(active, n)
		}
		h, err := s.value(s.stack[base:len(s.stack):len(s.stack)], span{})
		if err != nil {
			return 0, last, err
		}
		s.stack = s.stack[:base]
		n, last = n+1, span{h.start, h.end}
		if done, err := s.more(']'); done || err != nil {
			return n, last, err
		}
	}
}

// more reads what follows a member or element: a comma, or the end.
func (s *scanner) more(end byte) (done bool, err error) {
	s.space()
	switch s.peek() {
	case end:
		s.pos++
		return true, nil
	case ',':
		s.pos++
		s.space()
		return false, nil
	}
	return false, s.unexpected("a comma or " + string(rune(end)))
}

// marks are, for each active cursor of an object, the number of hits of its
// path before the object, negative until a key has matched: what a second
// member of that key goes back to.
func (s *scanner) marks(active []cursor) []int {
	if len(active) == 0 {
		return nil
	}
	out := make([]int, len(active))
	for i, c := range active {
		out[i] = -1 - len(s.hits[c.path])
	}
	return out
}

func (s *scanner) pushKey(active []cursor, key span, escaped bool, twice []int) {
	raw := s.data[key.start+1 : key.end-1]
	for i, c := range active {
		path := s.paths[c.path]
		if c.step == len(path) {
			continue
		}
		st := path[c.step]
		if st.deep {
			s.stack = append(s.stack, c)
		}
		if st.kind == stepAll {
			s.stack = append(s.stack, cursor{c.path, c.step + 1})
			continue
		}
		if st.kind != stepKey || !sameKey(raw, escaped, st.key) {
			continue
		}
		if !st.deep {
			if twice[i] >= 0 {
				s.hits[c.path] = s.hits[c.path][:twice[i]]
			} else {
				twice[i] = -1 - twice[i]
			}
		}
		s.stack = append(s.stack, cursor{c.path, c.step + 1})
	}
}

func (s *scanner) pushIndex(active []cursor, i int) {
	for _, c := range active {
		path := s.paths[c.path]
		if c.step == len(path) {
			continue
		}
		st := path[c.step]
		if st.deep {
			s.stack = append(s.stack, c)
		}
		if st.kind == stepAll || st.kind == stepIndex && st.index == i {
			s.stack = append(s.stack, cursor{c.path, c.step + 1})
		}
	}
}

func sameKey(raw []byte, escaped bool, want string) bool {
	if !escaped {
		return string(raw) == want
	}
	return keyText(raw, true) == want
}

// keyText is a key without its escapes.
func keyText(raw []byte, escaped bool) string {
	if !escaped {
		return string(raw)
	}
	var out string
	// The scanner has checked the escapes; what is left cannot fail.
	_ = json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &out)
	return out
}

// str reads a string and reports whether it holds escapes.
func (s *scanner) str() (escaped bool, err error) {
	s.pos++
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return escaped, err
			}
		case c < ' ':
			return escaped, s.fail(fmt.Sprintf("control character %q in a string", c))
		default:
			s.pos++
		}
	}
	return escaped, s.fail("the body ends within a string")
}

func (s *scanner) escape() error {
	s.pos++
	switch c := s.peek(); {
	case c != 0 && bytes.IndexByte([]byte(`"\/bfnrt`), c) >= 0:
		s.pos++
		return nil
	case c == 'u':
		for i := 1; i <= 4; i++ {
			if s.pos+i >= len(s.data) || !isHex(s.data[s.pos+i]) {
				return s.fail("\\u without four hexadecimal digits")
			}
		}
		s.pos += 5
		return nil
	}
	return s.unexpected("an escape")
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.pos++
	}
	switch c := s.peek(); {
	case c == '0':
		s.pos++
	case c >= '1' && c <= '9':
		s.digits()
	default:
		return s.unexpected("a digit")
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}

func (s *scanner) word(w string) error {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(w)) {
		return s.unexpected(w)
	}
	s.pos += len(w)
	return nil
}
