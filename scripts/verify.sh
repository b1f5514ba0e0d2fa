#!/usr/bin/env bash
# Generated files are what the generator writes, and go.mod is tidy.
. "$(dirname "$0")/lib.sh"
go generate ./...
go mod tidy
git diff --exit-code -- . || { echo 'generated files or go.mod are stale: run make generate and go mod tidy, then commit'; exit 1; }
new=$(git ls-files --others --exclude-standard)
[ -z "$new" ] || { printf 'files that are generated but not committed:\n%s\n' "$new"; exit 1; }
