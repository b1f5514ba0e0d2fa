// Package value has the kinds of value that Go lacks and records need: a value
// that may be null, a calendar date, a time of day, exact decimals and integers
// of any size, instants that remember their offset, and JSON kept as text.
//
// It is a leaf: package record reads these from JSON, generated row structs
// hold them, package batch writes them into Arrow columns. Their text forms are
// dlt's, because row hashes and text columns depend on them
// (docs/spec/20-normalize.md, N24, N25, N32, N44).
package value
