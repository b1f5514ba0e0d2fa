package openapi

import (
	"slices"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// fill writes what the alternatives d say into t. Texts come from s, the schema
// that was written, if there is one.
func (r *reader) fill(t *ir.Type, d dnf, s *rawSchema) {
	defer func() {
		if s == nil {
			return
		}
		if s.title != "" {
			t.Title = s.title
		}
		if s.description != "" {
			t.Description = s.description
		}
		if s.discriminator != "" {
			t.Discriminator = s.discriminator
		}
		if len(s.ext) > 0 && t.Extensions == nil {
			t.Extensions = s.ext
		}
	}()
	if d == nil {
		r.diags.Notef(codeWideUnion, t.Pos, "more than %d variants; kept as json", maxVariants).WithGroup(codeWideUnion)
		return
	}
	var shapes []*shape
	for _, c := range d {
		m := r.merge(c)
		t.Nullable = t.Nullable || m.nullable || m.nullOnly
		if !m.nullOnly {
			shapes = append(shapes, r.split(m)...)
		}
	}
	switch len(shapes) {
	case 0:
		t.Kind = ir.KindNull
	case 1:
		r.fillShape(t, shapes[0])
	default:
		r.fillUnion(t, shapes)
	}
}

// fillShape fills t from a single shape.
func (r *reader) fillShape(t *ir.Type, m *shape) {
	t.Format, t.Title, t.Description = m.format, m.title, m.description
	t.Default, t.Example, t.Extensions = m.defaultValue, m.sample, m.ext
	t.Discriminator = m.discriminator
	if m.hasConst {
		t.Const = m.konst
	}
	if m.hasEnum && m.kinds&kScalar != 0 {
		t.Enum, t.EnumNames = m.enum, m.enumNames
	}
	switch {
	case !m.stated:
		t.Kind = ir.KindAny
	case m.kinds&^kScalar == 0:
		t.Kind = scalarKind(m.kinds)
		fillBounds(t, m)
		r.textUnion(t, []*shape{m})
	case m.kinds == kArray:
		r.fillArray(t, []*shape{m})
	case m.kinds == kObject:
		r.fillObject(t, m)
	}
}

// scalarKind is the one kind that holds all of k (G54).
func scalarKind(k kinds) ir.Kind {
	switch {
	case k&kString != 0:
		return ir.KindString
	case k == kBoolean:
		return ir.KindBoolean
	case k&kBoolean != 0:
		return ir.KindAny
	case k&kNumber != 0:
		return ir.KindNumber
	}
	return ir.KindInteger
}

func fillBounds(t *ir.Type, m *shape) {
	if t.Kind == ir.KindString {
		t.MinLength, t.MaxLength, t.Pattern = m.minLen, m.maxLen, m.pattern
	}
	if t.Kind == ir.KindInteger || t.Kind == ir.KindNumber {
		t.Min, t.Max, t.ExclusiveMin, t.ExclusiveMax = m.min, m.max, m.exMin && m.min != nil, m.exMax && m.max != nil
	}
}

func (r *reader) fillObject(t *ir.Type, m *shape) {
	switch {
	case len(m.props) > 0:
		t.Kind, t.Open = ir.KindObject, m.open
		t.Props = make([]*ir.Property, 0, len(m.props))
		for _, p := range m.props {
			t.Props = append(t.Props, r.property(p, [][]*tree.Node{p.nodes}, p.required))
		}
	case len(m.additional) > 0:
		t.Kind = ir.KindMap
		t.Items = r.typeOfAll([][]*tree.Node{m.additional})
	default:
		t.Kind = ir.KindAny
	}
}

func (r *reader) property(p *shapeProp, alternatives [][]*tree.Node, required bool) *ir.Property {
	out := &ir.Property{Name: p.name, Required: required, Pos: p.pos()}
	out.Type = r.typeOfAll(alternatives)
	for _, nodes := range alternatives {
		for _, n := range nodes {
			if s := r.follow(n); s != nil && s.writeOnly || r.schema(n).writeOnly {
				out.WriteOnly = true
			}
		}
	}
	return out
}

// fillArray fills t from arrays, any of which holds.
func (r *reader) fillArray(t *ir.Type, arrays []*shape, others ...*shape) {
	var alternatives [][]*tree.Node
	for i, m := range arrays {
		if m.tuple && len(m.items) == 0 {
			t.Kind = ir.KindAny
			return
		}
		if len(m.items) > 0 {
			alternatives = append(alternatives, m.items)
		}
		if i == 0 {
			t.MinItems, t.MaxItems, t.UniqueItems = m.minItems, m.maxItems, m.unique
			continue
		}
		t.MinItems, t.MaxItems = looserMin(t.MinItems, m.minItems), looserMax(t.MaxItems, m.maxItems)
		t.UniqueItems = t.UniqueItems && m.unique
	}
	t.Kind = ir.KindArray
	switch {
	case len(alternatives) == 0 && len(others) == 0:
		t.Items = r.newType(arrays[0].of[0].node)
	case len(others) == 0:
		t.Items = r.typeOfAll(alternatives)
	default:
		t.MinItems, t.MaxItems = nil, nil
		t.Items = r.typeOfAny(alternatives, others)
	}
}

// typeOfAny unites alternatives given as nodes with shapes that are merged.
func (r *reader) typeOfAny(alternatives [][]*tree.Node, others []*shape) *ir.Type {
	var all dnf
	for _, nodes := range alternatives {
		d := dnf{{}}
		for _, n := range nodes {
			if s := r.follow(n); s != nil {
				d = cross(d, r.expand(s))
			}
		}
		all = all.with(d)
	}
	for _, m := range others {
		all = all.with(dnf{m.of})
	}
	if len(all) == 0 || len(all) > maxVariants {
		return r.newType(others[0].of[0].node)
	}
	return r.typeOfDNF(all)
}

// fillUnion fills t from alternatives (G54).
func (r *reader) fillUnion(t *ir.Type, shapes []*shape) {
	var scalars, objects, arrays, anys []*shape
	for _, m := range shapes {
		switch {
		case !m.stated:
			anys = append(anys, m)
		case m.kinds&^kScalar == 0:
			scalars = append(scalars, m)
		case m.kinds == kObject:
			objects = append(objects, m)
		default:
			arrays = append(arrays, m)
		}
	}
	switch {
	case len(anys) > 0 && (len(objects) == 0 || len(scalars)+len(arrays) > 0):
		r.mixed(t)
	case len(arrays) > 0 && len(scalars) > 0 && len(objects) > 0:
		r.mixed(t)
	case len(arrays) > 0:
		r.fillArray(t, arrays, append(scalars, objects...)...)
	case len(scalars) > 0 && len(objects) > 0:
		fillScalars(t, scalars)
		var d dnf
		for _, m := range objects {
			d = d.with(dnf{m.of})
		}
		t.Variants = len(shapes)
		t.Expandable = r.typeOfDNF(d)
	case len(scalars) > 0:
		if fillScalars(t, scalars); t.Kind == ir.KindAny {
			r.mixed(t)
		}
		r.textUnion(t, scalars)
		t.Variants = len(scalars)
	default:
		r.fillSuperset(t, objects)
	}
}

func (r *reader) mixed(t *ir.Type) {
	t.Kind = ir.KindAny
	r.diags.Notef(codeMixedUnion, t.Pos, "variants without a common shape; kept as json").WithGroup(codeMixedUnion)
}

// textUnion notes where a text holds what may be a number or a boolean, too.
func (r *reader) textUnion(t *ir.Type, scalars []*shape) {
	if t.Kind != ir.KindString {
		return
	}
	for _, m := range scalars {
		if m.kinds&^kString != 0 {
			r.diags.Notef(codeTextUnion, t.Pos, "text as well as other plain values; kept as text").WithGroup(codeTextUnion)
			return
		}
	}
}

// fillScalars fills t with the loosest of the checks.
func fillScalars(t *ir.Type, scalars []*shape) {
	var k kinds
	for _, m := range scalars {
		k |= m.kinds
	}
	if k&kNumber != 0 {
		k &^= kInteger
	}
	t.Kind = scalarKind(k)
	same := true
	for _, m := range scalars {
		same = same && m.kinds == scalars[0].kinds
	}
	u := *scalars[0]
	u.values()
	for _, m := range scalars[1:] {
		u.loosen(m)
	}
	if !same {
		if k&^(kInteger|kNumber) != 0 {
			return
		}
		u.format = ""
	}
	t.Format = u.format
	if u.hasEnum {
		t.Enum, t.EnumNames = u.enum, u.enumNames
	}
	fillBounds(t, &u)
}

// values makes an enum of one out of a const.
func (m *shape) values() {
	if m.hasConst && !m.hasEnum {
		m.enum, m.hasEnum, m.enumNames = []any{m.konst}, true, nil
	}
}

// loosen keeps of m what other grants too.
func (m *shape) loosen(other *shape) {
	o := *other
	o.values()
	if m.hasEnum = m.hasEnum && o.hasEnum; m.hasEnum {
		m.enum, m.enumNames = unite(m.enum, o.enum), nil
	}
	if m.format != o.format {
		m.format = ""
	}
	if m.pattern != o.pattern {
		m.pattern = ""
	}
	if m.min == nil || o.min == nil {
		m.min = nil
	} else if *o.min < *m.min || *o.min == *m.min && !o.exMin {
		m.min, m.exMin = o.min, o.exMin
	}
	if m.max == nil || o.max == nil {
		m.max = nil
	} else if *o.max > *m.max || *o.max == *m.max && !o.exMax {
		m.max, m.exMax = o.max, o.exMax
	}
	m.minLen, m.maxLen = looserMin(m.minLen, o.minLen), looserMax(m.maxLen, o.maxLen)
}

func looserMin(a, b *int) *int {
	if a == nil || b == nil {
		return nil
	}
	return smaller(a, b)
}

func looserMax(a, b *int) *int {
	if a == nil || b == nil {
		return nil
	}
	return larger(a, b)
}

// fillSuperset fills t with the properties of all variants, each optional unless
// what all variants share requires it.
func (r *reader) fillSuperset(t *ir.Type, objects []*shape) {
	type column struct {
		first        *shapeProp
		alternatives [][]*tree.Node
		requiredBy   []*rawSchema
		variants     int
	}
	columns := map[string]*column{}
	var order []*column
	for _, m := range objects {
		if m.discriminator != "" {
			t.Discriminator = m.discriminator
		}
		for _, p := range m.props {
			c := columns[p.name]
			if c == nil {
				c = &column{first: p, requiredBy: p.requiredBy}
				columns[p.name] = c
				order = append(order, c)
			}
			c.variants++
			c.requiredBy = intersectSchemas(c.requiredBy, p.requiredBy)
			if !slices.ContainsFunc(c.alternatives, func(have []*tree.Node) bool { return slices.Equal(have, p.nodes) }) {
				c.alternatives = append(c.alternatives, p.nodes)
			}
		}
	}
	t.Variants = len(objects)
	switch {
	case len(order) > maxColumns:
		r.diags.Notef(codeWideUnion, t.Pos, "the variants have %d properties; kept as json", len(order)).WithGroup(codeWideUnion)
		return
	case len(order) == 0:
		r.fillMaps(t, objects)
		return
	}
	t.Kind, t.Open = ir.KindObject, slices.ContainsFunc(objects, func(m *shape) bool { return m.open })
	for _, c := range order {
		required := c.variants == len(objects) && len(c.requiredBy) > 0
		t.Props = append(t.Props, r.property(c.first, c.alternatives, required))
	}
}

// fillMaps fills t from variants without properties: a map if all are maps.
func (r *reader) fillMaps(t *ir.Type, objects []*shape) {
	var alternatives [][]*tree.Node
	for _, m := range objects {
		if len(m.additional) == 0 {
			return
		}
		alternatives = append(alternatives, m.additional)
	}
	t.Kind = ir.KindMap
	t.Items = r.typeOfAll(alternatives)
}

func intersectSchemas(a, b []*rawSchema) []*rawSchema {
	var out []*rawSchema
	for _, s := range a {
		if slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}
