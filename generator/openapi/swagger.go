package openapi

import (
	"strings"

	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// Swagger 2.0 is rewritten in the tree, operation by operation as they are read,
// into the form of 3.0. New nodes stand at the place of what they replace, so
// messages point at what was written.

// upgradeRoot turns host, basePath and schemes into servers.
func (r *reader) upgradeRoot() {
	if r.root.Has("servers") {
		return
	}
	host := r.root.Get("host")
	base := strings.TrimSuffix(r.root.Get("basePath").Str(), "/")
	servers := tree.NewList(host)
	schemes := r.texts(r.root.Get("schemes"))
	if len(schemes) == 0 && host.Str() != "" {
		schemes = []string{"https"}
	}
	add := func(url string) {
		s := tree.NewMap(host)
		s.Set("url", tree.NewString(host, url))
		servers.Append(s)
	}
	switch {
	case host.Str() == "" && base != "":
		add(base)
	case host.Str() != "":
		for _, scheme := range schemes {
			if scheme == "http" || scheme == "https" {
				add(scheme + "://" + strings.TrimSuffix(host.Str(), "/") + base)
			}
		}
	}
	if servers.Len() > 0 {
		r.root.Set("servers", servers)
	}
}

// once reports whether n has not been rewritten yet.
func (r *reader) once(n *tree.Node) bool {
	if r.upgraded[n] {
		return false
	}
	r.upgraded[n] = true
	return true
}

// produces are the media types that an operation answers with.
func (r *reader) produces(op *tree.Node) []string { return r.mediaTypes(op, "produces") }

func (r *reader) mediaTypes(op *tree.Node, key string) []string {
	for _, n := range [2]*tree.Node{op, r.root} {
		if list := n.Get(key); list.Is(tree.List) && list.Len() > 0 {
			return r.texts(list)
		}
	}
	return []string{"application/json"}
}

// upgradeOperation gives parameters a schema, and makes a request body of body
// and form parameters.
func (r *reader) upgradeOperation(item, op *tree.Node) {
	var form *tree.Node
	for _, list := range [2]*tree.Node{item.Get("parameters"), op.Get("parameters")} {
		for _, n := range r.paramNodes(list) {
			p := r.quietDeref(n)
			switch p.Get("in").Str() {
			case "body":
				if !op.Has("requestBody") {
					op.Set("requestBody", r.bodyOfParam(op, p))
				}
			case "formData":
				if form == nil {
					form = tree.NewMap(p)
				}
				addFormField(form, p)
			default:
				r.upgradeParam(p)
			}
		}
	}
	if form != nil && !op.Has("requestBody") {
		op.Set("requestBody", formBody(form, r.mediaTypes(op, "consumes")))
	}
}

func (r *reader) upgradeParam(p *tree.Node) {
	if !p.Is(tree.Map) || p.Has("schema") || !r.once(p) {
		return
	}
	p.Set("schema", schemaOfParam(p))
	style, explode := "", false
	switch p.Get("collectionFormat").Str() {
	case "multi":
		explode = true
	case "pipes":
		style = "pipeDelimited"
	case "ssv":
		style = "spaceDelimited"
	}
	if style != "" {
		p.Set("style", tree.NewString(p, style))
	}
	if p.Get("in").Str() == "query" {
		p.Set("explode", tree.NewBool(p, explode))
	}
}

// schemaOfParam collects the schema keywords that stand in a 2.0 parameter.
func schemaOfParam(p *tree.Node) *tree.Node {
	s := tree.NewMap(p)
	for key, v := range p.Each {
		switch key {
		case "name", "in", "required", "description", "collectionFormat", "allowEmptyValue", "schema", "style", "explode":
		default:
			s.Set(key, v)
		}
	}
	return s
}

func (r *reader) bodyOfParam(op, p *tree.Node) *tree.Node {
	body := tree.NewMap(p)
	if p.Get("required").True() {
		body.Set("required", tree.NewBool(p, true))
	}
	body.Set("content", contentOf(p, p.Get("schema"), r.mediaTypes(op, "consumes")))
	return body
}

func contentOf(at, schema *tree.Node, media []string) *tree.Node {
	content := tree.NewMap(at)
	for _, name := range media {
		m := tree.NewMap(at)
		if schema != nil {
			m.Set("schema", schema)
		}
		content.Set(name, m)
	}
	return content
}

func addFormField(form, p *tree.Node) {
	if !form.Has("properties") {
		form.Set("type", tree.NewString(p, "object"))
		form.Set("properties", tree.NewMap(p))
	}
	name := p.Get("name").Text()
	form.Get("properties").Set(name, schemaOfParam(p))
	if p.Get("required").True() {
		if !form.Has("required") {
			form.Set("required", tree.NewList(p))
		}
		form.Get("required").Append(tree.NewString(p, name))
	}
}

func formBody(form *tree.Node, consumes []string) *tree.Node {
	media := "application/x-www-form-urlencoded"
	for _, name := range consumes {
		if strings.HasPrefix(name, "multipart/") {
			media = name
		}
	}
	body := tree.NewMap(form)
	body.Set("content", contentOf(form, form, []string{media}))
	return body
}

// upgradeResponse moves the schema of a response below its media types.
func (r *reader) upgradeResponse(n *tree.Node, produces []string) {
	schema := n.Get("schema")
	if schema == nil || n.Has("content") || !r.once(n) {
		return
	}
	if schema.Get("type").Str() == "file" && len(produces) == 1 && mediaRank(produces[0]) <= rankJSON {
		produces = []string{"application/octet-stream"}
	}
	n.Set("content", contentOf(n, schema, produces))
}
