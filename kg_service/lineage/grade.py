"""Who says so: the grade of each edge of an answer, and what made it."""

from __future__ import annotations

from pyoxigraph import NamedNode, Triple

from kg_service.align.engine import Alignment
from kg_service.align.explain import Explainer, Ground
from kg_service.describe import Describer
from kg_service.history.asof import AsOfReader
from kg_service.identity.decisions import Decisions
from kg_service.identity.evidence import Evidence, key_text
from kg_service.lineage.model import Edge, EdgeKind
from kg_service.store.grades import Grade
from kg_service.store.port import GraphReader


class Grounds:
    """Finds the strongest ground of edges."""

    def __init__(
        self,
        reader: GraphReader,
        alignment: Alignment,
        describer: Describer,
    ) -> None:
        self._past = reader.past if isinstance(reader, AsOfReader) else None
        self._reader = reader
        self._describer = describer
        self._explainer = Explainer(reader, alignment, basis=False)

    def of(self, edge: Edge) -> Ground:
        """The grade, and what made the statement: read anew from the asserted graph."""
        if edge.kind is EdgeKind.IDENTITY:
            return Ground(Grade.INFERRED, self._of_identity(edge))
        if self._past and (said_by := self._past.said_by.get(edge.graph)):
            return Ground(self._archived(edge) or Grade.MAPPED, said_by)
        return self.of_statement(Triple(*edge.statement), edge.graph, edge.grade)

    def of_statement(
        self, statement: Triple, graph: NamedNode, grade: Grade | None = None
    ) -> Ground:
        """The strongest ground of a statement of an aligned graph, of this grade where known."""
        asserted = self._describer.asserted_behind(graph)
        if asserted is None:
            return Ground(Grade.ASSERTED, "")
        grounds = self._explainer.grounds(statement, graph, asserted, grade)
        return next(grounds, Ground(grade or Grade.MAPPED, ""))

    def grade_of(self, edge: Edge) -> Grade:
        """The grade alone, which takes no reading where it is known."""
        if edge.kind is EdgeKind.IDENTITY:
            return Grade.INFERRED
        return edge.grade or self.of(edge).grade

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
