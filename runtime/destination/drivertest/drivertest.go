// Package drivertest holds the promises that every destination driver keeps.
//
// A driver is done when [Run] passes: the worked examples of docs/spec/50-load.md for
// each merge and replace strategy that its capabilities name. A new promise is first a
// case here. The [Env] is at hand for a driver's own tests.
//
//	func TestDriver(t *testing.T) {
//		drivertest.Run(t, func(t *testing.T) string { return "duckdb:///" + t.TempDir() + "/db.duckdb" })
//	}
package drivertest

import (
	"slices"
	"testing"

	"github.com/dltgen/dltgen/runtime/destination"
	"github.com/dltgen/dltgen/runtime/schema"
)

// Run runs the suite. newURL gives the address of an empty destination for each test.
func Run(t *testing.T, newURL func(*testing.T) string) {
	caps, err := destination.CapabilitiesOf(newURL(t))
	if err != nil {
		t.Fatal(err)
	}
	has := func(s schema.MergeStrategy) bool { return slices.Contains(caps.MergeStrategies, s) }
	if has(schema.DeleteInsert) {
		runCases(t, "DeleteInsert", newURL, deleteInsertCases, nil)
	}
	if has(schema.Upsert) && has(schema.InsertOnly) && has(schema.CDC) {
		runCases(t, "Upsert", newURL, upsertCases, nil)
		t.Run("X12 duplicate keys", func(t *testing.T) { testUpsertRefusesDuplicateKeys(t, newURL) })
		t.Run("X26 new column", func(t *testing.T) { testUpsertNewColumn(t, newURL) })
	}
	if has(schema.SCD2) {
		runCases(t, "SCD2", newURL, scd2Cases, nil)
		t.Run("X19 boundary", func(t *testing.T) { testSCD2Boundary(t, newURL) })
	}
	for _, s := range caps.ReplaceStrategies {
		runCases(t, "Replace "+string(s), newURL, replaceCases, &destination.Options{ReplaceStrategy: s})
	}
}

func runCases(t *testing.T, group string, newURL func(*testing.T) string, cases []mergeCase, opts *destination.Options) {
	t.Run(group, func(t *testing.T) {
		for _, tt := range cases {
			t.Run(tt.name, func(t *testing.T) { checkMerge(t, newURL, tt, opts) })
		}
	})
}
