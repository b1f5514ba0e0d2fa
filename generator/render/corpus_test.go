package render

import (
	"cmp"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/openapi"
	"github.com/dltgen/dltgen/generator/rowtype"
)

// TestCorpus renders every real description of the shared folder with all the
// resources that need no decision (G92), and holds them to the budget (G70).
// RENDER_OUT names a folder that keeps what was rendered.
func TestCorpus(t *testing.T) {
	dir := cmp.Or(os.Getenv("DLTGEN_SPECS"), filepath.Join("..", "..", "..", "shared", "specs")) // beside the checkout
	specs, _ := filepath.Glob(dir + "/*.[yj]*")
	if len(specs) == 0 {
		t.Skipf("no descriptions in %s", dir)
	}
	for _, spec := range specs {
		name := strings.TrimSuffix(filepath.Base(spec), filepath.Ext(spec))
		if name != "EXPECTED" {
			t.Run(name, func(t *testing.T) { renderSpec(t, spec, name) })
		}
	}
}

func renderSpec(t *testing.T, spec, name string) {
	data, err := os.ReadFile(spec)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := openapi.Read(spec, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	infer.Apply(c, &infer.Options{All: true})
	c.Name = name
	for _, r := range c.Resources {
		r.MaxNesting = rowtype.DefaultMaxNesting
	}
	start := time.Now()
	files, diags, err := Files(c, Options{Input: "specs/" + name + "/connector.yaml"})
	if e := (*diag.Error)(nil); errors.As(err, &e) && e.Diagnostics[0].Code == codeEmpty {
		t.Skip("nothing can be selected without a decision")
	}
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	var report summary
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".go") {
			if _, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Data, parser.ParseComments); err != nil {
				t.Errorf("%s: %v", f.Path, err)
			}
			if n := strings.Count(string(f.Data), "\n"); n > 4000 {
				t.Errorf("%s has %d lines", f.Path, n)
			}
		}
		if f.Path == "report.json" {
			if err := json.Unmarshal(f.Data, &report); err != nil {
				t.Error(err)
			}
		}
	}
	columns := 0
	for _, r := range report.Resources {
		columns += r.Columns
	}
	n := lines(files)
	t.Logf("%s: %d resources, %d columns, %d lines (%.1f a column after 90 a resource), %d diagnostics, %v",
		name, len(report.Resources), columns, n, float64(n-90*len(report.Resources))/float64(columns), diags.Len(), took)
	if budget := 9*columns + 90*len(report.Resources) + 150; /* connector_gen.go, main.go */ n > budget {
		t.Errorf("%d lines, the budget is %d", n, budget)
	}
	keep(t, name, files)
}

func keep(t *testing.T, name string, files []File) {
	out := os.Getenv("RENDER_OUT")
	if out == "" {
		return
	}
	for _, f := range files {
		p := filepath.Join(out, name, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
