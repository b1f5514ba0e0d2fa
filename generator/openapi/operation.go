package openapi

import (
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

var methods = []string{"get", "post", "put", "patch", "delete", "head", "options", "trace"}

// operations reads what is selected, in document order.
func (r *reader) operations() ([]*ir.Operation, error) {
	paths := r.root.Get("paths")
	if paths.Kind() == tree.Null || paths.Len() == 0 {
		at := r.root
		if paths != nil {
			at = paths
		}
		return nil, unreadable(codeNoPaths, at, "nothing to read: the document has no paths; its sections are %s", r.sections())
	}
	if !paths.Is(tree.Map) {
		return nil, unreadable(codeNoPaths, paths, "nothing to read: \"paths\" is a %s where a mapping is wanted", paths.Kind())
	}
	var out []*ir.Operation
	seen := 0
	for path, n := range paths.Each {
		if strings.HasPrefix(path, "x-") {
			continue
		}
		for method, op := range r.pathItem(path, n).Each {
			if !slices.Contains(methods, method) {
				continue
			}
			seen++
			if !r.selected(method, path) {
				continue
			}
			if o := r.operation(strings.ToUpper(method), path, r.derefItem(n), op); o != nil {
				out = append(out, o)
			}
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	if seen > 0 {
		return nil, unreadable(codeNothingLeft, paths, "no resources left: none of the document's %d operations is selected or could be read", seen)
	}
	return nil, unreadable(codeNothingLeft, paths, "no resources left: none of the document's %d paths has an operation that could be read", paths.Len())
}

func (r *reader) selected(method, path string) bool {
	method = strings.ToUpper(method)
	if r.opt.Select == nil {
		return method == "GET" || method == "POST"
	}
	return r.opt.Select(method, path)
}

// pathItem returns the operations under a path, nil after a warning.
func (r *reader) pathItem(path string, n *tree.Node) *tree.Node {
	item := r.derefItem(n)
	if item == nil || item.Kind() == tree.Null {
		if item == nil {
			r.warn(codeOperation, n.EntryPos(), "path %q is left out: its reference %q leads nowhere", path, n.Get("$ref").Str())
		}
		return nil
	}
	if !item.Is(tree.Map) {
		r.warn(codeOperation, n.EntryPos(), "path %q is left out: it is a %s where a mapping is wanted", path, item.Kind())
		return nil
	}
	return item
}

func (r *reader) derefItem(n *tree.Node) *tree.Node {
	if !n.Get("$ref").Is(tree.String) {
		return n
	}
	return r.quietDeref(n)
}

// quietDeref is deref without the promise that anything is accepted instead,
// which holds for schemas only.
func (r *reader) quietDeref(n *tree.Node) *tree.Node {
	for range r.maxRefs() {
		ref := n.Get("$ref")
		if !ref.Is(tree.String) {
			return n
		}
		key := refKey{ref.Root(), ref.Str()}
		t, ok := r.refs[key]
		if !ok {
			t, _ = r.resolve(ref)
			r.refs[key] = t
		}
		if n = t; n == nil {
			return nil
		}
	}
	return nil
}

func (r *reader) operation(method, path string, item, n *tree.Node) *ir.Operation {
	if !n.Is(tree.Map) {
		r.warn(codeOperation, n.EntryPos(), "%s %s is left out: it is a %s where a mapping is wanted", method, path, n.Kind())
		return nil
	}
	if r.swagger {
		r.upgradeOperation(item, n)
	}
	o := &ir.Operation{
		Method: method, Path: path,
		ID:          n.Get("operationId").Text(),
		Tags:        r.texts(n.Get("tags")),
		Summary:     n.Get("summary").Str(),
		Description: n.Get("description").Str(),
		Deprecated:  n.Get("deprecated").True(),
		Extensions:  extensions(n, item),
		Pos:         n.EntryPos(),
	}
	o.Params = r.params(o, item, n)
	o.Body = r.body(n.Get("requestBody"))
	o.Response = r.response(o, n)
	o.Refuses = n.Get("responses").Has("401") || n.Get("responses").Has("403")
	if s := n.Get("security"); s.Is(tree.List) {
		o.Security = r.security(s)
	} else if s != nil && s.Kind() != tree.Null {
		r.dropped(s, "a list")
	}
	if o.Servers = r.servers(n); len(o.Servers) == 0 {
		o.Servers = r.servers(item)
	}
	return o
}

// params joins the path's and the operation's parameters; the latter win.
func (r *reader) params(o *ir.Operation, item, n *tree.Node) []*ir.Param {
	var out []*ir.Param
	for _, list := range [2]*tree.Node{item.Get("parameters"), n.Get("parameters")} {
		for _, pn := range r.paramNodes(list) {
			p := r.param(pn)
			if p == nil {
				continue
			}
			same := func(have *ir.Param) bool { return have.Name == p.Name && have.In == p.In }
			if i := slices.IndexFunc(out, same); i >= 0 {
				out[i] = p
			} else {
				out = append(out, p)
			}
		}
	}
	return r.pathParams(o, out)
}

// paramNodes are the parameters of a list; some documents write a mapping by name.
func (r *reader) paramNodes(list *tree.Node) []*tree.Node {
	if !list.Is(tree.Map) {
		return r.list(list)
	}
	r.warn(codeDropped, list.EntryPos(), "\"parameters\" is a mapping where a list is wanted; its values are read")
	var out []*tree.Node
	for _, v := range list.Each {
		out = append(out, v)
	}
	return out
}

// pathParams makes path parameters agree with the placeholders of the path: the
// undeclared are text, what has no placeholder is left out (G12).
func (r *reader) pathParams(o *ir.Operation, params []*ir.Param) []*ir.Param {
	places := placeholders(o.Path)
	params = slices.DeleteFunc(params, func(p *ir.Param) bool {
		if p.In != "path" || slices.Contains(places, p.Name) {
			return false
		}
		r.warn(codePathParam, p.Pos, "%s %s: path parameter %q is not in the path; left out", o.Method, o.Path, p.Name)
		return true
	})
	for _, name := range places {
		if slices.ContainsFunc(params, func(p *ir.Param) bool { return p.In == "path" && p.Name == name }) {
			continue
		}
		r.warn(codePathParam, o.Pos, "%s %s: path parameter %q is not declared; read as text", o.Method, o.Path, name)
		params = append(params, &ir.Param{
			Name: name, In: "path", Required: true, Style: "simple",
			Type: &ir.Type{Kind: ir.KindString, Pos: o.Pos}, Pos: o.Pos,
		})
	}
	return params
}

// placeholders are the names in braces, in order, each once.
func placeholders(path string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(path, "{")
		if !ok {
			return out
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return out
		}
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
		path = after
	}
}

func (r *reader) param(n *tree.Node) *ir.Param {
	at := n
	n = r.quietDeref(n)
	if n == nil {
		r.warn(codeParameter, at.Pos(), "a parameter is left out: its reference leads nowhere")
		return nil
	}
	name, in := n.Get("name"), n.Get("in").Str()
	if !n.Is(tree.Map) || name.Text() == "" || !slices.Contains([]string{"path", "query", "header", "cookie"}, in) {
		if in != "body" && in != "formData" {
			r.warn(codeParameter, n.Pos(), "a parameter is left out: it wants a name, and path, query, header or cookie as \"in\"")
		}
		return nil
	}
	p := &ir.Param{
		Name: name.Text(), In: in,
		Required:    n.Get("required").True() || in == "path",
		Deprecated:  n.Get("deprecated").True(),
		Description: n.Get("description").Str(),
		Style:       n.Get("style").Str(),
		Example:     n.Get("example").Value(),
		Extensions:  extensions(n),
		Pos:         n.Pos(),
	}
	if p.Style == "" {
		p.Style = map[string]string{"query": "form", "cookie": "form", "path": "simple", "header": "simple"}[in]
	}
	p.Explode = p.Style == "form"
	if e := n.Get("explode"); e.Is(tree.Bool) {
		p.Explode = e.True()
	}
	p.Type = &ir.Type{Kind: ir.KindString, Pos: n.Pos()}
	if schema := r.paramSchema(n); schema != nil {
		p.Type = r.typeOf(schema)
		r.sources[p] = schema
	}
	if p.Example == nil {
		for _, ex := range n.Get("examples").Each {
			p.Example = ex.Get("value").Value()
			break
		}
	}
	return p
}

func (r *reader) paramSchema(n *tree.Node) *tree.Node {
	if s := n.Get("schema"); s != nil {
		return s
	}
	for _, media := range n.Get("content").Each {
		if s := media.Get("schema"); s != nil {
			return s
		}
	}
	if n.Get("type").Is(tree.String) { // a 2.0 parameter in a 3.0 document
		r.warn(codeParameter, n.Pos(), "a parameter has its type beside \"in\", as in Swagger 2.0; read as such")
		return schemaOfParam(n)
	}
	return nil
}

func (r *reader) body(n *tree.Node) *ir.Body {
	if n == nil {
		return nil
	}
	body := r.quietDeref(n)
	if !body.Is(tree.Map) {
		r.warn(codeDropped, n.EntryPos(), "the request body is left out: it is no mapping, or its reference leads nowhere")
		return nil
	}
	b := &ir.Body{Required: body.Get("required").True(), Pos: body.EntryPos()}
	content := body.Get("content")
	i := bestMedia(content)
	if i < 0 {
		return b
	}
	b.MediaType = content.Key(i)
	if s := content.At(i).Get("schema"); s != nil {
		b.Type = r.typeOf(s)
		r.sources[b] = s
	}
	return b
}

// servers reads the servers of the document, a path or an operation.
func (r *reader) servers(n *tree.Node) []ir.Server {
	var out []ir.Server
	for _, s := range r.list(n.Get("servers")) {
		if s.Is(tree.String) {
			r.warn(codeDropped, s.Pos(), "a server is text where a mapping is wanted; read as its url")
			out = append(out, ir.Server{URL: s.Str(), Pos: s.Pos()})
			continue
		}
		url := s.Get("url").Str()
		if url == "" {
			r.warn(codeDropped, s.Pos(), "a server has no url; ignored")
			continue
		}
		srv := ir.Server{URL: strings.TrimSpace(url), Description: s.Get("description").Str(), Pos: s.Pos()}
		for name, v := range r.mapping(s.Get("variables"), "the variables").Each {
			sv := ir.ServerVariable{Name: name, Default: v.Get("default").Text(), Description: v.Get("description").Str()}
			for _, e := range v.Get("enum").Items() {
				sv.Enum = append(sv.Enum, e.Text())
			}
			srv.Variables = append(srv.Variables, sv)
		}
		out = append(out, srv)
	}
	return out
}
