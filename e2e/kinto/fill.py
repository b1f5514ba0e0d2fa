"""Fill Kinto through its own API: fill.py first|second

first   the account, then 130 buckets, 24 collections, 136 groups and 1,500 records; some objects are deleted on the way
second  one object of each kind is new, some are changed, none is deleted
"""
import random
import sys

from api import USER, PASSWORD, batch, request

WORDS = "amber birch cedar delta ember fjord grove heath inlet juniper".split()
STATUS = ["open", "paid", "shipped", None]


def order(r, i):
    return {
        "number": f"SO-{i:05d}", "status": r.choice(STATUS), "total": round(r.uniform(1, 900), 2), "gift": r.random() < 0.1,
        "customer": {
            "name": " ".join(r.choices(WORDS, k=2)),
            "address": {"city": r.choice(["Zürich", "東京", "Kraków"]), "zip": f"{r.randrange(99999):05d}"},
        },
        "lines": [{"sku": r.choice(WORDS), "qty": r.randrange(1, 5), "price": round(r.uniform(1, 99), 2)} for _ in range(r.randrange(4))],
        "tags": r.sample(WORDS, r.randrange(3)),
        "placed_at": f"2026-0{r.randrange(1, 10)}-{r.randrange(10, 28)}T08:{r.randrange(10, 60)}:00Z",
    }


def customer(r, i):
    c = {"name": " ".join(r.choices(WORDS, k=2)), "age": r.randrange(18, 90), "note": r.choice(["", "asks for \"quotes\"\n", None, "naïve – 100 %"])}
    if r.random() < 0.5:
        c["Phone Number"] = f"+41 {r.randrange(10**8)}"
    return c


def reading(r, i):
    # "value" is a number in most records and text in some; "big" needs all of an int64.
    return {"seq": i, "value": r.choice([r.random() * 100, r.randrange(100), "n/a"]), "big": 2**53 + i, "flags": {"a": True, "b": r.choice([True, None])}}


def document(r, i):
    return {"title": r.choice(WORDS), "$meta": {"@type": "doc", "v": i}, "matrix": [[i, i + 1], [r.randrange(9)]], "empty": {}, "none": []}


SHAPES = {"orders": order, "customers": customer, "readings": reading, "documents": document}
# bucket → collection → number of records. The same names below two buckets: an id says nothing without its bucket.
COLLECTIONS = {
    "shop": {"orders": 700, "customers": 250, "documents": 40},
    "lab": {"orders": 130, "readings": 260, "documents": 30},
    "depot": {"orders": 100},
}


def objects(prefix, shape, n):
    r = random.Random(prefix)
    return [("PUT", f"{prefix}/{shape}-{i:04d}", SHAPES[shape](r, i)) for i in range(n)]


def first():
    request("PUT", f"/accounts/{USER}", {"data": {"password": PASSWORD}}, auth=False)
    buckets = list(COLLECTIONS) + [f"box-{i:03d}" for i in range(127)]
    batch([("PUT", f"/buckets/{b}", {"owner": random.Random(b).choice(WORDS), "size": len(b)}) for b in buckets])
    batch([("PUT", "/buckets/gone", {"owner": "nobody"}), ("DELETE", "/buckets/gone", None), ("PATCH", "/buckets/depot", {"owner": "last"})])

    batch([("PUT", f"/buckets/{b}/collections/{c}", {"kind": c, "sort": "-last_modified"}) for b, cs in COLLECTIONS.items() for c in cs])
    batch([("PUT", f"/buckets/box-{i:03d}/collections/empty", {"kind": "none"}) for i in range(17)])
    for b, cs in COLLECTIONS.items():
        for c, n in cs.items():
            path = f"/buckets/{b}/collections/{c}/records"
            todo = objects(path, c, n)
            keep = [(m, p + "-gone", d) for m, p, d in todo[:5]]
            # Deleted before the last write of the list: no tombstone is newer than the newest record.
            batch(todo[:-1] + keep + [("DELETE", p, None) for _, p, _ in keep] + todo[-1:])

    groups = [(b, f"team-{i:03d}") for b, n in [("shop", 110), ("lab", 20), ("depot", 5)] for i in range(n)]
    batch([("PUT", f"/buckets/{b}/groups/{g}", {"members": [f"account:{w}" for w in random.Random(b + g).sample(WORDS, 3)]}) for b, g in groups])
    batch([("DELETE", f"/buckets/lab/groups/team-{i:03d}", None) for i in range(3)])
    batch([("PUT", f"/buckets/{b}/groups/owners", {"members": []}) for b in COLLECTIONS])
    batch([("PUT", "/buckets/box-000/groups/owners", {"members": ["account:fjord"]})])


def second():
    r = random.Random(2)
    batch([
        ("PUT", "/buckets/annex", {"owner": "new", "size": 5}),
        ("PATCH", "/buckets/shop", {"owner": "changed"}),
        ("PUT", "/buckets/annex/collections/orders", {"kind": "orders", "sort": "number"}),
        ("PATCH", "/buckets/lab/collections/readings", {"kind": "changed"}),
        ("PUT", "/buckets/annex/groups/owners", {"members": ["account:grove", "account:heath"]}),
        ("PATCH", "/buckets/shop/groups/team-007", {"members": ["account:amber"]}),
        ("PUT", "/buckets/annex/collections/orders/records/orders-9000", order(r, 9000)),
        ("PUT", "/buckets/shop/collections/orders/records/orders-9001", order(r, 9001)),
        ("PUT", "/buckets/shop/collections/orders/records/orders-0003", order(r, 3)),
        ("PATCH", "/buckets/lab/collections/readings/records/readings-0010", {"value": 1.5}),
    ])


{"first": first, "second": second}[sys.argv[1]]()
