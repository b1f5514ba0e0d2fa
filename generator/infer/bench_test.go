package infer_test

import (
	"testing"

	"github.com/dltgen/dltgen/generator/infer"
)

// BenchmarkApply measures detection over the largest documents, without reading
// them (G95 bounds both together).
func BenchmarkApply(b *testing.B) {
	dir := specs(b)
	for _, name := range []string{"github.json", "stripe.yaml", "kubernetes-2.0.yaml"} {
		c := load(b, dir, name)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				fresh := *c
				fresh.Config, fresh.Resources, fresh.LeftOut = nil, nil, nil
				infer.Apply(&fresh, nil)
			}
		})
	}
}
