package goident

import "strings"

// irregular plurals that API names use.
var irregular = map[string]string{
	"people": "person", "children": "child", "indices": "index", "matrices": "matrix", "vertices": "vertex", "men": "man",
	"women": "woman", "feet": "foot", "teeth": "tooth", "mice": "mouse", "criteria": "criterion", "movies": "movie",
	"series": "series", "species": "species", "news": "news", "cookies": "cookie", "lives": "life", "leaves": "leaf",
	"caches": "cache", "aliases": "alias", "statuses": "status", "buses": "bus", "analyses": "analysis", "bases": "base",
	"databases": "database", "purchases": "purchase", "releases": "release", "licenses": "license", "responses": "response",
	"expenses": "expense", "invoices": "invoice", "axes": "axis", "quizzes": "quiz", "data": "data", "media": "media",
	"phases": "phase", "cases": "case", "leases": "lease", "courses": "course", "houses": "house", "warehouses": "warehouse",
	"causes": "cause", "uses": "use", "clauses": "clause", "pulses": "pulse", "verses": "verse", "universes": "universe",
	"archives": "archive", "niches": "niche", "heroes": "hero", "potatoes": "potato", "gas": "gas", "lens": "lens",
}

// Singular is an exported identifier, or any name, with its last word in the
// singular: IssueLabels is IssueLabel. What it does not know it leaves alone.
func Singular(id string) string {
	if n := len(id); n > 2 && id[n-1] == 's' && isUpperASCII(id[n-2]) && isUpperASCII(id[n-3]) {
		return id[:n-1] // IDs, URLs
	}
	i := len(id)
	for i > 0 && isLowerASCII(id[i-1]) {
		i--
	}
	if i > 0 && isUpperASCII(id[i-1]) {
		i--
	}
	head, last := id[:i], id[i:]
	lower := strings.ToLower(last)
	if s, ok := irregular[lower]; ok {
		return head + matchCase(last, s)
	}
	switch {
	case len(lower) < 4 || hasAnySuffix(lower, "ss", "us", "is", "ous"):
		return id
	case strings.HasSuffix(lower, "ies"):
		return head + last[:len(last)-3] + "y"
	case hasAnySuffix(lower, "sses", "shes", "ches", "xes", "zzes"):
		return head + last[:len(last)-2]
	case strings.HasSuffix(lower, "s"):
		return head + last[:len(last)-1]
	}
	return id
}

// matchCase gives word the capital that like begins with.
func matchCase(like, word string) string {
	if isUpperASCII(like[0]) {
		return strings.ToUpper(word[:1]) + word[1:]
	}
	return word
}

func isUpperASCII(c byte) bool { return c >= 'A' && c <= 'Z' }

func isLowerASCII(c byte) bool { return c >= 'a' && c <= 'z' }

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, x := range suffixes {
		if strings.HasSuffix(s, x) {
			return true
		}
	}
	return false
}
