package dlt

import (
	"context"
	"iter"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A Resource yields the records of one root table as values of a Go type.
// Generated connectors fill Fetch, Decode and Append; sources written by hand
// fill Pages and Append.
type Resource[T any] struct {
	// Name is the resource's name; "" is the table's.
	Name string
	// Table is the root table with its declared columns and hints.
	Table *schema.Table
	// Nested are all nested tables, parents before their children.
	Nested []*schema.Table
	// Fetch yields pages of JSON as they come from the API.
	Fetch func(ctx context.Context, in *Input) iter.Seq2[record.Page, error]
	// Decode reads one record of a page; needed with Fetch.
	Decode func(v *T, d *record.Decoder)
	// Pages yields pages of rows, in place of Fetch and Decode. A page may be
	// reused by the resource once the next one is asked for.
	Pages func(ctx context.Context, in *Input) iter.Seq2[[]T, error]
	// Append writes one row, and the rows nested in it.
	Append func(b *batch.Builder, v *T)
	// Validate reports the rules of the description that a row breaks.
	Validate func(v *T, f *Findings)
	// Bind fills the fields of a child's row that come from its parent.
	Bind func(v *T, in *Input)
	// Parent makes this resource run once for each record of another one.
	Parent *ParentRef
	// Incremental asks only for what is new.
	Incremental *Incremental[T]
	// Map changes a row, Filter keeps or drops it, in this order, before the
	// cursor is read. Both may be nil.
	Map    func(v *T) error
	Filter func(v *T) bool
	// MaxNesting limits nested tables of fields that T does not name; unset: the source's.
	MaxNesting schema.Int
	// Unselected keeps the resource out of a run unless it is named, or a
	// selected child needs its records.
	Unselected bool
	// Needs lists settings of the source's configuration that this resource wants
	// and others do not; a run in which it takes part fails if one is not set.
	Needs func() []Setting
}

// An Incremental is a cursor: the rule for "only what is new" (30-extract §6).
type Incremental[T any] struct {
	// Field is the cursor's name in the record, as the source writes it.
	Field string
	// Value reads the cursor of a row.
	Value func(v *T) CursorValue
	// Initial is where the first run begins; zero: from the beginning.
	Initial CursorValue
	// End bounds the run; with it the run neither reads nor changes the state (I2).
	End CursorValue
	// Lag asks again for what is at most this much older than the last value:
	// seconds for times, days for dates, units for numbers (I31).
	Lag float64
	// RowOrder is the order that the source promises: "", "asc" or "desc" (I12).
	RowOrder string
	// Missing is what a row without a value means: "raise" (or ""), "include", "exclude" (I10).
	Missing string
	// Min remembers the smallest value, for sources read backwards.
	Min bool
	// StartOpen drops rows equal to the start, which turns deduplication off (I8).
	StartOpen bool
	// EndClosed takes in rows equal to End.
	EndClosed bool
}

// An AnyResource is a [Resource] of some type, or [Records].
type AnyResource interface {
	// ResourceName is the name under which the resource is selected and its state is kept.
	ResourceName() string
	info() resourceInfo
	disposition(opt *RunOptions) schema.WriteDisposition
	check(ctx context.Context, in *Input) (records int64, first any, err error)
	open(r *extraction) (opened, error)
}

// resourceInfo is what a run needs to know of a resource before it is opened.
type resourceInfo struct {
	parent     *ParentRef
	unselected bool
	needs      func() []Setting
}

// opened is a resource in a run: it makes lanes, and rows for its children.
type opened interface {
	// lane is the sequence of pages for one record of the parent, or for none.
	lane(parent Values) *extract.Lane
	// finish is called once all lanes have ended.
	finish(ctx context.Context) error
	addChild(c childOf)
}

// A ParentRef says whose records a resource runs for; see [ParentOf].
type ParentRef struct {
	resource AnyResource
	// values reads the parent's record; its argument is a *P.
	values  func(row any) Values
	changed bool
}

// ParentOf makes a child resource run once for each record of parent, with the
// values that the child's requests need. A parent that is not selected itself
// still runs for its children, and loads nothing.
func ParentOf[P any](parent *Resource[P], values func(row *P) Values) *ParentRef {
	return &ParentRef{resource: parent, values: func(row any) Values { return values(row.(*P)) }}
}

// ChangedOnly runs the child for records that are new by the parent's cursor
// only. Without it a parent with children is read whole, whatever its cursor
// says: a record may get new children without a change of its own (G46).
func (p *ParentRef) ChangedOnly() *ParentRef {
	ref := *p
	ref.changed = true
	return &ref
}

// Resource returns the parent.
func (p *ParentRef) Resource() AnyResource { return p.resource }

// ResourceName implements AnyResource.
func (r *Resource[T]) ResourceName() string {
	if r.Name != "" {
		return r.Name
	}
	return r.Table.Name
}

func (r *Resource[T]) info() resourceInfo {
	return resourceInfo{parent: r.Parent, unselected: r.Unselected, needs: r.Needs}
}
