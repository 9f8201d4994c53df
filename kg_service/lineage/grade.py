"""Who says so: the grade of each edge of an answer, and what made it."""

from __future__ import annotations

from pyoxigraph import NamedNode, Triple

from kg_service.align.engine import Alignment
from kg_service.align.explain import Explainer, Ground
from kg_service.align.mapping import Grade
from kg_service.describe import Describer
from kg_service.identity.decisions import Decisions
from kg_service.identity.evidence import Evidence, key_text
from kg_service.lineage.model import Edge, EdgeKind
from kg_service.store.port import GraphReader


class Grounds:
    """Finds the strongest ground of edges."""

    def __init__(self, reader: GraphReader, alignment: Alignment, describer: Describer) -> None:
        self._reader = reader
        self._describer = describer
        self._explainer = Explainer(reader, alignment, basis=False)

    def of(self, edge: Edge) -> Ground:
        if edge.kind is EdgeKind.IDENTITY:
            return Ground(Grade.INFERRED, self._of_identity(edge))
        return self.of_statement(Triple(*edge.statement), edge.graph)

    def of_statement(self, statement: Triple, graph: NamedNode) -> Ground:
        """The strongest ground of a statement of an aligned graph."""
        asserted = self._describer.asserted_behind(graph)
        if asserted is None:
            return Ground(Grade.ASSERTED, "")
        grounds = self._explainer.grounds(statement, graph, asserted)
        return next(grounds, Ground(Grade.MAPPED, ""))

    def _of_identity(self, edge: Edge) -> str:
        _thing, property_, key = edge.statement
        evidence = Evidence.of_property(property_)
        if evidence is Evidence.DECISION:
            decision = Decisions(self._reader).of_key(key)
            if decision is not None:
                return f"{evidence.label} by {decision.who}: {decision.because}"
        candidate = ", a candidate that nobody has confirmed" if evidence is Evidence.NAME else ""
        return f"{evidence.label} {key_text(key)}{candidate}"
