"""A walk over the index as a lineage answer: numbers become IRIs, rows become edges."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pyoxigraph import NamedNode

from kg_service.identity.matches import Match
from kg_service.index.closure import ACT, CONTAINER, Closure, Moves
from kg_service.index.relations import GRADES, PROPERTIES, Relation
from kg_service.index.view import IndexView
from kg_service.lineage.cycles import nodes_on_cycles
from kg_service.lineage.model import (
    Edge,
    EdgeKind,
    Lineage,
    MadeWhenAsked,
    Move,
    Node,
    NodeKind,
    Place,
    Request,
    Stop,
)

Row = tuple[int, int, int, int]
_MEANING = {
    int(relation): (kind, PROPERTIES[relation])
    for relation, kind in (
        (Relation.USED, EdgeKind.USED),
        (Relation.GENERATED, EdgeKind.GENERATED),
        (Relation.DERIVED, EdgeKind.DERIVED),
        (Relation.INFORMED, EdgeKind.INFORMED),
        (Relation.MEMBER, EdgeKind.MEMBER),
    )
}
_MEMBER, _INFORMED = int(Relation.MEMBER), int(Relation.INFORMED)


class Answers:
    """Makes answers from walks over one view."""

    def __init__(self, view: IndexView) -> None:
        self._view = view
        self._nodes: dict[int, NamedNode] = {}
        self._graphs: dict[int, NamedNode] = {}
        self._edges: dict[Row, Edge] = {}
        self._matched: dict[tuple[int, int], Edge] = {}
        self._places: dict[tuple[int, int], Place] = {}

    def answer(
        self, request: Request, start: NodeKind, up: Closure | None, down: Closure | None
    ) -> Lineage:
        """The lineage that two walks, or one, have found."""
        lineage = Lineage(request, {request.start: Node(request.start, start, 0)}, [])
        for closure in (up, down):
            if closure is not None:
                numbers = closure.nodes()
                named = map(NamedNode, self._view.iris(numbers))
                self._nodes.update(zip(numbers.tolist(), named, strict=True))
                self._add_nodes(lineage, closure)
                self._add_edges(closure)
        if up is not None:
            lineage.up = MadeWhenAsked(partial(self._moves, up))
        if down is not None:
            lineage.down = MadeWhenAsked(partial(self._moves, down))
        lineage.edges = list(self._edges.values())
        lineage.edges += self._matched.values()
        return lineage

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
            for number in {number for ids in where for number in ids.tolist()}:
                if number in self._nodes:  # containers that lead nowhere are left out
                    lineage.nodes[self._nodes[number]].stops |= {stop}
        for number in nodes_on_cycles(_in_time(closure)):
            lineage.nodes[self._nodes[number]].stops |= {Stop.CYCLE}

    def _add_edges(self, closure: Closure) -> None:
        edges = self._edges
        for moves in closure.moves:
            for row, grade in zip(_rows(moves), moves.found.grades.tolist(), strict=True):
                if row not in edges:
                    edges[row] = self._edge(*row, grade)
        for same in closure.same:
            origins, targets = same.origins.tolist(), same.targets.tolist()
            for origin, target, match in zip(origins, targets, same.matches, strict=True):
                pair = min(origin, target), max(origin, target)
                if pair not in self._matched:
                    self._matched[pair] = edge_of_match(match)

    def _moves(self, closure: Closure) -> list[Move]:
        """The moves, those of identity first; of the same frontier, in an order of their own."""
        made: list[Move] = []
        for same in closure.same:
            ends = zip(same.origins.tolist(), same.targets.tolist(), strict=True)
            met = [
                Move(
                    self._matched[min(origin, target), max(origin, target)],
                    self._place(origin, same.way),
                    self._place(target, same.way),
                    0,
                )
                for origin, target in ends
            ]
            made += sorted(met, key=_in_order)
        for moves in closure.moves:
            met = []
            way_from, way_to = moves.way_from, moves.way_to
            origins, targets = moves.origins.tolist(), moves.targets.tolist()
            for row, origin, target in zip(_rows(moves), origins, targets, strict=True):
                free = row[1] == _MEMBER or (way_from == ACT and row[1] != _INFORMED)
                to = self._place(target, way_to)
                place = self._place(origin, way_from)
                met.append(Move(self._edges[row], place, to, 0 if free else 1))
            made += sorted(met, key=_in_order)
        return made

    def _place(self, number: int, way: int) -> Place:
        place = self._places.get((number, way))
        if place is None:
            kind = NodeKind.ACTIVITY if way == ACT else NodeKind.ENTITY
            place = Place(self._nodes[number], kind, way == CONTAINER)
            self._places[number, way] = place
        return place

    def _edge(self, subject: int, code: int, object_: int, graph: int, grade: int) -> Edge:
        if graph not in self._graphs:
            self._graphs[graph] = self._view.graph(graph)
        later, earlier = self._nodes[subject], self._nodes[object_]
        kind, predicate = _MEANING[code]
        statement = (later, predicate, earlier)
        return Edge(kind, earlier, later, self._graphs[graph], statement, GRADES[grade])


def _in_order(move: Move) -> tuple[str, str, tuple[str, ...]]:
    return move.origin.node.value, move.to.node.value, move.edge.order


def _rows(moves: Moves) -> Iterator[Row]:
    """The statements of moves: subject, relation, object, graph. Subjects come later in time."""
    found = moves.found
    origins, others = found.origins.tolist(), found.others.tolist()
    subjects, objects = (origins, others) if moves.forth else (others, origins)
    return zip(subjects, found.codes.tolist(), objects, found.graphs.tolist(), strict=True)


def edge_of_match(match: Match) -> Edge:
    """A match of two things as an edge."""
    return Edge(EdgeKind.IDENTITY, match.first, match.second, match.graph, match.statement)


def _in_time(closure: Closure) -> Iterator[tuple[int, int]]:
    """What came before what, in pairs of numbers."""
    for moves in closure.moves:
        if moves.found.codes[0] != _MEMBER:
            earlier, later = moves.origins.tolist(), moves.targets.tolist()
            if moves.forth:
                earlier, later = later, earlier
            yield from zip(earlier, later, strict=True)
