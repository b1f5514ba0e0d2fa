package infer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

// genericNames say too little to be a configuration key of their own: the
// resource's name goes before them.
var genericNames = newLexicon("id", "ids", "key", "keys", "name", "type", "types", "q", "query", "search", "filter", "term",
	"status", "state", "date", "from", "to", "start", "end", "text", "value", "code", "number", "slug", "uid", "uuid", "path",
	"ref", "sha", "version", "format", "fields", "action", "kind", "mode", "category", "input", "term", "keyword", "keywords",
	"start_date", "end_date", "since", "until", "username", "email", "tag", "label", "url", "lang", "language", "sort", "order", "scope")

// negotiated are headers the client sets by itself.
var negotiated = newLexicon("accept", "content-type", "user-agent", "accept-language", "accept-encoding", "connection",
	"host", "content-length", "if-none-match", "if-modified-since", "if-match", "range", "x-request-id", "idempotency-key", "authorization")

// params binds what a request needs beyond paging and incremental loading
// (G47): constants where the document leaves no choice, configuration else. No
// placeholder is left over.
func (in *inferrer) params() {
	for _, c := range in.all {
		for _, name := range pathParams(c) {
			p := c.param(name)
			if c.filled(name) || in.bindConstant(c, p) {
				continue
			}
			in.bindConfig(c, p)
		}
		for _, p := range requiredParams(c) {
			k := key(p.In, p.Name)
			if c.filled(p.Name) || c.paging[k] || c.window[k] || in.bindConstant(c, p) || c.bindFirst(p) {
				continue
			}
			if in.credentials[k] || (p.In != "body" && credentialParam(p) && len(in.c.Auth) > 0) {
				continue
			}
			in.bindConfig(c, p)
		}
	}
}

// filled reports whether the parent provides a parameter.
func (c *candidate) filled(name string) bool {
	if c.res.Parent == nil {
		return false
	}
	_, ok := c.res.Parent.Value.Params[name]
	return ok
}

// requiredParams are the required parameters outside the path: query, header,
// and properties of a JSON body.
func requiredParams(c *candidate) []*ir.Param {
	var out []*ir.Param
	for _, p := range c.op.Params {
		if p.Required && (p.In == "query" || p.In == "header" && !negotiated.has(p.Name)) {
			out = append(out, p)
		}
	}
	if b := c.op.Body; b != nil && b.Type != nil && c.post {
		for _, prop := range b.Type.Props {
			if prop.Required && prop.Type != nil {
				out = append(out, &ir.Param{Name: prop.Name, In: "body", Required: true, Type: prop.Type, Description: prop.Type.Description, Pos: prop.Pos})
			}
		}
	}
	return out
}

// requiredConfig are the required parameters that only a user can supply, as
// far as names tell.
func requiredConfig(c *candidate) []*ir.Param {
	var out []*ir.Param
	for _, p := range requiredParams(c) {
		if !pagingParam(p) && len(constants(p)) == 0 && !credentialParam(p) {
			out = append(out, p)
		}
	}
	return out
}

// pagingParam reports whether a parameter is one that pagers send, and no date.
func pagingParam(p *ir.Param) bool {
	return pagingName(p.Name) && scalar(p.Type) && !strings.HasPrefix(p.Type.Format, "date")
}

// bindFirst binds a required parameter of a pager that is not in use to the
// first page.
func (c *candidate) bindFirst(p *ir.Param) bool {
	if !c.spare[key(p.In, p.Name)] || p.Type == nil {
		return false
	}
	q := &pageParam{name: p.Name, typ: p.Type, prose: prose(p)}
	switch {
	case pageParams.has(p.Name):
		c.bind(p, strconv.Itoa(firstPage(q)))
	case offsetParams.has(p.Name):
		c.bind(p, "0")
	default:
		return false
	}
	return true
}

// bindConstant binds a parameter whose values the document settles: a single enum
// value, a default, all values of a list, or the example of a version header.
func (in *inferrer) bindConstant(c *candidate, p *ir.Param) bool {
	values := constants(p)
	if len(values) > 0 {
		c.bindList(p, values)
		return true
	}
	value := ""
	if p.In == "header" && words.Contains(words.Split(p.Name), "version") {
		value = literal(p.Example)
		if value == "" && p.Type != nil {
			value = literal(p.Type.Example)
		}
	}
	if value == "" {
		return false
	}
	c.bind(p, value)
	return true
}

// bindList binds the values of a list in the parameter's style, and notes which
// ones are left out.
func (c *candidate) bindList(p *ir.Param, values []string) {
	if t := p.Type; t != nil && t.Kind == ir.KindArray && t.Items != nil && len(values) < len(t.Items.Enum) {
		c.res.Notes = append(c.res.Notes, fmt.Sprintf("%s is %s only, the default; params takes %s as well", p.Name, strings.Join(values, ", "),
			strings.Join(slices.DeleteFunc(literals(t.Items.Enum), func(v string) bool { return slices.Contains(values, v) }), ", ")))
	}
	separator := ","
	switch {
	case p.Explode && p.In == "query":
		c.bind(p, values[0])
		for _, v := range values[1:] {
			c.res.Params = append(c.res.Params, ir.BoundParam{Name: p.Name, In: p.In, Value: v, Style: p.Style, Explode: true})
		}
		return
	case p.Style == "spaceDelimited":
		separator = " "
	case p.Style == "pipeDelimited":
		separator = "|"
	}
	c.bind(p, strings.Join(values, separator))
}

func (c *candidate) bind(p *ir.Param, value string) {
	for _, b := range c.res.Params {
		if b.Name == p.Name && b.In == p.In {
			return
		}
	}
	c.res.Params = append(c.res.Params, ir.BoundParam{Name: p.Name, In: p.In, Value: value, Style: p.Style, Explode: p.Explode})
}

// bindConfig makes a parameter a configuration field, which keeps the resource
// off.
func (in *inferrer) bindConfig(c *candidate, p *ir.Param) {
	name := configName(c, p)
	t := dataType(p.Type)
	for _, have := range in.c.Config {
		if have.Name == name && (have.Type != t || have.Secret) {
			name = c.res.Name + "_" + name
			break
		}
	}
	f := &ir.ConfigField{Name: name, Type: t, Description: firstSentence(p.Description)}
	if p.Type != nil {
		for _, e := range p.Type.Enum {
			f.Enum = append(f.Enum, literal(e))
		}
	}
	in.config(f, "resource "+c.res.Name)
	c.bind(p, "{config."+name+"}")
	c.off = append(c.off, "needs "+p.In+" parameter "+p.Name)
}

// configName is the key of a parameter: its own name, or that of what it is of
// where the name alone says too little.
func configName(c *candidate, p *ir.Param) string {
	name := clean(words.Split(p.Name))
	if name == "" {
		name = "param"
	}
	if !genericNames.has(p.Name) {
		return name
	}
	if p.In == "path" {
		for i, s := range c.segs {
			if slices.Contains(s.params, p.Name) && i > 0 && c.segs[i-1].fixed() && !isVersion(c.segs[i-1]) {
				return clean(append(words.SingularName(nounWords(c.segs[i-1].text)), name))
			}
		}
	}
	return c.res.Name + "_" + name
}

// dataType is the column type in which a parameter's value is configured.
func dataType(t *ir.Type) schema.DataType {
	if t == nil {
		return schema.Text
	}
	switch t.Kind {
	case ir.KindInteger:
		return schema.Bigint
	case ir.KindNumber:
		return schema.Double
	case ir.KindBoolean:
		return schema.Bool
	case ir.KindString:
		switch {
		case t.Format == "date":
			return schema.Date
		case strings.HasPrefix(t.Format, "date-time"):
			return schema.Timestamp
		}
	case ir.KindObject, ir.KindMap, ir.KindArray, ir.KindAny, ir.KindNull:
	}
	return schema.Text
}
