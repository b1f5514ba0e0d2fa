package record

// An Extra holds what the row struct of a record has no field for, or could
// not hold in its fields: unknown keys, values of another kind, and the names
// of required keys that are missing. It is data still; package batch hands it to
// the contract. The zero value is empty and ready. Its values are views of
// the page.
type Extra struct {
	entries []extraEntry
	keys    []string // the paths of the entries, one after another
}

type extraEntry struct {
	from, to int    // the entry's path in keys
	raw      []byte // JSON text; nil for a key that is missing
}

// Reset empties x and keeps its memory.
func (x *Extra) Reset() {
	x.entries = x.entries[:0]
	x.keys = x.keys[:0]
}

// Empty reports whether the struct held the whole record.
func (x *Extra) Empty() bool { return x == nil || len(x.entries) == 0 }

// Len is the number of entries, in the order of the record.
func (x *Extra) Len() int { return len(x.entries) }

// Path is the i-th entry's keys from the row down.
func (x *Extra) Path(i int) []string { return x.keys[x.entries[i].from:x.entries[i].to] }

// Raw is the i-th entry's JSON text; nil for a required key that is missing.
func (x *Extra) Raw(i int) []byte { return x.entries[i].raw }

// Add adds an entry. It keeps raw as it is.
func (x *Extra) Add(path []string, raw []byte) {
	from := len(x.keys)
	x.keys = append(x.keys, path...)
	x.entries = append(x.entries, extraEntry{from, len(x.keys), raw})
}

// Tree is the part of the record that the entries with a value make up.
func (x *Extra) Tree() (*Value, error) {
	root := ObjectValue()
	for i, e := range x.entries {
		if e.raw == nil {
			continue
		}
		v, err := Parse(e.raw)
		if err != nil {
			return nil, err
		}
		at, path := &root, x.Path(i)
		for _, k := range path[:len(path)-1] {
			s := at.slot(k)
			if s.kind != KindObject {
				*s = ObjectValue()
			}
			at = s
		}
		at.Set(path[len(path)-1], *v)
	}
	return &root, nil
}
