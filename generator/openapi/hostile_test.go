package openapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dltgen/dltgen/generator/openapi"
)

// TestHostile reads documents made to be expensive (G14).
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	schemas := func(n int, one func(i int) string) string {
		var b strings.Builder
		b.WriteString("openapi: 3.0.3\npaths: {/x: {get: {responses: {200: {content: {application/json: {schema: {$ref: \"#/components/schemas/S0\"}}}}}}}}\ncomponents:\n  schemas:\n")
		for i := range n {
			fmt.Fprintf(&b, "    S%d: %s\n", i, one(i))
		}
		return b.String()
	}
	ref := func(i int) string { return fmt.Sprintf(`{$ref: "#/components/schemas/S%d"}`, i) }
	tests := []struct{ name, spec string }{
		{"allOf doubles", schemas(60, func(i int) string { return "{allOf: [" + ref(i+1) + ", " + ref(i+1) + "]}" })},
		{"allOf doubles in a circle", schemas(40, func(i int) string {
			return "{allOf: [" + ref((i+1)%40) + ", " + ref((i+2)%40) + "], properties: {a: {type: string}}}"
		})},
		{"oneOf doubles", schemas(60, func(i int) string {
			return "{oneOf: [" + ref(i+1) + ", {properties: {p" + fmt.Sprint(i) + ": {type: string}}}, " + ref(i+2) + "]}"
		})},
		{"long chain of references", schemas(5000, func(i int) string { return ref(i + 1) })},
		{"long chain of properties", schemas(20000, func(i int) string { return "{properties: {a: " + ref(i+1) + "}}" })},
		{"unions of unions", schemas(30, func(i int) string {
			return "{properties: {a: {oneOf: [" + ref((i*7+1)%30) + ", " + ref((i*5+2)%30) + "]}, b: {oneOf: [" + ref((i*3+4)%30) + ", " + ref((i*11+3)%30) + "]}}}"
		})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			if _, _, err := openapi.Read("f.yaml", []byte(tt.spec), nil); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			t.Log(time.Since(start).Round(time.Millisecond))
		})
	}
}
