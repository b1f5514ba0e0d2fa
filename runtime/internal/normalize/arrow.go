package normalize

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/schema"
)

// An UnsupportedArrowTypeError says that a field's type has no column type (A2).
type UnsupportedArrowTypeError struct{ Table, Field, Type string }

func (e *UnsupportedArrowTypeError) Error() string {
	return fmt.Sprintf("table %s: field %s: Arrow type %s has no column type", e.Table, e.Field, e.Type)
}

// A CollisionError says that two Arrow fields get one column name (A5).
type CollisionError struct{ Table, Column, First, Second string }

func (e *CollisionError) Error() string {
	return fmt.Sprintf("table %s: fields %q and %q both become column %s", e.Table, e.First, e.Second, e.Column)
}

// Arrow takes a batch of rows that are in columns already: names, types and
// contract are seen to, values stay as they are (A1).
func (s *Stream) Arrow(rec arrow.RecordBatch) error {
	if err := s.Flush(); err != nil {
		return err
	}
	return s.w.queue.inTurn(func(seq int) error {
		s.records.Add(rec.NumRows())
		if s.root.filtered.Load() {
			for range rec.NumRows() {
				s.w.countDrop(dropped{s.root.name, "", string(contract.Tables), true})
			}
			return nil
		}
		a := arrowBatch{w: s.w, t: s.root, rows: rec.NumRows(), keep: make([]bool, rec.NumRows())}
		for i := range a.keep {
			a.keep[i] = true
		}
		s.w.mu.Lock()
		err := a.take(rec)
		s.w.publish()
		s.w.mu.Unlock()
		if err != nil {
			return err
		}
		a.addID(s.w.seedOf(seq))
		return a.write()
	})
}

// An arrowBatch is a batch on its way into the schema and a job file.
type arrowBatch struct {
	w      *Writer
	t      *table
	rule   *contract.Rule
	rows   int64
	fields []arrow.Field
	cols   []arrow.Array
	keep   []bool // rows that the contract leaves
}

func (a *arrowBatch) take(rec arrow.RecordBatch) error {
	a.rule = contract.For(a.w.schema, &schema.Table{Name: a.t.name}, &contract.Options{Step: contract.Extract})
	if act, err := a.rule.Table(); err != nil {
		return err
	} else if act != contract.Keep {
		a.t.filtered.Store(true)
		a.keep = make([]bool, len(a.keep))
		return nil
	}
	from := map[string]string{}
	var columns []schema.Column
	for i, f := range rec.Schema().Fields() {
		name := a.w.naming.Path(f.Name)
		if other, ok := from[name]; ok {
			return &CollisionError{a.t.name, name, other, f.Name}
		}
		from[name] = f.Name
		if name == a.w.names.loadID && a.hasLoadID() {
			continue // a constant of the package, which the loader adds
		}
		if f.Type.ID() == arrow.NULL {
			a.w.nullOnly(a.t.name, name)
			continue
		}
		c, err := a.column(f, name)
		if err != nil {
			return err
		}
		if err := a.field(rec.Column(i), c, &columns); err != nil {
			return err
		}
	}
	return a.learn(columns)
}

// hasLoadID reports whether the table has the load's id (A8).
func (a *arrowBatch) hasLoadID() bool {
	return a.w.cfg.AddArrowLoadID || a.t.byName[a.w.names.loadID] != nil
}

func (a *arrowBatch) hasID() bool {
	return a.w.cfg.AddArrowID || a.t.byName[a.w.names.id] != nil
}

// column is what a field declares (A2, A3).
func (a *arrowBatch) column(f arrow.Field, name string) (schema.Column, error) {
	c := schema.Column{Name: name, Nullable: schema.FlagOf(f.Nullable)}
	t := f.Type
	if d, ok := t.(*arrow.DictionaryType); ok {
		t = d.ValueType
	}
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType:
		c.DataType = schema.Text
	case *arrow.Float16Type, *arrow.Float32Type, *arrow.Float64Type:
		c.DataType = schema.Double
	case *arrow.BooleanType:
		c.DataType = schema.Bool
	case *arrow.Int64Type, *arrow.Uint64Type:
		c.DataType = schema.Bigint
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type:
		c.DataType, c.Precision = schema.Bigint, schema.N(t.(arrow.FixedWidthDataType).BitWidth())
	case *arrow.TimestampType:
		c.DataType, c.Precision = schema.Timestamp, schema.N(min(6, 3*int(t.Unit)))
		a.w.adjust(&c)
	case *arrow.Time32Type:
		c.DataType, c.Precision = schema.Time, schema.N(3*int(t.Unit))
		a.w.adjust(&c)
	case *arrow.Time64Type:
		c.DataType, c.Precision = schema.Time, schema.N(min(6, 3*int(t.Unit)))
		a.w.adjust(&c)
	case *arrow.Date32Type, *arrow.Date64Type:
		c.DataType = schema.Date
	case *arrow.BinaryType, *arrow.LargeBinaryType:
		c.DataType = schema.Binary
	case *arrow.FixedSizeBinaryType:
		c.DataType, c.Precision = schema.Binary, schema.N(t.ByteWidth)
	case arrow.DecimalType:
		c.DataType, c.Precision, c.Scale = schema.Decimal, schema.N(int(t.GetPrecision())), schema.N(int(t.GetScale()))
	default:
		if !isNested(t) {
			return c, &UnsupportedArrowTypeError{a.t.name, f.Name, f.Type.String()}
		}
		c.DataType = schema.JSON
	}
	return c, nil
}

func isNested(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.LIST, arrow.LARGE_LIST, arrow.FIXED_SIZE_LIST, arrow.LIST_VIEW, arrow.LARGE_LIST_VIEW, arrow.STRUCT, arrow.MAP, arrow.RUN_END_ENCODED:
		return true
	default:
		return false
	}
}

// field asks the contract for a column (A11) and takes it and its data in.
func (a *arrowBatch) field(col arrow.Array, c schema.Column, columns *[]schema.Column) error {
	var stored *schema.Column
	if a.t.schema != nil {
		stored = a.t.schema.Column(c.Name)
	}
	act, rule, err := contract.Keep, contract.Columns, error(nil)
	switch {
	case stored == nil || !stored.Complete():
		if act, err = a.rule.Column(c.Name); err == nil && stored != nil {
			schema.MergeColumn(&c, stored)
		}
	case differs(stored, &c):
		rule = contract.DataType
		act, err = a.changed(stored, &c)
	default:
		c = *stored
	}
	if err != nil {
		return err
	}
	switch act {
	case contract.DropRow:
		for i := range a.keep {
			if a.keep[i] && !col.IsNull(i) {
				a.keep[i] = false
				a.w.countDrop(dropped{a.t.name, c.Name, string(rule), true})
			}
		}
		return nil
	case contract.DropValue:
		for i := range a.keep {
			if !col.IsNull(i) {
				a.w.countDrop(dropped{a.t.name, c.Name, string(rule), false})
			}
		}
		return nil
	case contract.Keep:
	}
	*columns = append(*columns, c)
	col, err = shaped(col, &c)
	if err != nil {
		return err
	}
	a.fields = append(a.fields, arrow.Field{Name: c.Name, Type: col.DataType(), Nullable: c.IsNullable()})
	a.cols = append(a.cols, col)
	return nil
}

// changed asks the contract about changed properties and merges them into a
// copy of the stored column, whose not null stays.
func (a *arrowBatch) changed(stored, c *schema.Column) (contract.Action, error) {
	found := c.DataType
	act := contract.Keep
	switch a.rule.Contract().DataType {
	case schema.Freeze:
		v := &contract.ViolationError{
			Step: contract.Extract, Schema: a.w.schema.Name, Table: a.t.name, Column: c.Name,
			Entity: contract.DataType, Mode: schema.Freeze, SetAt: a.setAt(),
		}
		return act, v.With(stored.DataType, found, "")
	case schema.DiscardRow:
		act = contract.DropRow
	case schema.DiscardValue:
		act = contract.DropValue
	default:
	}
	merged := *stored
	nullable := stored.Nullable
	schema.MergeColumn(&merged, c)
	merged.Nullable = nullable
	*c = merged
	return act, nil
}

func (a *arrowBatch) setAt() string {
	_, origin := a.w.schema.ResolveContractWith(a.t.schema)
	return origin.String()
}

// differs reports whether a field says anything else than its column.
func differs(stored, c *schema.Column) bool {
	return stored.DataType != c.DataType ||
		c.Precision.Set && stored.Precision != c.Precision || c.Scale.Set && stored.Scale != c.Scale ||
		!c.IsNullable() && stored.IsNullable()
}

// learn brings the columns into the schema, and those the stage makes.
func (a *arrowBatch) learn(columns []schema.Column) error {
	if a.hasLoadID() && a.t.byName[a.w.names.loadID] == nil {
		columns = append(columns, schema.Column{Name: a.w.names.loadID, DataType: schema.Text, Nullable: schema.False, Precision: schema.N(64)})
	}
	if a.hasID() && a.t.byName[a.w.names.id] == nil {
		c := schema.IDColumn()
		c.Name, c.Precision = a.w.names.id, schema.N(64)
		columns = append(columns, c)
	}
	if t := a.w.schema.Table(a.t.name); t != nil {
		// Types of Arrow data overwrite (A9), which UpdateColumns refuses.
		t.MergeColumns(columns)
	} else if err := a.w.schema.AddTable(&schema.Table{Name: a.t.name, Columns: columns}, schema.Additive); err != nil {
		return err
	}
	a.w.changed(a.t.name)
	return nil
}

// shaped is a column of data as job files have it (A7): timestamps labelled by
// the column, nested values as JSON text, half floats as floats.
func shaped(col arrow.Array, c *schema.Column) (arrow.Array, error) {
	switch t := col.DataType().(type) {
	case *arrow.TimestampType:
		to := &arrow.TimestampType{Unit: t.Unit, TimeZone: "UTC"}
		if c.Timezone == schema.False {
			to.TimeZone = ""
		}
		d := col.Data()
		return array.MakeFromData(array.NewData(to, d.Len(), d.Buffers(), nil, d.NullN(), d.Offset())), nil
	case *arrow.Float16Type:
		half, out := col.(*array.Float16), batch.NewColumn(arrow.PrimitiveTypes.Float64)
		for i := range half.Len() {
			if half.IsValid(i) {
				out.Float64(i, float64(half.Value(i).Float32()))
			}
		}
		return out.Array(half.Len())
	}
	if !isNested(col.DataType()) {
		return col, nil
	}
	out := batch.NewColumn(arrow.BinaryTypes.String)
	for i := range col.Len() {
		if col.IsNull(i) {
			continue
		}
		text, err := nestedJSON(col, i)
		if err != nil {
			return nil, err
		}
		out.Text(i, text)
	}
	return out.Array(col.Len())
}

// addID adds random row ids where the table has them and the data does not.
func (a *arrowBatch) addID(seed [32]byte) {
	if !a.hasID() || len(a.fields) == 0 {
		return
	}
	for i := range a.fields {
		if a.fields[i].Name == a.w.names.id {
			return
		}
	}
	m, out := batch.NewIDMaker(seed), batch.NewColumn(arrow.BinaryTypes.String)
	for i := range int(a.rows) {
		out.Done(m.AppendRandom(out.Extend(i)))
	}
	col, err := out.Array(int(a.rows))
	if err != nil {
		return // texts fit every column of text
	}
	a.fields = append(a.fields, arrow.Field{Name: a.w.names.id, Type: col.DataType()})
	a.cols = append(a.cols, col)
}

// write writes the rows that are left, in runs.
func (a *arrowBatch) write() error {
	rec := array.NewRecordBatch(arrow.NewSchema(a.fields, nil), a.cols, a.rows)
	defer rec.Release()
	for i := 0; i < len(a.keep); {
		if !a.keep[i] {
			i++
			continue
		}
		from := i
		for i < len(a.keep) && a.keep[i] {
			i++
		}
		run := rec.NewSlice(int64(from), int64(i))
		err := a.w.write(a.t.name, run)
		run.Release()
		if err != nil {
			return fmt.Errorf("table %s: %w", a.t.name, err)
		}
		a.w.metrics.Rows[a.t.name] += int64(i - from)
	}
	return nil
}

// nestedJSON is the JSON text of a nested value.
func nestedJSON(col arrow.Array, i int) (string, error) {
	s := col.ValueStr(i)
	if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		return s, nil
	}
	return "", fmt.Errorf("value %d of type %s has no JSON form", i, col.DataType())
}
