// Package conformance runs the recorded behaviour of dlt against this runtime.
//
// A case is a few records, hints and settings in case.yaml, and what dlt 1.31
// left in the destination after each step in expected.json. The runner builds a
// source from the case, runs it through a real pipeline into DuckDB, takes the
// same snapshot of the tables, and reports the first difference.
package conformance
