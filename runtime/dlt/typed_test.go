package dlt_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/runtime/value"
)

// shop and item are what a generator would write for two endpoints.
type shop struct {
	ID    int64
	Name  value.Null[string]
	Tags  []string
	Since time.Time

	extra record.Extra
}

func (v *shop) decode(d *record.Decoder) {
	*v = shop{Tags: v.Tags[:0], extra: v.extra}
	d.Row(&v.extra)
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "id":
			d.Int64(&v.ID)
		case "name":
			d.NullString(&v.Name)
		case "tags":
			record.Values(d, &v.Tags, (*record.Decoder).String)
		case "since":
			d.Time(&v.Since)
		default:
			d.Unknown()
		}
	}
}

func appendShop(b *batch.Builder, v *shop) {
	if !b.Begin(&v.extra) {
		return
	}
	b.Int64(0, v.ID)
	b.TextOrNull(1, v.Name)
	b.Time(2, v.Since)
	for i, t := range v.Tags {
		c := b.Child(0, i)
		c.Begin(nil)
		c.Text(0, t)
	}
}

type item struct {
	ShopID int64 // from the parent
	SKU    string

	extra record.Extra
}

func (v *item) decode(d *record.Decoder) {
	*v = item{extra: v.extra}
	d.Row(&v.extra)
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "sku":
			d.String(&v.SKU)
		default:
			d.Unknown()
		}
	}
}

func appendItem(b *batch.Builder, v *item) {
	if !b.Begin(&v.extra) {
		return
	}
	b.Text(0, v.SKU)
	b.Int64(1, v.ShopID)
}

func pagesOf(pages ...string) func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
	return func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
		return func(yield func(record.Page, error) bool) {
			for _, p := range pages {
				if !yield(record.Page{Data: []byte(p), Origin: "shops"}, nil) {
					return
				}
			}
		}
	}
}

func shops(pages ...string) *dlt.Resource[shop] {
	return &dlt.Resource[shop]{
		Table: &schema.Table{Name: "shops", WriteDisposition: schema.Merge, Columns: []schema.Column{
			{Name: "id", DataType: schema.Bigint, Nullable: schema.False, PrimaryKey: schema.True},
			{Name: "name", DataType: schema.Text, Nullable: schema.True},
			{Name: "since", DataType: schema.Timestamp, Nullable: schema.True},
		}},
		Nested: []*schema.Table{{Name: "shops__tags", Parent: "shops", Columns: []schema.Column{{Name: "value", DataType: schema.Text, Nullable: schema.True}}}},
		Fetch:  pagesOf(pages...),
		Decode: (*shop).decode,
		Append: appendShop,
	}
}

func items(parent *dlt.Resource[shop]) *dlt.Resource[item] {
	return &dlt.Resource[item]{
		Table: &schema.Table{Name: "items", Columns: []schema.Column{
			{Name: "sku", DataType: schema.Text, Nullable: schema.True},
			{Name: "_shops_id", DataType: schema.Bigint, Nullable: schema.True},
		}},
		Parent: dlt.ParentOf(parent, func(s *shop) dlt.Values {
			return dlt.Values{{Name: "shop_id", Text: strconv.FormatInt(s.ID, 10)}}
		}),
		Bind: func(v *item, in *dlt.Input) { v.ShopID, _ = strconv.ParseInt(in.Parent("shop_id"), 10, 64) },
		Fetch: func(_ context.Context, in *dlt.Input) iter.Seq2[record.Page, error] {
			return pagesOf(fmt.Sprintf(`[{"sku":"s%s-a"},{"sku":"s%s-b"}]`, in.Parent("shop_id"), in.Parent("shop_id")))(nil, nil)
		},
		Decode: (*item).decode,
		Append: appendItem,
	}
}

const twoShops = `[{"id":1,"name":"A","tags":["x","y"],"since":"2024-01-01T00:00:00Z"},{"id":2,"name":null,"tags":[],"since":"2024-02-01T00:00:00Z"}]`

func TestTypedParentAndChild(t *testing.T) {
	h := newHome(t)
	p := shops(twoShops)
	h.run(nil, p, items(p))
	h.want("select id, name, since at time zone 'UTC' from data.shops order by id", "1|A|2024-01-01T00:00:00", "2|(null)|2024-02-01T00:00:00")
	h.want("select value from data.shops__tags t join data.shops s on s._dlt_id = t._dlt_parent_id where s.id = 1 order by 1", "x", "y")
	h.want("select sku, _shops_id from data.items order by 1", "s1-a|1", "s1-b|1", "s2-a|2", "s2-b|2")
}

// A parent that is not asked for still runs for its child, and loads nothing (E11).
func TestTypedChildAlone(t *testing.T) {
	h := newHome(t)
	p := shops(twoShops)
	h.run(&dlt.RunOptions{Resources: []string{"items"}}, p, items(p))
	h.want("select count(*) from data.items", "4")
	h.want("select count(*) from duckdb_tables() where schema_name = 'data' and table_name = 'shops'", "0")
}

// What a struct has no field for, or does not fit, is data still.
func TestTypedUndeclared(t *testing.T) {
	h := newHome(t)
	h.run(nil, shops(`[{"id":1,"name":"A","since":"2024-01-01T00:00:00Z","colour":"red","address":{"city":"Bo","geo":{"lat":1.5}},"open":[{"day":1}]},
		{"id":2,"name":7,"since":"soon","tags":["x",{"k":1}]}]`))
	h.want("select id, name, colour, address__city, address__geo__lat, since__v_text from data.shops order by id",
		"1|A|red|Bo|1.5|(null)", "2|7|(null)|(null)|(null)|soon")
	h.want("select day from data.shops__open", "1")
	h.want("select value, k from data.shops__tags order by _dlt_list_idx", "x|(null)", "(null)|1")
}

func TestTypedContract(t *testing.T) {
	h := newHome(t)
	h.run(nil, shops(`[{"id":1,"since":"2024-01-01T00:00:00Z"}]`))
	r := shops(`[{"id":2,"since":"2024-01-01T00:00:00Z","colour":"red"},{"id":3,"since":"2024-01-01T00:00:00Z"}]`)
	r.Table.Contract = &schema.ContractSetting{Columns: schema.DiscardRow}
	rep := h.run(nil, r)
	h.want("select id from data.shops order by id", "1", "3")
	if d := cmp.Diff([]dlt.DropReport{{Table: "shops", Column: "colour", Rule: "columns", Rows: 1}}, rep.Dropped); d != "" {
		t.Errorf("dropped (-want +got):\n%s", d)
	}
}

func TestTypedHooksAndCursor(t *testing.T) {
	h := newHome(t)
	resource := func(page string) *dlt.Resource[shop] {
		r := shops(page)
		r.Filter = func(v *shop) bool { return v.ID != 9 }
		r.Map = func(v *shop) error { v.Name = value.Some("shop " + strconv.FormatInt(v.ID, 10)); return nil }
		r.Incremental = &dlt.Incremental[shop]{Field: "since", Value: func(v *shop) dlt.CursorValue { return dlt.CursorTime(v.Since) }}
		return r
	}
	rep := h.run(nil, resource(`[{"id":1,"since":"2024-01-01T00:00:00Z"},{"id":9,"since":"2025-01-01T00:00:00Z"},{"id":2,"since":"2024-02-01T00:00:00Z"}]`))
	if got := rep.Resources[0]; got.Records != 3 || got.Kept != 2 || got.Cursor != "2024-02-01T00:00:00+00:00" {
		t.Errorf("resource report %+v", got)
	}
	var start string
	r := resource(`[{"id":2,"since":"2024-02-01T00:00:00Z"},{"id":3,"since":"2024-03-01T00:00:00Z"}]`)
	fetch := r.Fetch
	r.Fetch = func(ctx context.Context, in *dlt.Input) iter.Seq2[record.Page, error] {
		start = in.Start(dlt.RFC3339)
		return fetch(ctx, in)
	}
	rep = h.run(nil, r)
	if start != "2024-02-01T00:00:00Z" {
		t.Errorf("start %q", start)
	}
	if got := rep.Resources[0]; got.Kept != 1 {
		t.Errorf("kept %d, want 1: the row at the boundary was loaded before (I5)", got.Kept)
	}
	h.want("select id, name from data.shops order by id", "1|shop 1", "2|shop 2", "3|shop 3")
}

func TestTypedPages(t *testing.T) {
	h := newHome(t)
	r := shops()
	r.Fetch, r.Decode = nil, nil
	buf := make([]shop, 2)
	r.Pages = func(context.Context, *dlt.Input) iter.Seq2[[]shop, error] {
		return func(yield func([]shop, error) bool) {
			for page := range int64(3) { // the same buffer for every page
				for i := range buf {
					buf[i] = shop{ID: page*2 + int64(i), Since: time.Unix(0, 0), Tags: []string{"t"}}
				}
				if !yield(buf, nil) {
					return
				}
			}
		}
	}
	h.run(nil, r)
	h.want("select id from data.shops order by id", "0", "1", "2", "3", "4", "5")
}

func TestLimit(t *testing.T) {
	h := newHome(t)
	page := func(first int) string { return fmt.Sprintf(`[{"id":%d},{"id":%d},{"id":%d}]`, first, first+1, first+2) }
	fetched := 0
	r := jsonPages("items")
	r.Fetch = func(context.Context, *dlt.Input) iter.Seq2[record.Page, error] {
		return func(yield func(record.Page, error) bool) {
			for i := range 100 {
				fetched++
				if !yield(record.Page{Data: []byte(page(3 * i))}, nil) {
					return
				}
			}
		}
	}
	h.run(&dlt.RunOptions{Limit: 4}, r)
	h.want("select count(*) from data.items", "6") // the page that crosses the limit is taken whole (E33)
	if fetched > 10 {
		t.Errorf("%d pages fetched for 4 records", fetched)
	}
}

// A parent's cursor says what is new of the parent, nothing of its children:
// they are read for every record, unless the source says that a change of a
// child changes the parent (G46).
func TestTypedChildrenOfKnownParents(t *testing.T) {
	const first = `[{"id":1,"name":"A","since":"2024-01-01T00:00:00Z"},{"id":2,"name":"B","since":"2024-02-01T00:00:00Z"}]`
	const second = `[{"id":1,"name":"again","since":"2024-01-01T00:00:00Z"},{"id":2,"name":"B","since":"2024-02-01T00:00:00Z"},{"id":3,"name":"C","since":"2024-03-01T00:00:00Z"}]`
	incremental := func(asked *[]string, page string) *dlt.Resource[shop] {
		p := shops()
		p.Incremental = &dlt.Incremental[shop]{Field: "since", RowOrder: "desc", Value: func(v *shop) dlt.CursorValue { return dlt.CursorTime(v.Since) }}
		p.Fetch = func(ctx context.Context, in *dlt.Input) iter.Seq2[record.Page, error] {
			*asked = append(*asked, in.Start(dlt.DateOnly))
			return pagesOf(page)(ctx, in)
		}
		return p
	}
	tests := []struct {
		name      string
		changed   bool
		resources []string
		asked     []string
		items     string // of shop 1 after two runs
		shops     []string
	}{
		{"every record", false, nil, []string{"", ""}, "4", []string{"1|A", "2|B", "3|C"}},
		{"new records", true, nil, []string{"", "2024-02-01"}, "2", []string{"1|A", "2|B", "3|C"}},
		{"a parent that loads nothing", false, []string{"items"}, []string{"", ""}, "4", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			var asked []string
			for _, page := range []string{first, second} {
				p := incremental(&asked, page)
				c := items(p)
				if tt.changed {
					c.Parent = c.Parent.ChangedOnly()
				}
				h.run(&dlt.RunOptions{Resources: tt.resources}, p, c)
			}
			if d := cmp.Diff(tt.asked, asked); d != "" {
				t.Errorf("asked for (-want +got):\n%s", d)
			}
			h.want("select count(*) from data.items where _shops_id = 1", tt.items)
			if tt.shops != nil {
				h.want("select id, name from data.shops order by id", tt.shops...)
				return
			}
			// Its cursor has not moved: asked for itself, it is read from the beginning.
			h.run(&dlt.RunOptions{Resources: []string{"shops"}}, incremental(&asked, first))
			h.want("select id from data.shops order by id", "1", "2")
		})
	}
}

// Settings that only some resources need are asked for when one of them runs,
// as itself or for a child.
func TestTypedNeeds(t *testing.T) {
	source := func() (parent *dlt.Resource[shop], child *dlt.Resource[item], other *dlt.Resource[shop]) {
		parent = shops(twoShops)
		parent.Needs = func() []dlt.Setting { return []dlt.Setting{{Key: "region"}, {Key: "year", Set: true}} }
		other = shops(twoShops)
		other.Name, other.Table.Name, other.Nested[0].Name, other.Nested[0].Parent = "others", "others", "others__tags", "others"
		return parent, items(parent), other
	}
	for _, tt := range []struct {
		resources []string
		fails     bool
	}{{[]string{"others"}, false}, {[]string{"shops"}, true}, {[]string{"items"}, true}, {nil, true}} {
		t.Run(fmt.Sprint(tt.resources), func(t *testing.T) {
			h := newHome(t)
			p, c, o := source()
			_, err := h.pipeline().Run(context.Background(), &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{p, c, o}}, &dlt.RunOptions{Resources: tt.resources})
			var missing *dlt.MissingSettingError
			if errors.As(err, &missing) != tt.fails {
				t.Fatalf("error %v", err)
			}
			if tt.fails && !strings.Contains(err.Error(), "resource shops: not configured: region") {
				t.Errorf("error %v", err)
			}
		})
	}
}
