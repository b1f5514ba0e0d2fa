package render

import (
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/dltgen/dltgen/generator/rowtype"
)

const (
	// maxInline is how many statements of a flattened object stay in the function
	// of the row; a larger object has its own.
	maxInline = 24
	// minShared is from how many columns on an object that is flattened in several
	// places has one function for all of them.
	minShared = 4
	// maxStatements bounds an append function (G70).
	maxStatements = 120
)

// flattened counts the places in which structs are parts of rows.
func flattened(set *rowtype.Set) map[*rowtype.Struct]int {
	uses := map[*rowtype.Struct]int{}
	for _, t := range set.Structs {
		for _, f := range t.Fields {
			if f.Kind == rowtype.Object {
				uses[f.Struct]++
			}
		}
	}
	return uses
}

// appendFunc is the function that appends a row of type t. Columns and nested
// tables are numbered by t alone, so it serves every table that has such rows.
func (p *pkg) appendFunc(t *rowtype.Struct) string {
	if p.rowFunc[t] == "" {
		p.rowFunc[t] = p.set.Scope.Declare("append" + t.Name)
	}
	return p.rowFunc[t]
}

// partFunc is the function that appends t as a part of a row, "" if its
// statements stand in the row's function.
func (p *pkg) partFunc(t *rowtype.Struct) string {
	n := t.Columns() + t.Lists()
	if !t.Flat || n <= maxInline && (p.uses[t] < 2 || n < minShared) {
		return ""
	}
	if p.atFunc[t] == "" {
		p.atFunc[t] = p.set.Scope.Declare("append"+t.Name+"At", "append"+t.Name+"Part")
	}
	return p.atFunc[t]
}

// appends declares the functions that append a struct, as a row and as a part
// of rows.
func (s *source) appends(t *rowtype.Struct) {
	if t.Row {
		begin := jen.Id("b.Begin").Call(jen.Op("&").Id("v.extra"))
		body := s.steps(t, "v", place{})
		if len(body) > 0 {
			begin = jen.If(jen.Op("!").Add(begin)).Block(jen.Return())
		}
		body = append([]jen.Code{begin}, body...)
		s.appendBody(s.p.appendFunc(t), t, place{}, body)
	}
	if name := s.p.partFunc(t); name != "" {
		at := place{atCol: true, atList: t.Lists() > 0}
		s.appendBody(name, t, at, s.steps(t, "v", at))
	}
	for _, f := range t.Fields {
		if held(t, f) && f.Kind == rowtype.Lists {
			s.appendList(s.p.listFunc(t, f), f.Inner)
		}
	}
}

// listFunc is the function that appends one element of a list of lists.
func (p *pkg) listFunc(t *rowtype.Struct, f *rowtype.Field) string {
	return "append" + t.Name + f.Name
}

// appendBody declares an append function, in pieces if it is long.
func (s *source) appendBody(name string, t *rowtype.Struct, at place, body []jen.Code) {
	params := at.params()
	for len(body) > 0 || name != "" {
		part, next := body[:min(len(body), maxStatements)], ""
		body = body[len(part):]
		if len(body) > 0 {
			next = s.p.set.Scope.Declare(name + "More")
			part = append(slices.Clip(part), jen.Id(next).Call(append([]jen.Code{jen.Id("b"), jen.Id("v")}, at.args()...)...))
		}
		s.decl("", jen.Func().Id(name).Params(append([]jen.Code{builderParam(), jen.Id("v").Op("*").Id(t.Name)}, params...)...).Block(part...))
		name = next
	}
}

func builderParam() jen.Code { return jen.Id("b").Op("*").Add(qual("batch", "Builder")) }

// A place is where in a row a struct begins: at which column, and at which
// nested table. In a function for parts of rows both count from parameters.
type place struct {
	atCol, atList bool
	col, list     int
}

func (p place) params() []jen.Code {
	switch {
	case p.atList:
		return []jen.Code{jen.List(jen.Id("col"), jen.Id("list")).Int()}
	case p.atCol:
		return []jen.Code{jen.Id("col").Int()}
	}
	return nil
}

func (p place) args() []jen.Code {
	switch {
	case p.atList:
		return []jen.Code{jen.Id("col"), jen.Id("list")}
	case p.atCol:
		return []jen.Code{jen.Id("col")}
	}
	return nil
}

// column is the expression of the place's column.
func (p place) column() jen.Code { return offset(p.atCol, "col", p.col) }

// table is the expression of the place's nested table.
func (p place) table() jen.Code { return offset(p.atList, "list", p.list) }

func offset(relative bool, name string, n int) jen.Code {
	switch {
	case !relative:
		return jen.Lit(n)
	case n == 0:
		return jen.Id(name)
	}
	return jen.Id(name).Op("+").Lit(n)
}

// steps are the statements for the fields of the struct at the expression.
func (s *source) steps(t *rowtype.Struct, expr string, at place) []jen.Code {
	var out []jen.Code
	for _, f := range t.Fields {
		x := expr + "." + f.Name
		switch kind := f.Kind; {
		case !held(t, f):
		case kind == rowtype.Scalar:
			out = append(out, jen.Id("b."+appendName(f.Value, f.Null)).Call(at.column(), jen.Id(x)))
		case kind == rowtype.Object:
			out = append(out, s.object(f, x, at)...)
		default:
			out = append(out, s.child(f, x, at.table(), s.p.listFunc(t, f)))
		}
		at.col += f.Columns()
		at.list += f.Lists()
	}
	return out
}

// object are the statements for a flattened object. The columns of one that is
// null stay null by not being touched.
func (s *source) object(f *rowtype.Field, expr string, at place) []jen.Code {
	x := expr
	if f.Null {
		x += ".V"
	}
	var body []jen.Code
	if name := s.p.partFunc(f.Struct); name != "" {
		args := []jen.Code{jen.Id("b"), jen.Op("&").Id(x), at.column()}
		if f.Struct.Lists() > 0 {
			args = append(args, at.table())
		}
		body = []jen.Code{jen.Id(name).Call(args...)}
	} else {
		body = s.steps(f.Struct, x, at)
	}
	if f.Null && len(body) > 0 {
		return []jen.Code{jen.If(jen.Id(expr + ".Valid")).Block(body...)}
	}
	return body
}

// child is the loop that appends the rows of a list to the nested table;
// listFunc appends an element that is a list itself.
func (s *source) child(f *rowtype.Field, expr string, table jen.Code, listFunc string) jen.Code {
	builder := jen.Id("b.Child").Call(table, jen.Id("i"))
	switch f.Kind {
	case rowtype.List:
		return jen.For(jen.Id("i").Op(":=").Range().Id(expr)).Block(
			jen.Id(s.p.appendFunc(f.Struct)).Call(builder, jen.Op("&").Id(expr).Index(jen.Id("i"))))
	case rowtype.Lists:
		return jen.For(jen.Id("i").Op(":=").Range().Id(expr)).Block(
			jen.Id(listFunc).Call(builder, jen.Id(expr).Index(jen.Id("i"))))
	case rowtype.Values, rowtype.Scalar, rowtype.Object, rowtype.Absent:
	}
	return jen.For(jen.List(jen.Id("i"), jen.Id("x")).Op(":=").Range().Id(expr)).Block(
		jen.If(jen.Id("c").Op(":=").Add(builder), jen.Id("c.Begin").Call(jen.Nil())).Block(
			jen.Id("c."+appendName(f.Value, f.ItemNull)).Call(jen.Lit(0), jen.Id("x"))))
}

// appendList declares the function that appends one element of a list of lists,
// which is a list itself.
func (s *source) appendList(name string, inner *rowtype.Field) {
	s.decl("", jen.Func().Id(name).Params(builderParam(), jen.Id("v").Add(goType(inner))).Block(
		jen.If(jen.Op("!").Id("b.Begin").Call(jen.Nil())).Block(jen.Return()),
		s.child(inner, "v", jen.Lit(0), name+"List"),
	))
	if inner.Kind == rowtype.Lists {
		s.appendList(name+"List", inner.Inner)
	}
}

func appendName(v *rowtype.Value, null bool) string {
	if null {
		return v.Append + "OrNull"
	}
	return v.Append
}

// validate declares the checks of a struct (G64).
func (s *source) validate(t *rowtype.Struct) {
	if !t.Checked {
		return
	}
	var body []jen.Code
	for _, f := range t.Fields {
		if held(t, f) {
			body = append(body, s.checks(f)...)
		}
	}
	const most = 40 // checks a function
	name := "Validate"
	for n := 2; len(body) > 0; n++ {
		next := "validate" + strconv.Itoa(n)
		part := body[:min(len(body), most)]
		body = body[len(part):]
		if len(body) > 0 {
			part = append(slices.Clip(part), jen.Id("v."+next).Call(jen.Id("f")))
		}
		doc := ""
		if name == "Validate" {
			doc = "Validate notes which rules of the API's description v breaks."
		}
		s.decl(doc, jen.Func().Params(jen.Id("v").Op("*").Id(t.Name)).Id(name).
			Params(jen.Id("f").Op("*").Add(qual("dlt", "Findings"))).Block(part...))
		name = next
	}
}

// checks are the statements that check a field and what is below it.
func (s *source) checks(f *rowtype.Field) []jen.Code {
	at := "v." + f.Name
	key := text(f.Key)
	switch f.Kind {
	case rowtype.Scalar:
		return s.chain(key, f.Rules, f.Value, at, f.Null, func(rule, v jen.Code) jen.Code {
			return jen.Id("f.Add").Call(key, rule, v)
		})
	case rowtype.Object:
		if !f.Struct.Checked {
			return nil
		}
		if f.Null {
			return []jen.Code{jen.Id("f.InIf").Call(jen.Id(at+".Valid"), key, jen.Op("&").Id(at+".V"))}
		}
		return []jen.Code{jen.Id("f.In").Call(key, jen.Op("&").Id(at))}
	case rowtype.List, rowtype.Values, rowtype.Lists:
		return s.listChecks(f, at)
	case rowtype.Absent:
	}
	return nil
}

func (s *source) listChecks(f *rowtype.Field, at string) []jen.Code {
	key := text(f.Key)
	out := s.chain(key, f.Rules, nil, at, false, func(rule, _ jen.Code) jen.Code {
		return jen.Id("f.Add").Call(key, rule, jen.Len(jen.Id(at)))
	})
	switch {
	case f.Kind == rowtype.List && f.Struct.Checked:
		out = append(out, jen.For(jen.Id("i").Op(":=").Range().Id(at)).Block(
			jen.Id("f.At").Call(key, jen.Id("i"), jen.Op("&").Id(at).Index(jen.Id("i")))))
	case f.Kind == rowtype.Values && len(f.ItemRules) > 0:
		body := s.chain(key, f.ItemRules, f.Value, "x", f.ItemNull, func(rule, v jen.Code) jen.Code {
			return jen.Id("f.AddAt").Call(key, jen.Id("i"), rule, v)
		})
		out = append(out, jen.For(jen.List(jen.Id("i"), jen.Id("x")).Op(":=").Range().Id(at)).Block(body...))
	}
	return out
}

// chain checks rules one after another up to the first that fails, as
// validator/v10 does for a field.
func (s *source) chain(key jen.Code, rules []rowtype.Rule, v *rowtype.Value, at string, null bool, add func(rule, v jen.Code) jen.Code) []jen.Code {
	if len(rules) == 0 {
		return nil
	}
	x := at
	if null {
		x += ".V"
	}
	var conds []jen.Code
	for _, r := range rules {
		conds = append(conds, s.broken(r, v, x))
	}
	found := func(i int) jen.Code { return add(text(rules[i].Tag()), jen.Id(x)) }
	if len(rules) == 1 {
		if short := shortCheck(rules[0], key, v, at, null); short != nil {
			return []jen.Code{short}
		}
		cond := conds[0]
		if null {
			cond = jen.Id(at + ".Valid").Op("&&").Add(cond)
		}
		return []jen.Code{jen.If(cond).Block(found(0))}
	}
	return []jen.Code{jen.Switch().BlockFunc(func(g *jen.Group) {
		if null {
			g.Case(jen.Op("!").Id(at + ".Valid"))
		}
		for i := range rules {
			g.Case(conds[i]).Block(found(i))
		}
	})}
}

// shortCheck is the one call for the checks that descriptions have most of, nil
// for others.
func shortCheck(r rowtype.Rule, key jen.Code, v *rowtype.Value, at string, null bool) jen.Code {
	if v == nil || v.Go != "string" || at == "x" {
		return nil
	}
	switch r.Kind {
	case rowtype.RuleMaxLen:
		if null { // nothing is not too long
			at += ".V"
		}
		return jen.Id("f.MaxLen").Call(key, jen.Id(at), jen.Id(r.Arg))
	case rowtype.RuleOneOf:
		name := "f.OneOf"
		if null {
			name = "f.NullOneOf"
		}
		args := []jen.Code{key, jen.Id(at)}
		for _, a := range r.Args {
			args = append(args, text(a))
		}
		return jen.Id(name).Call(args...)
	default:
	}
	return nil
}

// maxCompare is up to how many words are compared one by one.
const maxCompare = 3

// broken is the condition under which a rule fails for the expression x; a nil
// Value is a list.
func (s *source) broken(r rowtype.Rule, v *rowtype.Value, x string) jen.Code {
	size := jen.Len(jen.Id(x))
	if v != nil && v.Go == "string" {
		size = jen.Qual("unicode/utf8", "RuneCountInString").Call(jen.Id(x))
	}
	switch r.Kind {
	case rowtype.RuleMin:
		return jen.Id(x).Op("<").Id(r.Arg)
	case rowtype.RuleMax:
		return jen.Id(x).Op(">").Id(r.Arg)
	case rowtype.RuleGT:
		return jen.Id(x).Op("<=").Id(r.Arg)
	case rowtype.RuleLT:
		return jen.Id(x).Op(">=").Id(r.Arg)
	case rowtype.RuleMinLen:
		return size.Op("<").Id(r.Arg)
	case rowtype.RuleMaxLen:
		return size.Op(">").Id(r.Arg)
	case rowtype.RuleLen:
		return size.Op("!=").Id(r.Arg)
	case rowtype.RuleEq:
		return notEqual(x, r.Arg, v)
	case rowtype.RuleOneOf:
		return oneOf(r.Args, v, x)
	case rowtype.RulePattern:
		return jen.Op("!").Id(r.Name).Dot("MatchString").Call(jen.Id(x))
	case rowtype.RuleFormat:
		return jen.Op("!").Add(qual("dlt", "ValidFormat")).Call(text(r.Arg), jen.Id(x))
	}
	return jen.False()
}

func oneOf(args []string, v *rowtype.Value, x string) jen.Code {
	if len(args) <= maxCompare {
		cond := notEqual(x, args[0], v)
		for _, a := range args[1:] {
			cond = cond.Op("&&").Add(notEqual(x, a, v))
		}
		return cond
	}
	var words []jen.Code
	for _, a := range args {
		words = append(words, constant(a, v))
	}
	typ := jen.Index().Id(v.Go)
	return jen.Op("!").Qual("slices", "Contains").Call(typ.Values(words...), jen.Id(x))
}

func notEqual(x, arg string, v *rowtype.Value) *jen.Statement {
	if v.Go == "bool" {
		if arg == "true" {
			return jen.Op("!").Id(x)
		}
		return jen.Id(x)
	}
	return jen.Id(x).Op("!=").Add(constant(arg, v))
}

// constant is a literal of the value's type.
func constant(arg string, v *rowtype.Value) jen.Code {
	if v.Go == "string" {
		return text(arg)
	}
	return jen.Id(arg)
}

// eachPattern calls f for every pattern among a struct's rules.
func eachPattern(t *rowtype.Struct, f func(*rowtype.Field, *rowtype.Rule)) {
	for _, field := range t.Fields {
		for _, rules := range [][]rowtype.Rule{field.Rules, field.ItemRules} {
			for i := range rules {
				if rules[i].Kind == rowtype.RulePattern {
					f(field, &rules[i])
				}
			}
		}
	}
}

// A pattern is a regular expression of the description, compiled once.
type pattern struct {
	name, expr string
	users      []*rowtype.Struct
}

// namePatterns gives every expression a name, before tags are written.
func (p *pkg) namePatterns() {
	byExpr := map[string]*pattern{}
	for _, t := range p.set.Structs {
		eachPattern(t, func(f *rowtype.Field, r *rowtype.Rule) {
			pat := byExpr[r.Arg]
			if pat == nil {
				pat = &pattern{name: p.set.Scope.Declare("re" + t.Name + f.Name), expr: r.Arg}
				byExpr[r.Arg] = pat
				p.patterns = append(p.patterns, pat)
			}
			r.Name = pat.name
			if n := len(pat.users); n == 0 || pat.users[n-1] != t {
				pat.users = append(pat.users, t)
			}
		})
	}
}

// patternVars declares the expressions that t alone uses or, if t is nil, those
// that several structs use.
func (s *source) patternVars(t *rowtype.Struct) int {
	var vars []jen.Code
	for _, pat := range s.p.patterns {
		if (t == nil && len(pat.users) > 1) || (t != nil && len(pat.users) == 1 && pat.users[0] == t) {
			vars = append(vars, jen.Id(pat.name).Op("=").Qual("regexp", "MustCompile").Call(text(pat.expr)))
		}
	}
	switch len(vars) {
	case 0:
	case 1:
		s.decl("", jen.Var().Add(vars[0]))
	default:
		s.decl("", jen.Var().Defs(vars...))
	}
	return len(vars)
}
