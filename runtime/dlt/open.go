package dlt

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/internal/normalize"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/runtime/value"
)

// core is what both kinds of opened resource share.
type core struct {
	e        *extraction
	name     string
	written  bool
	count    *ResourceReport
	children []childOf
	state    *State // the resource's slot
	limit    int64  // records, 0: none
	// stopped keeps lanes of children from fetching once the limit is reached.
	stopped atomic.Bool
}

// begin fills what both kinds share.
func (c *core) begin(e *extraction, r AnyResource) {
	name := r.ResourceName()
	*c = core{
		e: e, name: name, written: e.sel.written[r], count: e.counts[name], limit: e.opt.Limit,
		state: &State{st: e.state, source: e.schema.Name, resource: name},
	}
}

func (c *core) addChild(child childOf) { c.children = append(c.children, child) }

func (c *core) input(parent Values, start, end extract.Cursor) *Input {
	return &Input{
		Logger: c.e.log.With("resource", c.name), State: c.state,
		start: start, end: end, parent: parent,
	}
}

// declare brings tables that a resource declares into the run's schema, under
// the contract in force (C5, C11, C12) and with authoritative keys (S104). Names
// are normalised already; the root comes first. It returns the root's stored
// form, nil if the contract keeps the table out.
func (c *core) declare(tables []*schema.Table, collisions []schema.Collision) (*schema.Table, error) {
	for _, x := range collisions {
		c.e.log.Warn(x.String())
	}
	var root *schema.Table
	err := c.e.writer.Update(func() error {
		for _, t := range tables {
			if err := c.declareTable(t); err != nil {
				return err
			}
		}
		root = c.e.schema.Table(tables[0].Name)
		return nil
	})
	return root, err
}

func (c *core) declareTable(t *schema.Table) error {
	opts := &contract.Options{Step: contract.Extract, Run: c.e.runContract() != nil}
	checked, drops, err := contract.CheckDeclared(c.e.schema, t, opts)
	if err != nil {
		return err
	}
	for _, d := range drops {
		c.e.log.Warn("the contract keeps a declared hint out", "table", t.Name, "column", d.Column, "entity", d.Entity)
	}
	if checked == nil {
		return nil
	}
	return c.e.schema.AddTable(checked, schema.Authoritative)
}

// checkBoundary refuses timestamps of scd2 that are none (L94), before anything is loaded.
func checkBoundary(d *schema.Disposition) error {
	for name, v := range map[string]any{"boundary_timestamp": d.BoundaryTimestamp, "active_record_timestamp": d.ActiveRecordTimestamp} {
		text, ok := v.(string)
		if !ok {
			continue
		}
		if iso, ok := value.ParseISO(text); !ok || iso.Kind == value.ISOTime {
			return fmt.Errorf("%s: %q is no timestamp", name, text)
		}
	}
	return nil
}

// normalized are copies of declared tables with normalised names.
func (c *core) normalized(tables ...*schema.Table) (list []*schema.Table, collisions []schema.Collision) {
	for _, t := range tables {
		n, x := schema.NormalizeTable(t, c.e.naming)
		list, collisions = append(list, n), append(collisions, x...)
	}
	return list, collisions
}

// overlay lays the hints of a run over a resource's own (E58): what the run
// says replaces, what it leaves out stays.
func overlay(h schema.TableHints, run *schema.TableHints) schema.TableHints {
	if run == nil {
		return h
	}
	if run.Name != "" {
		h.Name = run.Name
	}
	if run.Disposition.Disposition != "" {
		h.Disposition = run.Disposition
	}
	if run.PrimaryKey != nil {
		h.PrimaryKey = run.PrimaryKey
	}
	if run.MergeKey != nil {
		h.MergeKey = run.MergeKey
	}
	if run.Contract != nil {
		h.Contract = run.Contract
	}
	if run.TableFormat != "" {
		h.TableFormat = run.TableFormat
	}
	if run.FileFormat != "" {
		h.FileFormat = run.FileFormat
	}
	if len(run.Columns) > 0 {
		t := schema.Table{Columns: schema.CloneColumns(h.Columns)}
		t.MergeColumns(run.Columns)
		h.Columns = t.Columns
	}
	return h
}

// progress tells the display how far the resource is.
func (c *core) progress(records int64, done bool) {
	c.count.Records += records
	if records > 0 {
		c.count.Pages++
	}
	if c.e.p.Progress != nil {
		c.e.p.Progress.Event(Event{Stage: "extract", Name: c.name, Rows: c.count.Records, Done: done})
	}
}

// full reports whether the resource has yielded as many records as were asked for.
func (c *core) full() bool {
	full := c.limit > 0 && c.count.Kept >= c.limit
	if full {
		c.stopped.Store(true)
	}
	return full
}

// cursorRule turns the settings of an incremental into the tracker's rule.
func cursorRule(resource, path, order, missing string) (extract.Rule, error) {
	rule := extract.Rule{Resource: resource, Path: path}
	switch order {
	case "":
	case "asc":
		rule.Order = extract.OrderAsc
	case "desc":
		rule.Order = extract.OrderDesc
	default:
		return rule, configErrorf(resource, "row order %q: want asc or desc", order)
	}
	switch missing {
	case "", "raise":
	case "include":
		rule.Missing = extract.MissingInclude
	case "exclude":
		rule.Missing = extract.MissingExclude
	default:
		return rule, configErrorf(resource, "missing cursor %q: want raise, include or exclude", missing)
	}
	return rule, nil
}

// saveCursor writes what a tracker found into the resource's state.
func (c *core) saveCursor(path string, s *extract.CursorState, err error) error {
	if err != nil || s == nil {
		return err
	}
	extract.SaveState(c.state.write(), path, s)
	c.count.Cursor = s.Last.String()
	return nil
}

// childLanes are the lanes of all children for one record of this resource;
// for one that the cursor knows already, of those that run for every record.
func (c *core) childLanes(row any, known bool) []*extract.Lane {
	var lanes []*extract.Lane
	for _, ch := range c.children {
		if !known || !ch.changed {
			lanes = append(lanes, ch.child.lane(ch.values(row)))
		}
	}
	return lanes
}

// readsAll reports whether a child needs every record of this resource (G46).
func (c *core) readsAll() bool {
	return slices.ContainsFunc(c.children, func(ch childOf) bool { return !ch.changed })
}

// close ends a stream. If all its records were dropped, or a replaced table got
// none, a job without rows is written for a table that had data before: the
// load is recorded with what it changed, and a replace empties the table (N71, L55).
func (c *core) close(s *normalize.Stream, d schema.WriteDisposition, fed bool) error {
	empty := d == schema.Replace
	if fed && !empty {
		before := c.e.before.Table(s.Table())
		empty = before != nil && before.Normalizer.SeenData.Is()
	}
	if !empty {
		return nil
	}
	return s.Empty() // does nothing for a table that got rows
}

// emptied lists the tables of a replaced resource that got nothing in this run
// but had data before: each is emptied with all nested in it (E64, L55).
func (c *core) emptied(d schema.WriteDisposition, got func(table string) bool) []*schema.Table {
	if !c.written || d != schema.Replace {
		return nil
	}
	var list []*schema.Table
	_ = c.e.writer.Update(func() error { // for its lock: records may still be on their way
		for _, t := range c.e.schema.RootTables() {
			if t.Resource == c.name && t.Normalizer.SeenData.Is() && !got(t.Name) {
				t.WriteDisposition = schema.Replace
				list = append(list, t)
			}
		}
		return nil
	})
	return list
}

// emptyTable writes a job without rows, which replaces what a table holds.
func (c *core) emptyTable(t *schema.Table) error {
	s, err := c.e.writer.Stream(t)
	if err != nil {
		return err
	}
	return s.Empty()
}
