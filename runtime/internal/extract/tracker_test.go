package extract_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/internal/extract"
	"github.com/dltgen/dltgen/runtime/record"
)

type row struct {
	id, ts int64
}

func (r row) value() *record.Value {
	v := record.ObjectValue()
	v.Set("id", record.IntValue(r.id))
	v.Set("ts", record.IntValue(r.ts))
	return &v
}

func intCursor(n int64) extract.Cursor { return extract.Cursor{Kind: extract.CursorInt, Int: n} }

// run feeds rows to a tracker and returns the ids that pass with the new state.
func run(t *testing.T, rule extract.Rule, st *extract.CursorState, rows ...row) ([]int64, *extract.CursorState) {
	t.Helper()
	tr, err := extract.NewTracker(rule, st, func(r row) (string, error) { return extract.Hash(r.value(), []string{"id"}, true) })
	if err != nil {
		t.Fatal(err)
	}
	var kept []int64
	for _, r := range rows {
		keep, err := tr.Row(intCursor(r.ts), false, r)
		if err != nil {
			t.Fatal(err)
		}
		if keep {
			kept = append(kept, r.id)
		}
		if tr.StopEarly() {
			break
		}
	}
	next, err := tr.State()
	if err != nil {
		t.Fatal(err)
	}
	if next == nil {
		next = st
	}
	return kept, next
}

// The scenario vectors of 30-extract §6: key id, rows as id@ts.
func TestTrackerRuns(t *testing.T) {
	kept, st := run(t, extract.Rule{}, nil, row{1, 1}, row{2, 2}, row{3, 2})
	check(t, "run 1", kept, []int64{1, 2, 3}, st, 2, "Tp44cKMYfAuJ", "Cn/dwi436vBb")
	kept, st = run(t, extract.Rule{}, st, row{1, 1}, row{3, 2}, row{4, 2})
	check(t, "run 2", kept, []int64{4}, st, 2, "9ydaHrzwo9f8", "Cn/dwi436vBb", "Tp44cKMYfAuJ")
	kept, st = run(t, extract.Rule{}, st, row{4, 2}, row{5, 3}, row{6, 2}, row{7, 1})
	check(t, "run 3", kept, []int64{5, 6}, st, 3, "tIXXf9wiHssy")
	kept, st = run(t, extract.Rule{}, st)
	check(t, "run 4", kept, nil, st, 3, "tIXXf9wiHssy")
}

func check(t *testing.T, name string, kept, want []int64, st *extract.CursorState, last int64, hashes ...string) {
	t.Helper()
	if d := cmp.Diff(want, kept); d != "" {
		t.Errorf("%s: kept (-want +got):\n%s", name, d)
	}
	if st.Last != intCursor(last) {
		t.Errorf("%s: last %v, want %d", name, st.Last, last)
	}
	sorted := map[string]bool{}
	for _, h := range st.Hashes {
		sorted[h] = true
	}
	for _, h := range hashes {
		if !sorted[h] || len(hashes) != len(st.Hashes) {
			t.Errorf("%s: hashes %v, want %v", name, st.Hashes, hashes)
			return
		}
	}
}

func TestTrackerRanges(t *testing.T) {
	oneToSix := []row{{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}}
	for _, c := range []struct {
		name string
		rule extract.Rule
		rows []row
		want []int64
	}{
		{"closed start, open end", extract.Rule{Initial: intCursor(2), End: intCursor(5)}, oneToSix, []int64{2, 3, 4}},
		{"both closed", extract.Rule{Initial: intCursor(2), End: intCursor(5), EndClosed: true}, oneToSix, []int64{2, 3, 4, 5}},
		{"both open", extract.Rule{Initial: intCursor(2), End: intCursor(5), StartOpen: true}, oneToSix, []int64{3, 4}},
		{"values below the initial one are dropped on the first run (I5)", extract.Rule{Initial: intCursor(4)}, oneToSix, []int64{4, 5, 6}},
		{"descending stops after the first row out of range", extract.Rule{Initial: intCursor(3), Order: extract.OrderDesc}, []row{{5, 5}, {4, 4}, {3, 3}, {2, 2}, {9, 9}}, []int64{5, 4, 3}},
		{"smallest value", extract.Rule{Min: true}, []row{{1, 5}, {2, 3}}, []int64{1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept, _ := run(t, c.rule, nil, c.rows...)
			if d := cmp.Diff(c.want, kept); d != "" {
				t.Errorf("kept (-want +got):\n%s", d)
			}
		})
	}
}

func TestTrackerLag(t *testing.T) {
	st := &extract.CursorState{Last: intCursor(20)}
	kept, next := run(t, extract.Rule{Lag: 5}, st, row{3, 14}, row{2, 20}, row{4, 15}, row{5, 19})
	if d := cmp.Diff([]int64{2, 4, 5}, kept); d != "" {
		t.Errorf("kept (-want +got):\n%s", d)
	}
	if next.Last != intCursor(20) {
		t.Errorf("last %v, want 20: the state never moves back (I33)", next.Last)
	}
}

// The lag vectors of 30-extract §6 for texts (I31).
func TestTrackerLagText(t *testing.T) {
	text := func(s string) extract.Cursor { return extract.Cursor{Kind: extract.CursorText, Text: s} }
	for _, c := range []struct {
		last, initial, want string
		lag                 float64
	}{
		{"2024-03-01T00:00:30Z", "", "2024-02-29T23:59:30Z", 60},
		{"2024-03-01T00:00:30.123Z", "", "2024-02-29T23:59:30.123000Z", 60},
		{"2024-03-01T00:00:30+02:00", "", "2024-02-29T23:59:30+02:00", 60},
		{"20240301", "", "20240229", 1},
		{"2024-03-01T00:00:30Z", "2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z", 60},
	} {
		rule := extract.Rule{Lag: c.lag}
		if c.initial != "" {
			rule.Initial = text(c.initial)
		}
		tr, err := extract.NewTracker(rule, &extract.CursorState{Last: text(c.last)}, func(row) (string, error) { return "", nil })
		if err != nil {
			t.Errorf("%s: %v", c.last, err)
			continue
		}
		if got := tr.Start().Text; got != c.want {
			t.Errorf("%s lag %v: start %s, want %s", c.last, c.lag, got, c.want)
		}
	}
	if _, err := extract.NewTracker(extract.Rule{Lag: 1}, &extract.CursorState{Last: text("next")}, func(row) (string, error) { return "", nil }); err == nil {
		t.Error("a text that is no time: no error")
	}
}

func TestTrackerErrors(t *testing.T) {
	hash := func(row) (string, error) { return "", nil }
	var setting *extract.SettingError
	for _, rule := range []extract.Rule{
		{End: intCursor(5)},
		{Initial: intCursor(6), End: intCursor(5)},
		{Initial: intCursor(6), End: extract.Cursor{Kind: extract.CursorText, Text: "5"}},
	} {
		if _, err := extract.NewTracker(rule, nil, hash); !errors.As(err, &setting) {
			t.Errorf("%+v: error %v, want a SettingError (I3)", rule, err)
		}
	}
	tr, err := extract.NewTracker(extract.Rule{Initial: intCursor(1)}, nil, hash)
	if err != nil {
		t.Fatal(err)
	}
	var compare *extract.CompareError
	if _, err := tr.Row(extract.Cursor{Kind: extract.CursorText, Text: "2"}, false, row{}); !errors.As(err, &compare) {
		t.Errorf("error %v, want a CompareError (I14)", err)
	}
	var missing *extract.CursorMissingError
	if _, err := tr.Row(extract.Cursor{}, true, row{}); !errors.As(err, &missing) || !missing.Null {
		t.Errorf("error %v, want a CursorMissingError for null (I10)", err)
	}
}

// A naive stored value follows an aware record (I15).
func TestTrackerZones(t *testing.T) {
	naive := extract.Cursor{Kind: extract.CursorTime, Time: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Naive: true}
	tr, err := extract.NewTracker(extract.Rule{Initial: naive}, nil, func(row) (string, error) { return "h", nil })
	if err != nil {
		t.Fatal(err)
	}
	aware := extract.Cursor{Kind: extract.CursorTime, Time: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)}
	if keep, err := tr.Row(aware, false, row{}); !keep || err != nil {
		t.Errorf("keep %v, error %v", keep, err)
	}
}

// The hash vectors of 30-extract §6.
func TestHash(t *testing.T) {
	for doc, want := range map[string]string{
		`{"k":1}`: "669czW83KR00", `{"k":2}`: "Tp44cKMYfAuJ", `{"k":"1"}`: "1n2MrcaMRluh", `{"k":true}`: "9pqHQJRzn+fs", `{"k":null}`: "KtLhiM3tliLb",
	} {
		v, err := record.Parse([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := extract.Hash(v, []string{"k"}, true); err != nil || got != want {
			t.Errorf("%s: %s %v, want %s", doc, got, err, want)
		}
	}
	v, _ := record.Parse([]byte(`{"ts":2,"id":2,"a":1,"b":"k"}`))
	if got, _ := extract.Hash(v, []string{"a", "b"}, false); got != "VOO965hn7dCK" {
		t.Errorf("list key: %s", got)
	}
	v.Delete("a")
	v.Delete("b")
	if got, _ := extract.Hash(v, nil, false); got != "yliF2Z7Gtzo3" {
		t.Errorf("whole record: %s", got)
	}
	var missing *extract.KeyMissingError
	if _, err := extract.Hash(v, []string{"zz"}, true); !errors.As(err, &missing) {
		t.Errorf("error %v, want a KeyMissingError", err)
	}
}

func TestField(t *testing.T) {
	v, err := record.Parse([]byte(`{"a":{"b":[{"t":1},{"t":2}]},"a.b":7,"x":3}`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"x": "3", "a.b[1].t": "2", "a.b[*].t": "1", `"a.b"`: "7", "$.x": "3", "a['b'][0].t": "1"} {
		f, err := extract.ParseField(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got := f.Get(v); got == nil || got.String() != want {
			t.Errorf("%s: %v, want %s", path, got, want)
		}
	}
	for _, bad := range []string{"", "a[", "a.'b", "a[?(@.x)]", "a."} {
		if _, err := extract.ParseField(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}
