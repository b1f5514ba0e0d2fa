"""Compare the tables of a connector with a walk of the API: compare.py DB DATASET LIST.json

LIST.json is what the connector's `list --json` prints. `compare.py --names LIST.json` prints the resources to load, separated by commas.
Exits 1 if an object is missing, doubled, stale or too much, a list inside an object has another length, or a list of the API that one level
of parents reaches has no resource.
"""
import json
import sys
from collections import Counter

from api import walk

BUCKETS, COLLECTIONS, GROUPS = "/buckets", "/buckets/{bucket_id}/collections", "/buckets/{bucket_id}/groups"
RECORDS = "/buckets/{bucket_id}/collections/{collection_id}/records"
LISTS = [BUCKETS, COLLECTIONS, GROUPS, RECORDS]
OPTIONAL = [RECORDS]  # two levels of parents


def from_api():
    """Per list: {(parent ids…, id): object}."""
    got = {path: {} for path in LISTS}
    for b in walk("/buckets"):
        got[BUCKETS][b["id"],] = b
        below = f"/buckets/{b['id']}"
        got[GROUPS].update({(b["id"], g["id"]): g for g in walk(below + "/groups")})
        for c in walk(below + "/collections"):
            got[COLLECTIONS][b["id"], c["id"]] = c
            records = walk(f"{below}/collections/{c['id']}/records")
            got[RECORDS].update({(b["id"], c["id"], r["id"]): r for r in records})
    return got


def listed(path):
    """{path: (resource, table)} of the lists that the connector reads."""
    with open(path, encoding="utf-8") as f:
        rows = [{k.lower(): v for k, v in r.items()} for r in json.load(f)]
    return {r["path"].removeprefix("GET "): (r["name"], r["table"]) for r in rows if r["path"].removeprefix("GET ") in LISTS}


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Tables:
    """What was loaded, read with another copy of DuckDB."""

    def __init__(self, db, dataset):
        import duckdb

        self.con = duckdb.connect(db, read_only=True)
        self.dataset = dataset

    def columns(self, table):
        query = "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ? order by column_index"
        return dict(self.con.execute(query, [self.dataset, table]).fetchall())

    def rows(self, table, columns):
        return self.con.execute(f"select {', '.join(columns)} from {quoted(self.dataset)}.{quoted(table)}").fetchall()

    def objects(self, table, parents):
        """[(key, last_modified in ms)] of a table; the keys are those of from_api."""
        types = self.columns(table)
        wanted = [f"_{p}_id" for p in parents] + ["id", "last_modified"]  # _PARENT_FIELD (G45)
        absent = [c for c in wanted if c not in types]
        if absent:
            raise SystemExit(f"table {table} has no column {', '.join(absent)}; it has {', '.join(types)}")
        stamp = "epoch_ms(last_modified)" if types["last_modified"].startswith("TIMESTAMP") else "last_modified"
        return [(row[:-1], row[-1]) for row in self.rows(table, [*map(quoted, wanted[:-1]), stamp])]

    def elements(self, table, key):
        """Number of elements of all lists under key: rows of the nested table, or lengths of a JSON or list column."""
        if self.columns(f"{table}__{key}"):
            return self.rows(f"{table}__{key}", ["count(*)"])[0][0]
        kind = self.columns(table).get(key)
        if kind is None:
            return 0
        length = f"len({quoted(key)})" if kind.endswith("[]") else f"json_array_length({quoted(key)})"
        return self.rows(table, [f"coalesce(sum({length}), 0)::bigint"])[0][0]


def fault(want, rows):
    """How rows differ from the wanted objects; empty: they do not."""
    count = Counter(k for k, _ in rows)
    missing, more = want.keys() - count.keys(), count.keys() - want.keys()
    doubled = [k for k, n in count.items() if n > 1]
    stale = [k for k, at in rows if k in want and want[k]["last_modified"] != at]
    said = [f"{len(keys)} {what}, such as {'/'.join(min(keys, key=str))}" for keys, what in
            ((missing, "missing"), (more, "too much"), (doubled, "doubled"), (stale, "stale")) if keys]
    return "; ".join(said)


def compare(tables, path, want, resources):
    """Yield (what, wanted, loaded, result) for a list and the lists inside its objects."""
    if path not in resources:
        yield path.rsplit("/", 1)[1], len(want), "-", "" if path in OPTIONAL else "no resource reads it"
        return
    resource, table = resources[path]
    if not tables.columns(table):
        yield resource, len(want), 0, "no table"
        return
    parents = [resources[p][0] for p in LISTS if path.startswith(p + "/")]
    rows = tables.objects(table, parents)
    yield resource, len(want), len(rows), fault(want, rows) or "equal"
    for key in sorted({k for o in want.values() for k, v in o.items() if isinstance(v, list)}):
        n, got = sum(len(o.get(key) or []) for o in want.values()), tables.elements(table, key)
        yield f"  {resource}.{key}", n, got, "equal" if n == got else "differs"


def main():
    if sys.argv[1] == "--names":
        print(",".join(name for name, _ in listed(sys.argv[2]).values()))
        return
    db, dataset, listing = sys.argv[1:4]
    tables, resources, right = Tables(db, dataset), listed(listing), True
    print(f"{'resource':<28}{'wanted':>8}{'loaded':>8}  result")
    for path, want in from_api().items():
        for what, n, got, result in compare(tables, path, want, resources):
            print(f"{what:<28}{n:>8}{got:>8}  {result or 'not loaded: two levels of parents'}")
            right = right and result in ("equal", "")
    sys.exit(not right)


main()
