package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden compares the sample's files byte for byte.
func TestGolden(t *testing.T) {
	files, _, err := Files(sample(), Options{Input: "specs/github/connector.yaml", ImportPath: module + "/generator/render/testdata/github"})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join("testdata", "github")
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(want), string(f.Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Path, diff)
		}
	}
}

// TestRepeat: the same input gives the same bytes (G71).
func TestRepeat(t *testing.T) {
	a, _, err := Files(sample(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := Files(sample(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("second rendering differs:\n%s", diff)
	}
}

// TestSchemaFile: the document is one that the runtime reads, with its own hash.
func TestSchemaFile(t *testing.T) {
	files, _, err := Files(sample(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.ReadYAML(fileOf(t, files, "github.schema.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Hash() != s.VersionHash {
		t.Errorf("hash %s, the file says %s", s.Hash(), s.VersionHash)
	}
	var names []string
	for _, table := range s.Tables() {
		if !strings.HasPrefix(table.Name, schema.SystemPrefix) {
			names = append(names, table.Name)
		}
	}
	want := []string{"repos", "issues", "issues__labels", "issues__topics", "issues__grid"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}

func fileOf(t *testing.T, files []File, name string) []byte {
	t.Helper()
	for _, f := range files {
		if f.Path == name {
			return f.Data
		}
	}
	t.Fatalf("no file %s", name)
	return nil
}

// TestReport: report.json is what README.md says, for programs.
func TestReport(t *testing.T) {
	files, _, err := Files(sample(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got summary
	if err := json.Unmarshal(fileOf(t, files, "report.json"), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Resources) != 2 || got.Resources[1].Parent != "repos" || len(got.LeftOut) != 1 || !got.Config[1].Secret {
		t.Errorf("report %+v", got)
	}
}

// TestHostile: text from the description never becomes code or a path (G14, G61).
func TestHostile(t *testing.T) {
	c := sample()
	evil := "x */ \n//go:embed /etc/passwd\n package evil\u2028import \"os\"\n`\"${}"
	c.Title, c.Description = evil, evil
	item := c.Resources[0].Item
	item.Description = evil
	item.Props = append(item.Props,
		&ir.Property{Name: "`+os.Exit(1)+`", Type: &ir.Type{Kind: ir.KindString, Description: evil, Enum: []any{evil, "ok"}}},
		&ir.Property{Name: "a\"b\n", Type: &ir.Type{Kind: ir.KindString, Pattern: "`\"\n"}},
		&ir.Property{Name: "../../x", Type: &ir.Type{Kind: ir.KindArray, Items: &ir.Type{Kind: ir.KindObject, Props: []*ir.Property{{Name: evil, Type: &ir.Type{Kind: ir.KindInteger}}}}}},
	)
	c.Resources[0].Name = "../../etc/cron_linux"
	c.Resources[0].Operation.Path = "/" + evil
	c.Resources[0].Params[0] = ir.BoundParam{Name: "${}", In: "path", Value: evil}
	c.Resources[1].Selected.Value = false
	c.Config[1].Description, c.Config[1].Default = evil, evil
	files, _, err := Files(c, Options{Input: "specs\n/x"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !filepath.IsLocal(f.Path) || strings.Contains(f.Path, "..") {
			t.Errorf("path %q", f.Path)
		}
		if !strings.HasSuffix(f.Path, ".go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Data, parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v", f.Path, err)
			continue
		}
		for _, imp := range parsed.Imports {
			if strings.Contains(imp.Path.Value, `"os"`) {
				t.Errorf("%s imports %s", f.Path, imp.Path.Value)
			}
		}
		for line := range bytes.Lines(f.Data) {
			if bytes.HasPrefix(line, []byte("//go:")) && !bytes.HasPrefix(line, []byte("//go:embed "+"github.schema.yaml")) {
				t.Errorf("%s: directive %s", f.Path, line)
			}
		}
	}
}

// TestFunctionSize holds generated functions to G70's ceiling.
func TestFunctionSize(t *testing.T) {
	c := sample()
	wide := &ir.Type{Kind: ir.KindObject}
	for i := range 400 {
		wide.Props = append(wide.Props, prop("c"+string(rune('a'+i%26))+strings.Repeat("x", i/26+1), &ir.Type{Kind: ir.KindString, MinLength: new(2)}, i%2 == 0))
	}
	c.Resources[0].Item.Props = append(c.Resources[0].Item.Props, wide.Props[:200]...)
	c.Resources[0].Item.Props = append(c.Resources[0].Item.Props, prop("wide", &ir.Type{Kind: ir.KindObject, Props: wide.Props[200:]}, false))
	files, _, err := Files(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const most = 150
	for _, f := range files {
		if !strings.HasSuffix(f.Path, ".go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, f.Path, f.Data, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if n := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line; n > most {
					t.Errorf("%s: %s has %d lines", f.Path, fn.Name.Name, n)
				}
			}
		}
	}
}

// TestErrors: what has no value does not become a placeholder (G47).
func TestErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(*ir.Connector)
		want   string
	}{
		{"nothing selected", func(c *ir.Connector) {
			for _, r := range c.Resources {
				r.Selected.Value = false
			}
		}, "DG605 connector github: no resource is selected"},
		{
			"a path parameter without a value", func(c *ir.Connector) { c.Resources[0].Params = nil },
			"DG601 resource repos: path parameter org has no value",
		},
		{
			"an unknown config key", func(c *ir.Connector) { c.Config = c.Config[:1] },
			"DG602 resource repos: parameter org names config.org, which the connector does not configure",
		},
		{
			"an unknown pager", func(c *ir.Connector) { c.Resources[0].Paginate.Value.Type = "scroll" },
			`DG604 resource repos: pager "scroll" is not known`,
		},
		{
			"an initial value that is none", func(c *ir.Connector) { c.Resources[1].Incremental.Value.Initial = "yesterday" },
			`DG602 resource issues: initial_value "yesterday" is no value of cursor updated_at`,
		},
		{
			"a base URL with an unknown key", func(c *ir.Connector) { c.BaseURL.Value = "https://{config.region}.example.com" },
			"DG602 base URL names config.region, which the connector does not configure",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := sample()
			tt.change(c)
			files, diags, err := Files(c, Options{})
			if err == nil || files != nil {
				t.Fatalf("no error, %d files", len(files))
			}
			var got []string
			for _, d := range diags.All() {
				got = append(got, d.Code+" "+d.Message)
			}
			if !strings.Contains(strings.Join(got, "\n"), tt.want) {
				t.Errorf("messages %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFirstSentence(t *testing.T) {
	tests := []struct{ in, want string }{
		{"One. Two.", "One."},
		{"See e.g. the docs. Then more.", "See e.g. the docs."},
		{"Version 1.2 of it", "Version 1.2 of it."},
		{"<p>Some <b>bold</b> text</p>", "Some bold text."},
		{"A [link](https://x.y/z) and `code`", "A link and code."},
		{"First line\nsecond line\n\nsecond paragraph.", "First line second line."},
		{"a < b", "a < b."},
		{"The list:", "The list."},
		{"\u202eevil\u0000", "evil."},
		{"  ", ""},
		{"!!!", ""},
	}
	for _, tt := range tests {
		if got := firstSentence(tt.in); got != tt.want {
			t.Errorf("firstSentence(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzComment(f *testing.F) {
	f.Add("A [b](c) <d> `e`. F")
	f.Fuzz(func(t *testing.T, s string) {
		for _, line := range wrap(firstSentence(s)) {
			if strings.ContainsAny(line, "\n\r\u2028\u2029\x00") {
				t.Errorf("%q gives the line %q", s, line)
			}
		}
	})
}
