package normalize

import (
	"strings"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/record"
)

// identify gives a row its id where that depends on the record: one that the
// data brought, a digest of the primary key, or of the whole record (N61 to
// N63). All others are made for whole tables when a batch is done. The id is
// returned if something is handed down from it.
func (s *slow) identify(r *row, n int, item, own *record.Value) (*record.Value, error) {
	t := r.table
	var text string
	switch {
	case own != nil:
		v, _ := record.Coerce(own, record.KindText)
		text = v.Text()
	case t.linked:
		return nil, nil
	case t.ids == keyID:
		key := record.ObjectValue()
		for _, name := range t.key {
			e := r.get(name)
			if e == nil || e.v == nil {
				return nil, &KeyMissingError{s.w.schema.Name, t.name, name}
			}
			key.Set(name, *e.v)
		}
		text = s.digest(&key)
	case t.ids == rowID:
		rest := record.ObjectValue()
		for i := range item.Len() {
			if k := item.Key(i); !strings.HasPrefix(k, "_dlt") {
				rest.Set(k, *item.Index(i))
			}
		}
		text = s.digest(&rest)
	case s.handsDownID(t):
		text = string(s.set.ids.AppendRandom(nil))
	default:
		return nil, nil
	}
	s.set.table(t).SetID(n, text)
	id := record.TextValue(text)
	return &id, nil
}

func (s *slow) digest(v *record.Value) string {
	return string(s.set.ids.AppendDigest(nil, v.AppendCanonical(nil)))
}

// handsDownID reports whether descendants get the row's id under a name that
// the batch does not make by itself.
func (s *slow) handsDownID(t *table) bool {
	if t.schema == nil {
		return false
	}
	for _, m := range s.w.schema.Propagation(t.schema) {
		if m.From == s.w.names.id && m.To != s.w.names.rootID {
			return true
		}
	}
	return false
}

// write puts the cells of a row into the columns of its table.
func (s *slow) write(r *row, n int) {
	tb := s.set.table(r.table)
	for i := range r.cells {
		c := &r.cells[i]
		if c.role != roleData {
			continue
		}
		col := r.table.byName[c.name]
		if col == nil || col.role == roleID && col.kind == record.KindText {
			continue
		}
		if col.wide {
			tb.Col(col.slot, col.arrow).Decimal(n, c.v.Big().Decimal())
			continue
		}
		appendValue(tb.Col(col.slot, col.arrow), n, col.kind, &c.v)
	}
}

// appendValue writes a value that was fitted to the column's kind.
func appendValue(c *batch.Column, row int, kind record.Kind, v *record.Value) {
	if v.IsNull() {
		return // a json text that said null (N44, note 9)
	}
	switch kind {
	case record.KindText:
		c.Text(row, v.Text())
	case record.KindInt:
		if n, ok := v.Int64(); ok {
			c.Int(row, n)
		} else {
			c.Misfit(row, v.Big().String())
		}
	case record.KindDouble:
		c.Float64(row, v.Double())
	case record.KindBool:
		c.Bool(row, v.Bool())
	case record.KindTimestamp:
		c.Int(row, v.Timestamp().Micros)
	case record.KindDate:
		c.Int(row, int64(v.Date()))
	case record.KindTime:
		c.Int(row, int64(v.Time()))
	case record.KindBinary:
		b, _ := v.Binary()
		c.Bytes(row, b)
	case record.KindDecimal, record.KindWei:
		c.Decimal(row, v.Decimal())
	default:
		c.Done(v.AppendJSON(c.Extend(row)))
	}
}
