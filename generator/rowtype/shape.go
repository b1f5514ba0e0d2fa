package rowtype

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A shaper decides the fields of one resource's rows.
type shaper struct {
	*builder
	r       *ir.Resource
	nesting int
	fields  int // made so far
}

// A spot is where in a row a property stands.
type spot struct {
	path  string // of property names from the root, for overrides
	level int    // N18: what is nested at level 0 or below is JSON
	row   int    // the level at which the row began
	stack []*ir.Type
}

// in is the spot of the fields of object t, which stands at s.
func (s spot) in(t *ir.Type) spot {
	return spot{s.path, s.level - 1, s.row, append(slices.Clip(s.stack), t)}
}

// rows is the spot of the fields of a nested table's rows, whose elements are t.
func (s spot) rows(t *ir.Type) spot {
	return spot{s.path, s.row - 1, s.row - 1, append(slices.Clip(s.stack), t)}
}

// root is the row type of the resource. Records that are no objects become the
// one field value (N2).
func (sh *shaper) root(res *Resource) *Struct {
	t := canon(sh.r.Item)
	at := spot{level: sh.nesting, row: sh.nesting}
	s := &Struct{Type: t}
	switch {
	case t == nil:
	case t.Kind == ir.KindObject:
		s = sh.object(t, spot{level: at.level, row: at.row, stack: []*ir.Type{t}}, MaxColumns)
		if len(res.Binds) > 0 {
			s = s.clone()
		}
	case t.Kind == ir.KindMap, t.Kind == ir.KindAny, t.Kind == ir.KindNull:
		// nothing is known: all keys go to the contract
	default:
		s.Doc = t.Description
		s.Wrapped = true
		budget := MaxColumns
		if f := sh.field(&ir.Property{Name: "value", Type: t, Required: true}, at, &budget); f != nil {
			s.Fields = append(s.Fields, f)
		}
	}
	s = sh.stated(s)
	for i := range res.Binds {
		if f := res.Binds[i].Field; f != nil {
			s.Fields = append(s.Fields, f)
		}
	}
	s = sh.intern(s)
	for i := range res.Binds { // the interned row's own fields
		if f := res.Binds[i].Field; f != nil {
			res.Binds[i].Field = s.bound(f.Column)
		}
	}
	return s
}

// stated adds the fields that the description leaves open and columns gives a
// type, in the order of their names.
func (sh *shaper) stated(s *Struct) *Struct {
	if s.Wrapped {
		return s
	}
	own := false
	for _, name := range slices.Sorted(maps.Keys(sh.r.Columns)) {
		over := sh.r.Columns[name]
		v, ok := valueOfType(over.Type)
		if !ok || over.As == "skip" || strings.HasPrefix(sh.conv.Key(name), schema.SystemPrefix) || sh.declares(s.Type, name) || s.find(name) != nil {
			continue
		}
		if !own && len(s.Fields) > 0 {
			s = s.clone()
		}
		own = true
		f := &Field{Key: name, Null: true, ir: &ir.Type{Kind: ir.KindAny, Pos: posOf(sh.r)}}
		if over.Required == "trust" {
			f.Null, f.Trusted = false, true
		}
		sh.scalar(f, v, over)
		s.Fields = append(s.Fields, f)
	}
	return s
}

// declares reports whether t has the property that an entry of columns is for,
// by its own name or its column's. Entries for something deeper are not for new
// fields.
func (sh *shaper) declares(t *ir.Type, name string) bool {
	if strings.Contains(name, ".") {
		return true
	}
	return t != nil && slices.ContainsFunc(t.Props, func(p *ir.Property) bool { return p.Name == name || sh.conv.Key(p.Name) == name })
}

// canon is the component of a type that a place has added something to: what is
// written once per component goes by it.
func canon(t *ir.Type) *ir.Type {
	for t != nil && t.Base != nil {
		t = t.Base
	}
	return t
}

// clone is a struct with fields of its own, to which others may be added.
func (s *Struct) clone() *Struct {
	out := &Struct{Type: s.Type, Doc: s.Doc}
	for _, f := range s.Fields {
		own := *f
		own.Rules = slices.Clone(f.Rules)
		own.ItemRules = slices.Clone(f.ItemRules)
		out.Fields = append(out.Fields, &own)
	}
	return out
}

// object is the struct of t, whose fields stand at the spot. budget is how many
// columns the row may still get.
func (sh *shaper) object(t *ir.Type, at spot, budget int) *Struct {
	s := &Struct{Type: t, Doc: t.Description}
	for _, p := range t.Props {
		if p.Type != nil && !p.WriteOnly && isScalar(p.Type.Kind) {
			budget--
		}
	}
	for _, p := range t.Props {
		if p.WriteOnly || p.Type == nil {
			continue
		}
		if f := sh.field(p, at, &budget); f != nil {
			s.Fields = append(s.Fields, f)
		}
	}
	return sh.intern(s)
}

// isScalar is what object counts beforehand: objects give way to scalars.
func isScalar(k ir.Kind) bool { return k != ir.KindObject && k != ir.KindArray }

// field is what property p becomes at the spot, nil if there is none.
func (sh *shaper) field(p *ir.Property, at spot, budget *int) *Field {
	t := p.Type
	sh.fields++
	path := p.Name
	if at.path != "" {
		path = at.path + "." + p.Name
	}
	over := sh.override(path)
	if over.As == "skip" {
		return nil
	}
	if key := sh.conv.Key(p.Name); strings.HasPrefix(key, schema.SystemPrefix) && len(at.stack) <= 1 {
		sh.diags.Notef(codeGenerated, p.Pos, "resource %s: field %q has the name of a generated column: it is read without a Go field", sh.r.Name, path)
		return nil
	}
	at.path = path
	f := &Field{
		Key: p.Name, Doc: ownDoc(t), Required: p.Required, ir: t,
		Null: !p.Required || t.Nullable,
	}
	if over.Required == "trust" {
		f.Null, f.Trusted = false, true
	}
	if over.Type != "" {
		if v, ok := valueOfType(over.Type); ok {
			sh.scalar(f, v, over)
			return f
		}
		sh.diags.Warnf(codeOverride, p.Pos, "resource %s: column %s has the unknown type %q: it is left as detected", sh.r.Name, path, over.Type)
	}
	sh.shape(f, t, at, over, budget)
	return f
}

// ownDoc is what the description says of t at this place; a component's text is
// on its type.
func ownDoc(t *ir.Type) string {
	if t.Name != "" && canon(t).Description == t.Description {
		return ""
	}
	return t.Description
}

// override is the user's entry for the field, under its path of property names
// or of column names.
func (sh *shaper) override(path string) ir.ColumnOverride {
	if len(sh.r.Columns) == 0 {
		return ir.ColumnOverride{}
	}
	if o, ok := sh.r.Columns[path]; ok {
		return o
	}
	parts := strings.Split(path, ".")
	for i, p := range parts {
		parts[i] = sh.conv.Key(p)
	}
	return sh.r.Columns[strings.Join(parts, ".")]
}

// shape sets the field's kind and type by the kind of t.
func (sh *shaper) shape(f *Field, t *ir.Type, at spot, over ir.ColumnOverride, budget *int) {
	force := over.As == "columns" || over.As == "table"
	switch {
	case t.Kind == ir.KindNull:
		f.Kind = Absent
	case t.Kind == ir.KindObject && len(t.Props) > 0:
		sh.nested(f, t, at, over, budget)
	case t.Kind == ir.KindArray && t.Items != nil:
		sh.array(f, t, at, over)
	case isScalar(t.Kind) && t.Kind != ir.KindAny && t.Kind != ir.KindMap:
		sh.scalar(f, scalarOf(t), over)
	default:
		if force {
			sh.diags.Warnf(codeOverride, t.Pos, "resource %s: column %s has no fields to be %s of: it stays JSON", sh.r.Name, at.path, over.As)
		}
		sh.json(f, "")
		*budget--
	}
}

func (sh *shaper) scalar(f *Field, v Value, over ir.ColumnOverride) {
	f.Kind = Scalar
	f.Value = &v
	if v.Type == schema.JSON {
		return
	}
	t := f.ir
	if over.Enum == "open" {
		open := *t
		open.Enum = nil
		t = &open
	}
	if over.MaxLength > 0 {
		bounded := *t
		bounded.MaxLength = &over.MaxLength
		t = &bounded
	}
	f.Rules = rulesOf(t, v, sh.note(t))
	if v.Type == schema.Text && over.Enum != "open" {
		v.Enum = sh.enumOf(f.ir)
		f.Value = &v
	}
}

func (sh *shaper) note(t *ir.Type) noter {
	return func(format string, args ...any) {
		sh.diags.Notef(codePattern, t.Pos, "resource %s: "+format, append([]any{sh.r.Name}, args...)...)
	}
}

// json makes the field a JSON text. Without a reason it is one by its own type.
func (sh *shaper) json(f *Field, reason string) {
	f.Kind = Scalar
	f.Value = &jsonValue
	f.Reason = reason
	f.Rules, f.Struct = nil, nil
	if f.ir.Kind == ir.KindAny {
		f.Null = true
	}
	if reason != "" {
		sh.diags.Notef(codeJSON, f.ir.Pos, "resource %s: field %q is kept as JSON: %s", sh.r.Name, f.Key, reason).
			WithGroup("json: " + reason)
	}
}

// nested is an object with properties: columns of the row, or JSON (N13).
func (sh *shaper) nested(f *Field, t *ir.Type, at spot, over ir.ColumnOverride, budget *int) {
	t = canon(t)
	if reason := sh.stop(t, at, over); reason != "" {
		sh.json(f, reason)
		*budget--
		return
	}
	if at.level <= 0 {
		at.level = 1 // the user asks for it
	}
	s := sh.object(t, at.in(t), *budget)
	if s.cols > *budget {
		sh.json(f, fmt.Sprintf("the table would have more than %d columns", MaxColumns))
		*budget--
		return
	}
	*budget -= s.cols
	f.Kind = Object
	f.Struct = s
}

// stop is why an object or list is not opened, "" if it is.
func (sh *shaper) stop(t *ir.Type, at spot, over ir.ColumnOverride) string {
	forced := over.As == "columns" || over.As == "table"
	switch {
	case over.As == "json", over.As == "list":
		return "as asked in columns"
	case slices.Contains(at.stack, t):
		return "the type contains itself"
	case at.level <= 0 && !forced:
		return fmt.Sprintf("it is nested deeper than max_nesting %d", sh.nesting)
	case sh.fields > maxFields:
		return fmt.Sprintf("the resource has more than %d fields", maxFields)
	}
	return ""
}

// array is rows of a nested table (N15, N16), or JSON.
func (sh *shaper) array(f *Field, t *ir.Type, at spot, over ir.ColumnOverride) {
	items := canon(t.Items)
	if reason := sh.stop(items, at, over); reason != "" {
		sh.json(f, reason)
		return
	}
	if at.level <= 0 { // the user asks for it
		at.level, at.row = 1, max(at.row, 1)
	}
	rules := lengthRules(t.MinItems, t.MaxItems)
	switch {
	case items.Kind == ir.KindObject && len(items.Props) > 0:
		f.Kind = List
		f.Struct = sh.object(items, at.rows(items), MaxColumns)
	case items.Kind == ir.KindArray:
		sh.lists(f, items, at)
	case isScalar(items.Kind) && items.Kind != ir.KindAny && items.Kind != ir.KindMap && items.Kind != ir.KindNull:
		sh.values(f, items, t.Items.Nullable)
	default:
		sh.json(f, "")
		return
	}
	f.Null = false
	f.Rules = rules
}

// values is a list of scalars.
func (sh *shaper) values(f *Field, items *ir.Type, itemNull bool) {
	v := scalarOf(items)
	f.Kind = Values
	f.ItemNull = itemNull
	f.ItemRules = rulesOf(items, v, sh.note(items))
	if v.Type == schema.Text {
		v.Enum = sh.enumOf(items)
	}
	f.Value = &v
}

// lists is a list of lists: each element is a row with the one field list, at
// the cost of one more level (N18).
func (sh *shaper) lists(f *Field, items *ir.Type, at spot) {
	below := at.rows(items)
	below.level--
	below.row--
	inner := &Field{Key: "list", Doc: items.Description, ir: items, Required: true}
	sh.shapeInner(inner, items, below)
	if inner.Kind == Scalar { // JSON: a list of JSON texts in column list
		f.Kind = Values
		f.Value = inner.Value
		f.Inner = inner
		return
	}
	f.Kind = Lists
	f.Inner = inner
}

func (sh *shaper) shapeInner(f *Field, t *ir.Type, at spot) {
	if t.Items == nil {
		sh.json(f, "")
		return
	}
	sh.array(f, t, at, ir.ColumnOverride{})
}

// enumOf is the named text type of an enum, nil if t is not one. Whole-number
// enums stay numbers, and one value alone needs no name: it says what a record is.
func (sh *shaper) enumOf(t *ir.Type) *Enum {
	words, ok := enumWords(t)
	if !ok || t.Const != nil || len(words) < 2 {
		return nil
	}
	t = canon(t)
	if e := sh.enums[t]; e != nil {
		return e
	}
	e := &Enum{Doc: t.Description, ir: t}
	for _, w := range words {
		e.Consts = append(e.Consts, Const{Value: w})
	}
	sh.enums[t] = e
	return e
}

// intern returns the struct that has the same type and fields as s, or s. The
// same type has different fields where it stands at another depth.
func (sh *shaper) intern(s *Struct) *Struct {
	if s.sig != "" {
		return s
	}
	var sig strings.Builder
	if s.Type == nil {
		sig.WriteString(sh.r.Name)
	}
	fmt.Fprintf(&sig, "%d %t", sh.id(s.Type), s.Wrapped)
	for _, f := range s.Fields {
		sh.sign(&sig, f)
		s.cols += f.Columns()
	}
	s.sig = sig.String()
	if same := sh.interned[s.sig]; same != nil {
		return same
	}
	s.id = len(sh.interned) + 1
	sh.interned[s.sig] = s
	return s
}

func (sh *shaper) sign(sig *strings.Builder, f *Field) {
	fmt.Fprintf(sig, "|%q %s %d %t %t %t", f.Key, f.Column, f.Kind, f.Null, f.ItemNull, f.Trusted)
	if f.Value != nil {
		fmt.Fprintf(sig, " %s %s %t", f.Value.Scan, f.Value.Type, f.Value.Enum != nil)
	}
	if f.Struct != nil {
		fmt.Fprintf(sig, " #%d", f.Struct.id)
	}
	for _, r := range f.Rules {
		fmt.Fprintf(sig, " %s%s", r.Tag(), r.Arg)
	}
	if f.Inner != nil {
		sh.sign(sig, f.Inner)
	}
}

func (sh *shaper) id(t *ir.Type) int {
	if t == nil {
		return 0
	}
	n, ok := sh.ids[t]
	if !ok {
		n = len(sh.ids) + 1
		sh.ids[t] = n
	}
	return n
}

// Lists is how many nested tables of its row the field makes.
func (f *Field) Lists() int {
	switch f.Kind {
	case List, Values, Lists:
		return 1
	case Object:
		return f.Struct.Lists()
	case Scalar, Absent:
	}
	return 0
}

// Columns is how many columns of its row the field makes.
func (f *Field) Columns() int {
	switch f.Kind {
	case Scalar, Absent:
		return 1
	case Object:
		return f.Struct.cols
	case List, Values, Lists:
	}
	return 0
}

// bound is the field that holds the parent's value of that column.
func (s *Struct) bound(column string) *Field {
	for _, f := range s.Fields {
		if f.Key == "" && f.Column == column {
			return f
		}
	}
	return nil
}

// find resolves a path of property names to a scalar, nil if there is none. A
// name that holds a dot may be written ["a.b"]; a bound value is found under its
// column's name.
func (s *Struct) find(path string) []*Field {
	for _, f := range s.Fields {
		rest, ok := f.cutName(path)
		switch {
		case !ok:
		case rest == "" && f.Kind == Scalar:
			return []*Field{f}
		case f.Kind == Object && rest != "":
			if below := f.Struct.find(strings.TrimPrefix(rest, ".")); below != nil {
				return append([]*Field{f}, below...)
			}
		}
	}
	return nil
}

// cutName cuts the field's name off the front of a path.
func (f *Field) cutName(path string) (rest string, ok bool) {
	name := f.Key
	if name == "" {
		name = f.Column
	}
	if rest, ok := strings.CutPrefix(path, name); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
		return rest, true
	}
	return strings.CutPrefix(path, fmt.Sprintf("[%q]", name))
}
