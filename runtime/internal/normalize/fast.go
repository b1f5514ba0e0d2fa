package normalize

import (
	"encoding/binary"
	"math"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

// What the fast path returns in place of a position.
const (
	bail    = -1 // the slow path has to take the record
	dropRow = -2 // the contract drops the row
)

// A shredder is one worker's fast path: it copies the values of known keys from
// a page into columns. It only ever adds rows, so that giving up on a record
// costs no more than taking them back.
type shredder struct {
	set  *set
	data []byte
	text []byte // scratch

	compact  record.Compactor
	dropping string // the column for which the contract drops the row
}

// record shreds the record at p and returns the position after it, or bail.
func (s *shredder) record(t *table, p int) int {
	tb := s.set.table(t)
	s.set.touch(tb)
	row := tb.Add(0, 0)
	var end int
	if s.data[p] == '{' {
		end = s.object(t.elem, tb, row, p)
	} else {
		end = s.element(t, tb, row, p)
	}
	if end == dropRow {
		s.set.rollback()
		s.set.drops.row(t.name, s.dropping, contract.Columns)
		return record.SkipValue(s.data, p)
	}
	return end
}

// seen are the keys that an object had so far. Of a key that comes twice the
// last value counts, which only the slow path can tell.
type seen [4]uint64

// object reads the map at p into a row.
func (s *shredder) object(o *object, tb *batch.Table, row, p int) int {
	data := s.data
	acts := o.fast.Load()
	p = record.SkipSpace(data, p+1)
	if p < len(data) && data[p] == '}' {
		return p + 1
	}
	var had seen
	next := 0
	for {
		var i int
		if i, p = s.key(acts, next, p); i < 0 {
			return bail
		}
		next = i + 1
		bit := uint64(1) << (i & 63)
		if i >= 256 || had[i>>6]&bit != 0 {
			return bail
		}
		had[i>>6] |= bit
		if p = s.value(&acts.list[i], tb, row, p); p < 0 {
			return p
		}
		if p >= len(data) {
			return bail
		}
		if data[p] == ',' {
			p++
			if p < len(data) && data[p] <= ' ' {
				p = record.SkipSpace(data, p)
			}
			continue
		}
		p = record.SkipSpace(data, p)
		switch {
		case p >= len(data):
			return bail
		case data[p] == '}':
			return p + 1
		case data[p] != ',':
			return bail
		}
		p = record.SkipSpace(data, p+1)
	}
}

// tries is how many keys after the expected one are compared before the key is
// looked up.
const tries = 6

// key finds the action of the key at p, most likely the next one. It returns
// its number and the position of the value; -1 for a key that is not known.
func (s *shredder) key(acts *actions, next, p int) (int, int) {
	data := s.data
	if p+8 <= len(data) {
		word := binary.LittleEndian.Uint64(data[p:])
		for i := next; i < len(acts.list) && i < next+tries; i++ {
			a := &acts.list[i]
			if (word^a.word)&a.mask != 0 {
				continue
			}
			n := len(a.quoted)
			if n > 8 && (p+n > len(data) || string(data[p:p+n]) != a.quoted) {
				continue
			}
			p += n
			if p < len(data) && data[p] <= ' ' {
				p = record.SkipSpace(data, p)
			}
			return i, p
		}
	}
	return s.lookup(acts, p)
}

func (s *shredder) lookup(acts *actions, p int) (int, int) {
	data := s.data
	if p >= len(data) || data[p] != '"' {
		return -1, p
	}
	end, flags := record.ScanString(data, p+1)
	if end < 0 {
		return -1, p
	}
	name := data[p+1 : end]
	if flags&record.Escaped != 0 {
		s.text = record.AppendUnescaped(s.text[:0], name)
		name = s.text
	}
	i, ok := acts.index[string(name)]
	p = record.SkipSpace(data, end+1)
	if !ok || p >= len(data) || data[p] != ':' {
		return -1, p
	}
	return int(i), record.SkipSpace(data, p+1)
}

// value reads the value at p by an action and returns the position after it.
func (s *shredder) value(a *action, tb *batch.Table, row, p int) int {
	if p >= len(s.data) || a.slow {
		return bail
	}
	if a.drop || a.row {
		return s.dropped(a, tb, p)
	}
	switch s.data[p] {
	case '"':
		return s.stringValue(a.col, tb, row, p)
	case '{':
		return s.mapValue(a, tb, row, p)
	case '[':
		return s.listValue(a, tb, row, p)
	case 't', 'f':
		return s.boolValue(a.col, tb, row, p)
	case 'n':
		return s.nullValue(a, tb, row, p)
	default:
		return s.numberValue(a.col, tb, row, p)
	}
}

// dropped skips what the contract drops. A map or a list that would not go into
// the column is not the column's value.
func (s *shredder) dropped(a *action, tb *batch.Table, p int) int {
	if c := s.data[p]; !a.json && (c == '{' || c == '[') {
		return bail
	}
	if a.row {
		if tb.Parent != nil {
			return bail // a nested row goes alone, which the slow path does
		}
		s.dropping = a.name
		return dropRow
	}
	if s.data[p] != 'n' {
		s.set.drops.value(tb.Name, a.name, contract.Columns)
	}
	return record.SkipValue(s.data, p)
}

// column is where a leaf goes; nil if there is a value already, or none may be.
func (s *shredder) column(c *column, tb *batch.Table, row int) *batch.Column {
	var col *batch.Column
	if c.slot < len(tb.Cols) {
		col = tb.Cols[c.slot]
	}
	if col == nil {
		col = tb.Col(c.slot, c.arrow)
	}
	if col.Len() > row {
		return nil
	}
	return col
}

func (s *shredder) nullValue(a *action, tb *batch.Table, row, p int) int {
	p = record.SkipLiteral(s.data, p)
	switch {
	case p < 0:
		return bail
	case a.col == nil:
		if a.null {
			return p
		}
		return bail
	case a.col.notNull:
		return bail
	case a.col.slot < len(tb.Cols) && tb.Cols[a.col.slot] != nil && tb.Cols[a.col.slot].Len() > row:
		return bail // an earlier key wrote the column, and this one takes it back
	}
	return p
}

func (s *shredder) boolValue(c *column, tb *batch.Table, row, p int) int {
	if c == nil || c.kind != record.KindBool {
		return bail
	}
	col := s.column(c, tb, row)
	end := record.SkipLiteral(s.data, p)
	if col == nil || end < 0 {
		return bail
	}
	col.Bool(row, s.data[p] == 't')
	return end
}

func (s *shredder) numberValue(c *column, tb *batch.Table, row, p int) int {
	end, kind, raw := record.ScanNumber(s.data, p)
	if c == nil || c.wide || kind == record.NotNumber || kind == record.BigInteger {
		return bail
	}
	col := s.column(c, tb, row)
	if col == nil {
		return bail
	}
	switch {
	case kind == record.Integer && c.kind == record.KindInt:
		col.Int(row, int64(raw))
	case kind == record.Double && c.kind == record.KindDouble:
		col.Float64(row, math.Float64frombits(raw))
	case kind == record.Integer && c.kind == record.KindDouble:
		col.Float64(row, float64(int64(raw)))
	case kind == record.Integer && c.kind == record.KindDecimal:
		col.Decimal(row, value.NewDecimal(int64(raw), 0))
	default:
		return bail
	}
	return end
}

func (s *shredder) stringValue(c *column, tb *batch.Table, row, p int) int {
	end, flags := record.ScanString(s.data, p+1)
	if end < 0 || c == nil {
		return bail
	}
	col := s.column(c, tb, row)
	if col == nil {
		return bail
	}
	text := s.data[p+1 : end]
	if c.kind == record.KindText {
		if flags&record.Escaped == 0 {
			col.Bytes(row, text)
		} else {
			col.Done(record.AppendUnescaped(col.Extend(row), text))
		}
		return end + 1
	}
	if flags == 0 && typedText(c, col, row, text) {
		return end + 1
	}
	return bail
}

// typedText writes the text of a typed column; false leaves it to the slow path.
func typedText(c *column, col *batch.Column, row int, text []byte) bool {
	switch c.kind {
	case record.KindTimestamp:
		micros, ok := value.RFC3339Micros(text)
		if ok {
			col.Int(row, micros)
		}
		return ok
	case record.KindDate:
		if len(text) != 10 {
			return false
		}
		d, err := value.ParseDate(string(text))
		if err == nil {
			col.Int(row, int64(d))
		}
		return err == nil
	case record.KindTime:
		t, err := value.ParseTimeOfDay(string(text))
		if err == nil {
			col.Int(row, int64(t))
		}
		return err == nil
	case record.KindDecimal:
		if len(text) == 0 || text[0] <= ' ' || text[len(text)-1] <= ' ' {
			return false
		}
		d, err := value.ParseDecimal(string(text))
		if err == nil {
			col.Decimal(row, d)
		}
		return err == nil
	default:
		return false
	}
}

func (s *shredder) mapValue(a *action, tb *batch.Table, row, p int) int {
	if a.json {
		return s.json(a.col, tb, row, p)
	}
	if a.obj == nil {
		return bail
	}
	return s.object(a.obj, tb, row, p)
}

func (s *shredder) listValue(a *action, tb *batch.Table, row, p int) int {
	switch {
	case a.json:
		return s.json(a.col, tb, row, p)
	case a.skip != nil:
		return s.skipped(a.skip, p)
	case a.list == nil:
		if p = record.SkipSpace(s.data, p+1); p < len(s.data) && s.data[p] == ']' {
			return p + 1
		}
		return bail
	}
	return s.list(a.list, row, p)
}

// skipped passes over a list whose table the contract drops, and counts its rows.
func (s *shredder) skipped(t *table, p int) int {
	p = record.SkipSpace(s.data, p+1)
	if p < len(s.data) && s.data[p] == ']' {
		return p + 1
	}
	for {
		if p = record.SkipValue(s.data, p); p < 0 {
			return bail
		}
		s.set.drops.row(t.name, "", contract.Tables)
		p = record.SkipSpace(s.data, p)
		switch {
		case p >= len(s.data):
			return bail
		case s.data[p] == ']':
			return p + 1
		case s.data[p] != ',':
			return bail
		}
		p = record.SkipSpace(s.data, p+1)
	}
}

// list reads the list at p into rows of a child table.
func (s *shredder) list(t *table, parent, p int) int {
	data := s.data
	p = record.SkipSpace(data, p+1)
	if p < len(data) && data[p] == ']' {
		return p + 1
	}
	tb := s.set.table(t)
	s.set.touch(tb)
	for i := 0; ; i++ {
		if p >= len(data) {
			return bail
		}
		row := tb.Add(parent, i)
		if data[p] == '{' {
			p = s.object(t.elem, tb, row, p)
		} else {
			p = s.element(t, tb, row, p)
		}
		if p < 0 {
			return bail
		}
		if p < len(data) && data[p] <= ' ' {
			p = record.SkipSpace(data, p)
		}
		switch {
		case p >= len(data):
			return bail
		case data[p] == ']':
			return p + 1
		case data[p] != ',':
			return bail
		}
		if p++; p < len(data) && data[p] <= ' ' {
			p = record.SkipSpace(data, p)
		}
	}
}

// element reads a row that is not a map: a leaf or a list (N16).
func (s *shredder) element(t *table, tb *batch.Table, row, p int) int {
	o, name := t.elem, s.set.w.names.value
	if s.data[p] == '[' && tb.Parent != nil {
		o, name = t.wrap, s.set.w.names.list
	}
	acts := o.fast.Load()
	i, ok := acts.index[name]
	if !ok {
		return bail
	}
	return s.value(&acts.list[i], tb, row, p)
}
