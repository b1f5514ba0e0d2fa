package dlt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/dltgen/dltgen/runtime/value"
)

// Findings collects the checks that a row fails; generated Validate methods
// report all of a row's failures, not the first (G64).
type Findings struct {
	// List holds what was found since the last Reset.
	List []Finding

	prefix string
}

// A Finding is one failed check.
type Finding struct {
	Path  string // field, "lines[2].qty"
	Rule  string // the validate tag's word: "oneof=open closed"
	Value string // bounded
}

// Validated is a struct with generated checks.
type Validated interface {
	Validate(f *Findings)
}

// maxFindingValue bounds what a finding keeps of a value, in bytes.
const maxFindingValue = 256

// Add notes that the value at path fails rule.
func (f *Findings) Add(path, rule string, v any) {
	text := fmt.Sprint(v)
	if len(text) > maxFindingValue {
		text = strings.ToValidUTF8(text[:maxFindingValue], "") + "…"
	}
	f.List = append(f.List, Finding{f.prefix + path, rule, text})
}

// AddAt notes that element i of the list at path fails rule.
func (f *Findings) AddAt(path string, i int, rule string, v any) {
	f.Add(path+"["+strconv.Itoa(i)+"]", rule, v)
}

// In runs the checks of the object at path.
func (f *Findings) In(path string, v Validated) { f.below(path+".", v) }

// InIf runs the checks of an object that may be missing.
func (f *Findings) InIf(valid bool, path string, v Validated) {
	if valid {
		f.In(path, v)
	}
}

// At runs the checks of element i of the list at path.
func (f *Findings) At(path string, i int, v Validated) {
	f.below(path+"["+strconv.Itoa(i)+"].", v)
}

func (f *Findings) below(part string, v Validated) {
	before := f.prefix
	f.prefix += part
	v.Validate(f)
	f.prefix = before
}

// MaxLen checks the greatest number of characters.
func (f *Findings) MaxLen(path, s string, most int) {
	if len(s) > most && utf8.RuneCountInString(s) > most {
		f.Add(path, "max="+strconv.Itoa(most), s)
	}
}

// OneOf checks that a text is one of the words.
func (f *Findings) OneOf(path, s string, words ...string) {
	if !slices.Contains(words, s) {
		f.Add(path, "oneof="+strings.Join(words, " "), s)
	}
}

// NullOneOf is OneOf for a text that may be null, which is no failure.
func (f *Findings) NullOneOf(path string, s value.Null[string], words ...string) {
	if s.Valid {
		f.OneOf(path, s.V, words...)
	}
}

// Reset forgets what was found.
func (f *Findings) Reset() { f.List = f.List[:0] }

var formats = validator.New()

// ValidFormat reports whether a text has a format that validate tags know by a
// word of their own: email, uuid, uri, hostname, ipv4, ipv6.
func ValidFormat(format, s string) bool { return formats.Var(s, format) == nil }
