"""What a node is: its label, kinds, identifiers and the sources that speak of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.store.port import GraphReader
from kg_service.terms import CATALOGUE, KG_NS, PROV_NS, RDF_TYPE, RDFS_LABEL, dcterms, kg

# the most telling kind first; what a node is called where it has several
KINDS = (
    "Specimen", "Sample", "Material", "RawDataset", "ProcessedDataset", "WorkflowRun", "ToolRun",
    "StepRun", "EngineRun", "LabProcess", "Acquisition", "Processing", "Run", "Workflow",
    "WorkflowStep", "Software", "Protocol", "Instrument", "Technique", "ContainerImage",
    "FormalParameter", "ParameterConnection", "File", "Dataset", "Collection", "Value", "Data",
    "Assay", "Study", "Investigation",
)  # fmt: skip
PROV_KINDS = ("Activity", "Person", "Organization", "SoftwareAgent", "Agent", "Plan", "Entity")


@dataclass(frozen=True)
class Thing:
    """A node as it is shown. ``kind`` is the most telling of ``kinds`` (local names)."""

    iri: str
    label: str
    kind: str
    kinds: tuple[str, ...]
    identifiers: tuple[str, ...]
    description: str | None
    sources: tuple[SourceRecord, ...]

    @property
    def is_activity(self) -> bool:
        return "Activity" in self.kinds

    def brief_json(self) -> dict[str, Any]:
        """What names it and who tells of it, as plain data; keys are stable."""
        return {
            "id": self.iri,
            "label": self.label,
            "kind": self.kind,
            "identifiers": list(self.identifiers),
            "sources": [source.id for source in self.sources],
        }


class Describer:
    """Describes nodes, remembering the sources it has met."""

    def __init__(self, reader: GraphReader) -> None:
        self._reader = reader
        self._catalogue = Catalogue(reader)
        self._by_graph: dict[NamedNode, SourceRecord | None] = {}
        self._behind: dict[NamedNode, NamedNode | None] = {}

    def thing(self, iri: NamedNode) -> Thing:
        labels: list[str] = []
        names: list[str] = []
        identifiers: dict[str, None] = {}
        description: str | None = None
        kinds: set[str] = set()
        sources: dict[str, SourceRecord] = {}
        for quad in self._reader.quads(iri):
            graph = quad.graph_name
            if not isinstance(graph, NamedNode) or graph == CATALOGUE:
                continue
            source = self.source_of(graph)
            if source is None or graph.value not in source.aligned_graphs:
                continue
            sources[source.id] = source
            value = quad.object.value if isinstance(quad.object, (NamedNode, Literal)) else ""
            if quad.predicate == RDF_TYPE:
                kinds.add(value.removeprefix(KG_NS).removeprefix(PROV_NS))
            elif quad.predicate == RDFS_LABEL:
                labels.append(value)
            elif quad.predicate == kg("name"):
                names.append(value)
            elif quad.predicate == dcterms("identifier"):
                identifiers[value] = None
            elif quad.predicate == dcterms("description"):
                description = description or value
        return Thing(
            iri=iri.value,
            label=min(labels or names or [_name_from(iri.value)], key=lambda t: (len(t), t)),
            kind=main_kind(kinds),
            kinds=tuple(sorted(kinds)),
            identifiers=tuple(identifiers),
            description=description,
            sources=tuple(sources[k] for k in sorted(sources)),
        )

    def asserted_behind(self, aligned: NamedNode) -> NamedNode | None:
        """The asserted graph that a current aligned graph was derived from."""
        if aligned not in self._behind:
            self._behind[aligned] = self._catalogue.asserted_behind(aligned)
        return self._behind[aligned]

    def source_of(self, graph: NamedNode) -> SourceRecord | None:
        """The source whose current graph this is."""
        if graph not in self._by_graph:
            source = self._catalogue.source_of_graph(graph)
            self._by_graph[graph] = self._catalogue.source(source) if source else None
        return self._by_graph[graph]


def main_kind(kinds: set[str]) -> str:
    """The most telling of a node's kinds, by local name; ``Entity`` where none is known."""
    return next((k for k in (*KINDS, *PROV_KINDS) if k in kinds), "Entity")


def _name_from(iri: str) -> str:
    """What an unnamed node is called: the end of its IRI, as it was before encoding."""
    _head, marker, local = iri.partition("/source/")
    text = local.partition("/")[2] if marker and "/" in local else iri
    return unquote(text) or iri
