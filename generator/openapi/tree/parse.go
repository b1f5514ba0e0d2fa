package tree

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/dltgen/dltgen/generator/diag"
)

// The codes of this package's messages.
const (
	CodeSyntax     = "DG001" // neither JSON nor YAML
	CodeLimit      = "DG002" // too large, too deep, too many aliases
	CodeEncoding   = "DG003" // not UTF-8, control characters
	CodeDuplicate  = "DG004" // the same key twice
	CodeTag        = "DG005" // a YAML tag that means nothing here
	CodeInclude    = "DG006" // !include
	CodeTab        = "DG007" // a tab as indentation
	CodeDocuments  = "DG008" // more than one YAML document
	CodeSloppyJSON = "DG009" // JSON that only YAML accepts
)

// Limits bound what hostile input can cost (G14). Zero fields mean the default.
type Limits struct {
	Bytes   int // size of a file; 64 MiB
	Depth   int // nesting; 200
	Aliases int // how many times larger aliases may make the tree; 10
}

func (l *Limits) orDefault() Limits {
	out := Limits{Bytes: 64 << 20, Depth: 200, Aliases: 10}
	if l == nil {
		return out
	}
	if l.Bytes > 0 {
		out.Bytes = min(l.Bytes, 1<<31-2) // offsets are 32 bits
	}
	if l.Depth > 0 {
		out.Depth = l.Depth
	}
	if l.Aliases > 0 {
		out.Aliases = l.Aliases
	}
	return out
}

// aliasFloor is the number of nodes that aliases may add to any document.
const aliasFloor = 10_000

// Parse reads JSON or YAML, whichever data looks like. What it can mend it
// reports to diags and goes on; the error is a [*diag.Error] with the place.
func Parse(file string, data []byte, limits *Limits, diags *diag.List) (*Node, error) {
	lim := limits.orDefault()
	if len(data) > lim.Bytes {
		return nil, diag.Errorf(diag.ClassUnreadable, CodeLimit, diag.Pos{File: file},
			"the file has %d bytes, the limit is %d", len(data), lim.Bytes)
	}
	src := &source{file: file}
	text, err := src.decode(data, diags)
	if err != nil {
		return nil, err
	}
	src.text = text
	root, err := parseText(src, lim, diags)
	if err != nil {
		return nil, err
	}
	root.parent, root.slot = nil, 0
	if root.extra == nil {
		root.extra = &extra{}
	}
	root.extra.source = src
	return root, nil
}

func parseText(src *source, lim Limits, diags *diag.List) (*Node, error) {
	if !looksLikeJSON(src.text) {
		return parseYAML(src, lim, diags)
	}
	var own diag.List
	root, err := parseJSON(src, lim, &own)
	if err == nil {
		diags.Append(&own)
		return root, nil
	}
	// Trailing commas and comments are common in hand-kept "JSON", and YAML reads
	// them; if it cannot either, the JSON message is the better one.
	// It would read // as text, though.
	if err.limit || strings.HasPrefix(src.text[err.offset:], "/") {
		return nil, err.located(src)
	}
	own = diag.List{}
	root, yamlErr := parseYAML(src, lim, &own)
	if yamlErr != nil {
		return nil, err.located(src)
	}
	diags.Append(&own)
	diags.Warnf(CodeSloppyJSON, src.pos(err.offset), "not strict JSON: %s; read as YAML", err.msg)
	return root, nil
}

// looksLikeJSON: an opening bracket, then what JSON may have after it.
func looksLikeJSON(text string) bool {
	rest := strings.TrimLeft(text, " \t\r\n")
	if rest == "" || rest[0] != '{' && rest[0] != '[' {
		return false
	}
	next := strings.TrimLeft(rest[1:], " \t\r\n")
	return next == "" || rest[0] == '[' || next[0] == '"' || next[0] == '}'
}

// A syntaxError is a fault at an offset, located once the reader gives up.
type syntaxError struct {
	code   string
	offset int
	msg    string
	hint   string
	limit  bool
}

func (e *syntaxError) located(src *source) *diag.Error {
	return diag.Errorf(diag.ClassUnreadable, e.code, src.pos(e.offset), "%s", e.msg).WithHint("%s", e.hint)
}

// source is a text with a table from offset to line and column.
type source struct {
	file  string
	text  string
	marks []mark
}

// A mark is a known place. There is one at each line start, and more within long
// lines, so that a file of one line is as quick as any.
type mark struct{ offset, line, col int32 }

const markEvery = 1024

func (s *source) pos(offset int) diag.Pos {
	p := diag.Pos{File: s.file, Offset: offset}
	p.Line, p.Col = s.lineCol(offset)
	return p
}

func (s *source) lineCol(offset int) (line, col int) {
	if s.marks == nil {
		s.scan()
	}
	offset = min(offset, len(s.text))
	i := sort.Search(len(s.marks), func(i int) bool { return int(s.marks[i].offset) > offset }) - 1
	if i < 0 {
		return 1, 1
	}
	m := s.marks[i]
	return int(m.line), int(m.col) + utf8.RuneCountInString(s.text[m.offset:offset])
}

func (s *source) scan() {
	s.marks = append(s.marks, mark{0, 1, 1})
	at := mark{0, 1, 1}
	for at.offset < int32(len(s.text)) {
		rest := s.text[at.offset:]
		if len(rest) > markEvery {
			rest = rest[:markEvery]
			for len(rest) > markEvery-utf8.UTFMax && !utf8.RuneStart(s.text[int(at.offset)+len(rest)]) {
				rest = rest[:len(rest)-1]
			}
		}
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			at = mark{at.offset + int32(i) + 1, at.line + 1, 1}
		} else {
			at.col += int32(utf8.RuneCountInString(rest))
			at.offset += int32(len(rest))
		}
		s.marks = append(s.marks, at)
	}
}

// decode checks the encoding: UTF-8, with or without a byte order mark, no
// control characters but tab and line breaks (others become U+FFFD).
func (s *source) decode(data []byte, diags *diag.List) (string, error) {
	text := string(data)
	if len(text) >= 2 && (text[:2] == "\xff\xfe" || text[:2] == "\xfe\xff") {
		return "", diag.Errorf(diag.ClassUnreadable, CodeEncoding, diag.Pos{File: s.file, Line: 1, Col: 1},
			"the file is UTF-16").WithHint("Save it as UTF-8.")
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	first, count := -1, 0
	bad := func(i int) {
		if first < 0 {
			first = i
		}
		count++
	}
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
				bad(i)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if isControl(r) || r == utf8.RuneError && size == 1 {
			bad(i)
		}
		i += size
	}
	text = lineFeeds(text)
	if count == 0 {
		return text, nil
	}
	s.text = text
	pos := s.pos(first)
	s.marks = nil
	diags.Warnf(CodeEncoding, pos, "%s; replaced", plural(count, "control character or invalid byte", "control characters or invalid bytes"))
	text = strings.ToValidUTF8(text, "\uFFFD")
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return utf8.RuneError
		}
		return r
	}, text), nil
}

func isControl(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\t' && r != '\r' || r >= 0x7f && r < 0xa0
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// lineFeeds turns a carriage return that stands alone into a line feed.
func lineFeeds(text string) string {
	i := strings.IndexByte(text, '\r')
	if i < 0 {
		return text
	}
	out := []byte(text)
	for ; i < len(out); i++ {
		if out[i] == '\r' && (i+1 == len(out) || out[i+1] != '\n') {
			out[i] = '\n'
		}
	}
	return string(out)
}
