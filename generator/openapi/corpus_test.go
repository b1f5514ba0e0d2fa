package openapi_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/openapi"
)

// corpus is a folder of real descriptions: DLTGEN_SPECS, else one beside the checkout.
var corpus = cmp.Or(os.Getenv("DLTGEN_SPECS"), filepath.Join("..", "..", "..", "shared", "specs"))

// corpusFiles are the real documents, if they are on this machine.
func corpusFiles(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*.json", "*.yaml"} {
		files, _ := filepath.Glob(filepath.Join(corpus, pattern))
		for _, f := range files {
			if filepath.Base(f) != "EXPECTED.yaml" {
				out = append(out, f)
			}
		}
	}
	if len(out) == 0 {
		t.Skip("no corpus at " + corpus)
	}
	return out
}

// TestCorpus reads every real document: no error, every operation (G92).
func TestCorpus(t *testing.T) {
	for _, file := range corpusFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			c, diags, err := openapi.Read(filepath.Base(file), data, nil)
			took := time.Since(start)
			if err != nil {
				t.Fatal(err)
			}
			diags.Fold()
			t.Logf("%v, %d operations, %d types, %d diagnostics", took.Round(time.Millisecond), len(c.Operations), len(c.Types), diags.Len())
			var text strings.Builder
			_ = diags.WriteText(&text, &diag.TextOptions{Notes: true})
			t.Log("\n" + text.String())
		})
	}
}

// TestCorpusTyped gives every repaired document to the typed loader (G10, G12).
func TestCorpusTyped(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	for _, file := range corpusFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if err := openapi.LoadTyped(filepath.Base(file), data, nil); err != nil {
				t.Error(err)
			}
			t.Log(time.Since(start).Round(time.Millisecond))
		})
	}
}
