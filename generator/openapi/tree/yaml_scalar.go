package tree

import (
	"strings"
)

// plain reads a scalar without quotes, over several lines if they are indented
// deeper than parent.
func (r *yamlReader) plain(parent int) (*Node, *syntaxError) {
	n := r.new(String)
	var folded *strings.Builder
	first := ""
	breaks := 0
	for {
		end := r.lineEnd(r.pos)
		colon, stop := plainEnd(r.text[r.pos:end])
		if colon {
			err := r.fail(r.pos+stop, "unexpected colon: this text is the value of an earlier key")
			err.hint = "Put the text in quotes, or mend the indentation."
			return nil, err
		}
		part := strings.TrimRight(r.text[r.pos:r.pos+stop], " \t\r")
		comment := r.pos+stop < end
		r.pos += stop
		switch {
		case breaks == 0:
			first = part
		case folded == nil:
			folded = &strings.Builder{}
			folded.WriteString(first)
			fallthrough
		default:
			fold(folded, breaks)
			folded.WriteString(part)
		}
		if comment {
			break
		}
		if breaks = r.continues(parent); breaks == 0 {
			break
		}
	}
	n.text = first
	if folded != nil {
		n.text = folded.String()
		return n, nil
	}
	n.kind = resolve(first)
	if n.kind == Bool {
		n.text = strings.ToLower(first)
	}
	return n, nil
}

// continues goes to the next line of a plain scalar and returns the number of
// line breaks passed, 0 if the scalar is over.
func (r *yamlReader) continues(parent int) int {
	pos, line := r.pos, r.line
	breaks := 0
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case '\n':
			r.pos++
			r.line = r.pos
			breaks++
		case ' ', '\t', '\r':
			r.pos++
		default:
			if r.col() > parent && !r.marker() && r.text[r.pos] != '#' && r.tabs() == nil {
				return breaks
			}
			r.pos, r.line = pos, line
			return 0
		}
	}
	r.pos, r.line = pos, line
	return 0
}

func fold(b *strings.Builder, breaks int) {
	if breaks == 1 {
		b.WriteByte(' ')
	}
	for range breaks - 1 {
		b.WriteByte('\n')
	}
}

// plainEnd finds where a plain scalar ends on its line: at a colon before a
// blank, at a comment, or at the end.
func plainEnd(line string) (colon bool, end int) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ':':
			if i+1 == len(line) || isSpace(line[i+1]) {
				return true, i
			}
		case '#':
			if i > 0 && isSpace(line[i-1]) {
				return false, i
			}
		}
	}
	return false, len(line)
}

// resolve is the core schema of YAML 1.2.
func resolve(s string) Kind {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	}
	if c := s[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if isYAMLNumber(s) {
			return Number
		}
	}
	return String
}

func isYAMLNumber(s string) bool {
	if rest, ok := strings.CutPrefix(s, "0x"); ok {
		return rest != "" && strings.Trim(rest, "0123456789abcdefABCDEF") == ""
	}
	if rest, ok := strings.CutPrefix(s, "0o"); ok {
		return rest != "" && strings.Trim(rest, "01234567") == ""
	}
	if s[0] == '+' || s[0] == '-' {
		s = s[1:]
	}
	n := digits(s)
	s = s[n:]
	if strings.HasPrefix(s, ".") {
		f := digits(s[1:])
		n += f
		s = s[1+f:]
	}
	if n == 0 {
		return false
	}
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && digits(s) == len(s)
}

// quoted reads a scalar in single or double quotes.
func (r *yamlReader) quoted(quote byte) (string, *syntaxError) {
	open := r.pos
	r.pos++
	start := r.pos
	special := "'\n"
	if quote == '"' {
		special = "\"\\\n"
	}
	i := strings.IndexAny(r.text[start:], special)
	if i >= 0 && r.text[start+i] == quote && (quote == '"' || r.text[min(start+i+1, len(r.text)-1)] != '\'' || start+i+1 == len(r.text)) {
		r.pos = start + i + 1
		return r.text[start : start+i], nil
	}
	var b strings.Builder
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == quote && quote == '\'' && r.byte(1) == '\'':
			b.WriteByte('\'')
			r.pos += 2
		case c == quote:
			r.pos++
			return b.String(), nil
		case c == '\\' && quote == '"':
			if err := r.yamlEscape(&b); err != nil {
				return "", err
			}
		case c == '\n':
			r.foldLines(&b)
			if r.marker() {
				return "", r.fail(open, "the quotes opened here are not closed")
			}
		default:
			end := strings.IndexAny(r.text[r.pos+1:], special)
			if end < 0 {
				return "", r.fail(open, "the quotes opened here are not closed")
			}
			part := r.text[r.pos : r.pos+1+end]
			r.pos += len(part)
			if r.text[r.pos] == '\n' {
				part = strings.TrimRight(part, " \t\r")
			}
			b.WriteString(part)
		}
	}
	return "", r.fail(open, "the quotes opened here are not closed")
}

// foldLines passes line ends and indentation inside a scalar.
func (r *yamlReader) foldLines(b *strings.Builder) {
	breaks := 0
	for r.pos < len(r.text) && isSpace(r.text[r.pos]) && r.text[r.pos] != 0 {
		if r.text[r.pos] == '\n' {
			breaks++
			r.line = r.pos + 1
		}
		r.pos++
		if r.pos == r.line && r.marker() {
			break
		}
	}
	fold(b, breaks)
}

const (
	escapeKeys   = "0abt\tnvfre \"/\\N_LP"
	escapeValues = "\x00\a\b\t\t\n\v\f\r\x1b \"/\\\u0085\u00a0\u2028\u2029"
)

func (r *yamlReader) yamlEscape(b *strings.Builder) *syntaxError {
	c := r.byte(1)
	switch c {
	case '\n', '\r':
		r.pos++
		for r.pos < len(r.text) && r.text[r.pos] != '\n' {
			r.pos++
		}
		r.pos = min(r.pos+1, len(r.text))
		r.line = r.pos
		r.blanks()
		return nil
	case 'x', 'u', 'U':
		size := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		v, ok := hexRune(r.text[min(r.pos+2, len(r.text)):], size)
		if !ok {
			return r.fail(r.pos, "wrong escape in quotes")
		}
		r.pos += 2 + size
		if v >= 0xd800 && v < 0xdc00 && c == 'u' && r.byte(0) == '\\' && r.byte(1) == 'u' {
			if low, ok := hexRune(r.text[r.pos+2:], 4); ok && low >= 0xdc00 && low < 0xe000 {
				v = (v-0xd800)<<10 + (low - 0xdc00) + 0x10000
				r.pos += 6
			}
		}
		b.WriteRune(v)
		return nil
	}
	i := strings.IndexByte(escapeKeys, c)
	if i < 0 || r.pos+1 >= len(r.text) {
		return r.fail(r.pos, "wrong escape in quotes: backslash before %q", c)
	}
	v := []rune(escapeValues)[i]
	b.WriteRune(v)
	r.pos += 2
	return nil
}

// blockScalar reads "|" and ">".
func (r *yamlReader) blockScalar(parent int) (*Node, *syntaxError) {
	n := r.new(String)
	folded := r.byte(0) == '>'
	r.pos++
	chomp, indent, err := r.blockHeader(parent)
	if err != nil {
		return nil, err
	}
	if indent < 0 {
		indent = r.blockIndent(parent)
	}
	var b strings.Builder
	first, leadingBlank, breaks := true, false, 0
	ended := true // the last line of text has a line end
	for r.pos < len(r.text) {
		end := r.lineEnd(r.pos)
		line := strings.TrimSuffix(r.text[r.pos:end], "\r")
		lead := len(line) - len(strings.TrimLeft(line, " "))
		if lead < indent && lead < len(line) || lead == 0 && indent == 0 && r.marker() {
			break
		}
		closed := end < len(r.text)
		if lead == len(line) && lead <= indent {
			if closed {
				breaks++
			}
		} else {
			line = line[indent:]
			blank := line[0] == ' ' || line[0] == '\t'
			switch {
			case first, folded && !leadingBlank && !blank && breaks > 0:
				writeBreaks(&b, breaks)
			case folded && !leadingBlank && !blank:
				b.WriteByte(' ')
			default:
				writeBreaks(&b, breaks+1)
			}
			b.WriteString(line)
			first, leadingBlank, breaks, ended = false, blank, 0, closed
		}
		r.pos = end
		if closed {
			r.pos++
			r.line = r.pos
		}
	}
	if !first && ended && chomp != '-' {
		b.WriteByte('\n')
	}
	if chomp == '+' {
		writeBreaks(&b, breaks)
	}
	n.text = b.String()
	return n, nil
}

func writeBreaks(b *strings.Builder, n int) {
	for range n {
		b.WriteByte('\n')
	}
}

// blockHeader reads the indicators after "|" or ">" and the rest of the line.
func (r *yamlReader) blockHeader(parent int) (chomp byte, indent int, err *syntaxError) {
	indent = -1
	for {
		switch c := r.byte(0); {
		case c == '+' || c == '-':
			chomp = c
		case c >= '1' && c <= '9':
			indent = max(parent, 0) + int(c-'0')
		default:
			if err := r.lineDone(); err != nil {
				return 0, 0, err
			}
			r.pos = min(r.lineEnd(r.pos)+1, len(r.text))
			r.line = r.pos
			return chomp, indent, nil
		}
		r.pos++
	}
}

// blockIndent is the indentation of the first line with text, at least one
// deeper than parent. Without text, all lines are blank.
func (r *yamlReader) blockIndent(parent int) int {
	longest := parent + 1
	for at := r.pos; at < len(r.text); {
		end := r.lineEnd(at)
		line := strings.TrimSuffix(r.text[at:end], "\r")
		lead := len(line) - len(strings.TrimLeft(line, " "))
		if lead < len(line) && lead > parent {
			return lead
		}
		if lead < len(line) {
			break
		}
		longest = max(longest, lead)
		at = end + 1
	}
	return longest
}
