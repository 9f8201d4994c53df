"""What is known of a lineage's nodes: their own statements, and those of what these name.

Agents, plans, instruments, parameters and the like are context: they are described, and from
them only further context is followed, never another step of lineage.
"""

from __future__ import annotations

from collections import deque

from pyoxigraph import NamedNode, Quad

from kg_service.describe import Describer, Thing
from kg_service.export.terms import FOLLOWED, INFLUENCES, LANGUAGE, LINEAGE, OF_LANGUAGE, WITHIN
from kg_service.lineage.model import Lineage
from kg_service.rdf import graph_of, is_aligned, node_object, subject_of
from kg_service.store.port import GraphReader
from kg_service.terms import RDF_TYPE, kg, prov

_USED, _GENERATED = prov("used"), prov("wasGeneratedBy")
_PART_OF_RUN = kg("partOfRun")
_ENTITY, _ACTIVITY = prov("entity"), prov("activity")
_HANDLED_BY = (kg("controls"), kg("organized"))


class Context:
    """The statements about a lineage: see ``Account``. ``described`` are their subjects."""

    def __init__(self, reader: GraphReader, describer: Describer, lineage: Lineage) -> None:
        self._reader = reader
        self._describer = describer
        self._nodes = lineage.nodes.keys()
        telling = {edge.graph for edge in lineage.edges}
        if not telling:
            telling = {g for q in reader.quads(lineage.request.start) if (g := graph_of(q))}
        self._graphs = {NamedNode(name) for graph in telling for name in self._current(graph)}
        self._told: dict[NamedNode, list[Quad]] = {}
        self.described: dict[NamedNode, None] = {}
        self._gather(sorted(lineage.nodes, key=lambda n: (lineage.nodes[n].depth, n.value)))
        self.statements = [
            quad for node in self.described for quad in self._told[node] if self._is_kept(quad)
        ]
        self.outer = self._outer()
        self.languages = self._languages()

    def thing(self, node: NamedNode) -> Thing:
        """What a described node is."""
        return self._describer.thing_told(node, self._told[node])

    def _gather(self, start: list[NamedNode]) -> None:
        """Breadth first, so that nodes come before their context."""
        pending = deque(start)
        while pending:
            node = pending.popleft()
            if node in self._told:
                continue
            told = self._told[node] = self._of(node)
            if told or node in self._nodes:
                self.described[node] = None
            pending.extend(self._led_to(node, told))

    def _led_to(self, node: NamedNode, told: list[Quad]) -> list[NamedNode]:
        found = [
            other
            for quad in told
            if quad.predicate in FOLLOWED and (other := node_object(quad)) is not None
        ]
        found += [
            other
            for quad in told
            if quad.predicate in INFLUENCES
            and (other := node_object(quad)) is not None
            and self._is_within(other)
        ]
        return found + self._handlers(node, told)

    def _handlers(self, node: NamedNode, told: list[Quad]) -> list[NamedNode]:
        """The engine's actions that controlled or organized an activity."""
        if not any(q.predicate == RDF_TYPE and q.object == prov("Activity") for q in told):
            return []
        return sorted(
            {
                subject_of(quad)
                for predicate in _HANDLED_BY
                for quad in self._reader.quads(None, predicate, node)
                if graph_of(quad) in self._graphs
            },
            key=lambda n: n.value,
        )

    def _of(self, node: NamedNode) -> list[Quad]:
        """What current aligned graphs say of a node, in a fixed order."""
        quads = [quad for quad in self._reader.quads(node) if self._is_told(quad, node)]
        return sorted(quads, key=lambda q: (str(q.predicate), str(q.object), str(q.graph_name)))

    def _is_told(self, quad: Quad, node: NamedNode) -> bool:
        """Of the lineage's nodes any source may tell; of context only those that tell its edges.

        A person or a tool may be in very many sources, which have nothing to do with this.
        """
        graph = graph_of(quad)
        if graph is None or graph in self._graphs:
            return graph is not None
        return node in self._nodes and graph.value in self._current(graph)

    def _current(self, graph: NamedNode) -> tuple[str, ...]:
        """The aligned graphs of the source that a graph is a current one of."""
        source = self._describer.source_of(graph) if is_aligned(graph) else None
        return source.aligned_graphs if source is not None else ()

    def _is_within(self, influence: NamedNode) -> bool:
        """Whether a usage, generation or derivation is of something in the lineage."""
        others = {
            node_object(quad)
            for predicate in (_ENTITY, _ACTIVITY)
            for quad in self._reader.quads(influence, predicate)
        }
        return bool(others) and others <= self._nodes

    def _is_kept(self, quad: Quad) -> bool:
        predicate, other = quad.predicate, node_object(quad)
        if predicate in LINEAGE:
            return False
        if predicate in WITHIN or predicate in INFLUENCES:
            return other in self.described
        return True

    def _outer(self) -> list[Quad]:
        """What enclosing runs used and generated of the lineage's entities, where they made any."""
        runs = [n for n in self.described if n not in self._nodes and self._encloses(n)]
        found = []
        for run in runs:
            made = [
                quad
                for quad in self._reader.quads(None, _GENERATED, run)
                if subject_of(quad) in self._nodes and graph_of(quad) in self._graphs
            ]
            if made:
                found += made
                found += [
                    q for q in self._told[run]
                    if q.predicate == _USED and node_object(q) in self._nodes
                ]  # fmt: skip
        return sorted(found, key=lambda q: (str(q.subject), str(q.predicate), str(q.object)))

    def _languages(self) -> list[Quad]:
        """What sources say of the languages of workflows and software: in schema.org's terms."""
        found: dict[Quad, None] = {}
        for node in self.described:
            for quad in self._asserted(node, LANGUAGE):
                found[quad] = None
                if (language := node_object(quad)) is not None:
                    for property_ in OF_LANGUAGE:
                        found |= dict.fromkeys(self._asserted(language, property_))
        return list(found)

    def _asserted(self, node: NamedNode, property_: NamedNode) -> list[Quad]:
        """What current asserted graphs say of a node, by one property of schema.org."""
        asserted = {self._describer.asserted_behind(graph) for graph in self._graphs}
        found = [q for q in self._reader.quads(node, property_) if graph_of(q) in asserted]
        return sorted(found, key=lambda q: (str(q.object), str(q.graph_name)))

    def _encloses(self, node: NamedNode) -> bool:
        return any(
            subject_of(quad) in self._nodes for quad in self._reader.quads(None, _PART_OF_RUN, node)
        )
