"""Where the chain of a thing's history breaks: what is missing, and what would mend it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heappop, heappush
from typing import Any

from pyoxigraph import NamedNode

from kg_service.describe import Thing
from kg_service.identity.evidence import Policy
from kg_service.lineage.cycles import strongly_connected
from kg_service.lineage.details import EdgeView, stop_sentences
from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.ends import find_specimens
from kg_service.lineage.model import (
    Direction,
    Edge,
    EdgeKind,
    Lineage,
    Move,
    Node,
    NodeKind,
    Request,
    Stop,
)
from kg_service.lineage.scope import edges_looked_at, stated_edges
from kg_service.store.port import GraphReader
from kg_service.tombstones import Tombstone, tombstones
from kg_service.tracing.net import Net, Spot
from kg_service.tracing.paths import PathView
from kg_service.tracing.state import State

# an end of these kinds is no gap: histories start there, or it is no thing with a history
_NO_GAP = {"Specimen", "Value", "FormalParameter", "ParameterConnection", "Plan", "Agent",
           "ContainerImage", "Technique", "Investigation"}  # fmt: skip


class GapKind(StrEnum):
    """What is missing."""

    NO_ACTIVITY = "no-activity"
    NO_ORIGIN = "no-origin"
    NO_INPUT = "no-input"
    NO_OUTPUT = "no-output"
    NO_STEP = "derived-without-activity"
    CIRCLE = "circle"
    NOT_DESCRIBED = "not-described"
    WITHDRAWN = "withdrawn"
    NOT_CONFIRMED = "link-not-followed"


@dataclass(frozen=True)
class Gap:
    """One place where the chain breaks.

    ``missing`` says what is not told, ``mend`` what would help. ``said`` is the edge by which one
    gets there; None for the start.
    """

    kind: GapKind
    thing: Thing
    steps: int
    missing: str
    mend: str
    said: EdgeView | None

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "gap": self.kind.value,
            **self.thing.brief_json(),
            "steps": self.steps,
            "missing": self.missing,
            "mend": self.mend,
            "said": self.said.as_json() if self.said else None,
        }


@dataclass(frozen=True)
class Gaps:
    """The gaps upstream of a thing, nearest first, and the specimens that it goes back to."""

    start: Thing
    specimens: tuple[Thing, ...]
    gaps: tuple[Gap, ...]
    complete: bool
    stopped: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "start": self.start.brief_json(),
            "specimens": [thing.brief_json() for thing in self.specimens],
            "complete": self.complete,
            "stopped": list(self.stopped),
            "gaps": [gap.as_json() for gap in self.gaps],
        }


def find_gaps(state: State, request: Request) -> Gaps:
    """The gaps in the history of the request's start, as far as the request goes."""
    request = replace(
        request, direction=Direction.UP, filter=replace(request.filter, kinds=frozenset())
    )
    lineage = state.lineage(request)
    view = PathView(state)
    found = _Finder(state.reader, lineage, view, edges_looked_at(request, state.reader))
    gaps = sorted(found.all(), key=_place_in_answer)
    things = {iri: view.thing(iri) for iri, node in lineage.nodes.items() if node.stops}
    return Gaps(
        start=view.thing(lineage.request.start),
        specimens=find_specimens(state.describer, lineage).things,
        gaps=tuple(gaps),
        complete=lineage.complete,
        stopped=stop_sentences(lineage, things),
    )


def _place_in_answer(gap: Gap) -> tuple[int, str, str, str, str]:
    return gap.steps, gap.thing.label, gap.thing.iri, gap.kind, gap.missing


class _Finder:
    """Looks at each node of a lineage upstream."""

    def __init__(
        self, reader: GraphReader, lineage: Lineage, view: PathView, edges: EdgeSource
    ) -> None:
        self._reader = reader
        self._lineage = lineage
        self._view = view
        self._edges = edges
        self._weaker = _weaker_edges(reader, lineage.request)
        self._stones = tombstones(reader)
        self._net = Net(lineage.up)
        self._one = self._net.one
        self._same: dict[NamedNode, list[Node]] = defaultdict(list)
        self._nodes = _nearest_first(lineage)
        for node in self._nodes:
            self._same[self._one(node.iri)].append(node)
        self._came_by = _came_by(lineage)

    def all(self) -> Iterator[Gap]:
        cut = {i for i, n in self._lineage.nodes.items() if n.stops & {Stop.DEPTH, Stop.LIMIT}}
        for node in self._lineage.nodes.values():
            if node.kind is NodeKind.ACTIVITY and node.iri not in cut:
                yield from self._of_activity(node)
        for end in _ends(self._nodes, self._net):
            if end not in cut:
                yield from self._of_end(self._lineage.nodes[end])
        yield from self._of_derivations()
        for first, activity in _circles(self._nodes, self._net):
            by = self._view.thing(activity).label
            yield self._gap(
                GapKind.CIRCLE,
                self._lineage.nodes[first],
                f"its history goes round in a circle, by way of {by}, and leads to nothing earlier",
                f"a source that tells what {by} used from what it generated",
            )

    def _of_activity(self, node: Node) -> Iterator[Gap]:
        activities = [node.iri, *self._edges.runs_of(node.iri), *self._edges.parts_of(node.iri)]
        if not any(self._edges.used_by(a) or self._edges.informers_of(a) for a in activities):
            yield self._gap(
                GapKind.NO_INPUT,
                node,
                "no source says what it used",
                "a source that tells what this activity used: the sample, the data",
            )
        own = [node.iri, *self._edges.parts_of(node.iri)]
        if not any(self._edges.generated_by(a) or self._edges.informed_by(a) for a in own):
            yield self._gap(
                GapKind.NO_OUTPUT,
                node,
                "no source says what it generated",
                "a source that tells what came of this activity",
            )

    def _of_end(self, node: Node) -> Iterator[Gap]:
        same = self._same[self._one(node.iri)]
        things = [self._view.thing(n.iri) for n in same]
        kinds = {kind for thing in things for kind in thing.kinds}
        if not any(thing.sources for thing in things):
            yield self._undescribed(node)
        elif _NO_GAP.isdisjoint(kinds):
            if "Material" in kinds:
                yield self._gap(
                    GapKind.NO_ORIGIN,
                    node,
                    "no source says what this was taken or made from, nor calls it a specimen",
                    "a source that tells of its sampling, or that its history starts with it",
                )
            else:
                yield self._gap(
                    GapKind.NO_ACTIVITY,
                    node,
                    "no source says which activity generated it",
                    "a source that tells of the acquisition, run or process that made it; for data "
                    "from elsewhere, the record of where it was published",
                )
        for other in same:
            yield from self._unfollowed(other)

    def _undescribed(self, node: Node) -> Gap:
        stone = _stone_of(node.iri, self._stones)
        if stone is not None:
            return self._gap(
                GapKind.WITHDRAWN, node, f"its source {stone}", f"ingest {stone.id} once more"
            )
        return self._gap(
            GapKind.NOT_DESCRIBED,
            node,
            "it is referred to, and no source describes it",
            "the source that describes it, or a description in the one that refers to it",
        )

    def _unfollowed(self, node: Node) -> Iterator[Gap]:
        """Links that a weaker policy follows and this one does not, where they lead on."""
        policy = self._lineage.request.policy
        told: set[NamedNode] = set()
        for weaker, edges in self._weaker:
            for edge in edges.same_as(node.iri):
                other = edge.later if edge.earlier == node.iri else edge.earlier
                if other in told or self._one(other) == self._one(node.iri):
                    continue
                if not (edges.generations_of(other) or edges.origins_of(other)):
                    continue
                told.add(other)
                said = self._view.said(edge)
                ends = f"{node.iri.value} {other.value}"
                label = self._view.thing(other).label
                yield Gap(
                    GapKind.NOT_CONFIRMED,
                    self._view.thing(node.iri),
                    node.depth,
                    f"it may be {label} <{other.value}>, whose history is known ({said.by}); "
                    f"policy {policy.value} does not follow that",
                    f"kg links confirm {ends} --because …, or --policy {weaker.value}",
                    said,
                )

    def _of_derivations(self) -> Iterator[Gap]:
        """Entities that are said to be derived and of which no activity is told."""
        made = {
            self._one(move.edge.later)
            for move in self._lineage.up
            if move.edge.kind is EdgeKind.GENERATED
        }
        told: set[NamedNode] = set()
        nodes = self._lineage.nodes
        for move in sorted(
            self._lineage.up, key=lambda m: (nodes[m.edge.later].depth, m.edge.order)
        ):
            thing = self._one(move.edge.later)
            if move.edge.kind is not EdgeKind.DERIVED or thing in made or thing in told:
                continue
            told.add(thing)
            node = nodes[move.edge.later]
            origin = self._view.thing(move.edge.earlier).label
            yield self._gap(
                GapKind.NO_STEP,
                node,
                f"it was derived from {origin}; no source says by which activity",
                "a source that tells of the activity that used the one and generated the other",
            )

    def _gap(self, kind: GapKind, node: Node, missing: str, mend: str) -> Gap:
        edge = self._came_by.get(node.iri)
        said = self._view.said(edge) if edge else None
        return Gap(kind, self._view.thing(node.iri), node.depth, missing, mend, said)


def _nearest_first(lineage: Lineage) -> list[Node]:
    """The nodes by how many steps away they are, then moves: however they happened to be met."""
    nodes = lineage.nodes
    onward: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for move in lineage.up:
        onward[move.origin.node].add(move.to.node)
    pending = [(0, 0, lineage.request.start.value)]
    found: dict[str, Node] = {}
    while pending:
        _steps, moves, iri = heappop(pending)
        if iri in found:
            continue
        here = NamedNode(iri)
        found[iri] = nodes[here]
        for there in onward[here]:
            heappush(pending, (nodes[there].depth, moves + 1, there.value))
    return list(found.values())


def _came_by(lineage: Lineage) -> dict[NamedNode, Edge]:
    """For each node but the start an edge by which one first gets there, a step if any is."""
    nodes = lineage.nodes

    def order(move: Move) -> tuple[int, bool, tuple[str, ...]]:
        identity = move.edge.kind is EdgeKind.IDENTITY
        return nodes[move.origin.node].depth, identity, move.edge.order

    came_by: dict[NamedNode, Edge] = {}
    for move in sorted(lineage.up, key=order):
        if move.to.node != lineage.request.start:
            came_by.setdefault(move.to.node, move.edge)
    return came_by


def _ends(nodes: Sequence[Node], net: Net) -> list[NamedNode]:
    """The entities upstream from which no step leads on, also not by way of free moves from them.

    Of ends that lie in or around each other, or are the same, only the one that was reached first.
    """
    back: dict[Spot, list[Spot]] = defaultdict(list)
    leading: deque[Spot] = deque()
    for spot in net.spots():
        for target, moves in net.onward(spot).items():
            if any(move.edge.kind is not EdgeKind.MEMBER for move in moves):
                leading.append(spot)
            else:
                back[target].append(spot)
    leads = set(leading)
    while leading:
        for before in back[leading.popleft()]:
            if before not in leads:
                leads.add(before)
                leading.append(before)
    told: set[NamedNode] = set()
    found = []
    for node in nodes:
        thing = net.one(node.iri)
        spot = Spot(thing, node.container)
        if node.kind is NodeKind.ACTIVITY or node.container or thing in told or spot in leads:
            continue
        found.append(node.iri)
        pending = [spot]
        while pending:
            here = pending.pop()
            if here.thing not in told:
                told.add(here.thing)
                pending += net.onward(here)
    return found


def _circles(nodes: Sequence[Node], net: Net) -> list[tuple[NamedNode, NamedNode]]:
    """For each cycle from which nothing leads on: the entity in it that was reached first, and an
    activity of it. Of activities that only informed each other, the one that was reached first."""
    onward = {spot: list(net.onward(spot)) for spot in net.spots()}
    found = []
    for component in strongly_connected(onward):
        inside = set(component)
        activities = [spot.thing for spot in component if spot.thing in net.activities]
        if not activities or len(inside) == 1:
            continue
        if all(target in inside for spot in component for target in onward[spot]):
            things = {spot.thing for spot in component} - net.activities or set(activities)
            first = next(n.iri for n in nodes if net.one(n.iri) in things)
            found.append((first, min(activities, key=lambda node: node.value)))
    return found


def _weaker_edges(reader: GraphReader, request: Request) -> list[tuple[Policy, EdgeSource]]:
    """What the same sources state under each policy that follows more than the request's."""
    later = list(Policy)[list(Policy).index(request.policy) + 1 :]
    return [(weaker, stated_edges(replace(request, policy=weaker), reader)) for weaker in later]


def _stone_of(node: NamedNode, stones: list[Tombstone]) -> Tombstone | None:
    """The withdrawn source that a thing was named by."""
    fitting = [stone for stone in stones if node.value.startswith(f"{stone.iri}/")]
    return max(fitting, key=lambda stone: len(stone.iri), default=None)
