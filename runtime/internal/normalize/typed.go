package normalize

import (
	"errors"
	"strings"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// ErrNeedsRecords says that the rows of a table need whole records, as an id
// that is the digest of one does (scd2); typed rows do not have them.
var ErrNeedsRecords = errors.New("the table's row ids are digests of whole records, which typed rows do not have")

// typed is the rows of a Stream that generated code appends. They are written
// by the caller's goroutine, and are the Sink of their Builders.
type typed struct {
	w      *Writer
	stream *Stream
	set    *set
	slow   slow
	root   *batch.Builder
	of     map[*batch.Builder]*static
}

// static is what the stage knows of a Builder.
type static struct {
	table *table
	names []string // columns by number
}

// Typed makes the Builder for rows of the Stream's root table and of the tables
// nested in it, parents before children. Column numbers count the columns of
// the tables as they are declared here; the schema has them already.
func (s *Stream) Typed(root *schema.Table, nested []*schema.Table) (*batch.Builder, error) {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed(s.root.name)
	if s.root.ids == rowID {
		return nil, ErrNeedsRecords
	}
	t := &typed{w: w, stream: s, set: newSet(w), of: map[*batch.Builder]*static{}}
	t.slow = slow{w: w, set: t.set, may: true}
	t.root = t.builder(s.root, root)
	byName := map[string]*batch.Builder{}
	for _, n := range nested {
		parent := byName[n.Parent]
		if parent == nil {
			parent = t.root
		}
		p := t.of[parent].table
		name := w.naming.TablePath(n.Name)
		parts := []string{name}
		if rest, ok := strings.CutPrefix(name, p.name+w.naming.Separator()); ok {
			parts = append(append([]string(nil), p.parts...), rest)
		}
		b := t.builder(w.tableNamed(p, name, parts, p.level-1), n)
		byName[n.Name] = b
		parent.Nested = append(parent.Nested, b)
	}
	t.root.Link()
	w.publish()
	s.typed = t
	return t.root, nil
}

func (t *typed) builder(p *table, declared *schema.Table) *batch.Builder {
	st := &static{table: p, names: make([]string, len(declared.Columns))}
	for i := range declared.Columns {
		st.names[i] = t.w.naming.Path(declared.Columns[i].Name)
	}
	b := &batch.Builder{Table: t.set.table(p), Sink: t, Static: make([]batch.Static, len(st.names))}
	t.of[b] = st
	t.number(b)
	return b
}

// number finds the columns that a Builder's numbers stand for.
func (t *typed) number(b *batch.Builder) {
	st := t.of[b]
	for i, name := range st.names {
		b.Static[i] = batch.Static{Slot: -1}
		if c := st.table.byName[name]; c != nil {
			b.Static[i] = batch.Static{Slot: c.slot, Type: c.arrow, Kind: c.kind, NotNull: c.notNull}
			if c.wide {
				b.Static[i].Kind = record.KindNull // the slow path writes it
			}
		}
	}
	b.Renew()
}

// Open gives the table its generated columns.
func (t *typed) Open(b *batch.Builder) error {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	err := t.slow.open(t.of[b].table)
	t.number(b)
	t.w.publish()
	return err
}

// Closed reports whether the contract drops the table.
func (t *typed) Closed(b *batch.Builder) bool {
	p := t.of[b].table
	if !p.filtered.Load() {
		return false
	}
	t.set.drops.row(p.name, "", contract.Tables)
	return true
}

// Odd takes the rest of a record through the slow path. A column that the
// record has no value for, or one that does not fit, stays null.
func (t *typed) Odd(b *batch.Builder, x *record.Extra) (bool, error) {
	st := t.of[b]
	for i := range x.Len() {
		t.skip(b, st, x.Path(i))
	}
	tree, err := x.Tree()
	if err != nil {
		return false, err
	}
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	defer t.w.publish()
	keep, err := t.slow.rest(st.table, tree, b.Row())
	if !keep {
		b.Table.Truncate(b.Row())
	}
	return keep, err
}

// skip leaves the columns null that hold the value at a path or parts of it.
func (t *typed) skip(b *batch.Builder, st *static, path []string) {
	parts := make([]string, len(path))
	for i, k := range path {
		parts[i] = t.w.keyName(k)
	}
	full := t.w.naming.Join(parts...)
	inside := full + t.w.naming.Separator()
	for i, name := range st.names {
		if name == full || strings.HasPrefix(name, inside) {
			b.Skip(i)
		}
	}
}

// rest adds to a row what its struct could not hold. False drops the row.
func (s *slow) rest(t *table, item *record.Value, n int) (bool, error) {
	s.set.begin()
	r := &row{table: t}
	if err := s.flatten(r, t.elem, item); err != nil {
		return false, err
	}
	if !s.filter(r) && item.Len() > 0 {
		r.fields = nil
	}
	if s.dropFiltered(r) {
		return false, nil
	}
	for i := range r.fields {
		e := &r.fields[i]
		if e.name == s.w.names.id && truthy(e.v) {
			if v, ok := record.Coerce(e.v, record.KindText); ok {
				s.set.table(t).SetID(n, v.Text())
			}
			continue
		}
		if err := s.coerce(r, e); err != nil {
			return false, err
		}
	}
	if keep, err := s.learnMore(r); err != nil || !keep {
		return false, err
	}
	s.write(r, n)
	return true, s.lists(r, n, nil, nil)
}

// learnMore is learn for a row that is more than its cells.
func (s *slow) learnMore(r *row) (bool, error) {
	if len(r.news) == 0 {
		return true, nil
	}
	r.cells = append(r.cells, cell{name: s.w.names.id, role: roleID}) // a row is never empty
	return s.learn(r)
}

// Value writes a value to a column that takes another kind: coerced, or into
// the column's variant.
func (t *typed) Value(b *batch.Builder, col int, v *record.Value) error {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	defer t.w.publish()
	st := t.of[b]
	r := &row{table: st.table}
	if err := t.slow.value(r, st.names[col], v, false, ""); err != nil {
		return err
	}
	if keep, err := t.slow.learnMore(r); err != nil || !keep {
		return err
	}
	t.slow.write(r, b.Row())
	return nil
}

// Null refuses a null.
func (t *typed) Null(b *batch.Builder, col int) error {
	st := t.of[b]
	return &NullError{t.w.schema.Name, st.table.name, st.names[col]}
}

// EndPage tells that a page of typed rows is complete; enough of them are written.
func (s *Stream) EndPage() error {
	t := s.typed
	if t == nil {
		return s.w.queue.failed()
	}
	if err := t.root.Err(); err != nil {
		return err
	}
	if t.set.size() < chunkBytes {
		return s.w.queue.failed()
	}
	return t.flush()
}

// flush writes the rows in their turn.
func (t *typed) flush() error {
	if err := t.root.Err(); err != nil {
		return err
	}
	if t.set.empty() {
		return nil
	}
	return t.w.queue.inTurn(func(seq int) error {
		t.set.ids.Seed(t.w.seedOf(seq))
		t.w.mu.RLock()
		t.set.identify()
		t.w.mu.RUnlock()
		t.stream.records.Add(int64(t.root.Table.Rows()))
		err := t.w.commit(t.set)
		t.set.reset()
		return err
	})
}
