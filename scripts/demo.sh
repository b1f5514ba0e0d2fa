#!/usr/bin/env bash
# The whole road on one screen: a description becomes a connector, the connector
# loads a running API twice, and the tables answer a question. Works offline.
. "$(dirname "$0")/lib.sh"
work=$(mktemp -d); trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
export DLTGEN_DATA_DIR="$work/data"

say "generate: specs/cityride/openapi.yaml → a typed connector"
make --no-print-directory build
bin="$PWD/bin"
mkdir "$work/shop" && cd "$work/shop"
"$bin/dltgen" init cityride --spec "$OLDPWD/specs/cityride/openapi.yaml" --yes

say "build: one binary"
go build -tags duckdb_arrow -o cityride ./generated/cityride/cmd/cityride
ls -lh cityride | awk '{print $5, $9}'

say "serve: the CityRide API, token required, 429 now and then"
"$bin/demoapi" --addr 127.0.0.1:0 --token demo-token > "$work/url" & server=$!
for _ in $(seq 50); do [ -s "$work/url" ] && break; sleep 0.1; done
url=$(cat "$work/url")
export SOURCES__CITYRIDE__BASE_URL="$url" SOURCES__CITYRIDE__TOKEN=demo-token

say "run 1: everything"
./cityride run --to duckdb:///cityride.duckdb --dataset cityride_data

say "an hour passes in the city"
curl -s -X POST "${url%/v1}/demo/advance"; echo

say "run 2: only what changed"
./cityride run

say "the tables"
sql=""
for t in stations stations__tags repairs repairs__parts riders riders__favourite_stations trips trips__stops; do
	sql="$sql${sql:+ union all }select '$t' as \"table\", count(*) as \"rows\" from cityride_data.$t"
done
./cityride query "$sql"

say "where do trips begin, how far do they go, and what breaks there?"
./cityride query "
  select s.location__district as district, count(*) as trips, round(avg(t.metres)) as mean_metres,
         round(sum(t.fare__amount), 2) as eur,
         (select count(*) from cityride_data.repairs r join cityride_data.stations q on q.id = r._stations_id where q.location__district = s.location__district) as repairs
  from cityride_data.trips t join cityride_data.stations s on s.id = t.from_station_id
  group by all order by trips desc"
