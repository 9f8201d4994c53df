"""The moves of a walk: which edges lead on from a place, and what each costs.

This is the one place that knows the rules of docs/lineage.md, for every caller that walks. A
place is a node and the way it was reached: in full, or *as a container* only, because
something in it was reached. Between two steps a walk takes free hops: first to the same thing
and to members, then to the same thing and to containers, never back down from a container. Read
backwards, such a path is one of the other direction; so upstream and downstream are inverse.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.model import Direction, Move, NodeKind, Place


class Moves:
    """The moves of one direction, ``UP`` or ``DOWN``, over one source of edges."""

    def __init__(self, edges: EdgeSource, direction: Direction) -> None:
        self._edges = edges
        self._up = direction is Direction.UP
        self._leading: dict[NamedNode, bool] = {}

    def of(self, place: Place) -> Iterator[Move]:
        """All moves from a place, free ones first."""
        if place.kind is NodeKind.ACTIVITY:
            yield from self._of_activity(place)
        else:
            yield from self._free(place)
            yield from self._steps(place)

    def _of_activity(self, place: Place) -> Iterator[Move]:
        node = place.node
        if self._up:
            for edge in self._edges.used_by(node):
                yield Move(edge, place, Place(edge.earlier, NodeKind.ENTITY), 0)
            for edge in self._edges.informers_of(node):
                yield Move(edge, place, Place(edge.earlier, NodeKind.ACTIVITY), 1)
        else:
            for edge in self._edges.generated_by(node):
                yield Move(edge, place, Place(edge.later, NodeKind.ENTITY), 0)
            for edge in self._edges.informed_by(node):
                yield Move(edge, place, Place(edge.later, NodeKind.ACTIVITY), 1)

    def _steps(self, place: Place) -> Iterator[Move]:
        node = place.node
        if self._up:
            for edge in self._edges.generations_of(node):
                yield Move(edge, place, Place(edge.earlier, NodeKind.ACTIVITY), 1)
            for edge in self._edges.origins_of(node):
                yield Move(edge, place, Place(edge.earlier, NodeKind.ENTITY), 1)
        else:
            for edge in self._edges.uses_of(node):
                yield Move(edge, place, Place(edge.later, NodeKind.ACTIVITY), 1)
            for edge in self._edges.derived_from(node):
                yield Move(edge, place, Place(edge.later, NodeKind.ENTITY), 1)

    def _free(self, place: Place) -> Iterator[Move]:
        node = place.node
        for edge in self._edges.same_as(node):
            other = edge.later if edge.earlier == node else edge.earlier
            yield Move(edge, place, Place(other, NodeKind.ENTITY, place.container), 0)
        if not place.container:
            for edge in self._edges.members_of(node):
                yield Move(edge, place, Place(edge.earlier, NodeKind.ENTITY), 0)
        for edge in self._edges.collections_of(node):
            if self._leads_on(edge.later):
                yield Move(edge, place, Place(edge.later, NodeKind.ENTITY, container=True), 0)

    def _leads_on(self, collection: NamedNode) -> bool:
        """Whether a step leads on from a container, or from one that it is in, and so on."""
        if (known := self._leading.get(collection)) is not None:
            return known
        came_from: dict[NamedNode, NamedNode | None] = {collection: None}
        pending = [collection]
        while pending:
            node = pending.pop()
            if self._leading.get(node) or self._has_step(node):
                on_the_way: NamedNode | None = node
                while on_the_way is not None:
                    self._leading[on_the_way] = True
                    on_the_way = came_from[on_the_way]
                return True
            for other in self._around(node):
                if other not in came_from and self._leading.get(other) is not False:
                    came_from[other] = node
                    pending.append(other)
        self._leading.update(dict.fromkeys(came_from, False))
        return False

    def _around(self, node: NamedNode) -> Iterator[NamedNode]:
        for edge in self._edges.same_as(node):
            yield edge.later if edge.earlier == node else edge.earlier
        for edge in self._edges.collections_of(node):
            yield edge.later

    def _has_step(self, node: NamedNode) -> bool:
        if self._up:
            return bool(self._edges.generations_of(node) or self._edges.origins_of(node))
        return bool(self._edges.uses_of(node) or self._edges.derived_from(node))
