package openapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// Pruned returns the document as [Read] understood it: OpenAPI 3.0.3 as JSON,
// repaired, with the selected operations and what they reach; of each answer
// only the success that is read. Texts and examples are left out.
func Pruned(file string, data []byte, opt *Options) ([]byte, *diag.List, error) {
	r, c, diags, err := read(file, data, opt)
	if err != nil {
		return nil, diags, err
	}
	out, err := json.Marshal(r.pruned(c))
	return out, diags, err
}

// A pruner writes repaired schemas. What a reference reaches is a component.
type pruner struct {
	r     *reader
	names map[*rawSchema]string
	used  map[string]bool
	queue []*rawSchema
}

type object = map[string]any

func (r *reader) pruned(c *ir.Connector) object {
	p := &pruner{r: r, names: map[*rawSchema]string{}, used: map[string]bool{}}
	paths := object{}
	for _, o := range c.Operations {
		item, _ := paths[o.Path].(object)
		if item == nil {
			item = object{}
			paths[o.Path] = item
		}
		item[strings.ToLower(o.Method)] = p.operation(o)
	}
	schemas := object{}
	for len(p.queue) > 0 {
		s := p.queue[0]
		p.queue = p.queue[1:]
		schemas[p.names[s]] = p.schema(s)
	}
	return object{
		"openapi":    "3.0.3",
		"info":       object{"title": cmp.Or(c.Title, "untitled"), "version": "0"},
		"paths":      paths,
		"components": object{"schemas": schemas},
	}
}

func (p *pruner) operation(o *ir.Operation) object {
	out := object{}
	var params []object
	for _, param := range o.Params {
		schema := object{"type": "string"}
		if n := p.r.sources[param]; n != nil {
			schema = p.at(n)
		}
		one := object{"name": param.Name, "in": param.In, "required": param.Required, "schema": schema}
		if param.In == "query" {
			one["explode"] = param.Explode
		}
		params = append(params, one)
	}
	if params != nil {
		out["parameters"] = params
	}
	if b := o.Body; b != nil && b.MediaType != "" {
		out["requestBody"] = object{"required": b.Required, "content": p.content(b.MediaType, p.r.sources[b])}
	}
	status, response := "default", object{"description": ""}
	if r := o.Response; r != nil {
		status = r.Status
		response["content"] = p.content(r.MediaType, p.r.sources[r])
	}
	out["responses"] = object{status: response}
	return out
}

func (p *pruner) content(media string, n *tree.Node) object {
	m := object{}
	if n != nil {
		m["schema"] = p.at(n)
	}
	return object{media: m}
}

// at writes the schema at n: a reference if n is one, or a component.
func (p *pruner) at(n *tree.Node) object {
	s := p.r.follow(n)
	switch {
	case s == nil:
		return object{}
	case s.node != n || p.r.names[s.node] != "":
		return p.reference(s)
	}
	return p.schema(s)
}

func (p *pruner) reference(s *rawSchema) object {
	name, ok := p.names[s]
	if !ok {
		name = p.name(s)
		p.names[s] = name
		p.queue = append(p.queue, s)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// name is a component's name with the characters that are allowed.
func (p *pruner) name(s *rawSchema) string {
	base := strings.Map(func(c rune) rune {
		if c < 0x80 && (c == '.' || c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return c
		}
		return '_'
	}, cmp.Or(p.r.names[s.node], "inline"))
	name := base
	for i := 2; p.used[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	p.used[name] = true
	return name
}

func (p *pruner) schema(s *rawSchema) object {
	out := object{}
	p.shape(out, s)
	p.bounds(out, s)
	allOf := p.all(s.allOf)
	if s.ref != nil {
		if t := p.r.schemaTarget(s.ref); t != nil {
			if f := p.r.follow(t); f != nil {
				allOf = append([]object{p.reference(f)}, allOf...)
			}
		}
	}
	for key, members := range map[string][]object{"allOf": allOf, "oneOf": p.all(s.oneOf), "anyOf": p.all(s.anyOf)} {
		if len(members) > 0 {
			out[key] = members
		}
	}
	return out
}

func (p *pruner) all(nodes []*tree.Node) []object {
	var out []object
	for _, n := range nodes {
		out = append(out, p.at(n))
	}
	return out
}

func (p *pruner) shape(out object, s *rawSchema) {
	if s.nullable || s.types&kNull != 0 {
		out["nullable"] = true
	}
	if k := s.types &^ kNull; k != 0 && k&(k-1) == 0 {
		out["type"] = kindWord(k)
	}
	if s.types&kArray != 0 {
		out["items"] = object{}
	}
	if s.items != nil {
		out["items"] = p.at(s.items)
	}
	if len(s.props) > 0 {
		props := object{}
		for _, prop := range s.props {
			props[prop.name] = p.at(prop.node)
		}
		out["properties"] = props
	}
	if s.additional != nil {
		out["additionalProperties"] = p.at(s.additional)
	}
	if len(s.required) > 0 {
		out["required"] = slices.Compact(slices.Sorted(slices.Values(s.required)))
	}
	if s.format != "" {
		out["format"] = s.format
	}
	switch {
	case s.hasConst && s.konst != nil:
		out["enum"] = []any{s.konst}
	case len(s.enum) > 0:
		out["enum"] = s.enum
	}
}

func (p *pruner) bounds(out object, s *rawSchema) {
	if s.min != nil {
		out["minimum"], out["exclusiveMinimum"] = *s.min, s.exMin
	}
	if s.max != nil {
		out["maximum"], out["exclusiveMaximum"] = *s.max, s.exMax
	}
	for key, v := range map[string]*int{"minLength": s.minLen, "maxLength": s.maxLen, "minItems": s.minItems, "maxItems": s.maxItems} {
		if v != nil {
			out[key] = *v
		}
	}
	if s.unique {
		out["uniqueItems"] = true
	}
	if s.pattern != "" {
		out["pattern"] = s.pattern
	}
}
