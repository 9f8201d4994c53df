"""What ingest and lineage cost, side by side with rdflib, in one run: medians of several.

make bench
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rdflib

from benchmarks.results import Table, save
from ingest.bundle import Bundle, SingleFile
from ingest.findings import Findings
from ingest.rocrate import read
from ingest.rocrate.terms import core_context
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.lineage.model import Direction, Request
from kg_service.opening import load_alignment
from kg_service.store.disk import DiskStore

ROUNDS = 3
BASE = "http://bench.test"


def chain_crate(entities: int) -> dict[str, Any]:
    """A crate of runs that each read the file before and write the next: half files, half runs."""
    graph: list[dict[str, Any]] = [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
        {"@id": "./", "@type": "Dataset", "name": "chain", "identifier": "chain"},
    ]
    for number in range(entities // 2):
        graph.append(
            {
                "@id": f"#run-{number}",
                "@type": "CreateAction",
                "name": f"run {number}",
                "object": {"@id": f"file-{number}.txt"},
                "result": {"@id": f"file-{number + 1}.txt"},
                "endTime": "2026-01-01T00:00:00+00:00",
            }
        )
        graph.append(
            {
                "@id": f"file-{number}.txt",
                "@type": "File",
                "name": f"file {number}",
                "contentSize": "1000",
                "sha256": f"{number:064x}",
            }
        )
    return {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph}


def seconds(work: Callable[[], object]) -> float:
    """The median time of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def measure(entities: int) -> list[str]:
    """One row of the table."""
    alignment = load_alignment()
    document = chain_crate(entities)
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "crate.json"
        path.write_text(json.dumps(document), encoding="utf-8")

        def parse() -> list[Any]:
            return list(
                read(Bundle(SingleFile(path), only=path.name)).triples(BASE + "/", Findings())
            )

        inlined = json.dumps({**document, "@context": core_context("1.2")})

        def parse_rdflib() -> rdflib.Graph:
            return rdflib.Graph().parse(data=inlined, format="json-ld", base=BASE + "/")

        rounds = iter(range(1000))

        def whole() -> None:
            store = DiskStore(Path(temporary) / f"store-{next(rounds)}", BASE)
            list(Intake(store, alignment, BASE).take_path(path))
            store.publish()
            store.close()

        triples = parse()
        reading, peer = seconds(parse), seconds(parse_rdflib)
        aligning = seconds(lambda: alignment.align(triples, Findings()))
        ingesting = seconds(whole)
        store = DiskStore(Path(temporary) / "lineage", BASE)
        list(Intake(store, alignment, BASE).take_path(path))
        graph = KnowledgeGraph(store, alignment)
        end = graph.resolve(f"{BASE}/source/chain/file-{entities // 2}.txt")
        walking = seconds(lambda: graph.lineage(Request(end, Direction.UP)))
        store.close()
    figures = (reading, aligning, ingesting, peer, walking)
    return [
        str(entities),
        str(len(triples)),
        *(f"{f:.2f}" for f in figures),
        f"{peer / reading:.0f}x",
    ]


def main() -> None:
    """Print the table, and keep it."""
    head = ["entities", "triples", "read s", "align s", "whole ingest s", "rdflib parse s",
            "lineage of the last file s", "rdflib / read"]  # fmt: skip
    table = Table("One crate", head, [measure(entities) for entities in (1_000, 5_000, 20_000)])
    print(table.markdown())
    save("run", [table])


if __name__ == "__main__":
    main()
