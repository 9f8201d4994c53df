"""Whether an index says what its store says: checksums, graphs, and every row of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyoxigraph import NamedNode

from kg_service.index.files import DamagedFile
from kg_service.index.folder import IndexFolder, State
from kg_service.index.graphs import live_graphs
from kg_service.index.relations import Relation, Rows, Table
from kg_service.index.segment import hashes_of
from kg_service.index.writer import lines_in, live_mask, missing_graphs
from kg_service.store.port import GraphReader


@dataclass(frozen=True)
class IndexStatus:
    """The size of an index, and how it stands to its store. ``bytes_of_rows``: without names."""

    segments: int
    nodes: int
    rows: int
    bytes: int
    bytes_of_rows: int
    graphs: int
    missing: tuple[str, ...]
    superseded: int
    faults: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.faults and not self.missing

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "segments": self.segments,
            "nodes": self.nodes,
            "rows": self.rows,
            "bytes": self.bytes,
            "bytesOfRows": self.bytes_of_rows,
            "graphs": self.graphs,
            "missingGraphs": list(self.missing),
            "supersededGraphs": self.superseded,
            "faults": list(self.faults),
        }


def status(folder: IndexFolder, store: GraphReader, *, verify: bool = False) -> IndexStatus:
    """How an index stands to a state of its store; with ``verify``, row by row.

    Raises StoreError.
    """
    live = live_graphs(store)
    try:
        if verify:
            folder.check()
        state = folder.state()
    except DamagedFile as error:
        return IndexStatus(0, 0, 0, 0, 0, 0, tuple(sorted(live)), 0, (str(error),))
    known = sum(len(segment.graphs) for segment in state.segments)
    shown = live_mask(state.segments, live, state.manifest.next_graph)
    return IndexStatus(
        segments=len(state.segments),
        nodes=state.last,
        rows=sum(segment.rows for segment in state.segments),
        bytes=sum(a.nbytes for segment in state.segments for a in segment.arrays.values()),
        bytes_of_rows=sum(segment.bytes_of_rows() for segment in state.segments),
        graphs=int(shown.sum()),
        missing=tuple(missing_graphs(state.segments, live)),
        superseded=known - int(shown.sum()),
        faults=tuple(_differences(state, store, live)) if verify else (),
    )


def _differences(state: State, store: GraphReader, live: dict[str, str]) -> Iterator[str]:
    """What graphs say otherwise in the index than in the store."""
    shown = live_mask(state.segments, live, state.manifest.next_graph)
    for segment in state.segments:
        table = segment.table()
        order = np.argsort(table.graphs, kind="stable")
        table = table.where(order)
        for entry in segment.graphs:
            if not shown[entry.number]:
                continue
            begin, end = np.searchsorted(table.graphs, [entry.number, entry.number + 1])
            indexed = _as_set(table.where(np.arange(begin, end)))
            rows = Rows()
            rows.take(lines_in(store, NamedNode(entry.iri)), entry.number)
            stored = _as_set(rows.table(_numbers(state, rows)))
            if extra := len(indexed - stored):
                yield f"{entry.iri}: {extra} statements of the index are not in the store"
            if lacking := stored - indexed:
                kinds: dict[str, int] = defaultdict(int)
                for _, code, _ in lacking:
                    kinds[Relation(code).name.lower()] += 1
                told = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items()))
                yield f"{entry.iri}: {len(lacking)} statements are not in the index ({told})"


def _as_set(table: Table) -> set[tuple[int, int, int]]:
    return set(
        zip(table.subjects.tolist(), table.codes.tolist(), table.objects.tolist(), strict=True)
    )


def _numbers(state: State, rows: Rows) -> np.ndarray[Any, np.dtype[np.uint32]]:
    iris = list(rows.tokens)
    # what no segment names has numbers of its own, so that it is told as lacking
    numbers = np.arange(state.last, state.last + len(iris), dtype=np.uint32)
    for segment in state.segments:
        for place, number in segment.numbers_of(iris, hashes_of(iris)).items():
            numbers[place] = number
    return numbers
