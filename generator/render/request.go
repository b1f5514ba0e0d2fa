package render

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/rowtype"
)

// fetch declares the method that reads the resource's pages.
func (s *source) fetch(r *rowtype.Resource) {
	q := &request{source: s, r: r, bodies: map[string]jen.Code{}}
	call := jen.Id("s.client.Pages").Call(jen.Id("ctx"), qual("rest", "Request").Add(lit(q.build()...)))
	in := "in"
	if !q.usesInput {
		in = "_"
	}
	s.decl("", jen.Func().Params(jen.Id("s").Op("*").Id("Source")).Id(s.p.helpers[r].fetch).
		Params(jen.Id("ctx").Qual("context", "Context"), jen.Id(in).Op("*").Add(qual("dlt", "Input"))).
		Qual("iter", "Seq2").Types(qual("record", "Page"), jen.Error()).
		Block(jen.Return(call)))
}

// A request collects the fields of one rest.Request literal.
type request struct {
	*source
	r         *rowtype.Resource
	path      []jen.Code
	query     []jen.Code
	header    []jen.Code
	bodies    map[string]jen.Code // dotted path → value
	usesInput bool
}

func (p *pkg) pos(r *rowtype.Resource) diag.Pos {
	if r.IR.Operation != nil {
		return r.IR.Operation.Pos
	}
	return diag.Pos{File: p.c.Spec.File}
}

func (q *request) build() []jen.Code {
	op := q.r.IR.Operation
	if op == nil {
		op = &ir.Operation{Method: "GET", Path: "/"}
	}
	q.parameters(op)
	q.window(op)
	var items []jen.Code
	if op.Method != "" && op.Method != "GET" {
		items = append(items, field("Method", text(op.Method)))
	}
	items = append(items, field("Path", text(op.Path)))
	if len(q.path) > 0 {
		items = append(items, field("PathParams", jen.Map(jen.String()).String().Add(short(q.path...))))
	}
	pager := q.pager(op)
	if len(q.query) > 0 {
		items = append(items, field("Query", qual("rest", "Query").Add(short(q.query...))))
	}
	if len(q.header) > 0 {
		items = append(items, field("Header", jen.Map(jen.String()).String().Add(short(q.header...))))
	}
	if body := q.body(); body != nil {
		items = append(items, field("JSON", body))
	} else if op.Body != nil && op.Method != "GET" {
		items = append(items, field("JSON", jen.Map(jen.String()).Any().Values()))
	}
	if sel := q.r.IR.Selector.Value; sel != "" {
		items = append(items, field("Selector", text(sel)))
	}
	if q.r.IR.Single {
		items = append(items, field("Single", jen.True()))
	} else if pager != nil {
		items = append(items, field("Paginator", pager))
	}
	if auth := q.auth(); auth != nil {
		items = append(items, field("Auth", auth))
	}
	return items
}

// parameters fills in constants, configuration and the parent's values. A path
// parameter without any is an error: no placeholder reaches code (G47).
func (q *request) parameters(op *ir.Operation) {
	given := map[string]bool{}
	for _, b := range q.r.IR.Params {
		given[b.Name] = true
		q.set(op, b.Name, b.In, q.expr(b.Value, b.Name))
	}
	for _, b := range q.r.Binds {
		given[b.Param] = true
		q.usesInput = true
		q.set(op, b.Param, placeOf(op, b.Param), jen.Id("in.Parent").Call(text(b.Param)))
	}
	for _, name := range pathParams(op.Path) {
		if !given[name] {
			q.p.diags.Errorf(codeParam, q.p.pos(q.r), "resource %s: path parameter %s has no value", q.r.IR.Name, name).
				WithHint("Give it a parent, or set resources[%s].params.%s in connector.yaml.", q.r.IR.Name, name)
		}
	}
}

var pathParam = regexp.MustCompile(`\{([^{}]+)\}`)

func pathParams(path string) []string {
	var out []string
	for _, m := range pathParam.FindAllStringSubmatch(path, -1) {
		out = append(out, m[1])
	}
	return out
}

// placeOf is where the operation takes a parameter.
func placeOf(op *ir.Operation, name string) string {
	if slices.Contains(pathParams(op.Path), name) {
		return "path"
	}
	for _, p := range op.Params {
		if p.Name == name {
			return p.In
		}
	}
	if op.Body != nil {
		return "body"
	}
	return "query"
}

func (q *request) set(op *ir.Operation, name, in string, v jen.Code) {
	if in == "" {
		in = placeOf(op, name)
	}
	switch in {
	case "path":
		q.path = append(q.path, jen.Add(text(name)).Op(":").Add(v))
	case "header":
		q.header = append(q.header, jen.Add(text(name)).Op(":").Add(v))
	case "cookie":
		q.header = append(q.header, jen.Add(text("Cookie")).Op(":").Add(text(name+"=")).Op("+").Add(v))
	case "body":
		q.bodies[name] = v
	default:
		q.query = append(q.query, inline(text(name), v))
	}
}

// window asks for what is new (G49).
func (q *request) window(op *ir.Operation) {
	if q.r.IR.Incremental == nil || q.r.Cursor == nil {
		return
	}
	inc := q.r.IR.Incremental.Value
	if inc.SortParam != "" && inc.SortValue != "" {
		q.set(op, inc.SortParam, "", text(inc.SortValue))
	}
	layout := layoutOf(inc.Encoding)
	for _, b := range []struct{ param, method string }{{inc.StartParam, "in.Start"}, {inc.EndParam, "in.End"}} {
		if b.param == "" {
			continue
		}
		q.usesInput = true
		q.set(op, b.param, "", jen.Id(b.method).Call(qual("dlt", layout)))
	}
}

func layoutOf(encoding string) string {
	switch encoding {
	case "date":
		return "DateOnly"
	case "unix_s":
		return "UnixSeconds"
	case "unix_ms":
		return "UnixMillis"
	case "rfc1123":
		return "RFC1123"
	case "rfc2822":
		return "RFC2822"
	case "text", "int":
		return "Text"
	}
	return "RFC3339"
}

// expr is the Go expression of a parameter's value: literal text with
// {config.KEY}, {secrets.KEY}, {incremental.start_value} and {incremental.end_value} in it (G20).
func (q *request) expr(value, param string) jen.Code {
	var out *jen.Statement
	add := func(c jen.Code) {
		if out == nil {
			out = jen.Add(c)
			return
		}
		out = out.Op("+").Add(c)
	}
	last := 0
	for _, m := range pathParam.FindAllStringSubmatchIndex(value, -1) {
		c := q.reference(value[m[2]:m[3]], param)
		if c == nil {
			continue
		}
		if m[0] > last {
			add(text(value[last:m[0]]))
		}
		add(c)
		last = m[1]
	}
	if last < len(value) || out == nil {
		add(text(value[last:]))
	}
	return out
}

// reference is the expression of {name}, nil if it is plain text.
func (q *request) reference(name, param string) jen.Code {
	switch name {
	case "incremental.start_value", "incremental.end_value":
		q.usesInput = true
		method, layout := "in.Start", "RFC3339"
		if name == "incremental.end_value" {
			method = "in.End"
		}
		if q.r.IR.Incremental != nil {
			layout = layoutOf(q.r.IR.Incremental.Value.Encoding)
		}
		return jen.Id(method).Call(qual("dlt", layout))
	}
	c, ok := q.p.configExpr(name, "s.config.")
	if !ok {
		return nil
	}
	if c == nil {
		q.p.diags.Errorf(codeConfig, q.p.pos(q.r), "resource %s: parameter %s names %s, which the connector does not configure", q.r.IR.Name, param, name).
			WithHint("Add the key under config in connector.yaml.")
		return text("")
	}
	return c
}

// body is the JSON body, nil if there is nothing to send in it.
func (q *request) body() jen.Code {
	if len(q.bodies) == 0 {
		return nil
	}
	names := make([]string, 0, len(q.bodies))
	for name := range q.bodies {
		names = append(names, name)
	}
	slices.Sort(names)
	return q.object(names, "")
}

// object is the literal of the fields below prefix.
func (q *request) object(names []string, prefix string) *jen.Statement {
	var items []jen.Code
	for i := 0; i < len(names); {
		head, _, nested := strings.Cut(names[i][len(prefix):], ".")
		if !nested {
			items = append(items, jen.Add(text(head)).Op(":").Add(q.bodies[names[i]]))
			i++
			continue
		}
		below := prefix + head + "."
		j := i
		for j < len(names) && strings.HasPrefix(names[j], below) {
			j++
		}
		items = append(items, jen.Add(text(head)).Op(":").Add(q.object(names[i:j], below)))
		i = j
	}
	return jen.Map(jen.String()).Any().Add(lit(items...))
}

// pager is the paginator's literal; nil leaves it to the runtime, which looks
// at the first page.
func (q *request) pager(op *ir.Operation) jen.Code {
	p := q.r.IR.Paginate.Value
	b := &pagerLit{}
	switch p.Type {
	case ir.PageNumber, ir.PageOffset:
		return b.counted(op, p)
	case ir.PageCursor:
		b.place(p)
		b.text("NextPath", p.NextPath)
		b.text("MorePath", p.MorePath)
		b.size(op, p)
		return b.literal("Cursor")
	case ir.PageKeyset:
		b.place(p)
		b.text("RecordField", p.RecordField)
		b.text("MorePath", p.MorePath)
		b.size(op, p)
		return b.literal("Keyset")
	case ir.PageHeaderCursor:
		b.place(p)
		b.text("NextPath", p.NextPath)
		b.size(op, p)
		return b.literal("HeaderCursor")
	case ir.PageJSONLink, ir.PageHeaderLink:
		b.text("NextPath", p.NextPath)
		b.size(op, p)
		if p.Type == ir.PageJSONLink {
			return b.literal("JSONLink")
		}
		return b.literal("HeaderLink")
	case ir.PageSingle, "none":
		if p.SizeParam != "" && p.Size > 0 {
			q.set(op, p.SizeParam, "", text(strconv.Itoa(p.Size)))
		}
		return b.literal("SinglePage")
	case ir.PageAuto:
		if p.SizeParam != "" && p.Size > 0 {
			q.set(op, p.SizeParam, "", text(strconv.Itoa(p.Size)))
		}
		return jen.Op("&").Add(qual("rest", "Auto")).Values(field("Certain", jen.True()))
	case "":
		return nil
	}
	q.p.diags.Errorf(codePager, q.p.pos(q.r), "resource %s: pager %q is not known", q.r.IR.Name, p.Type).
		WithHint("Set resources[%s].paginate.type to one of single_page, page_number, offset, cursor, keyset, json_link, header_link, header_cursor, auto.", q.r.IR.Name)
	return nil
}

// counted is the literal of a pager that counts pages or records. Without a
// total it ends at a page that is not full, if it knows what full is (G37).
func (b *pagerLit) counted(op *ir.Operation, p ir.Paginator) jen.Code {
	b.place(p)
	if p.First != nil && *p.First != 0 {
		b.number("First", *p.First)
	}
	b.text("TotalPath", p.TotalPath)
	b.text("TotalHeader", p.TotalHeader)
	b.text("MorePath", p.MorePath)
	name := "Offset"
	if p.Type == ir.PageNumber {
		name = "PageNumber"
		b.text("RowsPath", p.RowsPath)
		b.text("NextPath", p.NextPath)
	}
	b.size(op, p)
	if p.TotalPath == "" && p.TotalHeader == "" && p.RowsPath == "" && p.MorePath == "" && p.NextPath == "" && p.Size > 0 && p.SizeParam != "" {
		b.items = append(b.items, field("StopOnShort", jen.True()))
	}
	return b.literal(name)
}

// A pagerLit collects the fields of a paginator's literal.
type pagerLit struct{ items []jen.Code }

// place is where the value that leads on goes: a parameter or the body.
func (b *pagerLit) place(p ir.Paginator) {
	if p.BodyPath != "" {
		b.text("BodyPath", p.BodyPath)
		return
	}
	b.text("Param", p.Param)
}

// size asks for pages of a size.
func (b *pagerLit) size(op *ir.Operation, p ir.Paginator) {
	if p.Size <= 0 || p.SizeParam == "" {
		return
	}
	name := "SizeParam"
	if placeOf(op, p.SizeParam) == "body" {
		name = "SizeBodyPath"
	}
	if name == "SizeBodyPath" && (p.Type == ir.PageJSONLink || p.Type == ir.PageHeaderLink) {
		return // a link asks for no body
	}
	b.text(name, p.SizeParam)
	b.number("Size", p.Size)
}

func (b *pagerLit) text(name, v string) {
	if v != "" {
		b.items = append(b.items, field(name, text(v)))
	}
}

func (b *pagerLit) number(name string, v int) {
	b.items = append(b.items, field(name, jen.Lit(v)))
}

func (b *pagerLit) literal(name string) jen.Code {
	return jen.Op("&").Add(qual("rest", name)).Add(inline(b.items...))
}
