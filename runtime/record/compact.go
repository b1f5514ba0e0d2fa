package record

import (
	"math"

	"github.com/dltgen/dltgen/runtime/value"
)

// A Compactor rewrites JSON as the text of json columns has it (N25): no white
// space, no needless escapes, shortest numbers.
type Compactor struct{ text []byte }

// Append appends the value of data at p to dst and returns the position after
// it; -1 if the value is not valid or has repeated or very many keys, in which
// case [Value.AppendJSON] of the parsed value is the way.
func (c *Compactor) Append(dst, data []byte, p int) ([]byte, int) {
	k := compaction{c, data}
	return k.any(dst, p, 0)
}

type compaction struct {
	*Compactor
	data []byte
}

// any appends the value at p and returns the position after it.
func (c *compaction) any(b []byte, p, depth int) ([]byte, int) {
	if p >= len(c.data) || depth > MaxDepth {
		return b, -1
	}
	switch c.data[p] {
	case '{':
		return c.object(b, p, depth)
	case '[':
		return c.list(b, p, depth)
	case '"':
		return c.quoted(b, p)
	case 't', 'f', 'n':
		end := SkipLiteral(c.data, p)
		if end < 0 {
			return b, -1
		}
		return append(b, c.data[p:end]...), end
	}
	end, kind, raw := ScanNumber(c.data, p)
	switch kind {
	case Integer:
		if raw == 0 {
			return append(b, '0'), end // -0
		}
		return append(b, c.data[p:end]...), end
	case Double:
		return value.AppendJSONFloat(b, math.Float64frombits(raw)), end
	default:
		return b, -1
	}
}

func (c *compaction) quoted(b []byte, p int) ([]byte, int) {
	end, flags := ScanString(c.data, p+1)
	switch {
	case end < 0:
		return b, -1
	case flags&Escaped == 0:
		return append(b, c.data[p:end+1]...), end + 1
	}
	c.text = AppendUnescaped(c.text[:0], c.data[p+1:end])
	return AppendQuoted(b, string(c.text)), end + 1
}

func (c *compaction) list(b []byte, p, depth int) ([]byte, int) {
	b = append(b, '[')
	p = SkipSpace(c.data, p+1)
	if p < len(c.data) && c.data[p] == ']' {
		return append(b, ']'), p + 1
	}
	for {
		if b, p = c.any(b, p, depth+1); p < 0 {
			return b, -1
		}
		p = SkipSpace(c.data, p)
		if p >= len(c.data) {
			return b, -1
		}
		switch c.data[p] {
		case ']':
			return append(b, ']'), p + 1
		case ',':
			b = append(b, ',')
		default:
			return b, -1
		}
		p = SkipSpace(c.data, p+1)
	}
}

// manyKeys is the number of keys of one map up to which the fast path looks
// for repeated ones.
const manyKeys = 24

func (c *compaction) object(b []byte, p, depth int) ([]byte, int) {
	var starts, ends [manyKeys]int
	n := 0
	b = append(b, '{')
	p = SkipSpace(c.data, p+1)
	if p < len(c.data) && c.data[p] == '}' {
		return append(b, '}'), p + 1
	}
	for {
		if p >= len(c.data) || c.data[p] != '"' || n == manyKeys {
			return b, -1
		}
		starts[n] = len(b)
		if b, p = c.quoted(b, p); p < 0 {
			return b, -1
		}
		ends[n] = len(b)
		for i := range n {
			if string(b[starts[i]:ends[i]]) == string(b[starts[n]:ends[n]]) {
				return b, -1
			}
		}
		n++
		p = SkipSpace(c.data, p)
		if p >= len(c.data) || c.data[p] != ':' {
			return b, -1
		}
		if b, p = c.any(append(b, ':'), SkipSpace(c.data, p+1), depth+1); p < 0 {
			return b, -1
		}
		p = SkipSpace(c.data, p)
		if p >= len(c.data) {
			return b, -1
		}
		switch c.data[p] {
		case '}':
			return append(b, '}'), p + 1
		case ',':
			b = append(b, ',')
		default:
			return b, -1
		}
		p = SkipSpace(c.data, p+1)
	}
}
