"""One run of the pipeline of takeover_test.go: DATABASE PIPELINES_DIR PAGES, the last a
JSON object of records by resource. Prints what the run did as one JSON object."""
import json
import sys

import dlt

database, pipelines_dir, pages = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])


@dlt.resource(primary_key="id", write_disposition="append")
def orders(at=dlt.sources.incremental("at")):
    yield pages["orders"]


@dlt.resource(primary_key="id", write_disposition="merge")
def items(at=dlt.sources.incremental("at")):
    yield pages["items"]


@dlt.source(name="shop")
def shop():
    return orders, items


pipeline = dlt.pipeline(
    "shop", destination=dlt.destinations.duckdb(database), dataset_name="data", pipelines_dir=pipelines_dir
)
info = pipeline.run(shop())
done = {"packages": 0, "created": []}
if info:
    for package in info.load_packages:
        done["packages"] += 1
        done["created"] += sorted(package.schema_update)
print(json.dumps(done))
