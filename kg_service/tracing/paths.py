"""Paths between two things: how one came of the other, in time's order.

A path is one that the lineage of either goes, by the rules of docs/lineage.md, and passes nothing
twice. What is written first need not be the earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyoxigraph import NamedNode

from kg_service.describe import Thing
from kg_service.identity.evidence import Policy
from kg_service.lineage.details import EdgeView, edge_view, stop_sentences
from kg_service.lineage.grade import Grounds
from kg_service.lineage.model import Direction, Edge, Lineage, Request, Stop
from kg_service.lineage.scope import start_looked_at
from kg_service.tracing.net import Net
from kg_service.tracing.state import State

MOST_PATHS = 100


@dataclass(frozen=True)
class Hop:
    """From one thing to the next of a path, in time's order, and all who say so.

    ``forwards`` is false where a hop goes from a later end to an earlier one: from a collection to
    its member, or between two names of one thing.
    """

    origin: Thing
    to: Thing
    said: tuple[EdgeView, ...]
    forwards: bool

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "from": self.origin.brief_json(),
            "to": self.to.brief_json(),
            "kind": self.said[0].kind.value,
            "said": [view.as_json() for view in self.said],
        }


@dataclass(frozen=True)
class Path:
    """One path, from the earlier thing to the later, and how many steps it has."""

    steps: int
    hops: tuple[Hop, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {"steps": self.steps, "hops": [hop.as_json() for hop in self.hops]}


@dataclass(frozen=True)
class Paths:
    """The paths between two things, the shortest first.

    ``earlier`` came before ``later``; where there is no path, they are as they were given.
    ``weaker``: then the first policy under which there would be one, with its ``weaker_path``.
    """

    earlier: Thing
    later: Thing
    paths: tuple[Path, ...]
    complete: bool
    stopped: tuple[str, ...]
    policy: Policy
    weaker: Policy | None = None
    weaker_path: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "earlier": self.earlier.brief_json(),
            "later": self.later.brief_json(),
            "policy": self.policy.value,
            "complete": self.complete,
            "stopped": list(self.stopped),
            "paths": [path.as_json() for path in self.paths],
            "weaker": {"policy": self.weaker.value, "path": self.weaker_path.as_json()}
            if self.weaker and self.weaker_path
            else None,
        }


def find_paths(
    state: State,
    request: Request,
    other: NamedNode,
    *,
    limit: int = 1,
    longest: int | None = None,
) -> Paths:
    """The paths between the request's start and another thing.

    The request's direction, depth and kinds do not count.
    """
    request = replace(request, filter=replace(request.filter, kinds=frozenset()), depth=None)
    view = PathView(state)
    found = _Search(state, request, other, limit, longest).run()
    things = view.describer.thing(found.earlier), view.describer.thing(found.later)
    paths = tuple(view.path(*route) for route in found.routes)
    stopped = list(found.stopped)
    if paths:
        return Paths(*things, paths, not found.cut, tuple(stopped), request.policy)
    for policy in list(Policy)[list(Policy).index(request.policy) + 1 :]:
        by = _Search(state, replace(request, policy=policy), other, 1, longest).run()
        if by.routes:
            things = view.describer.thing(by.earlier), view.describer.thing(by.later)
            (path,) = (view.path(*route) for route in by.routes)
            return Paths(
                *things, (), not found.cut, tuple(stopped), request.policy, policy, path
            )  # fmt: skip
    return Paths(*things, (), not found.cut, tuple(stopped), request.policy)


Routed = tuple[int, list[tuple[Edge, bool]], Net]


@dataclass(frozen=True)
class _Found:
    earlier: NamedNode
    later: NamedNode
    routes: tuple[Routed, ...]
    stopped: tuple[str, ...]
    cut: bool


class _Search:
    """One search under one policy: from the first thing in both directions, then from the second.

    From either side, as a collection that leads nowhere is not in the lineage of its members, but
    they are in that of the collection.
    """

    def __init__(
        self,
        state: State,
        request: Request,
        other: NamedNode,
        limit: int,
        longest: int | None,
    ) -> None:
        self._state = state
        self._limit = limit
        self._longest = longest
        self._request = replace(request, direction=Direction.BOTH)
        self._first = start_looked_at(request, state.reader)
        self._second = start_looked_at(replace(request, start=other), state.reader)

    def run(self) -> _Found:
        stopped: list[str] = []
        for start, end in ((self._first, self._second), (self._second, self._first)):
            lineage = self._state.lineage(replace(self._request, start=start))
            if self._is_cut(lineage):
                stopped += self._where(lineage)
            for moves, downwards in ((lineage.down, True), (lineage.up, False)):
                net = Net(moves)
                routes = net.routes(start, end, limit=self._limit, longest=self._longest)
                cut = [routes.cut] if routes.cut else []
                if not routes.found:
                    stopped += cut
                    continue
                told = tuple(
                    (net.steps(r), _in_time(net.realised(r, start, end), downwards), net)
                    for r in routes.found
                )
                earlier, later = (start, end) if downwards else (end, start)
                return _Found(earlier, later, told, (*stopped, *cut), bool(stopped or cut))
        return _Found(
            self._first, self._second, (), tuple(dict.fromkeys(stopped)), bool(stopped)
        )  # fmt: skip

    @staticmethod
    def _is_cut(lineage: Lineage) -> bool:
        return any(Stop.LIMIT in node.stops for node in lineage.nodes.values())

    def _where(self, lineage: Lineage) -> tuple[str, ...]:
        describer = self._state.describer
        cut = {iri: node for iri, node in lineage.nodes.items() if Stop.LIMIT in node.stops}
        only = replace(lineage, nodes=cut, hidden={})
        for node in cut.values():
            node.stops &= {Stop.LIMIT}
        return stop_sentences(only, {iri: describer.thing(iri) for iri in cut})


def _in_time(passed: list[tuple[Edge, bool]], downwards: bool) -> list[tuple[Edge, bool]]:
    if downwards:
        return passed
    return [(edge, not forwards) for edge, forwards in reversed(passed)]


class PathView:
    """Describes paths: labels, sources and grades, remembering what it has read."""

    def __init__(self, state: State) -> None:
        self.describer = state.describer
        self._grounds = Grounds(state.reader, state.alignment, self.describer)
        self._things: dict[NamedNode, Thing] = {}
        self._said: dict[Edge, EdgeView] = {}

    def path(self, steps: int, passed: list[tuple[Edge, bool]], net: Net) -> Path:
        """A realised route, told."""
        return Path(steps, tuple(self._hop(edge, forwards, net) for edge, forwards in passed))

    def thing(self, iri: NamedNode) -> Thing:
        """What a node is."""
        if iri not in self._things:
            self._things[iri] = self.describer.thing(iri)
        return self._things[iri]

    def said(self, edge: Edge) -> EdgeView:
        """Who says so."""
        if edge not in self._said:
            self._said[edge] = edge_view(edge, self.describer, self._grounds)
        return self._said[edge]

    def _hop(self, edge: Edge, forwards: bool, net: Net) -> Hop:
        ends = (edge.earlier, edge.later) if forwards else (edge.later, edge.earlier)
        said = tuple(self.said(same) for same in net.said(edge))
        return Hop(self.thing(ends[0]), self.thing(ends[1]), said, forwards)
