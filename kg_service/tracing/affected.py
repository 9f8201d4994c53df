"""What is affected if a thing turns out bad: an input, an instrument, a program, a protocol.

Of an entity: all that came of it. Of a context: the activities that had it, and all that came
of these. A workflow file is both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Any, NamedTuple

from pyoxigraph import NamedNode

from kg_service.align.explain import Ground
from kg_service.catalogue import SourceRecord
from kg_service.describe import KINDS, PROV_KINDS, Describer, Thing
from kg_service.lineage.details import EdgeView, edge_view
from kg_service.lineage.edges import EdgeSource, same_things
from kg_service.lineage.ends import things_made_one
from kg_service.lineage.grade import Grounds
from kg_service.lineage.model import (
    Direction,
    Edge,
    EdgeKind,
    Move,
    NodeKind,
    Place,
    Request,
)
from kg_service.lineage.moves import Moves
from kg_service.lineage.scope import edges_looked_at, kinds_of, sources_asked, time_asked
from kg_service.rdf import graph_of
from kg_service.terms import shorten
from kg_service.tracing.contexts import Using, activities_with
from kg_service.tracing.state import State


@dataclass(frozen=True)
class UsedBy:
    """An activity that had the thing as its context, and who says so.

    ``role`` is the statement's property. ``by_way_of``: such as the workflow of which it is a tool.
    """

    activity: Thing
    role: str
    by_way_of: tuple[Thing, ...]
    source: SourceRecord | None
    grade: str
    by: str

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "activity": self.activity.brief_json(),
            "role": self.role,
            "byWayOf": [thing.brief_json() for thing in self.by_way_of],
            "source": self.source.id if self.source else None,
            "grade": self.grade,
            "by": self.by,
        }


@dataclass(frozen=True)
class AffectedThing:
    """One thing that is affected, and the edge by which it was first reached, with who says so.

    ``container``: only something in it is affected.
    """

    thing: Thing
    steps: int
    container: bool
    said: EdgeView | None

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            **self.thing.brief_json(),
            "steps": self.steps,
            "container": self.container,
            "said": self.said.as_json() if self.said else None,
        }


@dataclass(frozen=True)
class Affected:
    """What would be affected, by kind. ``things`` are what turned out bad: one, or one in each
    source that knows it."""

    things: tuple[Thing, ...]
    used_by: tuple[UsedBy, ...]
    groups: tuple[tuple[str, tuple[AffectedThing, ...]], ...]
    complete: bool
    stopped: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "things": [thing.brief_json() for thing in self.things],
            "complete": self.complete,
            "stopped": list(self.stopped),
            "usedBy": [using.as_json() for using in self.used_by],
            "affected": [
                {"kind": kind, "things": [thing.as_json() for thing in things]}
                for kind, things in self.groups
            ],
        }


def find_affected(state: State, request: Request, bad: Sequence[NamedNode]) -> Affected:
    """What is affected by some things that are one; the request tells how to look."""
    reader = state.reader
    edges = edges_looked_at(replace(request, start=bad[0]), reader)
    known = list(dict.fromkeys(n for node in bad for n in (node, *same_things(edges, node))))
    contexts = [n for n in known if not edges.is_activity(n)]
    happened = time_asked(request.filter, reader)
    using = [
        u
        for u in activities_with(sources_asked(request.filter, reader) or reader, edges, contexts)
        if happened is None or happened.may(u.activity)
    ]
    # what parts of a run made is told of the parts
    acting = [u.activity for u in using]
    acting += [part for activity in acting for part in edges.parts_of(activity)]
    acting += [
        n for node in known if edges.is_activity(node) for n in (node, *edges.parts_of(node))
    ]
    spread = _Spread(edges, request)
    spread.run(
        [Place(n, NodeKind.ENTITY) for n in contexts],
        [Place(n, NodeKind.ACTIVITY) for n in dict.fromkeys(acting)],
    )
    return _told(state, request, known, using, spread)


@dataclass
class _Reached:
    steps: int
    by: Edge | None
    container: bool


class _Come(NamedTuple):
    """How one comes to a place: after so many steps and moves, by an edge."""

    steps: int
    moves: int
    by: Edge | None

    def is_before(self, other: _Come) -> bool:
        """Fewest steps first, then fewest moves, then the edge that answers tell first."""
        mine, its = self[:2], other[:2]
        if mine != its or self.by is None or other.by is None:
            return mine < its
        return self.by.order < other.by.order


class _Spread:
    """A walk with time from many places at once.

    What it tells of a thing does not depend on the order in which edges are found, and so not on
    that in which sources were taken in.
    """

    def __init__(self, edges: EdgeSource, request: Request) -> None:
        self._moves = Moves(edges, Direction.DOWN)
        self._depth = request.depth
        self._limit = request.limit
        self._come: dict[Place, _Come] = {}
        self._pending: list[tuple[int, int, str, Place]] = []
        self._beyond: set[NamedNode] = set()
        self.reached: dict[NamedNode, _Reached] = {}
        self.identity: list[Edge] = []
        self.cut_at_limit = False

    @property
    def cut_at_depth(self) -> bool:
        """Whether there is a thing that only more steps would have reached."""
        return not self._beyond <= self.reached.keys()

    def run(self, entities: Iterable[Place], activities: Iterable[Place]) -> None:
        """From entities, 0 steps away, and activities, which are 1 away as their outputs are."""
        for place, steps in [*((p, 0) for p in entities), *((p, 1) for p in activities)]:
            self._add(place, _Come(steps, 0, None))
        done: set[Place] = set()
        while self._pending:
            _steps, _moves, _iri, place = heappop(self._pending)
            if place in done or place.in_full in done or not self._reach(place):
                continue
            done.add(place)
            come = self._come[place]
            for move in self._moves.of(place):
                self._go(move, come)

    def _reach(self, place: Place) -> bool:
        """Note that a place was reached; whether it may be gone on from."""
        if (reached := self.reached.get(place.node)) is not None:
            reached.container = reached.container and place.container
        elif len(self.reached) < self._limit:
            come = self._come[place]
            self.reached[place.node] = _Reached(come.steps, come.by, place.container)
        else:
            self.cut_at_limit = True
            return False
        return True

    def _go(self, move: Move, come: _Come) -> None:
        if move.edge.kind is EdgeKind.IDENTITY:
            self.identity.append(move.edge)
        steps = come.steps + move.cost
        if self._depth is not None and steps > self._depth:
            self._beyond.add(move.to.node)
        else:
            self._add(move.to, _Come(steps, come.moves + 1, move.edge))

    def _add(self, place: Place, come: _Come) -> None:
        known = self._come.get(place)
        if known is not None and not come.is_before(known):
            return
        self._come[place] = come
        if known is None or come[:2] < known[:2]:
            heappush(self._pending, (come.steps, come.moves, place.node.value, place))


def _told(
    state: State,
    request: Request,
    bad: Sequence[NamedNode],
    using: Sequence[Using],
    spread: _Spread,
) -> Affected:
    describer = state.describer
    grounds = Grounds(state.reader, state.alignment, describer)
    kinds = request.filter.kinds
    one = things_made_one(spread.identity)
    told: set[NamedNode] = set()
    groups: dict[str, list[AffectedThing]] = {}
    for node, reached in sorted(spread.reached.items(), key=lambda i: (i[1].steps, i[0].value)):
        thing_of_all = one.get(node, node)
        if node in bad or thing_of_all in told:
            continue
        if kinds and kinds.isdisjoint(kinds_of(node, state.reader)):
            continue
        told.add(thing_of_all)
        thing = describer.thing(node)
        said = edge_view(reached.by, describer, grounds) if reached.by else None
        affected = AffectedThing(thing, reached.steps, reached.container, said)
        groups.setdefault(thing.kind, []).append(affected)
    order = {kind: place for place, kind in enumerate((*KINDS, *PROV_KINDS))}
    stopped = []
    if spread.cut_at_depth:
        stopped.append(f"stopped at depth {request.depth}, more lies beyond")
    if spread.cut_at_limit:
        stopped.append(f"stopped at the limit of {request.limit} things")
    return Affected(
        things=tuple(describer.thing(node) for node in bad),
        used_by=tuple(_used_by(u, describer, grounds) for u in using),
        groups=tuple((k, tuple(groups[k])) for k in sorted(groups, key=lambda k: order.get(k, 99))),
        complete=not stopped,
        stopped=tuple(stopped),
    )


def _used_by(using: Using, describer: Describer, grounds: Grounds) -> UsedBy:
    graph = graph_of(using.statement)
    assert graph is not None
    ground: Ground = grounds.of_statement(using.statement.triple, graph)
    return UsedBy(
        activity=describer.thing(using.activity),
        role=shorten(using.statement.predicate.value),
        by_way_of=tuple(describer.thing(node) for node in using.by_way_of),
        source=describer.source_of(graph),
        grade=ground.grade.value,
        by=ground.by,
    )
