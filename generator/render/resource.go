package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/dltgen/dltgen/generator/rowtype"
	"github.com/dltgen/dltgen/runtime/schema"
)

// resources writes one file a resource: a change of one endpoint is a change
// of one file (G71).
func (p *pkg) resources() error {
	p.namePatterns()
	for _, r := range p.set.Resources {
		s := p.source()
		s.tables(r)
		s.resource(r)
		s.fetch(r)
		if r.Parent != nil && bindsColumns(r) {
			s.bind(r)
		}
		for _, e := range p.set.Enums {
			if only(e.UsedBy, r) {
				s.enumType(e)
			}
		}
		var rest []*rowtype.Struct
		for _, t := range p.set.Structs {
			if only(t.UsedBy, r) {
				rest = append(rest, t)
			}
		}
		if err := s.row(r, rest); err != nil {
			return err
		}
	}
	return nil
}

// row writes the row's type first, then the other types of the resource alone.
// What passes the ceiling of a file goes to further ones.
func (s *source) row(r *rowtype.Resource, types []*rowtype.Struct) error {
	slices.SortStableFunc(types, func(a, b *rowtype.Struct) int {
		return boolInt(b == r.Row) - boolInt(a == r.Row)
	})
	name, size := s.p.stems[r]+"_gen.go", 100
	for _, t := range r.Tables {
		size += len(t.Schema.Columns) + 6
	}
	for i, t := range types {
		if size > maxFile {
			if err := s.write(name); err != nil {
				return err
			}
			name, size = fmt.Sprintf("%s_types%d_gen.go", s.p.stems[r], i), 0
			s = s.p.source()
		}
		s.structCode(t)
		size += sizeOf(t)
	}
	return s.write(name)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// only reports whether r alone uses something.
func only(users []*rowtype.Resource, r *rowtype.Resource) bool {
	return len(users) == 1 && users[0] == r
}

// structCode writes everything that belongs to a struct type.
func (s *source) structCode(t *rowtype.Struct) {
	s.structType(t)
	s.patternVars(t)
	s.decode(t)
	s.reset(t)
	s.validate(t)
	s.appends(t)
}

// maxFile is how many lines of shared types one file holds, about (G70).
const maxFile = 3000

// types writes what several resources use, in as many files as it takes.
func (p *pkg) types() error {
	s, size, files := p.source(), 0, 0
	flush := func() error {
		if size == 0 {
			return nil
		}
		name := "types_gen.go"
		if files++; files > 1 {
			name = fmt.Sprintf("types%d_gen.go", files)
		}
		err := s.write(name)
		s, size = p.source(), 0
		return err
	}
	size += s.patternVars(nil)
	for _, e := range p.set.Enums {
		if len(e.UsedBy) > 1 {
			s.enumType(e)
			size += len(e.Consts) + 10
		}
		if size > maxFile {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	for _, t := range p.set.Structs {
		if len(t.UsedBy) == 1 {
			continue
		}
		s.structCode(t)
		if size += sizeOf(t); size > maxFile {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// sizeOf estimates the lines of a struct's code.
func sizeOf(t *rowtype.Struct) int { return 30 + 8*len(t.Fields) }

// tables declares the root table and the nested ones as literals.
func (s *source) tables(r *rowtype.Resource) {
	n := s.p.helpers[r]
	s.decl("", jen.Var().Id(n.table).Op("=").Op("&").Add(qual("schema", "Table")).Add(tableLit(r.Root().Schema)))
	if len(r.Tables) == 1 {
		return
	}
	var nested []jen.Code
	for _, t := range r.Tables[1:] {
		nested = append(nested, tableLit(t.Schema))
	}
	s.decl("", jen.Var().Id(n.nested).Op("=").Index().Op("*").Add(qual("schema", "Table")).Add(lit(nested...)))
}

func tableLit(t *schema.Table) *jen.Statement {
	items := []jen.Code{field("Name", text(t.Name))}
	if t.Parent != "" {
		items = append(items, field("Parent", text(t.Parent)))
	}
	if t.Resource != "" {
		items = append(items, field("Resource", text(t.Resource)))
	}
	if t.WriteDisposition != "" {
		items = append(items, field("WriteDisposition", dispositionLit(t.WriteDisposition)))
	}
	if t.Contract != nil {
		items = append(items, field("Contract", jen.Op("&").Add(qual("schema", "ContractSetting")).Add(contractLit(t.Contract))))
	}
	for _, ref := range t.References {
		items = append(items, field("References", jen.Index().Add(qual("schema", "Reference")).Add(short(inline(
			field("Table", text(ref.Table)),
			field("Columns", textList(ref.Columns)),
			field("ReferencedColumns", textList(ref.ReferencedColumns)))))))
	}
	if t.Normalizer.MaxNesting.Set {
		items = append(items, field("Normalizer", qual("schema", "TableNormalizer").Add(inline(
			field("MaxNesting", qual("schema", "N").Call(jen.Lit(t.Normalizer.MaxNesting.V)))))))
	}
	var columns []jen.Code
	for i := range t.Columns {
		columns = append(columns, columnLit(&t.Columns[i]))
	}
	if len(columns) > 0 {
		items = append(items, field("Columns", jen.Index().Add(qual("schema", "Column")).Add(lit(columns...))))
	}
	return lit(items...)
}

func textList(list []string) *jen.Statement {
	var items []jen.Code
	for _, s := range list {
		items = append(items, text(s))
	}
	return jen.Index().String().Add(inline(items...))
}

var typeNames = map[schema.DataType]string{
	schema.Text: "Text", schema.Double: "Double", schema.Bool: "Bool", schema.Timestamp: "Timestamp", schema.Bigint: "Bigint",
	schema.Binary: "Binary", schema.JSON: "JSON", schema.Decimal: "Decimal", schema.Wei: "Wei", schema.Date: "Date", schema.Time: "Time",
}

func columnLit(c *schema.Column) *jen.Statement {
	items := []jen.Code{field("Name", text(c.Name))}
	if name := typeNames[c.DataType]; name != "" {
		items = append(items, field("DataType", qual("schema", name)))
	}
	nullable := "True"
	if c.Nullable == schema.False {
		nullable = "False"
	}
	items = append(items, field("Nullable", qual("schema", nullable)))
	if c.PrimaryKey.Is() {
		items = append(items, field("PrimaryKey", qual("schema", "True")))
	}
	if c.Incremental.Is() {
		items = append(items, field("Incremental", qual("schema", "True")))
	}
	return inline(items...)
}

func dispositionLit(d schema.WriteDisposition) *jen.Statement {
	switch d {
	case schema.Skip:
		return qual("schema", "Skip")
	case schema.Replace:
		return qual("schema", "Replace")
	case schema.Merge:
		return qual("schema", "Merge")
	case schema.Append:
	}
	return qual("schema", "Append")
}

func contractLit(c *schema.ContractSetting) *jen.Statement {
	var items []jen.Code
	for _, e := range []struct {
		name string
		mode schema.ContractMode
	}{{"Mode", c.Mode}, {"Tables", c.Tables}, {"Columns", c.Columns}, {"DataType", c.DataType}} {
		if e.mode != "" {
			items = append(items, field(e.name, modeLit(e.mode)))
		}
	}
	return inline(items...)
}

func modeLit(m schema.ContractMode) *jen.Statement {
	switch m {
	case schema.Freeze:
		return qual("schema", "Freeze")
	case schema.DiscardRow:
		return qual("schema", "DiscardRow")
	case schema.DiscardValue:
		return qual("schema", "DiscardValue")
	case schema.Evolve:
	}
	return qual("schema", "Evolve")
}

// resource declares the method that returns the resource.
func (s *source) resource(r *rowtype.Resource) {
	n := s.p.helpers[r]
	row := r.Row.Name
	var items []jen.Code
	if r.Root().Schema.Name != r.IR.Name {
		items = append(items, field("Name", text(r.IR.Name)))
	}
	items = append(items, field("Table", jen.Id(n.table)))
	if len(r.Tables) > 1 {
		items = append(items, field("Nested", jen.Id(n.nested)))
	}
	if r.Parent != nil {
		items = append(items, field("Parent", s.parentRef(r)))
	}
	items = append(items,
		field("Fetch", jen.Id("s."+n.fetch)),
		field("Decode", methodOf(r.Row, decodeName(r.Row))),
	)
	if r.Parent != nil && bindsColumns(r) {
		items = append(items, field("Bind", jen.Id(n.bind)))
	}
	items = append(items, field("Append", jen.Id(s.p.appendFunc(r.Row))))
	if r.Row.Checked {
		items = append(items, field("Validate", methodOf(r.Row, "Validate")))
	}
	items = append(items,
		field("Map", jen.Id("s.hooks."+r.Name+".Map")),
		field("Filter", jen.Id("s.hooks."+r.Name+".Filter")),
	)
	if r.Cursor != nil {
		items = append(items, field("Incremental", s.incremental(r)))
	}
	if !r.IR.Selected.Value {
		items = append(items, field("Unselected", jen.True()))
	}
	if needs := s.needs(r); needs != nil {
		items = append(items, field("Needs", needs))
	}
	s.decl(s.p.resourceDoc(r), jen.Func().Params(jen.Id("s").Op("*").Id("Source")).Id(r.Name).Params().
		Op("*").Add(qual("dlt", "Resource")).Types(jen.Id(row)).Block(
		jen.Return(jen.Op("&").Add(qual("dlt", "Resource")).Types(jen.Id(row)).Add(lit(items...)))))
}

func decodeName(t *rowtype.Struct) string {
	if t.Flat {
		return "decodeRow"
	}
	return "decode"
}

func (p *pkg) resourceDoc(r *rowtype.Resource) string {
	op := r.IR.Operation
	doc := r.Name + " yields " + r.IR.Name + "."
	if op != nil {
		doc = r.Name + " reads " + op.Method + " " + oneLine(op.Path) + "."
		sentence := firstSentence(op.Summary)
		if sentence == "" {
			sentence = firstSentence(op.Description)
		}
		if sentence != "" {
			doc += " " + sentence
		}
	}
	return doc
}

// incremental is the resource's cursor.
func (s *source) incremental(r *rowtype.Resource) jen.Code {
	inc := r.IR.Incremental.Value
	last := r.Cursor[len(r.Cursor)-1]
	null := false
	expr := "v"
	var valid []string
	for _, f := range r.Cursor {
		expr += "." + f.Name
		if f.Null {
			null = true
			valid = append(valid, expr+".Valid")
			expr += ".V"
		}
	}
	var body []jen.Code
	if null {
		cond := jen.Op("!").Id(valid[0])
		for _, v := range valid[1:] {
			cond.Op("||").Op("!").Id(v)
		}
		body = append(body, jen.If(cond).Block(jen.Return(qual("dlt", "CursorNull").Call())))
	}
	body = append(body, jen.Return(qual("dlt", cursorFunc(last.Value)).Call(jen.Id(expr))))
	items := []jen.Code{
		field("Field", text(inc.CursorPath)),
		field("Value", jen.Func().Params(jen.Id("v").Op("*").Id(r.Row.Name)).Add(qual("dlt", "CursorValue")).Block(body...)),
	}
	if initial := s.initial(r, last.Value); initial != nil {
		items = append(items, field("Initial", initial))
	}
	if lag := lagOf(inc.Lag, last.Value.Type); lag != "" {
		items = append(items, field("Lag", jen.Id(lag)))
	}
	if inc.RowOrder == "asc" || inc.RowOrder == "desc" {
		items = append(items, field("RowOrder", text(inc.RowOrder)))
	}
	if null {
		items = append(items, field("Missing", text("include")))
	}
	return jen.Op("&").Add(qual("dlt", "Incremental")).Types(jen.Id(r.Row.Name)).Add(lit(items...))
}

func cursorFunc(v *rowtype.Value) string {
	switch v.Type {
	case schema.Timestamp:
		return "CursorTime"
	case schema.Date:
		return "CursorDate"
	case schema.Bigint:
		return "CursorInt"
	case schema.Double:
		return "CursorFloat"
	default:
	}
	return "CursorText"
}

// initial is the literal of the initial value, nil if there is none.
func (s *source) initial(r *rowtype.Resource, v *rowtype.Value) jen.Code {
	val := r.IR.Incremental.Value.Initial
	if val == "" {
		return nil
	}
	fn := qual("dlt", cursorFunc(v))
	switch v.Type {
	case schema.Bigint, schema.Double:
		if _, err := strconv.ParseFloat(val, 64); err == nil {
			return fn.Call(jen.Id(val))
		}
	case schema.Timestamp, schema.Date:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
			t, err := time.Parse(layout, val)
			if err != nil {
				continue
			}
			t = t.UTC()
			if v.Type == schema.Date {
				return fn.Call(jen.Lit(int(t.Unix() / 86400)))
			}
			return fn.Call(jen.Qual("time", "Date").Call(jen.Lit(t.Year()), jen.Lit(int(t.Month())), jen.Lit(t.Day()),
				jen.Lit(t.Hour()), jen.Lit(t.Minute()), jen.Lit(t.Second()), jen.Lit(t.Nanosecond()), jen.Qual("time", "UTC")))
		}
	default:
		return fn.Call(text(val))
	}
	s.p.diags.Errorf(codeConfig, s.p.pos(r), "resource %s: initial_value %q is no value of cursor %s", r.IR.Name, val, r.IR.Incremental.Value.CursorPath).
		WithHint("Write it as the cursor's column holds it: 2024-01-31, or 2024-01-31T00:00:00Z.")
	return nil
}

// lagOf is a lag in the cursor's units (I31): seconds, days or plain units.
func lagOf(lag string, t schema.DataType) string {
	if lag == "" {
		return ""
	}
	if _, err := strconv.ParseFloat(lag, 64); err == nil {
		return lag
	}
	var d time.Duration
	if days, ok := strings.CutSuffix(lag, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil {
			return ""
		}
		d = time.Duration(n * 24 * float64(time.Hour))
	} else if parsed, err := time.ParseDuration(lag); err == nil {
		d = parsed
	}
	f := d.Seconds()
	if t == schema.Date {
		f = d.Hours() / 24
	}
	if f <= 0 {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// needs lists the settings that only some resources want, r among them; nil if
// there are none. A bool is never missing.
func (s *source) needs(r *rowtype.Resource) jen.Code {
	var settings []jen.Code
	for _, f := range s.p.config {
		if !f.NeededBy(r.IR.Name) || f.Type == schema.Bool {
			continue
		}
		set := jen.Id("s.config." + f.Go).Op("!=").Lit("")
		if !f.Secret && (f.Type == schema.Bigint || f.Type == schema.Double) {
			set = jen.Id("s.config." + f.Go).Op("!=").Lit(0)
		}
		settings = append(settings, inline(field("Key", text(f.Name)), field("Set", set)))
	}
	if len(settings) == 0 {
		return nil
	}
	return jen.Func().Params().Index().Add(qual("dlt", "Setting")).Block(
		jen.Return(jen.Index().Add(qual("dlt", "Setting")).Add(short(settings...))))
}

// parentRef makes the resource run for each record of its parent.
func (s *source) parentRef(r *rowtype.Resource) jen.Code {
	var values []jen.Code
	for _, b := range r.Binds {
		values = append(values, inline(field("Name", text(b.Param)), field("Text", s.textOf(b.From))))
	}
	ref := qual("dlt", "ParentOf").Call(jen.Id("s."+r.Parent.Name).Call(),
		jen.Func().Params(jen.Id("v").Op("*").Id(r.Parent.Row.Name)).Add(qual("dlt", "Values")).Block(
			jen.Return(qual("dlt", "Values").Add(short(values...)))))
	if r.IR.Parent.Value.Incremental {
		ref.Dot("ChangedOnly").Call()
	}
	return ref
}

// textOf is the text of a value in the parent's row, v.
func (s *source) textOf(path []*rowtype.Field) jen.Code {
	var expr strings.Builder
	expr.WriteString("v")
	for _, f := range path {
		expr.WriteString("." + f.Name)
		if f.Null {
			expr.WriteString(".V")
		}
	}
	last := path[len(path)-1]
	switch last.Value.Go {
	case "string":
		return jen.Id(expr.String())
	case "int64":
		return jen.Qual("strconv", "FormatInt").Call(jen.Id(expr.String()), jen.Lit(10))
	case "float64":
		return jen.Qual("strconv", "FormatFloat").Call(jen.Id(expr.String()), jen.LitRune('f'), jen.Lit(-1), jen.Lit(64))
	case "bool":
		return jen.Qual("strconv", "FormatBool").Call(jen.Id(expr.String()))
	case "time.Time":
		if last.Value.Scan == "UnixTime" {
			return jen.Qual("strconv", "FormatInt").Call(jen.Id(expr.String()+".Unix").Call(), jen.Lit(10))
		}
		return jen.Id(expr.String() + ".Format").Call(jen.Qual("time", "RFC3339Nano"))
	case "[]byte", "value.JSON":
		return jen.String().Call(jen.Id(expr.String()))
	}
	return jen.Id(expr.String() + ".String").Call()
}

func bindsColumns(r *rowtype.Resource) bool {
	return slices.ContainsFunc(r.Binds, func(b rowtype.Bind) bool { return b.Field != nil })
}

// bind declares the function that fills the columns of the parent's values.
func (s *source) bind(r *rowtype.Resource) {
	var body []jen.Code
	for _, b := range r.Binds {
		if b.Field == nil {
			continue
		}
		val := jen.Id("in.Parent").Call(text(b.Param))
		if b.Field.Value.Go == "int64" {
			body = append(body, jen.List(jen.Id("v."+b.Field.Name), jen.Id("_")).Op("=").
				Qual("strconv", "ParseInt").Call(val, jen.Lit(10), jen.Lit(64)))
			continue
		}
		body = append(body, jen.Id("v."+b.Field.Name).Op("=").Add(val))
	}
	s.decl("", jen.Func().Id(s.p.helpers[r].bind).Params(jen.Id("v").Op("*").Id(r.Row.Name), jen.Id("in").Op("*").Add(qual("dlt", "Input"))).Block(body...))
}
