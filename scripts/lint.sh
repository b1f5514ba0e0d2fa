#!/usr/bin/env bash
# gofumpt, go vet without the tag, golangci-lint (go vet in it) with the tag. The
# tools are built from their modules at pinned versions into .cache/bin, once.
. "$(dirname "$0")/lib.sh"

# tool MODULE@VERSION prints the path of its command.
tool() {
	local dir="$cache/bin/${1##*@}" path="${1%@*}"
	[ -x "$dir/${path##*/}" ] || GOFLAGS='' GOBIN="$dir" go install "$1" >&2
	printf '%s\n' "$dir/${path##*/}"
}
gofumpt=$(tool mvdan.cc/gofumpt@v0.12.0)
golangci=$(tool github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0)

# Every linter has its say, so that one run shows all there is.
status=0
say gofumpt
unformatted=$(git ls-files --cached --others --exclude-standard '*.go' | grep -v '/want/' | while read -r f; do [ ! -e "$f" ] || echo "$f"; done | xargs "$gofumpt" -l)
if [ -n "$unformatted" ]; then
	printf 'not formatted by gofumpt:\n%s\n' "$unformatted"
	status=1
fi
say "go vet, without the tag"
GOFLAGS='' go vet ./... || status=1
say golangci-lint
"$golangci" run ./... || status=1
exit $status
