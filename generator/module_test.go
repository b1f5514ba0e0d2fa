package generator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

func plannedModule(t *testing.T, root string) *modfile.File {
	t.Helper()
	o := newOutput(root)
	todo, err := planModule(o)
	if err != nil {
		t.Fatal(err)
	}
	if todo != "" {
		t.Fatalf("left to do: %s", todo)
	}
	if err := o.commit(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func version(f *modfile.File, p string) string {
	for _, r := range f.Require {
		if r.Mod.Path == p {
			return r.Mod.Version
		}
	}
	return ""
}

func TestPlanModule(t *testing.T) {
	source, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DLTGEN_SOURCE", source)
	t.Run("a new one", func(t *testing.T) {
		root := filepath.Join(t.TempDir(), "My Project")
		if err := os.Mkdir(root, 0o755); err != nil {
			t.Fatal(err)
		}
		f := plannedModule(t, root)
		if f.Module.Mod.Path != "my-project" {
			t.Errorf("module %s", f.Module.Mod.Path)
		}
		if len(f.Tool) != 1 || f.Tool[0].Path != ownTool {
			t.Errorf("tools %v", f.Tool)
		}
		if len(f.Replace) != 1 || f.Replace[0].New.Path != filepath.ToSlash(source) {
			t.Errorf("replace %v", f.Replace)
		}
		if version(f, "github.com/spf13/cobra") == "" {
			t.Error("the module's own requirements are not there")
		}
	})
	t.Run("an existing one is extended", func(t *testing.T) {
		root := t.TempDir()
		writeFile(t, filepath.Join(root, "go.mod"), []byte("module example.org/mine // ours\n\ngo 1.22\n\nrequire (\n\tgithub.com/google/go-cmp v0.5.0\n\tgithub.com/spf13/cobra v1.99.0\n)\n"))
		writeFile(t, filepath.Join(root, "go.sum"), []byte("example.org/x v1.0.0 h1:abc=\n"))
		f := plannedModule(t, root)
		if got := version(f, "github.com/google/go-cmp"); got != "v0.7.0" {
			t.Errorf("go-cmp is at %s: a lower requirement must be raised", got)
		}
		if got := version(f, "github.com/spf13/cobra"); got != "v1.99.0" {
			t.Errorf("cobra is at %s: a higher requirement must stay", got)
		}
		if f.Go.Version != "1.26.0" {
			t.Errorf("go %s", f.Go.Version)
		}
		sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(sums), "example.org/x v1.0.0") || !strings.Contains(string(sums), "github.com/spf13/cobra") {
			t.Error("go.sum must keep its lines and get ours")
		}
		o := newOutput(root)
		if _, err := planModule(o); err != nil {
			t.Fatal(err)
		}
		if written, _ := o.paths(); len(written) > 0 {
			t.Errorf("a second time changes %v", written)
		}
	})
	t.Run("our own is left alone", func(t *testing.T) {
		root := t.TempDir()
		writeFile(t, filepath.Join(root, "go.mod"), []byte("module "+ownModule+"\n"))
		o := newOutput(root)
		if _, err := planModule(o); err != nil {
			t.Fatal(err)
		}
		if written, _ := o.paths(); len(written) > 0 {
			t.Errorf("changes %v", written)
		}
	})
	t.Run("a wrong DLTGEN_SOURCE is an error", func(t *testing.T) {
		t.Setenv("DLTGEN_SOURCE", t.TempDir())
		if _, err := planModule(newOutput(t.TempDir())); err == nil {
			t.Error("no error")
		}
	})
}

func TestNewModulePath(t *testing.T) {
	tests := []struct{ dir, want string }{
		{"/x/petstore", "petstore"}, {"/x/My Data", "my-data"}, {"/", "connectors"}, {"/x/main", "connectors"}, {"/x/..odd..", "odd"},
	}
	for _, tt := range tests {
		if got := newModulePath(tt.dir); got != tt.want {
			t.Errorf("newModulePath(%q) = %q, want %q", tt.dir, got, tt.want)
		}
	}
}
