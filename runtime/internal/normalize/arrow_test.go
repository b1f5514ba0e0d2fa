package normalize

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/contract"
	"github.com/dltgen/dltgen/runtime/schema"
)

// arrowOf makes a batch of fields from JSON rows.
func arrowOf(t testing.TB, rows string, fields ...arrow.Field) arrow.RecordBatch {
	t.Helper()
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, arrow.NewSchema(fields, nil), strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func nullable(name string, typ arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: typ, Nullable: true}
}

func TestArrowTypes(t *testing.T) {
	u := newSetup(t)
	rec := arrowOf(t, `[{"UserId":1,"s":"a","d":"1.23","t":"2024-01-01T12:00:00","day":"2024-02-29","i8":1,"l":[1,2],"m":{"a":1},"n":null},{"UserId":2,"i8":null,"t":null}]`,
		nullable("UserId", arrow.PrimitiveTypes.Int64), nullable("s", arrow.BinaryTypes.LargeString), nullable("d", &arrow.Decimal128Type{Precision: 10, Scale: 2}),
		nullable("t", &arrow.TimestampType{Unit: arrow.Microsecond}), nullable("day", arrow.FixedWidthTypes.Date32), nullable("i8", arrow.PrimitiveTypes.Int8),
		nullable("l", arrow.ListOf(arrow.PrimitiveTypes.Int64)), nullable("m", arrow.StructOf(nullable("a", arrow.PrimitiveTypes.Int64))), nullable("n", arrow.Null))
	p, m, err := u.feed(t, func(s *Stream) error { return s.Arrow(rec) })
	if err != nil {
		t.Fatal(err)
	}
	if got, want := u.columns("items"), "user_id:bigint s:text d:decimal t:timestamp day:date i8:bigint l:json m:json"; got != want {
		t.Errorf("columns: %s\nwant     %s", got, want)
	}
	c := u.schema.Table("items").Column("i8")
	if c.Precision != schema.N(8) || u.schema.Table("items").Column("t").Precision.Set {
		t.Error("precisions")
	}
	want := []string{`user_id=1 s=a d=1.23 t=2024-01-01T12:00:00Z day=2024-02-29 i8=1 l=[1,2] m={"a":1}`, "user_id=2"}
	if diff := cmp.Diff(want, p.rows(t, "items")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"items.n"}, m.NullOnly); diff != "" {
		t.Error(diff)
	}
}

// TestArrowContract holds the vector of A11.
func TestArrowContract(t *testing.T) {
	i64, i32 := arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int32
	for _, tt := range []struct {
		mode schema.ContractMode
		want string
	}{
		{schema.Evolve, "id=2 v=5|id=3"}, {schema.DiscardValue, "id=2|id=3"}, {schema.DiscardRow, "id=3"}, {schema.Freeze, "error"},
	} {
		t.Run(string(tt.mode), func(t *testing.T) {
			u := newSetup(t)
			if _, _, err := u.feed(t, func(s *Stream) error {
				return s.Arrow(arrowOf(t, `[{"id":1,"v":1}]`, nullable("id", i64), nullable("v", i64)))
			}); err != nil {
				t.Fatal(err)
			}
			u.schema.Table("items").Contract = schema.Uniform(tt.mode)
			p, _, err := u.feed(t, func(s *Stream) error {
				return s.Arrow(arrowOf(t, `[{"id":2,"v":5},{"id":3,"v":null}]`, nullable("id", i64), nullable("v", i32)))
			})
			var v *contract.ViolationError
			got := "error"
			if err == nil {
				got = strings.Join(p.rows(t, "items"), "|")
			} else if !errors.As(err, &v) || v.Step != contract.Extract {
				t.Errorf("error: %v", err)
			}
			if got != tt.want {
				t.Errorf("rows %s, want %s", got, tt.want)
			}
		})
	}
}

func TestArrowErrors(t *testing.T) {
	u := newSetup(t)
	i64 := arrow.PrimitiveTypes.Int64
	for want, rec := range map[string]arrow.RecordBatch{
		`table items: fields "aB" and "a_b" both become column a_b`:       arrowOf(t, `[{}]`, nullable("aB", i64), nullable("a_b", i64)),
		"table items: field x: Arrow type duration[s] has no column type": arrowOf(t, `[{}]`, nullable("x", arrow.FixedWidthTypes.Duration_s)),
	} {
		_, _, err := u.feed(t, func(s *Stream) error { return s.Arrow(rec) })
		if err == nil || err.Error() != want {
			t.Errorf("error: %v, want %s", err, want)
		}
	}
}
