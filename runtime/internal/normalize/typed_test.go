package normalize

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/runtime/value"
)

type tLabel struct {
	Name  string
	extra record.Extra
}

func (v *tLabel) decode(d *record.Decoder) {
	v.Name = ""
	d.Row(&v.extra)
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "name":
			d.String(&v.Name)
		default:
			d.Unknown()
		}
	}
}

type tIssue struct {
	ID     int64
	At     time.Time
	Note   value.Null[string]
	Body   value.JSON
	User   struct{ Login string }
	Labels []tLabel
	Tags   []string
	extra  record.Extra
}

var tKeys = []string{"id", "user"}

func (v *tIssue) decode(d *record.Decoder) {
	*v = tIssue{Labels: v.Labels[:0], Tags: v.Tags[:0], extra: v.extra}
	d.Row(&v.extra)
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "id":
			d.Int64(&v.ID)
		case "at":
			d.Time(&v.At)
		case "note":
			d.NullString(&v.Note)
		case "body":
			d.JSON(&v.Body)
		case "user":
			record.Struct(d, &v.User, func(u *struct{ Login string }, d *record.Decoder) {
				u.Login = ""
				for d.Object(); d.Next(); {
					switch string(d.Key()) {
					case "login":
						d.String(&u.Login)
					default:
						d.Unknown()
					}
				}
			})
		case "labels":
			record.List(d, &v.Labels, (*tLabel).decode)
		case "tags":
			record.Values(d, &v.Tags, (*record.Decoder).String)
		default:
			d.Unknown()
		}
	}
	d.Require(tKeys)
}

func appendTIssue(b *batch.Builder, v *tIssue) {
	if !b.Begin(&v.extra) {
		return
	}
	b.Int64(0, v.ID)
	b.Time(1, v.At)
	b.TextOrNull(2, v.Note)
	b.JSON(3, v.Body)
	b.Text(4, v.User.Login)
	for i := range v.Labels {
		c := b.Child(0, i)
		if c.Begin(&v.Labels[i].extra) {
			c.Text(0, v.Labels[i].Name)
		}
	}
	for i, x := range v.Tags {
		if c := b.Child(1, i); c.Begin(nil) {
			c.Text(0, x)
		}
	}
}

// typedSetup declares the tables of tIssue.
func typedSetup(t testing.TB) (u *setup, root *schema.Table, nested []*schema.Table) {
	t.Helper()
	col := func(name string, typ schema.DataType, null schema.Flag) schema.Column {
		return schema.Column{Name: name, DataType: typ, Nullable: null}
	}
	root = &schema.Table{Name: "items", Resource: "items", WriteDisposition: schema.Append, Columns: []schema.Column{
		col("id", schema.Bigint, schema.True), col("at", schema.Timestamp, schema.True), col("note", schema.Text, schema.True),
		col("body", schema.JSON, schema.True), col("user__login", schema.Text, schema.True),
	}}
	nested = []*schema.Table{
		{Name: "items__labels", Parent: "items", Columns: []schema.Column{col("name", schema.Text, schema.True)}},
		{Name: "items__tags", Parent: "items", Columns: []schema.Column{col("value", schema.Text, schema.True)}},
	}
	u = newSetup(t)
	u.add(t, root)
	for _, n := range nested {
		u.add(t, n)
	}
	return u, root, nested
}

func (u *setup) typed(t testing.TB, root *schema.Table, nested []*schema.Table, page string) (*memPackage, *Metrics, error) {
	t.Helper()
	return u.feed(t, func(s *Stream) error {
		b, err := s.Typed(root, nested)
		if err != nil {
			return err
		}
		d := record.NewDecoder(record.Page{Data: []byte(page)})
		var v tIssue
		for d.NextRecord() {
			v.decode(d)
			appendTIssue(b, &v)
		}
		if err := d.Err(); err != nil {
			return err
		}
		return s.EndPage()
	})
}

const typedPage = `[{"id":1,"at":"2024-01-02T03:04:05.5Z","note":"n","body":{"b": [1.0, "\u00e9"]},"user":{"login":"x"},"labels":[{"name":"l"},{"name":"m"}],"tags":["t","u"]},
{"id":2,"at":"2024-01-02T03:04:05Z","note":null,"body":[],"user":{"login":"y","deep":{"z":true}},"labels":[{"name":"l","color":"red"}],"more":[{"q":1}]},
{"id":"abc","at":"never","body":{},"user":{"login":"z"},"tags":["a",null]},
{"id":3,"at":"2024-01-02T03:04:05Z","body":{},"user":null}]`

// TestTyped checks that generated code makes the rows that the dynamic path
// makes of the same page.
func TestTyped(t *testing.T) {
	u, root, nested := typedSetup(t)
	p, m, err := u.typed(t, root, nested, typedPage)
	if err != nil {
		t.Fatal(err)
	}
	d, _, _ := typedSetup(t)
	pd, md, err := d.run(t, typedPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, tb := range d.schema.Tables() {
		got, want := p.rows(t, tb.Name, generated...), pd.rows(t, tb.Name, generated...)
		for i := range got {
			got[i] = sorted(got[i])
		}
		for i := range want {
			want[i] = sorted(want[i])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", tb.Name, diff)
		}
	}
	if diff := cmp.Diff(md.Rows, m.Rows); diff != "" {
		t.Error(diff)
	}
	want := []string{
		`id=1 at=2024-01-02T03:04:05.5Z note=n body={"b":[1.0,"é"]} user__login=x`,
		`id=2 at=2024-01-02T03:04:05Z body=[] user__login=y user__deep__z=true`,
		`body={} user__login=z id__v_text=abc at__v_text=never`,
		`id=3 at=2024-01-02T03:04:05Z body={}`,
	}
	for i, r := range p.rows(t, "items", generated...) {
		if diff := cmp.Diff(sorted(want[i]), sorted(r)); diff != "" {
			t.Errorf("row %d: %s", i, diff)
		}
	}
}

// TestTypedContract checks that a contract sees what typed rows cannot hold.
func TestTypedContract(t *testing.T) {
	for _, tt := range []struct {
		name     string
		contract *schema.ContractSetting
		rows     int64
		fails    bool
	}{
		{"discard_row", &schema.ContractSetting{Columns: schema.DiscardRow, DataType: schema.DiscardRow, Tables: schema.DiscardRow}, 2, false},
		{"discard_value", &schema.ContractSetting{Columns: schema.DiscardValue, DataType: schema.DiscardValue, Tables: schema.DiscardValue}, 4, false},
		{"freeze", schema.Uniform(schema.Freeze), 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u, root, nested := typedSetup(t)
			u.schema.Table("items").Contract = tt.contract
			_, m, err := u.typed(t, root, nested, typedPage)
			if (err != nil) != tt.fails {
				t.Fatalf("error: %v", err)
			}
			if err == nil && m.Rows["items"] != tt.rows {
				t.Errorf("%d rows, want %d; dropped %v", m.Rows["items"], tt.rows, m.Dropped)
			}
		})
	}
}
