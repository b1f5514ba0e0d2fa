package rendertest

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-playground/validator/v10"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dltgen/dltgen/generator/render/testdata/github"
	"github.com/dltgen/dltgen/runtime/dlt"
	"github.com/dltgen/dltgen/runtime/value"
)

// newValidator is a validator that knows the null types and the expressions of
// the golden connector.
func newValidator(t *testing.T) *validator.Validate {
	t.Helper()
	v := validator.New()
	v.RegisterCustomTypeFunc(null[string], value.Null[string]{})
	v.RegisterCustomTypeFunc(null[float64], value.Null[float64]{})
	v.RegisterCustomTypeFunc(null[github.SimpleUser], value.Null[github.SimpleUser]{})
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("json") })
	color := regexp.MustCompile("^[0-9a-f]{6}$")
	err := v.RegisterValidation("re", func(fl validator.FieldLevel) bool { return color.MatchString(fl.Field().String()) })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// null is a null's value, or a nil pointer, which omitnil passes over.
func null[T any](v reflect.Value) any {
	n := v.Interface().(value.Null[T])
	if !n.Valid {
		return (*T)(nil)
	}
	return n.V
}

// TestAgree: tags under validator/v10 and inline code find the same (G64).
func TestAgree(t *testing.T) {
	good := func() *github.Issue {
		return &github.Issue{
			Number: 1, State: "open", Title: "x", UpdatedAt: time.Unix(0, 0),
			User:   github.SimpleUser{Email: value.Some("a@b.co")},
			Labels: []github.Label{{Name: "bug", Color: value.Some("00ff00")}},
		}
	}
	tests := []struct {
		name   string
		change func(*github.Issue)
		want   []string
	}{
		{"all well", func(*github.Issue) {}, nil},
		{"too small", func(v *github.Issue) { v.Number = 0 }, []string{"number min=1"}},
		{"none of the words", func(v *github.Issue) { v.State = "half" }, []string{"state oneof=open closed"}},
		{"no word at all", func(v *github.Issue) { v.State = "" }, []string{"state oneof=open closed"}},
		{"a null passes", func(v *github.Issue) { v.StateReason = value.Null[string]{} }, nil},
		{"a nullable one of the words", func(v *github.Issue) { v.StateReason = value.Some("reopened") }, nil},
		{
			"a nullable none of the words", func(v *github.Issue) { v.StateReason = value.Some("x") },
			[]string{"state_reason oneof=completed reopened not_planned duplicate"},
		},
		{
			"a nullable empty text", func(v *github.Issue) { v.StateReason = value.Some("") },
			[]string{"state_reason oneof=completed reopened not_planned duplicate"},
		},
		{"not above the bound", func(v *github.Issue) { v.Score = value.Some(0.0) }, []string{"score gt=0"}},
		{"a bad address inside", func(v *github.Issue) { v.User.Email = value.Some("nobody") }, []string{"user.email email"}},
		{"too short in a list", func(v *github.Issue) { v.Labels[0].Name = "" }, []string{"labels[0].name min=1"}},
		{"too long in characters", func(v *github.Issue) { v.Labels[0].Name = strings.Repeat("ü", 51) }, []string{"labels[0].name max=50"}},
		{"long enough in characters", func(v *github.Issue) { v.Labels[0].Name = strings.Repeat("ü", 50) }, nil},
		{"no match", func(v *github.Issue) { v.Labels[0].Color = value.Some("red") }, []string{"labels[0].color re=reLabelColor"}},
		{"too many elements", func(v *github.Issue) { v.Labels = append(make([]github.Label, 0), slicesOf(v.Labels[0], 101)...) }, []string{"labels max=100"}},
		{"several at once", func(v *github.Issue) { v.Number, v.State = -1, "x" }, []string{"number min=1", "state oneof=open closed"}},
	}
	validate := newValidator(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := good()
			tt.change(v)
			var f dlt.Findings
			v.Validate(&f)
			var inline []string
			for _, x := range f.List {
				inline = append(inline, x.Path+" "+x.Rule)
			}
			if diff := cmp.Diff(tt.want, inline, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("inline (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, byTags(t, validate, v), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("validator (-want +got):\n%s", diff)
			}
		})
	}
}

// byTags is what validator/v10 finds, in the words of a Finding.
func byTags(t *testing.T, validate *validator.Validate, v any) []string {
	t.Helper()
	var found validator.ValidationErrors
	if err := validate.Struct(v); err != nil && !errors.As(err, &found) {
		t.Fatal(err)
	}
	var out []string
	for _, e := range found {
		_, path, _ := strings.Cut(e.Namespace(), ".")
		rule := e.Tag()
		if e.Param() != "" {
			rule += "=" + e.Param()
		}
		out = append(out, path+" "+rule)
	}
	return out
}

func slicesOf[T any](v T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}
