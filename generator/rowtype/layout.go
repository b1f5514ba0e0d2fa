package rowtype

import (
	"slices"
	"strconv"

	"github.com/dltgen/dltgen/runtime/schema"
)

// layout makes the tables of a resource: which column each field fills, and
// which nested table each list.
func (b *builder) layout(r *Resource) {
	root := &schema.Table{
		Name:             b.tableName(r, b.conv.TablePath(r.IR.Name)),
		Resource:         r.IR.Name,
		WriteDisposition: r.IR.Disposition,
		Contract:         r.IR.Contract,
	}
	if root.WriteDisposition == "" {
		root.WriteDisposition = schema.Append
	}
	root.Normalizer.MaxNesting = schema.N(nestingOf(r.IR))
	l := &layouter{builder: b, r: r}
	t := &Table{Schema: root, Struct: r.Row}
	l.table(t)
	l.keys(t)
	l.cursor(t)
}

// tableName makes a table's name distinct in the connector (G57).
func (b *builder) tableName(r *Resource, name string) string {
	unique := distinct(name, b.tables)
	if unique != name {
		b.diags.Warnf(codeTable, posOf(r.IR), "resource %s: another table has the name %s: this one becomes %s", r.IR.Name, name, unique)
	}
	return unique
}

// distinct takes name, or name with the first free number.
func distinct(name string, used map[string]bool) string {
	unique := name
	for n := 2; used[unique]; n++ {
		unique = name + "_" + strconv.Itoa(n)
	}
	used[unique] = true
	return unique
}

type layouter struct {
	*builder
	r *Resource
	// columns are the names in use in the table at work.
	columns map[string]bool
}

// table fills t with columns and then adds its nested tables, depth first, so
// that parents come before children.
func (l *layouter) table(t *Table) {
	l.r.Tables = append(l.r.Tables, t)
	l.columns = map[string]bool{}
	var lists []*Table
	if t.Struct != nil {
		t.Steps = l.steps(t, t.Struct, nil, &lists)
	}
	l.children(t, lists)
}

func (l *layouter) children(t *Table, lists []*Table) {
	t.Children = lists
	for i, c := range lists {
		c.Index = i
	}
	for _, c := range lists {
		switch {
		case c.Struct != nil:
			l.table(c)
		case c.element.Kind == Lists:
			l.r.Tables = append(l.r.Tables, c)
			l.columns = map[string]bool{}
			var inner []*Table
			c.Steps = []Step{l.list(c, c.element.Inner, nil, &inner)}
			l.children(c, inner)
		default:
			l.r.Tables = append(l.r.Tables, c)
			l.columns = map[string]bool{}
			name := "value"
			if c.element.Inner != nil {
				name = "list"
			}
			c.Steps = []Step{{Field: c.element, Col: l.column(c, c.element, name)}}
		}
	}
}

// steps are the columns and lists of a struct's fields; path is where in the
// row it is flattened. Columns and lists are numbered in the order of the
// fields, whatever the path: the code that appends a struct counts on it.
func (l *layouter) steps(t *Table, s *Struct, path []string, lists *[]*Table) []Step {
	steps := make([]Step, 0, len(s.Fields))
	for _, f := range s.Fields {
		key := f.Column
		if key == "" {
			key = l.conv.Key(f.Key)
		}
		full := append(slices.Clip(path), key)
		switch f.Kind {
		case Scalar:
			steps = append(steps, Step{Field: f, Col: l.column(t, f, l.conv.Join(full...))})
		case Absent:
			l.column(t, f, l.conv.Join(full...))
		case Object:
			steps = append(steps, Step{Field: f, Steps: l.steps(t, f.Struct, full, lists)})
		case List, Values, Lists:
			steps = append(steps, l.list(t, f, full, lists))
		}
	}
	return steps
}

// list adds the nested table of a list.
func (l *layouter) list(t *Table, f *Field, full []string, lists *[]*Table) Step {
	if full == nil { // the inner list of a list
		full = []string{"list"}
	}
	c := &Table{
		Schema: &schema.Table{
			Name:   l.tableName(l.r, l.conv.Join(append([]string{t.Schema.Name}, full...)...)),
			Parent: t.Schema.Name,
		},
		element: f,
	}
	if f.Kind == List {
		c.Struct = f.Struct
	}
	*lists = append(*lists, c)
	return Step{Field: f, Child: c}
}

// column adds a column and returns its place.
func (l *layouter) column(t *Table, f *Field, name string) int {
	unique := distinct(name, l.columns)
	if unique != name {
		l.diags.Warnf(codeColumn, f.ir.Pos, "table %s: field %q and another one both become column %s: this one becomes %s", t.Schema.Name, f.Key, name, unique)
	}
	c := schema.Column{Name: unique, Nullable: schema.True}
	if f.Kind != Absent {
		c.DataType = f.Value.Type
	}
	if f.Trusted {
		c.Nullable = schema.False
	}
	t.Schema.Columns = append(t.Schema.Columns, c)
	return len(t.Schema.Columns) - 1
}

// keys sets the primary key's hints (S112): keys are the columns that are not null.
func (l *layouter) keys(t *Table) {
	for _, path := range l.r.IR.PrimaryKey.Value {
		fields := t.Struct.find(path)
		if fields == nil {
			l.diags.Warnf(codeKey, posOf(l.r.IR), "resource %s: primary key %q is no column of its records", l.r.IR.Name, path).
				WithHint("Set resources[%s].primary_key.", l.r.IR.Name)
			continue
		}
		c := &t.Schema.Columns[columnOf(t.Steps, fields)]
		c.PrimaryKey = schema.True
		c.Nullable = schema.False
		fields[len(fields)-1].PrimaryKey = true
	}
}

// cursor resolves the incremental field and hints its column (S114).
func (l *layouter) cursor(t *Table) {
	inc := l.r.IR.Incremental
	if inc == nil || inc.Value.CursorPath == "" {
		return
	}
	fields := t.Struct.find(inc.Value.CursorPath)
	if fields == nil || !isCursor(fields[len(fields)-1].Value.Type) {
		l.diags.Warnf(codeCursor, posOf(l.r.IR), "resource %s: cursor %q is no column that has an order", l.r.IR.Name, inc.Value.CursorPath).
			WithHint("Set resources[%s].incremental.cursor_path.", l.r.IR.Name)
		return
	}
	t.Schema.Columns[columnOf(t.Steps, fields)].Incremental = schema.True
	fields[len(fields)-1].Cursor = true
	l.r.Cursor = fields
}

func isCursor(d schema.DataType) bool {
	switch d {
	case schema.Timestamp, schema.Date, schema.Bigint, schema.Double, schema.Text:
		return true
	default:
	}
	return false
}

// columnOf is the column that a path of fields fills.
func columnOf(steps []Step, path []*Field) int {
	for _, s := range steps {
		if s.Field == path[0] {
			if len(path) == 1 {
				return s.Col
			}
			return columnOf(s.Steps, path[1:])
		}
	}
	return -1
}

// references notes that the bound columns refer to the parent's.
func (r *Resource) references() {
	if r.Parent == nil {
		return
	}
	parent := r.Parent.Root()
	var ref schema.Reference
	for _, b := range r.Binds {
		if b.Field == nil || b.From[len(b.From)-1].Key == "" {
			continue
		}
		ref.Columns = append(ref.Columns, b.Field.Column)
		ref.ReferencedColumns = append(ref.ReferencedColumns, parent.Schema.Columns[columnOf(parent.Steps, b.From)].Name)
	}
	if len(ref.Columns) > 0 {
		ref.Table = parent.Schema.Name
		r.Root().Schema.References = append(r.Root().Schema.References, ref)
	}
}
