#!/usr/bin/env bash
# Runs every fuzz target of the module for FUZZTIME each.
. "$(dirname "$0")/lib.sh"
export GOFLAGS=
for pkg in $(go list ./...); do
	for target in $(go test -list '^Fuzz' "$pkg" 2>/dev/null | grep '^Fuzz' || true); do
		say "$pkg $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-20s}" "$pkg"
	done
done
