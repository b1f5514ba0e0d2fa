package normalize

import (
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Stream takes the records of one root table, in order. It is not safe for
// concurrent use, but streams of one Writer are independent of each other.
type Stream struct {
	w       *Writer
	root    *table
	pending *chunk
	typed   *typed
	records atomic.Int64
}

// Stream begins with the records of a root table. Of a table that the schema
// does not have, since its contract kept it out, all rows are dropped.
func (w *Writer) Stream(root *schema.Table) (*Stream, error) {
	if err := w.queue.failed(); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	level := w.schema.MaxNesting(root)
	if w.caps.MaxNesting.Set && !root.Normalizer.MaxNesting.Set {
		level = w.caps.MaxNesting.V
	}
	t := w.tableAt(nil, []string{root.Name}, level)
	if w.schema.Table(root.Name) == nil {
		t.filtered.Store(true)
	}
	w.changed(root.Name)
	w.publish()
	s := &Stream{w: w, root: t}
	w.queue.mu.Lock()
	defer w.queue.mu.Unlock()
	w.queue.open = append(w.queue.open, s)
	return s, nil
}

// Page takes a page of JSON. It may return before the page is decoded, and
// report the error of an earlier page.
func (s *Stream) Page(p record.Page) error {
	if s.pending != nil && len(s.pending.values) > 0 {
		if err := s.Flush(); err != nil {
			return err
		}
	}
	c := s.chunk()
	c.pages = append(c.pages, p)
	if c.bytes += len(p.Data); c.bytes >= chunkBytes {
		return s.Flush()
	}
	return nil
}

// Values takes records that transforms have made. The Stream owns them.
func (s *Stream) Values(vals []*record.Value) error {
	if s.pending != nil && len(s.pending.pages) > 0 {
		if err := s.Flush(); err != nil {
			return err
		}
	}
	const manyValues = 4096
	c := s.chunk()
	c.values = append(c.values, vals...)
	if len(c.values) >= manyValues {
		return s.Flush()
	}
	return nil
}

func (s *Stream) chunk() *chunk {
	if s.pending == nil {
		s.pending = &chunk{stream: s}
	}
	return s.pending
}

// Flush sends on what was gathered, so that its errors show soon.
func (s *Stream) Flush() error {
	if s.typed != nil {
		if err := s.typed.flush(); err != nil {
			return err
		}
	}
	c := s.pending
	if c == nil {
		return nil
	}
	s.pending = nil
	return s.w.queue.send(c)
}

// Records is the number of records that were written so far.
func (s *Stream) Records() int64 { return s.records.Load() }

// Err is the first error of the Stream's typed rows.
func (s *Stream) Err() error {
	if s.typed == nil {
		return nil
	}
	return s.typed.root.Err()
}

// Empty writes a job without rows for the root table if it got none: what
// replaces its rows has to run all the same (N71). A table that never had rows
// gets the columns that the stage makes.
func (s *Stream) Empty() error {
	if err := s.Flush(); err != nil {
		return err
	}
	return s.w.queue.inTurn(func(int) error {
		w, t := s.w, s.root
		if w.metrics.Rows[t.name] > 0 || t.filtered.Load() {
			return nil
		}
		if t.schema == nil || !t.schema.Normalizer.SeenData.Is() {
			if err := s.generated(); err != nil {
				return err
			}
		}
		w.mu.RLock()
		defer w.mu.RUnlock()
		var fields []arrow.Field
		var arrays []arrow.Array
		for _, c := range t.cols {
			if c.role == roleLoadID {
				continue
			}
			a, err := batch.NewColumn(c.arrow).Array(0)
			if err != nil {
				return err
			}
			fields = append(fields, arrow.Field{Name: c.name, Type: c.arrow, Nullable: !c.notNull})
			arrays = append(arrays, a)
		}
		return w.write(t.name, array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, 0))
	})
}

// Materialize is Empty for a table that is wanted even without rows.
func (s *Stream) Materialize() error { return s.Empty() }

// generated gives the root table the columns that the stage makes.
func (s *Stream) generated() error {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	p := slow{w: w, set: newSet(w), may: true}
	err := p.open(s.root)
	w.publish()
	return err
}

// open gives a table the generated columns before its first row.
func (s *slow) open(t *table) error {
	r := &row{table: t}
	s.generate(r)
	for i := range r.fields {
		if err := s.coerce(r, &r.fields[i]); err != nil {
			return err
		}
	}
	if t.rootID {
		e := entry{name: s.w.names.rootID, role: roleRootID}
		if err := s.generated(r, &e); err != nil {
			return err
		}
	}
	if len(r.news) == 0 {
		return nil
	}
	_, err := s.learn(r)
	return err
}
