package cli_test

import (
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dltgen/dltgen/runtime/cli"
	_ "github.com/dltgen/dltgen/runtime/destination/duckdb"
)

var update = flag.Bool("update", false, "rewrite the outputs that scripts want")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"shop": func() { cli.Main(shop) }})
}

// TestScript runs the connector as a user does, see testdata/script.
func TestScript(t *testing.T) {
	server := httptest.NewServer(newServer())
	t.Cleanup(server.Close)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("SERVER", server.URL)
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("DLTGEN_DATA_DIR", filepath.Join(e.WorkDir, "home", ".dltgen"))
			e.Setenv("RUNTIME__REQUEST_MAX_ATTEMPTS", "3")
			e.Setenv("RUNTIME__REQUEST_BACKOFF_FACTOR", "0.001")
			return nil
		},
		Condition: func(word string) (bool, error) {
			if word != "tmpfs" {
				return false, fmt.Errorf("unknown condition %s", word)
			}
			return exec.CommandContext(t.Context(), "unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt").Run() == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "same": same, "nothing": nothing, "write": write, "api": api,
		},
	})
}

// exits runs a command and wants its exit code: exits 4 shop run.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

var changing = regexp.MustCompile(`\d{10}\.\d+|\d+\.\d s\b`)

// same compares standard output with a file, load ids and times written as N:
// same want.txt.
func same(ts *testscript.TestScript, _ bool, args []string) {
	got := changing.ReplaceAllString(ts.ReadFile("stdout"), "N")
	if *update {
		ts.Check(rewrite(filepath.Join("testdata/script", ts.Name()+".txtar"), args[0], got))
		return
	}
	if d := cmp.Diff(ts.ReadFile(args[0]), got); d != "" {
		ts.Fatalf("standard output (-want +got):\n%s\n%s", d, got)
	}
}

// rewrite replaces one file of a script.
func rewrite(script, name, text string) error {
	a, err := txtar.ParseFile(script)
	if err != nil {
		return err
	}
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
		}
	}
	return os.WriteFile(script, txtar.Format(a), 0o644)
}

// nothing wants that a pipeline has no package in its working folder, and its
// database, PIPELINE.duckdb, no table: nothing shop.
func nothing(ts *testscript.TestScript, _ bool, args []string) {
	packages, err := filepath.Glob(filepath.Join(ts.Getenv("DLTGEN_DATA_DIR"), "pipelines", args[0], "load", "*", "*"))
	ts.Check(err)
	if len(packages) > 0 {
		ts.Fatalf("left in the working folder: %v", packages)
	}
	file := args[0] + ".duckdb"
	if _, err := os.Stat(ts.MkAbs(file)); err != nil {
		return
	}
	ts.Check(ts.Exec("shop", "query", "--to", "duckdb:///"+file, "--format", "csv", "select count(*) from duckdb_tables()"))
	if got := ts.ReadFile("stdout"); !strings.HasSuffix(got, "\n0\n") {
		ts.Fatalf("tables in %s: %s", file, got)
	}
}

// write writes a text, \n for line ends, to a file: write .dlt/config.toml 'a = 1\n'.
func write(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.ReplaceAll(args[1], `\n`, "\n")
	text = os.Expand(text, ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// api points the connector at the API in one of its moods: api broken.
func api(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("SOURCES__SHOP__BASE_URL", ts.Getenv("SERVER")+"/"+args[0])
	ts.Setenv("SOURCES__SHOP__TOKEN", "sesame")
}
