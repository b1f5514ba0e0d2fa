package openapi_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/generator/openapi"
	"github.com/dltgen/dltgen/generator/openapi/tree"
)

// FuzzRead changes documents by their bytes: a connector or an error of class 3
// with a file name, never a panic (G92).
func FuzzRead(f *testing.F) {
	for _, spec := range caseSpecs(f) {
		f.Add(string(spec))
	}
	f.Fuzz(func(t *testing.T, in string) { checkRead(t, []byte(in)) })
}

// FuzzStructure moves, removes and replaces whole nodes, which gets past the
// syntax to the reader of schemas.
func FuzzStructure(f *testing.F) {
	specs := caseSpecs(f)
	f.Add(0, []byte{1, 2, 3})
	f.Add(5, []byte{200, 7, 9, 14, 3, 77})
	f.Fuzz(func(t *testing.T, which int, moves []byte) {
		spec := specs[uint(which)%uint(len(specs))]
		checkRead(t, []byte(mutate(string(spec), moves)))
	})
}

func caseSpecs(tb testing.TB) [][]byte {
	var out [][]byte
	files, _ := filepath.Glob("testdata/ir/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		for _, part := range archive.Files {
			if strings.HasPrefix(part.Name, "openapi.") || strings.HasPrefix(part.Name, "swagger.") {
				out = append(out, part.Data)
			}
		}
	}
	if len(out) == 0 {
		tb.Fatal("no cases")
	}
	return out
}

// mutate swaps what stands after colons on different lines.
func mutate(spec string, moves []byte) string {
	lines := strings.Split(spec, "\n")
	for i := 0; i+1 < len(moves); i += 2 {
		a, b := int(moves[i])%len(lines), int(moves[i+1])%len(lines)
		keyA, valueA, okA := strings.Cut(lines[a], ": ")
		keyB, valueB, okB := strings.Cut(lines[b], ": ")
		switch {
		case okA && okB && a != b:
			lines[a], lines[b] = keyA+": "+valueB, keyB+": "+valueA
		case okA:
			lines[a] = keyA + ": {$ref: \"#/components/schemas/T\"}"
		default:
			lines = append(lines[:a:a], lines[a+1:]...)
			if len(lines) == 0 {
				return ""
			}
		}
	}
	return strings.Join(lines, "\n")
}

func checkRead(t *testing.T, data []byte) {
	opt := &openapi.Options{Limits: &tree.Limits{Bytes: 1 << 16, Depth: 60}}
	c, _, err := openapi.Read("f", data, opt)
	if err != nil {
		var de *diag.Error
		if !errors.As(err, &de) || de.Class != diag.ClassUnreadable || de.Diagnostics[0].Pos.File != "f" {
			t.Fatalf("error without its place: %v", err)
		}
		return
	}
	seen := map[*ir.Type]bool{}
	for _, o := range c.Operations {
		for _, p := range o.Params {
			complete(t, p.Type, seen)
		}
		if o.Response != nil {
			complete(t, o.Response.Type, seen)
		}
	}
	if _, _, err := openapi.Pruned("f", data, opt); err != nil {
		t.Fatalf("pruned: %v", err)
	}
}

// complete checks what all who read the model rely on.
func complete(t *testing.T, at *ir.Type, seen map[*ir.Type]bool) {
	if seen[at] {
		return
	}
	seen[at] = true
	switch at.Kind {
	case ir.KindObject:
		if len(at.Props) == 0 {
			t.Fatalf("%v: an object without properties", at.Pos)
		}
	case ir.KindArray, ir.KindMap:
		if at.Items == nil {
			t.Fatalf("%v: %s without items", at.Pos, at.Kind)
		}
	default: // a scalar stands for itself
	}
	for _, p := range at.Props {
		complete(t, p.Type, seen)
	}
	if at.Items != nil {
		complete(t, at.Items, seen)
	}
	if at.Expandable != nil {
		complete(t, at.Expandable, seen)
	}
}
