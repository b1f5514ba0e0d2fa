package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
)

func guess[T any](v T) ir.Decided[T] {
	return ir.Decided[T]{Value: v, Why: ir.Why{Confidence: 0.6, Source: "detected"}}
}

func sure[T any](v T) ir.Decided[T] {
	return ir.Decided[T]{Value: v, Why: ir.Why{Confidence: 1, Source: "detected"}}
}

func connector() *ir.Connector {
	inc := guess(ir.Incremental{CursorPath: "updated_at"})
	parent := sure(ir.Parent{Resource: "things"})
	return &ir.Connector{
		Name: "acme", Title: "Acme\nAPI", Spec: ir.Spec{File: "openapi.yaml"},
		Auth:   []ir.AuthSet{{{Kind: ir.AuthAPIKey}, {Kind: ir.AuthBasic}}, {{Kind: ir.AuthBearer}}},
		Config: []*ir.ConfigField{{Name: "token", Secret: true, UsedBy: []string{"auth"}}, {Name: "region", Required: true, UsedBy: []string{"base_url"}}, {Name: "page", Default: "1", Required: true}},
		Resources: []*ir.Resource{
			{
				Name: "things", Operation: &ir.Operation{Method: "GET", Path: "/things"}, Selected: sure(true), PrimaryKey: sure([]string{"id"}),
				Paginate: sure(ir.Paginator{Type: ir.PageCursor, NextPath: "?"}), Incremental: &inc,
			},
			{
				Name: "parts", Operation: &ir.Operation{Method: "GET", Path: "/things/{id}/" + strings.Repeat("very-", 12) + "long"}, Selected: sure(true),
				PrimaryKey: guess([]string{"a", "b"}), Parent: &parent,
			},
			{Name: "off", Operation: &ir.Operation{Method: "POST", Path: "/off/search"}, Selected: sure(false)},
			{Name: "gone", Operation: &ir.Operation{Method: "GET", Path: "/gone"}, Selected: sure(true), Missing: true},
		},
		LeftOut: []ir.LeftOut{{Operation: "GET /a", Reason: "deprecated"}, {Operation: "GET /b", Reason: "binary"}, {Operation: "GET /c", Reason: "binary"}},
	}
}

func TestWriteText(t *testing.T) {
	tests := []struct {
		name string
		opt  TextOptions
		want string
	}{
		{"a first run", TextOptions{Next: true}, `acme: 2 of 3 resources selected, 2 with a guess to look at (!), 3 operations left out
  from openapi.yaml (Acme API), credentials: api_key with http_basic or bearer

  resource  path                                          key    pages        cursor       for each
  things    /things                                       id     cursor ?     updated_at!
  parts     /things/{id}/very-ver…ry-very-very-very-long  a, b!  one request               things
  gone      no longer in the input                               one request
  1 is off: dltgen list -v acme shows it, dltgen explain acme RESOURCE says why

needs you:
  secret token for auth
  config region for base_url
  resources[things].paginate.next_path is not in the description: set it, or let the first page decide
  resource gone is selected, but the input no longer has it

left out:
     2 binary (GET /b, …)
     1 deprecated (GET /a)

next:
  1. export SOURCES__ACME__TOKEN=… SOURCES__ACME__REGION=…
  2. go run -tags duckdb_arrow ./generated/acme/cmd/acme run --to duckdb:///acme.duckdb --limit 10
  3. go run -tags duckdb_arrow ./generated/acme/cmd/acme query --to duckdb:///acme.duckdb "SELECT * FROM …"
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := New(connector()).WriteText(&b, &tt.opt); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNote: repairs and lost types are folded by what they say, the commonest first.
func TestNote(t *testing.T) {
	list := &diag.List{}
	at := func(line int) diag.Pos { return diag.Pos{File: "openapi.yaml", Line: line, Col: 1} }
	list.Warnf("DG030", at(1), "\"enum\" is a text where a list is wanted; ignored").WithGroup("a")
	list.Warnf("DG020", at(3), "reference \"#/x\" leads nowhere").WithGroup("DG020")
	list.Warnf("DG020", at(5), "reference \"#/y\" leads nowhere").WithGroup("DG020")
	list.Notef("DG034", at(6), "not is not looked at")
	list.Notef("DG210", at(7), "resource things: field \"a\" is kept as JSON: nested too deep").WithGroup("json: nested too deep")
	list.Notef("DG210", at(8), "resource things: field \"b\" is kept as JSON: nested too deep").WithGroup("json: nested too deep")
	list.Notef("DG204", at(9), "text as well as other plain values; kept as text").WithGroup("DG204")
	list.Warnf("DG103", at(9), "paging by page_number page is a guess")
	r := New(&ir.Connector{Name: "acme", Spec: ir.Spec{File: "openapi.yaml"}})
	r.Note(list)
	var b bytes.Buffer
	if err := r.WriteText(&b, nil); err != nil {
		t.Fatal(err)
	}
	want := `acme: 0 of 0 resources selected
  from openapi.yaml

repaired:
     2 reference "#/x" leads nowhere (openapi.yaml:3:1, …)
     1 "enum" is a text where a list is wanted; ignored (openapi.yaml:1:1)

kept as JSON or text:
     2 nested too deep (openapi.yaml:7:1, …)
     1 text as well as other plain values; kept as text (openapi.yaml:9:1)
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOneScreen: 30 resources and all the rest fit on a screen of 60 lines and
// 170 columns (G84).
func TestOneScreen(t *testing.T) {
	c := connector()
	for i := range 60 {
		c.Resources = append(c.Resources, &ir.Resource{
			Name: fmt.Sprintf("resource_with_a_long_name_%d", i), Selected: sure(true), PrimaryKey: sure([]string{"organization_id", "id"}),
			Operation: &ir.Operation{Method: "GET", Path: fmt.Sprintf("/v1/organizations/{organization_id}/resources/%d/with/a/long/path", i)},
		})
		c.LeftOut = append(c.LeftOut, ir.LeftOut{Operation: "GET /x", Reason: fmt.Sprintf("reason %d", i)})
		c.Config = append(c.Config, &ir.ConfigField{Name: fmt.Sprintf("field_%d", i), Required: true})
	}
	list := &diag.List{}
	for i := range 9 {
		list.Warnf(fmt.Sprintf("DG02%d", i), diag.Pos{File: "openapi.yaml", Line: 1000 + i, Col: 1}, "repair %d, %s", i, strings.Repeat("very ", 30))
		list.Notef("DG210", diag.Pos{File: "openapi.yaml", Line: 2000 + i, Col: 1}, "reason %d", i)
	}
	r := New(c)
	r.Note(list)
	var b bytes.Buffer
	if err := r.WriteText(&b, &TextOptions{Next: true}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if len(lines) > 60 {
		t.Errorf("%d lines:\n%s", len(lines), b.String())
	}
	for _, l := range lines {
		if n := len([]rune(l)); n > 170 {
			t.Errorf("%d columns: %s", n, l)
		}
	}
}
