package infer

import (
	"strings"

	"github.com/dltgen/dltgen/generator/infer/words"
	"github.com/dltgen/dltgen/generator/ir"
)

// A mapping says which property of a list's records fills a parameter (G44).
type mapping struct {
	// props lead from the record to the value: one, or two for owner.login.
	props []*ir.Property
	// byKey is set when only the record's key fits, not a name.
	byKey bool
	conf  ir.Confidence
	how   string
}

// path is the property path as connector.yaml has it.
func (m mapping) path() string {
	names := make([]string, len(m.props))
	for i, p := range m.props {
		names[i] = p.Name
	}
	return joinPath(names)
}

// mapParam finds the property of l's records that a parameter names: the same
// name, in any case style, without the noun (linodeId → id), the record's key,
// in a part of the record (owner → owner.login).
func mapParam(p *ir.Param, l *candidate) (mapping, bool) {
	if l.sel.item == nil {
		return mapping{}, false
	}
	for _, name := range alternativeNames(p.Name) {
		if m, ok := mapName(name, p.Type, l); ok {
			return m, true
		}
	}
	return mapByProse(p, l)
}

// mapByProse takes a parameter of records without an id that is said to be their
// name, key or the like: "tag_id: the name of the tag".
func mapByProse(p *ir.Param, l *candidate) (mapping, bool) {
	if property(l.sel.item, "id") != nil || !keyLike(p.Name) {
		return mapping{}, false
	}
	said := words.Split(prose(p))
	for _, n := range textKeys {
		if prop := property(l.sel.item, n); prop != nil && isText(prop.Type) && words.Contains(said, n) {
			return mapping{props: []*ir.Property{prop}, conf: fair, how: "its description says so"}, true
		}
	}
	return mapping{}, false
}

// alternativeNames takes "issueIdOrKey" as issue_id and issue_key.
func alternativeNames(name string) []string {
	w := words.Split(name)
	for i := 1; i < len(w)-1; i++ {
		if w[i] != "or" {
			continue
		}
		first, second := w[:i], w[i+1:]
		out := []string{strings.Join(first, "_")}
		if len(second) == 1 && len(first) > 1 {
			second = append(append([]string(nil), first[:len(first)-1]...), second...)
		}
		return append(out, strings.Join(second, "_"))
	}
	return []string{name}
}

func mapName(name string, t *ir.Type, l *candidate) (mapping, bool) {
	item := l.sel.item
	if p := property(item, name); p != nil && fits(t, p.Type) {
		conf := sure
		if p.Name != name {
			conf = 0.9
		}
		return mapping{props: []*ir.Property{p}, conf: conf, how: "same name"}, true
	}
	w := words.Split(name)
	if len(w) == 0 {
		return mapping{}, false
	}
	if m, ok := mapWithoutNoun(w, t, l); ok {
		return m, true
	}
	if m, ok := mapPart(w, t, l); ok {
		return m, true
	}
	return mapBare(w, t, l)
}

// mapWithoutNoun takes project_gid as the gid of a project: the longest tail
// that is a property, if what is cut off is the noun of the list, else a lone
// key word.
func mapWithoutNoun(w []string, t *ir.Type, l *candidate) (mapping, bool) {
	nouns := l.nouns()
	for i := 1; i < len(w); i++ {
		p := property(l.sel.item, strings.Join(w[i:], "_"))
		if p == nil || !fits(t, p.Type) {
			continue
		}
		isNoun := false
		for _, n := range nouns {
			isNoun = isNoun || sameWords(w[:i], n) || sameWords(w[:i], n[len(n)-1:]) || abbreviates(w[:i], n) || sameWords(w, n)
		}
		switch {
		case isNoun:
			return mapping{props: []*ir.Property{p}, conf: sure, how: "the noun stripped"}, true
		case len(w)-i == 1 && keyWords.has(w[i]):
			return mapping{props: []*ir.Property{p}, conf: 0.85, how: "the noun stripped"}, true
		}
	}
	return mapping{}, false
}

// maxAbbreviation is the length of the longest word that is read as short for
// another: config, of configuration.
const maxAbbreviation = 6

// abbreviates reports whether a short word begins the noun: repo, repository.
func abbreviates(w, noun []string) bool {
	a, b := strings.Join(words.SingularName(w), ""), strings.Join(noun, "")
	return len(a) >= 3 && len(a) <= maxAbbreviation && len(a) < len(b) && strings.HasPrefix(b, a)
}

// mapPart looks in a part of the record: owner → owner.login; the saved track's
// track.id; the metadata that some records keep their names in.
func mapPart(w []string, t *ir.Type, l *candidate) (mapping, bool) {
	item := l.sel.item
	try := func(part *ir.Property, names ...string) (mapping, bool) {
		if part == nil || part.Type == nil || part.Type.Kind != ir.KindObject {
			return mapping{}, false
		}
		for _, n := range names {
			if p := property(part.Type, n); p != nil && strictFits(t, p.Type) {
				return mapping{props: []*ir.Property{part, p}, conf: fair, how: "a part of the record"}, true
			}
		}
		return mapping{}, false
	}
	full := strings.Join(w, "_")
	if m, ok := try(property(item, full), append([]string{"id"}, textKeys...)...); ok {
		return m, true
	}
	if len(w) > 1 {
		if m, ok := try(property(item, strings.Join(w[:len(w)-1], "_")), w[len(w)-1]); ok {
			return m, true
		}
	}
	for _, n := range l.nouns() {
		if sameWords(w, n) { // the record is what is asked for: its name
			return try(property(item, "metadata"), "name")
		}
		if len(w) == 1 && idWords.has(w[0]) {
			if m, ok := try(property(item, strings.Join(n, "_")), w[0]); ok {
				return m, true
			}
		}
	}
	return try(property(item, "metadata"), full)
}

// mapBare takes a parameter that names only the noun ({domain}, {org}), or a
// key word the record does not have: the record's key if the types agree, else
// the name it is spoken of by.
func mapBare(w []string, t *ir.Type, l *candidate) (mapping, bool) {
	item := l.sel.item
	if !idWords.has(w[len(w)-1]) && isText(t) {
		if id := property(item, "id"); id == nil || numeric(id.Type) {
			for _, n := range textKeys {
				if p := property(item, n); p != nil && isText(p.Type) {
					return mapping{props: []*ir.Property{p}, conf: fair, how: "the text it is called by"}, true
				}
			}
		}
	}
	if l.res == nil || len(l.res.PrimaryKey.Value) != 1 {
		if id := property(item, "id"); id != nil && strictFits(t, id.Type) {
			return mapping{props: []*ir.Property{id}, byKey: true, conf: fair, how: "the record's id"}, true
		}
		return mapping{}, false
	}
	p := property(item, l.res.PrimaryKey.Value[0])
	if p == nil || !fits(t, p.Type) {
		return mapping{}, false
	}
	conf := fair
	if strictFits(t, p.Type) && len(l.nouns()) > 0 && sameWords(w, l.nouns()[0]) {
		conf = 0.85
	}
	return mapping{props: []*ir.Property{p}, byKey: true, conf: conf, how: "the record's key"}, true
}

// fits reports whether a property's values can be sent as a parameter. A text
// parameter takes numbers too: documents seldom tell them apart in a path.
func fits(param, prop *ir.Type) bool {
	if !scalar(prop) || prop.Kind == ir.KindBoolean {
		return false
	}
	if param == nil || !scalar(param) || isText(param) {
		return true
	}
	return numeric(prop) || isText(prop) && param.Format == "int64"
}

// strictFits is fits for parameters whose name does not say what they are.
func strictFits(param, prop *ir.Type) bool {
	if param == nil || !scalar(param) {
		return keyable(prop)
	}
	return keyable(prop) && numeric(param) == numeric(prop)
}
