package normalize

import (
	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/record"
)

// json copies the map or list at p into a json column, in the form of N25: no
// white space, no needless escapes, shortest numbers.
func (s *shredder) json(c *column, tb *batch.Table, row, p int) int {
	if c == nil || c.kind != record.KindObject {
		return bail
	}
	col := s.column(c, tb, row)
	if col == nil {
		return bail
	}
	buf, end := s.compact.Append(col.Extend(row), s.data, p)
	if end < 0 {
		return bail // the column keeps its length, so nothing is left behind
	}
	col.Done(buf)
	return end
}
