"""This service: the whole answer with edges and depths, and the bare closure of its index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.port import Skipped, own_peak_mb
from benchmarks.lineage.store import settings_of
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, Lineage, Request
from kg_service.opening import open_graph
from kg_service.service.app import settle

_NO_LIMIT = 100_000_000
_LARGEST_WITHOUT_INDEX = 2_000_000


def request_of(start: Start) -> Request:
    """All that is upstream of a start."""
    return Request(NamedNode(start.iri), Direction.UP, limit=_NO_LIMIT)


class Ours:
    """``KnowledgeGraph.lineage``: nodes, depths, edges with their sources, stops, cycles."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._generated = generated

    def prepare(self) -> None:
        """The store is there, and the index beside it."""

    def open(self) -> None:
        self._graph = self._opened()
        settle()  # as the service does when it starts

    def _opened(self) -> KnowledgeGraph:
        return open_graph(settings_of(self._generated.folder))

    def _lineage(self, start: Start) -> Lineage:
        return self._graph.lineage(request_of(start))

    def count(self, start: Start) -> int:
        return len(self._lineage(start).nodes)

    def iris(self, start: Start) -> Sequence[str]:
        return [node.value for node in self._lineage(start).nodes]

    def memory_mb(self) -> float:
        return own_peak_mb()

    def close(self) -> None:
        del self._graph


class OurClosure(Ours):
    """The nodes alone, as the index gives them: what the peers are asked."""

    def count(self, start: Start) -> int:
        assert self._graph.index is not None
        return self._graph.index.count(request_of(start), self._graph.reader.frozen())

    def iris(self, start: Start) -> Sequence[str]:
        assert self._graph.index is not None
        return self._graph.index.iris(request_of(start), self._graph.reader.frozen())


class OursWithoutIndex(Ours):
    """The same answer, read statement by statement from the store."""

    def prepare(self) -> None:
        if self._generated.quads > _LARGEST_WITHOUT_INDEX:
            raise Skipped("only on the small graph")

    def _opened(self) -> KnowledgeGraph:
        return replace(super()._opened(), index=None)
