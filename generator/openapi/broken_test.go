package openapi_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/openapi"
)

// TestBroken reads the real broken documents; small ones of our own are among
// the cases of TestIR.
func TestBroken(t *testing.T) {
	tests := []struct{ file, want string }{
		{"malformed.yaml", "malformed.yaml:1:38: DG001 error: unexpected colon"},
		{"bad-mapping.yaml", "bad-mapping.yaml:20:5: DG001 error: wrong indentation"},
		{"tab-indent.yaml", "tab-indent.yaml:5:1: DG007 error: a tab is used as indentation"},
		{"include-tag.yaml", "include-tag.yaml:12:15: DG006 error: the tag !include is not resolved"},
		{"python-tag.yaml", "python-tag.yaml:15:18: DG005 warning: tag !!python/tuple is ignored"},
		{"not-openapi.yaml", "it looks like an AsyncAPI document"},
		{"no-paths.yaml", "no-paths.yaml:10:8: DG012 error: nothing to read: the document has no paths; its sections are openapi, info, servers, paths, components"},
		{"external-refs.yaml", "error: no resources left"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(corpus, "broken", tt.file))
			if err != nil {
				t.Skip(err)
			}
			_, diags, err := openapi.Read(tt.file, data, nil)
			var said strings.Builder
			_ = diags.WriteText(&said, &diag.TextOptions{Notes: true})
			if err != nil {
				said.WriteString(err.Error())
				if got := diag.ExitCode(err); got != 3 {
					t.Errorf("exit code %d, want 3", got)
				}
			}
			if !strings.Contains(said.String(), tt.want) {
				t.Errorf("got\n%s\nwant %s", said.String(), tt.want)
			}
		})
	}
}

// TestSpeed guards the budget of G95 with room for a busy machine.
func TestSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	for name, budget := range map[string]time.Duration{
		"github.json": 1500 * time.Millisecond, "stripe.yaml": 2 * time.Second, "kubernetes-2.0.yaml": 2 * time.Second,
	} {
		data, err := os.ReadFile(filepath.Join(corpus, name))
		if err != nil {
			t.Skip("no corpus at " + corpus)
		}
		start := time.Now()
		if _, _, err := openapi.Read(name, data, nil); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > budget {
			t.Errorf("%s took %v, the budget is %v", name, took, budget)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"github.json", "stripe.yaml", "kubernetes-2.0.yaml", "petstore-2.0.json"} {
		data, err := os.ReadFile(filepath.Join(corpus, name))
		if err != nil {
			b.Skip("no corpus at " + corpus)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := openapi.Read(name, data, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
