#!/usr/bin/env bash
# Runs every fuzz target of the packages without DuckDB for FUZZTIME each, all of
# them even if one fails. A failing input is kept in its package's testdata/fuzz.
. "$(dirname "$0")/lib.sh"
export GOFLAGS=
packages=$(scripts/packages.sh)
failed=()
for pkg in $packages; do
	dir=$(go list -f '{{.Dir}}' "$pkg")
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go | sort); do
		say "$pkg $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-20s}" "$pkg" || failed+=("$pkg $target")
	done
done
if [ ${#failed[@]} -gt 0 ]; then
	printf 'failed: %s\n' "${failed[@]}" >&2
	exit 1
fi
