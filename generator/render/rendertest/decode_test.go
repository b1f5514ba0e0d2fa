package rendertest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dltgen/dltgen/generator/render/testdata/github"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/value"
)

// TestDecode: a row struct is used again for the next record, and holds nothing
// of the one before (G63).
func TestDecode(t *testing.T) {
	page := `[
		{"id": 1, "number": 7, "state": "open", "user": {"login": "a", "id": 2}, "assignee": {"login": "b", "id": 3, "email": "b@c.de"},
		 "labels": [{"name": "x", "color": "00ff00"}, {"name": "y"}], "topics": ["p", "q"], "updated_at": "2024-01-02T03:04:05Z",
		 "created": 1704164645, "meta": {"k": "v"}},
		{"id": 2, "labels": [{"name": "z"}], "closed_at": "2024-01-02T03:04:05Z"}
	]`
	want := []github.Issue{
		{
			ID: 1, Number: 7, State: "open",
			User:     github.SimpleUser{Login: "a", ID: 2},
			Assignee: value.Some(github.SimpleUser{Login: "b", ID: 3, Email: value.Some("b@c.de")}),
			Labels:   []github.Label{{Name: "x", Color: value.Some("00ff00")}, {Name: "y"}},
			Topics:   []string{"p", "q"}, UpdatedAt: time.Unix(1704164645, 0).UTC(), Created: time.Unix(1704164645, 0).UTC(),
			Meta: value.Some(value.JSON(`{"k": "v"}`)),
		},
		{ID: 2, Labels: []github.Label{{Name: "z"}}, ClosedAt: value.Some(time.Unix(1704164645, 0).UTC())},
	}
	decode := github.New(github.Config{}).Issues().Decode
	d := record.NewDecoder(record.Page{Data: []byte(page), Origin: "test"})
	var v github.Issue
	var n int
	for d.NextRecord() {
		decode(&v, d)
		opts := []cmp.Option{
			cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(github.Issue{}, github.Label{}), cmp.Comparer(value.Decimal.Equal),
		}
		if diff := cmp.Diff(want[n], v, opts...); diff != "" {
			t.Errorf("record %d (-want +got):\n%s", n, diff)
		}
		n++
	}
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	if n != len(want) {
		t.Errorf("%d records, want %d", n, len(want))
	}
}
