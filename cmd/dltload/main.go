// Command dltload loads files into a database or files, types inferred: a
// connector without a description. It also looks after any pipeline by name.
//
//	dltload events.jsonl --to duckdb:///e.duckdb --dataset raw --table events
package main

import (
	"github.com/dltgen/dltgen/runtime/cli"
	_ "github.com/dltgen/dltgen/runtime/destination/duckdb" // duckdb:// URLs
)

func main() { cli.MainFiles() }
