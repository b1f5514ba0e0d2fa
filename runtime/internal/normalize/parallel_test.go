package normalize

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ragged makes records whose keys and kinds of values change all the time.
func ragged(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":%d`, i)
		for range r.IntN(6) {
			k := r.IntN(30)
			v := []string{"1", "1.5", `"x"`, "true", "null", `{"a":1,"b":{"c":"d"}}`, `[1,{"k":2},[3]]`, `"2024-01-02T03:04:05Z"`}[min(r.IntN(40), 7-k%3)]
			fmt.Fprintf(&b, `,"k%d":%s`, k, v)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// TestParallel checks that the schema and the rows of many workers are those
// of one, whatever the timing.
func TestParallel(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 9))
		var pages []string
		for range 40 {
			pages = append(pages, ragged(r, 50))
		}
		load := func(workers int) (*setup, *memPackage) {
			u := newSetup(t)
			u.workers = workers
			if seed%2 == 1 {
				u.schema.Table("items").Contract = &schema.ContractSetting{DataType: schema.DiscardValue, Tables: schema.DiscardRow}
				u.schema.Table("items").Columns = []schema.Column{{Name: "id", DataType: schema.Bigint}}
			}
			p, _, err := u.feed(t, func(s *Stream) error {
				for _, data := range pages {
					if err := s.Page(record.Page{Data: []byte(data)}); err != nil {
						return err
					}
					if err := s.Flush(); err != nil {
						return err
					}
					if workers > 1 {
						time.Sleep(time.Duration(rand.IntN(100)) * time.Microsecond)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return u, p
		}
		u1, p1 := load(1)
		u4, p4 := load(4)
		if u1.schema.Hash() != u4.schema.Hash() {
			t.Fatalf("seed %d: schemas differ: %s\n%s", seed, u1.columns("items"), u4.columns("items"))
		}
		for _, tb := range u1.schema.Tables() {
			if diff := cmp.Diff(p1.rows(t, tb.Name), p4.rows(t, tb.Name)); diff != "" {
				t.Fatalf("seed %d: table %s: %s", seed, tb.Name, diff)
			}
		}
	}
}

// TestFirstErrorWins checks that of several faults the first in order is told.
func TestFirstErrorWins(t *testing.T) {
	for range 20 {
		u := newSetup(t)
		u.workers = 4
		_, _, err := u.run(t, strings.Repeat(`{"a":1}`, 2000), `{"a":1}{"a":`, `{"a"`, `[`)
		if err == nil || !strings.HasPrefix(err.Error(), "page page1: byte 12") {
			t.Fatalf("error: %v", err)
		}
	}
}
