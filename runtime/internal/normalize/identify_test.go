package normalize

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/runtime/value"
)

// TestNestedIDs holds the nested vectors of N69.
func TestNestedIDs(t *testing.T) {
	m := batch.NewIDMaker([32]byte{})
	for _, tt := range []struct {
		parent, table string
		idx           int64
		want          string
	}{
		{"abc", "items__f", 0, "bVEgIy2DNQOxIQ"},
		{"abc", "items__f", 1, "zLVefbGGjAFOnw"},
		{"kKx1YPM/7nCNBg", "items__e", 0, "zZI5xkKSjcRoDQ"},
		{"123456", "zen__webpath", 0, "DLZqexu9nUyZgw"},
		{"7", "items__l", 0, "xigBCbNSeiKTGQ"},
		{"ü", "tä", 10, "BXNMVbK+5kCPtw"},
	} {
		if got := string(m.AppendNested(nil, []byte(tt.parent), tt.table, tt.idx)); got != tt.want {
			t.Errorf("%s, %s, %d = %s, want %s", tt.parent, tt.table, tt.idx, got, tt.want)
		}
	}
}

// keyed makes items a table of a merge strategy with these key columns.
func keyed(t *testing.T, strategy schema.MergeStrategy, keys ...string) *setup {
	t.Helper()
	var columns []schema.Column
	for _, k := range keys {
		columns = append(columns, schema.Column{Name: k, Nullable: schema.False, PrimaryKey: schema.True})
	}
	if strategy == schema.SCD2 {
		c := schema.Column{Name: "_dlt_id", Nullable: schema.False}
		c.Extra.Set("x-row-version", true)
		columns = append(columns, c)
	}
	u := newSetup(t)
	u.add(t, &schema.Table{Name: "items", WriteDisposition: schema.Merge, MergeStrategy: strategy, Columns: columns})
	return u
}

// TestDigestIDs holds the key and row vectors of N69.
func TestDigestIDs(t *testing.T) {
	ts, err := value.ParseTimestamp("2024-01-02T03:04:05Z")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		strategy schema.MergeStrategy
		keys     []string
		in       string
		value    record.Value // in place of in, as the key id
		want     string
	}{
		{"integer", schema.Upsert, []string{"id"}, `{"id":1}`, record.Value{}, "z5jIxXIbUnmbKw"},
		{"double", schema.Upsert, []string{"id"}, `{"id":1.0}`, record.Value{}, "cvXT4XHjvZjFxg"},
		{"compound", schema.CDC, []string{"b", "a"}, `{"a":1,"b":"x","c":2}`, record.Value{}, "khlsLbyhkJKGeQ"},
		{"not ASCII", schema.InsertOnly, []string{"id"}, `{"id":"é"}`, record.Value{}, "Re94hEh/GsCX1Q"},
		{"bool", schema.Upsert, []string{"id"}, `{"id":true}`, record.Value{}, "8tzPerpjGpGGTQ"},
		{"ISO text", schema.Upsert, []string{"id"}, `{"id":"2024-01-02T03:04:05Z"}`, record.Value{}, "DyIs8wg80oi+Jw"},
		{"timestamp", schema.Upsert, []string{"id"}, "", record.TimestampValue(ts), "o7itstqVGRdc0Q"},
		{"decimal", schema.Upsert, []string{"id"}, "", dec("1.20"), "Gc4X1i+CWbe8vw"},
		{"date", schema.Upsert, []string{"id"}, "", record.DateValue(19724), "am97JbvEVM2Chg"},
		{"bytes", schema.Upsert, []string{"id"}, "", record.BinaryValue([]byte{0, 1}), "crSmWDnbPeAuuQ"},
		{"row", schema.SCD2, nil, `{"Id":1,"Name":{"b":2,"a":[1,{"z":1,"y":null}]},"_dlt_x":3}`, record.Value{}, "qZ5PiQfeacHqjA"},
		{"row with load id", schema.SCD2, nil, `{"a":1,"_dlt_load_id":"zzz"}`, record.Value{}, "Ec9HPMTWWD8wGA"},
		{"row with maps", schema.SCD2, nil, `{"a":{"x":[1,{"a":1,"b":2}],"y":1}}`, record.Value{}, "eKtaG1t1pdGfMw"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := keyed(t, tt.strategy, tt.keys...)
			var p *memPackage
			var err error
			n := 2 // the second record may take the fast path
			if tt.in != "" {
				p, _, err = u.run(t, tt.in+tt.in)
			} else {
				item := record.ObjectValue()
				item.Set("id", tt.value)
				p, _, err = u.values(t, item)
				n = 1
			}
			if err != nil {
				t.Fatal(err)
			}
			rows := p.rows(t, "items")
			if len(rows) != n {
				t.Fatalf("%d rows", len(rows))
			}
			for _, r := range rows {
				if !strings.Contains(r, "_dlt_id="+tt.want) {
					t.Errorf("row %s, want id %s", r, tt.want)
				}
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		_, _, err := keyed(t, schema.Upsert, "id").run(t, `{"id":1}{"x":1}`)
		want := "schema s: table items: a record has no id, which is part of the primary key that its row id is made from"
		if err == nil || err.Error() != want {
			t.Errorf("error: %v", err)
		}
	})
}

// TestUpsertLinks holds N70.
func TestUpsertLinks(t *testing.T) {
	u := keyed(t, schema.Upsert, "id")
	in := `{"Id":1,"v":"a","l":[1]}`
	p, _, err := u.run(t, in+in)
	if err != nil {
		t.Fatal(err)
	}
	want := "value=1 _dlt_root_id=z5jIxXIbUnmbKw _dlt_parent_id=z5jIxXIbUnmbKw _dlt_list_idx=0 _dlt_id=cQ7gJ+BRpSGNCg"
	if diff := cmp.Diff([]string{want, want}, p.rows(t, "items__l")); diff != "" {
		t.Error(diff)
	}
}

// TestLinks checks that random ids link rows, whichever path made them, and
// that an id in the data is kept (N66).
func TestLinks(t *testing.T) {
	u := newSetup(t)
	p, _, err := u.run(t, `{"n":1,"l":[{"a":1,"m":[1,2]},{"a":2}]}{"n":2,"l":[{"a":3,"m":[3]}]}{"n":3,"_dlt_id":"mine","l":[{"a":4}]}`)
	if err != nil {
		t.Fatal(err)
	}
	get := func(row, key string) string {
		for w := range strings.FieldsSeq(row) {
			if v, ok := strings.CutPrefix(w, key+"="); ok {
				return v
			}
		}
		return ""
	}
	owner := map[string]string{}
	seen := map[string]bool{}
	for _, table := range []string{"items", "items__l", "items__l__m"} {
		for _, r := range p.rows(t, table) {
			id := get(r, "_dlt_id")
			if seen[id] || id == "" {
				t.Errorf("id %q of %s is not unique", id, table)
			}
			seen[id] = true
			name := get(r, "n") + get(r, "a") + get(r, "value")
			if parent := get(r, "_dlt_parent_id"); table != "items" {
				name = owner[parent] + "." + name
			}
			owner[id] = name
		}
	}
	got := map[string]bool{}
	for _, name := range owner {
		got[name] = true
	}
	want := map[string]bool{"1": true, "2": true, "3": true, "1.1": true, "1.2": true, "2.3": true, "3.4": true, "1.1.1": true, "1.1.2": true, "2.3.3": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if owner["mine"] != "3" {
		t.Error("the id of the data is lost")
	}
}
