"""What the index costs: to build, to feed at ingest, on disk, and with each new source.

    python -m benchmarks.lineage.upkeep load|build|update FOLDER

``load`` fills the store of a generated graph. ``build`` makes its index, which ours then reads;
``update`` adds sources to the store. Prints the figures as JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.ours import request_of
from benchmarks.lineage.peers.port import own_peak_mb
from benchmarks.lineage.plan import SEED
from benchmarks.lineage.shapes import merge
from benchmarks.lineage.statements import BASE, catalogued, file_of, iris_of, step
from benchmarks.lineage.store import load, settings_of, size_of
from kg_service.index.folder import IndexFolder
from kg_service.index.writer import IndexWriter
from kg_service.opening import index_folder, open_graph
from kg_service.store.disk import DiskStore
from kg_service.store.embedded import OxigraphStore
from kg_service.store.grades import LINEAGE_PROPERTIES, Grade, Grades
from kg_service.store.port import Change, GraphStore
from kg_service.store.side import IndexedStore
from kg_service.store.statements import Statements

_FED_STUDIES = 100
_UPDATES = 10
_STEPS_OF_UPDATE = 50  # a run and a file each


def loaded(folder: Path) -> dict[str, Any]:
    """Load the store."""
    load(Generated.of(folder))
    return {}


def build(folder: Path) -> dict[str, Any]:
    """Build the index from the store, and another from statements alone, as ingest feeds it."""
    settings = settings_of(folder)
    store = DiskStore(Path(settings.store), BASE)
    index = index_folder(settings)
    began = time.perf_counter()
    IndexWriter(index, store).rebuild()
    seconds = time.perf_counter() - began
    segments = index.state().segments
    rows = sum(segment.rows for segment in segments)
    store.close()
    return {
        "rows": rows,
        "seconds": seconds,
        "bytes": size_of(index.path),
        "bytes_of_rows": sum(segment.bytes_of_rows() for segment in segments),
        "nodes": segments[-1].last,
        "fed": _fed(folder / "fed"),
        "memory_mb": own_peak_mb(),
    }


def _fed(folder: Path) -> dict[str, float]:
    """How fast an index takes in graphs that are given to it."""
    graphs = [
        (graph, statements, _graded(statements))
        for number in range(_FED_STUDIES)
        for graph, statements in _study(f"fed-{number}", SEED + number).items()
    ]
    store = OxigraphStore()  # which names the graphs, as the index keeps no others
    for number in range(_FED_STUDIES):
        store.commit(Change(insert=_records(f"fed-{number}")))
    writer = IndexWriter(IndexFolder(folder), store)
    began = time.perf_counter()
    for graph, statements, grades in graphs:
        writer.add(graph, statements, grades)
    writer.publish()
    seconds = time.perf_counter() - began
    return {"rows": sum(s.rows for s in IndexFolder(folder).state().segments), "seconds": seconds}


def _graded(statements: Statements) -> Grades:
    """The grades of a graph's lineage statements, as if rows had made them all."""
    grades = Grades()
    lines = [x for x in statements.lines() if x.split(b" ", 2)[1] in LINEAGE_PROPERTIES]
    grades.write(Grade.MAPPED, lines)
    return grades


def _study(name: str, seed: int, steps: int = 1_000_000) -> dict[NamedNode, Statements]:
    """A study's graphs, or a chain of so many steps where those are fewer."""
    names = iris_of(name).graphs()
    shape = merge(seed) if steps > 1_000 else ((n + 1,) * (n < steps - 1) for n in range(steps))
    lines: dict[NamedNode, list[bytes]] = defaultdict(list)
    for number, used in enumerate(shape):
        text = step(names, name, number, [file_of(name, n) for n in used])
        for line in text.splitlines():
            told, _, name_of_graph = line.removesuffix(" .").rpartition(" ")
            lines[NamedNode(name_of_graph[1:-1])].append(told.encode() + b" .\n")
    made = {}
    for graph, told_lines in lines.items():
        made[graph] = Statements()
        made[graph].write(told_lines)
    return made


def update(folder: Path) -> dict[str, Any]:
    """Add small sources: with the index, without it, and how soon a reader answers of them."""
    settings = settings_of(folder)
    reader = open_graph(settings)
    generated = Generated.of(folder)
    reader.lineage(request_of(generated.starts["merge"][0]))  # as one that was in use
    seen = []

    def asked(name: str) -> None:
        began = time.perf_counter()
        lineage = reader.lineage(request_of(Start(file_of(name, 0), 0)))
        seen.append(time.perf_counter() - began)
        assert len(lineage.nodes) == 2 * _STEPS_OF_UPDATE, "a new source is not seen at once"

    store = DiskStore(Path(settings.store), BASE)
    indexed = IndexedStore(store, [IndexWriter(index_folder(settings), store)])
    _add(indexed, "warm")
    with_index = [_add(indexed, f"new-{n}", asked) for n in range(_UPDATES)]
    indexed.close()
    plain = DiskStore(Path(settings.store), BASE)
    _add(plain, "warm-plain")
    without = [_add(plain, f"plain-{n}") for n in range(_UPDATES)]
    plain.close()
    return {
        "nodes": 2 * _STEPS_OF_UPDATE,
        "with_index_ms": statistics.median(with_index) * 1000,
        "without_index_ms": statistics.median(without) * 1000,
        "first_answer_ms": statistics.median(seen) * 1000,
    }


def _records(name: str) -> list[Quad]:
    """What the catalogue says of a generated source."""
    return list(parse("".join(catalogued(name)).encode(), RdfFormat.N_QUADS))


def _add(store: GraphStore, name: str, then: Any = None) -> float:
    """Commit and publish one small source; the seconds that took."""
    change = Change(graphs=_study(name, 0, _STEPS_OF_UPDATE), insert=_records(name))
    began = time.perf_counter()
    store.commit(change)
    store.publish()
    seconds = time.perf_counter() - began
    if then is not None:
        then(name)
    return seconds


if __name__ == "__main__":
    work = {"load": loaded, "build": build, "update": update}[sys.argv[1]]
    print(json.dumps(work(Path(sys.argv[2]))))
