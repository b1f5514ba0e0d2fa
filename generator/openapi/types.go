package openapi

import (
	"cmp"
	"maps"
	"slices"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

const (
	maxColumns = 1000    // properties from which a union becomes json (G54)
	maxTypes   = 500_000 // types of one document, a guard against hostile input
	// maxUnions bounds the unions that arise from properties of unions: each can
	// give rise to more, of ever other members.
	maxUnions = 10_000
)

// A variant is a component with something added at one place; its content is
// copied once all types are complete.
type variant struct {
	t, base  *ir.Type
	nullable bool
	s        *rawSchema
}

func (r *reader) newType(n *tree.Node) *ir.Type {
	r.made++
	return &ir.Type{Kind: ir.KindAny, Pos: n.EntryPos()}
}

// typeOf is the type of the schema at n; the same for all references to it. Its
// content is filled in later, which is what lets types refer to themselves.
func (r *reader) typeOf(n *tree.Node) *ir.Type {
	s := r.follow(n)
	if s == nil {
		return r.newType(n)
	}
	if t, ok := r.types[s]; ok {
		return t
	}
	if base, nullable := r.wraps(s); base != nil {
		return r.variantOf(s, base, nullable)
	}
	t := r.newType(s.node)
	t.Name = r.names[s.node]
	r.types[s] = t
	if r.made > maxTypes {
		return t
	}
	r.queue = append(r.queue, func() { r.fill(t, r.expand(s), s) })
	return t
}

// wraps tells whether s is one reference with annotations around it: a nullable
// reference, or one with a text of its own.
func (r *reader) wraps(s *rawSchema) (base *tree.Node, nullable bool) {
	if s.structural && (s.types&^(kObject|kNull) != 0 || len(s.props)+len(s.required) > 0 || s.hasEnum || s.hasConst || s.additional != nil) {
		return nil, false
	}
	if s.min != nil || s.max != nil || s.minLen != nil || s.maxLen != nil || s.pattern != "" || s.format != "" || s.discriminator != "" {
		return nil, false
	}
	if r.names[s.node] != "" {
		return nil, false
	}
	nullable = s.nullable || s.types&kNull != 0
	if s.ref != nil && len(s.allOf)+len(s.oneOf)+len(s.anyOf) == 0 {
		return r.schemaTarget(s.ref), nullable
	}
	var only *tree.Node
	for _, n := range slices.Concat(s.allOf, s.oneOf, s.anyOf) {
		member := r.schema(n)
		if member.types == kNull && member.ref == nil {
			nullable = true
			continue
		}
		if only != nil || member.ref == nil || member.structural {
			return nil, false
		}
		only = n
	}
	if s.ref != nil || only == nil {
		return nil, false
	}
	return only, nullable
}

func (r *reader) variantOf(s *rawSchema, n *tree.Node, nullable bool) *ir.Type {
	t := r.newType(s.node)
	r.types[s] = t // a wrapper around itself ends here
	base := r.typeOf(n)
	if base == t {
		return t
	}
	if !nullable && s.description == "" && s.title == "" && s.deflt == nil && s.examp == nil && !s.annotation {
		r.types[s] = base
		return base
	}
	r.variants = append(r.variants, variant{t: t, base: base, nullable: nullable, s: s})
	return t
}

// typeOfAll is the type of a property or element that several schemas describe:
// one of the alternatives holds, each of which is all of its nodes.
func (r *reader) typeOfAll(alternatives [][]*tree.Node) *ir.Type {
	var all dnf
	first := map[*rawSchema]*tree.Node{}
	var single []*rawSchema
	for _, nodes := range alternatives {
		d := dnf{{}}
		for _, n := range nodes {
			s := r.follow(n)
			if s == nil {
				continue
			}
			if _, ok := first[s]; !ok {
				first[s] = n
				single = append(single, s)
			}
			d = cross(d, r.expand(s))
		}
		all = all.with(d)
		if d == nil || len(all) > maxVariants {
			return r.wide(alternatives[0][0])
		}
	}
	switch {
	case len(single) == 1:
		return r.typeOf(first[single[0]])
	case len(single) == 0:
		return r.newType(alternatives[0][0])
	}
	return r.typeOfDNF(all)
}

// typeOfDNF is the type of alternatives, the component's if they are those of
// one component.
func (r *reader) typeOfDNF(d dnf) *ir.Type {
	for _, s := range d[0] {
		if r.schemas[s.node] == s && s.ref == nil && r.expand(s).equal(d) {
			return r.typeOf(s.node)
		}
	}
	key := d.key()
	if t, ok := r.composites[key]; ok {
		return t
	}
	var at *rawSchema
	for _, c := range d {
		if len(c) > 0 {
			at = c[len(c)-1]
		}
	}
	if at == nil {
		return r.newType(r.root)
	}
	t := r.newType(at.node)
	r.composites[key] = t
	if r.made > maxTypes || len(r.composites) > maxUnions {
		r.diags.Notef(codeWideUnion, t.Pos, "more than %d unions within unions; the rest is kept as json", maxUnions).WithGroup(codeWideUnion + "s")
		return t
	}
	r.queue = append(r.queue, func() { r.fill(t, d, nil) })
	return t
}

func (r *reader) wide(n *tree.Node) *ir.Type {
	t := r.newType(n)
	r.diags.Notef(codeWideUnion, n.EntryPos(), "more than %d variants; kept as json", maxVariants).WithGroup(codeWideUnion)
	return t
}

// finishTypes fills all types that are still empty, then the variants.
func (r *reader) finishTypes() {
	for len(r.queue) > 0 {
		fill := r.queue[0]
		r.queue = r.queue[1:]
		fill()
	}
	byType := map[*ir.Type]*variant{}
	for i := range r.variants {
		byType[r.variants[i].t] = &r.variants[i]
	}
	done := map[*variant]bool{}
	for i := range r.variants {
		fillVariant(&r.variants[i], byType, done)
	}
}

func fillVariant(v *variant, byType map[*ir.Type]*variant, done map[*variant]bool) {
	if done[v] {
		return
	}
	done[v] = true
	if inner := byType[v.base]; inner != nil {
		fillVariant(inner, byType, done)
	}
	pos := v.t.Pos
	*v.t = *v.base
	v.t.Pos = pos
	if v.base.Base == nil {
		v.t.Base = v.base
	}
	v.t.Nullable = v.base.Nullable || v.nullable
	v.t.Title = cmp.Or(v.s.title, v.t.Title)
	v.t.Description = cmp.Or(v.s.description, v.t.Description)
	if v.s.deflt != nil {
		v.t.Default = v.s.deflt
	}
	if v.s.examp != nil {
		v.t.Example = v.s.examp
	}
	if len(v.s.ext) > 0 {
		ext := map[string]any{}
		maps.Copy(ext, v.base.Extensions)
		maps.Copy(ext, v.s.ext)
		v.t.Extensions = ext
	}
}

// namedTypes are the component types that were reached, in document order; those
// of other files come after, by file.
func (r *reader) namedTypes() []*ir.Type {
	var out []*ir.Type
	for s, t := range r.types {
		if t.Name != "" && t.Base == nil && r.names[s.node] == t.Name {
			out = append(out, t)
		}
	}
	own := r.root.File()
	slices.SortFunc(out, func(a, b *ir.Type) int {
		if (a.Pos.File == own) != (b.Pos.File == own) {
			if a.Pos.File == own {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Offset, b.Pos.Offset), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(out)
}
