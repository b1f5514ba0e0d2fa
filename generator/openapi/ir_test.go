package openapi_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/openapi"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata")

// TestIR reads the spec of each testdata/ir/*.txtar and compares the dump and
// the diagnostics. Other files of the archive can be referred to.
func TestIR(t *testing.T) {
	files, err := filepath.Glob("testdata/ir/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { checkIR(t, file) })
	}
}

func checkIR(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	var spec txtar.File
	for _, f := range archive.Files {
		parts[f.Name] = string(f.Data)
		if strings.HasPrefix(f.Name, "openapi.") || strings.HasPrefix(f.Name, "swagger.") {
			spec = f
		}
	}
	var opt openapi.Options
	if only, ok := strings.CutPrefix(strings.TrimSpace(string(archive.Comment)), "select "); ok {
		opt.Select = func(method, path string) bool { return method+" "+path == only }
	}
	opt.Lookup = func(name string) ([]byte, error) {
		if text, ok := parts[name]; ok {
			return []byte(text), nil
		}
		return nil, os.ErrNotExist
	}
	c, diags, err := openapi.Read(spec.Name, spec.Data, &opt)
	var got, said strings.Builder
	if err != nil {
		said.WriteString(err.Error() + "\n")
	} else {
		dump(&got, c)
	}
	diags.Fold()
	if err := diags.WriteText(&said, &diag.TextOptions{Notes: true}); err != nil {
		t.Fatal(err)
	}
	results := map[string]string{"want.ir": got.String(), "want.diag": said.String()}
	if *update {
		updateIR(t, file, archive, results)
		return
	}
	for name, text := range results {
		if diff := cmp.Diff(parts[name], text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func updateIR(t *testing.T, file string, archive *txtar.Archive, results map[string]string) {
	var kept []txtar.File
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "want.") {
			kept = append(kept, f)
		}
	}
	for _, name := range []string{"want.ir", "want.diag"} {
		if results[name] != "" {
			kept = append(kept, txtar.File{Name: name, Data: []byte(results[name])})
		}
	}
	archive.Files = kept
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
