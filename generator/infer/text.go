package infer

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
)

// literal writes a value of the document as a parameter is sent.
func literal(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case json.Number:
		return x.String()
	case int, int64, uint64:
		return fmt.Sprint(x)
	}
	return ""
}

// number reads a numeric value of the document.
func number(v any) (int, bool) {
	switch x := v.(type) {
	case int:
		return x, true
	case int64:
		return int(x), true
	case uint64:
		return int(x), x < 1<<62
	case float64:
		return int(x), x == float64(int(x))
	case json.Number:
		n, err := x.Int64()
		return int(n), err == nil
	case string:
		n, err := strconv.Atoi(x)
		return n, err == nil
	}
	return 0, false
}

// prose is what a document says about a parameter in words, lower case.
func prose(p *ir.Param) string {
	s := p.Description
	if p.Type != nil && p.Type.Description != p.Description {
		s += " " + p.Type.Description
	}
	return plain(s)
}

// plain is prose in lower case without the marks of Markdown.
func plain(s string) string { return marks.Replace(strings.ToLower(s)) }

var marks = strings.NewReplacer("`", "", "*", "")

// saysAny reports whether a text has one of the phrases.
func saysAny(text string, phrases ...string) bool {
	for _, p := range phrases {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// maxPatterns find a stated maximum in prose, most telling first (G39).
var maxPatterns = []*regexp.Regexp{
	regexp.MustCompile(`between\s+\d+\s*(?:and|-|to)\s*([\d,]+)`),
	regexp.MustCompile(`from\s+\d+\s+to\s+([\d,]+)`),
	regexp.MustCompile(`(?:maximum|max)(?:imum)?(?:\s+(?:allowed|page size|limit|value|number(?: of \w+)?(?: per page)?|page size|is|of|size))*\s*(?:is|of|:|=|\()?\s*([\d,]+)`),
	regexp.MustCompile(`(?:up to|at most|no more than|not exceed|not be (?:greater|more|larger) than|less than or equal to|cannot exceed|can't exceed)\s+(?:a maximum of\s+)?([\d,]+)`),
	regexp.MustCompile(`(?:<=|≤)\s*([\d,]+)`),
	regexp.MustCompile(`\(?\b1\s*(?:-|–|\.\.)\s*([\d,]+)\)?`),
	regexp.MustCompile(`([\d,]+)\s+(?:is\s+the\s+)?(?:max\b|maximum)`),
}

// statedMax is the largest page size that a text allows, 0 if it says none.
func statedMax(text string) int {
	for _, re := range maxPatterns {
		if m := re.FindStringSubmatch(text); m != nil {
			n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
			if err == nil && n > 1 {
				return n
			}
		}
	}
	return 0
}

var defaultPattern = regexp.MustCompile(`default(?:s|ing)?(?:\s+(?:value|page size|limit|number))?\s*(?:is|to|of|:|=)?\s*(\d+)`)

// statedDefault is the default that a text gives a number, 0 if it says none.
func statedDefault(text string) int {
	if m := defaultPattern.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if err == nil {
			return n
		}
	}
	return 0
}

// firstSentence shortens a description for evidence.
func firstSentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if i := strings.Index(s, ". "); i >= 0 {
		s = s[:i]
	}
	if r := []rune(s); len(r) > 90 {
		s = string(r[:89]) + "…"
	}
	return strings.TrimSuffix(s, ".")
}
