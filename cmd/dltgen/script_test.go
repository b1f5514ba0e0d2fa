package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dltgen": main})
}

// TestScript runs the command as a user does, see testdata/script.
func TestScript(t *testing.T) {
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := os.ReadFile("testdata/petshop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/openapi.yaml" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(spec)
	}))
	t.Cleanup(server.Close)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("DLTGEN_SOURCE", source)
			e.Setenv("SERVER", server.URL)
			e.Setenv("GOFLAGS", "-mod=readonly")
			e.Setenv("GOPROXY", "off")
			for _, name := range []string{"GOMODCACHE", "GOCACHE", "HOME"} {
				e.Setenv(name, goEnv(name))
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "petshop.yaml"), spec, 0o644)
		},
	})
}

// goEnv is the user's own value, so that scripts find modules and the build cache.
func goEnv(name string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	home, _ := os.UserHomeDir()
	switch name {
	case "GOMODCACHE":
		return filepath.Join(home, "go", "pkg", "mod")
	case "GOCACHE":
		cache, _ := os.UserCacheDir()
		return filepath.Join(cache, "go-build")
	}
	return home
}

// TestHelp: every command says what it does, with an example where it takes arguments.
func TestHelp(t *testing.T) {
	a := &app{}
	for _, c := range a.root().Commands() {
		if c.Short == "" {
			t.Errorf("%s has no help", c.Name())
		}
		if strings.Contains(c.Use, "NAME") && c.Name() != "fmt" && c.Example == "" {
			t.Errorf("%s has no example", c.Name())
		}
	}
	var out bytes.Buffer
	if code := Do([]string{"help"}, strings.NewReader(""), &out, &out); code != 0 || !strings.Contains(out.String(), "dltgen init petstore --spec") {
		t.Errorf("help: code %d\n%s", code, out.String())
	}
}

func TestToggle(t *testing.T) {
	tests := []struct {
		line string
		want []bool
		err  string
	}{
		{"2", []bool{false, true, false, false}, ""},
		{"1-3", []bool{true, true, true, false}, ""},
		{"all 4", []bool{true, true, true, false}, ""},
		{"1, 1", []bool{false, false, false, false}, ""},
		{"none", []bool{false, false, false, false}, ""},
		{"5", []bool{false, false, false, false}, `"5" is not a number from 1 to 4`},
		{"x", []bool{false, false, false, false}, `"x" is not a number from 1 to 4`},
		{"3-1", []bool{false, false, false, false}, `"3-1" is not a number from 1 to 4`},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got := make([]bool, 4)
			err := toggle(got, tt.line)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err != nil && err.Error() != tt.err || err == nil && tt.err != "" {
				t.Errorf("error %v, want %s", err, tt.err)
			}
		})
	}
}
