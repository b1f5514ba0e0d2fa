package infer

import (
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// operationWords are the words of an operation's id and of its last fixed segment.
func operationWords(c *candidate) []string {
	var w []string
	for _, v := range slices.Backward(c.segs) {
		if v.fixed() {
			text := v.text
			if j := strings.LastIndexByte(text, ':'); j >= 0 { // Google style custom verbs
				text = text[j+1:]
			}
			w = append(w, words.Split(text)...)
			break
		}
	}
	id := c.op.ID
	if i := strings.LastIndexAny(id, "./"); i >= 0 {
		id = id[i+1:]
	}
	return append(w, words.Split(id)...)
}

// readsByName reports whether path or id of a POST say that it reads (G48).
func readsByName(c *candidate) bool {
	return readVerbs.hasAny(operationWords(c)) && !writesByName(c)
}

// writesByName reports whether path or id of a POST say that it changes something.
func writesByName(c *candidate) bool { return writeVerbs.hasAny(operationWords(c)) }

// postReason is why a POST that sounds like reading still cannot be a resource:
// its answer holds no records, or its body needs what nobody can supply (G48).
func postReason(c *candidate) string {
	if c.sel.single {
		return "a POST whose answer is no list"
	}
	if c.op.Body == nil || c.op.Body.Type == nil {
		return ""
	}
	for _, p := range c.op.Body.Type.Props {
		if !p.Required || pagingName(p.Name) || constant(p.Type) != "" || scalar(p.Type) {
			continue
		}
		return "required in the body: " + p.Name
	}
	return ""
}

// isSearch reports whether an operation searches: its path says so, and a query
// text is to be given.
func isSearch(c *candidate) bool {
	for _, s := range c.segs {
		if s.fixed() && searchSegments.has(s.text) {
			return true
		}
	}
	return false
}

// pagingName reports whether a name is one of those that pagers send.
func pagingName(name string) bool {
	return tokenParams.has(name) || pageParams.has(name) || offsetParams.has(name) || sizeParams.has(name) ||
		keysetParams.has(name) || backParams.has(name)
}

// constants are the values a required parameter is sent with where the document
// leaves no choice (G47): that of constant; of a list its default, that of its
// elements, or else every value its elements may have, for all records are wanted.
func constants(p *ir.Param) []string {
	if v := constant(p.Type); v != "" {
		return []string{v}
	}
	t := p.Type
	if t == nil || t.Kind != ir.KindArray || p.In == "body" {
		return nil
	}
	if list, ok := t.Default.([]any); ok && len(list) > 0 {
		return literals(list)
	}
	if t.Items == nil {
		return nil
	}
	if v := literal(t.Items.Default); v != "" {
		return []string{v}
	}
	if len(t.Items.Enum) > maxChoices {
		return nil
	}
	return literals(t.Items.Enum)
}

// maxChoices bounds how many values of a list are sent without being asked for.
const maxChoices = 50

func literals(values []any) []string {
	var out []string
	for _, v := range values {
		if s := literal(v); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// constant is the only value a type allows, or its default, "" if neither.
func constant(t *ir.Type) string {
	if t == nil {
		return ""
	}
	switch {
	case t.Const != nil:
		return literal(t.Const)
	case len(t.Enum) == 1:
		return literal(t.Enum[0])
	case t.Default != nil && (scalar(t) || t.Kind == ir.KindAny):
		return literal(t.Default)
	case t.Kind == ir.KindArray && t.Items != nil && len(t.Items.Enum) == 1:
		return literal(t.Items.Enum[0])
	}
	return ""
}
