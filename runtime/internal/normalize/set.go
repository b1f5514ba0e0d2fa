package normalize

import (
	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/record"
)

// A set is one worker's rows, of all tables, since the last batch.
type set struct {
	w      *Writer
	tables []*batch.Table // by table.id
	ids    *batch.IDMaker
	drops  drops

	token   uint64 // of the record
	touched []*batch.Table
}

func newSet(w *Writer) *set { return &set{w: w, ids: batch.NewIDMaker(w.seed), token: 1} }

// table is the batch of a table's rows.
func (s *set) table(t *table) *batch.Table {
	if t.id < len(s.tables) && s.tables[t.id] != nil {
		return s.tables[t.id]
	}
	var parent *batch.Table
	if t.parent != nil {
		parent = s.table(t.parent)
	}
	for len(s.tables) <= t.id {
		s.tables = append(s.tables, nil)
	}
	s.tables[t.id] = batch.NewTable(t.name, parent)
	return s.tables[t.id]
}

// begin starts a record: what is written from now on can be taken back.
func (s *set) begin() {
	s.token++
	s.touched = s.touched[:0]
	s.drops.begin()
}

// touch notes that rows are about to be added.
func (s *set) touch(tb *batch.Table) {
	if tb.Mark(s.token) {
		s.touched = append(s.touched, tb)
	}
}

// rollback takes the record back.
func (s *set) rollback() {
	for _, tb := range s.touched {
		tb.Rollback()
	}
	s.touched = s.touched[:0]
	s.drops.rollback()
}

// reset empties the set.
func (s *set) reset() {
	for _, tb := range s.tables {
		if tb != nil {
			tb.Reset()
		}
	}
	s.touched = s.touched[:0]
	s.drops = drops{}
}

// size is about the number of bytes the set holds.
func (s *set) size() int {
	n := 0
	for _, tb := range s.tables {
		if tb != nil {
			n += tb.Size()
		}
	}
	return n
}

// identify makes the ids of all rows, parents first. The caller holds the
// lock for reading.
func (s *set) identify() {
	for id, tb := range s.tables {
		if tb == nil || tb.Rows() == 0 {
			continue
		}
		t := s.w.tables[id]
		var key func(b []byte, row int) []byte
		if t.ids == keyID && len(t.key) > 0 && len(t.keyCols) == len(t.key) {
			key = func(b []byte, row int) []byte { return t.appendKey(b, tb, row) }
		}
		tb.MakeIDs(s.ids, t.linked, key)
	}
}

// appendKey is the canonical JSON of a row's primary key (N62).
func (t *table) appendKey(b []byte, tb *batch.Table, row int) []byte {
	key := record.ObjectValue()
	for _, c := range t.keyCols {
		var v record.Value
		if c.slot < len(tb.Cols) && tb.Cols[c.slot] != nil {
			v = tb.Cols[c.slot].Value(c.kind, row)
		}
		key.Set(c.name, v)
	}
	return key.AppendCanonical(b)
}

// A dropped names what a contract rule dropped: rows, or values of rows that stay.
type dropped struct {
	table, column, rule string
	row                 bool
}

// drops count what contracts dropped; those of a record can be taken back.
type drops struct {
	list []dropped
	mark int
}

func (d *drops) begin()    { d.mark = len(d.list) }
func (d *drops) rollback() { d.list = d.list[:d.mark] }

func (d *drops) row(table, column string, rule contract.Entity) {
	d.list = append(d.list, dropped{table, column, string(rule), true})
}

func (d *drops) value(table, column string, rule contract.Entity) {
	d.list = append(d.list, dropped{table, column, string(rule), false})
}

// empty reports whether there is nothing to write.
func (s *set) empty() bool {
	for _, tb := range s.tables {
		if tb != nil && tb.Rows() > 0 {
			return false
		}
	}
	return len(s.drops.list) == 0
}
