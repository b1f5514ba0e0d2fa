// Package report says on one screen what the generator found and decided, and
// what is left for a person to do (G84 of 80-generator).
//
// Flow: openapi.Read → infer.Apply → connector.yaml → report, printed by
// dltgen init, update and list, as text or as JSON.
package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
)

// A Report is what a connector holds and needs.
type Report struct {
	Name      string     `json:"name"`
	Title     string     `json:"title,omitempty"`
	Input     string     `json:"input"`
	Version   string     `json:"input_version,omitempty"`
	Lists     int        `json:"resources"`
	Selected  int        `json:"selected"`
	Weak      int        `json:"weak"`
	Coverage  float64    `json:"coverage"`
	Resources []Resource `json:"details"`
	Needs     []Need     `json:"needs,omitempty"`
	LeftOut   []Group    `json:"left_out,omitempty"`
	Auth      []string   `json:"auth,omitempty"`
	BaseURL   string     `json:"base_url,omitempty"`
	// Repairs are faults of the input that were read around (G12), Loose the
	// fields that became JSON or text, with the reason.
	Repairs []Finding `json:"repairs,omitempty"`
	Loose   []Finding `json:"json_or_text,omitempty"`
	strong  int       // selected lists without a guess
}

// A Finding is a message about the input with the number of its repeats.
type Finding struct {
	Code  string `json:"code"`
	Text  string `json:"text"`
	Place string `json:"place,omitempty"` // of the first
	Count int    `json:"count"`
	group string
}

// A Resource is one row of the report.
type Resource struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Selected bool   `json:"selected"`
	Key      Value  `json:"key,omitzero"`
	Pager    Value  `json:"pager,omitzero"`
	Cursor   Value  `json:"cursor,omitzero"`
	Parent   Value  `json:"parent,omitzero"`
	Selector Value  `json:"selector,omitzero"`
	Cost     string `json:"requests,omitempty"` // "1 per invoice"
	Missing  bool   `json:"missing,omitempty"`
}

// A Value is a decision with whether it is weak, shown as "!".
type Value struct {
	Text string `json:"value,omitempty"`
	Weak bool   `json:"weak,omitempty"`
}

func (v Value) String() string {
	if v.Weak && v.Text != "" {
		return v.Text + "!"
	}
	return v.Text
}

// A Need is something the user must supply or look at.
type Need struct {
	Key    string `json:"key,omitempty"` // config or secret key
	Secret bool   `json:"secret,omitempty"`
	Text   string `json:"text"`
}

// A Group is a reason with the operations it left out.
type Group struct {
	Reason     string   `json:"reason"`
	Operations []string `json:"operations"`
}

// New makes the report of a connector whose decisions are made.
func New(c *ir.Connector) *Report {
	r := &Report{Name: c.Name, Title: c.Title, Input: c.Spec.File, Version: c.Spec.Version, BaseURL: c.BaseURL.Value}
	for _, res := range c.Resources {
		row := resource(res)
		r.Resources = append(r.Resources, row)
		if res.Missing {
			continue
		}
		r.Lists++
		if res.Selected.Value {
			r.Selected++
			if row.weak() {
				r.Weak++
			} else if !res.Single {
				r.strong++
			}
		}
	}
	r.Among(r.Lists)
	r.Auth = auth(c)
	r.Needs = needs(c)
	r.LeftOut = leftOut(c)
	return r
}

// Among tells the report how many resources there are in all, where it was made
// of the selected ones only; coverage is their share of all (G85).
func (r *Report) Among(lists int) {
	r.Lists = lists
	if lists > 0 {
		r.Coverage = math.Round(1e4*float64(r.strong)/float64(lists)) / 1e4
	}
}

func (r Resource) weak() bool {
	return r.Key.Weak || r.Pager.Weak || r.Cursor.Weak || r.Parent.Weak || r.Selector.Weak
}

func resource(res *ir.Resource) Resource {
	row := Resource{
		Name:     res.Name,
		Selected: res.Selected.Value,
		Missing:  res.Missing,
		Selector: Value{res.Selector.Value, weak(res.Selector.Why)},
		Key:      Value{strings.Join(res.PrimaryKey.Value, ", "), weak(res.PrimaryKey.Why)},
		Pager:    Value{pager(res.Paginate.Value), weak(res.Paginate.Why)},
	}
	if res.Operation != nil {
		row.Path = res.Operation.Path
		if res.Operation.Method != "GET" {
			row.Path = res.Operation.Method + " " + row.Path
		}
	}
	if inc := res.Incremental; inc != nil {
		row.Cursor = Value{inc.Value.CursorPath, weak(inc.Why)}
	}
	if p := res.Parent; p != nil {
		row.Parent = Value{p.Value.Resource, weak(p.Why)}
		row.Cost = "one request, or more, for each record of " + p.Value.Resource
	}
	return row
}

// weak reports whether a value was guessed and should be looked at. What a
// person wrote has no confidence and is not weak.
func weak(w ir.Why) bool { return w.Source != "user" && w.Confidence > 0 && !w.Strong() }

func pager(p ir.Paginator) string {
	switch {
	case p.Type == "" || p.Type == ir.PageSingle:
		return "one request"
	case p.NextPath == "?":
		return p.Type + " ?"
	}
	return p.Type
}

func auth(c *ir.Connector) []string {
	var out []string
	for _, set := range c.Auth {
		var words []string
		for _, s := range set {
			words = append(words, string(s.Kind))
		}
		out = append(out, cmp.Or(strings.Join(words, " with "), "none"))
	}
	return out
}

func needs(c *ir.Connector) []Need {
	var out []Need
	for _, f := range c.Config {
		if !f.Required && !f.Secret {
			continue
		}
		text := "for " + cmp.Or(strings.Join(f.UsedBy, ", "), "the connector")
		if f.Default != "" {
			continue
		}
		out = append(out, Need{Key: f.Name, Secret: f.Secret, Text: text})
	}
	for _, res := range c.Resources {
		if res.Selected.Value && res.Paginate.Value.NextPath == "?" {
			out = append(out, Need{Text: fmt.Sprintf("resources[%s].paginate.next_path is not in the description: set it, or let the first page decide", res.Name)})
		}
		if res.Missing && res.Selected.Value {
			out = append(out, Need{Text: fmt.Sprintf("resource %s is selected, but the input no longer has it", res.Name)})
		}
	}
	return out
}

// Note takes the repairs, and the fields that lost their type, out of the
// messages of a run; what is said more often comes first.
func (r *Report) Note(list *diag.List) {
	for _, d := range list.All() {
		switch {
		case loose(d.Code):
			r.Loose = fold(r.Loose, d)
		case d.Severity == diag.SeverityWarning && repair(d.Code):
			r.Repairs = fold(r.Repairs, d)
		}
	}
	for _, l := range [][]Finding{r.Repairs, r.Loose} {
		slices.SortStableFunc(l, func(a, b Finding) int { return b.Count - a.Count })
	}
}

// loose reports whether a code is of a field that became JSON or text (G54).
func loose(code string) bool {
	return slices.Contains([]string{"DG202", "DG203", "DG204", "DG210"}, code)
}

// repair reports whether a code is of a fault that was repaired: those of the
// input up to its operations and schemas, and members of allOf that exclude each other.
func repair(code string) bool { return code < "DG070" || code == "DG201" }

func fold(list []Finding, d diag.Diagnostic) []Finding {
	text := d.Message
	if reason, ok := strings.CutPrefix(d.Group, "json: "); ok {
		text = reason
	}
	i := slices.IndexFunc(list, func(f Finding) bool {
		return f.Code == d.Code && (f.Text == text || f.group == d.Group && d.Group != "")
	})
	if i < 0 {
		return append(list, Finding{Code: d.Code, Text: text, Place: d.Pos.String(), Count: 1 + d.More, group: d.Group})
	}
	list[i].Count += 1 + d.More
	return list
}

func leftOut(c *ir.Connector) []Group {
	var out []Group
	for _, l := range c.LeftOut {
		i := slices.IndexFunc(out, func(g Group) bool { return g.Reason == l.Reason })
		if i < 0 {
			i = len(out)
			out = append(out, Group{Reason: l.Reason})
		}
		out[i].Operations = append(out[i].Operations, l.Operation)
	}
	slices.SortStableFunc(out, func(a, b Group) int { return len(b.Operations) - len(a.Operations) })
	return out
}
