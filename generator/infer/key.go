package infer

import (
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// keys decides the primary key of each candidate (G34). The keys of lists come
// first: a detail takes its list's.
func (in *inferrer) keys() {
	for _, c := range in.all {
		if c.list() {
			c.res.PrimaryKey = in.primaryKey(c)
		}
	}
	for _, c := range in.all {
		if c.list() {
			continue
		}
		if l := c.detailOf; l != nil && len(l.res.PrimaryKey.Value) == 1 {
			name := l.res.PrimaryKey.Value[0]
			if p := property(c.sel.item, name); p != nil && p.Name == name && keyable(p.Type) {
				c.res.PrimaryKey = ir.Decided[[]string]{Value: []string{name}, Why: why(l.res.PrimaryKey.Why.Confidence, p.Pos, "the key of "+l.res.Name)}
				continue
			}
		}
		if c.endsInParam() || c.detailOf != nil {
			c.res.PrimaryKey = in.primaryKey(c)
		}
	}
}

// A keyRule finds a property that identifies a record; best rule first.
type keyRule func(in *inferrer, c *candidate) (*ir.Property, ir.Confidence, string)

var keyRules = []keyRule{
	keyByDetail,
	keyByID,
	keyByNoun,
	keyByPlainName,
	keyByProse,
	keyByAskedName,
	keyByOnlyUUID,
}

func (in *inferrer) primaryKey(c *candidate) ir.Decided[[]string] {
	if k, ok := statedKey(c); ok {
		return k
	}
	if c.sel.item == nil || len(c.sel.item.Props) == 0 {
		return ir.Decided[[]string]{}
	}
	for _, rule := range keyRules {
		p, conf, evidence := rule(in, c)
		if p == nil {
			continue
		}
		if p.Type.Nullable {
			if !allNullable(c.sel.item) {
				c.noNull(p)
				continue
			}
			evidence += " (declared nullable, as everything is)"
			if identity(p.Name) || conf == sure {
				conf = min(conf, strong)
			} else {
				conf = min(conf, fair)
			}
		}
		d := ir.Decided[[]string]{Value: []string{p.Name}, Why: why(conf, p.Pos, evidence)}
		if a, ok := c.assumed[p.Name]; ok {
			d.Why.Confidence = min(conf, a.conf)
			d.Why.Evidence = append(d.Why.Evidence, a.evidence)
		}
		return d
	}
	if m := property(c.sel.item, "metadata"); m != nil && m.Type != nil {
		if p := property(m.Type, "uid"); p != nil && keyable(p.Type) {
			return ir.Decided[[]string]{Value: []string{joinPath([]string{m.Name, p.Name})}, Why: why(strong, p.Pos, "property uid of the record's metadata")}
		}
	}
	return ir.Decided[[]string]{}
}

// allNullable reports whether a record calls all its plain fields nullable: it
// then says nothing by it. A field that is merely not listed as required is not
// nullable.
func allNullable(t *ir.Type) bool {
	for _, p := range t.Props {
		if scalar(p.Type) && !p.Type.Nullable {
			return false
		}
	}
	return true
}

// noNull notes what would be the key if it could not be null.
func (c *candidate) noNull(p *ir.Property) {
	note := "not a key, because it may be null: " + p.Name
	if !slices.Contains(c.res.Notes, note) {
		c.res.Notes = append(c.res.Notes, note)
	}
}

// keyable reports whether a property of this type can be a key.
func keyable(t *ir.Type) bool {
	return t != nil && (t.Kind == ir.KindString || t.Kind == ir.KindInteger || t.Kind == ir.KindNumber && t.Format != "float" && t.Format != "double")
}

// keyByDetail takes the property that the last parameter of the detail path
// maps to. Where that is a name, a number or a reference that people give and the
// record has an id as well, the id wins: it stays when the name changes.
func keyByDetail(in *inferrer, c *candidate) (*ir.Property, ir.Confidence, string) {
	param, path := in.detailParam(c)
	if param == nil {
		return nil, 0, ""
	}
	m, ok := mapParam(param, c)
	if !ok || m.byKey || len(m.props) != 1 || !keyable(m.props[0].Type) {
		return nil, 0, ""
	}
	p := m.props[0]
	if id := property(c.sel.item, "id"); id != nil && id != p && keyable(id.Type) && (spoken(p.Name) || !idLike(p.Name)) {
		return nil, 0, ""
	}
	conf := sure
	if spoken(p.Name) {
		conf = 0.85
		c.localDetail = strings.Count(path, "{") > 1
	}
	return p, conf, "the detail path " + path + " takes it"
}

// idLike reports whether a name ends in a word for identifiers.
func idLike(name string) bool {
	w := words.Split(name)
	return len(w) > 0 && idWords.has(w[len(w)-1])
}

// spoken reports whether a name is one that people read rather than a key made
// to identify.
func spoken(name string) bool {
	w := words.Split(name)
	if len(w) == 0 {
		return false
	}
	last := w[len(w)-1]
	return localKeys.has(last) || last == "slug" || last == "login" || last == "username" || last == "title" ||
		last == "key" || last == "code" || last == "handle" || last == "sha" || last == "ref" || last == "tag"
}

// detailParam is the parameter that names one record of a list in the paths
// below it.
func (in *inferrer) detailParam(c *candidate) (*ir.Param, string) {
	if c.endsInParam() {
		return paramOf(c.op, c.segs[len(c.segs)-1].last()), c.op.Path
	}
	d, ok := in.details[normal(listBase(c))]
	if !ok {
		return nil, ""
	}
	return d.param, d.path
}

// A detailPath is a path with the parameter that names one record in it.
type detailPath struct {
	param *ir.Param
	path  string
}

// noteDetail keeps for each parameter of a path what stands before it.
func (in *inferrer) noteDetail(c *candidate) {
	for i, s := range c.segs {
		if s.fixed() {
			continue
		}
		key := normal(c.segs[:i])
		if _, ok := in.details[key]; !ok {
			in.details[key] = detailPath{param: c.param(s.last()), path: c.op.Path}
		}
	}
}

// listBase is a list's path without a verb at its end.
func listBase(c *candidate) []segment {
	n := len(c.segs)
	if n > 1 && c.noun >= 0 && c.noun == n-2 && isVerb(c.segs[n-1]) {
		return c.segs[:n-1]
	}
	return c.segs
}

// paramOf finds a path parameter by name.
func paramOf(op *ir.Operation, name string) *ir.Param {
	for _, p := range op.Params {
		if p.In == "path" && p.Name == name {
			return p
		}
	}
	return nil
}

func keyByID(_ *inferrer, c *candidate) (*ir.Property, ir.Confidence, string) {
	p := property(c.sel.item, "id")
	if p == nil || !keyable(p.Type) || words.Key(p.Name) != "id" || strings.HasPrefix(p.Name, "_") {
		return nil, 0, ""
	}
	if p.Required {
		return p, sure, "property id, required"
	}
	return p, 0.9, "property id"
}

// keyByNoun takes NOUN_id or idNOUN, the noun that of the path or of the schema.
func keyByNoun(_ *inferrer, c *candidate) (*ir.Property, ir.Confidence, string) {
	nouns := c.nouns()
	for _, p := range c.sel.item.Props {
		if !keyable(p.Type) || gone(p) {
			continue
		}
		w := words.Split(p.Name)
		if len(w) < 2 {
			continue
		}
		first, last := w[0], w[len(w)-1]
		var noun []string
		switch {
		case idWords.has(last):
			noun = w[:len(w)-1]
		case idWords.has(first):
			noun = w[1:]
		default:
			continue
		}
		for _, n := range nouns {
			if sameWords(noun, n) || len(noun) > 1 && len(noun) < len(n) && sameWords(noun, n[len(n)-len(noun):]) {
				return p, 0.9, "property " + p.Name + " is the id of a " + strings.Join(noun, " ")
			}
		}
	}
	return nil, 0, ""
}

var idWords = newLexicon("id", "uuid", "guid", "uid", "gid", "sid", "arn", "key", "identifier")

// nouns are the ways to say what a list is of: the path, the key of the list,
// the schema's name.
func (c *candidate) nouns() [][]string {
	if c.allNouns != nil {
		return c.allNouns
	}
	out := [][]string{}
	add := func(w []string) {
		if w = words.SingularName(w); len(w) > 0 {
			out = append(out, w)
			c.nounKeys = append(c.nounKeys, strings.Join(w, ""))
		}
	}
	if c.noun >= 0 {
		add(c.nounWords)
	}
	for _, v := range slices.Backward(c.sel.keys) {
		if k := v; !listKeys.has(k) && !pagingKeys.has(k) {
			add(nounWords(k))
			break
		}
	}
	if c.sel.item != nil && c.sel.item.Name != "" {
		add(typeNoun(c.sel.item.Name))
	}
	c.allNouns = out
	return out
}

func keyByPlainName(_ *inferrer, c *candidate) (*ir.Property, ir.Confidence, string) {
	var best *ir.Property
	for _, p := range c.sel.item.Props {
		if !plainKeys.has(p.Name) || !keyable(p.Type) || gone(p) || words.Key(p.Name) == "key" {
			continue
		}
		if best == nil || plainKeys.rank(p.Name) < plainKeys.rank(best.Name) {
			best = p
		}
	}
	if best == nil {
		return nil, 0, ""
	}
	return best, 0.85, "property " + best.Name + " is a usual key"
}

// keyByProse takes a text or number that the document calls the unique
// identifier, not of something else.
func keyByProse(_ *inferrer, c *candidate) (*ir.Property, ir.Confidence, string) {
	nouns := c.nouns()
	var best *ir.Property
	for _, p := range c.sel.item.Props {
		if !keyable(p.Type) || gone(p) || !saysAny(plain(p.Type.Description), uniqueProse...) {
			continue
		}
		w := words.Split(p.Name)
		if len(w) > 0 && w[len(w)-1] != "name" && refersElsewhere(w, nouns) {
			// account_id of a user may be the user's own; customer_id of an order is not.
			if !strings.Contains(plain(p.Type.Description), "of the "+strings.Join(lastOf(nouns), " ")) {
				continue
			}
		}
		if best == nil {
			best = p
		}
	}
	if best == nil {
		return nil, 0, ""
	}
	return best, fair, "the description of " + best.Name + " calls it unique"
}

// refersElsewhere reports whether a name like customer_id has a noun that is
// not one of the record's.
func refersElsewhere(w []string, nouns [][]string) bool {
	if len(w) < 2 || !idWords.has(w[len(w)-1]) {
		return false
	}
	noun := w[:len(w)-1]
	for _, n := range nouns {
		if sameWords(noun, n) || sameWords(noun, n[len(n)-1:]) {
			return false
		}
	}
	return true
}

func lastOf(nouns [][]string) []string {
	if len(nouns) == 0 {
		return []string{"record"}
	}
	return nouns[0]
}

func keyByAskedName(_ *inferrer, c *candidate) (*ir.Property, ir.Confidence, string) {
	var best *ir.Property
	for _, p := range c.sel.item.Props {
		if !askedKeys.has(p.Name) || !keyable(p.Type) || gone(p) {
			continue
		}
		if !p.Required && !saysAny(plain(p.Type.Description), uniqueProse...) {
			continue
		}
		if best == nil || askedKeys.rank(p.Name) < askedKeys.rank(best.Name) {
			best = p
		}
	}
	if best == nil {
		return nil, 0, ""
	}
	return best, fair, "property " + best.Name + ", required or called unique"
}

func keyByOnlyUUID(_ *inferrer, c *candidate) (*ir.Property, ir.Confidence, string) {
	var only *ir.Property
	for _, p := range c.sel.item.Props {
		if p.Type != nil && p.Type.Kind == ir.KindString && p.Type.Format == "uuid" {
			if only != nil {
				return nil, 0, ""
			}
			only = p
		}
	}
	if only == nil || refersElsewhere(words.Split(only.Name), c.nouns()) {
		return nil, 0, ""
	}
	return only, 0.6, "the only uuid of the record"
}

// gone reports whether the document says that a property is on its way out.
func gone(p *ir.Property) bool {
	return p.Type != nil && saysAny(plain(p.Type.Description), goneProse...)
}
