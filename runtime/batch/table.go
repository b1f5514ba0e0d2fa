package batch

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/dltgen/dltgen/runtime/record"
)

// A Table holds rows of one table: columns of data, and for rows that came out
// of a list the row they belong to. Columns shorter than the table are null at
// their end.
type Table struct {
	// Name is the table's name, part of the ids of nested rows.
	Name string
	// Parent holds the rows that this table's rows belong to; nil for a root table.
	Parent *Table
	// Cols are the columns of data; nil where nothing was written yet.
	Cols []*Column

	rows    int
	parents []int32
	places  []int64          // positions in their lists
	own     map[int32]string // ids that the data brought or that were made early
	ids     *Column
	roots   []int32
	mark    int
	marked  uint64
	compact record.Compactor
}

// NewTable is an empty table.
func NewTable(name string, parent *Table) *Table { return &Table{Name: name, Parent: parent} }

// Rows is the number of rows.
func (t *Table) Rows() int { return t.rows }

// Size is about the number of bytes the table holds.
func (t *Table) Size() int {
	n := 12*len(t.parents) + IDLength*t.rows
	for _, c := range t.Cols {
		if c != nil {
			n += c.Size()
		}
	}
	return n
}

// Add starts a row and returns its number. The row is the idx-th of a list of
// the parent's row; root tables give 0 for both.
func (t *Table) Add(parent, idx int) int {
	if t.Parent != nil {
		t.parents = append(t.parents, int32(parent))
		t.places = append(t.places, int64(idx))
	}
	t.rows++
	return t.rows - 1
}

// Col is the column of a slot, made with the type if it is not there.
func (t *Table) Col(slot int, typ arrow.DataType) *Column {
	if slot < len(t.Cols) && t.Cols[slot] != nil {
		return t.Cols[slot]
	}
	for len(t.Cols) <= slot {
		t.Cols = append(t.Cols, nil)
	}
	t.Cols[slot] = NewColumn(typ)
	return t.Cols[slot]
}

// Mark remembers the number of rows under a token, once per token; it reports
// whether this was the first time. [Table.Rollback] goes back there.
func (t *Table) Mark(token uint64) bool {
	if t.marked == token {
		return false
	}
	t.mark, t.marked = t.rows, token
	return true
}

// Rollback drops the rows that were added since Mark.
func (t *Table) Rollback() { t.Truncate(t.mark) }

// Truncate drops the rows from row on.
func (t *Table) Truncate(row int) {
	for _, c := range t.Cols {
		if c != nil {
			c.Truncate(row)
		}
	}
	for i := row; len(t.own) > 0 && i < t.rows; i++ {
		delete(t.own, int32(i))
	}
	t.rows = row
	if t.Parent != nil {
		t.parents, t.places = t.parents[:row], t.places[:row]
	}
}

// SetID gives a row its id.
func (t *Table) SetID(row int, id string) {
	if t.own == nil {
		t.own = map[int32]string{}
	}
	t.own[int32(row)] = id
}

// Reset empties the table and keeps its memory.
func (t *Table) Reset() {
	for _, c := range t.Cols {
		if c != nil {
			c.Reset()
		}
	}
	t.rows, t.marked = 0, 0
	t.parents, t.places, t.roots = t.parents[:0], t.places[:0], t.roots[:0]
	clear(t.own)
	if t.ids != nil {
		t.ids.Reset()
	}
}

// MakeIDs gives an id to every row that has none. Without key the ids of root
// tables are random and those of nested tables follow from their parents, which
// must have theirs; else key appends the text that an id is the digest of.
func (t *Table) MakeIDs(m *IDMaker, nested bool, key func(b []byte, row int) []byte) {
	if t.ids == nil {
		t.ids = NewColumn(arrow.BinaryTypes.String)
	}
	t.findRoots()
	if nested && key == nil && hasKeccak8 && len(t.own) == 0 {
		t.nestedIDs(m)
	}
	var text []byte
	for row := t.ids.n; row < t.rows; row++ {
		if len(t.own) > 0 {
			if id, ok := t.own[int32(row)]; ok {
				t.ids.Text(row, id)
				continue
			}
		}
		b := t.ids.Extend(row)
		switch {
		case key != nil:
			text = key(text[:0], row)
			b = m.AppendDigest(b, text)
		case nested && t.Parent != nil:
			b = m.AppendNested(b, t.Parent.ids.BytesAt(int(t.parents[row])), t.Name, t.places[row])
		default:
			b = m.AppendRandom(b)
		}
		t.ids.Done(b)
	}
}

// nestedIDs makes ids of nested rows, eight at a time, as long as there are eight.
func (t *Table) nestedIDs(m *IDMaker) {
	for row := t.ids.n; row+8 <= t.rows; row += 8 {
		m.state = [25][8]uint64{}
		for j := range 8 {
			text := m.nested(t.Parent.ids.BytesAt(int(t.parents[row+j])), t.Name, t.places[row+j])
			if len(text) >= shakeRate {
				return // the text of a very long name takes more than one go
			}
			m.absorb(j, text)
		}
		t.ids.data = m.squeeze8(t.ids.data)
		for range 8 {
			t.ids.offs = append(t.ids.offs, t.ids.offs[t.ids.n]+IDLength)
			t.ids.n++
		}
	}
}

func (t *Table) findRoots() {
	for row := len(t.roots); row < t.rows; row++ {
		r := int32(row)
		if t.Parent != nil {
			r = t.Parent.roots[t.parents[row]]
		}
		t.roots = append(t.roots, r)
	}
}

// IDs is the column of row ids, after MakeIDs.
func (t *Table) IDs() *Column { return t.ids }

// ParentIDs fills a column with the ids of the parents.
func (t *Table) ParentIDs(c *Column) {
	for row, p := range t.parents {
		c.Bytes(row, t.Parent.ids.BytesAt(int(p)))
	}
}

// RootIDs fills a column with the ids of the root rows.
func (t *Table) RootIDs(c *Column) {
	root := t
	for root.Parent != nil {
		root = root.Parent
	}
	for row, r := range t.roots {
		c.Bytes(row, root.ids.BytesAt(int(r)))
	}
}

// Places fills a column with the positions in the lists.
func (t *Table) Places(c *Column) {
	for row, i := range t.places {
		c.Int(row, i)
	}
}
