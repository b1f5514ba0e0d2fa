package tree

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dltgen/dltgen/generator/diag"
)

// jsonReader reads strict JSON. Strings without escapes share the source text.
type jsonReader struct {
	src   *source
	text  string
	pos   int
	depth int
	limit int
	diags *diag.List
	nodes slab
}

// slab hands out nodes from large blocks.
type slab struct{ free []Node }

func (s *slab) node() *Node {
	if len(s.free) == 0 {
		s.free = make([]Node, 512)
	}
	n := &s.free[0]
	s.free = s.free[1:]
	return n
}

func parseJSON(src *source, lim Limits, diags *diag.List) (*Node, *syntaxError) {
	r := &jsonReader{src: src, text: src.text, limit: lim.Depth, diags: diags}
	r.space()
	root, err := r.value()
	if err != nil {
		return nil, err
	}
	r.space()
	if r.pos < len(r.text) {
		return nil, r.fail("unexpected %s after the end of the document", r.token())
	}
	return root, nil
}

func (r *jsonReader) space() {
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case ' ', '\n', '\r', '\t':
			r.pos++
		default:
			return
		}
	}
}

func (r *jsonReader) fail(format string, args ...any) *syntaxError {
	return &syntaxError{code: CodeSyntax, offset: r.pos, msg: fmt.Sprintf(format, args...)}
}

// token names what stands at the current place, for messages.
func (r *jsonReader) token() string {
	if r.pos >= len(r.text) {
		return "end of file"
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.pos:])
	return fmt.Sprintf("%q", c)
}

func (r *jsonReader) value() (*Node, *syntaxError) {
	if r.pos >= len(r.text) {
		return nil, r.fail("unexpected end of file")
	}
	n := r.nodes.node()
	n.offset = int32(r.pos)
	switch c := r.text[r.pos]; {
	case c == '{':
		return n, r.nested(n, r.object)
	case c == '[':
		return n, r.nested(n, r.array)
	case c == '"':
		n.kind = String
		var err *syntaxError
		n.text, err = r.str()
		return n, err
	case c == '-' || c >= '0' && c <= '9':
		n.kind = Number
		return n, r.number(n)
	}
	for _, word := range [...]struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if strings.HasPrefix(r.text[r.pos:], word.text) {
			r.pos += len(word.text)
			n.kind = word.kind
			if n.kind == Bool {
				n.text = word.text
			}
			return n, nil
		}
	}
	return nil, r.fail("unexpected %s, want a value", r.token())
}

func (r *jsonReader) nested(n *Node, read func(*Node) *syntaxError) *syntaxError {
	if r.depth++; r.depth > r.limit {
		err := r.fail("nested deeper than %d levels", r.limit)
		err.code, err.limit = CodeLimit, true
		return err
	}
	r.pos++
	err := read(n)
	r.depth--
	return err
}

func (r *jsonReader) object(n *Node) *syntaxError {
	n.kind = Map
	r.space()
	if r.peek() == '}' {
		r.pos++
		return nil
	}
	for {
		r.space()
		if r.peek() != '"' {
			return r.fail("unexpected %s, want a key in quotes", r.token())
		}
		key := Key{offset: int32(r.pos)}
		var err *syntaxError
		if key.Name, err = r.str(); err != nil {
			return err
		}
		r.space()
		if r.peek() != ':' {
			return r.fail("unexpected %s after a key, want a colon", r.token())
		}
		r.pos++
		r.space()
		v, err := r.value()
		if err != nil {
			return err
		}
		v.parent, v.slot = n, int32(len(n.values))
		n.keys, n.values = append(n.keys, key), append(n.values, v)
		r.space()
		switch r.peek() {
		case ',':
			r.pos++
		case '}':
			r.pos++
			n.finish(r.duplicate)
			return nil
		default:
			return r.fail("unexpected %s in an object, want a comma or }", r.token())
		}
	}
}

func (r *jsonReader) duplicate(key, first Key) { reportDuplicate(r.src, r.diags, key, first) }

func reportDuplicate(src *source, diags *diag.List, key, first Key) {
	at := src.pos(int(first.offset))
	diags.Warnf(CodeDuplicate, src.pos(int(key.offset)), "key %q is already at line %d; the last one counts", key.Name, at.Line).
		WithGroup("duplicate key")
}

func (r *jsonReader) array(n *Node) *syntaxError {
	n.kind = List
	r.space()
	if r.peek() == ']' {
		r.pos++
		return nil
	}
	for {
		r.space()
		v, err := r.value()
		if err != nil {
			return err
		}
		v.parent, v.slot = n, int32(len(n.values))
		n.values = append(n.values, v)
		r.space()
		switch r.peek() {
		case ',':
			r.pos++
		case ']':
			r.pos++
			return nil
		default:
			return r.fail("unexpected %s in an array, want a comma or ]", r.token())
		}
	}
}

func (r *jsonReader) peek() byte {
	if r.pos < len(r.text) {
		return r.text[r.pos]
	}
	return 0
}

func (r *jsonReader) number(n *Node) *syntaxError {
	start := r.pos
	for r.pos < len(r.text) && strings.IndexByte("+-.eE0123456789", r.text[r.pos]) >= 0 {
		r.pos++
	}
	n.text = r.text[start:r.pos]
	if !isJSONNumber(n.text) {
		r.pos = start
		return r.fail("%q is not a number", n.text)
	}
	return nil
}

func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if strings.HasPrefix(s, ".") {
		n := digits(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		n := digits(s)
		return n > 0 && n == len(s)
	}
	return s == ""
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// str reads a string in double quotes.
func (r *jsonReader) str() (string, *syntaxError) {
	open := r.pos
	r.pos++
	start := r.pos
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case '"':
			s := r.text[start:r.pos]
			r.pos++
			return s, nil
		case '\\':
			return r.escaped(open, start)
		}
		r.pos++
	}
	r.pos = open
	return "", r.fail("the string is not closed")
}

// escaped goes on with a string at its first escape.
func (r *jsonReader) escaped(open, start int) (string, *syntaxError) {
	var b strings.Builder
	b.WriteString(r.text[start:r.pos])
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; c {
		case '"':
			r.pos++
			return b.String(), nil
		case '\\':
			if !r.escape(&b) {
				return "", r.fail("wrong escape in a string")
			}
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
	r.pos = open
	return "", r.fail("the string is not closed")
}

func (r *jsonReader) escape(b *strings.Builder) bool {
	if r.pos+1 >= len(r.text) {
		return false
	}
	c := r.text[r.pos+1]
	if c == 'u' {
		v, ok := hexRune(r.text[r.pos+2:], 4)
		if !ok {
			return false
		}
		r.pos += 6
		if utf16.IsSurrogate(v) && strings.HasPrefix(r.text[r.pos:], `\u`) {
			if low, ok := hexRune(r.text[r.pos+2:], 4); ok {
				if both := utf16.DecodeRune(v, low); both != utf8.RuneError {
					v = both
					r.pos += 6
				}
			}
		}
		b.WriteRune(v)
		return true
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		return false
	}
	b.WriteByte("\"\\/\b\f\n\r\t"[i])
	r.pos += 2
	return true
}

func hexRune(s string, n int) (rune, bool) {
	if len(s) < n {
		return 0, false
	}
	var v rune
	for i := range n {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		v = v<<4 | rune(c)
	}
	return v, true
}
