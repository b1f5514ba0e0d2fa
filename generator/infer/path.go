package infer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
)

// A segment is one step of a path. Text is what stands there, without a format
// suffix; Params are the names in braces within it.
type segment struct {
	text   string
	params []string
}

func (s segment) fixed() bool { return len(s.params) == 0 }

// last returns the last parameter's name, "" if there is none.
func (s segment) last() string {
	if len(s.params) == 0 {
		return ""
	}
	return s.params[len(s.params)-1]
}

var (
	paramPattern = regexp.MustCompile(`\{([^{}]*)\}`)
	// versionPattern is a segment that dates or numbers an API, not a record.
	versionPattern = regexp.MustCompile(`^(?i:v?\d+(\.\d+)*((alpha|beta|rc|preview)\d*)?|v\d+[a-z]*\d*|\d{4}-\d{2}-\d{2}|latest|beta|stable)$`)
)

// splitPath cuts a path into segments. A format suffix of the last one goes, and
// so does an RPC verb after a dot ("/conversations.list" is conversations, list).
func splitPath(path string) []segment {
	path, _, _ = strings.Cut(path, "?")
	var out []segment
	for part := range strings.SplitSeq(path, "/") {
		if part == "" {
			continue
		}
		for _, text := range cutDots(part) {
			s := segment{text: text}
			for _, m := range paramPattern.FindAllStringSubmatch(text, -1) {
				s.params = append(s.params, m[1])
			}
			out = append(out, s)
		}
	}
	return out
}

// cutDots takes a format suffix off and cuts an RPC name at its dots. Versions
// and parameters keep theirs.
func cutDots(part string) []string {
	if i := strings.LastIndexByte(part, '.'); i > 0 && formatSuffixes.has(part[i+1:]) {
		part = part[:i]
	}
	if strings.ContainsAny(part, "{}") || versionPattern.MatchString(part) || !strings.Contains(part, ".") {
		return []string{part}
	}
	var out []string
	for p := range strings.SplitSeq(part, ".") {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// isVersion reports whether a fixed segment is a version of the API.
func isVersion(s segment) bool {
	return s.fixed() && (strings.ContainsAny(s.text, "0123456789") || len(s.text) <= len("latest")) && versionPattern.MatchString(s.text)
}

// normal is the path as a key: equal for twins that differ in trailing slash,
// format suffix, letter case or parameter names (G31).
func normal(segs []segment) string {
	var b strings.Builder
	for _, s := range segs {
		b.WriteByte('/')
		b.WriteString(strings.ToLower(paramPattern.ReplaceAllString(s.text, "{}")))
	}
	return b.String()
}

// unversioned is normal without leading api and with every version segment
// written alike; newer tells which of two twins has the higher version.
func unversioned(segs []segment) (key string, version []string) {
	for len(segs) > 1 && segs[0].fixed() && prefixSegments.has(segs[0].text) {
		segs = segs[1:]
	}
	out := make([]segment, len(segs))
	for i, s := range segs {
		if isVersion(s) {
			version = append(version, strings.ToLower(s.text))
			s = segment{text: "v*"}
		}
		out[i] = s
	}
	return normal(out), version
}

// newer reports whether version a is above b: by number, a stable one above its
// own previews.
func newer(a, b []string) bool {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] == b[i] {
			continue
		}
		na, pa := versionNumber(a[i])
		nb, pb := versionNumber(b[i])
		for j := 0; j < len(na) || j < len(nb); j++ {
			var x, y int
			if j < len(na) {
				x = na[j]
			}
			if j < len(nb) {
				y = nb[j]
			}
			if x != y {
				if (pa == "") != (pb == "") {
					break
				}
				return x > y
			}
		}
		if (pa == "") != (pb == "") {
			return pa == ""
		}
		return pa > pb
	}
	return len(a) > len(b)
}

// versionNumber takes "v1beta2" as [1], "beta2".
func versionNumber(v string) (nums []int, preview string) {
	v = strings.TrimPrefix(v, "v")
	i := strings.IndexFunc(v, func(r rune) bool { return r >= 'a' && r <= 'z' })
	if i >= 0 {
		preview, v = v[i:], v[:i]
	}
	for _, p := range strings.FieldsFunc(v, func(r rune) bool { return r == '.' || r == '-' }) {
		n := 0
		for _, c := range p {
			if c < '0' || c > '9' || n > 1<<24 {
				break
			}
			n = n*10 + int(c-'0')
		}
		nums = append(nums, n)
	}
	return nums, preview
}

// nounSegment is the index of the segment that names what the path lists: the
// last fixed one that is no verb, version or prefix; -1 if there is none.
func nounSegment(segs []segment) int {
	for i, s := range slices.Backward(segs) {

		if !s.fixed() || isVersion(s) {
			continue
		}
		if isVerb(s) && fixedBefore(segs, i) {
			continue
		}
		if prefixSegments.has(s.text) && i == 0 {
			return -1
		}
		return i
	}
	return -1
}

// isVerb reports whether a segment says how to list and not what: list, search,
// findByStatus.
func isVerb(s segment) bool {
	if !s.fixed() {
		return false
	}
	if verbSegments.has(s.text) {
		return true
	}
	w := words.Split(s.text)
	return len(w) > 2 && w[1] == "by" && verbSegments.has(w[0])
}

// fixedBefore reports whether something before segs[i] can be the noun: a verb
// directly after a parameter or at the head of a path is all the noun there is.
func fixedBefore(segs []segment, i int) bool {
	if i == 0 {
		return false
	}
	prev := segs[i-1]
	return prev.fixed() && !isVersion(prev) && !prefixSegments.has(prev.text)
}

// nounWords are the words of a path's noun without a trailing "list" and
// without verbs that lead it ("getUsers").
func nounWords(text string) []string {
	w := words.Split(text)
	for len(w) > 1 && (w[0] == "list" || w[0] == "get") {
		w = w[1:]
	}
	if len(w) > 1 && w[len(w)-1] == "list" {
		w = w[:len(w)-1]
	}
	return w
}

// typeNoun is the noun that a schema's name means: the last part of a dotted
// name, without what authors append ("IssueBean", "TaskCompact").
func typeNoun(name string) []string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	w := words.Split(name)
	for len(w) > 1 {
		_, ok := typeSuffixes[w[len(w)-1]]
		if !ok {
			break
		}
		w = w[:len(w)-1]
	}
	for len(w) > 1 {
		if _, ok := typePrefixes[w[0]]; !ok {
			break
		}
		w = w[1:]
	}
	return words.SingularName(w)
}
