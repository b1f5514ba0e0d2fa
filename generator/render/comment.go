package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"
)

const (
	maxSentence = 180 // characters of a description that a comment keeps
	wrapAt      = 97  // columns of a comment
)

// oneLine is text from outside made fit for a comment: one line, no control
// or formatting characters (G14).
func oneLine(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// firstSentence is the first sentence of a description, without markup, ending
// in a full stop; "" if there is nothing to say.
func firstSentence(s string) string {
	if i := strings.Index(s, "\n\n"); i >= 0 && strings.TrimSpace(s[:i]) != "" {
		s = s[:i]
	}
	s = oneLine(unmark(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '.' && s[i] != '!' && s[i] != '?' {
			continue
		}
		if i+1 == len(s) || (s[i+1] == ' ' && !abbreviated(s[:i]) && startsSentence(s[i+2:])) {
			s = s[:i+1]
			break
		}
	}
	s = cut(strings.TrimSpace(s), maxSentence)
	if s == "" || strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return ""
	}
	if last := s[len(s)-1]; last == ':' || last == ',' || last == ';' {
		s = s[:len(s)-1]
	}
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "!") && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, "…") {
		s += "."
	}
	return s
}

// abbreviated reports whether a full stop behind s ends a word, no sentence.
func abbreviated(s string) bool {
	word := s[strings.LastIndexAny(s, " (")+1:]
	switch strings.ToLower(word) {
	case "e.g", "i.e", "etc", "vs", "cf", "approx", "no", "incl":
		return true
	}
	return len(word) == 1
}

func startsSentence(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.IsLower(r)
}

// cut bounds s at a word.
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	s = string([]rune(s)[:limit])
	if i := strings.LastIndexByte(s, ' '); i > limit/2 {
		s = s[:i]
	}
	return s + "…"
}

// unmark takes HTML tags, Markdown links and emphasis out of a description.
func unmark(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '<':
			if end := strings.IndexByte(s[i:], '>'); end > 0 && end < 200 && isTag(s[i+1:i+end]) {
				i += end
				b.WriteByte(' ')
				continue
			}
			b.WriteByte(c)
		case '[':
			if text, size, ok := link(s[i:]); ok {
				b.WriteString(text)
				i += size - 1
				continue
			}
			b.WriteByte(c)
		case '`', '*':
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isTag(s string) bool {
	s = strings.TrimPrefix(s, "/")
	return s != "" && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
}

// link is the text of the Markdown link that s begins with, and its size.
func link(s string) (text string, size int, ok bool) {
	mid := strings.Index(s, "](")
	if mid < 0 || mid > 200 || strings.ContainsAny(s[1:mid], "[]\n") {
		return "", 0, false
	}
	end := strings.IndexByte(s[mid:], ')')
	if end < 0 {
		return "", 0, false
	}
	return s[1:mid], mid + end + 1, true
}

// tells reports whether a sentence says more of a field than its name does.
func tells(sentence, name string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(sentence), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch word {
		case "the", "a", "an", "of", "this", "is", "its", "for", "in":
			continue
		}
		if !strings.Contains(strings.ToLower(name), strings.TrimSuffix(word, "s")) {
			return true
		}
	}
	return false
}

// comment is text as comment lines, wrapped.
func comment(text string) []jen.Code {
	var out []jen.Code
	for _, line := range wrap(text) {
		out = append(out, jen.Comment("// "+line))
	}
	return out
}

func wrap(text string) []string {
	var (
		lines []string
		line  strings.Builder
		width int
	)
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		if width > 0 && width+1+n > wrapAt {
			lines = append(lines, line.String())
			line.Reset()
			width = 0
		}
		if width > 0 {
			line.WriteByte(' ')
			width++
		}
		line.WriteString(word)
		width += n
	}
	return append(lines, line.String())
}
