package diag_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/diag"
)

func at(line, col int) diag.Pos { return diag.Pos{File: "openapi.yaml", Line: line, Col: col} }

// TestString is the form of G82.
func TestString(t *testing.T) {
	pos := at(812, 17)
	pos.Pointer = diag.Pointer("paths", "/tasks", "get")
	tests := []struct {
		name string
		d    diag.Diagnostic
		want string
	}{
		{
			"all parts",
			diag.Diagnostic{Severity: diag.SeverityWarning, Code: "DG104", Message: "GET /tasks: no next value", Pos: pos, Hint: "Set next_path.", More: 41},
			"openapi.yaml:812:17: DG104 warning: GET /tasks: no next value (#/paths/~1tasks/get) (and 41 more). Set next_path.",
		},
		{"message only", diag.Diagnostic{Severity: diag.SeverityError, Message: "nothing to read"}, "error: nothing to read"},
		{"file only", diag.Diagnostic{Severity: diag.SeverityError, Code: "DG001", Message: "m", Pos: diag.Pos{File: "a.json"}}, "a.json: DG001 error: m"},
		{"control characters", diag.Diagnostic{Severity: diag.SeverityNote, Message: "a\x1b[31mb\nc"}, "note: a\uFFFD[31mb c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.d.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSortAndFold(t *testing.T) {
	var l diag.List
	l.Warnf("DG020", at(9, 1), "dangling reference %q", "#/b").WithGroup("dangling")
	l.Warnf("DG020", at(3, 1), "dangling reference %q", "#/a").WithGroup("dangling")
	l.Warnf("DG020", at(3, 1), "dangling reference %q", "#/a").WithGroup("dangling")
	l.Errorf("DG001", at(3, 1), "bad")
	l.Sort()
	l.Fold()
	var got []string
	for _, d := range l.All() {
		got = append(got, d.String())
	}
	want := []string{
		`openapi.yaml:3:1: DG001 error: bad`,
		`openapi.yaml:3:1: DG020 warning: dangling reference "#/a" (and 1 more)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if l.Count(diag.SeverityWarning) != 2 {
		t.Errorf("warnings = %d, want 2", l.Count(diag.SeverityWarning))
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x", 300)
	tests := []struct {
		name string
		data string
		pos  diag.Pos
		want string
	}{
		{"second line", "a: 1\nb: é: 2\n", at(2, 5), "    b: é: 2\n        ^\n"},
		{"tab is one column", "\tb\n", at(1, 2), "     b\n     ^\n"},
		{"past the end", "a", at(4, 1), ""},
		{"column past the line", "ab\n", at(1, 9), "    ab\n      ^\n"},
		{"long line", long, at(1, 201), "    " + long[:100] + "\n    " + strings.Repeat(" ", 50) + "^\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, diag.Excerpt([]byte(tt.data), tt.pos)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	var l diag.List
	l.Errorf("DG001", at(3, 1), "a | b\nc")
	l.Notef("DG002", at(4, 1), "50%% of it")
	tests := []struct {
		name  string
		write func(*strings.Builder) error
		want  string
	}{
		{
			"github", func(b *strings.Builder) error { return l.WriteGitHub(b) },
			"::error file=openapi.yaml,line=3,col=1,title=DG001::a | b c\n::notice file=openapi.yaml,line=4,col=1,title=DG002::50%25 of it\n",
		},
		{
			"markdown", func(b *strings.Builder) error { return l.WriteMarkdown(b) },
			"| place | code | severity | message |\n|---|---|---|---|\n| `openapi.yaml:3:1` | DG001 | error | a \\| b c |\n| `openapi.yaml:4:1` | DG002 | note | 50% of it |\n",
		},
		{
			"text hides notes", func(b *strings.Builder) error { return l.WriteText(b, nil) },
			"openapi.yaml:3:1: DG001 error: a | b c\n",
		},
		{"empty json", func(b *strings.Builder) error { return (*diag.List)(nil).WriteJSON(b) }, "[]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := tt.write(&b); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExitCode(t *testing.T) {
	var l diag.List
	l.Errorf("DG001", at(1, 1), "one")
	l.Errorf("DG001", at(2, 1), "two")
	err := l.Err(diag.ClassUnreadable)
	if got, want := err.Error(), "openapi.yaml:1:1: DG001 error: one (and 1 more)"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"nil", nil, 0},
		{"wrapped", fmt.Errorf("init: %w", err), 3},
		{"usage", diag.Errorf(diag.ClassUsage, "DG600", diag.Pos{}, "no name"), 2},
		{"other", errors.New("x"), 4},
		{"empty list", (&diag.List{}).Err(diag.ClassFindings), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := diag.ExitCode(tt.err); got != tt.want {
				t.Errorf("ExitCode = %d, want %d", got, tt.want)
			}
		})
	}
}

func Example() {
	var l diag.List
	pos := diag.Pos{File: "openapi.yaml", Line: 2, Col: 7, Pointer: "#/info/title"}
	l.Warnf("DG021", pos, "title is a number").WithHint("Quote it.")
	_ = l.WriteText(os.Stdout, &diag.TextOptions{
		Source: func(string) []byte { return []byte("info:\n  title: 5\n") },
	})
	// Output:
	// openapi.yaml:2:7: DG021 warning: title is a number (#/info/title). Quote it.
	//       title: 5
	//           ^
}
