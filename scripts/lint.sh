#!/usr/bin/env bash
# gofumpt, go vet with and without the tag, golangci-lint. The tools are built
# from their modules at pinned versions into .cache/bin.
. "$(dirname "$0")/lib.sh"
bin="$cache/bin"; mkdir -p "$bin"
[ -x "$bin/gofumpt" ] || GOFLAGS= GOBIN="$bin" go install mvdan.cc/gofumpt@v0.12.0
[ -x "$bin/golangci-lint" ] || GOFLAGS= GOBIN="$bin" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
files=$(git ls-files '*.go' | grep -v '/want/' || true)
unformatted=$("$bin/gofumpt" -l $files)
if [ -n "$unformatted" ]; then
	printf 'not formatted by gofumpt:\n%s\n' "$unformatted"; exit 1
fi
go vet ./...
GOFLAGS= go vet ./runtime/... ./cmd/...
"$bin/golangci-lint" run ./...
