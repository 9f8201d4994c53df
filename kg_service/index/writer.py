"""Feeds the index with what is written to a store, and brings it up to date where it was not."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from pyoxigraph import NamedNode

from kg_service.errors import StoreBusy
from kg_service.index.files import DamagedFile
from kg_service.index.folder import IndexFolder, State
from kg_service.index.graphs import is_derived, live_graphs, stamp_of
from kg_service.index.relations import PREDICATES, Rows
from kg_service.index.segment import (
    GraphEntry,
    Segment,
    build_segment,
    hashes_of,
    merge_segments,
)
from kg_service.rdf import node_object
from kg_service.store.grades import Grades
from kg_service.store.port import GraphReader
from kg_service.store.statements import END, Statements

_log = logging.getLogger(__name__)
# rows that wait in memory for the next segment
_MOST_WAITING = 500_000
# a segment is merged with the one before it unless that is so many times as large
_TIER = 8
_WORTH_SWEEPING = 100_000


class IndexWriter:
    """Writes the index in a folder from a store: see ``SideIndex``. Raises StoreError.

    Where the index is missing, damaged, or has missed what was written to the store, what it
    lacks is read from the store when something is published. Where another process writes the
    index, or it can not be written, it is left as it is: readers find out what it lacks.
    """

    def __init__(self, folder: IndexFolder, store: GraphReader) -> None:
        self._folder = folder
        self._store = store
        self._state: State | None = None
        self._rows = Rows()
        self._entries: list[GraphEntry] = []
        self._caught_up = False

    def add(self, graph: NamedNode, statements: Statements, grades: Grades | None) -> None:
        if not is_derived(graph) or not self._folder.acquire():
            return
        number = self._entered(graph, stamp_of(self._store, graph))
        self._rows.take(statements.lines(), number, grades)
        if len(self._rows) > _MOST_WAITING:
            self._write()

    def drop(self, graph: NamedNode) -> None:
        """Nothing: readers know by the catalogue which graphs there are."""

    def publish(self) -> None:
        if not self._folder.acquire():
            _log.warning(
                "%s: can not be written now; kg index update does it later", self._folder.path
            )
            return
        if not self._caught_up:
            self._catch_up()
        self._write()

    def close(self) -> None:
        self._folder.release()

    def rebuild(self) -> None:
        """Make the whole index anew from the store. Raises StoreBusy."""
        if not self._folder.acquire():
            raise StoreBusy(
                f"{self._folder.path}: another process writes the index; try again later"
            )
        self._state = self._folder.clear()
        self._rows, self._entries, self._caught_up = Rows(), [], False
        self.publish()
        self._merge()

    def _catch_up(self) -> None:
        """Take in the graphs of the store that the index lacks."""
        self._caught_up = True
        for graph in missing_graphs(self._opened().segments, live_graphs(self._store)):
            if any(entry.iri == graph for entry in self._entries):
                continue
            node = NamedNode(graph)
            number = self._entered(node, stamp_of(self._store, node))
            self._rows.take(lines_in(self._store, node), number)
            if len(self._rows) > _MOST_WAITING:
                self._write()

    def _opened(self) -> State:
        if self._state is None:
            try:
                self._state = self._folder.state()
                self._folder.sweep(self._state.manifest)
            except DamagedFile as error:
                _log.warning("%s: %s; the index is built anew", self._folder.path, error)
                self._state = self._folder.clear()
        return self._state

    def _entered(self, graph: NamedNode, stamp: str) -> int:
        number = self._opened().manifest.next_graph + len(self._entries)
        self._entries.append(GraphEntry(number, graph.value, stamp))
        return number

    def _write(self) -> None:
        if not self._entries:
            return
        state = self._opened()
        segment = new_segment(state.segments, self._rows, self._entries)
        next_graph = state.manifest.next_graph + len(self._entries)
        tail = _to_merge(state.segments, segment)
        if tail:
            together = [*tail, segment]
            live = None
            if sum(s.rows for s in together) > _WORTH_SWEEPING:
                live = live_mask(together, live_graphs(self._store), next_graph)
            segment = merge_segments(together, live)
        self._state = self._folder.add(state, segment, len(tail), next_graph)
        self._rows, self._entries = Rows(), []

    def _merge(self) -> None:
        """Leave one segment: each more of them costs every step of a walk some look-ups."""
        state = self._opened()
        if len(state.segments) > 1:
            whole = merge_segments(state.segments, None)
            number = len(state.segments)
            self._state = self._folder.add(state, whole, number, state.manifest.next_graph)


def _to_merge(segments: Sequence[Segment], new: Segment) -> Sequence[Segment]:
    size, number = _size(new), 0
    for segment in reversed(segments):
        if _size(segment) > _TIER * size:
            break
        size += _size(segment)
        number += 1
    return segments[len(segments) - number :]


def _size(segment: Segment) -> int:
    return segment.rows + segment.last - segment.first


def new_segment(segments: Sequence[Segment], rows: Rows, entries: Sequence[GraphEntry]) -> Segment:
    """A segment to follow others, of rows over tokens."""
    iris = list(rows.tokens)
    hashed = hashes_of(iris)
    numbers = np.zeros(len(iris), np.uint32)
    unknown = np.ones(len(iris), np.bool_)
    for segment in segments:
        for place, number in segment.numbers_of(iris, hashed).items():
            numbers[place], unknown[place] = number, False
    first = segments[-1].last if segments else 0
    new = np.flatnonzero(unknown)
    numbers[new] = first + np.arange(len(new), dtype=np.uint32)
    return build_segment(
        first, [iris[place] for place in new.tolist()], rows.table(numbers), entries
    )


def missing_graphs(segments: Sequence[Segment], live: Mapping[str, str]) -> list[str]:
    """The graphs of a store that no segment has with the same content."""
    known = {(entry.iri, entry.stamp) for segment in segments for entry in segment.graphs}
    return sorted(graph for graph, stamp in live.items() if (graph, stamp) not in known)


def live_mask(
    segments: Sequence[Segment], live: Mapping[str, str], size: int
) -> npt.NDArray[np.bool_]:
    """By the number of a graph, whether the store has it; of the same one twice, the later."""
    mask = np.zeros(size, np.bool_)
    latest: dict[str, int] = {}
    for segment in segments:
        for entry in segment.graphs:
            if live.get(entry.iri) == entry.stamp:
                latest[entry.iri] = entry.number
    mask[list(latest.values())] = True
    return mask


def lines_in(store: GraphReader, graph: NamedNode) -> Iterator[bytes]:
    """What a graph says about lineage, read from a store, as lines."""
    for predicate in PREDICATES:
        for quad in store.quads(None, predicate, None, graph):
            if node_object(quad) is not None:
                said = f"{quad.subject} {predicate} {quad.object}"
                yield said.encode() + END
