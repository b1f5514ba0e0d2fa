#!/usr/bin/env bash
# Lists the packages with tests that do not link DuckDB, also not through what
# their tests import: its C++ has no race or fuzz instrumentation, and each
# binary takes long to link.
. "$(dirname "$0")/lib.sh"
go list -test -tags duckdb_arrow -f '{{.ImportPath}} {{join .Deps " "}}' ./... |
	awk '$1 ~ /\.test$/ && !/ github\.com\/duckdb\/duckdb-go/ { sub(/\.test$/, "", $1); print $1 }'
