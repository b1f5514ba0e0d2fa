//go:build duckdb_arrow

package duckdb

import (
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A gathered column grows by ranges of others of its type. What array.Concatenate
// does needs all of them in memory at once.
type gathered struct {
	typ   arrow.DataType
	mem   *pool
	valid []byte // nil until the first null
	nulls int
	data  []byte
	ends  []byte // 32 bit offsets of texts
	width int    // bits of a value; 0 for texts
	want  int    // rows that will be there in the end, likely
}

// gather is an empty column; nil for types that are made of others.
func gather(t arrow.DataType, want int, mem *pool) *gathered {
	c := &gathered{typ: t, mem: mem, want: want}
	switch t := t.(type) {
	case *arrow.StringType, *arrow.BinaryType:
		return c
	case *arrow.DictionaryType, arrow.NestedType, arrow.ExtensionType:
		return nil
	case arrow.FixedWidthDataType:
		c.width = t.BitWidth()
		return c
	default:
		return nil
	}
}

// add appends n values from the position from on; rows is how many there are.
func (c *gathered) add(d arrow.ArrayData, from, n, rows int) {
	from += d.Offset()
	bufs := d.Buffers()
	c.addValid(bufs[0], d.NullN(), from, n, rows)
	switch c.width {
	case 0:
		c.addTexts(bufs, from, n, rows)
	case 1:
		c.data = c.mem.grow(c.data, bitmapSize(rows+n), bitmapSize(c.want))
		bitutil.CopyBitmap(bufs[1].Bytes(), from, n, c.data, rows)
	default:
		w := c.width / 8
		c.data = c.mem.grow(c.data, (rows+n)*w, c.want*w)
		copy(c.data[rows*w:], bufs[1].Bytes()[from*w:(from+n)*w])
	}
}

func (c *gathered) addValid(valid *memory.Buffer, nulls, from, n, rows int) {
	has := nulls != 0 && valid != nil && valid.Len() > 0
	if !has && c.valid == nil {
		return
	}
	first := c.valid == nil
	c.valid = c.mem.grow(c.valid, bitmapSize(rows+n), bitmapSize(c.want))
	if first {
		bitutil.SetBitsTo(c.valid, 0, int64(rows), true)
	}
	if !has {
		bitutil.SetBitsTo(c.valid, int64(rows), int64(n), true)
		return
	}
	bitutil.CopyBitmap(valid.Bytes(), from, n, c.valid, rows)
	c.nulls += n - bitutil.CountSetBits(c.valid, rows, n)
}

func (c *gathered) addTexts(bufs []*memory.Buffer, from, n, rows int) {
	ends := int32s(bufs[1].Bytes())[from : from+n+1]
	c.ends = c.mem.grow(c.ends, (rows+n+1)*arrow.Int32SizeBytes, (c.want+1)*arrow.Int32SizeBytes)
	into := int32s(c.ends)[rows:]
	if rows == 0 {
		into[0] = 0
	}
	shift := into[0] - ends[0]
	for i, e := range ends[1:] {
		into[i+1] = e + shift
	}
	start, size := len(c.data), int(ends[n]-ends[0])
	c.data = c.mem.grow(c.data, start+size, size*c.want/n*17/16)
	if bufs[2] != nil {
		copy(c.data[start:], bufs[2].Bytes()[ends[0]:ends[n]])
	}
}

// take makes an array of what was gathered and begins anew.
func (c *gathered) take(rows int) arrow.Array {
	bufs := []*memory.Buffer{c.buffer(&c.valid), nil}
	if c.width == 0 {
		bufs[1] = c.buffer(&c.ends)
		bufs = append(bufs, nil)
	}
	bufs[len(bufs)-1] = c.buffer(&c.data)
	d := array.NewData(c.typ, rows, bufs, nil, c.nulls, 0)
	c.nulls = 0
	for _, b := range bufs {
		if b != nil {
			b.Release()
		}
	}
	defer d.Release()
	return array.MakeFromData(d)
}

// buffer hands the memory over; nil if there is none.
func (c *gathered) buffer(b *[]byte) *memory.Buffer {
	if *b == nil {
		return nil
	}
	buf := memory.NewBufferWithAllocator(*b, c.mem)
	*b = nil
	return buf
}

func bitmapSize(rows int) int { return (rows + 7) / 8 }

func int32s(b []byte) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/arrow.Int32SizeBytes)
}
