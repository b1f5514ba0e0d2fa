package record

// A Decoder reads the records of a page into row structs. Generated code drives
// it: a decode function per struct, one call per field.
//
//	func (v *Issue) decode(d *record.Decoder) {
//		d.Row(&v.extra)
//		for d.Object(); d.Next(); {
//			switch string(d.Key()) {
//			case "id":
//				d.Int64(&v.ID)
//			default:
//				d.Unknown()
//			}
//		}
//	}
//
// Texts and bytes that it hands out are views of the page, which must not
// change as long as they are used.
type Decoder struct {
	page Page
	cur  Cursor
	data []byte
	pos  int
	err  error

	open       bool // on a record
	start, end int  // of the record
	first      bool
	closed     bool // the value was no object, or the record cannot be read on
	key        []byte
	path       []string // keys from the record down to the object at hand
	base       int      // where in path the row at hand begins
	extra      *Extra
	arena      []byte // unescaped texts

	lists  int  // lists of plain values that are being read
	failed bool // such a list has an element that does not fit

	seen   []string // keys of the objects that are open
	frames []int    // where in seen each open object begins
	ended  int      // where in seen the object that ended last begins; -1 for none
}

// NewDecoder starts before the first record of p.
func NewDecoder(p Page) *Decoder {
	d := &Decoder{page: p, data: p.Data, ended: -1}
	d.cur = NewCursor(&d.page)
	return d
}

// Reset starts over with another page and keeps the decoder's memory.
func (d *Decoder) Reset(p Page) {
	d.page, d.data, d.pos, d.err, d.open = p, p.Data, 0, nil, false
	d.cur = NewCursor(&d.page)
	d.clear()
}

func (d *Decoder) clear() {
	d.path, d.seen, d.frames = d.path[:0], d.seen[:0], d.frames[:0]
	d.base, d.ended, d.lists, d.failed, d.closed, d.extra = 0, -1, 0, false, false, nil
}

// NextRecord moves to the next record of the page.
func (d *Decoder) NextRecord() bool {
	if d.err != nil {
		return false
	}
	if d.open {
		if d.finish(); d.err != nil {
			return false
		}
		d.cur.Pos = d.end
	}
	d.open, d.err = d.cur.Next()
	if !d.open || d.err != nil {
		d.open = false
		return false
	}
	d.start, d.pos, d.end = d.cur.Pos, d.cur.Pos, d.cur.Pos
	d.clear()
	return true
}

// Decode reads the record with a function that calls decode functions. What it
// leaves unread is skipped.
func (d *Decoder) Decode(f func()) {
	f()
	d.finish()
}

// finish notes where the record ends, also if its decode function read none of it.
func (d *Decoder) finish() {
	if d.err != nil {
		return
	}
	if d.pos == d.start {
		d.skip()
	}
	d.end = d.pos
}

// Raw is the JSON text of the record that was read last.
func (d *Decoder) Raw() []byte {
	d.finish()
	return d.data[d.start:d.end]
}

// Err is the first syntax error, a [*SyntaxError]. Values of an unexpected kind
// are no errors.
func (d *Decoder) Err() error { return d.err }

// fail notes that the record is not valid and reads it again for the reason.
func (d *Decoder) fail() {
	if d.err != nil {
		return
	}
	if d.err = d.cur.Error(d.start); d.err == nil {
		d.err = d.page.at(d.pos, "unexpected text")
	}
	d.pos = len(d.data)
	d.closed = true
}

// Row is the first call for a row: x takes what the row has no field for.
func (d *Decoder) Row(x *Extra) {
	x.Reset()
	d.extra = x
	d.base = len(d.path)
}

// Object starts reading a map. A row that is no map is kept under the key value.
func (d *Decoder) Object() {
	d.drop()
	d.frames = append(d.frames, len(d.seen))
	d.first, d.closed = true, false
	if d.err != nil {
		d.closed = true
		return
	}
	if d.pos < len(d.data) && d.data[d.pos] == '{' {
		d.pos++
		return
	}
	d.closed = true
	d.key = []byte("value")
	d.unfit()
}

// drop forgets the keys of the object that ended.
func (d *Decoder) drop() {
	if d.ended >= 0 {
		d.seen = d.seen[:d.ended]
		d.ended = -1
	}
}

// Next moves to the next key of the map and to its value. It returns false at the map's end.
func (d *Decoder) Next() bool {
	if d.ended >= 0 {
		d.drop()
	}
	if d.closed || d.err != nil {
		d.closed = false
		return d.close()
	}
	data := d.data
	p := d.pos
	if p < len(data) && data[p] <= ' ' {
		p = SkipSpace(data, p)
	}
	switch {
	case p >= len(data):
		d.fail()
		return d.close()
	case data[p] == '}':
		d.pos = p + 1
		d.first = false
		return d.close()
	case !d.first:
		if data[p] != ',' {
			d.fail()
			return d.close()
		}
		if p++; p < len(data) && data[p] <= ' ' {
			p = SkipSpace(data, p)
		}
	}
	d.first = false
	if p >= len(data) || data[p] != '"' {
		d.fail()
		return d.close()
	}
	end, flags := ScanString(data, p+1)
	if end < 0 {
		d.fail()
		return d.close()
	}
	d.key = data[p+1 : end]
	if flags&Escaped != 0 {
		d.key = []byte(d.unescape(d.key))
	}
	d.seen = append(d.seen, view(d.key))
	if p = end + 1; p < len(data) && data[p] != ':' {
		p = SkipSpace(data, p)
	}
	if p >= len(data) || data[p] != ':' {
		d.fail()
		return d.close()
	}
	if p++; p < len(data) && data[p] <= ' ' {
		p = SkipSpace(data, p)
	}
	d.pos = p
	return true
}

func (d *Decoder) close() bool {
	n := len(d.frames) - 1
	d.ended = d.frames[n]
	d.frames = d.frames[:n]
	return false
}

// Key is the key that Next moved to.
func (d *Decoder) Key() []byte { return d.key }

// Unknown keeps the value of a key that the row has no field for.
func (d *Decoder) Unknown() {
	if from := d.pos; d.skip() {
		d.keep(d.data[from:d.pos])
	}
}

// Require notes which of the keys the map that ended last did not have: their
// columns are null then, whatever the fields say.
func (d *Decoder) Require(keys []string) {
	if d.err != nil || d.ended < 0 || d.extra == nil {
		return
	}
	seen, at := d.seen[d.ended:], 0
next:
	for _, k := range keys {
		// Keys mostly come in the order of the fields.
		for i := range seen {
			j := at + i
			if j >= len(seen) {
				j -= len(seen)
			}
			if seen[j] == k {
				at = j + 1
				continue next
			}
		}
		d.add(k, nil)
	}
}

// keep puts the value of the current key aside.
func (d *Decoder) keep(raw []byte) { d.add(view(d.key), raw) }

func (d *Decoder) add(key string, raw []byte) {
	if d.extra == nil {
		return
	}
	d.path = append(d.path, key)
	d.extra.Add(d.path[d.base:], raw)
	d.path = d.path[:len(d.path)-1]
}

// skip moves behind the value at hand.
func (d *Decoder) skip() bool {
	end := SkipValue(d.data, d.pos)
	if end < 0 {
		d.fail()
		return false
	}
	d.pos = end
	return true
}

// unfit puts the value at hand aside, for it does not fit its field. In a list
// of plain values the whole list goes aside instead.
func (d *Decoder) unfit() {
	from := d.pos
	if !d.skip() {
		return
	}
	if d.lists > 0 {
		d.failed = true
		return
	}
	d.keep(d.data[from:d.pos])
}

// other reads a value of another kind than its field's: coerced if it can be
// (N44), else put aside. null is put aside too.
func (d *Decoder) other(to Kind) (Value, bool) {
	if d.err != nil {
		return Value{}, false
	}
	p := parser{data: d.data, pos: d.pos}
	var v Value
	if !p.value(&v, 0) {
		d.fail()
		return v, false
	}
	// A map or list is flattened or unnested, whatever its column's type (N14).
	nested := (v.kind == KindObject || v.kind == KindList) && to != KindObject
	if v.kind != KindNull && !nested {
		if c, ok := Coerce(&v, to); ok && c.kind != KindNull {
			d.pos = p.pos
			return c, true
		}
	}
	d.unfit()
	return Value{}, false
}

// null skips a null.
func (d *Decoder) null() bool {
	if d.pos+4 <= len(d.data) && string(d.data[d.pos:d.pos+4]) == "null" {
		d.pos += 4
		return true
	}
	return false
}

// unescape is the text of raw in memory of its own.
func (d *Decoder) unescape(raw []byte) string {
	const piece = 16 << 10
	if cap(d.arena)-len(d.arena) < len(raw) {
		d.arena = make([]byte, 0, max(piece, len(raw)))
	}
	from := len(d.arena)
	d.arena = AppendUnescaped(d.arena, raw)
	return view(d.arena[from:len(d.arena):len(d.arena)])
}
