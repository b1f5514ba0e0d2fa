package dlt

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/internal/normalize"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// dynamic is Records in a run.
type dynamic struct {
	core
	r       *Records
	hints   schema.TableHints
	streams map[string]*normalize.Stream // by table name as yielded
	fed     map[*normalize.Stream]bool   // those that got records
	tracker *extract.Tracker[*record.Value]
	arrows  *extract.Tracker[extract.ArrowRow]
	field   extract.Field
	pages   int64
	asked   bool // something was yielded
}

func (r *Records) disposition(opt *RunOptions) schema.WriteDisposition {
	return overlay(r.Hints, opt.Hints).Disposition.Disposition
}

func (r *Records) open(e *extraction) (opened, error) {
	n := 0
	for _, set := range []bool{r.Fetch != nil, r.Values != nil, r.Batches != nil} {
		if set {
			n++
		}
	}
	if n != 1 {
		return nil, configErrorf(r.Name, "exactly one of Fetch, Values and Batches must be set")
	}
	o := &dynamic{r: r, hints: overlay(r.Hints, e.opt.Hints), streams: map[string]*normalize.Stream{}, fed: map[*normalize.Stream]bool{}}
	o.begin(e, r)
	if e.opt.Hints != nil && e.opt.Hints.Name != "" {
		o.r = withoutTableOf(r)
	}
	if _, err := o.hints.Table(o.name); err != nil {
		return nil, &ConfigError{o.name, err}
	}
	if err := checkBoundary(&o.hints.Disposition); err != nil {
		return nil, &ConfigError{o.name, err}
	}
	return o, o.openCursor()
}

// withoutTableOf is r with one table for all, as a run's table name wants it.
func withoutTableOf(r *Records) *Records {
	c := *r
	c.TableOf = nil
	return &c
}

func (o *dynamic) openCursor() error {
	inc := o.r.Incremental
	if inc == nil {
		return nil
	}
	rule, err := cursorRule(o.name, inc.Path, inc.RowOrder, inc.Missing)
	if err != nil {
		return err
	}
	if o.field, err = extract.ParseField(inc.Path); err != nil {
		return &ConfigError{o.name, err}
	}
	for _, b := range []struct {
		to   *extract.Cursor
		from *record.Value
	}{{&rule.Initial, inc.Initial}, {&rule.End, inc.End}} {
		if *b.to, _, err = extract.CursorOf(b.from); err != nil {
			return &ConfigError{o.name, err}
		}
	}
	rule.Min, rule.Lag, rule.StartOpen, rule.EndClosed = inc.Min, inc.Lag, inc.StartOpen, inc.EndClosed
	rule.NoDedup = inc.Key != nil && len(inc.Key) == 0
	rule.DateCursor = rule.Initial.Kind == extract.CursorDate
	key, scalar := inc.Key, inc.KeyScalar
	if inc.Key == nil {
		key, scalar = o.hints.PrimaryKey, len(o.hints.PrimaryKey) == 1 && o.r.KeyScalar
	}
	if o.r.Batches != nil {
		o.hints.Cursor = inc.Path
		o.arrows, err = extract.NewArrowTracker(rule, extract.LoadState(o.state.read(), inc.Path), key, scalar)
		return err
	}
	o.tracker, err = extract.NewTracker(rule, extract.LoadState(o.state.read(), inc.Path), func(v *record.Value) (string, error) {
		h, err := extract.Hash(v, key, scalar)
		if missing, ok := errors.AsType[*extract.KeyMissingError](err); ok {
			missing.Resource = o.name
		}
		return h, err
	})
	if err == nil && extract.IsSimpleField(inc.Path) {
		o.hints.Cursor = inc.Path
	}
	return err
}

func (o *dynamic) lane(parent Values) *extract.Lane {
	var start, end extract.Cursor
	switch {
	case o.tracker != nil:
		start = o.tracker.Start()
	case o.arrows != nil:
		start = o.arrows.Start()
	}
	if o.r.Incremental != nil {
		end, _, _ = extract.CursorOf(o.r.Incremental.End)
	}
	in := o.input(parent, start, end)
	return &extract.Lane{
		Produce: func(ctx context.Context, emit func(any) bool) error { return o.produce(ctx, in, emit) },
		Consume: o.consume,
	}
}

func (o *dynamic) produce(ctx context.Context, in *Input, emit func(any) bool) error {
	fail := func(err error) error { return fmt.Errorf("resource %s: %w", o.name, err) }
	switch {
	case o.r.Fetch != nil:
		for p, err := range o.r.Fetch(ctx, in) {
			if err != nil {
				return fail(err)
			}
			if !emit(p) {
				return nil
			}
		}
	case o.r.Values != nil:
		for p, err := range o.r.Values(ctx, in) {
			if err != nil {
				return fail(err)
			}
			if !emit(p) {
				return nil
			}
		}
	default:
		for b, err := range o.r.Batches(ctx, in) {
			if err != nil {
				return fail(err)
			}
			b.Retain() // the resource may let it go when it is asked for the next one
			if !emit(b) {
				b.Release()
				return nil
			}
		}
	}
	return nil
}

// consume takes one page. JSON pages that nobody has to look into go on as bytes.
func (o *dynamic) consume(ctx context.Context, page any) (lanes []*extract.Lane, done bool, err error) {
	o.asked = true
	switch p := page.(type) {
	case arrow.RecordBatch:
		err = o.arrow(ctx, p)
		o.progress(p.NumRows(), false)
		p.Release()
	case []Record:
		lanes, err = o.records(p)
	case record.Page:
		if o.plain() {
			return o.bytes(p)
		}
		var recs []Record
		if recs, err = parsePage(p); err == nil {
			lanes, err = o.records(recs)
		}
	}
	if err != nil {
		return nil, false, o.named(err)
	}
	return lanes, o.ended(), nil
}

// named adds the resource to an error of its data.
func (o *dynamic) named(err error) error {
	if _, ok := errors.AsType[*record.SyntaxError](err); ok {
		return fmt.Errorf("resource %s: %w", o.name, err)
	}
	return err
}

func (o *dynamic) plain() bool {
	return o.tracker == nil && len(o.r.Steps) == 0 && len(o.children) == 0 && o.r.TableOf == nil && o.limit == 0 &&
		o.r.LimitRows == nil && o.written
}

func (o *dynamic) bytes(p record.Page) ([]*extract.Lane, bool, error) {
	if o.over() {
		return nil, true, nil
	}
	s, err := o.stream("")
	if err != nil {
		return nil, false, err
	}
	o.fed[s] = true
	if err := s.Page(p); err != nil {
		return nil, false, o.named(err)
	}
	o.pages++
	o.count.Pages++
	o.recount()
	o.progress(0, false)
	return nil, o.ended(), nil
}

// recount takes the count of records from the writer, which alone knows how many
// there are in pages that went on as bytes.
func (o *dynamic) recount() {
	if !o.plain() || o.r.Fetch == nil {
		return
	}
	o.count.Records = 0
	for _, s := range o.streams {
		o.count.Records += s.Records()
	}
	o.count.Kept = o.count.Records
}

func parsePage(p record.Page) ([]Record, error) {
	c := record.NewCursor(&p)
	var recs []Record
	for {
		more, err := c.Next()
		if err != nil || !more {
			return recs, err
		}
		v, err := c.Parse()
		if err != nil {
			return nil, err
		}
		recs = append(recs, Record{Value: v})
	}
}

// records runs the steps and the cursor over a page of trees and writes what is left.
func (o *dynamic) records(page []Record) (lanes []*extract.Lane, err error) {
	before := int64(len(page))
	kept := page[:0:0]
	for _, rec := range page {
		keep, err := o.keep(rec.Value)
		if err != nil {
			return nil, err
		}
		if keep {
			kept = append(kept, rec)
		}
	}
	o.progress(before, false)
	if len(kept) == 0 && before > 0 {
		return nil, nil // a page that filters empty is gone (E25)
	}
	if o.over() {
		return nil, nil
	}
	o.pages++
	o.count.Kept += int64(len(kept))
	if o.written {
		if err := o.write(kept); err != nil {
			return nil, err
		}
	}
	for _, rec := range kept {
		lanes = append(lanes, o.childLanes(rec.Value, false)...)
	}
	return lanes, nil
}

func (o *dynamic) keep(v *record.Value) (bool, error) {
	for _, step := range o.r.Steps {
		if keep, err := step(v); err != nil || !keep {
			return false, err
		}
	}
	if o.tracker == nil || v.Kind() != record.KindObject {
		return true, nil
	}
	at := o.field.Get(v)
	c, null, err := extract.CursorOf(at)
	if err != nil {
		return false, fmt.Errorf("resource %s: cursor %q: %w", o.name, o.r.Incremental.Path, err)
	}
	return o.tracker.Row(c, null, v)
}

// over reports whether the limits were reached before this page (E33, E34).
func (o *dynamic) over() bool {
	return (o.r.Limit != nil && o.pages >= *o.r.Limit) || (o.r.LimitRows != nil && o.count.Kept >= *o.r.LimitRows) || o.full()
}

func (o *dynamic) ended() bool {
	return o.over() || (o.tracker != nil && o.tracker.StopEarly()) || (o.arrows != nil && o.arrows.StopEarly())
}

// write sends records to their tables, runs of the same table together.
func (o *dynamic) write(recs []Record) error {
	if len(recs) == 0 {
		_, err := o.stream("") // an empty page declares the table (E62)
		return err
	}
	for i := 0; i < len(recs); {
		name := o.tableOf(recs[i])
		if recs[i].Variant != nil {
			if err := o.variant(name, *recs[i].Variant); err != nil {
				return err
			}
		}
		var vals []*record.Value
		for i < len(recs) && o.tableOf(recs[i]) == name && (len(vals) == 0 || recs[i].Variant == nil) {
			vals = append(vals, recs[i].Value)
			i++
		}
		s, err := o.stream(name)
		if err != nil {
			return err
		}
		o.fed[s] = true
		if err := s.Values(vals); err != nil {
			return err
		}
	}
	return nil
}

func (o *dynamic) tableOf(r Record) string {
	if o.r.TableOf != nil && r.Value.Kind() == record.KindObject {
		return o.r.TableOf(r.Value)
	}
	return r.Table
}

func (o *dynamic) arrow(ctx context.Context, b arrow.RecordBatch) error {
	if o.over() || !o.written {
		return nil
	}
	if o.arrows != nil {
		rows := b.NumRows()
		kept, err := extract.FilterBatch(ctx, o.arrows, b)
		if err != nil {
			return err
		}
		if b = kept; b.NumRows() == 0 && rows > 0 {
			return nil
		}
	}
	o.pages++
	o.count.Kept += b.NumRows()
	s, err := o.stream("")
	if err != nil {
		return err
	}
	return s.Arrow(b)
}

// stream opens the table of that name, or the resource's own for "", when the
// first record comes.
func (o *dynamic) stream(name string) (*normalize.Stream, error) {
	if s := o.streams[name]; s != nil {
		return s, nil
	}
	h := o.hints
	if name != "" {
		h.Name = name
	}
	return o.openStream(name, h, "")
}

func (o *dynamic) openStream(name string, h schema.TableHints, variant string) (*normalize.Stream, error) {
	tables, collisions, err := h.Tables(o.name, o.e.naming)
	if err != nil {
		return nil, &ConfigError{o.name, err}
	}
	tables[0].VariantName = variant
	root, err := o.declare(tables, collisions)
	if err != nil {
		return nil, err
	}
	if root == nil {
		root = tables[0] // the contract keeps the table out; the stream drops its rows
	}
	s, err := o.e.writer.Stream(root)
	if err == nil {
		o.streams[name] = s
	}
	return s, err
}

// variant declares a table with hints of its own, which start as a copy of the
// resource's (E56).
func (o *dynamic) variant(name string, v schema.TableHints) error {
	if o.streams[name] != nil {
		return nil
	}
	h := overlay(o.hints, &v)
	h.Name = name
	_, err := o.openStream(name, h, name)
	return err
}

func (o *dynamic) finish(context.Context) error {
	o.progress(0, true)
	if o.tracker != nil {
		s, err := o.tracker.State()
		if err := o.saveCursor(o.r.Incremental.Path, s, err); err != nil {
			return err
		}
	}
	if o.arrows != nil {
		s, err := o.arrows.State()
		if err := o.saveCursor(o.r.Incremental.Path, s, err); err != nil {
			return err
		}
	}
	if o.r.Materialize && o.written {
		s, err := o.stream("")
		if err != nil {
			return err
		}
		return s.Materialize()
	}
	d := o.hints.Disposition.Disposition
	opened := map[string]bool{}
	for _, s := range o.streams {
		opened[s.Table()] = true
		if err := o.close(s, d, o.fed[s]); err != nil {
			return err
		}
	}
	for _, t := range o.emptied(d, func(name string) bool { return opened[name] }) {
		if err := o.emptyTable(t); err != nil {
			return err
		}
	}
	return nil
}
