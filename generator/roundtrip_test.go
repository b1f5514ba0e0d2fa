package generator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi"
	"github.com/dltgen/dltgen/generator/render"
	"github.com/dltgen/dltgen/runtime/connectoryaml"
)

// corpus is a folder of real descriptions: DLTGEN_SPECS, else one beside the checkout.
var corpus = corpusDir()

func corpusDir() string {
	if dir := os.Getenv("DLTGEN_SPECS"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared", "specs")
}

func documents(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{goldenDir + "/*/openapi.*", corpus + "/*.json", corpus + "/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if !strings.Contains(f, "broken-") && filepath.Base(f) != "EXPECTED.yaml" {
				out = append(out, f)
			}
		}
	}
	return out
}

// decisions are what the renderer sees of a resource.
type decisions struct {
	Name, Operation, Selector string
	Selected, Single          bool
	Key                       []string
	Disposition               string
	Pager                     ir.Paginator
	Incremental               *ir.Incremental
	Parent                    *ir.Parent
	Params                    []ir.BoundParam
	Auth                      int
}

func decisionsOf(c *ir.Connector) []decisions {
	var out []decisions
	for _, r := range c.Resources {
		d := decisions{
			Name: r.Name, Operation: r.Operation.Method + " " + r.Operation.Path, Selector: r.Selector.Value, Selected: r.Selected.Value,
			Single: r.Single, Key: r.PrimaryKey.Value, Disposition: string(r.Disposition), Pager: r.Paginate.Value, Params: r.Params, Auth: -1,
		}
		if d.Single || d.Pager.Type == "" {
			d.Pager = ir.Paginator{Type: ir.PageSingle}
		}
		if r.Incremental != nil {
			d.Incremental = &r.Incremental.Value
		}
		if r.Parent != nil {
			d.Parent = &r.Parent.Value
		}
		if r.Auth != nil {
			d.Auth = len(r.Auth)
		}
		out = append(out, d)
	}
	return out
}

// TestOverlayIsTheInverseOfFromIR: what was detected, written to connector.yaml
// and read back is what was detected; lifting changes nothing (G23).
func TestOverlayIsTheInverseOfFromIR(t *testing.T) {
	for _, file := range documents(t) {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			if testing.Short() && strings.HasPrefix(file, corpus) {
				t.Skip("real descriptions take a minute; not with -short")
			}
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, _, err := openapi.Read(file, data, nil)
			if err != nil {
				t.Skip("not readable, see the golden case")
			}
			if infer.Apply(c, &infer.Options{All: true}).HasErrors() {
				t.Skip("no resources, see the golden case")
			}
			c.Name = "api"
			want := decisionsOf(c)
			text := connectoryaml.Print(connectoryaml.Encode(FromIR(c, nil)))
			f, _, err := connectoryaml.Read(text)
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			if list := Overlay(c, f, "connector.yaml"); list.HasErrors() {
				t.Fatal(list.Err(diag.ClassFindings))
			}
			if diff := cmp.Diff(want, decisionsOf(c), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-detected +read back):\n%s", diff)
			}
			again, err := connectoryaml.Format(text)
			if err != nil || string(again) != string(text) {
				t.Errorf("fmt changes what init writes (%v):\n%s", err, cmp.Diff(string(text), string(again)))
			}
		})
	}
}

// TestInitThenCheck: what init wrote is up to date, generating again changes
// nothing, and updating with the same description neither (G71, G94).
func TestInitThenCheck(t *testing.T) {
	for _, file := range documents(t) {
		if strings.HasPrefix(file, goldenDir) && !strings.Contains(file, "pager-") {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			if testing.Short() && strings.HasPrefix(file, corpus) {
				t.Skip("real descriptions take a minute; not with -short")
			}
			t.Parallel()
			root := t.TempDir()
			writeFile(t, filepath.Join(root, "go.mod"), []byte("module x\n"))
			spec, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			if _, err := Init(ctx, InitConfig{Dir: root, Name: "api", Spec: spec}); err != nil {
				t.Fatal(err)
			}
			before := tree(t, root)
			if _, err := Check(ctx, Config{Dir: root}); err != nil {
				t.Errorf("check after init: %v", err)
			}
			if _, err := Generate(ctx, Config{Dir: root}); err != nil {
				t.Errorf("generate after init: %v", err)
			}
			res, err := Update(ctx, UpdateConfig{Dir: root, Name: "api", Spec: spec})
			if err != nil {
				t.Fatalf("update with the same description: %v", err)
			}
			if len(res.Notes) > 0 {
				t.Errorf("update with the same description changed: %q", res.Notes)
			}
			if diff := cmp.Diff(before, tree(t, root)); diff != "" {
				t.Errorf("(-after init +after all):\n%s", diff)
			}
		})
	}
}

// TestDefaultDestinationsAreThere: a new connector builds, and links every
// driver of G20 that there is.
func TestDefaultDestinationsAreThere(t *testing.T) {
	var there []string
	for _, name := range []string{"duckdb", "postgres", "filesystem"} {
		files, err := filepath.Glob("../runtime/destination/" + name + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		if len(files) > 0 {
			there = append(there, name)
		}
	}
	if diff := cmp.Diff(there, render.DefaultDestinations); diff != "" {
		t.Errorf("(-in runtime/destination +render.DefaultDestinations):\n%s", diff)
	}
}
