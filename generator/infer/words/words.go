// Package words takes the names that API authors give to things apart: into
// words whatever the case style, into singular and plural, into what two names
// have in common.
//
// It is a leaf of the inference flow of [github.com/dltgen/dltgen/generator/infer];
// it knows English nouns and no API.
package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split cuts a name into lower-case words: at case changes, at everything that
// is neither letter nor digit. "nextPageToken", "next-page_token" and
// "NextPageToken" are all next, page, token; "userIDs" is user, ids.
func Split(name string) []string {
	var out []string
	r := []rune(name)
	start := -1
	flush := func(end int) {
		if start >= 0 && end > start {
			out = append(out, strings.ToLower(string(r[start:end])))
		}
		start = -1
	}
	for i, c := range r {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			flush(i)
			continue
		}
		if start >= 0 && boundary(r, i) {
			flush(i)
		}
		if start < 0 {
			start = i
		}
	}
	flush(len(r))
	return out
}

// capital reports whether c has a small form; letters like ℂ have none and
// would be capitals for ever.
func capital(c rune) bool { return unicode.IsUpper(c) && unicode.ToLower(c) != c }

// boundary reports whether a word begins at r[i], given that one is open.
func boundary(r []rune, i int) bool {
	c, prev := r[i], r[i-1]
	if !capital(c) {
		return false
	}
	if !capital(prev) {
		return true
	}
	// Inside a run of capitals the last one opens the next word (HTTPServer),
	// but a plural s belongs to the run (IDs).
	if i+1 >= len(r) || !unicode.IsLower(r[i+1]) {
		return false
	}
	plural := r[i+1] == 's' && (i+2 >= len(r) || !unicode.IsLower(r[i+2]))
	return !plural
}

// Snake joins the words of a name with underscores.
func Snake(name string) string { return strings.Join(Split(name), "_") }

// Key is the name without case and separators: equal for names that differ in
// style only, "pageToken", "page_token" and "page[token]".
func Key(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for _, c := range name {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return b.String()
}

// SameKey reports whether two names have one key, without making it.
func SameKey(a, b string) bool {
	for {
		x, rest := nextOfKey(a)
		y, restB := nextOfKey(b)
		if x != y {
			return false
		}
		if x < 0 {
			return true
		}
		a, b = rest, restB
	}
}

// nextOfKey is the first letter or digit of a name in lower case, −1 at its end.
func nextOfKey(s string) (rune, string) {
	for i, c := range s {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c), s[i+utf8.RuneLen(c):]
		}
	}
	return -1, ""
}

// irregular maps plurals that no rule makes to their singulars.
var irregular = map[string]string{
	"people": "person", "children": "child", "men": "man", "women": "woman",
	"feet": "foot", "teeth": "tooth", "mice": "mouse", "geese": "goose",
	"indices": "index", "vertices": "vertex", "matrices": "matrix",
	"appendices": "appendix", "criteria": "criterion", "phenomena": "phenomenon",
	"analyses": "analysis", "bases": "base", "crises": "crisis", "axes": "axis",
	"diagnoses": "diagnosis", "hypotheses": "hypothesis", "theses": "thesis",
	"quizzes": "quiz", "lives": "life", "knives": "knife", "wives": "wife",
	"leaves": "leaf", "halves": "half", "shelves": "shelf", "selves": "self",
	"heroes": "hero", "potatoes": "potato", "tomatoes": "tomato", "echoes": "echo",
	"vetoes": "veto", "cookies": "cookie", "movies": "movie", "zombies": "zombie",
	"ties": "tie", "pies": "pie", "dies": "die", "lies": "lie", "calories": "calorie",
	"caches": "cache", "aches": "ache", "niches": "niche",
	"databases": "database", "houses": "house", "causes": "cause", "pauses": "pause",
	"phases": "phase", "purchases": "purchase", "releases": "release", "cases": "case",
	"leases": "lease", "licenses": "license", "expenses": "expense", "responses": "response",
	"courses": "course", "sources": "source", "nurses": "nurse", "horses": "horse",
	"uses": "use", "clauses": "clause", "databuses": "databus", "warehouses": "warehouse",
	"premises": "premise", "franchises": "franchise", "exercises": "exercise",
	"enterprises": "enterprise", "addresses": "address", "buses": "bus", "gases": "gas",
	"lenses": "lens", "aliases": "alias", "canvases": "canvas", "atlases": "atlas",
	"statuses": "status", "viruses": "virus", "bonuses": "bonus", "campuses": "campus",
}

// uncountable are nouns that are their own plural, or have none.
var uncountable = set("data", "info", "information", "news", "series", "species", "media", "metadata",
	"equipment", "staff", "feedback", "history", "inventory", "content", "software", "hardware",
	"firmware", "music", "money", "rice", "sheep", "fish", "deer", "aircraft", "traffic", "usage",
	"health", "status", "weather", "analytics", "statistics", "stats", "settings", "progress",
	"access", "address", "process", "business", "class", "canvas", "bus", "alias", "lens", "gas",
	"dns", "sms", "mms", "https", "aws", "gps", "ios", "tls", "ssl", "vps", "kubernetes", "os",
	"basis", "axis", "analysis", "virus", "bonus", "campus", "census", "corpus", "focus", "menu",
	"consensus", "radius", "nexus", "plus", "atlas", "iris", "this", "is", "has", "was", "its")

// collective end a plural that Plural must not double: "calendar list".
var collective = set("data", "info", "information", "news", "series", "species", "media", "metadata",
	"equipment", "staff", "feedback", "software", "hardware", "firmware", "music", "money",
	"aircraft", "traffic", "analytics", "statistics", "stats", "settings", "people", "children",
	"criteria", "dns", "sms", "mms", "kubernetes")

func set(w ...string) map[string]bool {
	m := make(map[string]bool, len(w))
	for _, s := range w {
		m[s] = true
	}
	return m
}

// singularOf are endings and what to write for them, first match wins.
var singularOf = []struct{ end, to string }{
	{"sses", "ss"},
	{"shes", "sh"},
	{"ches", "ch"},
	{"xes", "x"},
	{"zzes", "zz"},
	{"ies", "y"},
	{"ss", "ss"},
	{"us", "us"},
	{"is", "is"},
	{"s", ""},
}

// Singular is the singular of one lower-case word; a singular stays as it is.
func Singular(w string) string {
	if s, ok := irregular[w]; ok {
		return s
	}
	if uncountable[w] || len(w) < 3 {
		return w
	}
	for _, r := range singularOf {
		if strings.HasSuffix(w, r.end) && len(w) > len(r.end) {
			return w[:len(w)-len(r.end)] + r.to
		}
	}
	return w
}

// pluralOf are endings of singulars and their plurals, first match wins.
var pluralOf = []struct{ end, to string }{
	{"sis", "ses"},
	{"ss", "sses"},
	{"sh", "shes"},
	{"ch", "ches"},
	{"x", "xes"},
	{"zz", "zzes"},
	{"us", "uses"},
	{"ay", "ays"},
	{"ey", "eys"},
	{"oy", "oys"},
	{"uy", "uys"},
	{"y", "ies"},
	{"s", "ses"},
	{"", "s"},
}

// plurals is irregular turned round.
var plurals = func() map[string]string {
	m := make(map[string]string, len(irregular))
	for p, s := range irregular {
		m[s] = p
	}
	return m
}()

// Plural is the plural of one lower-case word; a plural stays as it is.
func Plural(w string) string {
	if w == "" || collective[w] || IsPlural(w) {
		return w
	}
	if p, ok := plurals[w]; ok {
		return p
	}
	for _, r := range pluralOf {
		if strings.HasSuffix(w, r.end) {
			return w[:len(w)-len(r.end)] + r.to
		}
	}
	return w
}

// IsPlural reports whether a word is a plural that has another singular.
func IsPlural(w string) bool { return Singular(w) != w }

// SingularName makes the last word of a list of words singular.
func SingularName(w []string) []string { return lastWord(w, Singular) }

// PluralName makes the last word of a list of words plural.
func PluralName(w []string) []string { return lastWord(w, Plural) }

func lastWord(w []string, f func(string) string) []string {
	if len(w) == 0 {
		return nil
	}
	out := append([]string(nil), w...)
	out[len(out)-1] = f(out[len(out)-1])
	return out
}

// Noun is the key of a name's singular: equal for "dagRuns" and "dag_run".
func Noun(name string) string {
	return strings.Join(SingularName(Split(name)), "")
}

// SameNoun reports whether two names mean one noun, singular or plural, in any
// case style.
func SameNoun(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if na := Noun(a); na != "" && na == Noun(b) {
		return true
	}
	ka, kb := Key(a), Key(b)
	return ka == kb || Singular(ka) == Singular(kb)
}

// stems map the forms of a verb to one; only those that name an event in time.
var stems = map[string]string{
	"updated": "update", "updates": "update", "updating": "update",
	"created": "create", "creates": "create", "creation": "create", "creating": "create",
	"modified": "modify", "modifies": "modify", "modification": "modify",
	"changed": "change", "changes": "change",
	"edited": "edit", "published": "publish", "publication": "publish",
	"added": "add", "inserted": "insert", "posted": "post", "recorded": "record",
	"received": "receive", "sent": "send", "started": "start", "ended": "end",
	"completed": "complete", "closed": "close", "finished": "finish", "logged": "log",
	"opened": "open", "synced": "sync", "executed": "execute", "execution": "execute",
	"occurred": "occur", "ingested": "ingest", "registered": "register",
	"processed": "process", "uploaded": "upload", "joined": "join", "submitted": "submit",
	"starred": "star", "merged": "merge", "deleted": "delete", "issued": "issue",
}

// Stem is the verb of an event word, or the word itself.
func Stem(w string) string {
	if s, ok := stems[w]; ok {
		return s
	}
	return w
}

// Contains reports whether the words of name contain w.
func Contains(name []string, w string) bool {
	return slices.Contains(name, w)
}
