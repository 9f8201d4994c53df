"""Lineage by the index: the same answers as from the store alone, faster.

An index is never trusted beyond what it can show: the catalogue of the state that is read says
which graphs there are; those that the index lacks are read from the store, and where that is
too much, or a file is damaged, the store alone is asked.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
from pyoxigraph import NamedNode

from kg_service.identity.evidence import Evidence, Policy
from kg_service.index.answer import Answers
from kg_service.index.closure import Closure, close
from kg_service.index.files import DamagedFile
from kg_service.index.folder import IndexFolder
from kg_service.index.graphs import live_graphs, stamp_of
from kg_service.index.reader import IndexedReader
from kg_service.index.relations import Rows
from kg_service.index.same import SameThings
from kg_service.index.segment import JOINED, GraphEntry, Places
from kg_service.index.steps import FinestSteps
from kg_service.index.view import IndexView
from kg_service.index.writer import lines_in, live_mask, missing_graphs, new_segment
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.model import Direction, Filter, Granularity, Lineage, NodeKind, Request
from kg_service.lineage.scope import only_kinds
from kg_service.rdf import subject_of
from kg_service.store.port import GraphReader
from kg_service.terms import DECISIONS

_log = logging.getLogger(__name__)
# rows that a reader takes in by itself where the index lacks graphs
_MOST_TAKEN_IN = 200_000


@dataclass
class _Ready:
    """What walks over one view share."""

    view: IndexView
    reader: IndexedReader
    same: dict[Policy, SameThings] = field(default_factory=dict)
    finest: dict[Policy, FinestSteps] = field(default_factory=dict)

    def of(self, policy: Policy) -> tuple[SameThings, FinestSteps]:
        if policy not in self.same:
            self.same[policy] = SameThings(self.view, self.reader, policy)
            self.finest[policy] = FinestSteps(self.view, StoreEdges(self.reader, policy))
        return self.same[policy], self.finest[policy]


class LineageIndex:
    """Answers lineage requests about the states of one store."""

    def __init__(self, folder: IndexFolder | None = None) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._by_reader: WeakKeyDictionary[GraphReader, _Ready | None] = WeakKeyDictionary()
        self._by_generation: tuple[str, _Ready | None] = ("", None)

    def lineage(self, request: Request, reader: GraphReader) -> Lineage:
        """The answer, read from one state of a store. Raises StoreError."""
        ready = self._ready(reader)
        if ready is None:
            return lineage_asked(request, reader)
        start = ready.view.number_of(request.start)
        looked_at = request.filter
        of_all = not (looked_at.sources or looked_at.since or looked_at.until)
        if start is None or request.granularity is not Granularity.STEP or not of_all:
            return lineage_asked(request, ready.reader)
        same, finest = ready.of(request.policy)
        activity = StoreEdges(ready.reader, request.policy).is_activity(request.start)

        def walk(up: bool, limit: int, known: Places) -> Closure:
            return close(ready.view, start, activity, up, same, finest, request.depth, limit, known)

        nothing = np.zeros(0, np.intp)
        up = down = None
        if request.direction is not Direction.DOWN:
            up = walk(True, request.limit, nothing)
        if request.direction is not Direction.UP:
            known = up.nodes() if up else nothing
            down = walk(False, request.limit - len(known), known)
        kind = NodeKind.ACTIVITY if activity else NodeKind.ENTITY
        return only_kinds(Answers(ready.view).answer(request, kind, up, down), ready.reader)

    def count(self, request: Request, reader: GraphReader) -> int:
        """How many nodes the answer has, without the rest of it. In one direction only."""
        walked = self._walked(request, reader)
        if walked is None:
            return len(self.lineage(request, reader).nodes)
        _view, found = walked
        return len(found.nodes())

    def iris(self, request: Request, reader: GraphReader) -> list[str]:
        """The IRIs of the answer's nodes, without the rest of it. In one direction only."""
        walked = self._walked(request, reader)
        if walked is None:
            return [node.value for node in self.lineage(request, reader).nodes]
        view, found = walked
        return view.iris(found.nodes())

    def _walked(self, request: Request, reader: GraphReader) -> tuple[IndexView, Closure] | None:
        """The bare walk of a request; None where it takes more than one walk of the index."""
        ready = self._ready(reader)
        start = ready.view.number_of(request.start) if ready else None
        if (
            ready is None
            or start is None
            or request.direction is Direction.BOTH
            or request.filter != Filter()
        ):
            return None
        same, finest = ready.of(request.policy)
        activity = StoreEdges(ready.reader, request.policy).is_activity(request.start)
        up = request.direction is Direction.UP
        found = close(ready.view, start, activity, up, same, finest, request.depth, request.limit)
        return ready.view, found

    def reader(self, reader: GraphReader) -> GraphReader:
        """The same state of the store, with statements on lineage read from the index."""
        ready = self._ready(reader)
        return ready.reader if ready else reader

    def _ready(self, reader: GraphReader) -> _Ready | None:
        with self._guard:
            generation = getattr(reader, "generation", None)
            if generation is not None:
                name = generation()
                if not name or self._by_generation[0] != name:
                    self._by_generation = (name, self._make(reader))
                return self._by_generation[1]
            if reader not in self._by_reader:
                self._by_reader[reader] = self._make(reader)
            return self._by_reader[reader]

    def _make(self, reader: GraphReader) -> _Ready | None:
        try:
            segments = self._folder.state().segments if self._folder else ()
        except DamagedFile as error:
            _log.warning("the lineage index is not used: %s; run kg index rebuild", error)
            return None
        live = live_graphs(reader)
        rows = Rows()
        number = max((e.number for s in segments for e in s.graphs), default=-1) + 1
        entries: list[GraphEntry] = []
        for graph in missing_graphs(segments, live):
            node = NamedNode(graph)
            entries.append(GraphEntry(number + len(entries), graph, stamp_of(reader, node)))
            rows.take(lines_in(reader, node), entries[-1].number)
            if len(rows) > _MOST_TAKEN_IN:
                _log.warning("the lineage index lacks too much; run kg index rebuild")
                return None
        decided = [
            subject_of(quad).value.encode()
            for quad in reader.quads(None, Evidence.DECISION.property, None, DECISIONS)
        ]
        rows.name(decided)
        if rows.tokens:
            segments = (*segments, new_segment(segments, rows, entries))
        shown = live_mask(segments, live, number + len(entries))
        view = IndexView(segments, shown)
        for iri in decided:
            if (known := view.number_of(NamedNode(iri.decode()))) is not None:
                view.flags[known] |= JOINED
        return _Ready(view, IndexedReader(reader, view))
