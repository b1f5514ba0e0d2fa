package generator

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/report"
)

var update = flag.Bool("update", false, "rewrite golden files")

const goldenDir = "../testdata/golden"

// TestGolden runs every folder of testdata/golden. What is in it says which
// command: only a description is dltgen init; with connector.yaml, dltgen
// generate; with connector.lock.yaml too, dltgen update. want/ holds every file
// of the result that is worth a look, want.stderr the messages.
func TestGolden(t *testing.T) {
	cases, err := os.ReadDir(goldenDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if !c.IsDir() {
			continue
		}
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(goldenDir, c.Name())
			got := runCase(t, dir, c.Name())
			if *update {
				writeCase(t, dir, got)
				return
			}
			compareCase(t, dir, got)
		})
	}
}

// runCase runs a case in a folder of its own and returns the files of want/
// and want.stderr, by name.
func runCase(t *testing.T, dir, name string) map[string][]byte {
	t.Helper()
	root := t.TempDir()
	input := readTree(t, dir)
	for f, data := range input {
		if !strings.HasPrefix(f, "want") {
			writeFile(t, filepath.Join(root, f), data)
		}
	}
	writeFile(t, filepath.Join(root, "go.mod"), []byte("module "+ownModule+"/testdata/golden/"+name+"\n\ngo 1.26.0\n"))
	var (
		res *Result
		err error
		got map[string][]byte
	)
	ctx := context.Background()
	switch {
	case input["connector.lock.yaml"] != nil:
		spec := ""
		if input["new.yaml"] != nil {
			spec = "new.yaml"
		}
		res, err = Update(ctx, UpdateConfig{Dir: root, Name: ".", Spec: spec})
		got = pick(t, root, "", func(f string) bool { return f == "connector.yaml" || f == "connector.lock.yaml" })
		if res != nil && len(res.Notes) > 0 {
			got["notes.txt"] = []byte(strings.Join(res.Notes, "\n") + "\n")
		}
	case input["connector.yaml"] != nil:
		res, err = Generate(ctx, Config{Dir: root, Paths: []string{"."}})
		got = pick(t, root, "want/", func(string) bool { return true })
	default:
		res, err = Init(ctx, initArgs(root, input))
		got = pick(t, root, "specs/api/", func(f string) bool { return f == "connector.yaml" })
		if res != nil && len(res.Reports) > 0 {
			var b bytes.Buffer
			if err := res.Reports[0].WriteText(&b, &report.TextOptions{All: true}); err != nil {
				t.Fatal(err)
			}
			got["report.txt"] = b.Bytes()
		}
	}
	out := map[string][]byte{}
	for f, data := range got {
		out["want/"+f] = data
	}
	if text := messages(root, res, err); text != "" {
		out["want.stderr"] = []byte(text)
	}
	return out
}

// initArgs is the command line of an init case: the file args, if there is one.
func initArgs(root string, input map[string][]byte) InitConfig {
	cfg := InitConfig{Dir: root, Name: "api"}
	for f := range input {
		if strings.HasPrefix(f, "openapi.") {
			cfg.Spec = f
		}
	}
	words := strings.Fields(string(input["args"]))
	for i, w := range words {
		switch w {
		case "--all":
			cfg.All = true
		case "--auth":
			cfg.Auth = words[i+1]
		}
	}
	return cfg
}

// messages are the diagnostics as the command prints them.
func messages(root string, res *Result, err error) string {
	list := &diag.List{}
	if res != nil {
		list.Append(res.Diagnostics)
	}
	var e *diag.Error
	switch {
	case errors.As(err, &e):
		for _, d := range e.Diagnostics {
			list.Add(d)
		}
	case err != nil:
		list.Add(diag.Diagnostic{Severity: diag.SeverityError, Message: err.Error()})
	}
	list.Sort()
	list.Fold()
	var b bytes.Buffer
	_ = list.WriteText(&b, &diag.TextOptions{Source: func(file string) []byte {
		data, _ := os.ReadFile(filepath.Join(root, file))
		return data
	}})
	return b.String()
}

func pick(t *testing.T, root, prefix string, want func(string) bool) map[string][]byte {
	t.Helper()
	got := map[string][]byte{}
	for f, data := range readTree(t, root) {
		if name, ok := strings.CutPrefix(f, prefix); ok && want(name) {
			got[name] = data
		}
	}
	return got
}

func readTree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[filepath.ToSlash(rel)] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func isWant(f string) bool { return f == "want.stderr" || strings.HasPrefix(f, "want/") }

func writeCase(t *testing.T, dir string, got map[string][]byte) {
	t.Helper()
	for f := range readTree(t, dir) {
		if isWant(f) && got[f] == nil {
			if err := os.Remove(filepath.Join(dir, f)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for f, data := range got {
		writeFile(t, filepath.Join(dir, f), data)
	}
}

func compareCase(t *testing.T, dir string, got map[string][]byte) {
	t.Helper()
	want := readTree(t, dir)
	for _, f := range sortedKeys(got) {
		if want[f] == nil {
			t.Errorf("%s is new; run with -update", f)
			continue
		}
		if diff := cmp.Diff(string(want[f]), string(got[f])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f, diff)
		}
	}
	for f := range want {
		if isWant(f) && got[f] == nil {
			t.Errorf("%s is no longer written", f)
		}
	}
}

// TestGoldenCompiles compiles every generated package of the golden cases.
func TestGoldenCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the runtime; not with -short")
	}
	cmd := exec.Command("go", "vet", "./testdata/golden/...")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
