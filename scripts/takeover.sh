#!/usr/bin/env bash
# Python dlt and ours take turns on one DuckDB file (promise 2, L39).
. "$(dirname "$0")/lib.sh"
python=${DLTGEN_TEST_DLT:-}
if [ -z "$python" ]; then
	python=$(venv dlt 'dlt[duckdb]==1.31.0' duckdb==1.5.5)/bin/python
fi
say "take-over with $python"
DLTGEN_TEST_DLT=$python go test -tags duckdb_arrow -count=1 -run '^TestTakeover$' -v ./runtime/dlt
