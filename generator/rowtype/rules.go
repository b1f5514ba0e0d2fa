package rowtype

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

// RuleKind is what a Rule compares.
type RuleKind int

// The kinds of rules.
const (
	RuleMin     RuleKind = iota // number, at least Arg
	RuleMax                     // number, at most Arg
	RuleGT                      // number, more than Arg
	RuleLT                      // number, less than Arg
	RuleMinLen                  // characters of a text, or elements
	RuleMaxLen                  // the same
	RuleLen                     // the same, exactly Arg
	RuleOneOf                   // text or integer, one of Args
	RuleEq                      // equal to Arg
	RulePattern                 // text, matches the expression Arg
	RuleFormat                  // text, in the format Arg
)

// A Rule is a check on a value. It gives the validate tag and the inline code,
// so that the two cannot differ (G64).
type Rule struct {
	Kind RuleKind
	Arg  string
	Args []string
	// Name is the Go name of a pattern's expression, set by the renderer.
	Name string
}

// Tag is the rule as validator/v10 writes it.
func (r Rule) Tag() string {
	switch r.Kind {
	case RuleMin, RuleMinLen:
		return "min=" + r.Arg
	case RuleMax, RuleMaxLen:
		return "max=" + r.Arg
	case RuleLen:
		return "len=" + r.Arg
	case RuleGT:
		return "gt=" + r.Arg
	case RuleLT:
		return "lt=" + r.Arg
	case RuleEq:
		return "eq=" + escapeTag(r.Arg)
	case RuleOneOf:
		words := make([]string, len(r.Args))
		for i, a := range r.Args {
			words[i] = escapeTag(quoteWord(a))
		}
		return "oneof=" + strings.Join(words, " ")
	case RulePattern:
		return "re=" + r.Name
	case RuleFormat:
		return r.Arg
	}
	return ""
}

// quoteWord puts a word of oneof that has spaces, or none, in quotes.
func quoteWord(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\n\r\v\f") {
		return "'" + s + "'"
	}
	return s
}

// escapeTag writes the two characters that separate tags as validator wants them.
func escapeTag(s string) string {
	return strings.NewReplacer(",", "0x2C", "|", "0x7C").Replace(s)
}

// taggable reports whether a tag can carry the word unharmed.
func taggable(s string) bool {
	if strings.ContainsAny(s, "'\"`\\") || strings.Contains(s, "0x2C") || strings.Contains(s, "0x7C") {
		return false
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return false
		}
	}
	return true
}

// noter takes a note on something that was left out.
type noter func(format string, args ...any)

// rulesOf are the checks on a scalar of type t that is held as v.
func rulesOf(t *ir.Type, v Value, note noter) []Rule {
	switch v.Type {
	case schema.Text:
		return textRules(t, note)
	case schema.Bigint:
		return intRules(t)
	case schema.Double:
		return numberRules(t, math.Inf(-1), math.Inf(1), false)
	case schema.Bool:
		if b, ok := t.Const.(bool); ok {
			return []Rule{{Kind: RuleEq, Arg: strconv.FormatBool(b)}}
		}
	default:
	}
	return nil
}

func textRules(t *ir.Type, note noter) []Rule {
	if s, ok := t.Const.(string); ok {
		if taggable(s) && s != "" {
			return []Rule{{Kind: RuleEq, Arg: s}}
		}
		return nil
	}
	if words, ok := enumWords(t); ok {
		for _, w := range words {
			if !taggable(w) {
				return nil
			}
		}
		return []Rule{{Kind: RuleOneOf, Args: words}}
	}
	rules := lengthRules(t.MinLength, t.MaxLength)
	if word, ok := wordFormats[strings.ToLower(t.Format)]; ok {
		rules = append(rules, Rule{Kind: RuleFormat, Arg: word})
	}
	if t.Pattern != "" {
		if _, err := regexp.Compile(t.Pattern); err != nil {
			note("pattern %q is not one that Go compiles: it is not checked", t.Pattern)
		} else {
			rules = append(rules, Rule{Kind: RulePattern, Arg: t.Pattern})
		}
	}
	return rules
}

// enumWords are the distinct texts of an enum that is small enough to check.
func enumWords(t *ir.Type) ([]string, bool) {
	if t.Kind != ir.KindString || len(t.Enum) == 0 || len(t.Enum) > MaxEnum {
		return nil, false
	}
	var words []string
	seen := map[string]bool{}
	for _, e := range t.Enum {
		s, ok := enumText(e)
		if !ok {
			continue
		}
		if !seen[s] {
			seen[s] = true
			words = append(words, s)
		}
	}
	return words, len(words) > 0
}

// enumText is an enum's member as text; YAML reads unquoted words as it likes.
func enumText(e any) (string, bool) {
	switch e := e.(type) {
	case string:
		return e, true
	case bool:
		return strconv.FormatBool(e), true
	case int:
		return strconv.Itoa(e), true
	case int64:
		return strconv.FormatInt(e, 10), true
	case float64:
		return strconv.FormatFloat(e, 'f', -1, 64), true
	case time.Time:
		return e.Format(time.DateOnly), true
	}
	return "", false
}

func intRules(t *ir.Type) []Rule {
	if t.Kind == ir.KindString {
		return nil // a number in a text: bounds are on the text
	}
	if n, ok := intOf(t.Const); ok {
		return []Rule{{Kind: RuleEq, Arg: n}}
	}
	if len(t.Enum) > 0 && len(t.Enum) <= MaxEnum {
		var args []string
		seen := map[string]bool{}
		for _, e := range t.Enum {
			if n, ok := intOf(e); ok && !seen[n] {
				seen[n] = true
				args = append(args, n)
			}
		}
		if len(args) > 0 {
			return []Rule{{Kind: RuleOneOf, Args: args}}
		}
	}
	lo, hi := math.Inf(-1), math.Inf(1)
	if strings.EqualFold(t.Format, "int32") {
		lo, hi = math.MinInt32, math.MaxInt32
	}
	return numberRules(t, lo, hi, true)
}

func intOf(v any) (string, bool) {
	switch v := v.(type) {
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), v <= math.MaxInt64
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return strconv.FormatInt(int64(v), 10), true
		}
	}
	return "", false
}

// numberRules are the bounds of t within lo and hi, those of its Go type.
func numberRules(t *ir.Type, lo, hi float64, whole bool) []Rule {
	var rules []Rule
	least, most := RuleMin, RuleMax
	if t.Min != nil && *t.Min >= lo {
		lo = *t.Min
		if t.ExclusiveMin {
			least = RuleGT
		}
	}
	if t.Max != nil && *t.Max <= hi {
		hi = *t.Max
		if t.ExclusiveMax {
			most = RuleLT
		}
	}
	if whole { // more than 1.5 is at least 2
		if lo != math.Trunc(lo) {
			least = RuleMin
		}
		if hi != math.Trunc(hi) {
			most = RuleMax
		}
	}
	if arg, ok := bound(lo, whole, math.Ceil); ok {
		rules = append(rules, Rule{Kind: least, Arg: arg})
	}
	if arg, ok := bound(hi, whole, math.Floor); ok {
		rules = append(rules, Rule{Kind: most, Arg: arg})
	}
	return rules
}

// bound writes a bound; a whole number's is rounded inwards. Bounds that the
// Go type cannot pass are no rules.
func bound(f float64, whole bool, round func(float64) float64) (string, bool) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return "", false
	}
	if whole {
		f = round(f)
		if math.Abs(f) >= 1<<53 {
			return "", false
		}
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// lengthRules bound characters or elements. A least length of 0 is no rule.
func lengthRules(lo, hi *int) []Rule {
	var rules []Rule
	if lo != nil && hi != nil && *lo == *hi && *lo > 0 {
		return []Rule{{Kind: RuleLen, Arg: strconv.Itoa(*lo)}}
	}
	if lo != nil && *lo > 0 {
		rules = append(rules, Rule{Kind: RuleMinLen, Arg: strconv.Itoa(*lo)})
	}
	if hi != nil && *hi >= 0 && *hi < math.MaxInt32 {
		rules = append(rules, Rule{Kind: RuleMaxLen, Arg: strconv.Itoa(*hi)})
	}
	return rules
}
