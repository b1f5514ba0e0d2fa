package schema

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// regexPrefix marks a pattern that is a regular expression.
const regexPrefix = "re:"

// A Pattern matches names (S23): those in which it finds its expression, if
// it is written re:<expression>, else the one that it is.
type Pattern struct {
	text string
	re   *regexp.Regexp
}

// CompilePattern reads a pattern. A name with the signs of expressions in it is
// taken for an expression that lacks its re:.
func CompilePattern(text string) (Pattern, error) {
	expr, ok := strings.CutPrefix(text, regexPrefix)
	if !ok {
		if strings.ContainsAny(text, regexSigns) {
			return Pattern{}, fmt.Errorf("pattern %q looks like a regular expression; write it %s%s", text, regexPrefix, text)
		}
		return Pattern{text: text}, nil
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		cause := err
		if e, ok := errors.AsType[*syntax.Error](err); ok {
			cause = fmt.Errorf("%s: %q", e.Code, e.Expr)
		}
		return Pattern{}, fmt.Errorf("pattern %q: %w", text, cause)
	}
	return Pattern{text, re}, nil
}

// Match reports whether the pattern matches the name.
func (p Pattern) Match(name string) bool {
	if p.re != nil {
		return p.re.MatchString(name)
	}
	return p.text == name
}

// String is the pattern as it was written.
func (p Pattern) String() string { return p.text }

// regexSigns are characters that a plain name hardly has.
const regexSigns = "^$*+?{}[]\\|()"

// regexMeta are the characters that have a meaning in expressions, and white
// space, as dlt tells plain names from expressions.
const regexMeta = ".^$*+?{}[]\\|()-&~# \t\n\r\v\f"

// canonicalPattern is the form in which patterns are compared.
func canonicalPattern(text string) string {
	if strings.HasPrefix(text, regexPrefix) {
		return text
	}
	return regexPrefix + "^" + text + "$"
}

// NormalizePattern normalises the name in a pattern that is a plain name, or
// one between ^ and $ (S23).
func NormalizePattern(text string, n Naming) string {
	expr, isRegex := strings.CutPrefix(text, regexPrefix)
	name, exact := expr, len(expr) >= 2 && expr[0] == '^' && expr[len(expr)-1] == '$'
	if exact {
		name = expr[1 : len(expr)-1]
	}
	if !strings.ContainsAny(name, regexMeta) {
		name = n.Path(name)
	}
	if exact {
		name = "^" + name + "$"
	}
	if isRegex {
		name = regexPrefix + name
	}
	return name
}

func patternList(v any) ([]string, error) {
	texts, err := textList(v)
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		if _, err := CompilePattern(t); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// MergeHints adds patterns to the default hints, each once (S23), or replaces
// the patterns of the hints it names. Names are normalised already.
func (s *Schema) MergeHints(rules []HintRule, replace bool) error {
	for _, r := range rules {
		if err := checkHintName(r.Hint); err != nil {
			return err
		}
		for _, p := range r.Patterns {
			if _, err := CompilePattern(p); err != nil {
				return fmt.Errorf("default hint %s: %w", r.Hint, err)
			}
		}
		if replace {
			s.Settings.DefaultHints = slices.DeleteFunc(s.Settings.DefaultHints, func(x HintRule) bool { return x.Hint == r.Hint })
		}
	}
	s.Settings.addHints(rules)
	return nil
}

func checkHintName(hint string) error {
	if hint == "not_null" || strings.HasPrefix(hint, "x-") || IsHint(hint) && hint != "nullable" {
		return nil
	}
	return fmt.Errorf("default hint %q is unknown; it is not_null, a boolean hint of columns, or begins with x-", hint)
}

func (s *Settings) addHints(rules []HintRule) {
	for _, r := range rules {
		at := slices.IndexFunc(s.DefaultHints, func(x HintRule) bool { return x.Hint == r.Hint })
		if at < 0 {
			at = len(s.DefaultHints)
			s.DefaultHints = append(s.DefaultHints, HintRule{Hint: r.Hint})
		}
		for _, p := range r.Patterns {
			have := s.DefaultHints[at].Patterns
			if !slices.ContainsFunc(have, func(x string) bool { return canonicalPattern(x) == canonicalPattern(p) }) {
				s.DefaultHints[at].Patterns = append(have, p)
			}
		}
	}
}

// SetPreferredTypes adds rules, or changes the types of those that are there (S22, S23).
func (s *Schema) SetPreferredTypes(rules []TypeRule) error {
	for _, r := range rules {
		if _, err := CompilePattern(r.Pattern); err != nil {
			return fmt.Errorf("preferred type: %w", err)
		}
		if !slices.Contains(DataTypes(), r.Type) {
			return fmt.Errorf("preferred type of %s: data type %q is unknown; known are %s", r.Pattern, r.Type, joinNames(DataTypes()))
		}
	}
	types := s.Settings.PreferredTypes
	for _, r := range rules {
		at := slices.IndexFunc(types, func(x TypeRule) bool { return canonicalPattern(x.Pattern) == canonicalPattern(r.Pattern) })
		if at < 0 {
			types = append(types, r)
		} else {
			types[at].Type = r.Type
		}
	}
	s.Settings.PreferredTypes = types
	return nil
}

// AddDetection appends an autodetector, if it is not there (S20).
func (s *Schema) AddDetection(name string) {
	if !slices.Contains(s.Settings.Detections, name) {
		s.Settings.Detections = append(s.Settings.Detections, name)
	}
}

// RemoveDetection takes an autodetector away.
func (s *Schema) RemoveDetection(name string) {
	s.Settings.Detections = slices.DeleteFunc(s.Settings.Detections, func(d string) bool { return d == name })
}
