package connectoryaml

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Read parses and checks a connector.yaml. The error is [Problems], every
// fault of the file with its place.
func Read(data []byte) (*File, *Node, error) {
	root, err := Parse(data)
	if err != nil {
		return nil, nil, asProblems(err)
	}
	f, err := Decode(root)
	if err != nil {
		return nil, nil, err
	}
	return f, root, nil
}

func asProblems(err error) error {
	if all, ok := errors.AsType[Problems](err); ok {
		return all
	}
	if one, ok := errors.AsType[*Problem](err); ok {
		return Problems{one}
	}
	return Problems{{Message: err.Error()}}
}

// Decode fills a File from a tree. The error is [Problems].
func Decode(root *Node) (*File, error) {
	f := &File{}
	d := &decoder{}
	d.value(root, reflect.ValueOf(f).Elem(), "", rule{})
	if len(d.problems) == 0 {
		d.names(f, root)
	}
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	return f, nil
}

type decoder struct{ problems Problems }

func (d *decoder) fail(at Pos, path, hint, format string, args ...any) {
	d.problems = append(d.problems, &Problem{
		Pos: at, Path: strings.TrimPrefix(path, "."), Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// names refuses resources that share a name.
func (d *decoder) names(f *File, root *Node) {
	first := map[string]int{}
	for i, r := range f.Resources {
		path := fmt.Sprintf("resources[%d].name", i)
		at := root.Get("resources").Items[i].Get("name").Pos
		if j, dup := first[r.Name]; dup {
			d.fail(at, path, "", "%q is the name of resources[%d] too", r.Name, j)
		}
		first[r.Name] = i
	}
}

// dict is implemented by every *Dict.
type dict interface {
	elem() reflect.Type
	add(key string, v reflect.Value)
	each(func(key string, v reflect.Value))
}

func (d *Dict[T]) elem() reflect.Type { return reflect.TypeFor[T]() }

func (d *Dict[T]) add(key string, v reflect.Value) {
	*d = append(*d, Pair[T]{key, v.Interface().(T)})
}

func (d *Dict[T]) each(f func(string, reflect.Value)) {
	for i := range *d {
		f((*d)[i].Key, reflect.ValueOf(&(*d)[i].Value).Elem())
	}
}

var nodeType = reflect.TypeFor[*Node]()

func (d *decoder) value(n *Node, v reflect.Value, path string, r rule) {
	if v.Type() == nodeType {
		v.Set(reflect.ValueOf(n))
		return
	}
	if m, ok := reflect.TypeAssert[dict](v.Addr()); ok {
		d.dict(n, m, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path, r)
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Slice:
		d.list(n, v, path, r)
	default:
		d.scalar(n, v, path, r)
	}
}

func (d *decoder) dict(n *Node, m dict, path string) {
	if n.Kind != Map {
		d.fail(n.Pos, path, "", "must be a map, is %s", n.Kind)
		return
	}
	for _, e := range n.Entries {
		v := reflect.New(m.elem()).Elem()
		d.value(e.Value, v, path+"."+e.Key, rule{})
		m.add(e.Key, v)
	}
}

func (d *decoder) list(n *Node, v reflect.Value, path string, r rule) {
	if n.Kind != List {
		d.fail(n.Pos, path, "Write a list: [a, b]", "must be a list, is %s", n.Kind)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		d.value(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i), r)
	}
	v.Set(out)
}

// words are the structs that a single word may stand for, with the field that takes it.
var words = map[reflect.Type]string{
	reflect.TypeFor[Contract](): "Mode",
	reflect.TypeFor[Paginate](): "Type",
}

func (d *decoder) structure(n *Node, v reflect.Value, path string) {
	t := v.Type()
	if name, ok := words[t]; ok && n.Kind == String {
		f, _ := t.FieldByName(name)
		d.value(n, v.FieldByName(name), path, ruleOf(f))
		return
	}
	if n.Kind != Map {
		d.fail(n.Pos, path, "", "must be a map, is %s", n.Kind)
		return
	}
	if at := v.FieldByName("At"); at.IsValid() {
		at.Set(reflect.ValueOf(n.Pos))
	}
	fields := fieldsOf(t)
	for _, e := range n.Entries {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == e.Key })
		if i < 0 {
			d.unknown(e, fields, path)
			continue
		}
		if e.Value.Kind == Null {
			continue // "key:" with nothing behind it is as good as absent
		}
		d.value(e.Value, v.Field(fields[i].index), path+"."+e.Key, fields[i].rule)
	}
	for _, f := range fields {
		if f.rule.required && (n.Get(f.key) == nil || n.Get(f.key).Kind == Null) {
			d.fail(n.Pos, path, "", "%q is missing", f.key)
		}
	}
}

func (d *decoder) unknown(e Entry, fields []field, path string) {
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.key
	}
	hint := "Known keys: " + strings.Join(known, ", ")
	if near := Nearest(e.Key, known); near != "" {
		hint = fmt.Sprintf("Did you mean %q?", near)
	}
	d.fail(e.Pos, path, hint, "unknown key %q", e.Key)
}

func (d *decoder) scalar(n *Node, v reflect.Value, path string, r rule) {
	if n.Kind == Map || n.Kind == List {
		d.fail(n.Pos, path, "", "must be %s, is %s", kindOf(v), n.Kind)
		return
	}
	switch v.Kind() {
	case reflect.String:
		// A number or a word like true is text where text is wanted.
		v.SetString(n.Text)
		d.text(n, path, r)
	case reflect.Bool:
		if n.Kind != Bool {
			d.fail(n.Pos, path, "", "must be true or false, is %s", describe(n))
			return
		}
		v.SetBool(n.Text == "true")
	case reflect.Int:
		i, err := strconv.Atoi(n.Text)
		if n.Kind != Number || err != nil {
			d.fail(n.Pos, path, "", "must be a whole number, is %s", describe(n))
			return
		}
		v.SetInt(int64(i))
		d.number(n, float64(i), path, r)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Text, 64)
		if n.Kind != Number || err != nil {
			d.fail(n.Pos, path, "", "must be a number, is %s", describe(n))
			return
		}
		v.SetFloat(f)
		d.number(n, f, path, r)
	default:
		d.fail(n.Pos, path, "", "cannot be read")
	}
}

func (d *decoder) text(n *Node, path string, r rule) {
	switch {
	case len(r.enum) > 0 && !slices.Contains(r.enum, n.Text):
		hint := "One of: " + strings.Join(r.enum, ", ")
		if near := Nearest(n.Text, r.enum); near != "" {
			hint = fmt.Sprintf("Did you mean %q?", near)
		}
		d.fail(n.Pos, path, hint, "%q is not known here", n.Text)
	case r.pattern != nil && !r.pattern.MatchString(n.Text):
		d.fail(n.Pos, path, "", "%q does not match %s", n.Text, r.pattern)
	}
}

func (d *decoder) number(n *Node, f float64, path string, r rule) {
	switch {
	case len(r.enum) > 0 && !slices.Contains(r.enum, n.Text):
		d.fail(n.Pos, path, "One of: "+strings.Join(r.enum, ", "), "%s is not known here", n.Text)
	case r.minimum != nil && f < *r.minimum:
		d.fail(n.Pos, path, "", "%s is less than %v", n.Text, *r.minimum)
	case r.maximum != nil && f > *r.maximum:
		d.fail(n.Pos, path, "", "%s is more than %v", n.Text, *r.maximum)
	}
}

func kindOf(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Float64:
		return "a number"
	default:
		return "text"
	}
}

func describe(n *Node) string {
	if n.Kind == String {
		return strconv.Quote(n.Text)
	}
	return n.Text
}

// A rule is what a jsonschema tag says of a value: one tag serves the reader
// and the schema for editors.
type rule struct {
	required         bool
	enum             []string
	pattern          *regexp.Regexp
	minimum, maximum *float64
}

type field struct {
	key   string
	index int
	rule  rule
}

// fieldCache holds the fields of each struct: a file has hundreds of resources.
var fieldCache sync.Map

func fieldsOf(t reflect.Type) []field {
	if known, ok := fieldCache.Load(t); ok {
		return known.([]field)
	}
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		if key == "" || key == "-" {
			continue
		}
		out = append(out, field{key, i, ruleOf(f)})
	}
	fieldCache.Store(t, out)
	return out
}

func ruleOf(f reflect.StructField) rule {
	var r rule
	for part := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "required":
			r.required = true
		case "enum":
			r.enum = append(r.enum, value)
		case "pattern":
			r.pattern = regexp.MustCompile(value)
		case "minimum":
			r.minimum = number(value)
		case "maximum":
			r.maximum = number(value)
		}
	}
	return r
}

func number(s string) *float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &f
}

// Nearest returns the word of known that s is most likely meant to be, or ""
// if none is near.
func Nearest(s string, known []string) string {
	best, bestDistance := "", max(1, len(s)/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(s), k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance counts the edits between two words; swapping neighbours is one.
func distance(a, b string) int {
	if max(len(a), len(b)) > 64 {
		return 1 << 20
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
