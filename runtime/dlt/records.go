package dlt

import (
	"context"
	"fmt"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Records is a resource without a Go type: its columns are inferred from the
// data. Exactly one of Fetch, Values and Batches yields the data.
type Records struct {
	// Name is the resource's name, and the table's unless Hints name another.
	Name string
	// Hints declare what is known of the table.
	Hints schema.TableHints
	// KeyScalar says that the primary key was declared as one name, not as a
	// list, which tells apart the hashes of a cursor's boundary (I7).
	KeyScalar bool
	// Fetch yields pages of JSON.
	Fetch func(ctx context.Context, in *Input) iter.Seq2[record.Page, error]
	// Values yields pages of records as trees.
	Values func(ctx context.Context, in *Input) iter.Seq2[[]Record, error]
	// Batches yields Arrow data, which is loaded without being taken apart.
	Batches func(ctx context.Context, in *Input) iter.Seq2[arrow.RecordBatch, error]
	// Steps change or drop records, in order, before the cursor is read.
	Steps []Step
	// Incremental asks only for what is new.
	Incremental *RecordIncremental
	// Limit stops the resource after so many pages; 0: no limit. LimitRows counts
	// records instead; the page that crosses it is taken whole (E33).
	Limit, LimitRows *int64
	// TableOf names the table of each record; nil: one table for all (E54).
	TableOf func(rec *record.Value) string
	// Materialize creates the table even when nothing is yielded (E63).
	Materialize bool
	// Parent makes this resource run once for each record of another one.
	Parent     *ParentRef
	Unselected bool
}

// A Record is one record of a page, with the table it goes to if that is not
// its resource's, and hints that come with it (E55, E56).
type Record struct {
	Value *record.Value
	Table string
	// Variant, when set, declares Table with hints of its own.
	Variant *schema.TableHints
}

// A Step changes a record in place, or drops it by returning false.
type Step func(rec *record.Value) (keep bool, err error)

// RecordIncremental is a cursor on records without a Go type. Bounds are JSON
// values of the cursor's own kind.
type RecordIncremental struct {
	// Path is the cursor's field, or a JSON path (I1).
	Path         string
	Initial, End *record.Value
	Min          bool
	Lag          float64
	RowOrder     string // "", "asc", "desc"
	Missing      string // "" (raise), "include", "exclude"
	StartOpen    bool
	EndClosed    bool
	// Key tells records with the same cursor apart; nil: the resource's primary
	// key, else the whole record; empty and not nil: no deduplication (I8).
	Key []string
	// KeyScalar says that Key was given as one name.
	KeyScalar bool
}

// ResourceName implements AnyResource.
func (r *Records) ResourceName() string { return r.Name }

func (r *Records) info() resourceInfo {
	return resourceInfo{parent: r.Parent, unselected: r.Unselected}
}

// A ConfigError reports settings of a resource that contradict each other.
type ConfigError struct {
	Resource string
	Err      error
}

// Error implements error.
func (e *ConfigError) Error() string { return fmt.Sprintf("resource %s: %v", e.Resource, e.Err) }

// Unwrap returns the cause.
func (e *ConfigError) Unwrap() error { return e.Err }

func configErrorf(resource, format string, args ...any) error {
	return &ConfigError{resource, fmt.Errorf(format, args...)}
}
