"""The walk: from a start along moves, breadth first, by the rules of docs/lineage.md.

One step is entity to activity to entity, or one derivation. Identity and membership are free.
Where one may go from a place is told by ``moves``; here is how far and in which order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from pyoxigraph import NamedNode

from kg_service.lineage.cycles import in_time, nodes_on_cycles
from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.model import (
    Direction,
    Edge,
    Lineage,
    Move,
    Node,
    NodeKind,
    Place,
    Request,
    Stop,
)
from kg_service.lineage.moves import Moves


def walk(request: Request, edges: EdgeSource) -> Lineage:
    """The lineage of the start node. Both directions are two walks, never a zig-zag."""
    kind = NodeKind.ACTIVITY if edges.is_activity(request.start) else NodeKind.ENTITY
    answer = Lineage(request, {request.start: Node(request.start, kind, 0)}, [])
    seen: dict[Edge, None] = {}
    if request.direction in (Direction.UP, Direction.BOTH):
        answer.up = _walk_one_way(request, Moves(edges, Direction.UP), kind, answer)
        seen.update((move.edge, None) for move in answer.up)
    if request.direction in (Direction.DOWN, Direction.BOTH):
        answer.down = _walk_one_way(request, Moves(edges, Direction.DOWN), kind, answer)
        seen.update((move.edge, None) for move in answer.down)
    answer.edges = list(seen)
    for way in (answer.up, answer.down):
        for node in nodes_on_cycles(in_time(move.edge for move in way)):
            answer.nodes[node].stops |= {Stop.CYCLE}
    return answer


def reach(starts: Iterable[NamedNode], edges: EdgeSource, direction: Direction) -> set[NamedNode]:
    """All that lies in one direction of any of these entities, without mere containers."""
    moves = Moves(edges, direction)
    met = {Place(node, NodeKind.ENTITY) for node in starts}
    pending = list(met)
    while pending:
        for move in moves.of(pending.pop()):
            if move.to not in met and move.to.in_full not in met:
                met.add(move.to)
                pending.append(move.to)
    return {place.node for place in met if not place.container}


def _walk_one_way(request: Request, moves: Moves, kind: NodeKind, answer: Lineage) -> list[Move]:
    walked: dict[Move, None] = {}
    edges: set[Edge] = set()
    start = Place(request.start, kind)
    depths: dict[Place, int] = {start: 0}
    queue: deque[Place] = deque([start])
    done: set[Place] = set()
    while queue:
        place = queue.popleft()
        if place in done or place.in_full in done:
            continue
        done.add(place)
        depth = depths[place]
        for move in sorted(moves.of(place), key=lambda move: move.edge.order):
            reached = depth + move.cost
            if place.node == request.start and kind is NodeKind.ACTIVITY:
                reached = max(reached, 1)
            if request.depth is not None and reached > request.depth:
                if move.edge not in edges:
                    answer.nodes[place.node].stops |= {Stop.DEPTH}
                continue
            target = move.to.node
            if target not in answer.nodes:
                if len(answer.nodes) >= request.limit:
                    answer.nodes[place.node].stops |= {Stop.LIMIT}
                    continue
                answer.nodes[target] = Node(target, move.to.kind, reached, move.to.container)
            node = answer.nodes[target]
            node.depth = min(node.depth, reached)
            node.container = node.container and move.to.container
            walked[move] = None
            edges.add(move.edge)
            if reached < depths.get(move.to, reached + 1):
                depths[move.to] = reached
                if move.cost == 0:
                    queue.appendleft(move.to)
                else:
                    queue.append(move.to)
    return list(walked)
