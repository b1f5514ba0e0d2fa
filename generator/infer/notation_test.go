package infer_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/dltgen/dltgen/generator/ir"
)

// The tests write operations in a short notation instead of documents:
//
//	GET /clients/{id int} page:int(default 1) limit:int(max 100) -> {data:[Client{id!:int, name:str}], has_more:bool}
//
// A parameter is NAME:TYPE with details in parentheses; ! means required. A
// header parameter begins with "header.", one of the body with "body.". A type is
// str, int, num, bool, any or a format (date-time, uri, …), {…}, [TYPE],
// map(TYPE), NAME{…}; ? after a property means nullable, 'text' after a type
// describes it. Response headers follow in <…>.

// connector reads operations, a line each; lines that begin with # are comments.
func connector(t testing.TB, lines string) *ir.Connector {
	t.Helper()
	c := &ir.Connector{Name: "api", Servers: []ir.Server{{URL: "https://api.acme.com"}}}
	named := map[string]*ir.Type{}
	for line := range strings.SplitSeq(lines, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		p := &notation{t: t, in: line, named: named}
		c.Operations = append(c.Operations, p.operation())
	}
	return c
}

type notation struct {
	t     testing.TB
	in    string
	named map[string]*ir.Type
}

func (p *notation) operation() *ir.Operation {
	op := &ir.Operation{Method: p.word(), Response: &ir.Response{Status: "200", MediaType: "application/json"}}
	path := p.word()
	for strings.Count(path, "{") != strings.Count(path, "}") {
		path += " " + p.word()
	}
	for _, part := range strings.Split(path, "{")[1:] {
		decl, _, _ := strings.Cut(part, "}")
		name, typ, _ := strings.Cut(decl, " ")
		if typ == "" {
			typ = "str"
		}
		q := &notation{t: p.t, in: typ, named: p.named}
		op.Params = append(op.Params, &ir.Param{Name: name, In: "path", Required: true, Type: q.typ()})
		path = strings.Replace(path, "{"+decl+"}", "{"+name+"}", 1)
	}
	op.Path = path
	for p.space(); p.in != "" && !strings.HasPrefix(p.in, "->"); p.space() {
		p.param(op)
	}
	p.expect("->")
	p.space()
	if p.in == "none" {
		p.in = ""
	}
	if p.in != "" {
		op.Response.Type = p.typ()
	}
	p.space()
	if strings.HasPrefix(p.in, "<") {
		for h := range strings.FieldsSeq(strings.Trim(p.in, "<>")) {
			name, kind, _ := strings.Cut(h, ":")
			header := ir.Header{Name: name}
			switch kind {
			case "uri":
				header.Kind, header.Format = ir.KindString, "uri"
			case "int":
				header.Kind = ir.KindInteger
			}
			op.Response.Headers = append(op.Response.Headers, header)
		}
		p.in = ""
	}
	if p.in != "" {
		p.t.Fatalf("%s %s: left over: %q", op.Method, op.Path, p.in)
	}
	return op
}

func (p *notation) param(op *ir.Operation) {
	name := p.until(":")
	p.expect(":")
	name, required := strings.CutSuffix(name, "!")
	q := &ir.Param{Name: name, In: "query", Required: required, Type: p.typ()}
	if strings.HasPrefix(p.in, "(") {
		p.in = p.in[1:]
		detail := p.until(")")
		p.expect(")")
		p.details(q, detail)
	}
	q.Description = q.Type.Description
	switch {
	case strings.HasPrefix(name, "header."):
		q.In, q.Name = "header", name[len("header."):]
	case strings.HasPrefix(name, "body."):
		if op.Body == nil {
			op.Body = &ir.Body{Type: &ir.Type{Kind: ir.KindObject}}
		}
		op.Body.Type.Props = append(op.Body.Type.Props, &ir.Property{Name: name[len("body."):], Type: q.Type, Required: required})
		return
	}
	op.Params = append(op.Params, q)
}

func (p *notation) details(q *ir.Param, text string) {
	for d := range strings.SplitSeq(text, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(d), " ")
		switch k {
		case "default":
			q.Type.Default = any(v)
			if n, err := strconv.Atoi(v); err == nil {
				q.Type.Default = n
			}
		case "max":
			f, _ := strconv.ParseFloat(v, 64)
			q.Type.Max = &f
		case "min":
			f, _ := strconv.ParseFloat(v, 64)
			q.Type.Min = &f
		case "enum":
			for e := range strings.SplitSeq(v, "|") {
				q.Type.Enum = append(q.Type.Enum, e)
			}
		case "example":
			q.Example = v
		default:
			p.t.Fatalf("unknown detail %q", d)
		}
	}
}

func (p *notation) typ() *ir.Type {
	t := p.bare()
	if strings.HasPrefix(p.in, "'") {
		p.in = p.in[1:]
		t.Description = p.until("'")
		p.expect("'")
	}
	return t
}

func (p *notation) bare() *ir.Type {
	switch {
	case strings.HasPrefix(p.in, "{"):
		return p.object("")
	case strings.HasPrefix(p.in, "["):
		p.in = p.in[1:]
		t := &ir.Type{Kind: ir.KindArray, Items: p.typ()}
		p.expect("]")
		return t
	case strings.HasPrefix(p.in, "map("):
		p.in = p.in[len("map("):]
		t := &ir.Type{Kind: ir.KindMap, Items: p.typ()}
		p.expect(")")
		return t
	}
	name := p.until(" ,}])(<'{")
	if strings.HasPrefix(p.in, "{") {
		return p.object(name)
	}
	if t := p.named[name]; t != nil {
		return t
	}
	switch name {
	case "str":
		return &ir.Type{Kind: ir.KindString}
	case "int":
		return &ir.Type{Kind: ir.KindInteger}
	case "unix":
		return &ir.Type{Kind: ir.KindInteger, Format: "unix-time"}
	case "num":
		return &ir.Type{Kind: ir.KindNumber}
	case "bool":
		return &ir.Type{Kind: ir.KindBoolean}
	case "any":
		return &ir.Type{Kind: ir.KindAny}
	case "":
		p.t.Fatalf("no type at %q", p.in)
	}
	return &ir.Type{Kind: ir.KindString, Format: name}
}

func (p *notation) object(name string) *ir.Type {
	t := &ir.Type{Kind: ir.KindObject, Name: name}
	if name != "" {
		p.named[name] = t
	}
	p.expect("{")
	for p.space(); !strings.HasPrefix(p.in, "}"); p.space() {
		key := p.until(":")
		p.expect(":")
		key, nullable := strings.CutSuffix(key, "?")
		key, required := strings.CutSuffix(key, "!")
		typ := p.typ()
		if nullable {
			copied := *typ
			copied.Nullable, typ = true, &copied
		}
		t.Props = append(t.Props, &ir.Property{Name: key, Type: typ, Required: required})
		p.space()
		p.in = strings.TrimPrefix(p.in, ",")
	}
	p.expect("}")
	return t
}

func (p *notation) space() { p.in = strings.TrimLeft(p.in, " ") }

func (p *notation) word() string {
	p.space()
	w, rest, _ := strings.Cut(p.in, " ")
	p.in = rest
	return w
}

func (p *notation) until(any string) string {
	i := strings.IndexAny(p.in, any)
	if i < 0 {
		i = len(p.in)
	}
	w := p.in[:i]
	p.in = p.in[i:]
	return w
}

func (p *notation) expect(s string) {
	p.t.Helper()
	if !strings.HasPrefix(p.in, s) {
		p.t.Fatalf("want %q at %q", s, p.in)
	}
	p.in = p.in[len(s):]
}

// resource finds the resource of an operation, "GET /clients".
func resource(t testing.TB, c *ir.Connector, operation string) *ir.Resource {
	t.Helper()
	for _, r := range c.Resources {
		if r.Operation.Method+" "+r.Operation.Path == operation {
			return r
		}
	}
	var have []string
	for _, r := range c.Resources {
		have = append(have, r.Operation.Method+" "+r.Operation.Path)
	}
	t.Fatalf("no resource for %s; there are %v, left out %v", operation, have, fmt.Sprint(c.LeftOut))
	return nil
}
