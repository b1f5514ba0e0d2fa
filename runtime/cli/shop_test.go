package cli_test

import (
	"cmp"
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/dltgen/dltgen/runtime/batch"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/record"
	"github.com/dltgen/dltgen/runtime/rest"
	"github.com/dltgen/dltgen/runtime/schema"
	"github.com/dltgen/dltgen/runtime/value"
)

// The connector that the scripts drive, of the shape that dltgen generates.

type config struct {
	BaseURL string      `config:"base_url" validate:"required"`
	Token   rest.Secret `config:"token,secret" validate:"required"`
	Branch  string      `config:"branch" jsonschema:"default=main"`
}

type source struct {
	config config
	client *rest.Client
}

var shop = dlt.Connector{
	Name:        "shop",
	Title:       "Corner Shop",
	Description: "What a corner shop sells, and what its customers say.",
	Config:      func() any { return new(config) },
	Source:      func(c any) (*dlt.Source, error) { return newSource(*c.(*config)), nil },
	Resources: []dlt.ResourceInfo{
		{Name: "items", Path: "GET /items", Table: "items", PrimaryKey: []string{"id"}, Cursor: "updated_at", Pager: "page_number", Disposition: schema.Merge, Selected: true},
		{Name: "reviews", Path: "GET /items/{item_id}/reviews", Table: "reviews", Parent: "items", Pager: "single_page", Disposition: schema.Replace, Selected: true},
		{Name: "visits", Path: "GET /visits", Table: "visits", Pager: "single_page", Disposition: schema.Append},
	},
}

func newSource(c config) *dlt.Source {
	s := &source{config: c, client: &rest.Client{BaseURL: c.BaseURL, Auth: &rest.Bearer{Token: c.Token}}}
	return &dlt.Source{Name: "shop", Resources: []dlt.AnyResource{s.items(), s.reviews(), s.visits()}}
}

var itemsTable = &schema.Table{
	Name: "items", Resource: "items", WriteDisposition: schema.Merge, Contract: &schema.ContractSetting{DataType: schema.Freeze},
	Columns: []schema.Column{
		{Name: "id", DataType: schema.Bigint, Nullable: schema.False, PrimaryKey: schema.True},
		{Name: "name", DataType: schema.Text, Nullable: schema.True},
		{Name: "price", DataType: schema.Double, Nullable: schema.True},
		{Name: "updated_at", DataType: schema.Timestamp, Nullable: schema.True},
	},
}

type item struct {
	ID        int64
	Name      value.Null[string]
	Price     value.Null[float64]
	UpdatedAt value.Null[time.Time]

	extra record.Extra
}

func (s *source) items() *dlt.Resource[item] {
	return &dlt.Resource[item]{
		Table:  itemsTable,
		Decode: (*item).decode,
		Append: appendItem,
		Fetch: func(ctx context.Context, in *dlt.Input) iter.Seq2[record.Page, error] {
			return s.client.Pages(ctx, rest.Request{
				Path:      "/items",
				Query:     rest.Query{{"since", in.Start(dlt.RFC3339)}, {"branch", cmp.Or(s.config.Branch, "main")}},
				Selector:  "data",
				Paginator: &rest.PageNumber{Param: "page", First: 1, TotalPath: "pages"},
			})
		},
		Incremental: &dlt.Incremental[item]{Field: "updated_at", Value: func(v *item) dlt.CursorValue {
			if !v.UpdatedAt.Valid {
				return dlt.CursorNull()
			}
			return dlt.CursorTime(v.UpdatedAt.V)
		}},
	}
}

func (v *item) decode(d *record.Decoder) {
	*v = item{extra: v.extra}
	d.Row(&v.extra)
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "id":
			d.Int64(&v.ID)
		case "name":
			d.NullString(&v.Name)
		case "price":
			d.NullFloat64(&v.Price)
		case "updated_at":
			d.NullTime(&v.UpdatedAt)
		default:
			d.Unknown()
		}
	}
}

func appendItem(b *batch.Builder, v *item) {
	if !b.Begin(&v.extra) {
		return
	}
	b.Int64(0, v.ID)
	b.TextOrNull(1, v.Name)
	b.Float64OrNull(2, v.Price)
	b.TimeOrNull(3, v.UpdatedAt)
}

var reviewsTable = &schema.Table{
	Name: "reviews", Resource: "reviews", WriteDisposition: schema.Replace,
	Columns: []schema.Column{
		{Name: "stars", DataType: schema.Bigint, Nullable: schema.True},
		{Name: "_items_id", DataType: schema.Bigint, Nullable: schema.True},
	},
}

type review struct {
	Stars   value.Null[int64]
	ItemsID int64

	extra record.Extra
}

func (s *source) reviews() *dlt.Resource[review] {
	return &dlt.Resource[review]{
		Table:  reviewsTable,
		Decode: (*review).decode,
		Append: func(b *batch.Builder, v *review) {
			if b.Begin(&v.extra) {
				b.Int64OrNull(0, v.Stars)
				b.Int64(1, v.ItemsID)
			}
		},
		Bind: func(v *review, in *dlt.Input) { v.ItemsID, _ = strconv.ParseInt(in.Parent("item_id"), 10, 64) },
		Parent: dlt.ParentOf(s.items(), func(v *item) dlt.Values {
			return dlt.Values{{Name: "item_id", Text: strconv.FormatInt(v.ID, 10)}}
		}).ChangedOnly(),
		Fetch: func(ctx context.Context, in *dlt.Input) iter.Seq2[record.Page, error] {
			return s.client.Pages(ctx, rest.Request{
				Path: "/items/{item_id}/reviews", PathParams: map[string]string{"item_id": in.Parent("item_id")}, Selector: "$", Paginator: &rest.SinglePage{},
			})
		},
	}
}

func (v *review) decode(d *record.Decoder) {
	*v = review{extra: v.extra}
	d.Row(&v.extra)
	for d.Object(); d.Next(); {
		switch string(d.Key()) {
		case "stars":
			d.NullInt64(&v.Stars)
		default:
			d.Unknown()
		}
	}
}

// visits has no Go type.
func (s *source) visits() *dlt.Records {
	return &dlt.Records{
		Name: "visits", Unselected: true, Hints: schema.TableHints{Disposition: schema.Disposition{Disposition: schema.Append}},
		Fetch: func(ctx context.Context, _ *dlt.Input) iter.Seq2[record.Page, error] {
			return s.client.Pages(ctx, rest.Request{Path: "/visits", Selector: "$", Paginator: &rest.SinglePage{}})
		},
	}
}
