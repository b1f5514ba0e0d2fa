"""Compare what the sides of a benchmark loaded: tables.py TABLE,TABLE… SIDE=DB:SCHEMA…

The first table is the root. Compared are rows, values that are not null, sums of numbers; and within each side, that row ids are unique
and every child has its parent. Exits 1 on a difference.
"""
import math
import sys

import duckdb


def facts(con, schema, table):
    """{what: number} of one table."""
    columns = con.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'x' and schema_name = ? and table_name = ?", [schema, table]).fetchall()
    asked = {"rows": "count(*)"}
    for name, kind in columns:
        if name.startswith("_dlt_"):
            continue
        asked[f"{name} not null"] = f'count("{name}")'
        if kind in ("BIGINT", "INTEGER", "DOUBLE"):
            asked[f"{name} sum"] = f'sum("{name}")::double'
    row = con.execute(f'select {", ".join(asked.values())} from x."{schema}"."{table}"').fetchone()
    return dict(zip(asked, row, strict=True))


def ids(con, schema, root, tables):
    """Faults of the id columns of one side."""
    for t in tables:
        n, distinct = con.execute(f'select count(*), count(distinct _dlt_id) from x."{schema}"."{t}"').fetchone()
        if n != distinct:
            yield f"{t}: {n - distinct} row ids are not unique"
        if t == root:
            continue
        parent = max((p for p in tables if t.startswith(p + "__")), key=len)
        lost = con.execute(f'select count(*) from x."{schema}"."{t}" c anti join x."{schema}"."{parent}" p on c._dlt_parent_id = p._dlt_id').fetchone()[0]
        if lost:
            yield f"{t}: {lost} rows have no parent in {parent}"


def main():
    tables, found, faults = sys.argv[1].split(","), {}, []
    for arg in sys.argv[2:]:
        side, _, rest = arg.partition("=")
        db, _, schema = rest.rpartition(":")
        con = duckdb.connect()
        con.execute(f"attach '{db}' as x (read_only)")
        found[side] = {(t, k): v for t in tables for k, v in facts(con, schema, t).items()}
        if side != "duckdb":  # its 14 random hex digits may repeat
            faults += [f"{side}: {f}" for f in ids(con, schema, tables[0], tables)]
    want = found["duckdb"]
    for side, got in found.items():
        for key in want.keys() | got.keys():
            a, b = want.get(key), got.get(key)
            if a != b and (a is None or b is None or not math.isclose(a, b, rel_tol=1e-9)):
                faults.append(f"{side}: {key[0]}, {key[1]}: {b}, DuckDB has {a}")
    counts = ", ".join(f"{t} {want[t, 'rows']:,}" for t in tables)
    print("\n".join(sorted(faults)) or f"the same rows in all: {counts}", file=sys.stderr)
    sys.exit(bool(faults))


main()
