#!/usr/bin/env bash
# Makes a connector of each real description that is there and vets it: one line
# each with resources, lines, seconds. scripts/corpus.sh [N] stops after N of them.
#   DLTGEN_SPECS=DIR   where the descriptions are; else beside the checkout
#   DEFAULTS=1         select what init selects by itself instead of everything
. "$(dirname "$0")/lib.sh"
specs=$(realpath -m "${DLTGEN_SPECS:-../shared/specs}")
limit=${1:-0}
all=--all; [ -z "${DEFAULTS:-}" ] || all=
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export GOFLAGS=-tags=duckdb_arrow GOPROXY=off GOWORK=off
go build -o "$work/dltgen" ./cmd/dltgen

# The largest and the oddest first, so that a small N says most.
files=(github.json stripe.yaml petstore-2.0.json galaxy-3.1.yaml harvest.yaml figma-3.1.yaml asana.yaml slack.yaml
	aws-kafka.yaml pokeapi.yaml jira.yaml digitalocean.yaml square-2.0.yaml kubernetes-2.0.yaml osf.yaml spotify.json
	twilio.yaml stapi.yaml airflow.json bungie.json google-calendar.yaml game-of-thrones.yaml
	adyen-management-v1.json adyen-management-v3.json)

# one NAME FILE: init, vet, and a line on both.
one() {
	local dir="$work/$1" result=ok began made done
	mkdir "$dir" && cd "$dir"
	began=$(date +%s.%N)
	timeout 120 "$work/dltgen" init "$1" --spec "$2" $all --yes >out 2>err || result="failed: init"
	made=$(date +%s.%N)
	if [ "$result" = ok ] && [ -d "generated/$1" ]; then
		timeout 600 go vet ./generated/... >>out 2>>err || result="failed: vet"
	elif [ "$result" = ok ]; then
		result="ok, nothing selected"
	fi
	done=$(date +%s.%N)
	local selected lines
	selected=$(sed -n 's/.*: \([0-9]*\) of \([0-9]*\) resources\{0,1\} selected.*/\1\/\2/p' out | head -1)
	lines=$(find generated -name '*.go' -exec cat {} + 2>/dev/null | wc -l)
	awk -v n="$1" -v s="${selected:--}" -v l="$lines" -v a="$began" -v b="$made" -v c="$done" -v r="$result" \
		'BEGIN { printf "%-22s %9s %8d %6.1fs %6.1fs  %s\n", n, s, l, b-a, c-b, r }'
	[ "${result%%:*}" != failed ] || { tail -5 err; return 1; }
}

printf '%-22s %9s %8s %7s %7s\n' description resources lines init vet
passed=0 failed=0
for file in "${files[@]}"; do
	[ -e "$specs/$file" ] || continue
	name=${file%.*}
	if (one "$(tr .- __ <<<"$name")" "$specs/$file"); then passed=$((passed + 1)); else failed=$((failed + 1)); fi
	[ $((passed + failed)) != "$limit" ] || break
done
printf '%d ok, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
