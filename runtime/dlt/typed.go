package dlt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/internal/normalize"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// typed is a Resource in a run.
type typed[T any] struct {
	core
	r        *Resource[T]
	stream   *normalize.Stream
	builder  *batch.Builder
	tracker  *extract.Tracker[[]byte] // a record is known by its JSON text
	row      T
	findings Findings
	key      []string
	whole    bool // records go on as they came, not as rows
}

func (r *Resource[T]) disposition(opt *RunOptions) schema.WriteDisposition {
	if opt.Hints != nil && opt.Hints.Disposition.Disposition != "" {
		return opt.Hints.Disposition.Disposition
	}
	return r.Table.WriteDisposition
}

func (r *Resource[T]) open(e *extraction) (opened, error) {
	switch {
	case (r.Fetch == nil) == (r.Pages == nil):
		return nil, configErrorf(r.ResourceName(), "one of Fetch and Pages must be set")
	case r.Fetch != nil && r.Decode == nil:
		return nil, configErrorf(r.ResourceName(), "Fetch needs Decode")
	case r.Append == nil:
		return nil, configErrorf(r.ResourceName(), "Append is not set")
	}
	o := &typed[T]{r: r, key: r.Table.ColumnNames("primary_key", true)}
	o.begin(e, r)
	return o, o.openCursor()
}

// openCursor makes the one tracker that all lanes of the resource share (I16).
func (o *typed[T]) openCursor() error {
	inc := o.r.Incremental
	if inc == nil {
		return nil
	}
	rule, err := cursorRule(o.name, inc.Field, inc.RowOrder, inc.Missing)
	if err != nil {
		return err
	}
	rule.Initial, rule.End = inc.Initial.c, inc.End.c
	rule.Min, rule.Lag, rule.StartOpen, rule.EndClosed = inc.Min, inc.Lag, inc.StartOpen, inc.EndClosed
	o.tracker, err = extract.NewTracker(rule, extract.LoadState(o.state.read(), inc.Field), o.hash)
	return err
}

// identity is a record's JSON text as the tracker may keep it: that of the page, or
// what a row without one is written as. It is nil if the tracker does not ask for it.
func (o *typed[T]) identity(v *T, raw []byte) ([]byte, error) {
	switch {
	case !o.tracker.Dedup():
		return nil, nil
	case raw != nil:
		return bytes.Clone(raw), nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("resource %s: cursor %q: a row's identity: %w", o.name, o.r.Incremental.Field, err)
	}
	return raw, nil
}

// hash is asked for records at the boundary only, so parsing them again is cheap.
func (o *typed[T]) hash(raw []byte) (string, error) {
	v, err := record.Parse(raw)
	if err != nil {
		return "", err
	}
	keys := o.key
	for _, k := range keys {
		if v.Get(k) == nil {
			keys = nil // the key's source name differs from its column: the whole record tells it apart as well
			break
		}
	}
	return extract.Hash(v, keys, len(keys) == 1)
}

// addChild also stills the cursor of a parent that loads nothing and is read
// whole: it must not move past records that no table has.
func (o *typed[T]) addChild(child childOf) {
	o.core.addChild(child)
	if !o.written && o.readsAll() {
		o.tracker = nil
	}
}

// cursors are what the requests ask for: nothing where children need all records.
func (o *typed[T]) cursors() (start, end extract.Cursor) {
	if o.tracker == nil || o.readsAll() {
		return start, end
	}
	return o.tracker.Start(), o.r.Incremental.End.c
}

// lane makes the sequence of pages for one parent record, or for none.
func (o *typed[T]) lane(parent Values) *extract.Lane {
	start, end := o.cursors()
	in := o.input(parent, start, end)
	if o.r.Fetch != nil {
		return &extract.Lane{
			Produce: func(ctx context.Context, emit func(any) bool) error {
				if o.stopped.Load() {
					return nil
				}
				for page, err := range o.r.Fetch(ctx, in) {
					if err != nil {
						return fmt.Errorf("resource %s: %w", o.name, err)
					}
					if !emit(page) {
						return nil
					}
				}
				return nil
			},
			Consume: func(_ context.Context, page any) ([]*extract.Lane, bool, error) {
				return o.page(in, page.(record.Page))
			},
		}
	}
	return &extract.Lane{
		Produce: func(ctx context.Context, emit func(any) bool) error {
			for rows, err := range o.r.Pages(ctx, in) {
				if err != nil {
					return fmt.Errorf("resource %s: %w", o.name, err)
				}
				// The resource may use the page again, so wait until it is taken.
				p := &rowPage[T]{rows: rows, taken: make(chan struct{})}
				if !emit(p) {
					return nil
				}
				select {
				case <-p.taken:
				case <-ctx.Done():
					return nil
				}
			}
			return nil
		},
		Consume: func(_ context.Context, page any) ([]*extract.Lane, bool, error) {
			p := page.(*rowPage[T])
			defer close(p.taken)
			return o.rows(in, p.rows)
		},
	}
}

type rowPage[T any] struct {
	rows  []T
	taken chan struct{}
}

// page decodes a page of JSON row by row into the same value.
func (o *typed[T]) page(in *Input, p record.Page) (lanes []*extract.Lane, done bool, err error) {
	if o.full() {
		return nil, true, nil
	}
	if err := o.start(); err != nil {
		return nil, false, err
	}
	d := record.NewDecoder(p)
	var n int64
	for d.NextRecord() {
		n++
		d.Decode(func() { o.r.Decode(&o.row, d) })
		if err := d.Err(); err != nil {
			return nil, false, fmt.Errorf("resource %s: %w", o.name, err)
		}
		more, err := o.take(in, &o.row, d.Raw())
		if err != nil {
			return nil, false, err
		}
		lanes = append(lanes, more...)
	}
	if err := d.Err(); err != nil {
		return nil, false, fmt.Errorf("resource %s: %w", o.name, err)
	}
	return o.endPage(n, lanes)
}

func (o *typed[T]) rows(in *Input, rows []T) (lanes []*extract.Lane, done bool, err error) {
	if err := o.start(); err != nil {
		return nil, false, err
	}
	for i := range rows {
		more, err := o.take(in, &rows[i], nil)
		if err != nil {
			return nil, false, err
		}
		lanes = append(lanes, more...)
	}
	return o.endPage(int64(len(rows)), lanes)
}

func (o *typed[T]) endPage(n int64, lanes []*extract.Lane) ([]*extract.Lane, bool, error) {
	o.progress(n, false)
	if o.stream != nil {
		if err := o.stream.EndPage(); err != nil {
			return nil, false, err
		}
	}
	return lanes, o.full() || (o.tracker != nil && !o.readsAll() && o.tracker.StopEarly()), nil
}

// start opens the table with the first page; a parent that is not selected has none.
func (o *typed[T]) start() error {
	if o.stream != nil || !o.written {
		return nil
	}
	root, err := o.rootTable()
	if err != nil {
		return err
	}
	table, err := o.declare(o.normalized(append([]*schema.Table{root}, o.r.Nested...)...))
	if err != nil {
		return err
	}
	if o.stream, err = o.e.writer.Stream(table); err != nil {
		return err
	}
	o.builder, err = o.stream.Typed(root, o.r.Nested)
	if !errors.Is(err, normalize.ErrNeedsRecords) {
		return err
	}
	// Row ids that are digests of whole records are made from the records as they came.
	if o.r.Fetch == nil || o.r.Map != nil || o.r.Bind != nil {
		return &ConfigError{o.name, fmt.Errorf("%w: use Records, or a resource without Map and Bind", err)}
	}
	o.whole = true
	return nil
}

// write appends a row, or hands on the whole record.
func (o *typed[T]) write(v *T, raw []byte) error {
	if !o.whole {
		o.r.Append(o.builder, v)
		return o.stream.Err()
	}
	return o.stream.Page(record.Page{Data: append([]byte(nil), raw...), Origin: o.name})
}

// rootTable is the declared root table under the hints of the run.
func (o *typed[T]) rootTable() (*schema.Table, error) {
	root := o.r.Table.Clone()
	if root.Resource == "" {
		root.Resource = o.name
	}
	if root.WriteDisposition == "" {
		root.WriteDisposition = schema.Append
	}
	if o.r.MaxNesting.Set {
		root.Normalizer.MaxNesting = o.r.MaxNesting
	}
	h := o.e.opt.Hints
	if h == nil {
		return root, nil
	}
	if h.Name != "" {
		root.Name = h.Name
	}
	if h.Contract != nil {
		root.Contract = h.Contract
	}
	root.MergeColumns(h.Columns)
	if h.PrimaryKey != nil {
		root.SetKey("primary_key", h.PrimaryKey...)
	}
	if h.MergeKey != nil {
		root.SetKey("merge_key", h.MergeKey...)
	}
	if h.Disposition.Disposition == "" {
		return root, nil
	}
	return root, root.SetDisposition(h.Disposition)
}

// take filters one row, asks its cursor, appends it and starts its children.
func (o *typed[T]) take(in *Input, v *T, raw []byte) ([]*extract.Lane, error) {
	if o.r.Bind != nil {
		o.r.Bind(v, in)
	}
	if o.r.Map != nil {
		if err := o.r.Map(v); err != nil {
			return nil, fmt.Errorf("resource %s: map: %w", o.name, err)
		}
	}
	if o.r.Filter != nil && !o.r.Filter(v) {
		return nil, nil
	}
	if o.tracker != nil {
		raw, err := o.identity(v, raw)
		if err != nil {
			return nil, err
		}
		keep, err := o.tracker.Row(o.r.Incremental.Value(v).c, true, raw)
		if err != nil || !keep {
			return o.childLanes(v, true), err
		}
	}
	o.count.Kept++
	if o.written {
		o.check(v)
		if err := o.write(v, raw); err != nil {
			return nil, err
		}
	}
	return o.childLanes(v, false), nil
}

// check counts what the description's rules find; the row is loaded all the
// same (G53: rules of a description warn by default).
func (o *typed[T]) check(v *T) {
	if o.r.Validate == nil {
		return
	}
	o.findings.Reset()
	o.r.Validate(v, &o.findings)
	for _, f := range o.findings.List {
		o.e.find(o.name, f)
	}
}

func (o *typed[T]) finish(context.Context) error {
	o.progress(0, true)
	if o.tracker != nil {
		s, err := o.tracker.State()
		if err := o.saveCursor(o.r.Incremental.Field, s, err); err != nil {
			return err
		}
	}
	d := o.r.disposition(o.e.opt)
	if o.stream != nil {
		return o.close(o.stream, d, o.count.Kept > 0)
	}
	for _, t := range o.emptied(d, func(string) bool { return false }) {
		if err := o.emptyTable(t); err != nil {
			return err
		}
	}
	return nil
}
