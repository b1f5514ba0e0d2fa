package openapi

import (
	"math/bits"
	"reflect"
	"slices"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// A shape is a conj merged into one: what a value must be to satisfy all (G54).
type shape struct {
	of         conj
	kinds      kinds // without null
	stated     bool  // some member states a type
	nullable   bool
	nullOnly   bool
	format     string
	pattern    string
	props      []*shapeProp
	byName     map[string]*shapeProp
	items      []*tree.Node
	tuple      bool
	additional []*tree.Node
	open       bool

	enum                 []any
	hasEnum, hasConst    bool
	enumNames            []string
	konst                any
	min, max             *float64
	exMin, exMax         bool
	minLen, maxLen       *int
	minItems, maxItems   *int
	unique               bool
	discriminator        string
	title, description   string
	defaultValue, sample any
	ext                  map[string]any
}

// A shapeProp is a property with the schemas that it must satisfy at once.
type shapeProp struct {
	name       string
	nodes      []*tree.Node
	required   bool
	requiredBy []*rawSchema
	pos        func() diag.Pos
}

// merge makes a shape of c, left to right.
func (r *reader) merge(c conj) *shape {
	m := &shape{of: c, kinds: kAll &^ kNull, byName: map[string]*shapeProp{}}
	nulls := 0
	for _, s := range c {
		m.nullable = m.nullable || s.nullable || s.types&kNull != 0
		if s.types == kNull {
			nulls++
			continue
		}
		r.mergeKinds(m, s)
		r.mergeEnum(m, s)
		m.mergeBounds(s)
		m.mergeTexts(s)
		m.mergeProps(s)
		if s.items != nil {
			m.items = append(m.items, s.items)
		}
		if s.additional != nil {
			m.additional = append(m.additional, s.additional)
		}
		m.tuple, m.open = m.tuple || s.tuple, m.open || s.open
	}
	m.nullOnly = nulls > 0 && !m.stated || m.hasConst && m.konst == nil || m.hasEnum && len(m.enum) == 0 && m.nullable
	if m.kinds&kNumber != 0 {
		m.kinds &^= kInteger
	}
	m.markRequired()
	return m
}

func (r *reader) mergeKinds(m *shape, s *rawSchema) {
	k := s.types &^ kNull
	if k == 0 {
		return
	}
	if k&kNumber != 0 {
		k |= kInteger
	}
	m.stated = true
	if m.kinds&k == 0 {
		r.warn(codeContradicts, s.node.Pos(), "allOf joins schemas of different types; the last one counts")
		m.kinds = k
		return
	}
	m.kinds &= k
}

func (r *reader) mergeEnum(m *shape, s *rawSchema) {
	if s.hasConst {
		m.konst, m.hasConst = s.konst, true
	}
	if !s.hasEnum {
		return
	}
	if m.enumNames = nil; len(s.enumNames) == len(s.enum) {
		m.enumNames = s.enumNames
	}
	if !m.hasEnum {
		m.enum, m.hasEnum = s.enum, true
		return
	}
	both := intersect(m.enum, s.enum)
	if len(both) == 0 {
		r.warn(codeContradicts, s.node.Pos(), "allOf joins enums without a common value; the last one counts")
		both = s.enum
	}
	if m.enum = both; len(both) != len(s.enum) {
		m.enumNames = nil
	}
}

func intersect(a, b []any) []any {
	var out []any
	for _, v := range a {
		if slices.ContainsFunc(b, func(w any) bool { return reflect.DeepEqual(v, w) }) {
			out = append(out, v)
		}
	}
	return out
}

// unite is a and b without repeats.
func unite(a, b []any) []any {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.ContainsFunc(out, func(w any) bool { return reflect.DeepEqual(v, w) }) {
			out = append(out, v)
		}
	}
	return out
}

// mergeBounds keeps the tighter bounds.
func (m *shape) mergeBounds(s *rawSchema) {
	if s.min != nil && (m.min == nil || *s.min > *m.min || *s.min == *m.min && s.exMin) {
		m.min, m.exMin = s.min, s.exMin
	}
	if s.max != nil && (m.max == nil || *s.max < *m.max || *s.max == *m.max && s.exMax) {
		m.max, m.exMax = s.max, s.exMax
	}
	m.minLen, m.maxLen = larger(m.minLen, s.minLen), smaller(m.maxLen, s.maxLen)
	m.minItems, m.maxItems = larger(m.minItems, s.minItems), smaller(m.maxItems, s.maxItems)
	m.unique = m.unique || s.unique
	if s.pattern != "" {
		m.pattern = s.pattern
	}
}

func larger(a, b *int) *int {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

func smaller(a, b *int) *int {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func (m *shape) mergeTexts(s *rawSchema) {
	if s.format != "" {
		m.format = s.format
	}
	if s.discriminator != "" {
		m.discriminator = s.discriminator
	}
	if s.title != "" {
		m.title = s.title
	}
	if s.description != "" {
		m.description = s.description
	}
	if s.deflt != nil {
		m.defaultValue = s.deflt
	}
	if s.examp != nil {
		m.sample = s.examp
	}
	for k, v := range s.ext {
		if m.ext == nil {
			m.ext = map[string]any{}
		}
		m.ext[k] = v
	}
}

func (m *shape) mergeProps(s *rawSchema) {
	for _, p := range s.props {
		have := m.byName[p.name]
		if have == nil {
			of, key := p.of, p.key
			have = &shapeProp{name: p.name, pos: func() diag.Pos { return of.KeyPos(key) }}
			m.byName[p.name] = have
			m.props = append(m.props, have)
		}
		if !slices.Contains(have.nodes, p.node) {
			have.nodes = append(have.nodes, p.node)
		}
	}
}

// markRequired comes last: allOf members may require what others declare.
func (m *shape) markRequired() {
	for _, s := range m.of {
		for _, name := range s.required {
			if p := m.byName[name]; p != nil {
				p.required = true
				p.requiredBy = append(p.requiredBy, s)
			}
		}
	}
}

// split takes a shape of several kinds apart: scalars, object, array.
func (r *reader) split(m *shape) []*shape {
	if !m.stated || bits.OnesCount8(uint8(m.kinds)) == 1 || m.kinds&^kScalar == 0 {
		return []*shape{m}
	}
	var out []*shape
	for _, k := range [3]kinds{kScalar, kObject, kArray} {
		if m.kinds&k == 0 {
			continue
		}
		part := *m
		part.kinds &= k
		part.of = make(conj, len(m.of))
		for i, s := range m.of {
			part.of[i] = r.part(s, k)
		}
		out = append(out, &part)
	}
	return out
}

type partKey struct {
	s *rawSchema
	k kinds
}

// part is s restricted to some of the kinds that it states.
func (r *reader) part(s *rawSchema, k kinds) *rawSchema {
	if s.types&^(k|kNull) == 0 {
		return s
	}
	key := partKey{s, k}
	if p, ok := r.parts[key]; ok {
		return p
	}
	p := *s
	p.id = r.nextID()
	p.types &= k
	p.ref, p.allOf, p.oneOf, p.anyOf = nil, nil, nil, nil
	r.parts[key] = &p
	return &p
}
