#!/usr/bin/env bash
# Lists packages for a suite. "race": those that do not link DuckDB, since its
# C++ is not instrumented and each binary takes long to link.
set -euo pipefail
go list -tags duckdb_arrow -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{join .Deps " "}} {{join .TestImports " "}} {{join .XTestImports " "}}{{end}}' ./... |
	grep -v 'destination/duckdb' | grep -v '/testdata/' | awk 'NF {print $1}'
