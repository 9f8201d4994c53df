"""A walk over the index as a lineage answer: numbers become IRIs, rows become edges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pyoxigraph import NamedNode

from kg_service.identity.matches import Match
from kg_service.index.closure import ACT, CONTAINER, Closure
from kg_service.index.relations import PROPERTIES, Relation
from kg_service.index.view import IndexView
from kg_service.lineage.cycles import nodes_on_cycles
from kg_service.lineage.model import (
    Edge,
    EdgeKind,
    Lineage,
    Move,
    Node,
    NodeKind,
    Place,
    Request,
    Stop,
)

_KINDS = {
    Relation.USED: EdgeKind.USED,
    Relation.GENERATED: EdgeKind.GENERATED,
    Relation.DERIVED: EdgeKind.DERIVED,
    Relation.INFORMED: EdgeKind.INFORMED,
    Relation.MEMBER: EdgeKind.MEMBER,
}


class Answers:
    """Makes answers from walks over one view."""

    def __init__(self, view: IndexView) -> None:
        self._view = view
        self._nodes: dict[int, NamedNode] = {}
        self._graphs: dict[int, NamedNode] = {}

    def answer(
        self, request: Request, start: NodeKind, up: Closure | None, down: Closure | None
    ) -> Lineage:
        """The lineage that two walks, or one, have found."""
        lineage = Lineage(request, {request.start: Node(request.start, start, 0)}, [])
        for closure in (up, down):
            if closure is not None:
                self._name(closure)
                self._add_nodes(lineage, closure)
        if up is not None:
            lineage.up = list(self._moves(up))
        if down is not None:
            lineage.down = list(self._moves(down))
        lineage.edges = list(dict.fromkeys(m.edge for m in (*lineage.up, *lineage.down)))
        for way in (lineage.up, lineage.down):
            for node in nodes_on_cycles(move.edge for move in way):
                lineage.nodes[node].stops.add(Stop.CYCLE)
        return lineage

    def _name(self, closure: Closure) -> None:
        numbers = closure.nodes()
        self._nodes.update(
            zip(numbers.tolist(), map(NamedNode, self._view.iris(numbers)), strict=True)
        )

    def _add_nodes(self, lineage: Lineage, closure: Closure) -> None:
        for ids, way, depth in closure.reached:
            kind = NodeKind.ACTIVITY if way == ACT else NodeKind.ENTITY
            for number in ids.tolist():
                iri = self._nodes[number]
                node = lineage.nodes.get(iri)
                if node is None:
                    lineage.nodes[iri] = Node(iri, kind, depth, way == CONTAINER)
                else:
                    node.depth = min(node.depth, depth)
                    node.container = node.container and way == CONTAINER
        for stop, where in ((Stop.DEPTH, closure.cut), (Stop.LIMIT, closure.full)):
            for ids in where:
                for number in np.unique(ids).tolist():
                    where_to = self._nodes.get(number)
                    if where_to in lineage.nodes:
                        lineage.nodes[where_to].stops.add(stop)

    def _moves(self, closure: Closure) -> Iterator[Move]:
        """The moves, those of identity and membership first."""
        for same in closure.same:
            origin, target = self._nodes[same.origin], self._nodes[same.target]
            container = same.way == CONTAINER
            yield Move(
                edge_of_match(same.match),
                Place(origin, NodeKind.ENTITY, container),
                Place(target, NodeKind.ENTITY, container),
                0,
            )
        for moves in closure.moves:
            kind_from = NodeKind.ACTIVITY if moves.way_from == ACT else NodeKind.ENTITY
            kind_to = NodeKind.ACTIVITY if moves.way_to == ACT else NodeKind.ENTITY
            for number, target_number, code, graph in zip(
                moves.origins.tolist(), moves.targets.tolist(), moves.codes.tolist(),
                moves.graphs.tolist(), strict=True,
            ):  # fmt: skip
                origin, target = self._nodes[number], self._nodes[target_number]
                # the statement's subject comes later in time than its object
                later, earlier = (origin, target) if moves.forth else (target, origin)
                free = code == Relation.MEMBER or (
                    kind_from is NodeKind.ACTIVITY and code != Relation.INFORMED
                )
                yield Move(
                    self._edge(later, code, earlier, graph),
                    Place(origin, kind_from, moves.way_from == CONTAINER),
                    Place(target, kind_to, moves.way_to == CONTAINER),
                    0 if free else 1,
                )

    def _edge(self, later: NamedNode, code: int, earlier: NamedNode, graph: int) -> Edge:
        if graph not in self._graphs:
            self._graphs[graph] = self._view.graph(graph)
        relation = Relation(code)
        statement = (later, PROPERTIES[relation], earlier)
        return Edge(_KINDS[relation], earlier, later, self._graphs[graph], statement)


def edge_of_match(match: Match) -> Edge:
    """A match of two things as an edge."""
    return Edge(EdgeKind.IDENTITY, match.first, match.second, match.graph, match.statement)
