package infer_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/infer"
)

// TestOpenItems proves what is assumed of records that may hold anything: the
// fields that the list filters by, and the key with its parent's (G34, G44, G49).
func TestOpenItems(t *testing.T) {
	const filters = " id:str last_modified:int status:str _since:int _token:str _limit:int"
	c := connector(t, `
		GET /buckets`+filters+` -> {data:[map(any)]}
		GET /buckets/{id} -> {data:map(any)}
		GET /buckets/{bucket_id}/sets`+filters+` -> {data:[map(any)]}
		GET /buckets/{bucket_id}/sets/{id} -> {data:map(any)}
		GET /buckets/{bucket_id}/sets/{set_id}/records`+filters+` -> {data:[map(any)]}
		GET /buckets/{bucket_id}/sets/{set_id}/records/{id} -> {data:map(any)}
		GET /logs status:str -> {data:[map(any)]}
		GET /users id:str updated_at:date-time -> {data:[{name:str}]}
	`)
	infer.Apply(c, nil)
	type decided struct{ key, cursor, columns, parent string }
	tests := []struct {
		op   string
		want decided
	}{
		{"GET /buckets", decided{"id", "last_modified _since int", "id text last_modified bigint", ""}},
		{"GET /buckets/{bucket_id}/sets", decided{"_buckets_id id", "last_modified _since int", "id text last_modified bigint", "buckets map[bucket_id:id]"}},
		{"GET /buckets/{bucket_id}/sets/{set_id}/records", decided{
			"_buckets_id _sets_id id", "last_modified _since int", "id text last_modified bigint", "sets map[bucket_id:_buckets_id set_id:id]",
		}},
		{"GET /logs", decided{}},
		{"GET /users", decided{}}, // a record that is declared has what is declared
	}
	for _, tt := range tests {
		t.Run(tt.op, func(t *testing.T) {
			r := resource(t, c, tt.op)
			got := decided{key: strings.Join(r.PrimaryKey.Value, " ")}
			if i := r.Incremental; i != nil {
				got.cursor = i.Value.CursorPath + " " + i.Value.StartParam + " " + i.Value.Encoding
				if i.Why.Strong() {
					t.Error("a guessed cursor is called certain")
				}
			}
			var columns []string
			for _, name := range slices.Sorted(maps.Keys(r.Columns)) {
				columns = append(columns, name, string(r.Columns[name].Type))
			}
			got.columns = strings.Join(columns, " ")
			if p := r.Parent; p != nil {
				got.parent = fmt.Sprint(p.Value.Resource, " ", p.Value.Params)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(decided{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A declared id below a parent is taken to be what ids mostly are.
func TestDeclaredIDsStandAlone(t *testing.T) {
	c := connector(t, "GET /a -> [{id:int}]\nGET /a/{a_id int}/b -> [{id:str}]\nGET /a/{a_id int}/b/{b_id} -> {id:str}")
	infer.Apply(c, nil)
	if got := resource(t, c, "GET /a/{a_id}/b").PrimaryKey.Value; !slices.Equal(got, []string{"id"}) {
		t.Errorf("key %v, want id", got)
	}
}
