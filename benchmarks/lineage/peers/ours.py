"""This service: the whole answer with edges and depths, and the bare closure of its index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import NamedNode

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.port import Skipped, own_peak_mb
from benchmarks.lineage.store import settings_of
from kg_service.lineage.model import Direction, Lineage, Request
from kg_service.opening import open_graph

_NO_LIMIT = 100_000_000


class Ours:
    """``KnowledgeGraph.lineage``: nodes, depths, edges with their sources, stops, cycles."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._settings = settings_of(generated.folder)

    def prepare(self) -> None:
        """The store is there, and what the service keeps beside it."""

    def open(self) -> None:
        self._graph = open_graph(self._settings)

    def _lineage(self, start: Start) -> Lineage:
        return self._graph.lineage(Request(NamedNode(start.iri), Direction.UP, limit=_NO_LIMIT))

    def count(self, start: Start) -> int:
        return len(self._lineage(start).nodes)

    def iris(self, start: Start) -> Sequence[str]:
        return [node.value for node in self._lineage(start).nodes]

    def memory_mb(self) -> float:
        return own_peak_mb()

    def close(self) -> None:
        del self._graph


class OurClosure(Ours):
    """The nodes alone, as the index gives them."""

    def prepare(self) -> None:
        raise Skipped("there is no index yet")
