"""The knowledge graph as its interfaces see it: one object, built once, passed in.

The CLI, the HTTP service and the tests all ask here; nothing here knows any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from pyoxigraph import NamedNode

from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.describe import Describer, Thing
from kg_service.errors import NotKnown
from kg_service.identity.evidence import Evidence
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.details import LineageView, view
from kg_service.lineage.ends import Ends, find_results, find_specimens, list_specimens
from kg_service.lineage.model import Direction, Lineage, Request
from kg_service.links.listing import LISTED, Links
from kg_service.links.model import Link
from kg_service.resolve import resolve
from kg_service.search.index import ThingIndex
from kg_service.search.things import Things
from kg_service.store.port import GraphReader
from kg_service.why import Reason, why


@dataclass(frozen=True)
class KnowledgeGraph:
    """Reads one store. Raises NotKnown, Ambiguous, UsageError, StoreError."""

    reader: GraphReader
    alignment: Alignment
    index: ThingIndex = field(default_factory=ThingIndex, repr=False, compare=False)

    def frozen(self) -> KnowledgeGraph:
        """The graph in one state, for an answer that takes several reads."""
        return replace(self, reader=self.reader.frozen())

    def found(self) -> Things:
        """All things of the graph's state: many at once, by kind, by their words."""
        return self.index.at(self.reader.frozen())

    def describer(self) -> Describer:
        """What describes the nodes of the graph's state."""
        reader = self.reader.frozen()
        return Describer(reader, self.index.at(reader))

    def sources(self) -> list[SourceRecord]:
        """All sources, by id."""
        return Catalogue(self.reader.frozen()).sources()

    def source_ids(self, ids: Iterable[str]) -> frozenset[str]:
        """The ids of sources, each of which there must be. Raises NotKnown."""
        wanted = frozenset(ids)
        known = {record.id for record in self.sources()} if wanted else wanted
        if unknown := sorted(wanted - known):
            raise NotKnown(
                f"there is no source {', '.join(unknown)}; kg sources lists those that are"
            )
        return wanted

    def resolve(self, written: str) -> NamedNode:
        """The node that an IRI, a persistent identifier in any spelling, or a name means."""
        return resolve(self.reader.frozen(), written)

    def thing(self, iri: NamedNode) -> Thing:
        """Label, kinds, identifiers and sources of one node."""
        return self.describer().things([iri])[iri]

    def lineage(self, request: Request) -> Lineage:
        """Walk from a node; see docs/lineage.md for what the walk means."""
        return lineage_asked(request, self.reader.frozen())

    def view(self, lineage: Lineage) -> LineageView:
        """The same answer with labels, sources and grades, for people and interfaces."""
        graph = self.frozen()
        return view(lineage, graph.reader, graph.alignment, graph.describer())

    def why(self, subject: str, predicate: str, object_: str) -> list[Reason]:
        """Who says a statement, and what it was made from."""
        return why(self.reader.frozen(), self.alignment, subject, predicate, object_)

    def links(
        self,
        node: NamedNode | None = None,
        evidence: Iterable[Evidence] = LISTED,
        source: str | None = None,
    ) -> Iterator[Link]:
        """What is the same as what, on what evidence: of a thing, of a source, or all."""
        return Links(self.reader.frozen()).listed(node, evidence, source)

    def candidates(
        self, node: NamedNode | None = None, source: str | None = None
    ) -> Iterator[Link]:
        """Things of different sources with the same name, for a steward to decide on."""
        return Links(self.reader.frozen()).candidates(node, source)

    def specimens(self) -> list[Thing]:
        """The materials at which histories start."""
        graph = self.frozen()
        return list_specimens(graph.reader, graph.describer())

    def results(self, specimen: NamedNode) -> Ends:
        """The data derived from a material, and whether all of it was found."""
        graph = self.frozen()
        return find_results(graph.describer(), graph.lineage(Request(specimen, Direction.DOWN)))

    def specimens_of(self, result: NamedNode) -> Ends:
        """The specimens that a result goes back to."""
        graph = self.frozen()
        return find_specimens(graph.describer(), graph.lineage(Request(result, Direction.UP)))
