package normalize

import (
	"errors"
	"math"

	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// coerce fits one field to its column, or finds the column it wants (N40).
func (s *slow) coerce(r *row, e *entry) error {
	switch {
	case e.role != roleData:
		return s.generated(r, e)
	case e.v.IsNull(), e.v.Kind() == record.KindDouble && (math.IsNaN(e.v.Double()) || math.IsInf(e.v.Double(), 0)): // N21
		return s.null(r, e)
	}
	if c := r.table.byName[e.name]; c != nil && e.v.Kind() == c.kind && c.kind != record.KindWei {
		r.cell(cell{name: e.name, v: *e.v})
		return nil
	}
	return s.value(r, e.name, e.v, false, "")
}

// generated gives a generated field its column.
func (s *slow) generated(r *row, e *entry) error {
	r.cell(cell{name: e.name, role: e.role})
	if r.table.byName[e.name] != nil {
		return nil
	}
	t := schema.Text
	if e.role == roleListIdx {
		t = schema.Bigint
	}
	r.learn(newColumn{col: s.infer(r.table, e.name, t, false), found: t})
	return nil
}

// null is N41: a null is not written, but some columns refuse it.
func (s *slow) null(r *row, e *entry) error {
	if c := r.table.byName[e.name]; c != nil {
		if c.notNull {
			return &NullError{s.w.schema.Name, r.table.name, e.name}
		}
		return nil
	}
	if s.declared(r.table, e.name) == nil && s.w.rules.NotNull(e.name) {
		return &NullError{s.w.schema.Name, r.table.name, e.name}
	}
	if e.key != nil && !e.key.null {
		if !s.may {
			return errTurn
		}
		e.key.null = true
		s.w.nullOnly(r.table.name, e.name)
		s.w.touchTable(r.table)
	}
	return nil
}

// declared is the incomplete column of that name, nil if there is none.
func (s *slow) declared(t *table, name string) *schema.Column {
	if t.schema == nil {
		return nil
	}
	return t.schema.Column(name)
}

// value puts a value into a column, or into its variant (N40, N43). base is
// the type of the column that the variant belongs to.
func (s *slow) value(r *row, name string, v *record.Value, variant bool, base schema.DataType) error {
	c := r.table.byName[name]
	found := typeOf(v)
	var t schema.DataType
	switch {
	case c != nil:
		t = c.typ
	case variant:
		t = found // not autodetected: a variant keeps its values as they are (N43a)
	default:
		t = s.inferType(name, v, found)
	}
	got, ok := s.fit(v, found, t)
	if !ok {
		if variant {
			return &CoercionError{s.w.schema.Name, r.table.name, name, found, t, bounded(v)}
		}
		return s.value(r, s.variantName(r.table, name, string(found)), v, true, t)
	}
	if got.Kind() == record.KindWei && !fitsWei(got.Decimal()) {
		text := record.TextValue(got.Decimal().String())
		return s.value(r, s.w.naming.Join(name, "v_str"), &text, true, t)
	}
	r.cell(cell{name: name, v: got})
	if c == nil {
		r.learn(newColumn{col: s.infer(r.table, name, t, variant), found: t, base: base, v: v})
	}
	return nil
}

// fit coerces a value whose own type is found; under relational_no_coercion
// only what a detector would have typed so is changed (N47).
func (s *slow) fit(v *record.Value, found, t schema.DataType) (record.Value, bool) {
	if found == t && v.Kind() == kindOf(t) {
		return *v, true
	}
	if s.w.strict && found != t && s.detect(v) != t {
		return record.Value{}, false
	}
	return record.Coerce(v, kindOf(t))
}

func (s *slow) inferType(name string, v *record.Value, found schema.DataType) schema.DataType {
	if t := s.w.preferred(name); t != "" {
		return t
	}
	if t := s.detect(v); t != "" {
		return t
	}
	return found
}

func (s *slow) detect(v *record.Value) schema.DataType {
	for _, d := range s.w.detectors {
		if t := d(v); t != "" {
			return t
		}
	}
	return ""
}

// variantName is the column for values of a type that do not fit (N43). An old
// variant named for the retired type complex goes on.
func (s *slow) variantName(t *table, name, typ string) string {
	if typ == string(schema.JSON) {
		old := s.w.naming.Join(name, "v_complex")
		if c := s.declared(t, old); c != nil && c.Variant.Is() {
			return old
		}
	}
	return s.w.naming.Join(name, "v_"+typ)
}

// infer makes a column as N42, N43 and S106 say.
func (s *slow) infer(t *table, name string, typ schema.DataType, variant bool) schema.Column {
	if variant {
		c := s.w.rules.NewVariant(name, typ)
		s.w.adjust(&c)
		return c
	}
	c := s.w.rules.NewColumn(name, typ)
	s.w.adjust(&c)
	if d := s.declared(t, name); d != nil {
		schema.MergeColumn(&c, d)
	}
	return c
}

// adjust fits an inferred time column to the destination (S62).
func (w *Writer) adjust(c *schema.Column) {
	if c.DataType != schema.Timestamp && c.DataType != schema.Time {
		return
	}
	def := w.caps.TimestampPrecision
	if def == 0 {
		def = 6
	}
	p := def
	if c.Precision.Set {
		p = c.Precision.V
	}
	if most := w.caps.MaxTimestampPrecision; most != 0 {
		p = min(p, most)
	}
	c.Precision, c.Timezone = schema.Int{}, schema.Unset
	if p != def {
		c.Precision = schema.N(p)
	}
}

// cell sets a value; the later of one column wins.
func (r *row) cell(c cell) {
	for i := range r.cells {
		if r.cells[i].name == c.name {
			r.cells[i] = c
			return
		}
	}
	r.cells = append(r.cells, c)
}

// learn notes a column that the row wants.
func (r *row) learn(n newColumn) {
	for i := range r.news {
		if r.news[i].col.Name == n.col.Name {
			r.news[i] = n
			return
		}
	}
	r.news = append(r.news, n)
}

// learn asks the contract for the new columns and takes those it allows into
// the schema (C6 to C10). False drops the row.
func (s *slow) learn(r *row) (keep bool, err error) {
	if !s.may {
		return false, errTurn
	}
	t, w := r.table, s.w
	if t.rule == nil {
		t.rule = contract.For(w.schema, s.newTable(t), nil)
	}
	if act, err := t.rule.Table(); err != nil {
		return false, s.violation(r, err, nil)
	} else if act != contract.Keep {
		t.filtered.Store(true)
		w.epoch++
		w.touchTable(t)
		s.set.drops.row(t.name, "", contract.Tables)
		return false, nil
	}
	var (
		allowed []newColumn
		dropRow contract.Action
		entity  contract.Entity
		column  string
	)
	for i := range r.news {
		n := &r.news[i]
		ask, of := t.rule.Column, contract.Columns
		if n.col.Variant.Is() {
			ask, of = t.rule.Variant, contract.DataType
		}
		act, err := ask(n.col.Name)
		if err != nil {
			return false, s.violation(r, err, n)
		}
		if act == contract.Keep {
			allowed = append(allowed, *n)
			continue
		}
		w.drop(t, n.col.Name, act)
		if act == contract.DropRow {
			dropRow, entity, column = act, of, n.col.Name
			continue
		}
		r.dropCell(n.col.Name)
		s.set.drops.value(t.name, n.col.Name, of)
	}
	if err := s.takeIn(t, allowed); err != nil {
		return false, err
	}
	if dropRow == contract.DropRow {
		s.set.drops.row(t.name, column, entity)
		return false, nil
	}
	return len(r.cells) > 0, nil
}

func (r *row) dropCell(name string) {
	for i := range r.cells {
		if r.cells[i].name == name {
			r.cells = append(r.cells[:i], r.cells[i+1:]...)
			return
		}
	}
}

func (s *slow) newTable(t *table) *schema.Table {
	n := &schema.Table{Name: t.name}
	if t.parent != nil {
		n.Parent = t.parent.name
	}
	return n
}

// takeIn adds the columns to the schema and refreshes the plan of the table.
func (s *slow) takeIn(t *table, news []newColumn) error {
	w := s.w
	columns := make([]schema.Column, len(news))
	for i := range news {
		columns[i] = news[i].col
	}
	var err error
	if w.schema.Table(t.name) == nil {
		n := s.newTable(t)
		n.Columns = columns
		err = w.schema.AddTable(n, schema.Additive)
	} else if len(columns) > 0 {
		err = w.schema.UpdateColumns(t.name, columns)
	}
	if err != nil {
		return err
	}
	w.changed(t.name)
	for _, n := range news {
		if n.col.DataType == schema.JSON {
			w.jsonColumn(t.name, n.col.Name)
		}
	}
	return nil
}

// violation adds the evidence to a contract's error.
func (s *slow) violation(r *row, err error, n *newColumn) error {
	v, ok := errors.AsType[*contract.ViolationError](err)
	if !ok {
		return err
	}
	if n != nil {
		text := ""
		if n.v != nil {
			text = bounded(n.v)
		}
		v = v.With(n.base, n.found, text)
	}
	fields := make([]contract.Field, 0, len(r.cells))
	for i := range r.cells {
		if c := &r.cells[i]; c.role == roleData {
			fields = append(fields, contract.Field{Column: c.name, Value: bounded(&c.v)})
		}
	}
	return v.WithRow(r.table.schema, fields)
}
