package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/dltgen/dltgen/generator/rowtype"
	"github.com/dltgen/dltgen/runtime/schema"
)

// connector writes connector_gen.go: what the package is, its configuration,
// its source and the descriptor for the command line.
func (p *pkg) connector() error {
	s := p.source()
	for _, line := range p.packageDoc() {
		s.PackageComment(line)
	}
	s.decl("If this line does not compile, the runtime is older than this file: upgrade dltgen/runtime or generate with the older dltgen.",
		jen.Const().Id("_").Op("=").Add(qual("dlt", "GeneratedCodeV1")))
	s.configType()
	s.hooksType()
	s.decl("A Source reads "+p.title()+" under one configuration.", jen.Type().Id("Source").Struct(
		jen.Id("config").Id("Config"),
		jen.Id("hooks").Id("Hooks"),
		jen.Id("client").Op("*").Add(qual("rest", "Client")),
	))
	s.newFunc()
	s.listFunc()
	s.Anon("embed")
	s.Line()
	s.Comment("//go:embed " + p.schemaName())
	s.Var().Id("schemaYAML").Index().Byte()
	s.descriptor()
	return s.write("connector_gen.go")
}

func (p *pkg) title() string {
	if t := oneLine(p.c.Title); t != "" {
		return cut(t, 80)
	}
	return p.c.Name
}

func (p *pkg) schemaName() string { return p.name + ".schema.yaml" }

// packageDoc is the package's comment, with a table of its resources.
func (p *pkg) packageDoc() []string {
	out := []string{fmt.Sprintf("// Package %s loads %s.", p.name, p.title())}
	if sentence := firstSentence(p.c.Description); sentence != "" {
		out = append(out, "//")
		for _, line := range wrap(sentence) {
			out = append(out, "// "+line)
		}
	}
	out = append(out, "//")
	width, keys := len("resource"), len("key")
	for _, r := range p.set.Resources {
		width = max(width, len(r.IR.Name))
		keys = max(keys, len(strings.Join(r.IR.PrimaryKey.Value, ", ")))
	}
	row := func(name, key, path string) string {
		return strings.TrimRight(fmt.Sprintf("//\t%-*s  %-*s  %s", width, name, keys, key, path), " ")
	}
	out = append(out, row("resource", "key", "path"))
	for _, r := range p.set.Resources {
		path := ""
		if op := r.IR.Operation; op != nil {
			path = op.Method + " " + oneLine(op.Path)
		}
		out = append(out, row(r.IR.Name, oneLine(strings.Join(r.IR.PrimaryKey.Value, ", ")), path))
	}
	return out
}

// configType declares Config.
func (s *source) configType() {
	s.decl("Config is what a user sets to read "+s.p.title()+".", jen.Type().Id("Config").StructFunc(func(g *jen.Group) {
		for _, f := range s.p.config {
			doc := firstSentence(f.Description)
			if doc == "" {
				doc = fmt.Sprintf("%s is the key %s.", f.Go, f.Name)
				if len(f.UsedBy) > 0 {
					doc = fmt.Sprintf("%s is for %s.", f.Go, oneLine(strings.Join(f.UsedBy, ", ")))
				}
			}
			for _, c := range comment(doc) {
				g.Add(c)
			}
			g.Id(f.Go).Add(configType(f)).Op(configTag(f))
		}
	}))
}

func configType(f *configField) *jen.Statement {
	switch {
	case f.Secret:
		return qual("rest", "Secret")
	case f.Type == schema.Bigint:
		return jen.Int64()
	case f.Type == schema.Double:
		return jen.Float64()
	case f.Type == schema.Bool:
		return jen.Bool()
	}
	return jen.String()
}

func configTag(f *configField) string {
	name := f.Name
	var rules, doc []string
	if f.Secret {
		name += ",secret"
	}
	if f.Everywhere() {
		rules = append(rules, "required")
	} else if len(f.Enum) > 0 {
		rules = append(rules, "omitempty")
	}
	plain := func(s string) bool { return !strings.ContainsAny(s, " ,|'\"`=\\") && s != "" }
	if len(f.Enum) > 0 && !slices.ContainsFunc(f.Enum, func(e string) bool { return !plain(e) }) {
		rules = append(rules, "oneof="+strings.Join(f.Enum, " "))
		for _, e := range f.Enum {
			doc = append(doc, "enum="+e)
		}
	}
	if f.Default != "" && !strings.ContainsAny(f.Default, ",\"`\\=") {
		doc = append(doc, "default="+f.Default)
	}
	tag := "config:" + strconv.Quote(name)
	if len(rules) > 0 {
		tag += " validate:" + strconv.Quote(strings.Join(rules, ","))
	}
	if len(doc) > 0 {
		tag += " jsonschema:" + strconv.Quote(strings.Join(doc, ","))
	}
	return "`" + tag + "`"
}

// hooksType declares what hooks.go may fill (G67).
func (s *source) hooksType() {
	s.decl("Hooks change what is read; the function hooks in hooks.go returns them.", jen.Type().Id("Hooks").StructFunc(func(g *jen.Group) {
		g.Comment("// Auth replaces the credentials of Config.")
		g.Id("Auth").Add(qual("rest", "Auth"))
		g.Line()
		for _, r := range s.p.set.Resources {
			g.Id(r.Name).Id("Hook").Types(jen.Id(r.Row.Name))
		}
	}))
	s.decl("A Hook changes or drops the rows of one resource; nil functions do nothing.",
		jen.Type().Id("Hook").Types(jen.Id("T").Any()).Struct(
			jen.Id("Map").Func().Params(jen.Id("v").Op("*").Id("T")).Error(),
			jen.Id("Filter").Func().Params(jen.Id("v").Op("*").Id("T")).Bool(),
		))
}

// newFunc declares New.
func (s *source) newFunc() {
	p := s.p
	var body []jen.Code
	for _, f := range p.config {
		if f.Default == "" || f.Secret {
			continue
		}
		if v := defaultLit(f); v != nil {
			body = append(body, jen.Id("cfg."+f.Go).Op("=").Qual("cmp", "Or").Call(jen.Id("cfg."+f.Go), v))
		}
	}
	if base := p.c.BaseURL.Value; strings.Contains(base, "{") {
		body = append(body, jen.Id("cfg.BaseURL").Op("=").Qual("cmp", "Or").Call(jen.Id("cfg.BaseURL"), p.baseExpr(base)))
	}
	client := []jen.Code{field("BaseURL", jen.Id("cfg.BaseURL"))}
	if auth := p.credentials(p.c.Auth, "cfg."); auth != nil {
		client = append(client, field("Auth", auth))
	} else if len(p.c.Auth) > 0 {
		p.diags.Warnf(codeAuth, p.c.Auth[0][0].Pos, "credentials of kind %s are not generated", p.c.Auth[0][0].Kind).
			WithHint("Return them as Hooks.Auth from the function hooks in hooks.go.")
	}
	if limit := p.rateLimit(); limit != nil {
		client = append(client, field("RateLimit", limit))
	}
	client = append(client, field("UserAgent", text("dltgen/"+p.name)))
	body = append(body,
		jen.Id("s").Op(":=").Op("&").Id("Source").Add(inline(field("config", jen.Id("cfg")), field("hooks", jen.Id("hooks").Call(jen.Id("cfg"))))),
		jen.Id("s.client").Op("=").Op("&").Add(qual("rest", "Client")).Add(lit(client...)),
		jen.If(jen.Id("s.hooks.Auth").Op("!=").Nil()).Block(jen.Id("s.client.Auth").Op("=").Id("s.hooks.Auth")),
		jen.Return(jen.Id("s")),
	)
	s.decl("New returns the source of a configuration.", jen.Func().Id("New").Params(jen.Id("cfg").Id("Config")).Op("*").Id("Source").Block(body...))
}

// defaultLit is the default as a literal of the field's type, nil if it is not
// one.
func defaultLit(f *configField) jen.Code {
	switch f.Type {
	case schema.Bigint:
		if n, err := strconv.ParseInt(f.Default, 10, 64); err == nil {
			return jen.Int64().Call(jen.Id(strconv.FormatInt(n, 10)))
		}
		return nil
	case schema.Double:
		if _, err := strconv.ParseFloat(f.Default, 64); err == nil {
			return jen.Float64().Call(jen.Id(f.Default))
		}
		return nil
	case schema.Bool:
		if f.Default == "true" {
			return jen.True()
		}
		return nil
	default:
	}
	return text(f.Default)
}

// baseExpr is the base URL with its {config.KEY}s.
func (p *pkg) baseExpr(base string) jen.Code {
	var parts []jen.Code
	last := 0
	for _, m := range pathParam.FindAllStringSubmatchIndex(base, -1) {
		if m[0] > last {
			parts = append(parts, text(base[last:m[0]]))
		}
		name := base[m[2]:m[3]]
		c, _ := p.configExpr(name, "cfg.")
		if c == nil {
			p.diags.Errorf(codeConfig, p.c.BaseURL.Why.Pos, "base URL names %s, which the connector does not configure", name).
				WithHint("Add the key under config in connector.yaml.")
			c = text("")
		}
		parts = append(parts, c)
		last = m[1]
	}
	if last < len(base) {
		parts = append(parts, text(base[last:]))
	}
	out := jen.Add(parts[0])
	for _, c := range parts[1:] {
		out.Op("+").Add(c)
	}
	return out
}

func (p *pkg) rateLimit() jen.Code {
	r := p.c.RateLimit
	if r == nil {
		return nil
	}
	var items []jen.Code
	if r.PerSecond > 0 {
		items = append(items, field("PerSecond", jen.Id(strconv.FormatFloat(r.PerSecond, 'f', -1, 64))))
	}
	if r.Remaining != "" {
		items = append(items, field("Remaining", text(r.Remaining)))
	}
	if r.Reset != "" {
		items = append(items, field("Reset", text(r.Reset)))
	}
	if len(items) == 0 {
		return nil
	}
	return qual("rest", "RateLimit").Add(inline(items...))
}

// listFunc declares the method that lists the resources.
func (s *source) listFunc() {
	var list []jen.Code
	for _, r := range s.p.set.Resources {
		list = append(list, jen.Id("s."+r.Name).Call())
	}
	s.decl("DLT is the source with all its resources, for a pipeline.", jen.Func().Params(jen.Id("s").Op("*").Id("Source")).Id("DLT").Params().
		Op("*").Add(qual("dlt", "Source")).Block(
		jen.Return(jen.Op("&").Add(qual("dlt", "Source")).Add(lit(
			field("Name", text(s.p.sourceName())),
			field("Resources", jen.Index().Add(qual("dlt", "AnyResource")).Add(lit(list...))),
		)))))
}

// sourceName is the name of the source, and so of its schema (S2).
func (p *pkg) sourceName() string {
	short, err := p.conv.WithMaxLength(schema.MaxNameLength)
	if err != nil {
		short = p.conv
	}
	return short.Identifier(p.c.Name)
}

// descriptor declares Connector, which the command line takes.
func (s *source) descriptor() {
	p := s.p
	var infos []jen.Code
	for _, r := range p.set.Resources {
		infos = append(infos, inline(p.resourceInfo(r)...))
	}
	items := []jen.Code{field("Name", text(p.sourceName())), field("Title", text(p.title()))}
	if sentence := firstSentence(p.c.Description); sentence != "" {
		items = append(items, field("Description", text(sentence)))
	}
	items = append(items,
		field("Config", jen.Func().Params().Any().Block(jen.Return(jen.New(jen.Id("Config"))))),
		field("Source", jen.Func().Params(jen.Id("config").Any()).Params(jen.Op("*").Add(qual("dlt", "Source")), jen.Error()).Block(
			jen.Return(jen.Id("New").Call(jen.Op("*").Id("config").Assert(jen.Op("*").Id("Config"))).Dot("DLT").Call(), jen.Nil()))),
		field("Schema", jen.Id("schemaYAML")),
		field("Resources", jen.Index().Add(qual("dlt", "ResourceInfo")).Add(lit(infos...))),
	)
	s.decl("Connector describes this package to the command line.", jen.Var().Id("Connector").Op("=").Add(qual("dlt", "Connector")).Add(lit(items...)))
}

func (p *pkg) resourceInfo(r *rowtype.Resource) []jen.Code {
	items := []jen.Code{field("Name", text(r.IR.Name))}
	if op := r.IR.Operation; op != nil {
		items = append(items, field("Path", text(op.Method+" "+op.Path)))
	}
	items = append(items, field("Table", text(r.Root().Schema.Name)))
	if keys := r.IR.PrimaryKey.Value; len(keys) > 0 {
		items = append(items, field("PrimaryKey", textList(keys)))
	}
	if r.Cursor != nil {
		items = append(items, field("Cursor", text(r.IR.Incremental.Value.CursorPath)))
	}
	if t := r.IR.Paginate.Value.Type; t != "" {
		items = append(items, field("Pager", text(t)))
	}
	if r.Parent != nil {
		items = append(items, field("Parent", text(r.Parent.IR.Name)))
	}
	items = append(items, field("Disposition", dispositionLit(r.Root().Schema.WriteDisposition)))
	if r.IR.Selected.Value {
		items = append(items, field("Selected", jen.True()))
	}
	return items
}
