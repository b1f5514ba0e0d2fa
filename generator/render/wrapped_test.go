package render

import (
	"strings"
	"testing"

	"github.com/dltgen/dltgen/generator/ir"
)

// TestWrapped: records that are no objects have a column value and no Go field;
// they reach it as an undeclared key does (N2).
func TestWrapped(t *testing.T) {
	c := sample()
	c.Resources = c.Resources[:1]
	c.Resources[0].Item = &ir.Type{Kind: ir.KindString, MaxLength: new(3)}
	c.Resources[0].PrimaryKey.Value = nil
	files, _, err := Files(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := string(fileOf(t, files, "repos_gen.go"))
	for _, want := range []string{`{Name: "value", DataType: schema.Text, Nullable: schema.True}`, "d.Unknown()", "b.Begin(&v.extra)"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in:\n%s", want, got)
		}
	}
	for _, not := range []string{"Validate", "v.Value"} {
		if strings.Contains(got, not) {
			t.Errorf("%s in:\n%s", not, got)
		}
	}
}
