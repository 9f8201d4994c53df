"""The walk: from a start along edges, breadth first, by the rules of docs/lineage.md.

One step is entity to activity to entity, or one derivation. Identity and membership are free.
From a file one may go on with the generation (or use) of a collection that contains it, but
not to the collection's other members: a node reached so is *as container* only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg_service.lineage.cycles import nodes_on_cycles
from kg_service.lineage.edges import EdgeSource, same_things
from kg_service.lineage.model import Direction, Edge, Lineage, Node, NodeKind, Request, Stop


@dataclass(frozen=True)
class _Place:
    """Where the walk is: a node, and whether it was reached only as a container."""

    node: NamedNode
    kind: NodeKind
    container: bool = False


@dataclass(frozen=True)
class _Move:
    """One edge to go along: where it leads and what it costs (0 free, 1 a step)."""

    edge: Edge
    to: _Place
    cost: int


_Moves = Callable[[EdgeSource, _Place], Iterator[_Move]]


def walk(request: Request, edges: EdgeSource) -> Lineage:
    """The lineage of the start node. Both directions are two walks, never a zig-zag."""
    kind = NodeKind.ACTIVITY if edges.is_activity(request.start) else NodeKind.ENTITY
    answer = Lineage(request, {request.start: Node(request.start, kind, 0)}, [])
    seen: dict[Edge, None] = {}
    if request.direction in (Direction.UP, Direction.BOTH):
        answer.up = _walk_one_way(request, edges, kind, _earlier, answer)
        seen.update(dict.fromkeys(answer.up))
    if request.direction in (Direction.DOWN, Direction.BOTH):
        answer.down = _walk_one_way(request, edges, kind, _later, answer)
        seen.update(dict.fromkeys(answer.down))
    answer.edges = list(seen)
    for way in (answer.up, answer.down):
        for node in nodes_on_cycles(way):
            answer.nodes[node].stops.add(Stop.CYCLE)
    return answer


def _walk_one_way(
    request: Request, edges: EdgeSource, kind: NodeKind, moves: _Moves, answer: Lineage
) -> list[Edge]:
    walked: dict[Edge, None] = {}
    start = _Place(request.start, kind)
    depths: dict[_Place, int] = {start: 0}
    queue: deque[_Place] = deque([start])
    done: set[_Place] = set()
    while queue:
        place = queue.popleft()
        if place in done or (place.container and _Place(place.node, place.kind) in done):
            continue
        done.add(place)
        depth = depths[place]
        for move in moves(edges, place):
            reached = depth + move.cost
            if place.node == request.start and kind is NodeKind.ACTIVITY:
                reached = max(reached, 1)
            if request.depth is not None and reached > request.depth:
                answer.nodes[place.node].stops.add(Stop.DEPTH)
                continue
            target = move.to.node
            if target not in answer.nodes:
                if len(answer.nodes) >= request.limit:
                    answer.nodes[place.node].stops.add(Stop.LIMIT)
                    continue
                answer.nodes[target] = Node(target, move.to.kind, reached, move.to.container)
            node = answer.nodes[target]
            node.depth = min(node.depth, reached)
            node.container = node.container and move.to.container
            walked[move.edge] = None
            if reached < depths.get(move.to, reached + 1):
                depths[move.to] = reached
                if move.cost == 0:
                    queue.appendleft(move.to)
                else:
                    queue.append(move.to)
    return list(walked)


def _earlier(edges: EdgeSource, place: _Place) -> Iterator[_Move]:
    node = place.node
    if place.kind is NodeKind.ACTIVITY:
        for edge in edges.used_by(node):
            yield _Move(edge, _Place(edge.earlier, NodeKind.ENTITY), 0)
        for edge in edges.informers_of(node):
            yield _Move(edge, _Place(edge.earlier, NodeKind.ACTIVITY), 1)
        return
    yield from _free(edges, place, lambda n: edges.generations_of(n) or edges.origins_of(n))
    for edge in edges.generations_of(node):
        yield _Move(edge, _Place(edge.earlier, NodeKind.ACTIVITY), 1)
    for edge in edges.origins_of(node):
        yield _Move(edge, _Place(edge.earlier, NodeKind.ENTITY), 1)


def _later(edges: EdgeSource, place: _Place) -> Iterator[_Move]:
    node = place.node
    if place.kind is NodeKind.ACTIVITY:
        for edge in edges.generated_by(node):
            yield _Move(edge, _Place(edge.later, NodeKind.ENTITY), 0)
        for edge in edges.informed_by(node):
            yield _Move(edge, _Place(edge.later, NodeKind.ACTIVITY), 1)
        return
    yield from _free(edges, place, lambda n: edges.uses_of(n) or edges.derived_from(n))
    for edge in edges.uses_of(node):
        yield _Move(edge, _Place(edge.later, NodeKind.ACTIVITY), 1)
    for edge in edges.derived_from(node):
        yield _Move(edge, _Place(edge.later, NodeKind.ENTITY), 1)


def _free(
    edges: EdgeSource, place: _Place, onward: Callable[[NamedNode], list[Edge]]
) -> Iterator[_Move]:
    """Hops that cost nothing: to the same thing elsewhere, to members, to containers.

    A container is worth going to only where ``onward`` edges lead on from it.
    """
    node = place.node
    for edge in edges.same_as(node):
        other = edge.later if edge.earlier == node else edge.earlier
        yield _Move(edge, _Place(other, NodeKind.ENTITY, place.container), 0)
    if place.container:
        return
    for edge in edges.members_of(node):
        yield _Move(edge, _Place(edge.earlier, NodeKind.ENTITY), 0)
    for edge in edges.collections_of(node):
        if any(onward(n) for n in (edge.later, *same_things(edges, edge.later))):
            yield _Move(edge, _Place(edge.later, NodeKind.ENTITY, container=True), 0)
