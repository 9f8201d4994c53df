"""The knowledge graph as its interfaces see it: one object, built once, passed in.

The CLI, the HTTP service and the tests all ask here; nothing here knows any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.describe import Describer, Thing
from kg_service.errors import Ambiguous, NotKnown
from kg_service.history.archive import Archive
from kg_service.history.asof import AsOfReader, Past, past_at
from kg_service.history.kept import Kept, kept_periods
from kg_service.history.moments import moment_of
from kg_service.identity.evidence import Evidence
from kg_service.index.lineage import LineageIndex
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.details import LineageView, view
from kg_service.lineage.ends import Ends, find_results, find_specimens, list_specimens
from kg_service.lineage.model import Direction, Lineage, Request
from kg_service.links.listing import LISTED, Links
from kg_service.links.model import Link
from kg_service.resolve import resolve
from kg_service.store.port import GraphReader
from kg_service.why import Reason, why


@dataclass(frozen=True)
class KnowledgeGraph:
    """Reads one store. Raises NotKnown, Ambiguous, UsageError, StoreError."""

    reader: GraphReader
    alignment: Alignment
    archive: Archive | None = None
    past: Past | None = None
    index: LineageIndex | None = None

    def frozen(self) -> KnowledgeGraph:
        """The graph in one state, for an answer that takes several reads."""
        return replace(self, reader=self.reader.frozen())

    def as_of(self, written: str | None) -> KnowledgeGraph:
        """The graph as it was known at a time, or with a version of a source; see docs/lineage.md.

        Lineage and what it is made of can be asked of it, not SPARQL. Itself for None.
        """
        if written is None:
            return self
        present = self.reader.frozen()
        past = past_at(present, self.archive, moment_of(present, written))
        return KnowledgeGraph(AsOfReader(present, past), self.alignment, self.archive, past)

    def history(self) -> dict[NamedNode, list[Kept]]:
        """The periods of all sources, and what is kept of them."""
        return kept_periods(self.reader.frozen(), self.archive)

    def sources(self) -> list[SourceRecord]:
        """All sources, by id."""
        return Catalogue(self.reader.frozen()).sources()

    def resolve(self, written: str) -> NamedNode:
        """The node that an IRI, a persistent identifier in any spelling, or a name means."""
        try:
            return resolve(self.reader.frozen(), written)
        except Ambiguous:
            raise
        except NotKnown as error:
            if self.past is None or not self.past.missing:
                raise
            raise NotKnown("; ".join([str(error), *self.past.missing])) from error

    def thing(self, iri: NamedNode) -> Thing:
        """Label, kinds, identifiers and sources of one node."""
        return Describer(self.reader.frozen()).thing(iri)

    def lineage(self, request: Request) -> Lineage:
        """Walk from a node; see docs/lineage.md for what the walk means."""
        if self.index is not None:
            return self.index.lineage(request, self.reader.frozen())
        answer = lineage_asked(request, self.reader.frozen())
        answer.missing = tuple(self.past.missing) if self.past else ()
        return answer

    def view(self, lineage: Lineage, *, explain: bool = True) -> LineageView:
        """The same answer with labels, sources and grades, for people and interfaces.

        Without ``explain``, edges come without the row, rule or evidence behind their grade.
        """
        reader = self.reader.frozen()
        return view(lineage, reader, self.alignment, explain=explain, past=self.past)

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
        return list_specimens(self.reader.frozen())

    def results(self, specimen: NamedNode) -> Ends:
        """The data derived from a material, and whether all of it was found."""
        graph = self.frozen()
        return find_results(graph.reader, graph.lineage(Request(specimen, Direction.DOWN)))

    def specimens_of(self, result: NamedNode) -> Ends:
        """The specimens that a result goes back to."""
        graph = self.frozen()
        return find_specimens(graph.reader, graph.lineage(Request(result, Direction.UP)))
