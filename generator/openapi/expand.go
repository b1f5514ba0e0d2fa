package openapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// maxVariants is the number of variants from which a union becomes json (G54).
const maxVariants = 64

// A conj is schemas that hold together, as under allOf. Their own references
// and combinators are already followed and no longer looked at.
type conj []*rawSchema

// A dnf is alternatives, as under oneOf: one of them holds. It is the one form
// into which references and combinators are brought, so that merging and
// supersets need not know how a document spelt them.
type dnf []conj

// maxSteps bounds the schemas that are combined in one document, a guard against
// hostile input.
const maxSteps = 1_000_000

// expand follows all references and combinators of s. It is nil if there are too
// many alternatives.
func (r *reader) expand(s *rawSchema) dnf {
	return r.expandIn(s, nil)
}

func (r *reader) expandIn(s *rawSchema, path []*rawSchema) dnf {
	if d, ok := r.expanded[s]; ok {
		return d
	}
	if slices.Contains(path, s) {
		r.cuts++
		return dnf{{}} // it says nothing that it does not say already
	}
	if r.steps++; len(path) >= r.maxRefs() || r.steps > maxSteps {
		r.cuts++
		r.warn(codeRefChain, s.node.Pos(), "schemas are combined more than %d levels deep; the rest is not read", r.maxRefs())
		return dnf{{}}
	}
	cuts := r.cuts
	d := r.combine(s, append(path, s))
	if cuts == r.cuts { // else it depends on where one comes from
		r.expanded[s] = d
	}
	return d
}

// combine expands s; path is what led here, s included.
func (r *reader) combine(s *rawSchema, path []*rawSchema) dnf {
	out := dnf{{}}
	if s.ref != nil {
		out = cross(out, r.expandNode(r.schemaTarget(s.ref), path))
	}
	if !s.allOfFirst {
		out = cross(out, dnf{{s}})
	}
	for _, n := range s.allOf {
		out = cross(out, r.expandNode(n, path))
	}
	if s.allOfFirst {
		out = cross(out, dnf{{s}})
	}
	for _, union := range [2][]*tree.Node{s.oneOf, s.anyOf} {
		if len(union) == 0 {
			continue
		}
		var alternatives dnf
		for _, n := range union {
			if slices.Contains(path, r.follow(n)) {
				r.cuts++
				continue // "either this or itself" is this
			}
			more := r.expandNode(n, path)
			if alternatives = alternatives.with(more); more == nil || len(alternatives) > maxVariants {
				return nil
			}
		}
		if len(alternatives) > 0 {
			out = cross(out, alternatives)
		}
	}
	return out
}

func (r *reader) expandNode(n *tree.Node, path []*rawSchema) dnf {
	if n == nil {
		return dnf{{}}
	}
	s := r.follow(n)
	if s == nil {
		return dnf{{}}
	}
	return r.expandIn(s, path)
}

// cross is "a and b"; nil if that has too many alternatives.
func cross(a, b dnf) dnf {
	if a == nil || b == nil || len(a)*len(b) > maxVariants {
		return nil
	}
	if len(a) == 1 && len(a[0]) == 0 {
		return b
	}
	out := make(dnf, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			both := slices.Clone(x)
			for _, s := range y {
				if !slices.Contains(both, s) {
					both = append(both, s)
				}
			}
			out = append(out, both)
		}
	}
	return out
}

// with is "d or more", without repeats.
func (d dnf) with(more dnf) dnf {
	for _, c := range more {
		if !slices.ContainsFunc(d, func(have conj) bool { return slices.Equal(have, c) }) {
			d = append(d, c)
		}
	}
	return d
}

// key identifies d among all that are built of the same schemas, in whatever
// order the alternatives stand.
func (d dnf) key() string {
	parts := make([]string, len(d))
	for i, c := range d {
		var b strings.Builder
		for _, s := range c {
			b.WriteString(strconv.Itoa(s.id))
			b.WriteByte(',')
		}
		parts[i] = b.String()
	}
	slices.Sort(parts)
	return strings.Join(parts, "|")
}

func (d dnf) equal(other dnf) bool {
	return slices.EqualFunc(d, other, func(a, b conj) bool { return slices.Equal(a, b) })
}
