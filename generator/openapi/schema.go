package openapi

import (
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// kinds is a set of JSON types.
type kinds uint8

const (
	kString kinds = 1 << iota
	kInteger
	kNumber
	kBoolean
	kObject
	kArray
	kNull

	kAll    = kString | kInteger | kNumber | kBoolean | kObject | kArray | kNull
	kScalar = kString | kInteger | kNumber | kBoolean
)

// A rawSchema is one schema object as written, after repair: every keyword has
// the type it must have. References and combinators are not yet followed.
type rawSchema struct {
	id    int
	node  *tree.Node
	ref   *tree.Node // the $ref value
	types kinds      // 0: not stated

	format, title, description, pattern string
	nullable, readOnly, writeOnly       bool
	props                               []rawProp
	required                            []string
	items                               *tree.Node // array elements
	tuple                               bool       // items differ by position
	additional                          *tree.Node // the schema of other properties
	open                                bool       // other properties are said to be allowed
	allOf, anyOf, oneOf                 []*tree.Node
	allOfFirst                          bool // allOf stands before properties

	enum                []any
	hasEnum, hasConst   bool
	enumNames           []string
	konst, deflt, examp any

	min, max               *float64
	exMin, exMax           bool
	minLen, maxLen         *int
	minItems, maxItems     *int
	unique                 bool
	discriminator          string
	ext                    map[string]any
	structural, annotation bool // has keywords beside $ref and combinators
}

type rawProp struct {
	name string
	node *tree.Node
	key  int // index in its mapping, for the position
	of   *tree.Node
}

func (r *reader) nextID() int {
	r.ids++
	return r.ids
}

// schema reads the schema at n, once.
func (r *reader) schema(n *tree.Node) *rawSchema {
	if s, ok := r.schemas[n]; ok {
		return s
	}
	s := &rawSchema{id: r.nextID(), node: n}
	r.schemas[n] = s
	switch {
	case n.Is(tree.Map):
		r.readSchema(s)
	case n.Is(tree.Bool), n == nil:
	default:
		r.warn(codeBadSchema, n.EntryPos(), "a schema is a mapping, not a %s; anything is accepted in its place", n.Kind())
	}
	return s
}

func (r *reader) readSchema(s *rawSchema) {
	n := s.node
	for i := range n.Len() {
		key, v := n.Key(i), n.At(i)
		switch {
		case key == "$ref":
			r.readRef(s, v)
		case strings.HasPrefix(key, "x-"):
			r.readExtension(s, key, v)
		case r.readCombinator(s, key, v), r.readAnnotation(s, key, v):
		default:
			if r.readShape(s, key, v) || r.readBound(s, key, v) {
				s.structural = true
			}
		}
	}
	if s.ref == nil {
		r.inferType(s)
	}
	if s.ref != nil && (s.structural || s.annotation) && !r.modern {
		r.warn(codeRefSibling, n.EntryPos(), "keys beside $ref are kept as overrides")
	}
}

func (r *reader) readRef(s *rawSchema, v *tree.Node) {
	if v.Is(tree.String) {
		s.ref = v
		return
	}
	r.dropped(v, "text")
}

func (r *reader) readExtension(s *rawSchema, key string, v *tree.Node) {
	switch key {
	case "x-nullable":
		s.nullable = s.nullable || v.True()
		s.annotation = true
	case "x-enum-varnames", "x-enumNames", "x-enum-names":
		if v.Is(tree.List) {
			s.enumNames = r.texts(v)
		}
	}
	if strings.HasPrefix(key, "x-dltgen-") {
		s.annotation = true
	}
	if s.ext == nil {
		s.ext = map[string]any{}
	}
	s.ext[key] = v.Value()
}

func (r *reader) readCombinator(s *rawSchema, key string, v *tree.Node) bool {
	switch key {
	case "allOf":
		s.allOf = r.members(v)
		s.allOfFirst = len(s.props) == 0
	case "anyOf":
		s.anyOf = r.members(v)
	case "oneOf":
		s.oneOf = r.members(v)
	case "not", "if", "then", "else", "dependentSchemas", "unevaluatedProperties":
		if v.Is(tree.Map) {
			r.diags.Notef(codeIgnored, v.EntryPos(), "%s is not looked at", key).WithGroup(codeIgnored + key)
		}
	default:
		return false
	}
	return true
}

// members of a combinator; one schema without the list is read as a list of one.
func (r *reader) members(v *tree.Node) []*tree.Node {
	if v.Is(tree.Map) {
		r.warn(codeDropped, v.EntryPos(), "%q is a mapping where a list is wanted; read as a list of one", v.Name())
		return []*tree.Node{v}
	}
	return r.list(v)
}

func (r *reader) readAnnotation(s *rawSchema, key string, v *tree.Node) bool {
	switch key {
	case "title":
		s.title = v.Text()
	case "description":
		s.description = v.Str()
	case "default":
		s.deflt = v.Value()
	case "example":
		s.examp = v.Value()
	case "examples":
		if s.examp == nil && v.Is(tree.List) && v.Len() > 0 {
			s.examp = v.At(0).Value()
		}
	case "nullable":
		s.nullable = s.nullable || r.boolean(v)
	case "readOnly":
		s.readOnly = r.boolean(v)
	case "writeOnly":
		s.writeOnly = r.boolean(v)
	case "deprecated", "externalDocs", "xml", "$schema", "$id", "$anchor", "$comment", "$defs", "definitions":
		return true
	default:
		return false
	}
	s.annotation = true
	return true
}

// boolean reads a flag; "true" in quotes is one too, with a warning.
func (r *reader) boolean(v *tree.Node) bool {
	if v.Is(tree.Bool) || v.Kind() == tree.Null {
		return v.True()
	}
	if v.Is(tree.String) && (strings.EqualFold(v.Str(), "true") || strings.EqualFold(v.Str(), "false")) {
		r.warn(codeDropped, v.EntryPos(), "%s is text where true or false is wanted; read as such", quoteName(v))
		return strings.EqualFold(v.Str(), "true")
	}
	r.dropped(v, "true or false")
	return false
}

// readShape reads what says which values there are.
func (r *reader) readShape(s *rawSchema, key string, v *tree.Node) bool {
	switch key {
	case "type":
		r.readType(s, v)
	case "format":
		s.format = r.str(v)
	case "properties":
		r.readProperties(s, v)
	case "required":
		r.readRequired(s, v)
	case "items":
		r.readItems(s, v)
	case "prefixItems":
		s.tuple = v.Is(tree.List)
	case "additionalProperties", "unevaluatedProperties":
		s.open = s.open || v.Is(tree.Map) || v.True()
		if v.Is(tree.Map) && v.Len() > 0 {
			s.additional = v
		} else if !v.Is(tree.Map) && !v.Is(tree.Bool) {
			r.dropped(v, "a schema")
		}
	case "patternProperties":
		if v.Is(tree.Map) && v.Len() == 1 && s.additional == nil {
			s.additional = v.At(0)
		}
	case "enum":
		r.readEnum(s, v)
	case "const":
		s.konst, s.hasConst = v.Value(), true
		if s.konst == nil {
			s.nullable = true
		}
	case "discriminator":
		s.discriminator = v.Str()
		if v.Is(tree.Map) {
			s.discriminator = v.Get("propertyName").Str()
		}
	default:
		return false
	}
	return true
}

func (r *reader) str(v *tree.Node) string {
	if v.Kind() != tree.Null && !v.Is(tree.String) {
		r.dropped(v, "text")
	}
	return v.Str()
}

// readRequired reads the list of names; the flag of older drafts says nothing
// about this schema.
func (r *reader) readRequired(s *rawSchema, v *tree.Node) {
	if v.Is(tree.Bool) {
		r.warn(codeDropped, v.EntryPos(), "\"required\" is a flag where a list of property names is wanted; ignored")
		return
	}
	s.required = r.texts(v)
}

func (r *reader) readProperties(s *rawSchema, v *tree.Node) {
	if r.mapping(v, "the properties") == nil {
		return
	}
	s.props = make([]rawProp, 0, v.Len())
	for i := range v.Len() {
		s.props = append(s.props, rawProp{name: v.Key(i), node: v.At(i), key: i, of: v})
	}
}

func (r *reader) readItems(s *rawSchema, v *tree.Node) {
	switch {
	case v.Is(tree.Map), v.Is(tree.Bool):
		s.items = v
	case v.Is(tree.List) && v.Len() == 1:
		r.warn(codeDropped, v.EntryPos(), "\"items\" is a list of one schema; read as that schema")
		s.items = v.At(0)
	case v.Is(tree.List):
		s.tuple = true
	default:
		r.dropped(v, "a schema")
	}
}

func (r *reader) readEnum(s *rawSchema, v *tree.Node) {
	if !v.Is(tree.List) {
		r.dropped(v, "a list")
		return
	}
	s.hasEnum = true
	for _, item := range v.Items() {
		if item.Kind() == tree.Null {
			s.nullable = true
			continue
		}
		s.enum = append(s.enum, item.Value())
	}
}

// typeWords maps types that do not exist to type and format.
var typeWords = map[string]struct {
	kind   kinds
	format string
}{
	"string": {kString, ""}, "integer": {kInteger, ""}, "number": {kNumber, ""}, "boolean": {kBoolean, ""},
	"object": {kObject, ""}, "array": {kArray, ""}, "null": {kNull, ""},
}

var wrongTypeWords = map[string]struct {
	kind   kinds
	format string
}{
	"str": {kString, ""}, "text": {kString, ""}, "char": {kString, ""}, "varchar": {kString, ""}, "enum": {kString, ""},
	"date": {kString, "date"}, "datetime": {kString, "date-time"}, "date-time": {kString, "date-time"},
	"timestamp": {kString, "date-time"}, "time": {kString, "time"}, "uuid": {kString, "uuid"}, "guid": {kString, "uuid"},
	"uri": {kString, "uri"}, "url": {kString, "uri"}, "email": {kString, "email"},
	"file": {kString, "binary"}, "binary": {kString, "binary"}, "byte": {kString, "byte"}, "bytes": {kString, "byte"},
	"int": {kInteger, ""}, "int32": {kInteger, "int32"}, "int64": {kInteger, "int64"}, "long": {kInteger, "int64"},
	"short": {kInteger, "int32"}, "bigint": {kInteger, "int64"},
	"float": {kNumber, "float"}, "double": {kNumber, "double"}, "decimal": {kNumber, "decimal"},
	"numeric": {kNumber, ""}, "currency": {kNumber, "decimal"}, "money": {kNumber, "decimal"},
	"bool": {kBoolean, ""}, "dict": {kObject, ""}, "map": {kObject, ""}, "hash": {kObject, ""}, "json": {kObject, ""},
	"list": {kArray, ""}, "set": {kArray, ""}, "none": {kNull, ""}, "nil": {kNull, ""}, "any": {0, ""}, "mixed": {0, ""},
}

func (r *reader) readType(s *rawSchema, v *tree.Node) {
	switch {
	case v.Is(tree.String):
		r.readTypeWord(s, v)
	case v.Is(tree.List):
		for _, word := range v.Items() {
			if word.Kind() == tree.Null {
				s.types |= kNull
			} else {
				r.readTypeWord(s, word)
			}
		}
	case v.Kind() == tree.Null && v != nil:
		s.types |= kNull // type: null without quotes
	default:
		r.dropped(v, "text")
	}
}

func (r *reader) readTypeWord(s *rawSchema, v *tree.Node) {
	if t, ok := typeWords[v.Str()]; ok {
		s.types |= t.kind
		return
	}
	word := strings.ToLower(v.Str())
	t, ok := typeWords[word]
	if !ok {
		t, ok = wrongTypeWords[word]
	}
	if !ok {
		r.warn(codeTypeWord, v.Pos(), "there is no type %q; ignored", v.Text())
		return
	}
	if word == "file" && r.swagger {
		s.types, s.format = kString, "binary"
		return
	}
	s.types |= t.kind
	if s.format == "" {
		s.format = t.format
	}
	r.warn(codeTypeWord, v.Pos(), "there is no type %q; read as %s", v.Str(), kindWord(t.kind))
}

func kindWord(k kinds) string {
	for word, t := range typeWords {
		if t.kind == k {
			return word
		}
	}
	return "anything"
}

// readBound reads what narrows the values.
func (r *reader) readBound(s *rawSchema, key string, v *tree.Node) bool {
	switch key {
	case "minimum":
		r.tighten(&s.min, r.number(v), false)
	case "maximum":
		r.tighten(&s.max, r.number(v), true)
	case "exclusiveMinimum":
		if v.Is(tree.Number) { // a number from 3.1 on, a flag before
			s.min, s.exMin = r.number(v), true
		} else {
			s.exMin = r.boolean(v)
		}
	case "exclusiveMaximum":
		if v.Is(tree.Number) {
			s.max, s.exMax = r.number(v), true
		} else {
			s.exMax = r.boolean(v)
		}
	case "minLength":
		s.minLen = r.count(v)
	case "maxLength":
		s.maxLen = r.count(v)
	case "minItems":
		s.minItems = r.count(v)
	case "maxItems":
		s.maxItems = r.count(v)
	case "uniqueItems":
		s.unique = r.boolean(v)
	case "pattern":
		s.pattern = r.str(v)
	default:
		return false
	}
	return true
}

// tighten keeps the narrower of two bounds.
func (r *reader) tighten(have **float64, v *float64, upper bool) {
	if v != nil && (*have == nil || upper == (*v < **have)) {
		*have = v
	}
}

// number reads a bound; digits in quotes are one too, with a warning.
func (r *reader) number(v *tree.Node) *float64 {
	f, err := strconv.ParseFloat(v.Text(), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || !v.Is(tree.Number) && !v.Is(tree.String) {
		if v.Kind() != tree.Null {
			r.dropped(v, "a number")
		}
		return nil
	}
	if v.Is(tree.String) {
		r.warn(codeDropped, v.EntryPos(), "%s is text where a number is wanted; read as such", quoteName(v))
	}
	return &f
}

func (r *reader) count(v *tree.Node) *int {
	f := r.number(v)
	if f == nil {
		return nil
	}
	if *f < 0 || *f > math.MaxInt32 && *f != math.Trunc(*f) {
		r.dropped(v, "a count")
		return nil
	}
	n := int(min(*f, math.MaxInt32))
	return &n
}

// inferType fills in a type that the other keywords imply.
func (r *reader) inferType(s *rawSchema) {
	if s.types != 0 {
		return
	}
	switch {
	case len(s.props) > 0:
		s.types = kObject
	case s.items != nil || s.tuple:
		s.types = kArray
	case s.hasEnum:
		s.types = kindsOf(s.enum)
		return
	case s.hasConst && s.konst != nil:
		s.types = kindsOf([]any{s.konst})
		return
	case s.additional != nil:
		s.types = kObject
	case len(s.allOf)+len(s.anyOf)+len(s.oneOf) > 0:
		return
	case s.pattern != "" || s.minLen != nil || s.maxLen != nil || stringFormat(s.format):
		s.types = kString
	case s.min != nil || s.max != nil:
		s.types = kNumber
	default:
		return
	}
	r.warn(codeNoType, s.node.EntryPos(), "no type; read as %s", kindWord(s.types))
}

func stringFormat(format string) bool {
	switch format {
	case "date-time", "date", "time", "uuid", "email", "uri", "url", "hostname", "ipv4", "ipv6", "byte", "binary", "password":
		return true
	}
	return false
}

func kindsOf(values []any) kinds {
	var k kinds
	for _, v := range values {
		switch v.(type) {
		case string:
			k |= kString
		case bool:
			k |= kBoolean
		case int64:
			k |= kInteger
		case float64:
			k |= kNumber
		case []any:
			k |= kArray
		case map[string]any:
			k |= kObject
		}
	}
	return k
}

// follow goes through schemas that are a reference and nothing else. The result
// is nil if a reference leads nowhere or in a circle.
func (r *reader) follow(n *tree.Node) *rawSchema {
	var passed []*rawSchema
	for {
		s := r.schema(n)
		if s.ref == nil || s.structural || s.annotation || len(s.allOf)+len(s.anyOf)+len(s.oneOf) > 0 {
			return s
		}
		if slices.Contains(passed, s) || len(passed) >= r.maxRefs() {
			r.warn(codeRefChain, n.Pos(), "references go in a circle; anything is accepted in their place")
			return nil
		}
		passed = append(passed, s)
		if n = r.schemaTarget(s.ref); n == nil {
			return nil
		}
	}
}

// schemaTarget is the target of a reference to a schema. One in another file
// gets the name that the reference has for it.
func (r *reader) schemaTarget(ref *tree.Node) *tree.Node {
	t := r.target(ref)
	if t == nil || t.Root() == r.root {
		return t
	}
	if _, ok := r.names[t]; !ok {
		file, pointer, _ := strings.Cut(ref.Str(), "#")
		name := path.Base(pointer)
		if pointer == "" || pointer == "/" {
			name = strings.TrimSuffix(path.Base(file), path.Ext(file))
		}
		r.names[t] = name
	}
	return t
}

func (r *reader) maxRefs() int {
	if r.opt.MaxRefs > 0 {
		return r.opt.MaxRefs
	}
	return defaultMaxRefs
}
