"""Results that go back to no specimen: found by one walk down from all materials at once."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.check.model import Checked, Family, Verdict
from kg_service.identity.evidence import Policy
from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.model import Direction
from kg_service.lineage.walk import reach
from kg_service.store.port import GraphReader
from kg_service.terms import RDF_TYPE, kg, prov, shorten

_SHOWN = 3


class SpecimenReach:
    """What lies downstream of any material, in all sources. Walked once, when first asked."""

    def __init__(self, reader: GraphReader) -> None:
        self._reader = reader
        self._reached: set[NamedNode] | None = None

    def check(self, source: SourceRecord) -> Checked:
        """The generated data of a source that no material is upstream of."""
        results = list(self._results(source))
        lost = [node for node in results if node not in self._all()]
        verdict = Verdict.FAIL if lost else Verdict.PASS if results else Verdict.NONE
        examples = ", ".join(shorten(node.value) for node in lost[:_SHOWN])
        evidence = f"{len(lost)} of {len(results)}" + (f", such as {examples}" if lost else "")
        return Checked(
            "result-without-specimen",
            Family.CHAINS,
            "results that go back to no specimen or sample",
            verdict,
            len(lost),
            evidence if results else "no results in it",
            "ingest the source that tells where they came from, or join it by identifiers",
        )

    def _results(self, source: SourceRecord) -> Iterator[NamedNode]:
        for name in source.aligned_graphs:
            graph = NamedNode(name)
            met: set[NamedNode] = set()
            for quad in self._reader.quads(None, prov("wasGeneratedBy"), None, graph):
                node = quad.subject
                assert isinstance(node, NamedNode)
                if node not in met and self._is_data(node, graph):
                    met.add(node)
                    yield node

    def _is_data(self, node: NamedNode, graph: NamedNode) -> bool:
        kinds = {quad.object for quad in self._reader.quads(node, RDF_TYPE, None, graph)}
        return kg("Data") in kinds and kg("Value") not in kinds

    def _all(self) -> set[NamedNode]:
        if self._reached is None:
            materials = (
                quad.subject
                for quad in self._reader.quads(None, RDF_TYPE, kg("Material"))
                if isinstance(quad.subject, NamedNode)
            )
            edges = StoreEdges(self._reader, Policy.DEFAULT)
            self._reached = reach(materials, edges, Direction.DOWN)
        return self._reached
