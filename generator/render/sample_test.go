package render

import (
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

func stated[T any](v T) ir.Decided[T] {
	return ir.Decided[T]{Value: v, Why: ir.Why{Confidence: 1}}
}

func prop(name string, t *ir.Type, required bool) *ir.Property {
	return &ir.Property{Name: name, Type: t, Required: required}
}

// sample is a connector with one of everything.
func sample() *ir.Connector {
	str := func() *ir.Type { return &ir.Type{Kind: ir.KindString} }
	num := func() *ir.Type { return &ir.Type{Kind: ir.KindInteger} }
	user := &ir.Type{Name: "simple-user", Kind: ir.KindObject, Description: "A GitHub user.", Props: []*ir.Property{
		prop("login", str(), true),
		prop("id", num(), true),
		prop("site_admin", &ir.Type{Kind: ir.KindBoolean}, false),
		prop("email", &ir.Type{Kind: ir.KindString, Format: "email", Nullable: true}, true),
	}}
	label := &ir.Type{Name: "label", Kind: ir.KindObject, Props: []*ir.Property{
		prop("name", &ir.Type{Kind: ir.KindString, MinLength: new(1), MaxLength: new(50)}, true),
		prop("color", &ir.Type{Kind: ir.KindString, Pattern: "^[0-9a-f]{6}$", Nullable: true}, true),
	}}
	issue := &ir.Type{Name: "issue", Kind: ir.KindObject, Description: "Issues are a great way to keep track of tasks. They are many."}
	issue.Props = []*ir.Property{
		prop("id", num(), true),
		prop("number", &ir.Type{Kind: ir.KindInteger, Min: new(1.0), Description: "Number uniquely identifying the issue within its repository."}, true),
		prop("state", &ir.Type{Kind: ir.KindString, Enum: []any{"open", "closed"}, Description: "State of the issue; either 'open' or 'closed'"}, true),
		prop("state_reason", &ir.Type{Kind: ir.KindString, Enum: []any{"completed", "reopened", "not_planned", "duplicate"}, Nullable: true}, true),
		prop("title", str(), true),
		prop("user", user, true),
		prop("assignee", &ir.Type{Name: "simple-user", Base: user, Kind: ir.KindObject, Props: user.Props, Nullable: true}, true),
		prop("labels", &ir.Type{Kind: ir.KindArray, Items: label, MaxItems: new(100)}, true),
		prop("topics", &ir.Type{Kind: ir.KindArray, Items: str()}, false),
		prop("grid", &ir.Type{Kind: ir.KindArray, Items: &ir.Type{Kind: ir.KindArray, Items: num()}}, false),
		prop("meta", &ir.Type{Kind: ir.KindMap, Items: str()}, false),
		prop("userId", num(), false),
		prop("user_id", num(), false),
		prop("score", &ir.Type{Kind: ir.KindNumber, Min: new(0.0), ExclusiveMin: true}, false),
		prop("total", &ir.Type{Kind: ir.KindNumber, Format: "decimal"}, true),
		prop("created", &ir.Type{Kind: ir.KindInteger, Description: "Measured in seconds since the Unix epoch."}, true),
		prop("updated_at", &ir.Type{Kind: ir.KindString, Format: "date-time"}, true),
		prop("closed_at", &ir.Type{Kind: ir.KindString, Format: "date-time", Nullable: true}, true),
		prop("due", &ir.Type{Kind: ir.KindString, Format: "date"}, false),
		prop("parent", issue, false),
	}
	repo := &ir.Type{Name: "repo", Kind: ir.KindObject, Props: []*ir.Property{
		prop("id", num(), true), prop("name", str(), true), prop("owner", user, true),
	}}
	return &ir.Connector{
		Name: "github", Title: "GitHub", Description: "GitHub's REST API.",
		Types:     []*ir.Type{user, label, issue, repo},
		BaseURL:   stated("https://api.github.com"),
		RateLimit: &ir.RateLimit{Remaining: "X-RateLimit-Remaining", Reset: "X-RateLimit-Reset"},
		Auth:      []ir.AuthSet{{{ID: "token", Kind: ir.AuthBearer}}},
		Config: []*ir.ConfigField{
			{Name: "token", Secret: true, Required: true, Type: schema.Text, Description: "Personal access token"},
			{Name: "org", Required: true, Type: schema.Text},
			{Name: "visibility", Type: schema.Text, Enum: []string{"all", "public"}, Default: "all"},
		},
		Resources: []*ir.Resource{
			{
				Name: "repos", Selected: stated(true), MaxNesting: 2, Item: repo, PrimaryKey: stated([]string{"id"}), Disposition: schema.Merge,
				Operation: &ir.Operation{Method: "GET", Path: "/orgs/{org}/repos", Summary: "List organization repositories"},
				Selector:  stated("$"),
				Params:    []ir.BoundParam{{Name: "org", In: "path", Value: "{config.org}"}, {Name: "type", In: "query", Value: "{config.visibility}"}},
				Paginate:  stated(ir.Paginator{Type: ir.PageHeaderLink, SizeParam: "per_page", Size: 100}),
			},
			{
				Name: "issues", Selected: stated(true), MaxNesting: 2, Item: issue, PrimaryKey: stated([]string{"id"}), Disposition: schema.Merge,
				Operation: &ir.Operation{Method: "GET", Path: "/repos/{owner}/{repo}/issues", Params: []*ir.Param{{Name: "since", In: "query"}}},
				Selector:  stated("$"),
				Parent:    new(stated(ir.Parent{Resource: "repos", Params: map[string]string{"owner": "owner.login", "repo": "name"}})),
				Params:    []ir.BoundParam{{Name: "state", In: "query", Value: "all"}},
				Paginate:  stated(ir.Paginator{Type: ir.PageNumber, Param: "page", First: new(1), SizeParam: "per_page", Size: 100}),
				Incremental: new(stated(ir.Incremental{
					CursorPath: "updated_at", StartParam: "since", Encoding: "rfc3339", RowOrder: "asc", Lag: "60s", SortParam: "sort", SortValue: "updated",
				})),
				Contract: &schema.ContractSetting{Columns: schema.Freeze},
			},
		},
		LeftOut: []ir.LeftOut{{Operation: "GET /zen", Reason: "no JSON | only text"}},
	}
}
