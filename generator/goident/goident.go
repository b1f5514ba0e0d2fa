// Package goident makes Go identifiers, file names and package names of the
// names an API uses.
//
// It stands between ir and render in the generator's flow. What it returns is
// always legal Go; that two names never collide is the work of a [Scope],
// one for each package that is generated (G60, G61 of docs/spec/80-generator.md).
//
//	goident.Exported("user_ids")   // UserIDs
//	goident.Exported("16x16")      // N16x16
//	s := goident.NewScope("Config")
//	s.Declare("Config", "ConfigItem") // ConfigItem
package goident

import (
	"go/token"
	"strings"
	"unicode"
)

// initialisms are written in capitals wherever they are a whole word.
var initialisms = map[string]bool{
	"ACL": true, "API": true, "ASCII": true, "CPU": true, "CSS": true, "CSV": true, "DB": true, "DNS": true,
	"EOF": true, "GUID": true, "HTML": true, "HTTP": true, "HTTPS": true, "ID": true, "IP": true, "JSON": true,
	"JWT": true, "OS": true, "PDF": true, "QPS": true, "RAM": true, "RPC": true, "RSS": true, "SHA": true,
	"SLA": true, "SMS": true, "SMTP": true, "SQL": true, "SSH": true, "SSL": true, "SSO": true, "TCP": true,
	"TLS": true, "TTL": true, "UDP": true, "UI": true, "UID": true, "URI": true, "URL": true, "UTC": true,
	"UTF8": true, "UUID": true, "VAT": true, "VM": true, "XML": true, "YAML": true,
}

// Exported is s as an exported identifier, or "" if s has no letter or digit.
func Exported(s string) string {
	var b strings.Builder
	for _, w := range words(s) {
		b.WriteString(title(w))
	}
	id := b.String()
	if id == "" {
		return ""
	}
	switch first := []rune(id)[0]; {
	case unicode.IsDigit(first):
		return "N" + id
	case !unicode.IsUpper(first):
		return "X" + id // a script without capitals
	}
	return id
}

// Unexported is s as an identifier that is not exported, or "" if s has no
// letter or digit. Keywords and predeclared names get a trailing underscore.
func Unexported(s string) string {
	ws := words(s)
	if len(ws) == 0 {
		return ""
	}
	id := strings.ToLower(ws[0])
	for _, w := range ws[1:] {
		id += title(w)
	}
	if unicode.IsDigit([]rune(id)[0]) {
		id = "n" + id
	}
	if token.IsKeyword(id) || predeclared[id] {
		id += "_"
	}
	return id
}

// title is one word in the middle of an identifier.
func title(w string) string {
	up := strings.ToUpper(w)
	if initialisms[up] {
		return up
	}
	if single, ok := strings.CutSuffix(up, "S"); ok && initialisms[single] {
		return single + "s"
	}
	r := []rune(w)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// words splits a name at separators and at changes of case; digits stay with
// the word before them. A name in capitals throughout is taken as lower case,
// so that IN_PROGRESS is InProgress.
func words(s string) []string {
	s = spellSign(s)
	if strings.ToUpper(s) == s {
		s = strings.ToLower(s)
	}
	var (
		out  []string
		word []rune
		rs   = []rune(s)
	)
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = nil
		}
	}
	for i, r := range rs {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if len(word) > 0 && startsWord(rs, i) {
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// startsWord reports whether the capital at i begins a word: after a small
// letter or digit, or as the last capital of a run that small letters follow.
// A plural s behind capitals ("userIDs") is no such letter.
func startsWord(rs []rune, i int) bool {
	if !unicode.IsUpper(rs[i]) {
		return false
	}
	if !unicode.IsUpper(rs[i-1]) {
		return true
	}
	if i+1 == len(rs) || !unicode.IsLower(rs[i+1]) {
		return false
	}
	plural := rs[i+1] == 's' && (i+2 == len(rs) || !unicode.IsLower(rs[i+2]))
	return !plural
}

// spellSign keeps "+1" and "-1" apart.
func spellSign(s string) string {
	if len(s) > 1 && '0' <= s[1] && s[1] <= '9' {
		switch s[0] {
		case '+':
			return "plus" + s[1:]
		case '-':
			return "minus" + s[1:]
		}
	}
	return s
}

var predeclared = set("any append bool byte cap clear close comparable complex complex128 complex64 copy delete error false " +
	"float32 float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print println real recover rune " +
	"string true uint uint16 uint32 uint64 uint8 uintptr init main")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
