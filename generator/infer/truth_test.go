package infer_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi"
)

// specs holds real documents and hand-checked answers (G91). They are not part
// of this repository: without them the test has nothing to measure.
func specs(t testing.TB) string {
	dir := os.Getenv("DLTGEN_SPECS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "specs") // beside the checkout
	}
	if _, err := os.Stat(filepath.Join(dir, "EXPECTED.yaml")); err != nil {
		t.Skipf("no corpus at %s; DLTGEN_SPECS names another", dir)
	}
	return dir
}

type truth struct {
	Auth      [][]string        `yaml:"auth"`
	BaseURL   string            `yaml:"base_url"`
	RateLimit map[string]string `yaml:"rate_limit"`
	Resources []truthResource   `yaml:"resources"`
}

type truthResource struct {
	Path, Method, Name, Selector string
	PrimaryKey                   []string       `yaml:"primary_key"`
	Pagination                   map[string]any `yaml:"pagination"`
	Incremental                  map[string]any `yaml:"incremental"`
	Parent                       *struct {
		ResourcePath string            `yaml:"resource_path"`
		Params       map[string]string `yaml:"params"`
	} `yaml:"parent"`
	RequiredConfig []string `yaml:"required_config"`
	Selected       *bool    `yaml:"selected"`
}

// score counts one category.
type score struct {
	right, asked int
	wrong        []string
}

func (s *score) add(ok bool, format string, args ...any) {
	s.asked++
	if ok {
		s.right++
		return
	}
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

func (s *score) share() float64 {
	if s.asked == 0 {
		return 1
	}
	return float64(s.right) / float64(s.asked)
}

func load(t testing.TB, dir, name string) *ir.Connector {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := openapi.Read(name, data, nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// TestTruth compares what is detected in real documents with hand-checked
// answers, and holds the targets of G91.
func TestTruth(t *testing.T) {
	dir := specs(t)
	data, err := os.ReadFile(filepath.Join(dir, "EXPECTED.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]truth
	if err := yaml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	slices.Sort(names)
	scores := map[string]*score{}
	for _, k := range []string{"selector", "pager", "key", "parent", "incremental", "auth", "false pager", "config", "name", "selected", "found", "server"} {
		scores[k] = &score{}
	}
	for _, n := range names {
		want := all[n]
		c := load(t, dir, n)
		infer.Apply(c, nil)
		if want.Auth != nil {
			got := authKinds(c.Auth)
			scores["auth"].add(slices.Equal(got, joined(want.Auth)), "%s: got %v want %v", n, got, want.Auth)
		}
		if want.BaseURL == "required" {
			scores["server"].add(c.BaseURL.Value == "", "%s: base URL %q", n, c.BaseURL.Value)
		}
		if want.RateLimit != nil {
			scores["server"].add(c.RateLimit != nil && c.RateLimit.Remaining == want.RateLimit["remaining"] && c.RateLimit.Reset == want.RateLimit["reset"], "%s: rate limit %+v", n, c.RateLimit)
		}
		for _, w := range want.Resources {
			compareResource(c, n, w, scores)
		}
	}
	targets := map[string]float64{
		"selector": 0.97, "pager": 0.92, "key": 0.92, "parent": 0.88, "incremental": 0.85,
		"auth": 1, "false pager": 0.98, "config": 1, "name": 1, "selected": 1, "found": 1, "server": 1,
	}
	for k, s := range scores {
		t.Logf("%-12s %3d of %3d", k, s.right, s.asked)
		for _, w := range s.wrong {
			t.Logf("  %s: %s", k, w)
		}
		if s.share() < targets[k] {
			t.Errorf("%s: %.1f %%, want at least %.0f %%", k, 100*s.share(), 100*targets[k])
		}
	}
}

func authKinds(sets []ir.AuthSet) []string {
	var out []string
	for _, s := range sets {
		var kinds []string
		for _, x := range s {
			kinds = append(kinds, string(x.Kind))
		}
		slices.Sort(kinds)
		out = append(out, strings.Join(kinds, "+"))
	}
	return out
}

func joined(sets [][]string) []string {
	var out []string
	for _, s := range sets {
		s = slices.Sorted(slices.Values(s))
		out = append(out, strings.Join(s, "+"))
	}
	return out
}

func compareResource(c *ir.Connector, file string, w truthResource, scores map[string]*score) {
	where := file + " " + w.Path
	method := w.Method
	var r *ir.Resource
	for _, x := range c.Resources {
		if x.Operation.Path == w.Path && (method == "" || x.Operation.Method == method) {
			r = x
			break
		}
	}
	scores["found"].add(r != nil, "%s", where)
	if r == nil {
		r = &ir.Resource{}
	}
	if w.Name != "" {
		scores["name"].add(r.Name == w.Name, "%s: %s", where, r.Name)
	}
	if w.Selector != "" {
		scores["selector"].add(r.Selector.Value == w.Selector, "%s: got %q want %q", where, r.Selector.Value, w.Selector)
	}
	if w.PrimaryKey != nil {
		scores["key"].add(slices.Equal(r.PrimaryKey.Value, w.PrimaryKey), "%s: got %v want %v", where, r.PrimaryKey.Value, w.PrimaryKey)
	}
	if w.Selected != nil {
		scores["selected"].add(r.Selected.Value == *w.Selected, "%s: got %v", where, r.Selected.Value)
	}
	if w.Pagination != nil {
		diff := comparePager(r, w.Pagination)
		scores["pager"].add(diff == "", "%s: %s", where, diff)
		if w.Pagination["kind"] == ir.PageSingle {
			scores["false pager"].add(r.Paginate.Value.Type == ir.PageSingle, "%s: %+v", where, r.Paginate.Value)
		}
	}
	if w.Incremental != nil {
		diff := compareIncremental(r, w.Incremental)
		scores["incremental"].add(diff == "", "%s: %s", where, diff)
	}
	if w.Parent != nil {
		scores["parent"].add(sameParent(c, r, w), "%s: got %+v want %+v", where, r.Parent, *w.Parent)
	}
	for _, n := range w.RequiredConfig {
		// A parameter with one value only is bound to it (G47); one that a parent
		// can provide may be configured instead.
		bound := slices.ContainsFunc(r.Params, func(b ir.BoundParam) bool { return b.Name == n })
		if r.Parent != nil {
			_, filled := r.Parent.Value.Params[n]
			bound = bound || filled
		}
		scores["config"].add(bound, "%s: %s is not bound: %+v", where, n, r.Params)
	}
}

func sameParent(c *ir.Connector, r *ir.Resource, w truthResource) bool {
	if r.Parent == nil {
		return false
	}
	for k, v := range w.Parent.Params {
		if r.Parent.Value.Params[k] != v {
			return false
		}
	}
	for _, p := range c.Resources {
		if p.Name == r.Parent.Value.Resource {
			return w.Parent.ResourcePath == "" || p.Operation.Path == w.Parent.ResourcePath
		}
	}
	return false
}

func comparePager(r *ir.Resource, want map[string]any) string {
	p := r.Paginate.Value
	got := map[string]any{"kind": p.Type}
	first := any(nil)
	if p.First != nil {
		first = *p.First
	}
	if p.Type == ir.PageNumber && p.First == nil {
		first = 1
	}
	maps.Copy(got, map[string]any{
		"param": p.Param, "body_param": p.BodyPath, "path": p.NextPath, "record_field": p.RecordField, "more": p.MorePath,
		"size_param": p.SizeParam, "size_max": p.Max, "total": p.TotalPath, "total_pages": p.TotalPath, "first": first,
		"path_unknown": p.NextPath == "?",
	})
	for k, v := range want {
		switch k {
		case "stop", "last": // what stops is the runtime's business where no total is named
			continue
		case "alternative":
			if !slices.ContainsFunc(r.Alternatives, func(a ir.Decided[ir.Paginator]) bool { return a.Value.Type == v }) {
				return fmt.Sprintf("no alternative %v", v)
			}
			continue
		}
		if fmt.Sprint(got[k]) != fmt.Sprint(v) {
			return fmt.Sprintf("%s: got %v want %v (%+v)", k, got[k], v, p)
		}
	}
	return ""
}

func compareIncremental(r *ir.Resource, want map[string]any) string {
	if r.Incremental == nil {
		return "none"
	}
	i := r.Incremental.Value
	got := map[string]any{"param": i.StartParam, "field": i.CursorPath, "encoding": i.Encoding}
	for k, v := range want {
		if k == "param_any" {
			if !slices.Contains(v.([]any), any(i.StartParam)) {
				return fmt.Sprintf("got %s want one of %v", i.StartParam, v)
			}
			continue
		}
		if fmt.Sprint(got[k]) != fmt.Sprint(v) {
			return fmt.Sprintf("%s: got %v want %v (%+v)", k, got[k], v, i)
		}
	}
	return ""
}
