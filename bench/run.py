"""Run the sides of the speed table in turn, each as a whole process, and print what they took: run.py BIN PYTHON INPUTS

BIN is dltload, PYTHON has the peers' packages, INPUTS a folder for the generated files.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
DLT = os.environ.get("BENCH_DLT", "1") != "0"
WORK = os.environ.get("BENCH_WORK", "flat,orders,one").split(",")


@dataclass
class Took:
    cpu: float
    wall: float
    peak: float  # MB


@dataclass
class Work:
    name: str
    title: str
    shape: str
    rows: int
    tables: list
    cpu: tuple  # (bound, "×" of DuckDB or "s"): the table of design.md
    peak: float | None  # MB


def works():
    nested = ["orders", "orders__items", "orders__items__discounts", "orders__tags", "orders__payment__events"]
    return [w for w in (
        Work("flat", f"flat {ROWS:,} → DuckDB", "flat", ROWS, ["flat"], (0.8, "×"), 300),
        Work("orders", f"orders {ROWS // 5:,} → 5 tables", "orders", ROWS // 5, nested, (0.3, "×"), 300),
        Work("one", "one record, cold", "flat", 1, ["flat"], (0.08, " s"), None),
    ) if w.name in WORK]


def measure(command, cwd, env, log):
    """Run one process and its children to the end; the times are the kernel's."""
    start = time.perf_counter()
    with open(log, "wb") as out:
        p = subprocess.Popen(command, cwd=cwd, env=env, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(p.pid, 0)
    wall = time.perf_counter() - start
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode:
        with open(log, encoding="utf-8", errors="replace") as f:
            sys.exit(f"{' '.join(command)}\nexit code {p.returncode}\n{f.read()[-3000:]}")
    return Took(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def sides(work, data, load, python, db):
    """{side: (command, schema of its tables)}"""
    peers = os.path.join(HERE, "peers")
    tail = [data, db] if work.shape == "orders" else [data, work.shape, db]
    all_sides = {
        "ours": ([load, data, "--to", f"duckdb:///{os.path.basename(db)}", "--dataset", "bench", "--table", work.shape, "--progress", "off"], "bench"),
        "duckdb": ([python, os.path.join(peers, f"duckdb_{work.shape}.py"), *tail], "main"),
        "dlt": ([python, os.path.join(peers, "dlt_jsonl.py"), data, work.shape, "duckdb", db], "bench"),
    }
    return {s: v for s, v in all_sides.items() if s != "dlt" or DLT}


def least(runs):
    return Took(min(r.cpu for r in runs), min(r.wall for r in runs), min(r.peak for r in runs))


def one(work, data, load, python, scratch):
    """Every side in turn, RUNS times; then the tables of all sides are compared."""
    took, last = {}, {}
    for run in range(RUNS):
        for side in ("ours", "duckdb", "dlt"):
            home = os.path.join(scratch, f"{work.name}-{side}")
            db = os.path.join(home, "loaded.duckdb")
            found = sides(work, data, load, python, db)
            if side not in found or side == "dlt" and run > 0 and work.name != "one":
                continue
            shutil.rmtree(home, ignore_errors=True)
            os.mkdir(home)
            env = {**os.environ, "HOME": home, "DLTGEN_DATA_DIR": os.path.join(home, "data"), "DLT_DATA_DIR": os.path.join(home, "dlt")}
            command, schema = found[side]
            t = measure(command, home, env, os.path.join(home, "log"))
            print(f"{work.title:<30} {side:<7} run {run + 1}: {t.cpu:.2f} s CPU, {t.wall:.2f} s wall, {t.peak:.0f} MB", file=sys.stderr, flush=True)
            took.setdefault(side, []).append(t)
            last[side] = f"{side}={db}:{schema}"
    same = subprocess.run([python, os.path.join(HERE, "tables.py"), ",".join(work.tables), *last.values()])
    for side in last:
        shutil.rmtree(os.path.join(scratch, f"{work.name}-{side}"))
    return {side: least(runs) for side, runs in took.items()}, same.returncode == 0


def lines(work, took):
    base = took["duckdb"].cpu
    bound, unit = work.cpu
    for side, t in took.items():
        target = stand = ""
        if side == "ours":
            target = f"{bound:g}{unit}" + (f", {work.peak:.0f} MB" if work.peak else "")
            stand = f"{(t.cpu / base if unit == '×' else t.cpu) / bound:.2f}" + (f", {t.peak / work.peak:.2f}" if work.peak else "")
        yield (work.title, side, f"{t.cpu:.2f}", f"{t.wall:.2f}", f"{t.wall / t.cpu:.2f}", f"{t.peak:.0f}", f"{t.cpu / base:.2f}×", target, stand)


def show(rows):
    head = ("work", "side", "CPU s", "wall s", "wall/CPU", "peak MB", "to DuckDB", "target", "ours / target")
    width = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    for r in [head, *rows]:
        cells = [c.rjust(w) if 2 <= i <= 6 else c.ljust(w) for i, (c, w) in enumerate(zip(r, width, strict=True))]
        print("  ".join(cells).rstrip())


def inputs(work, folder):
    """The input of a work, made once, then read once so that it is in the page cache."""
    path = os.path.join(folder, f"{work.shape}-{work.rows}.jsonl")
    if not os.path.exists(path):
        subprocess.run([sys.executable, os.path.join(HERE, "gen.py"), work.shape, str(work.rows), path + ".part"], check=True)
        os.rename(path + ".part", path)
    with open(path, "rb") as f:
        while f.read(1 << 20):
            pass
    return path


def main():
    load, python, folder = map(os.path.abspath, sys.argv[1:4])
    rows, right = [], True
    with tempfile.TemporaryDirectory(dir=folder, prefix="run-") as scratch:
        for work in works():
            took, same = one(work, inputs(work, folder), load, python, scratch)
            rows += lines(work, took)
            right = right and same
    print()
    show(rows)
    if not right:
        sys.exit("the sides did not load the same: see above")


main()
