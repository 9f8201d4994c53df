"""The knowledge graph as its interfaces see it: one object, built once, passed in.

The CLI, the HTTP service and the tests all ask here; nothing here knows any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.describe import Describer, Thing
from kg_service.lineage.details import LineageView, view
from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.ends import Ends, find_results, find_specimens, list_specimens
from kg_service.lineage.levels import FinestLevel, RunLevel
from kg_service.lineage.model import Direction, Granularity, Lineage, Request
from kg_service.lineage.walk import walk
from kg_service.resolve import resolve
from kg_service.store.port import GraphReader
from kg_service.why import Reason, why


@dataclass(frozen=True)
class KnowledgeGraph:
    """Reads one store. Raises NotKnown, Ambiguous, UsageError, StoreError."""

    reader: GraphReader
    alignment: Alignment

    def frozen(self) -> KnowledgeGraph:
        """The graph in one state, for an answer that takes several reads."""
        return KnowledgeGraph(self.reader.frozen(), self.alignment)

    def sources(self) -> list[SourceRecord]:
        """All sources, by id."""
        return Catalogue(self.reader.frozen()).sources()

    def resolve(self, written: str) -> NamedNode:
        """The node that an IRI, a persistent identifier in any spelling, or a name means."""
        return resolve(self.reader.frozen(), written)

    def thing(self, iri: NamedNode) -> Thing:
        """Label, kinds, identifiers and sources of one node."""
        return Describer(self.reader.frozen()).thing(iri)

    def lineage(self, request: Request) -> Lineage:
        """Walk from a node; see docs/lineage.md for what the walk means."""
        edges = StoreEdges(self.reader.frozen(), request.policy)
        by_run = request.granularity is Granularity.RUN
        return walk(request, RunLevel(edges) if by_run else FinestLevel(edges))

    def view(self, lineage: Lineage) -> LineageView:
        """The same answer with labels, sources and grades, for people and interfaces."""
        return view(lineage, self.reader.frozen(), self.alignment)

    def why(self, subject: str, predicate: str, object_: str) -> list[Reason]:
        """Who says a statement, and what it was made from."""
        return why(self.reader.frozen(), self.alignment, subject, predicate, object_)

    def specimens(self) -> list[Thing]:
        """The materials at which histories start."""
        return list_specimens(self.reader.frozen())

    def results(self, specimen: NamedNode) -> Ends:
        """The data derived from a material, and whether all of it was found."""
        graph = self.frozen()
        return find_results(graph.reader, graph.lineage(Request(specimen, Direction.DOWN)))

    def specimens_of(self, result: NamedNode) -> Ends:
        """The specimens that a result goes back to."""
        graph = self.frozen()
        return find_specimens(graph.reader, graph.lineage(Request(result, Direction.UP)))
