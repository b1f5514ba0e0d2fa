#!/usr/bin/env bash
# Generated files are what the generator writes, and go.mod is tidy. Compares the
# files before and after, so it says the same on a clean clone and amid work.
. "$(dirname "$0")/lib.sh"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
files() { git ls-files -z --cached --others --exclude-standard | xargs -0 sha256sum 2>/dev/null | sort -k2 || true; }
files > "$work/before"
go generate ./...
files > "$work/after"
diff "$work/before" "$work/after" > "$work/changed" || {
	sed -n 's/^[<>] [0-9a-f]*  //p' "$work/changed" | sort -u >&2
	echo 'these generated files were stale and are fresh now: look at the difference and commit them' >&2
	exit 1
}
go mod tidy -diff || { echo 'go.mod or go.sum is not tidy: run go mod tidy and commit' >&2; exit 1; }
