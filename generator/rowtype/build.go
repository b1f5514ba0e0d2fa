package rowtype

import (
	"slices"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/goident"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/naming"
)

// Codes of the diagnostics of this package (G82).
const (
	codeJSON      = "DG210" // became JSON, and why
	codePattern   = "DG211" // pattern that Go cannot compile
	codeOverride  = "DG212" // override that cannot be followed
	codeColumn    = "DG301" // two fields, one column name
	codeTable     = "DG302" // two lists, one table name
	codeKey       = "DG213" // primary key not among the fields
	codeCursor    = "DG214" // cursor not among the fields
	codeParent    = "DG215" // parent or its field is missing
	codeGenerated = "DG303" // a field that claims a generated column
)

// Build makes the row types of all selected resources of c and of the parents
// they need.
func Build(c *ir.Connector, opt *Options) (*Set, *diag.List) {
	if opt == nil {
		opt = &Options{}
	}
	scope := goident.NewScope(opt.Reserved...)
	b := &builder{
		conv:     opt.Naming,
		diags:    &diag.List{},
		ids:      map[*ir.Type]int{},
		enums:    map[*ir.Type]*Enum{},
		interned: map[string]*Struct{},
		byName:   map[string]*ir.Resource{},
		built:    map[string]*Resource{},
		tables:   map[string]bool{},
		scope:    scope,
		set:      &Set{Scope: scope},
	}
	for _, r := range c.Resources {
		b.byName[r.Name] = r
	}
	wanted := wantedResources(c)
	for _, r := range c.Resources {
		if wanted[r.Name] {
			b.resource(r, nil)
		}
	}
	slices.SortStableFunc(b.set.Resources, func(x, y *Resource) int {
		return slices.Index(c.Resources, x.IR) - slices.Index(c.Resources, y.IR)
	})
	b.nameAll(c)
	for _, r := range b.set.Resources {
		b.layout(r)
	}
	for _, r := range b.set.Resources {
		r.references()
	}
	b.use()
	return b.set, b.diags
}

type builder struct {
	conv     naming.Convention
	diags    *diag.List
	ids      map[*ir.Type]int // for signatures
	enums    map[*ir.Type]*Enum
	interned map[string]*Struct
	byName   map[string]*ir.Resource
	built    map[string]*Resource
	tables   map[string]bool // names in use
	scope    *goident.Scope
	set      *Set
}

// wantedResources are the selected ones with all their ancestors (G46).
func wantedResources(c *ir.Connector) map[string]bool {
	parent := map[string]string{}
	for _, r := range c.Resources {
		if r.Parent != nil {
			parent[r.Name] = r.Parent.Value.Resource
		}
	}
	wanted := map[string]bool{}
	for _, r := range c.Resources {
		if !r.Selected.Value || r.Missing {
			continue
		}
		for name := r.Name; name != "" && !wanted[name]; name = parent[name] {
			wanted[name] = true
		}
	}
	return wanted
}

// resource builds the row type of r after those of its ancestors; below are the
// resources that wait for it.
func (b *builder) resource(r *ir.Resource, below []string) *Resource {
	if done := b.built[r.Name]; done != nil {
		return done
	}
	res := &Resource{IR: r}
	if r.Parent != nil {
		res.Parent = b.parentOf(r, append(below, r.Name))
	}
	b.built[r.Name] = res
	sh := &shaper{builder: b, r: r, nesting: nestingOf(r)}
	if res.Parent != nil {
		b.bind(res)
	}
	res.Row = sh.root(res)
	b.set.Resources = append(b.set.Resources, res)
	return res
}

// nestingOf is the resource's limit; 0 opens nothing (N18), less is not stated.
func nestingOf(r *ir.Resource) int {
	if r.MaxNesting < 0 {
		return DefaultMaxNesting
	}
	return r.MaxNesting
}

func (b *builder) parentOf(r *ir.Resource, below []string) *Resource {
	name := r.Parent.Value.Resource
	p := b.byName[name]
	switch {
	case p == nil:
		b.diags.Errorf(codeParent, posOf(r), "resource %s: its parent %s is not a resource", r.Name, name).
			WithHint("Set resources[%s].parent.resource to the name of a resource.", r.Name)
		return nil
	case slices.Contains(below, name):
		b.diags.Errorf(codeParent, posOf(r), "resource %s: its parents form a ring through %s", r.Name, name).
			WithHint("Change resources[%s].parent.", r.Name)
		return nil
	}
	return b.resource(p, below)
}

// bind resolves the values that come from the parent's record (G45).
func (b *builder) bind(res *Resource) {
	r := res.IR
	params := make([]string, 0, len(r.Parent.Value.Params))
	for p := range r.Parent.Value.Params {
		params = append(params, p)
	}
	slices.Sort(params)
	columns := map[string]bool{}
	for _, p := range params {
		prop := r.Parent.Value.Params[p]
		from := res.Parent.Row.find(prop)
		if from == nil {
			b.diags.Errorf(codeParent, posOf(r), "resource %s: %s has no field %q for the path parameter %s", r.Name, res.Parent.IR.Name, prop, p).
				WithHint("Set resources[%s].parent.params.%s.", r.Name, p)
			continue
		}
		bind := Bind{Param: p, From: from}
		last := from[len(from)-1]
		column := b.conv.Path("_" + res.Parent.IR.Name + "_" + prop)
		if last.Key == "" { // handed down from a grandparent: keep its name
			column = last.Column
		}
		if !columns[column] {
			columns[column] = true
			bind.Field = &Field{Key: column, Column: column, Kind: Scalar, Value: boundValue(last.Value), Required: true, ir: last.ir}
			bind.Field.Key = ""
		}
		res.Binds = append(res.Binds, bind)
	}
}

// boundValue is the type of a parent's value on its way through a request:
// whole numbers stay numbers, all else travels as text.
func boundValue(v *Value) *Value {
	if v.Type == intValue.Type {
		return &intValue
	}
	return &textValue
}

func posOf(r *ir.Resource) diag.Pos {
	if r.Operation != nil {
		return r.Operation.Pos
	}
	return diag.Pos{}
}

// use marks which resources reach a struct or an enum, how structs are used,
// and which have rules.
func (b *builder) use() {
	for _, r := range b.set.Resources {
		u := &user{set: b.set, r: r, seen: map[*Struct]bool{}}
		r.Row.Row = true
		u.visit(r.Row)
	}
}

type user struct {
	set  *Set
	r    *Resource
	seen map[*Struct]bool
}

func (u *user) visit(s *Struct) {
	if u.seen[s] {
		return
	}
	u.seen[s] = true
	if len(s.UsedBy) == 0 {
		u.set.Structs = append(u.set.Structs, s)
	}
	s.UsedBy = append(s.UsedBy, u.r)
	for _, f := range s.Fields {
		if s.Wrapped && f.Column == "" {
			continue // a column, but no field of the Go struct
		}
		u.field(f)
		s.Checked = s.Checked || f.checked()
	}
}

func (u *user) field(f *Field) {
	if f.Value != nil && f.Value.Enum != nil {
		u.enum(f.Value.Enum)
	}
	switch f.Kind {
	case Object:
		f.Struct.Flat = true
		u.visit(f.Struct)
	case List:
		f.Struct.Row = true
		u.visit(f.Struct)
	case Lists:
		u.field(f.Inner)
	case Scalar, Values, Absent:
	}
}

func (u *user) enum(e *Enum) {
	if len(e.UsedBy) == 0 {
		u.set.Enums = append(u.set.Enums, e)
	}
	if n := len(e.UsedBy); n == 0 || e.UsedBy[n-1] != u.r {
		e.UsedBy = append(e.UsedBy, u.r)
	}
}

// checked reports whether the field or anything below it has rules.
func (f *Field) checked() bool {
	if len(f.Rules) > 0 || len(f.ItemRules) > 0 {
		return true
	}
	switch f.Kind {
	case Object, List:
		return f.Struct.Checked
	case Lists:
		return f.Inner.checked()
	case Scalar, Values, Absent:
	}
	return false
}
