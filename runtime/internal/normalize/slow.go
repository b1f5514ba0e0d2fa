package normalize

import (
	"errors"
	"slices"

	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// errTurn says that a record wants to change what the stage knows, which it
// may only when all records before it are done.
var errTurn = errors.New("a record has to wait for its turn")

// A slow is one worker's slow path: the rules of chapter 20 as they are written.
type slow struct {
	w   *Writer
	set *set
	// may is true while the worker has the turn and the lock.
	may bool
}

// A row is one row between flattening and its table.
type row struct {
	table  *table
	fields []entry
	index  map[string]int // of fields, when there are many
	lists  []listEntry
	cells  []cell
	news   []newColumn
}

// An entry is one field of a flattened row.
type entry struct {
	name string
	v    *record.Value
	key  *key
	role role // of a generated field, whose value is made later
}

// A listEntry is a list that becomes rows of a child table.
type listEntry struct {
	child *table
	v     *record.Value
}

// A cell is a value that fits its column.
type cell struct {
	name string
	v    record.Value
	role role
}

type newColumn struct {
	col   schema.Column
	found schema.DataType
	base  schema.DataType // type of the column that a variant belongs to
	v     *record.Value
}

// A place says where a row hangs.
type place struct {
	parent, idx int
	extend      []entry // values handed down (N67)
}

// record makes the rows of one item (N1, N2).
func (s *slow) record(root *table, item *record.Value) error {
	if item.Kind() != record.KindObject {
		item = wrapped(s.w.names.value, item)
	}
	return s.row(root, root.elem, item, place{})
}

func wrapped(key string, v *record.Value) *record.Value {
	o := record.ObjectValue()
	o.Set(key, *v)
	return &o
}

// row does the steps of N1 for one row and what hangs off it. A dropped row is
// no error.
func (s *slow) row(t *table, o *object, item *record.Value, at place) error {
	if t.filtered.Load() {
		s.set.drops.row(t.name, "", contract.Tables)
		return nil
	}
	r := &row{table: t}
	if err := s.flatten(r, o, item); err != nil {
		return err
	}
	for _, e := range at.extend {
		r.put(e)
	}
	own := s.generate(r)
	if !s.filter(r) {
		return nil
	}
	if dropped := s.dropFiltered(r); dropped {
		return nil
	}
	for i := range r.fields {
		if err := s.coerce(r, &r.fields[i]); err != nil {
			return err
		}
	}
	if len(r.news) > 0 {
		if keep, err := s.learn(r); err != nil || !keep {
			return err
		}
	}
	tb := s.set.table(t)
	s.set.touch(tb)
	n := tb.Add(at.parent, at.idx)
	id, err := s.identify(r, n, item, own)
	if err != nil {
		return err
	}
	s.write(r, n)
	return s.lists(r, n, id, at.extend)
}

// flatten is N10: maps go into the row, the last one first, lists aside.
func (s *slow) flatten(r *row, o *object, item *record.Value) error {
	type todo struct {
		o *object
		v *record.Value
	}
	stack := []todo{{o, item}}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for i := range at.v.Len() {
			k, v := at.o.keys[at.v.Key(i)], at.v.Index(i)
			if k == nil {
				if !s.may {
					return errTurn
				}
				k = s.w.addKey(at.o, at.v.Key(i), nextKnown(at.o, at.v, i))
			}
			kind := v.Kind()
			if kind != record.KindObject && kind != record.KindList || s.w.isJSON(r.table, k.full, at.o.level) {
				r.put(entry{name: k.full, v: v, key: k})
				continue
			}
			if kind == record.KindObject {
				if k.obj == nil {
					if !s.may {
						return errTurn
					}
					k.obj = newObject(r.table, append(slices.Clone(at.o.path), k.name), at.o.level-1)
					s.w.touch(at.o)
				}
				stack = append(stack, todo{k.obj, v})
				continue
			}
			if err := s.list(r, o, at.o, k, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// nextKnown is the first known key after position i of a record.
func nextKnown(o *object, v *record.Value, i int) *key {
	if len(o.order) == 0 {
		return nil
	}
	for i++; i < v.Len(); i++ {
		if k := o.keys[v.Key(i)]; k != nil {
			return k
		}
	}
	return nil
}

// list puts a list aside; one of an equal name takes the place of the earlier.
func (s *slow) list(r *row, root, o *object, k *key, v *record.Value) error {
	if k.list == nil {
		if v.Len() == 0 && len(r.lists) == 0 {
			return nil
		}
		parts := append(slices.Clone(r.table.parts), o.path...)
		parts = append(parts, s.w.tableName(k.raw))
		if v.Len() == 0 {
			for i := range r.lists {
				if slices.Equal(r.lists[i].child.parts, parts) {
					r.lists[i].v = v
				}
			}
			return nil
		}
		if !s.may {
			return errTurn
		}
		t := s.w.tableAt(r.table, parts, root.level-1)
		s.w.feed(o, k, t)
	}
	for i := range r.lists {
		if r.lists[i].child == k.list {
			r.lists[i].v = v
			return nil
		}
	}
	r.lists = append(r.lists, listEntry{k.list, v})
	return nil
}

const fewFields = 16

// put sets a field, in the place of one of its name.
func (r *row) put(e entry) {
	if r.index != nil {
		if i, ok := r.index[e.name]; ok {
			r.fields[i] = e
			return
		}
		r.index[e.name] = len(r.fields)
	} else {
		for i := range r.fields {
			if r.fields[i].name == e.name {
				r.fields[i] = e
				return
			}
		}
	}
	r.fields = append(r.fields, e)
	if len(r.fields) == fewFields {
		r.index = make(map[string]int, 4*fewFields)
		for i := range r.fields {
			r.index[r.fields[i].name] = i
		}
	}
}

func (r *row) get(name string) *entry {
	if r.index != nil {
		if i, ok := r.index[name]; ok {
			return &r.fields[i]
		}
		return nil
	}
	for i := range r.fields {
		if r.fields[i].name == name {
			return &r.fields[i]
		}
	}
	return nil
}

// generate adds the fields that the stage makes, at the end (N65). It returns
// the id that the data brought, if it did (N66).
func (s *slow) generate(r *row) *record.Value {
	n := &s.w.names
	if !r.table.linked {
		r.put(entry{name: n.loadID, role: roleLoadID})
	}
	if r.table.linked {
		r.put(entry{name: n.parentID, role: roleParentID})
		r.put(entry{name: n.listIdx, role: roleListIdx})
	}
	var own *record.Value
	if e := r.get(n.id); e != nil && truthy(e.v) {
		own = e.v
	}
	r.put(entry{name: n.id, role: roleID})
	return own
}

// truthy reports whether a value counts as an id: not null, false, zero or empty.
func truthy(v *record.Value) bool {
	switch v.Kind() {
	case record.KindNull:
		return false
	case record.KindBool:
		return v.Bool()
	case record.KindInt:
		return v.Big().Sign() != 0
	case record.KindDouble:
		return v.Double() != 0
	case record.KindText:
		return v.Text() != ""
	default:
		return true
	}
}

// filter is N50; false drops a row that is left without fields.
func (s *slow) filter(r *row) bool {
	if s.w.filter == nil {
		return true
	}
	r.index = nil
	r.fields = slices.DeleteFunc(r.fields, func(e entry) bool { return s.w.filter.Excludes(r.table.name, e.name) })
	return len(r.fields) > 0
}

// dropFiltered removes what the contract dropped before. From the first
// violation on the key itself counts, whether null or not (C7).
func (s *slow) dropFiltered(r *row) (dropped bool) {
	if len(r.table.filters) == 0 {
		return false
	}
	for i := range r.fields {
		if r.table.filters[r.fields[i].name] == contract.DropRow {
			s.set.drops.row(r.table.name, r.fields[i].name, contract.Columns)
			return true
		}
	}
	r.index = nil
	r.fields = slices.DeleteFunc(r.fields, func(e entry) bool {
		if r.table.filters[e.name] != contract.DropValue {
			return false
		}
		if e.v != nil && !e.v.IsNull() {
			s.set.drops.value(r.table.name, e.name, contract.Columns)
		}
		return true
	})
	return false
}

// lists descends into the lists of a written row.
func (s *slow) lists(r *row, n int, id *record.Value, extend []entry) error {
	if len(r.lists) == 0 {
		return nil
	}
	extend = s.handDown(r, id, extend)
	for _, l := range r.lists {
		for i := range l.v.Len() {
			var err error
			v, at := l.v.Index(i), place{n, i, extend}
			switch v.Kind() {
			case record.KindObject:
				err = s.row(l.child, l.child.elem, v, at)
			case record.KindList:
				err = s.row(l.child, l.child.wrap, wrapped(s.w.names.list, v), at)
			default:
				err = s.row(l.child, l.child.elem, wrapped(s.w.names.value, v), at)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// handDown adds what a row hands to its descendants (N67).
func (s *slow) handDown(r *row, id *record.Value, extend []entry) []entry {
	if r.table.schema == nil {
		return extend
	}
	maps := s.w.schema.Propagation(r.table.schema)
	if len(maps) == 0 {
		return extend
	}
	extend = slices.Clone(extend)
	for _, m := range maps {
		if m.To == s.w.names.rootID && m.From == s.w.names.id && r.table.parent == nil {
			extend = append(extend, entry{name: m.To, role: roleRootID})
			continue
		}
		e := r.get(m.From)
		switch {
		case e == nil:
		case e.role == roleID:
			extend = append(extend, entry{name: m.To, v: id})
		case e.v != nil:
			extend = append(extend, entry{name: m.To, v: e.v})
		}
	}
	return extend
}
