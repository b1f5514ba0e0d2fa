package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// String is the message on one line:
//
//	openapi.yaml:812:17: DG104 warning: GET /tasks: … (#/paths/~1tasks/get). Set … .
func (d Diagnostic) String() string {
	var b strings.Builder
	if at := d.Pos.String(); at != "" {
		b.WriteString(at)
		b.WriteString(": ")
	}
	if d.Code != "" {
		b.WriteString(d.Code)
		b.WriteByte(' ')
	}
	b.WriteString(string(d.Severity))
	b.WriteString(": ")
	b.WriteString(clean(d.Message))
	if d.Pos.Pointer != "" && d.Pos.Pointer != "#" {
		fmt.Fprintf(&b, " (%s)", clean(d.Pos.Pointer))
	}
	if d.More > 0 {
		fmt.Fprintf(&b, " (and %d more)", d.More)
	}
	if d.Hint != "" {
		b.WriteString(". ")
		b.WriteString(clean(d.Hint))
	}
	return b.String()
}

// TextOptions say how [List.WriteText] prints.
type TextOptions struct {
	// Source returns the content of a file, to print the line with a caret below
	// the place; nil prints no lines.
	Source func(file string) []byte
	// Max bounds the number of messages, 0 prints all.
	Max int
	// Notes prints notes too.
	Notes bool
}

// WriteText prints a message a line, as editors read it.
func (l *List) WriteText(w io.Writer, opt *TextOptions) error {
	if opt == nil {
		opt = &TextOptions{}
	}
	shown, hidden := 0, 0
	var b strings.Builder
	for _, d := range l.All() {
		if d.Severity == SeverityNote && !opt.Notes {
			continue
		}
		if opt.Max > 0 && shown == opt.Max {
			hidden++
			continue
		}
		shown++
		b.WriteString(d.String())
		b.WriteByte('\n')
		if opt.Source != nil {
			b.WriteString(Excerpt(opt.Source(d.Pos.File), d.Pos))
		}
	}
	if hidden > 0 {
		fmt.Fprintf(&b, "… and %d more\n", hidden)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// excerptWidth is the number of runes of a source line that are shown.
const excerptWidth = 100

// Excerpt is the source line of pos with a caret under its column, or "" if the
// line is not in data.
func Excerpt(data []byte, pos Pos) string {
	line := sourceLine(data, pos)
	if line == nil {
		return ""
	}
	runes := []rune(strings.ToValidUTF8(string(line), "\uFFFD"))
	col := min(max(pos.Col-1, 0), len(runes))
	start := 0
	if col > excerptWidth*3/4 {
		start = col - excerptWidth/2
	}
	end := min(start+excerptWidth, len(runes))
	var b strings.Builder
	b.WriteString("    ")
	for _, r := range runes[start:end] {
		b.WriteRune(printable(r))
	}
	b.WriteString("\n    ")
	b.WriteString(strings.Repeat(" ", col-start))
	b.WriteString("^\n")
	return b.String()
}

// sourceLine finds the line by offset if it is plausible, else by counting.
func sourceLine(data []byte, pos Pos) []byte {
	if pos.Line <= 0 || len(data) == 0 {
		return nil
	}
	rest := data
	for n := 1; n < pos.Line; n++ {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return nil
		}
		rest = rest[i+1:]
	}
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	// One-line JSON can be megabytes: only the part around the column matters.
	rest = bytes.TrimSuffix(rest, []byte{'\r'})
	if limit := (pos.Col + excerptWidth) * utf8.UTFMax; len(rest) > limit {
		rest = rest[:limit]
	}
	return rest
}

// WriteJSON prints an array of objects, empty for an empty list.
func (l *List) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(l.All())
}

// WriteGitHub prints workflow commands that annotate a pull request.
func (l *List) WriteGitHub(w io.Writer) error {
	var b strings.Builder
	for _, d := range l.All() {
		kind := string(d.Severity)
		if d.Severity == SeverityNote {
			kind = "notice"
		}
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", kind,
			escapeProperty(d.Pos.File), d.Pos.Line, d.Pos.Col, escapeProperty(d.Code), escapeData(d.body()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteMarkdown prints a table for a pull request comment.
func (l *List) WriteMarkdown(w io.Writer) error {
	if l.Len() == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("| place | code | severity | message |\n|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "`", "'")
	for _, d := range l.All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n",
			cell.Replace(d.Pos.String()), d.Code, d.Severity, cell.Replace(d.body()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// body is String without place, code and severity.
func (d Diagnostic) body() string {
	bare := d
	bare.Pos = Pos{Pointer: d.Pos.Pointer}
	bare.Code, bare.Severity = "", ""
	return strings.TrimPrefix(bare.String(), ": ")
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscapes.Replace(s) }
func escapeProperty(s string) string { return propertyEscapes.Replace(s) }

// clean keeps text from the input on one line and free of control characters,
// which a terminal would obey.
func clean(s string) string {
	return strings.Map(printable, s)
}

func printable(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return ' '
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return '\uFFFD'
	}
	return r
}
