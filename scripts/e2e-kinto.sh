#!/usr/bin/env bash
# A real API that nobody here wrote: Kinto from its registry package, filled
# through its own API, loaded twice by a connector made from the description it
# serves, compared with an independent walk. See e2e/README.md.
. "$(dirname "$0")/lib.sh"
root=$PWD
work=$(mktemp -d)
server=
stop() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server"; } || true
	rm -rf "$work"
}
trap stop EXIT
export DLTGEN_DATA_DIR="$work/data" PYTHONDONTWRITEBYTECODE=1
kinto=$(venv kinto kinto==26.5.0)
python=$(venv duckdb duckdb==1.5.5)/bin/python

say "build dltgen"
go build -o "$work/dltgen" ./cmd/dltgen

say "start Kinto"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$kinto/bin/kinto" start --ini e2e/kinto/kinto.ini --port "$port" > "$work/server.log" 2>&1 & server=$!
export KINTO_URL="http://127.0.0.1:$port/v1"
for _ in $(seq 300); do
	curl -sf -o "$work/hello" "$KINTO_URL/" && break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.2
done
[ -s "$work/hello" ] || { cat "$work/server.log" >&2; echo "Kinto does not answer at $KINTO_URL" >&2; exit 1; }

say "fill it through its own API"
python3 e2e/kinto/fill.py first
curl -sf -o "$work/kinto.json" "$KINTO_URL/__api__"

say "a connector from the description it serves, in an empty folder"
mkdir "$work/shop" && cd "$work/shop"
"$work/dltgen" init kinto --spec "$work/kinto.json" --auth http_basic --all --yes
go build -tags duckdb_arrow -o kinto ./generated/kinto/cmd/kinto

export SOURCES__KINTO__BASE_URL="$KINTO_URL" SOURCES__KINTO__USERNAME=admin SOURCES__KINTO__PASSWORD=s3cret-pass
./kinto list --json > list.json
resources=$(python3 "$root/e2e/kinto/compare.py" --names list.json)

load() {
	say "$1"
	./kinto run --to duckdb:///kinto.duckdb --dataset kinto_data --resources "$resources" --progress off
	say "wanted by a walk of the API, loaded into DuckDB"
	"$python" "$root/e2e/kinto/compare.py" kinto.duckdb kinto_data list.json
}
load "run 1: $resources"
python3 "$root/e2e/kinto/fill.py" second
load "run 2: an object of each kind is new, another is changed"
