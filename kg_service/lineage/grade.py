"""Who says so: the grade of each edge of an answer, and what made it."""

from __future__ import annotations

from pyoxigraph import Triple

from kg_service.align.engine import Alignment
from kg_service.align.explain import Explainer, Ground
from kg_service.align.mapping import Grade
from kg_service.describe import Describer
from kg_service.identity.links import Evidence
from kg_service.lineage.model import Edge, EdgeKind
from kg_service.store.port import GraphReader
from kg_service.terms import KG_NS


class Grounds:
    """Finds the strongest ground of edges."""

    def __init__(self, reader: GraphReader, alignment: Alignment, describer: Describer) -> None:
        self._describer = describer
        self._explainer = Explainer(reader, alignment, basis=False)

    def of(self, edge: Edge) -> Ground:
        if edge.kind is EdgeKind.IDENTITY:
            evidence = Evidence(edge.statement[1].value.removeprefix(KG_NS))
            key = edge.statement[2].value.removeprefix("urn:kg:key:")
            return Ground(Grade.INFERRED, f"{evidence.label} {key}")
        asserted = self._describer.asserted_behind(edge.graph)
        if asserted is None:
            return Ground(Grade.ASSERTED, "")
        grounds = self._explainer.grounds(Triple(*edge.statement), edge.graph, asserted)
        return next(grounds, Ground(Grade.MAPPED, ""))
