package normalize

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
)

// A wild makes records of all that JSON and the rules know: few keys, so that
// they meet again with other values, and keys that become one column.
type wild struct {
	*rand.Rand
	strings.Builder
	flat bool // no maps and lists
}

var (
	wildKeys = []string{
		"a", "b", "c", "aB", "a_b", "a__b", "A b", "d\\u0065", "", "ключ", "at", "on", "of", "m", "j", "value", "list", "_dlt_id",
		"a key that is longer than eight bytes", "a key that is longer than eight bytes too",
	}
	wildLeaves = []string{
		"null", "null", "true", "false", "0", "-0", "7", "-42", "1.5", "2.0", "1e3", "-1.25E-2", "0.1", "9007199254740993", "9223372036854775807",
		"12345678901234567890.5", "1735689600", `""`, `"x"`, `"7"`, `"1.50"`, `"true"`, `"plain text of some length"`, `"line\nbreak \"quoted\" \u00e9\ud83d\ude00"`,
		`"\ud800"`, `"Zürich 東京"`, `"2024-01-02"`, `"2024-01-02T03:04:05Z"`, `"2024-01-02T03:04:05.123456+02:00"`, `"2024-01-02 03:04:05"`, `"03:04:05.5"`,
		`"2024-13-45"`, `" 5 "`, "[]", "{}",
	}
	wildSpace = []string{"", "", "", "", " ", "\n ", "\t"}
)

func (w *wild) pick(list []string) string { return list[w.IntN(len(list))] }

// usual draws low numbers far more often than high ones.
func (w *wild) usual(n int) int { return min(w.IntN(n), w.IntN(n), w.IntN(n)) }

func (w *wild) space() { w.WriteString(w.pick(wildSpace)) }

func (w *wild) value(depth int) {
	w.space()
	switch n := w.IntN(12); {
	case w.flat || n < 9 || depth > 3:
		w.WriteString(w.pick(wildLeaves))
	case n < 11:
		w.object(depth + 1)
	default:
		w.WriteByte('[')
		for i := range w.IntN(4) {
			if i > 0 {
				w.WriteByte(',')
			}
			w.value(depth + 1)
		}
		w.WriteByte(']')
	}
	w.space()
}

func (w *wild) object(depth int) {
	w.WriteByte('{')
	for i := range w.IntN(6) {
		if i > 0 {
			w.WriteByte(',')
		}
		w.space()
		fmt.Fprintf(w, `"%s"`, wildKeys[w.usual(len(wildKeys))])
		w.space()
		w.WriteByte(':')
		w.value(depth)
	}
	w.WriteByte('}')
}

// calm repeats one shape with few surprises, which is what the fast path sees.
func (w *wild) calm(i int) {
	odd := func(s string) string {
		if w.IntN(40) == 0 {
			return w.pick(wildLeaves)
		}
		return s
	}
	fmt.Fprintf(w, `{"id":%d,"a":%s,"at":%s,"on":%s,"of":%s,"m":{"x":%s,"y":{"z":%s}},"j":{"k":[%d]},"l":[{"p":%s,"q":["s",%s]},{"p":%s}],"n":%s}`,
		i, odd("1.5"), odd(`"2024-01-02T03:04:05Z"`), odd(`"2024-01-02"`), odd(`"1.25"`), odd(`"text"`), odd("true"), i, odd("3"), odd(`"t"`), odd("null"), odd("null"))
}

// TestSlowIsFast checks the fast path against the slow path, which reads every
// record through a tree: of the same bytes both make the same tables, the same
// schema, and where they must fail the same error.
func TestSlowIsFast(t *testing.T) {
	declared := []schema.Column{
		{Name: "at", DataType: schema.Timestamp}, {Name: "on", DataType: schema.Date}, {Name: "of", DataType: schema.Decimal}, {Name: "j", DataType: schema.JSON},
	}
	for _, tt := range []struct {
		name    string
		columns []schema.Column
		record  func(w *wild, i int)
		records int
		setUp   func(tb *schema.Table)
	}{
		{name: "calm", record: (*wild).calm, records: 400},
		{name: "calm, declared", record: (*wild).calm, records: 400, columns: declared},
		{name: "calm, values dropped", record: (*wild).calm, records: 400, columns: declared, setUp: func(tb *schema.Table) {
			tb.Contract = &schema.ContractSetting{Columns: schema.DiscardValue, DataType: schema.DiscardValue}
		}},
		{name: "calm, rows dropped", record: (*wild).calm, records: 400, columns: declared, setUp: func(tb *schema.Table) {
			tb.Contract = &schema.ContractSetting{DataType: schema.DiscardRow, Tables: schema.DiscardRow}
		}},
		{name: "calm, upsert", record: (*wild).calm, records: 400, columns: []schema.Column{{Name: "id", DataType: schema.Bigint, PrimaryKey: schema.True}}, setUp: func(tb *schema.Table) {
			tb.WriteDisposition, tb.MergeStrategy = schema.Merge, schema.Upsert
		}},
		{name: "wild, flat", record: func(w *wild, _ int) { w.flat = true; w.object(0) }, records: 60},
		{name: "wild", record: func(w *wild, _ int) { w.object(0) }, records: 30},
		{name: "wild, declared", record: func(w *wild, _ int) { w.object(0) }, records: 30, columns: declared},
		{name: "not only maps", record: func(w *wild, _ int) { w.value(0) }, records: 30},
		{name: "ragged", record: func(w *wild, _ int) { w.WriteString(ragged(w.Rand, 1)) }, records: 300},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for seed := range uint64(40) {
				w := &wild{Rand: rand.New(rand.NewPCG(seed, 3))}
				for i := range tt.records {
					tt.record(w, i)
					w.WriteByte('\n')
				}
				bothSpeeds(t, w.String(), func() *setup {
					u := newSetup(t, tt.columns...)
					if tt.setUp != nil {
						tt.setUp(u.schema.Table("items"))
					}
					return u
				})
			}
		})
	}
}

func bothSpeeds(t *testing.T, data string, newSetup func() *setup) {
	t.Helper()
	run := func(slow bool) (*setup, *memPackage, *Metrics, string) {
		u, p := newSetup(), &memPackage{}
		w := u.writer(t, p)
		w.slowOnly = slow
		s, err := w.Stream(u.schema.Table("items"))
		if err == nil {
			err = s.Page(record.Page{Data: []byte(data), Origin: "page"})
		}
		m, cerr := w.Close(t.Context())
		if err == nil {
			err = cerr
		}
		text := ""
		if err != nil {
			text = err.Error()
		}
		return u, p, m, text
	}
	us, ps, ms, es := run(true)
	uf, pf, mf, ef := run(false)
	if es != ef {
		t.Fatalf("error slow: %s\nfast: %s\n%s", es, ef, data)
	}
	if es != "" {
		return
	}
	if us.schema.Hash() != uf.schema.Hash() {
		t.Fatalf("schemas differ: %s\n%s\n%s", us.columns("items"), uf.columns("items"), data)
	}
	if diff := cmp.Diff(ms, mf); diff != "" {
		t.Fatalf("metrics: %s\n%s", diff, data[:min(len(data), 3000)])
	}
	for _, tb := range us.schema.Tables() {
		if diff := cmp.Diff(ps.rows(t, tb.Name), pf.rows(t, tb.Name)); diff != "" {
			t.Fatalf("table %s: %s\n%s", tb.Name, diff, data)
		}
	}
}
