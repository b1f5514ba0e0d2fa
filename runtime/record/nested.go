package record

import "github.com/dltgen/dltgen/runtime/value"

// Struct reads a map that is flattened into the row. Of a null the row has
// nothing; any other value is put aside.
func Struct[T any](d *Decoder, dst *T, decode func(*T, *Decoder)) {
	if d.at() != '{' {
		*dst = *new(T)
		d.unfit()
		return
	}
	d.path = append(d.path, view(d.key))
	decode(dst, d)
	d.path = d.path[:len(d.path)-1]
}

// NullStruct reads a map, or null.
func NullStruct[T any](d *Decoder, dst *value.Null[T], decode func(*T, *Decoder)) {
	dst.Valid = d.at() == '{'
	if !dst.Valid && d.null() {
		return
	}
	Struct(d, &dst.V, decode)
}

// List reads a list of maps into rows of their own. A null is an empty list; a
// list that holds anything but maps is put aside whole.
func List[T any](d *Decoder, dst *[]T, decode func(*T, *Decoder)) {
	list := (*dst)[:0]
	*dst = list
	if !d.openList() {
		return
	}
	from, key := d.pos, d.key
	extra, base, lists := d.extra, d.base, d.lists
	d.lists = 0
	mixed := false
	for d.pos++; d.element(len(list) == 0); {
		if d.at() != '{' {
			mixed = true
			break
		}
		n := len(list)
		if n < cap(list) {
			list = list[:n+1]
		} else {
			list = append(list, *new(T))
		}
		decode(&list[n], d)
	}
	d.key, d.extra, d.base, d.lists = key, extra, base, lists
	if mixed {
		d.pos = from
		d.unfit()
		return
	}
	*dst = list
}

// Values reads a list of plain values, each with scan. A null is an empty list;
// a list with an element that scan cannot take is put aside whole.
func Values[T any](d *Decoder, dst *[]T, scan func(*Decoder, *T)) {
	list := (*dst)[:0]
	*dst = list
	if !d.openList() {
		return
	}
	from, key, failed := d.pos, d.key, d.failed
	d.failed = false
	d.lists++
	for d.pos++; d.element(len(list) == 0); {
		n := len(list)
		if n < cap(list) {
			list = list[:n+1]
		} else {
			list = append(list, *new(T))
		}
		if scan(d, &list[n]); d.failed {
			break
		}
	}
	d.lists--
	bad := d.failed
	d.key, d.failed = key, failed
	if bad {
		d.pos = from
		d.unfit()
		return
	}
	*dst = list
}

// openList reports whether a list is next; anything else is dealt with.
func (d *Decoder) openList() bool {
	switch {
	case d.err != nil:
		return false
	case d.at() == '[':
		return true
	case d.lists > 0 || !d.null():
		d.unfit()
	}
	return false
}

// element moves to the next element of a list, or behind the list.
func (d *Decoder) element(first bool) bool {
	if d.err != nil {
		return false
	}
	p := SkipSpace(d.data, d.pos)
	switch {
	case p >= len(d.data):
		d.fail()
		return false
	case d.data[p] == ']':
		d.pos = p + 1
		return false
	case !first:
		if d.data[p] != ',' {
			d.fail()
			return false
		}
		p = SkipSpace(d.data, p+1)
	}
	if d.pos = p; p >= len(d.data) || d.data[p] == ']' {
		d.fail()
		return false
	}
	return true
}
