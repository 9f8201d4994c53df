"""The moves of a walk as a net of things, where those that are the same are one.

Paths are looked for here: a path through one of five copies of a file is the same path as
through another of them. What a path passes in truth is told by ``Net.realised``.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from pyoxigraph import NamedNode

from kg_service.lineage.ends import things_made_one
from kg_service.lineage.model import Edge, EdgeKind, Move, NodeKind

# after so many partial paths the search is cut: a net can have more paths than atoms
MOST_TRIED = 50_000
_Cost = tuple[int, int]


@dataclass(frozen=True)
class Spot:
    """A thing, whichever of those that are the same; and whether only as a container."""

    thing: NamedNode
    container: bool


Route = tuple[Spot, ...]


@dataclass(frozen=True)
class Routes:
    """Routes, the shortest first. ``cut``: why there may be more, in words."""

    found: tuple[Route, ...]
    cut: str | None = None


class Net:
    """The moves of one direction of one walk."""

    def __init__(self, moves: Iterable[Move]) -> None:
        moves = list(moves)
        self._one = things_made_one(move.edge for move in moves)
        self._onward: dict[Spot, dict[Spot, list[Move]]] = defaultdict(lambda: defaultdict(list))
        self._same: dict[NamedNode, list[Edge]] = defaultdict(list)
        self._said: dict[tuple[EdgeKind, NamedNode, NamedNode], dict[Edge, None]] = defaultdict(
            dict
        )
        self.activities = {m.to.node for m in moves if m.to.kind is NodeKind.ACTIVITY}
        self.activities |= {m.origin.node for m in moves if m.origin.kind is NodeKind.ACTIVITY}
        for move in moves:
            edge = move.edge
            self._said[edge.kind, edge.earlier, edge.later][edge] = None
            if edge.kind is EdgeKind.IDENTITY:
                self._same[edge.earlier].append(edge)
                self._same[edge.later].append(edge)
                continue
            origin = Spot(self.one(move.origin.node), move.origin.container)
            target = Spot(self.one(move.to.node), move.to.container)
            if origin.thing != target.thing:
                self._onward[origin][target].append(move)

    def one(self, node: NamedNode) -> NamedNode:
        """The node that stands for all that a node is the same as."""
        return self._one.get(node, node)

    def said(self, edge: Edge) -> list[Edge]:
        """All edges that say the same as one, of whichever sources."""
        return list(self._said[edge.kind, edge.earlier, edge.later])

    def spots(self) -> set[Spot]:
        """All spots of the net."""
        return set(self._onward) | {t for told in self._onward.values() for t in told}

    def onward(self, spot: Spot) -> dict[Spot, list[Move]]:
        """Where one gets from a spot, and by which moves.

        A walk that has met a thing in full does not go on from it as a container once more: from
        there one may go as from the whole thing, but not to its members.
        """
        told = self._onward.get(spot, {})
        if not spot.container:
            return told
        joined = {target: list(moves) for target, moves in told.items()}
        for target, moves in self._onward.get(Spot(spot.thing, False), {}).items():
            outward = [m for m in moves if not _into_member(m)]
            joined.setdefault(target, []).extend(m for m in outward if m not in joined[target])
            if not joined[target]:
                del joined[target]
        return joined

    def routes(
        self, start: NamedNode, end: NamedNode, *, limit: int, longest: int | None = None
    ) -> Routes:
        """Routes from one thing to another that pass nothing twice, the shortest first."""
        first, last = Spot(self.one(start), False), self.one(end)
        if first.thing == last:
            return Routes(((first,),))
        remaining = self._remaining(last)
        if first not in remaining:
            return Routes(())
        found: list[Route] = []
        met: set[tuple[NamedNode, ...]] = set()
        number, tried, too_long = 0, 0, False
        heap: list[tuple[_Cost, int, _Cost, Route]] = []
        heappush(heap, (remaining[first], number, (0, 0), (first,)))
        while heap:
            _, _, spent, route = heappop(heap)
            spot = route[-1]
            if spot.thing == last:
                # it may be met in full, and as a container: by the same things, the same route
                things = tuple(passed.thing for passed in route)
                if things in met:
                    continue
                met.add(things)
                if len(found) == limit:
                    return Routes(tuple(found), f"stopped at the limit of {limit} paths")
                found.append(route)
                continue
            tried += 1
            if tried > MOST_TRIED:
                return Routes(tuple(found), f"stopped after {MOST_TRIED} partial paths")
            passed = {s.thing for s in route}
            for target, moves in sorted(self.onward(spot).items(), key=_in_text_order):
                if target.thing in passed or target not in remaining:
                    continue
                cost = self._cost(spot, target, moves, at_start=len(route) == 1)
                sum_ = (spent[0] + cost, spent[1] + 1)
                least = (sum_[0] + remaining[target][0], sum_[1] + remaining[target][1])
                if longest is not None and least[0] > longest:
                    too_long = True
                    continue
                number += 1
                heappush(heap, (least, number, sum_, (*route, target)))
        cut = f"paths of more than {longest} steps were not looked for" if too_long else None
        return Routes(tuple(found), cut)

    def steps(self, route: Route) -> int:
        """How many steps long a route is."""
        return sum(
            self._cost(spot, target, self.onward(spot)[target], at_start=place == 0)
            for place, (spot, target) in enumerate(pairwise(route))
        )

    def realised(self, route: Route, start: NamedNode, end: NamedNode) -> list[tuple[Edge, bool]]:
        """The edges that a route passes, identity among them; each with whether it is passed from
        its earlier end to its later one."""
        passed: list[tuple[Edge, bool]] = []
        here = start
        for spot, target in pairwise(route):
            moves = self.onward(spot)[target]
            ways = {m.origin.node: self._between(here, m.origin.node) for m in moves}
            best = min(moves, key=lambda m: (len(ways[m.origin.node]), _edge_text(m.edge)))
            passed += ways[best.origin.node]
            passed.append((best.edge, best.edge.earlier == best.origin.node))
            here = best.to.node
        return passed + self._between(here, end)

    def _between(self, node: NamedNode, other: NamedNode) -> list[tuple[Edge, bool]]:
        """The identity edges from a thing to another name of it, as few as there can be."""
        came_by: dict[NamedNode, tuple[Edge, NamedNode] | None] = {node: None}
        pending = deque([node])
        while pending and other not in came_by:
            here = pending.popleft()
            for edge in sorted(self._same.get(here, ()), key=_edge_text):
                there = edge.later if edge.earlier == here else edge.earlier
                if there not in came_by:
                    came_by[there] = (edge, here)
                    pending.append(there)
        way: list[tuple[Edge, bool]] = []
        here = other
        while (step := came_by.get(here)) is not None:
            edge, here = step
            way.append((edge, edge.earlier == here))
        return way[::-1]

    def _cost(self, spot: Spot, target: Spot, moves: list[Move], *, at_start: bool) -> int:
        """Steps; from an activity where the way starts, its outputs are one step away."""
        least = min(move.cost for move in moves)
        return max(least, 1) if at_start and spot.thing in self.activities else least

    def _remaining(self, last: NamedNode) -> dict[Spot, _Cost]:
        """What it costs at least, in steps and in moves, to get from each spot to a thing."""
        before: dict[Spot, list[tuple[Spot, int]]] = defaultdict(list)
        spots = self.spots()
        for spot in spots:
            for target, moves in self.onward(spot).items():
                before[target].append((spot, min(move.cost for move in moves)))
        best: dict[Spot, _Cost] = {}
        heap: list[tuple[_Cost, str, bool, Spot]] = []
        for spot in spots:
            if spot.thing == last:
                heappush(heap, ((0, 0), spot.thing.value, spot.container, spot))
        while heap:
            cost, _, _, spot = heappop(heap)
            if spot in best:
                continue
            best[spot] = cost
            for earlier, step in before[spot]:
                if earlier not in best:
                    sum_ = (cost[0] + step, cost[1] + 1)
                    heappush(heap, (sum_, earlier.thing.value, earlier.container, earlier))
        return best


def _into_member(move: Move) -> bool:
    return move.edge.kind is EdgeKind.MEMBER and move.to.node == move.edge.earlier


def _in_text_order(item: tuple[Spot, list[Move]]) -> tuple[str, bool]:
    return item[0].thing.value, item[0].container


def _edge_text(edge: Edge) -> tuple[str, ...]:
    return (edge.kind.value, edge.earlier.value, edge.later.value, edge.graph.value)
