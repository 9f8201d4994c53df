"""Nodes of a graph sorted by what a shape can see of them.

The shapes of ``ontologies/prov-shapes.ttl`` look at a node's types, at which of some properties
it has, and at the types or datatypes of what these lead to. Nodes alike in all that are judged
alike, so that one of each sort stands for all: a source of 200,000 nodes has some dozens of sorts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Triple

from kg_service.rdf import node_object, object_of, subject_of
from kg_service.store.port import GraphReader
from kg_service.terms import RDF_TYPE

_EMPTY = 0


class Signatures:
    """Numbers for sorts of nodes, the same over all graphs. ``properties`` are those seen."""

    def __init__(self, properties: Sequence[NamedNode]) -> None:
        self._properties = tuple(properties)
        self._sets: list[frozenset[Hashable]] = [frozenset()]
        self._numbers: dict[frozenset[Hashable], int] = {self._sets[_EMPTY]: _EMPTY}
        self._grown: dict[tuple[int, Hashable], int] = {}

    def sorted_nodes(self, reader: GraphReader, graph: NamedNode) -> Mapping[int, list[NamedNode]]:
        """The nodes of a graph that have types or some of the properties, by their sort."""
        types: dict[NamedNode, int] = {}
        for quad in reader.quads(None, RDF_TYPE, None, graph):
            node = subject_of(quad)
            types[node] = self._with(types.get(node, _EMPTY), object_of(quad))
        sorts = {node: self._with(_EMPTY, kinds) for node, kinds in types.items()}
        for predicate in self._properties:
            for quad in reader.quads(None, predicate, None, graph):
                node, led_to = subject_of(quad), self._kind(object_of(quad), types)
                sorts[node] = self._with(sorts.get(node, _EMPTY), (predicate, led_to))
        found: dict[int, list[NamedNode]] = defaultdict(list)
        for node, sort in sorts.items():
            found[sort].append(node)
        return found

    def statements(
        self, reader: GraphReader, graph: NamedNode, nodes: Sequence[NamedNode]
    ) -> list[Triple]:
        """All of some nodes that their sorts are made of."""
        told: dict[Triple, None] = {}
        for node in nodes:
            for predicate in (RDF_TYPE, *self._properties):
                for quad in reader.quads(node, predicate, None, graph):
                    told[quad.triple] = None
                    if predicate != RDF_TYPE and (value := node_object(quad)) is not None:
                        kinds = reader.quads(value, RDF_TYPE, None, graph)
                        told.update(dict.fromkeys(kind.triple for kind in kinds))
        return list(told)

    def _with(self, number: int, member: Hashable) -> int:
        """The number of a set with one member more."""
        step = (number, member)
        if (after := self._grown.get(step)) is None:
            larger = self._sets[number] | {member}
            after = self._numbers.setdefault(larger, len(self._sets))
            if after == len(self._sets):
                self._sets.append(larger)
            self._grown[step] = after
        return after

    def _kind(self, term: object, types: Mapping[NamedNode, int]) -> Hashable:
        if isinstance(term, NamedNode):
            return types.get(term, _EMPTY)
        assert isinstance(term, Literal)
        return term.datatype, self._is_well_formed(term)

    def _is_well_formed(self, literal: Literal) -> bool:
        """As the validator sees it: it takes no "May" for an xsd:dateTime that says it is one."""
        from rdflib import Literal as Value
        from rdflib import URIRef

        return not Value(literal.value, datatype=URIRef(literal.datatype.value)).ill_typed
