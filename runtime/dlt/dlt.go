// Package dlt is the front door of the runtime: pipelines, sources, resources
// and incremental cursors.
//
// A [Source] is a set of resources, each of which yields the records of one
// root table: a [Resource] of a Go type, as generated connectors have them, or
// [Records] without one. A [Pipeline] loads a source into a dataset:
//
//	report, err := (&dlt.Pipeline{Name: "github", Destination: "duckdb:///github.duckdb", Dataset: "github_data"}).Run(ctx, source)
//
// [Pipeline.Run] is the table of contents of a load: finish what is pending,
// restore the state, extract and normalise in one pass into a load package,
// load the package, and only then move the cursors.
package dlt

// GeneratedCodeV1 is referred to by generated code. If it is missing, the
// runtime is older than the code: upgrade one or generate with the older dltgen.
const GeneratedCodeV1 = true
