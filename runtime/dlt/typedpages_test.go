package dlt_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Typed rows that come without JSON are told apart at the boundary of a cursor as
// records are (I4, I7).
func TestTypedPagesBoundary(t *testing.T) {
	h := newHome(t)
	notes := func(rows ...note) dlt.AnyResource {
		return &dlt.Resource[note]{
			Table: &schema.Table{Name: "notes", WriteDisposition: schema.Append, Columns: []schema.Column{
				{Name: "id", DataType: schema.Bigint, Nullable: schema.False, PrimaryKey: schema.True}, {Name: "text", DataType: schema.Text},
			}},
			Append:      appendNote,
			Incremental: &dlt.Incremental[note]{Field: "id", Value: func(n *note) dlt.CursorValue { return dlt.CursorInt(n.ID) }},
			Pages: func(context.Context, *dlt.Input) iter.Seq2[[]note, error] {
				return func(yield func([]note, error) bool) { yield(slices.Clone(rows), nil) }
			},
		}
	}
	h.run(nil, notes(note{1, "a"}, note{2, "b"}))
	h.run(nil, notes(note{2, "b"}, note{2, "another"}, note{3, "c"}))
	h.want("SELECT id, text FROM data.notes ORDER BY ALL", "1|a", "2|another", "2|b", "3|c")
}
