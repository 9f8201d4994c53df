"""Lineage by the index: the same answers as from the store alone, faster.

An index is never trusted beyond what it can show: the catalogue of the state that is read says
which graphs there are; those that the index lacks are read from the store, and where that is
too much, or a file is damaged, the store alone is asked.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg_service.identity.evidence import Evidence, Policy
from kg_service.index.answer import Answers
from kg_service.index.closure import NO_NODES, Closure, close
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
from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.model import Direction, Granularity, Lineage, NodeKind, Request
from kg_service.lineage.scope import only_kinds, sources_asked, stated_edges
from kg_service.rdf import subject_of
from kg_service.store.port import GraphReader
from kg_service.terms import DECISIONS

_log = logging.getLogger(__name__)
# rows that a reader takes in by itself where the index lacks graphs
_MOST_TAKEN_IN = 200_000
_STATES_KEPT = 2
# policies and sets of sources for which judgements are remembered
_MOST_WALKERS = 32


@dataclass(frozen=True)
class _Walker:
    """What a walk needs: what is seen of the index, and who judges identity and run levels."""

    view: IndexView
    same: SameThings
    finest: FinestSteps
    edges: EdgeSource


class _Ready:
    """One state of a store with its index. What was judged in it is remembered."""

    def __init__(self, view: IndexView, reader: IndexedReader) -> None:
        self.view = view
        self.reader = reader
        self._walkers: dict[tuple[Policy, frozenset[str]], _Walker] = {}

    def walker(self, request: Request) -> _Walker:
        """For the request's policy and sources."""
        asked = request.policy, request.filter.sources
        found = self._walkers.get(asked)
        if found is None:
            if len(self._walkers) >= _MOST_WALKERS:
                self._walkers.clear()
            found = self._walkers[asked] = self._walker(request)
        return found

    def _walker(self, request: Request) -> _Walker:
        visible = sources_asked(request.filter, self.reader)
        shows = visible.shows if visible else None
        view = self.view.only(visible.shows) if visible else self.view
        edges = stated_edges(request, self.reader)
        return _Walker(
            view,
            SameThings(view, self.reader, request.policy, shows),
            FinestSteps(view, edges),
            edges,
        )


class LineageIndex:
    """Answers lineage requests about the states of one store."""

    def __init__(self, folder: IndexFolder | None = None) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        # of the states that were asked about last; the one before the newest may still be in use
        self._kept: list[tuple[GraphReader, str, _Ready | None]] = []

    def of_part(self) -> LineageIndex:
        """The same for readers that see a part of the store, whose states are their own."""
        return LineageIndex(self._folder)

    def lineage(self, request: Request, reader: GraphReader) -> Lineage:
        """The answer, read from one state of a store. Raises StoreError."""
        ready = self._ready(reader)
        if ready is None:
            return lineage_asked(request, reader)
        walker = _walker_of(ready, request)
        if walker is None:
            return lineage_asked(request, ready.reader)
        up = down = None
        activity = walker.edges.is_activity(request.start)
        if request.direction is not Direction.DOWN:
            up = _walk(walker, request, activity, True)
        if request.direction is not Direction.UP:
            down = _walk(walker, request, activity, False, up.nodes() if up else NO_NODES)
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
        walker = _walker_of(ready, request) if ready else None
        if walker is None or request.direction is Direction.BOTH or request.filter.kinds:
            return None
        activity = walker.edges.is_activity(request.start)
        up = request.direction is Direction.UP
        return walker.view, _walk(walker, request, activity, up)

    def is_behind(self, reader: GraphReader) -> bool:
        """Whether the index on disk lacks graphs of a state, or is damaged."""
        try:
            segments = self._folder.state().segments if self._folder else ()
        except DamagedFile:
            return True
        return bool(missing_graphs(segments, live_graphs(reader)))

    def reader(self, reader: GraphReader) -> GraphReader:
        """The same state of the store, with statements on lineage read from the index."""
        ready = self._ready(reader)
        return ready.reader if ready else reader

    def _ready(self, reader: GraphReader) -> _Ready | None:
        generation = getattr(reader, "generation", None)
        name = generation() if generation is not None else "the only one"
        with self._guard:
            for of, known, ready in self._kept:
                if of is reader and known == name:
                    return ready
            ready = self._make(reader)
            if name:
                self._kept = [(reader, name, ready), *self._kept[: _STATES_KEPT - 1]]
            return ready

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


def _walker_of(ready: _Ready, request: Request) -> _Walker | None:
    """None where a request is not answered by walking frontiers: with runs for steps, within
    a window of time, or from where no lineage is told of."""
    whole = request.granularity is Granularity.STEP
    ever = request.filter.since is None and request.filter.until is None
    if not (whole and ever) or ready.view.number_of(request.start) is None:
        return None
    return ready.walker(request)


def _walk(
    walker: _Walker, request: Request, activity: bool, up: bool, known: Places = NO_NODES
) -> Closure:
    """One direction; what another walk has found already counts to the limit but once."""
    start = walker.view.number_of(request.start)
    assert start is not None
    limit = request.limit - len(known)
    return close(
        walker.view, start, activity, up, walker.same, walker.finest, request.depth, limit, known
    )
