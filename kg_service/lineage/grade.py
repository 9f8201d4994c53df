"""Who says so: the grade of each edge of an answer, and what made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode, Triple

from kg_service.align.engine import Alignment
from kg_service.align.explain import Explainer, Ground
from kg_service.describe import Describer
from kg_service.history.archive import Archive
from kg_service.history.asof import Past
from kg_service.identity.decisions import Decisions
from kg_service.identity.evidence import Evidence, key_text
from kg_service.lineage.model import Edge, EdgeKind
from kg_service.store.grades import Grade
from kg_service.store.port import GraphReader
from kg_service.store.statements import END

# a note is read through as a whole: for few edges, explaining them takes less
_NOTE_BYTES_AN_EDGE = 1_000


def noted_grades(edges: Iterable[Edge], archive: Archive | None) -> dict[Edge, Grade]:
    """The grades of edges so far as they are known without explaining."""
    found: dict[Edge, Grade] = {}
    by_graph: dict[NamedNode, dict[bytes, Edge]] = defaultdict(dict)
    for edge in edges:
        if edge.kind is EdgeKind.IDENTITY:
            found[edge] = Grade.INFERRED
        else:
            by_graph[edge.graph][" ".join(map(str, edge.statement)).encode() + END] = edge
    for graph, wanted in by_graph.items() if archive else ():
        assert archive is not None
        if 0 < archive.noted_bytes(graph) <= _NOTE_BYTES_AN_EDGE * len(wanted):
            for grade, line in archive.noted(graph):
                if line in wanted:
                    found.setdefault(wanted[line], grade)
    return found


class Grounds:
    """Finds the strongest ground of edges."""

    def __init__(
        self,
        reader: GraphReader,
        alignment: Alignment,
        describer: Describer,
        past: Past | None = None,
    ) -> None:
        self._past = past
        self._reader = reader
        self._describer = describer
        self._explainer = Explainer(reader, alignment, basis=False)

    def of(self, edge: Edge) -> Ground:
        """The grade, and what made the statement: read anew from the asserted graph."""
        if edge.kind is EdgeKind.IDENTITY:
            return Ground(Grade.INFERRED, self._of_identity(edge))
        if self._past and (said_by := self._past.said_by.get(edge.graph)):
            return Ground(self._archived(edge) or Grade.MAPPED, said_by)
        asserted = self._describer.asserted_behind(edge.graph)
        if asserted is None:
            return Ground(Grade.ASSERTED, "")
        statement = Triple(*edge.statement)
        grounds = self._explainer.grounds(statement, edge.graph, asserted)
        return next(grounds, Ground(Grade.MAPPED, ""))

    def _archived(self, edge: Edge) -> Grade | None:
        return self._past.grade(edge.graph, edge.statement) if self._past else None

    def _of_identity(self, edge: Edge) -> str:
        _thing, property_, key = edge.statement
        evidence = Evidence.of_property(property_)
        if evidence is Evidence.DECISION:
            decision = Decisions(self._reader).of_key(key)
            if decision is not None:
                return f"{evidence.label} by {decision.who}: {decision.because}"
        candidate = ", a candidate that nobody has confirmed" if evidence is Evidence.NAME else ""
        return f"{evidence.label} {key_text(key)}{candidate}"
