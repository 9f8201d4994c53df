"""What GraphQL adds to a walk: 1,600 nodes with 6 fields each; medians of one run.

    python -m benchmarks.graphql

Beside it: the walk alone, writing the same JSON with orjson, reading the things from their file
(first, and when they were read before), and the same query in GraphQL's ordinary execution.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from benchmarks.results import Table, save
from benchmarks.run import chain_crate
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.lineage.model import Direction, Request
from kg_service.opening import load_alignment, open_graph, open_writer
from kg_service.service.context import ServiceContext
from kg_service.service.graphql_context import GraphQLContext
from kg_service.service.graphql_projection import ProjectingExecutor
from kg_service.service.graphql_schema import make_schema
from kg_service.settings import Settings

NODES = 1600
ROUNDS = 9
BASE = "http://bench.test"
QUERY = """query($id: ID!) { lineage(id: $id, direction: UP) { complete nodes {
  depth kind thing { id label kinds identifiers }
} } }"""


def median_ms(measured: Callable[[], Any], before: Callable[[], Any] = lambda: None) -> float:
    """The median time of some rounds, the first of which does not count."""
    took = []
    for _ in range(ROUNDS + 1):
        before()
        began = time.perf_counter()
        measured()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[1:])


def filled(folder: Path) -> KnowledgeGraph:
    """A store of one chain of runs and files."""
    crate = folder / "crate"
    crate.mkdir()
    (crate / "ro-crate-metadata.json").write_text(json.dumps(chain_crate(NODES + 2)))
    settings = Settings(store=str(folder / "store"), base=BASE)
    store = open_writer(settings)
    for report in Intake(store, load_alignment(), BASE).take_path(crate):
        assert report is not None
        assert report.error is None, report.error
    store.publish()
    store.close()
    return open_graph(settings)


def main() -> None:
    """Print the table."""
    loop = asyncio.new_event_loop()  # asyncio.run would make a text of the whole answer
    with tempfile.TemporaryDirectory() as folder:
        graph = filled(Path(folder))
        context = ServiceContext(graph, (), BASE)
        start = graph.resolve(f"file {NODES // 2}")
        request = Request(start, Direction.UP)
        schema, ordinary = make_schema(), make_schema()
        ordinary.execution_context_class = ProjectingExecutor.__bases__[0]

        def ask(asked: Any = schema) -> bytes:
            given = GraphQLContext(context)
            variables = {"id": start.value}
            answer = loop.run_until_complete(asked.execute(QUERY, variables, context_value=given))
            assert answer.errors is None, answer.errors
            return orjson.dumps({"data": answer.data})

        told = orjson.loads(ask())
        gc.collect()
        gc.freeze()  # as the service does when it has started
        iris = [node["thing"]["id"] for node in told["data"]["lineage"]["nodes"]]
        walk = median_ms(lambda: graph.frozen().lineage(request))
        write = median_ms(lambda: orjson.dumps(told))
        things = graph.frozen().found()
        first = median_ms(lambda: things.things(iris), things.forget)
        again = median_ms(lambda: things.things(iris))
        whole = median_ms(ask)
        cold = median_ms(ask, graph.frozen().found().forget)
        slow = median_ms(lambda: ask(ordinary))
    rows = [
        (name, f"{value:.2f}")
        for name, value in (
            ("the walk", walk),
            ("orjson", write),
            ("things from the file", first),
            ("things read before", again),
            ("GraphQL, all of it", whole),
            ("GraphQL, things not read before", cold),
            ("GraphQL, ordinary execution", slow),
            ("GraphQL / (walk + orjson), a ratio", whole / (walk + write)),
            ("the same, things not read before", cold / (walk + write)),
            ("GraphQL beyond the walk", whole - walk),
        )
    ]
    size = f"{len(iris)} nodes, 6 fields, {len(orjson.dumps(told)):,} bytes"
    table = Table("A lineage by GraphQL", (size, f"ms, median of {ROUNDS}"), rows)
    print(table.markdown())
    save("graphql", [table])


if __name__ == "__main__":
    main()
