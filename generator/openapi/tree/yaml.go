package tree

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dltgen/dltgen/generator/diag"
)

// yamlReader reads the YAML that descriptions are written in: block and flow
// collections, all scalar styles, anchors, merge keys. Scalars follow the core
// schema of YAML 1.2, so "on", "no" and dates are text. Keys are scalars.
//
// It is our own because descriptions of several megabytes are common, the place
// of every key is wanted, and bad input must end in a message with line and
// column. It is compared with a full YAML library in the tests.
type yamlReader struct {
	src   *source
	text  string
	pos   int
	line  int // offset of the current line's start
	depth int
	lim   Limits
	diags *diag.List
	nodes slab

	anchors map[string]anchor
	made    int // nodes read
	aliased int // nodes that aliases added
}

type anchor struct {
	node *Node
	size int
}

func parseYAML(src *source, lim Limits, diags *diag.List) (*Node, error) {
	r := &yamlReader{src: src, text: src.text, lim: lim, diags: diags, anchors: map[string]anchor{}}
	root, err := r.document()
	if err != nil {
		return nil, err.located(src)
	}
	return root, nil
}

func (r *yamlReader) fail(offset int, format string, args ...any) *syntaxError {
	return &syntaxError{code: CodeSyntax, offset: offset, msg: fmt.Sprintf(format, args...)}
}

func (r *yamlReader) document() (*Node, *syntaxError) {
	if err := r.next(); err != nil {
		return nil, err
	}
	for r.byte(0) == '%' && r.col() == 0 {
		r.pos = r.lineEnd(r.pos)
		if err := r.next(); err != nil {
			return nil, err
		}
	}
	if r.marker() && r.byte(0) == '-' {
		r.pos += 3
	}
	root, err := r.node(-1, false)
	if err != nil {
		return nil, err
	}
	if err := r.next(); err != nil {
		return nil, err
	}
	if r.pos < len(r.text) && !r.marker() {
		return nil, r.fail(r.pos, "unexpected %s after the end of the document", r.token())
	}
	return root, r.rest()
}

// rest looks past the first document: one is read, more are reported.
func (r *yamlReader) rest() *syntaxError {
	for r.marker() {
		r.pos += 3
		if err := r.next(); err != nil {
			return err
		}
	}
	if r.pos < len(r.text) {
		r.diags.Warnf(CodeDocuments, r.src.pos(r.pos), "the file holds several YAML documents; only the first is read")
	}
	return nil
}

// node reads the value after "key:" (afterKey), "- " or at the top. It must be
// indented deeper than parent, but a list may stand right below its key.
func (r *yamlReader) node(parent int, afterKey bool) (*Node, *syntaxError) {
	if r.depth++; r.depth > r.lim.Depth {
		err := r.fail(r.pos, "nested deeper than %d levels", r.lim.Depth)
		err.code = CodeLimit
		return nil, err
	}
	defer func() { r.depth-- }()
	start, before := r.pos, r.made+r.aliased
	var p props
	sameLine := true
	for {
		r.blanks()
		if r.eol() {
			if err := r.next(); err != nil {
				return nil, err
			}
			sameLine = false
			if r.ended() || r.col() <= parent && !(afterKey && r.col() == parent && r.dash()) {
				return r.attach(r.null(start), p, before)
			}
		}
		c := r.byte(0)
		if c != '&' && c != '!' || !(afterKey && sameLine) && r.keyAhead() {
			break
		}
		if err := r.property(&p); err != nil {
			return nil, err
		}
	}
	n, err := r.content(parent, !afterKey || !sameLine)
	if err != nil {
		return nil, err
	}
	return r.attach(n, p, before)
}

// content reads a node at its first character. Block collections can begin here
// only if blockOK.
func (r *yamlReader) content(parent int, blockOK bool) (*Node, *syntaxError) {
	c := r.byte(0)
	switch {
	case r.dash():
		if !blockOK {
			return nil, r.fail(r.pos, "a list cannot begin on the line of its key")
		}
		return r.sequence(r.col())
	case blockOK && r.keyAhead():
		return r.mapping(r.col())
	case c == '|' || c == '>':
		return r.blockScalar(parent)
	case c == '*':
		n, err := r.alias()
		if err != nil {
			return nil, err
		}
		return n, r.lineDone()
	case c == '[' || c == '{':
		n, err := r.flow()
		if err != nil {
			return nil, err
		}
		return n, r.lineDone()
	case c == '"' || c == '\'':
		n := r.new(String)
		var err *syntaxError
		if n.text, err = r.quoted(c); err != nil {
			return nil, err
		}
		return n, r.lineDone()
	case c == '%' || c == '@' || c == '`' || c == '}' || c == ']' || c == ',':
		return nil, r.fail(r.pos, "a value cannot begin with %q; put it in quotes", c)
	}
	return r.plain(parent)
}

func (r *yamlReader) sequence(col int) (*Node, *syntaxError) {
	n := r.new(List)
	for {
		r.pos++
		v, err := r.node(col, false)
		if err != nil {
			return nil, err
		}
		v.parent, v.slot = n, int32(len(n.values))
		n.values = append(n.values, v)
		more, err := r.again(col)
		if err != nil {
			return nil, err
		}
		if !more || !r.dash() {
			return n, nil
		}
	}
}

func (r *yamlReader) mapping(col int) (*Node, *syntaxError) {
	n := r.new(Map)
	var merges []*Node
	for {
		if r.dash() {
			return nil, r.fail(r.pos, "a list item stands where a key is expected")
		}
		key, v, err := r.entry(col)
		if err != nil {
			return nil, err
		}
		if key.Name == "<<" && v.kind != String {
			merges = append(merges, v)
		} else {
			v.parent, v.slot = n, int32(len(n.values))
			n.keys, n.values = append(n.keys, key), append(n.values, v)
		}
		more, err := r.again(col)
		if err != nil {
			return nil, err
		}
		if !more {
			n.finish(r.duplicate)
			return n, r.merge(n, merges)
		}
	}
}

// again reports whether the next line goes on with the collection at col.
func (r *yamlReader) again(col int) (bool, *syntaxError) {
	if err := r.next(); err != nil {
		return false, err
	}
	if r.ended() || r.col() < col {
		return false, nil
	}
	if r.col() > col {
		err := r.fail(r.pos, "wrong indentation: %s begins at column %d, the block above at column %d", r.token(), r.col()+1, col+1)
		err.hint = "Mend the indentation, or add the colon that is missing above."
		return false, err
	}
	return true, nil
}

func (r *yamlReader) entry(col int) (Key, *Node, *syntaxError) {
	if r.byte(0) == '?' && isSpace(r.byte(1)) {
		return r.explicit(col)
	}
	var p props
	start := r.pos
	for c := r.byte(0); c == '&' || c == '!'; c = r.byte(0) {
		if err := r.property(&p); err != nil {
			return Key{}, nil, err
		}
		r.blanks()
	}
	key, ok, err := r.key()
	if err != nil {
		return Key{}, nil, err
	}
	if !ok {
		return Key{}, nil, r.fail(start, "%s begins no key: a key and a colon are expected here", r.token())
	}
	if p.anchor != "" {
		n := &Node{kind: String, text: key.Name, offset: key.offset}
		r.anchors[p.anchor] = anchor{n, 1}
	}
	v, err := r.node(col, true)
	return key, v, err
}

// explicit reads "? key" and, on a later line, ": value".
func (r *yamlReader) explicit(col int) (Key, *Node, *syntaxError) {
	start := r.pos
	r.pos++
	k, err := r.node(col, false)
	if err != nil {
		return Key{}, nil, err
	}
	if k.kind == Map || k.kind == List {
		return Key{}, nil, r.fail(start, "a key cannot be a %s", k.kind)
	}
	key := Key{Name: k.text, offset: k.offset}
	if err := r.next(); err != nil {
		return Key{}, nil, err
	}
	if r.ended() || r.col() != col || r.byte(0) != ':' || !isSpace(r.byte(1)) {
		return key, r.null(r.pos), nil
	}
	r.pos++
	v, err := r.node(col, false)
	return key, v, err
}

// keyAhead reports whether a key and a colon stand here on this line.
func (r *yamlReader) keyAhead() bool {
	pos, line := r.pos, r.line
	defer func() { r.pos, r.line = pos, line }()
	if r.byte(0) == '?' && isSpace(r.byte(1)) {
		return true
	}
	var p props
	for c := r.byte(0); c == '&' || c == '!'; c = r.byte(0) {
		if r.property(&p) != nil {
			return false
		}
		r.blanks()
	}
	_, ok, err := r.key()
	return ok && err == nil
}

// key reads a key and its colon, if they stand here.
func (r *yamlReader) key() (Key, bool, *syntaxError) {
	key := Key{offset: int32(r.pos)}
	end := r.lineEnd(r.pos)
	switch c := r.byte(0); c {
	case '"', '\'':
		line := r.line
		name, err := r.quoted(c)
		if err != nil || r.line != line {
			return key, false, nil
		}
		key.Name = name
		r.blanks()
		if r.byte(0) != ':' || !isSpace(r.byte(1)) {
			return key, false, nil
		}
		r.pos++
		return key, true, nil
	case '*':
		return r.aliasKey(key, end)
	case '|', '>', '%', '@', '`', '#', '{', '}', '[', ']', ',':
		return key, false, nil
	}
	colon, stop := plainEnd(r.text[r.pos:end])
	if !colon || stop == 0 {
		return key, false, nil
	}
	key.Name = strings.TrimRight(r.text[r.pos:r.pos+stop], " \t")
	r.pos += stop + 1
	return key, true, nil
}

func (r *yamlReader) aliasKey(key Key, end int) (Key, bool, *syntaxError) {
	colon := strings.Index(r.text[r.pos:end], " :")
	if colon < 0 {
		return key, false, nil
	}
	a, ok := r.anchors[strings.TrimSpace(r.text[r.pos+1:r.pos+colon])]
	if !ok || a.node.kind == Map || a.node.kind == List {
		return key, false, nil
	}
	key.Name = a.node.text
	r.pos += colon + 2
	return key, true, nil
}

func (r *yamlReader) duplicate(key, first Key) { reportDuplicate(r.src, r.diags, key, first) }

// merge adds the entries of "<<" that the mapping does not have itself.
func (r *yamlReader) merge(n *Node, merges []*Node) *syntaxError {
	for _, m := range merges {
		list := []*Node{m}
		if m.kind == List {
			list = m.values
		}
		for _, from := range list {
			if from.kind != Map {
				return r.fail(int(from.offset), "\"<<\" wants a mapping, not a %s", from.kind)
			}
			for i, k := range from.keys {
				if !n.Has(k.Name) {
					n.Set(k.Name, from.values[i].Share())
				}
			}
		}
	}
	return nil
}

// next goes to the next token, over blanks, comments and line ends.
func (r *yamlReader) next() *syntaxError {
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '\n':
			r.pos++
			r.line = r.pos
		case c == ' ' || c == '\t' || c == '\r':
			r.pos++
		case c == '#' && (r.pos == r.line || isSpace(r.text[r.pos-1])):
			r.pos = r.lineEnd(r.pos)
		default:
			return r.tabs()
		}
	}
	return nil
}

// tabs refuses a tab in the indentation of the current token.
func (r *yamlReader) tabs() *syntaxError {
	indent := r.text[r.line:r.pos]
	i := strings.IndexByte(indent, '\t')
	if i < 0 || strings.Trim(indent, " \t") != "" {
		return nil
	}
	err := r.fail(r.line+i, "a tab is used as indentation")
	err.code, err.hint = CodeTab, "YAML wants spaces: replace the tabs of the file."
	return err
}

func (r *yamlReader) blanks() {
	for r.pos < len(r.text) && (r.text[r.pos] == ' ' || r.text[r.pos] == '\t') {
		r.pos++
	}
}

// eol reports whether nothing but a comment follows on the line.
func (r *yamlReader) eol() bool {
	switch r.byte(0) {
	case 0:
		return r.pos >= len(r.text)
	case '\n', '\r':
		return true
	case '#':
		return r.pos == r.line || isSpace(r.text[r.pos-1])
	}
	return false
}

func (r *yamlReader) lineDone() *syntaxError {
	r.blanks()
	if r.eol() {
		return nil
	}
	return r.fail(r.pos, "unexpected %s after the value", r.token())
}

func (r *yamlReader) byte(i int) byte {
	if r.pos+i < len(r.text) {
		return r.text[r.pos+i]
	}
	return 0
}

func (r *yamlReader) col() int { return r.pos - r.line }

func (r *yamlReader) dash() bool { return r.byte(0) == '-' && isSpace(r.byte(1)) }

// marker reports whether "---" or "..." stands alone at the line's start.
func (r *yamlReader) marker() bool {
	if r.pos != r.line || r.pos+3 > len(r.text) {
		return false
	}
	s := r.text[r.pos : r.pos+3]
	return (s == "---" || s == "...") && isSpace(r.byte(3))
}

func (r *yamlReader) ended() bool { return r.pos >= len(r.text) || r.marker() }

func (r *yamlReader) lineEnd(from int) int {
	if i := strings.IndexByte(r.text[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(r.text)
}

func (r *yamlReader) token() string {
	if r.pos >= len(r.text) {
		return "end of file"
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.pos:])
	return fmt.Sprintf("%q", c)
}

func (r *yamlReader) new(kind Kind) *Node {
	n := r.nodes.node()
	n.kind, n.offset = kind, int32(r.pos)
	r.made++
	return n
}

func (r *yamlReader) null(at int) *Node {
	n := r.new(Null)
	n.offset = int32(at)
	return n
}

// isSpace: blank, line end, or the end of the text (byte returns 0 there).
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0 }
