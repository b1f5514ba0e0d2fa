// Package normalize is the stage between pages and job files: records become
// rows of tables, under the schema's contracts, and rows become the files of a
// load package (docs/spec/20-normalize.md).
//
//	page → decode → [normalize: shred or slow path → contract → batch] → loadpackage.Job
//
// There are two speeds and one meaning. The slow path is the rules as they are
// written, on a tree of the record; only it changes the schema. The fast path
// copies values of known keys straight from the page into columns; where it
// meets anything else it takes back what it wrote of the record and leaves the
// record to the slow path. What the slow path learns, it publishes as actions
// per key, which the fast path follows from the next record on.
//
// Chunks of pages are decoded in parallel. A record that changes the schema
// waits until all chunks before its own are written, so the schema and the
// order of rows are those of a single worker.
package normalize
