"""One state of an index, as one graph over all its segments: look-ups and bulk expansion."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyoxigraph import NamedNode

from kg_service.index.relations import Codes, Ids, Relation
from kg_service.index.segment import (
    BACK,
    FORTH,
    JOINED,
    JOINED_BY_NAME,
    Places,
    Segment,
    hash_of,
)

Mask = npt.NDArray[np.bool_]


class Found:
    """Rows met from some nodes: for each row its node, the other one, and what relates them.

    The graphs and grades of rows are looked up when asked for, which many walks never do.
    """

    __slots__ = ("_at", "_grades", "_graphs", "codes", "origins", "others")

    def __init__(
        self,
        origins: Places,
        others: Places,
        codes: Codes,
        graphs: Ids,
        grades: Codes,
        at: slice | Places,
    ) -> None:
        self.origins = origins
        self.others = others
        self.codes = codes
        self._graphs = graphs
        self._grades = grades
        self._at = at

    def __len__(self) -> int:
        return len(self.others)

    @property
    def graphs(self) -> Ids:
        return self._graphs[self._at]

    @property
    def grades(self) -> Codes:
        return self._grades[self._at]

    def where(self, wanted: Mask) -> Found:
        """Those of a mask."""
        at = self._at
        if isinstance(at, slice):
            at = np.arange(at.start, at.stop)
        return Found(
            self.origins[wanted],
            self.others[wanted],
            self.codes[wanted],
            self._graphs,
            self._grades,
            at[wanted],
        )


class IndexView:
    """Segments seen as one graph. ``shown``: by the number of a graph, whether it is seen."""

    def __init__(self, segments: Sequence[Segment], shown: Mask) -> None:
        self.segments = tuple(segments)
        self.shown = shown
        self.size = segments[-1].last if segments else 0
        self._all_shown = all(shown[e.number] for s in segments for e in s.graphs)
        self._graphs: Mapping[int, str] = {
            e.number: e.iri for segment in segments for e in segment.graphs
        }
        self._lists = {
            name: [
                replace(segment.lists[name], every=segment.last == self.size)
                for segment in segments
            ]
            for name in (*FORTH, *BACK)
        }
        self._firsts = [segment.first for segment in segments]
        self._buffers: list[Codes] = []
        self._guard = threading.Lock()
        self._nodes: dict[int, NamedNode] = {}

    def only(self, shows: Callable[[NamedNode], bool]) -> IndexView:
        """The same, of which only some graphs are seen."""
        shown = self.shown.copy()
        for number, iri in self._graphs.items():
            shown[number] &= shows(NamedNode(iri))
        made = IndexView(self.segments, shown)
        made.__dict__["flags"] = self.flags
        return made

    @cached_property
    def flags(self) -> Codes:
        """For each node, what may be true of it: see ``kg_service.index.segment``."""
        flags = np.zeros(self.size, np.uint8)
        for segment in self.segments:
            nodes, told = segment.flags
            flags[nodes] |= told
        for segment in self.segments[1:]:
            for holders, flag in self._joined_by(segment):
                flags[holders] |= flag
        return flags

    def number_of(self, node: NamedNode) -> int | None:
        """The number of a node; None where no lineage is told of it."""
        iri = node.value.encode()
        hashed = hash_of(iri)
        for segment in self.segments:
            if (number := segment.number_of(iri, hashed)) is not None:
                return number
        return None

    def node(self, number: int) -> NamedNode:
        """The node of a number."""
        found = self._nodes.get(number)
        if found is None:
            segment = self.segments[int(np.searchsorted(self._firsts, number, "right")) - 1]
            found = NamedNode(segment.iri(number).decode())
            self._nodes[number] = found
        return found

    def iris(self, numbers: Places) -> list[str]:
        """The IRIs of many nodes."""
        if len(self.segments) == 1:
            return [iri.decode() for iri in self.segments[0].iris(numbers)]
        which = np.searchsorted(self._firsts, numbers, "right") - 1
        found = np.empty(len(numbers), object)
        for at in np.unique(which).tolist():
            mine = np.flatnonzero(which == at)
            found[mine] = [iri.decode() for iri in self.segments[at].iris(numbers[mine])]
        return list(found)

    def graph(self, number: int) -> NamedNode:
        """The graph of a number."""
        return NamedNode(self._graphs[number])

    def rows(self, name: str, number: int, wanted: Relation) -> Iterator[tuple[int, int]]:
        """The other node and the graph of each row of a node, in one of its lists."""
        one = np.array([number], np.intp)
        for segment in self.segments:
            rows = segment.lists[name]
            begins, ends = rows.spans(one)
            for at in range(int(begins[0]), int(ends[0])):
                if rows.codes[at] == wanted and self.shown[rows.graphs[at]]:
                    yield int(rows.others[at]), int(rows.graphs[at])

    def expand(self, name: str, ids: Places) -> Found:
        """All rows of many nodes, in one of their lists."""
        if len(self.segments) == 1:
            return self._expand(0, name, ids) or NOTHING
        found = (self._expand(which, name, ids) for which in range(len(self.segments)))
        parts = [part for part in found if part is not None]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return NOTHING
        graphs = np.concatenate([p.graphs for p in parts])
        return Found(
            np.concatenate([p.origins for p in parts]),
            np.concatenate([p.others for p in parts]),
            np.concatenate([p.codes for p in parts]),
            graphs,
            np.concatenate([p.grades for p in parts]),
            slice(0, len(graphs)),
        )

    @contextmanager
    def marks(self) -> Iterator[Codes]:
        """A byte for every node, all zero; whoever takes it leaves it so."""
        with self._guard:
            marks = self._buffers.pop() if self._buffers else np.zeros(self.size, np.uint8)
        yield marks
        with self._guard:
            self._buffers.append(marks)

    def _expand(self, which: int, name: str, ids: Places) -> Found | None:
        rows = self._lists[name][which]
        if len(ids) == 1:
            begin, end = rows.span(int(ids[0]))
            if begin == end:
                return None
            at: slice | Places = slice(begin, end)
            origins = ids.repeat(end - begin)
        else:
            begins, ends = rows.spans(ids)
            counts = (ends - begins).astype(np.intp)
            upto = counts.cumsum()
            total = int(upto[-1])
            if not total:
                return None
            origins = ids.repeat(counts)
            at = np.arange(total)
            at += (ends - upto).repeat(counts)
        others = rows.others[at].astype(np.intp)
        found = Found(origins, others, rows.codes[at], rows.graphs, rows.grades, at)
        return found if self._all_shown else found.where(self.shown[found.graphs])

    def _joined_by(self, segment: Segment) -> Iterator[tuple[Ids, int]]:
        """The nodes that share a key with others since a segment told of it again."""
        marks = segment.lists["holders"]
        nodes = marks.nodes if marks.nodes is not None else np.unique(marks.keys())
        known = nodes[nodes < segment.first].astype(np.intp)
        for other in self.segments:
            found = self._expand_all(other, known)
            yield from found
            if other is segment:
                return

    def _expand_all(self, segment: Segment, keys: Places) -> list[tuple[Ids, int]]:
        rows = segment.lists["holders"]
        begins, ends = rows.spans(keys)
        counts = (ends - begins).astype(np.intp)
        at = np.arange(int(counts.sum())) + (ends - counts.cumsum()).repeat(counts)
        names = rows.codes[at] == Relation.NAME
        other = (rows.codes[at] >= Relation.IDENTIFIER) & ~names
        return [(rows.others[at][other], JOINED), (rows.others[at][names], JOINED_BY_NAME)]


NOTHING = Found(
    np.zeros(0, np.intp),
    np.zeros(0, np.intp),
    np.zeros(0, np.uint8),
    np.zeros(0, np.uint32),
    np.zeros(0, np.uint8),
    slice(0, 0),
)
