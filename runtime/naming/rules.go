package naming

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// outside marks characters that a convention does not keep.
const outside = 0xff

// reduced maps the bytes of ASCII to snake_case's alphabet (S81, step 1).
var reduced = func() (t [utf8.RuneSelf]byte) {
	for i := range t {
		b := byte(i)
		switch {
		case isLower(b), isUpper(b), isDigit(b), b == '_':
			t[i] = b
		default:
			t[i] = outside
		}
	}
	t['+'], t['*'], t['-'], t['@'], t['|'] = 'x', 'x', '_', 'a', 'l'
	return t
}()

// snakeCase is S81 without its last step, in one pass. An underscore is held
// back until the next character: at the end of the name each becomes an x,
// elsewhere a run of them becomes one.
func snakeCase(s string) string {
	var room [96]byte
	out := room[:0]
	var prev byte  // the character before, '0' for a digit outside ASCII
	held := 0      // underscores not yet written
	inRun := false // within a run of characters outside the alphabet
	for i := 0; i < len(s); {
		c, size := byte(outside), 1
		if s[i] < utf8.RuneSelf {
			c = reduced[s[i]]
		} else {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); unicode.IsDigit(r) {
				c = s[i]
			}
		}
		char := s[i : i+size]
		i += size
		if c == outside || c == '_' {
			if c == '_' || !inRun {
				held++
			}
			inRun = c == outside
			prev = '_'
			continue
		}
		inRun = false
		switch {
		case held > 0:
			out = append(out, '_')
			held = 0
		case prev == 0:
			if isDigit(c) || c >= utf8.RuneSelf {
				out = append(out, '_')
			}
		case isUpper(c) && (isLower(prev) || isDigit(prev) || i < len(s) && s[i] < utf8.RuneSelf && isLower(reduced[s[i]])):
			out = append(out, '_')
		}
		prev = c
		switch {
		case c >= utf8.RuneSelf:
			out = append(out, char...)
		case isUpper(c):
			out = append(out, c|0x20)
		default:
			out = append(out, c)
		}
	}
	for ; held > 0; held-- {
		out = append(out, 'x')
	}
	if string(out) == s {
		return s
	}
	return string(out)
}

// isSnakePath reports whether s is a snake_case path already: lower-case words
// that begin with a letter, single or double underscores between them.
func isSnakePath(s string) bool {
	if s == "" || s[len(s)-1] == '_' {
		return false
	}
	run := 0
	for i := range len(s) {
		b := s[i]
		switch {
		case isLower(b):
			run = 0
		case isDigit(b):
			if i == 0 || run > 1 {
				return false
			}
			run = 0
		case b == '_':
			if run++; run > 2 || run > 1 && i == 1 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

var (
	duckCleaner   = strings.NewReplacer("\n", "_", "\r", "_", `"`, "_")
	directCleaner = strings.NewReplacer("\n", "_", "\r", "_", `"`, "_", "'", "_", "▶", "_")
)

func duckCase(s string) string { return collapse(duckCleaner.Replace(s)) }

func direct(s string) string { return directCleaner.Replace(s) }

// sqlCase keeps ASCII letters, digits and underscores (S86). Like dlt it makes
// nothing of a name that is more than one underscore by then.
func sqlCase(s string) string {
	out := make([]byte, 0, len(s)+1)
	underscores := 0
	inRun := false // within a run of characters outside the alphabet
	for i, r := range s {
		size := utf8.RuneLen(r)
		kept := unicode.IsDigit(r) || r < utf8.RuneSelf && (isLower(byte(r)) || isUpper(byte(r)))
		switch {
		case kept && i == 0 && unicode.IsDigit(r):
			out = append(append(out, '_'), s[i:i+size]...)
		case kept:
			out = append(out, s[i:i+size]...)
		case r == '_' || !inRun:
			underscores++
			if len(out) == 0 || out[len(out)-1] != '_' {
				out = append(out, '_')
			}
		}
		inRun = !kept && r != '_'
	}
	if string(out) == "_" && underscores == 1 {
		return "_"
	}
	return strings.TrimSuffix(string(out), "_")
}

func sqlLowerCase(s string) string { return strings.ToLower(sqlCase(s)) }

// collapse makes one underscore of each run of them.
func collapse(s string) string {
	if !strings.Contains(s, "__") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] != '_' || i == 0 || s[i-1] != '_' {
			out = append(out, s[i])
		}
	}
	return string(out)
}

func isLower(b byte) bool { return b-'a' < 26 }
func isUpper(b byte) bool { return b-'A' < 26 }
func isDigit(b byte) bool { return b-'0' < 10 }
