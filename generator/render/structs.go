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

// maxCases is how many keys one decode function tells apart; the rest goes to
// another, so that no function passes G70's ceiling.
const maxCases = 60

// structType declares a row or a part of one.
func (s *source) structType(t *rowtype.Struct) {
	s.decl(s.p.structDoc(t), jen.Type().Id(t.Name).StructFunc(func(g *jen.Group) {
		for _, f := range t.Fields {
			if !held(t, f) {
				continue
			}
			doc := cut(firstSentence(f.Doc), wrapAt-1)
			if doc != "" && tells(doc, f.Key+t.Name) {
				for _, c := range comment(doc) {
					g.Add(c)
				}
			}
			if f.Reason != "" {
				g.Comment("// JSON: " + f.Reason + ".")
			}
			g.Id(f.Name).Add(goType(f)).Op(s.tag(f))
		}
		if t.Row {
			if slices.ContainsFunc(t.Fields, func(f *rowtype.Field) bool { return held(t, f) }) {
				g.Line()
			}
			g.Id("extra").Add(qual("record", "Extra"))
		}
	}))
}

// held reports whether the field is one of the Go struct. Columns without a type
// are not, nor is the value of records that are no objects: it reaches its
// column as an undeclared key does.
func held(t *rowtype.Struct, f *rowtype.Field) bool {
	return f.Kind != rowtype.Absent && (!t.Wrapped || f.Column != "")
}

// structDoc says where in the API a struct stands.
func (p *pkg) structDoc(t *rowtype.Struct) string {
	doc := t.Name + " is part of a record."
	for _, r := range t.UsedBy {
		if r.Row == t && r.IR.Operation != nil {
			doc = fmt.Sprintf("%s is one record of %s %s.", t.Name, r.IR.Operation.Method, oneLine(r.IR.Operation.Path))
			break
		}
	}
	if t.Type != nil && t.Type.Name != "" && strings.HasSuffix(doc, "part of a record.") {
		doc = fmt.Sprintf("%s is the API's %s.", t.Name, oneLine(t.Type.Name))
	}
	if sentence := firstSentence(t.Doc); sentence != "" && tells(sentence, t.Name) {
		doc += " " + sentence
	}
	return doc
}

// goType is the Go type of a field.
func goType(f *rowtype.Field) *jen.Statement {
	switch f.Kind {
	case rowtype.Object:
		if f.Null {
			return qual("value", "Null").Types(jen.Id(f.Struct.Name))
		}
		return jen.Id(f.Struct.Name)
	case rowtype.List:
		return jen.Index().Id(f.Struct.Name)
	case rowtype.Lists:
		return jen.Index().Add(goType(f.Inner))
	case rowtype.Values:
		return jen.Index().Add(valueType(f.Value, f.ItemNull))
	case rowtype.Scalar, rowtype.Absent:
	}
	return valueType(f.Value, f.Null)
}

func valueType(v *rowtype.Value, null bool) *jen.Statement {
	t := bareType(v)
	if null {
		return qual("value", "Null").Types(t)
	}
	return t
}

func bareType(v *rowtype.Value) *jen.Statement {
	if v.Enum != nil {
		return jen.Id(v.Enum.Name)
	}
	switch pkg, name, ok := strings.Cut(v.Go, "."); {
	case !ok:
		return jen.Id(v.Go)
	case pkg == "time":
		return jen.Qual("time", name)
	default:
		return qual(pkg, name)
	}
}

// tag is the field's struct tag: the key in the record, hints, rules.
func (s *source) tag(f *rowtype.Field) string {
	var parts []string
	key := f.Key
	if key == "" {
		key = f.Column
	}
	if !strings.ContainsAny(key, "\",`\\\n") {
		parts = append(parts, `json:`+strconv.Quote(key))
	}
	if hints := dltTag(f); hints != "" {
		parts = append(parts, `dlt:`+strconv.Quote(hints))
	}
	if rules := validateTag(f); rules != "" {
		parts = append(parts, `validate:`+strconv.Quote(rules))
	}
	tag := strings.Join(parts, " ")
	switch {
	case tag == "":
		return ""
	case strings.Contains(tag, "`"):
		return strconv.Quote(tag)
	}
	return "`" + tag + "`"
}

// dltTag are the words of G74 that the Go type does not say.
func dltTag(f *rowtype.Field) string {
	var words []string
	if f.PrimaryKey {
		words = append(words, "primary_key")
	}
	if f.Cursor {
		words = append(words, "cursor")
	}
	if f.Kind == rowtype.Scalar && f.Value.Scan == "UnixTime" {
		words = append(words, "type="+string(schema.Timestamp))
	}
	return strings.Join(words, ",")
}

// validateTag are the field's rules as validator/v10 has them. Rules of a field
// that may be null hold for values only.
func validateTag(f *rowtype.Field) string {
	var words []string
	if f.Null && len(f.Rules) > 0 {
		words = append(words, "omitnil")
	}
	for _, r := range f.Rules {
		words = append(words, r.Tag())
	}
	switch f.Kind {
	case rowtype.List:
		if f.Struct.Checked {
			words = append(words, "dive")
		}
	case rowtype.Values:
		if len(f.ItemRules) > 0 {
			words = append(words, "dive")
		}
		if f.ItemNull && len(f.ItemRules) > 0 {
			words = append(words, "omitnil")
		}
		for _, r := range f.ItemRules {
			words = append(words, r.Tag())
		}
	case rowtype.Scalar, rowtype.Object, rowtype.Lists, rowtype.Absent:
	}
	return strings.Join(words, ",")
}

// enumType declares a named text type. It is an alias, since servers send
// values that their description does not know yet.
func (s *source) enumType(e *rowtype.Enum) {
	doc := e.Name + " is a text with known values."
	s.decl(doc, jen.Type().Id(e.Name).Op("=").String())
	s.decl("The known values of "+e.Name+".", jen.Const().DefsFunc(func(g *jen.Group) {
		for _, c := range e.Consts {
			g.Id(c.Name).Id(e.Name).Op("=").Lit(c.Value)
		}
	}))
}

// keeps reports whether a struct owns memory that is used again for the next
// record: lists and undeclared fields.
func (p *pkg) keeps(t *rowtype.Struct) bool {
	if k, ok := p.keep[t]; ok {
		return k
	}
	keep := t.Row
	for _, f := range t.Fields {
		switch f.Kind {
		case rowtype.List, rowtype.Values, rowtype.Lists:
			keep = true
		case rowtype.Object:
			keep = p.keeps(f.Struct) || keep
		case rowtype.Scalar, rowtype.Absent:
		}
	}
	p.keep[t] = keep
	return keep
}

// kept are the elements of the literal that empties a struct and keeps its
// memory, and the calls that do the same for the structs in it.
func (p *pkg) kept(t *rowtype.Struct) (elements, calls []jen.Code) {
	for _, f := range t.Fields {
		if !held(t, f) {
			continue
		}
		at := "v." + f.Name
		switch f.Kind {
		case rowtype.List, rowtype.Values, rowtype.Lists:
			elements = append(elements, field(f.Name, jen.Id(at).Index(jen.Op(":0"))))
		case rowtype.Object:
			switch {
			case !p.keeps(f.Struct):
			case f.Null:
				elements = append(elements, field(f.Name, qual("value", "Null").Types(jen.Id(f.Struct.Name)).Add(inline(field("V", jen.Id(at+".V"))))))
				calls = append(calls, jen.Id(at+".V.reset").Call())
			default:
				elements = append(elements, field(f.Name, jen.Id(at)))
				calls = append(calls, jen.Id(at+".reset").Call())
			}
		case rowtype.Scalar, rowtype.Absent:
		}
	}
	if t.Row {
		elements = append(elements, field("extra", jen.Id("v.extra")))
	}
	return elements, calls
}

// reset declares the method that empties a struct and keeps its memory, unless
// decode does it in a line.
func (s *source) reset(t *rowtype.Struct) {
	elements, calls := s.p.kept(t)
	if s.p.emptied(t) != nil {
		return
	}
	body := lit
	if len(elements) <= maxShort {
		body = inline
	}
	s.decl("", jen.Func().Params(jen.Id("v").Op("*").Id(t.Name)).Id("reset").Params().Block(
		append([]jen.Code{jen.Op("*").Id("v").Op("=").Id(t.Name).Add(body(elements...))}, calls...)...,
	))
}

// maxShort is how many elements of a literal stay on one line.
const maxShort = 3

// emptied is the statement that empties a struct, nil if that takes a method.
func (p *pkg) emptied(t *rowtype.Struct) jen.Code {
	elements, calls := p.kept(t)
	if len(calls) > 0 || len(elements) > maxShort || (t.Flat && p.keeps(t)) {
		return nil
	}
	return jen.Op("*").Id("v").Op("=").Id(t.Name).Add(inline(elements...))
}

// decode declares the methods that read a record, or a part of one.
func (s *source) decode(t *rowtype.Struct) {
	start := []jen.Code{jen.Id("v.reset").Call()}
	if empty := s.p.emptied(t); empty != nil {
		start = []jen.Code{empty}
	}
	row := jen.Id("d.Row").Call(jen.Op("&").Id("v.extra"))
	if t.Row && !t.Flat {
		start = append(start, row)
	}
	fields := decoded(t)
	first := fields[:min(len(fields), maxCases)]
	start = append(start, jen.For(jen.Id("d.Object").Call(), jen.Id("d.Next").Call(), jen.Empty()).Block(cases(first, fields[len(first):], 2)))
	if required := requiredKeys(fields); len(required) > 0 {
		start = append(start, s.require(t, required))
	}
	s.method(t, "decode", start...)
	for n, rest := 2, fields[len(first):]; len(rest) > 0; n++ {
		part := rest[:min(len(rest), maxCases)]
		rest = rest[len(part):]
		s.method(t, "decode"+strconv.Itoa(n), cases(part, rest, n+1))
	}
	if t.Row && t.Flat {
		s.method(t, "decodeRow", row, jen.Id("v.decode").Call(jen.Id("d")))
	}
}

// require is the call that names the keys that must have a value; many keys are
// a variable, so that the call does not build the list for each record.
func (s *source) require(t *rowtype.Struct, keys []string) jen.Code {
	const few = 8
	if len(keys) > few {
		name := s.p.set.Scope.Declare("keysOf" + t.Name)
		s.decl("", jen.Var().Id(name).Op("=").Add(textList(keys)))
		return jen.Id("d.Require").Call(jen.Id(name))
	}
	return jen.Id("d.Require").Call(textList(keys))
}

// requiredKeys are the keys whose fields cannot hold the absence of a value: a
// record without one has null in the column, not the zero of the Go type (G52).
func requiredKeys(fields []*rowtype.Field) []string {
	var keys []string
	for _, f := range fields {
		if !f.Null && (f.Kind == rowtype.Scalar || f.Kind == rowtype.Object) {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

func (s *source) method(t *rowtype.Struct, name string, body ...jen.Code) {
	s.decl("", jen.Func().Params(jen.Id("v").Op("*").Id(t.Name)).Id(name).
		Params(jen.Id("d").Op("*").Add(qual("record", "Decoder"))).Block(body...))
}

// decoded are the fields that come from the record.
func decoded(t *rowtype.Struct) []*rowtype.Field {
	var out []*rowtype.Field
	for _, f := range t.Fields {
		if held(t, f) && f.Column == "" {
			out = append(out, f)
		}
	}
	return out
}

// cases is the switch over the keys of fields; rest, if any, are the next function's.
func cases(fields, rest []*rowtype.Field, next int) jen.Code {
	unknown := jen.Id("d.Unknown").Call()
	if len(rest) > 0 {
		unknown = jen.Id("v.decode" + strconv.Itoa(next)).Call(jen.Id("d"))
	}
	if len(fields) == 0 {
		return unknown
	}
	return jen.Switch(jen.String().Call(jen.Id("d.Key").Call())).BlockFunc(func(g *jen.Group) {
		for _, f := range fields {
			g.Case(jen.Lit(f.Key)).Block(scan(f))
		}
		g.Default().Block(unknown)
	})
}

// scan reads the current value into a field.
func scan(f *rowtype.Field) jen.Code {
	at := jen.Op("&").Id("v." + f.Name)
	switch f.Kind {
	case rowtype.Object:
		name := "Struct"
		if f.Null {
			name = "NullStruct"
		}
		return qual("record", name).Call(jen.Id("d"), at, methodOf(f.Struct, "decode"))
	case rowtype.List, rowtype.Values, rowtype.Lists:
		return scanList(f, at)
	case rowtype.Scalar, rowtype.Absent:
	}
	return jen.Id("d." + scanName(f.Value, f.Null)).Call(at)
}

func scanList(f *rowtype.Field, at jen.Code) jen.Code {
	switch f.Kind {
	case rowtype.List:
		name := "decode"
		if f.Struct.Flat {
			name = "decodeRow"
		}
		return qual("record", "List").Call(jen.Id("d"), at, methodOf(f.Struct, name))
	case rowtype.Values:
		return qual("record", "Values").Call(jen.Id("d"), at,
			jen.Parens(jen.Op("*").Add(qual("record", "Decoder"))).Dot(scanName(f.Value, f.ItemNull)))
	case rowtype.Lists, rowtype.Scalar, rowtype.Object, rowtype.Absent:
	}
	inner := jen.Func().Params(jen.Id("d").Op("*").Add(qual("record", "Decoder")), jen.Id("v").Op("*").Add(goType(f.Inner))).
		Block(scanList(f.Inner, jen.Id("v")))
	return qual("record", "Values").Call(jen.Id("d"), at, inner)
}

func scanName(v *rowtype.Value, null bool) string {
	if null {
		return "Null" + v.Scan
	}
	return v.Scan
}

// methodOf is a method as a function of its receiver: (*Label).decode.
func methodOf(t *rowtype.Struct, name string) jen.Code {
	return jen.Parens(jen.Op("*").Id(t.Name)).Dot(name)
}
