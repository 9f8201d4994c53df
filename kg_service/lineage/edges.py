"""Where edges come from: the aligned and identity graphs of a store.

The walk asks an ``EdgeSource`` and knows nothing of stores; an index can take this one's
place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from pyoxigraph import NamedNode

from kg_service.identity.evidence import Policy
from kg_service.identity.matches import Matches
from kg_service.lineage.model import Edge, EdgeKind
from kg_service.rdf import is_aligned
from kg_service.store.port import GraphReader
from kg_service.terms import RDF_TYPE, kg, prov

USED = prov("used")
GENERATED = prov("wasGeneratedBy")
DERIVED = prov("wasDerivedFrom")
INFORMED = prov("wasInformedBy")
MEMBER = prov("hadMember")
PART_OF_RUN = kg("partOfRun")
_ACTIVITY = prov("Activity")


class EdgeSource(Protocol):
    """The edges at a node, by what they are. All are in time's order (see ``Edge``)."""

    def is_activity(self, node: NamedNode) -> bool: ...

    def generations_of(self, entity: NamedNode) -> list[Edge]: ...

    def generated_by(self, activity: NamedNode) -> list[Edge]: ...

    def uses_of(self, entity: NamedNode) -> list[Edge]: ...

    def used_by(self, activity: NamedNode) -> list[Edge]: ...

    def origins_of(self, entity: NamedNode) -> list[Edge]: ...

    def derived_from(self, entity: NamedNode) -> list[Edge]: ...

    def informers_of(self, activity: NamedNode) -> list[Edge]: ...

    def informed_by(self, activity: NamedNode) -> list[Edge]: ...

    def members_of(self, collection: NamedNode) -> list[Edge]: ...

    def collections_of(self, entity: NamedNode) -> list[Edge]: ...

    def same_as(self, entity: NamedNode) -> list[Edge]: ...

    def runs_of(self, activity: NamedNode) -> list[NamedNode]: ...

    def parts_of(self, run: NamedNode) -> list[NamedNode]: ...


class StoreEdges:
    """Edges read from a store, statement by statement: see ``EdgeSource``."""

    def __init__(self, reader: GraphReader, policy: Policy, matches: Matches | None = None) -> None:
        self._reader = reader
        self._matches = matches or Matches(reader, policy)

    def is_activity(self, node: NamedNode) -> bool:
        return any(True for _ in self._objects(node, RDF_TYPE, _ACTIVITY)) or bool(
            self._forward(node, USED, EdgeKind.USED) or self.generated_by(node)
        )

    def generations_of(self, entity: NamedNode) -> list[Edge]:
        return self._forward(entity, GENERATED, EdgeKind.GENERATED)

    def generated_by(self, activity: NamedNode) -> list[Edge]:
        return self._backward(activity, GENERATED, EdgeKind.GENERATED)

    def uses_of(self, entity: NamedNode) -> list[Edge]:
        return self._backward(entity, USED, EdgeKind.USED)

    def used_by(self, activity: NamedNode) -> list[Edge]:
        return self._forward(activity, USED, EdgeKind.USED)

    def origins_of(self, entity: NamedNode) -> list[Edge]:
        return self._forward(entity, DERIVED, EdgeKind.DERIVED)

    def derived_from(self, entity: NamedNode) -> list[Edge]:
        return self._backward(entity, DERIVED, EdgeKind.DERIVED)

    def informers_of(self, activity: NamedNode) -> list[Edge]:
        return self._forward(activity, INFORMED, EdgeKind.INFORMED)

    def informed_by(self, activity: NamedNode) -> list[Edge]:
        return self._backward(activity, INFORMED, EdgeKind.INFORMED)

    def members_of(self, collection: NamedNode) -> list[Edge]:
        return self._forward(collection, MEMBER, EdgeKind.MEMBER)

    def collections_of(self, entity: NamedNode) -> list[Edge]:
        return self._backward(entity, MEMBER, EdgeKind.MEMBER)

    def same_as(self, entity: NamedNode) -> list[Edge]:
        return [
            Edge(EdgeKind.IDENTITY, match.first, match.second, match.graph, match.statement)
            for match in self._matches.of(entity)
        ]

    def runs_of(self, activity: NamedNode) -> list[NamedNode]:
        """The run that an activity is a part of, the run around that, and so on outwards."""

        def around(node: NamedNode) -> Iterator[NamedNode]:
            return self._objects(node, PART_OF_RUN)

        return _closure(activity, around)

    def parts_of(self, run: NamedNode) -> list[NamedNode]:
        """All activities that are parts of a run, at any depth."""

        def inside(node: NamedNode) -> Iterator[NamedNode]:
            for quad in self._reader.quads(None, PART_OF_RUN, node):
                if is_aligned(quad.graph_name) and isinstance(quad.subject, NamedNode):
                    yield quad.subject

        return _closure(run, inside)

    def _objects(
        self, subject: NamedNode, predicate: NamedNode, object_: NamedNode | None = None
    ) -> Iterator[NamedNode]:
        for quad in self._reader.quads(subject, predicate, object_):
            if is_aligned(quad.graph_name) and isinstance(quad.object, NamedNode):
                yield quad.object

    def _forward(self, subject: NamedNode, predicate: NamedNode, kind: EdgeKind) -> list[Edge]:
        """Edges of statements whose subject is the node. PROV points back in time.

        Membership is the exception: a collection points to its members, which came before it.
        """
        edges = []
        for quad in self._reader.quads(subject, predicate):
            graph, object_ = quad.graph_name, quad.object
            if isinstance(object_, NamedNode) and is_aligned(graph):
                assert isinstance(graph, NamedNode)
                edges.append(Edge(kind, object_, subject, graph, (subject, predicate, object_)))
        return edges

    def _backward(self, object_: NamedNode, predicate: NamedNode, kind: EdgeKind) -> list[Edge]:
        edges = []
        for quad in self._reader.quads(None, predicate, object_):
            graph, subject = quad.graph_name, quad.subject
            if isinstance(subject, NamedNode) and is_aligned(graph):
                assert isinstance(graph, NamedNode)
                edges.append(Edge(kind, object_, subject, graph, (subject, predicate, object_)))
        return edges


def same_things(edges: EdgeSource, entity: NamedNode) -> list[NamedNode]:
    """All that is the same as an entity, by way of others too; without itself."""

    def others(node: NamedNode) -> Iterator[NamedNode]:
        for edge in edges.same_as(node):
            yield edge.later if edge.earlier == node else edge.earlier

    return _closure(entity, others)


def _closure(
    start: NamedNode, neighbours: Callable[[NamedNode], Iterator[NamedNode]]
) -> list[NamedNode]:
    """All that is reached from the start, nearest first, without the start."""
    found: dict[NamedNode, None] = {}
    pending = deque([start])
    while pending:
        for node in neighbours(pending.popleft()):
            if node != start and node not in found:
                found[node] = None
                pending.append(node)
    return list(found)
