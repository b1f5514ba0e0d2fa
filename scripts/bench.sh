#!/usr/bin/env bash
# Rows 1, 2 and 7 of the speed table against dlt and DuckDB, whole processes in
# one go, then the Go benchmarks of the record path. See bench/README.md.
. "$(dirname "$0")/lib.sh"
mkdir -p "$cache/bench"
env=$(venv bench "dlt[duckdb,parquet]==1.31.0" orjson duckdb==1.5.5)
go build -tags duckdb_arrow -o bin/dltload ./cmd/dltload

say "whole processes"
python3 bench/run.py bin/dltload "$env/bin/python" "$cache/bench"

say "Go benchmarks"
go test -run '^$' -bench . -benchtime 1s ./runtime/record ./runtime/batch ./runtime/internal/normalize ./runtime/naming
