package infer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// names gives every candidate its resource with a name (G36): the plural noun
// of the path, with the parent's noun, the tag or the operation id before it
// where that is taken. Lists choose before details, few parameters before many,
// new versions before old.
func (in *inferrer) names() {
	taken := map[string]bool{}
	order := append([]*candidate(nil), in.all...)
	ranks := make(map[*candidate]int, len(order))
	for _, c := range order {
		ranks[c] = nameRank(c)
	}
	slices.SortStableFunc(order, func(a, b *candidate) int { return ranks[a] - ranks[b] })
	for _, c := range order {
		c.res = &ir.Resource{Operation: c.op, Item: c.sel.item, Single: c.sel.single}
		c.res.Selector = ir.Decided[string]{Value: c.sel.path, Why: c.sel.why}
		c.res.Notes = append(c.res.Notes, c.sel.notes...)
		if n := in.opt.Names[operation(c.op)]; n != "" {
			c.res.Name = n
			taken[n] = true
		}
	}
	// A name of the lock stays reserved even if its operation is gone.
	for _, n := range in.opt.Names {
		taken[n] = true
	}
	for _, c := range order {
		if c.res.Name != "" {
			continue
		}
		c.res.Name = firstFree(nameChoices(c), taken)
		taken[c.res.Name] = true
	}
}

func nameRank(c *candidate) int {
	rank := 0
	if !c.list() {
		rank += 1000
	}
	if c.older != "" || c.op.Deprecated {
		rank += 100
	}
	if c.post || isSearch(c) && c.noun == len(c.segs)-1 {
		rank += 50
	}
	for _, s := range listBase(c) {
		rank += 10 * len(s.params)
	}
	rank += len(area(listBase(c)))
	return rank + 5*len(requiredConfig(c))
}

func firstFree(choices []string, taken map[string]bool) string {
	for _, n := range choices {
		if n != "" && !taken[n] {
			return n
		}
	}
	base := "resource"
	for _, n := range choices {
		if n != "" {
			base = n
			break
		}
	}
	for i := 2; ; i++ {
		if n := base + "_" + strconv.Itoa(i); !taken[n] {
			return n
		}
	}
}

// nameChoices are the names a candidate would take, best first.
func nameChoices(c *candidate) []string {
	noun := c.nounWords
	if len(noun) == 0 && c.op.ID != "" {
		return []string{clean(words.Split(c.op.ID))}
	}
	if len(noun) == 0 {
		for _, s := range c.segs {
			noun = append(noun, words.Split(s.text)...)
		}
		if len(noun) == 0 {
			return nil
		}
	}
	base := noun
	switch {
	case c.list():
		if k := c.specificKey(); k != nil {
			base = k
		}
		base = c.pluralNoun(base)
	case c.endsInParam() || c.detailOf != nil:
		base = append(words.SingularName(noun), "details")
	}
	out := []string{clean(base)}
	var longer []string
	for i := c.noun - 1; i >= 0; i-- {
		s := c.segs[i]
		if !s.fixed() || isVersion(s) || prefixSegments.has(s.text) {
			continue
		}
		longer = append(words.SingularName(nounWords(s.text)), longer...)
		out = append(out, clean(append(append([]string(nil), longer...), base...)))
	}
	if c.noun >= 0 && c.noun < len(c.segs)-1 {
		if s := c.segs[len(c.segs)-1]; s.fixed() {
			how := words.Split(s.text)
			if len(how) > 1 && isVerb(s) {
				how = how[1:] // pets by status, not pets find by status
			}
			out = append(out, clean(append(append([]string(nil), base...), how...)))
		}
	}
	for _, v := range slices.Backward(c.segs) {
		if p := v.last(); p != "" {
			out = append(out, clean(append(append(append([]string(nil), base...), "by"), words.Split(p)...)))
			break
		}
	}
	for _, t := range c.op.Tags {
		out = append(out, clean(append(words.Split(t), base...)))
	}
	if c.op.ID != "" {
		out = append(out, clean(words.Split(c.op.ID)))
	}
	return append(out, clean(append(base, strings.ToLower(c.op.Method))))
}

// specificKey is the key of the list where it says more than the path: the
// payments of an invoice are invoice_payments.
func (c *candidate) specificKey() []string {
	if len(c.sel.keys) == 0 || c.sel.single {
		return nil
	}
	key := words.Split(c.sel.keys[len(c.sel.keys)-1])
	if len(key) > len(c.nounWords) && len(c.nounWords) > 0 && sameWords(key[len(key)-len(c.nounWords):], c.nounWords) {
		return key
	}
	return nil
}

// pluralNoun is the plural, but for words that name an action (following). What
// is no noun at all says which of those before it: variables/published are
// published_variables.
func (c *candidate) pluralNoun(w []string) []string {
	if i := slices.Index(w, "of"); i > 0 && i < len(w)-1 {
		return append(words.PluralName(w[:i]), w[i:]...)
	}
	last := w[len(w)-1]
	if !qualifiers.has(last) && !strings.HasSuffix(last, "ed") {
		if strings.HasSuffix(last, "ing") {
			return w
		}
		return words.PluralName(w)
	}
	if c.noun > 0 && c.segs[c.noun-1].fixed() && !isVersion(c.segs[c.noun-1]) && !prefixSegments.has(c.segs[c.noun-1].text) {
		return append(append([]string(nil), w...), words.PluralName(nounWords(c.segs[c.noun-1].text))...)
	}
	return w
}

// qualifiers end a path without being nouns.
var qualifiers = newLexicon("local", "public", "private", "daily", "weekly", "monthly", "yearly", "hourly", "latest", "recent", "active",
	"inactive", "popular", "trending", "new", "available", "upcoming", "default", "global", "current", "own", "mine", "me", "self", "pending", "open", "free", "top",
	"my", "bulk", "raw", "human", "accessible", "system", "all", "main", "other", "simple", "full", "common")

// clean joins words to a resource name: lower case ASCII, beginning with a letter.
func clean(w []string) string {
	var b strings.Builder
	for _, s := range w {
		part := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('_')
		}
		b.WriteString(part)
	}
	out := b.String()
	if out != "" && out[0] >= '0' && out[0] <= '9' {
		out = "n" + out
	}
	return out
}
