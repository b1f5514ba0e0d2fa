package connectoryaml

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// flowWidth is the widest line a map in flow style may make.
const flowWidth = 110

// Print writes the tree as YAML: two spaces of indent, flow style where it fits
// on a line, quotes only where they are needed. Printing what [Parse] made of
// printed text gives the same bytes.
func Print(root *Node) []byte {
	p := &printer{}
	p.comments(root.Head, 0)
	switch {
	case root.Kind == Map && len(root.Entries) > 0:
		p.mapping(root, 0, "")
	case root.Kind == List && len(root.Items) > 0:
		p.list(root, 0, "")
	default:
		p.line(flow(root, false), root.Line)
		p.comments(root.Foot, 0)
	}
	return []byte(p.b.String())
}

type printer struct{ b strings.Builder }

func (p *printer) line(text, comment string) {
	p.b.WriteString(text)
	if comment != "" {
		p.b.WriteString("  ")
		p.b.WriteString(comment)
	}
	p.b.WriteByte('\n')
}

func (p *printer) comments(lines []string, indent int) {
	for _, l := range lines {
		if l == "" {
			if s := p.b.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
				p.b.WriteByte('\n')
			}
			continue
		}
		p.b.WriteString(strings.Repeat(" ", indent))
		p.b.WriteString(l)
		p.b.WriteByte('\n')
	}
}

func (p *printer) mapping(n *Node, indent int, path string) {
	for i := range n.Entries {
		e := &n.Entries[i]
		p.comments(e.Value.Head, indent)
		p.entry(e, strings.Repeat(" ", indent), indent, path)
	}
	p.comments(n.Foot, indent)
}

// entry writes one pair after prefix, whose width is indent.
func (p *printer) entry(e *Entry, prefix string, indent int, path string) {
	key := scalarText(e.Key, false) + ":"
	v := e.Value
	sub := path + "." + e.Key
	switch {
	case v.Kind == String && literal(v.Text):
		p.line(prefix+key+" "+literalMark(v.Text), v.Line)
		for l := range strings.SplitSeq(strings.TrimSuffix(v.Text, "\n"), "\n") {
			if l != "" {
				l = strings.Repeat(" ", indent+2) + l
			}
			p.line(l, "")
		}
	case inline(v, indent+utf8.RuneCountInString(key)+1, sub):
		text := flow(v, false)
		if text != "" {
			text = " " + text
		}
		p.line(prefix+key+text, v.Line)
	case v.Kind == Map:
		p.line(prefix+key, v.Line)
		p.mapping(v, indent+2, sub)
	default:
		p.line(prefix+key, v.Line)
		p.list(v, indent+2, sub)
	}
}

func (p *printer) list(n *Node, indent int, path string) {
	pad := strings.Repeat(" ", indent)
	for _, v := range n.Items {
		p.comments(v.Head, indent)
		sub := path + "[]"
		switch {
		case inline(v, indent+2, sub):
			p.line(pad+"- "+flow(v, false), v.Line)
		case v.Kind == Map:
			p.item(v, indent, sub)
		default:
			p.line(pad+"-", v.Line)
			p.list(v, indent+2, sub)
		}
	}
	p.comments(n.Foot, indent)
}

// item writes a map as a list element, its first pair behind the dash.
func (p *printer) item(v *Node, indent int, path string) {
	first := v.Entries[0].Value
	if v.Line != "" || len(first.Head) > 0 {
		// A comment between dash and first pair needs the dash on a line of its own.
		p.line(strings.Repeat(" ", indent)+"-", v.Line)
		p.mapping(v, indent+2, path)
		return
	}
	p.entry(&v.Entries[0], strings.Repeat(" ", indent)+"- ", indent+2, path)
	for i := range v.Entries[1:] {
		e := &v.Entries[i+1]
		p.comments(e.Value.Head, indent+2)
		p.entry(e, strings.Repeat(" ", indent+2), indent+2, path)
	}
	p.comments(v.Foot, indent+2)
}

// blockPaths are the maps that are never written on one line.
var blockPaths = map[string]bool{".client": true, ".resources": true, ".resources[]": true}

// inline reports whether v goes on the line of its key, of which used columns
// are taken.
func inline(v *Node, used int, path string) bool {
	empty := v.Kind == Map && len(v.Entries) == 0 || v.Kind == List && len(v.Items) == 0
	switch {
	case v.hasComments():
		return empty
	case v.Kind != Map && v.Kind != List, empty:
		return true
	case blockPaths[path], v.hasLiteral():
		return false
	}
	return used+utf8.RuneCountInString(flow(v, false)) <= flowWidth
}

// hasLiteral reports whether a map holds text that is better read as a block.
func (n *Node) hasLiteral() bool {
	for _, e := range n.Entries {
		if e.Value.Kind == String && literal(e.Value.Text) || e.Value.hasLiteral() {
			return true
		}
	}
	for _, v := range n.Items {
		if v.hasLiteral() {
			return true
		}
	}
	return false
}

// flow is the value in flow style.
func flow(n *Node, inside bool) string {
	switch n.Kind {
	case Map:
		parts := make([]string, len(n.Entries))
		for i, e := range n.Entries {
			parts[i] = scalarText(e.Key, true) + ": " + flow(e.Value, true)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		parts := make([]string, len(n.Items))
		for i, v := range n.Items {
			parts[i] = flow(v, true)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case String:
		return scalarText(n.Text, inside)
	case Bool, Number:
		return n.Text
	case Null:
		return "null"
	}
	return "null"
}

// literal reports whether text is better read as a block scalar.
func literal(s string) bool {
	if !strings.Contains(strings.TrimRight(s, "\n"), "\n") || s[0] == ' ' || s[0] == '\n' || strings.HasSuffix(s, "\n\n") {
		return false
	}
	for l := range strings.SplitSeq(s, "\n") {
		if l != strings.TrimRight(l, " ") || strings.ContainsAny(l, "\t") || !printableText(l) {
			return false
		}
	}
	return true
}

func literalMark(s string) string {
	if strings.HasSuffix(s, "\n") {
		return "|"
	}
	return "|-"
}

// otherTypes are plain texts that some YAML reader takes for another type.
var otherTypes = regexp.MustCompile(`(?i)^(null|~|true|false|yes|no|on|off|y|n|[-+]?\.inf|\.nan|[-+]?[0-9][0-9_,.:]*([e][-+]?[0-9]*)?|[-+]?\.[0-9].*|0x[0-9a-f_]*|0o[0-7_]*|0b[01_]*|[0-9]{4}-[0-9].*|=|<<)$`)

// scalarText writes text plain if every reader gives it back as that text.
func scalarText(s string, inside bool) string {
	if plain(s, inside) {
		return s
	}
	return quote(s)
}

func plain(s string, inside bool) bool {
	if s == "" || s != strings.TrimSpace(s) || strings.ContainsRune("-?:,[]{}#&*!|>'\"%@`=<+~.", rune(s[0])) || otherTypes.MatchString(s) {
		return false
	}
	if strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":") || strings.ContainsAny(s, "\"'\\\t") {
		return false
	}
	if inside && strings.ContainsAny(s, ",[]{}:") && !urlLike(s) {
		return false
	}
	return printableText(s)
}

// urlLike texts hold a colon that no reader takes for a key.
func urlLike(s string) bool {
	return !strings.ContainsAny(s, ",[]{}") && strings.Contains(s, "://") && strings.Count(s, ":") == 1
}

func printableText(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// quote writes a double-quoted scalar.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == utf8.RuneError || unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xff:
			b.WriteString(`\x` + hex(r, 2))
		case r <= 0xffff:
			b.WriteString(`\u` + hex(r, 4))
		default:
			b.WriteString(`\U` + hex(r, 8))
		}
	}
	b.WriteByte('"')
	return b.String()
}

func hex(r rune, width int) string {
	s := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", width-len(s)) + s
}
