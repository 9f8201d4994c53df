"""The knowledge graph as its interfaces see it: one object, built once, passed in.

The CLI, the HTTP service and the tests all ask here; nothing here knows any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from pyoxigraph import NamedNode

from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.describe import Describer, Thing
from kg_service.errors import Ambiguous, NotKnown
from kg_service.export.account import account
from kg_service.export.formats import ExportFormat
from kg_service.export.make import Exported, exported
from kg_service.history.archive import Archive
from kg_service.history.asof import AsOfReader, Past, past_at
from kg_service.history.kept import Kept, kept_periods
from kg_service.history.moments import moment_of
from kg_service.identity.evidence import Evidence
from kg_service.index.lineage import LineageIndex
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.details import LineageView, view
from kg_service.lineage.ends import Ends, find_results, find_specimens, list_specimens
from kg_service.lineage.model import Direction, Filter, Lineage, Request
from kg_service.lineage.scope import checked_filter, find_source, source_with_id
from kg_service.links.listing import LISTED, Links
from kg_service.links.model import Link
from kg_service.resolve import resolve, resolve_version
from kg_service.search.index import ThingIndex
from kg_service.search.things import Things
from kg_service.statistics.counts import Counts
from kg_service.statistics.held import Statistics
from kg_service.store.port import GraphReader
from kg_service.tracing.affected import Affected, find_affected
from kg_service.tracing.common import MOST_ANCESTORS, Common, find_common
from kg_service.tracing.compare import Differences, find_differences
from kg_service.tracing.features import THRESHOLD
from kg_service.tracing.gaps import Gaps, find_gaps
from kg_service.tracing.paths import Paths, find_paths
from kg_service.tracing.state import State
from kg_service.tracing.table import MOST_ROWS, StudyTable, study_table
from kg_service.why import Reason, why

Answer = TypeVar("Answer", Ends, Paths, Common, Affected, Gaps, Differences, StudyTable)


@dataclass(frozen=True)
class KnowledgeGraph:
    """Reads one store. Raises NotKnown, Ambiguous, UsageError, StoreError."""

    reader: GraphReader
    alignment: Alignment
    archive: Archive | None = None
    past: Past | None = None
    index: LineageIndex | None = None
    things: ThingIndex = field(default_factory=ThingIndex, repr=False, compare=False)
    statistics: Statistics = field(default_factory=Statistics, repr=False, compare=False)

    def frozen(self) -> KnowledgeGraph:
        """The graph in one state, for an answer that takes several reads."""
        return replace(self, reader=self.reader.frozen())

    def of_part(self, reader: GraphReader) -> KnowledgeGraph:
        """The same over a reader that sees a part of the store, of which nothing else may show."""
        index = self.index.of_part() if self.index else None
        return replace(self, reader=reader, index=index, things=self.things.of_part())

    def as_of(self, written: str | None) -> KnowledgeGraph:
        """The graph as it was known at a time, or with a version of a source; see docs/lineage.md.

        Lineage and what it is made of can be asked of it, not SPARQL. Itself for None.
        """
        if written is None:
            return self
        present = self.reader.frozen()
        past = past_at(present, self.archive, moment_of(present, written))
        return KnowledgeGraph(AsOfReader(present, past), self.alignment, self.archive, past)

    def history(self, source: NamedNode | None = None) -> dict[NamedNode, list[Kept]]:
        """The periods of all sources (or of one), and what is kept of them."""
        return kept_periods(self.reader.frozen(), self.archive, source)

    def found(self) -> Things:
        """All things of the graph's state: many at once, by kind, by their words."""
        return self.things.at(self.reader.frozen())

    def describer(self) -> Describer:
        """What describes the nodes of the graph's state."""
        reader = self.reader.frozen()
        return Describer(reader, None if self.past else self.things.at(reader))

    def sources(self) -> list[SourceRecord]:
        """All sources, by id."""
        return Catalogue(self.reader.frozen()).sources()

    def counts(self, records: Sequence[SourceRecord]) -> Mapping[str, Counts] | None:
        """What the graphs of sources hold, by graph; None where much was never counted."""
        return self.statistics.counted(self.reader.frozen(), records)

    def source_ids(self, ids: Iterable[str]) -> frozenset[str]:
        """The ids of sources, each of which there must be. Raises NotKnown, Withdrawn."""
        wanted = frozenset(ids)
        for source_id in sorted(wanted):
            source_with_id(self.reader.frozen(), source_id)
        return wanted

    def resolve(self, written: str) -> NamedNode:
        """The node that an IRI, a persistent identifier in any spelling, or a name means."""
        try:
            return resolve(self.reader.frozen(), written)
        except Ambiguous:
            raise
        except NotKnown as error:
            if self.past is None:
                raise
            said = (
                f"{written!r} was not known as of {self.past.moment:%Y-%m-%dT%H:%M:%SZ}; "
                "kg history lists from when on each source was"
            )
            raise NotKnown("; ".join([said, *self.past.missing])) from error

    def thing(self, iri: NamedNode) -> Thing:
        """Label, kinds, identifiers and sources of one node."""
        return self.describer().things([iri])[iri]

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
        graph = self.frozen()
        return view(lineage, graph._indexed(), graph.alignment, graph.describer(), explain=explain)

    def export(self, request: Request, form: ExportFormat) -> Exported:
        """The lineage that a request asks for, in another form; see docs/exports.md."""
        graph = self.frozen()
        lineage, made = graph.lineage(request), datetime.now(UTC)
        return exported(
            account(lineage, graph.reader, graph.alignment, graph.describer(), made), form
        )

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

    def results(self, specimen: NamedNode, how: Request | None = None) -> Ends:
        """The data derived from a material, and whether all of it was found.

        ``how`` tells the depth, the limit, the policy and the filter.
        """
        graph = self.frozen()
        asked = replace(how or Request(specimen), start=specimen, direction=Direction.DOWN)
        return self._known(find_results(graph.describer(), graph.lineage(asked)))

    def specimens_of(self, result: NamedNode, how: Request | None = None) -> Ends:
        """The specimens that a result goes back to."""
        graph = self.frozen()
        asked = replace(how or Request(result), start=result, direction=Direction.UP)
        return self._known(find_specimens(graph.describer(), graph.lineage(asked)))

    def filter(
        self,
        sources: Iterable[str] = (),
        since: str | None = None,
        until: str | None = None,
        kinds: Iterable[str] = (),
    ) -> Filter:
        """A filter for requests, checked. Raises NotKnown, Withdrawn, UsageError."""
        return checked_filter(self.reader.frozen(), sources, since, until, kinds)

    def paths(
        self, request: Request, other: NamedNode, *, limit: int = 1, longest: int | None = None
    ) -> Paths:
        """The paths between the request's start and another thing, the shortest first."""
        return self._known(find_paths(self._state(), request, other, limit=limit, longest=longest))

    def common(
        self, request: Request, things: Sequence[NamedNode], *, limit: int = MOST_ANCESTORS
    ) -> Common:
        """What several things came from, nearest first."""
        return self._known(find_common(self._state(), request, things, limit=limit))

    def versions(self, written: str, version: str) -> list[NamedNode]:
        """All things of a name and a version, in all sources. Raises NotKnown."""
        return resolve_version(self.reader.frozen(), written, version)

    def affected(self, request: Request, things: Sequence[NamedNode] = ()) -> Affected:
        """What is affected if the request's start, or some things that are one, turn out bad."""
        bad = things or (request.start,)
        return self._known(find_affected(self._state(), request, bad))

    def gaps(self, request: Request) -> Gaps:
        """Where the history of the request's start breaks."""
        return self._known(find_gaps(self._state(), request))

    def differences(
        self, request: Request, other: NamedNode, *, threshold: float = THRESHOLD
    ) -> Differences:
        """Two runs, or two results, side by side."""
        return self._known(find_differences(self._state(), request, other, threshold=threshold))

    def table(
        self, written: str, how: Request | None = None, *, limit: int = MOST_ROWS
    ) -> StudyTable:
        """The sample x result table of a source, by its id, or of a study or the like.

        ``how`` tells the depth, the limit, the policy and the filter.
        """
        graph = self.frozen()
        record = find_source(graph.reader, written)
        start = NamedNode(record.iri) if record else graph.resolve(written)
        asked = replace(how or Request(start), start=start)
        return self._known(study_table(graph._state(), asked, record, limit=limit))

    def _known(self, answer: Answer) -> Answer:
        """An answer that says, of a time of which not all is kept, what is not known any more."""
        return _lacking(answer, self.past.missing if self.past else ())

    def _state(self) -> State:
        """One state of the graph, read by the index where there is one."""
        graph = self.frozen()
        return State(graph._indexed(), graph.alignment, graph.lineage, graph.describer())

    def _indexed(self) -> GraphReader:
        """The reader, with what lineage is walked on read from the index where there is one."""
        return self.index.reader(self.reader) if self.index else self.reader


def _lacking(answer: Answer, missing: Sequence[str]) -> Answer:
    if not missing:
        return answer
    return replace(
        answer,
        complete=False,
        stopped=tuple(dict.fromkeys([*answer.stopped, *missing])),
    )
