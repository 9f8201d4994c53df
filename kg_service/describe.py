"""What a node is: its label, kinds, identifiers and the sources that speak of it."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Protocol
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Quad

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
# a run may have a hundred thousand results: they do not tell what it is
_MANY = 200
_DESCRIBING = (
    RDF_TYPE, RDFS_LABEL, kg("name"), dcterms("identifier"), dcterms("description"),
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

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "id": self.iri,
            "label": self.label,
            "kind": self.kind,
            "kinds": list(self.kinds),
            "identifiers": list(self.identifiers),
            "description": self.description,
            "sources": [source.id for source in self.sources],
        }

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


class ManyThings(Protocol):
    """What tells many nodes at once; None where it can not now."""

    def things(self, iris: Sequence[str]) -> Mapping[str, Thing] | None: ...


class Describer:
    """Describes nodes, remembering the sources it has met."""

    def __init__(self, reader: GraphReader, many: ManyThings | None = None) -> None:
        self._reader = reader
        self._many = many
        self._catalogue = Catalogue(reader)
        self._by_graph: dict[NamedNode, SourceRecord | None] = {}
        self._behind: dict[NamedNode, NamedNode | None] = {}

    def thing(self, iri: NamedNode) -> Thing:
        return self.thing_told(iri, self._told(iri))

    def thing_told(self, iri: NamedNode, told: Iterable[Quad]) -> Thing:
        """What a node is by some of the statements about it."""
        labels: list[str] = []
        names: list[str] = []
        identifiers: set[str] = set()
        descriptions: list[str] = []
        kinds: set[str] = set()
        sources: dict[str, SourceRecord] = {}
        for quad in told:
            graph = quad.graph_name
            if not isinstance(graph, NamedNode) or graph == CATALOGUE:
                continue
            source = self.source_of(graph)
            if source is None or graph.value not in source.aligned_graphs:
                continue
            sources[source.id] = source
            value = quad.object.value if isinstance(quad.object, (NamedNode, Literal)) else ""
            if quad.predicate == RDF_TYPE:
                kinds.add(kind_name(value))
            elif not value:
                continue
            elif quad.predicate == RDFS_LABEL:
                labels.append(value)
            elif quad.predicate == kg("name"):
                names.append(value)
            elif quad.predicate == dcterms("identifier"):
                identifiers.add(value)
            elif quad.predicate == dcterms("description"):
                descriptions.append(value)
        return described(
            iri.value, kinds, labels or names, identifiers, descriptions, sources.values()
        )

    def things(self, iris: Iterable[NamedNode]) -> dict[NamedNode, Thing]:
        """Many nodes; in one go where there is a file that knows them."""
        nodes = {iri.value: iri for iri in iris}
        found = self.things_named(nodes)
        return {iri: found[name] for name, iri in nodes.items()}

    def things_named(self, iris: Iterable[str]) -> Mapping[str, Thing]:
        """The same by the text of their IRIs."""
        wanted = list(iris)
        found = self._many.things(wanted) if self._many else None
        if found is None:
            return {iri: self.thing(NamedNode(iri)) for iri in wanted}
        return found

    def _told(self, iri: NamedNode) -> Iterable[Quad]:
        """What is said of a node; of one at which very much hangs, only what describes it."""
        quads = list(islice(self._reader.quads(iri), _MANY))
        if len(quads) < _MANY:
            return quads
        return chain.from_iterable(self._reader.quads(iri, term) for term in _DESCRIBING)

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


def main_kind(kinds: Container[str]) -> str:
    """The most telling of a node's kinds, by local name; ``Entity`` where none is known."""
    return next((k for k in (*KINDS, *PROV_KINDS) if k in kinds), "Entity")


def kind_name(iri: str) -> str:
    """A class as kinds name it: without the namespaces of kg and PROV."""
    return iri.removeprefix(KG_NS).removeprefix(PROV_NS)


def described(
    iri: str,
    kinds: Collection[str],
    names: Collection[str],
    identifiers: Iterable[str],
    descriptions: Iterable[str],
    sources: Iterable[SourceRecord],
) -> Thing:
    """A thing from all that is said of it: its shortest name, its fullest description."""
    return Thing(
        iri=iri,
        label=min(names, key=_by_length) if names else name_from(iri),
        kind=main_kind(kinds),
        kinds=tuple(sorted(kinds)),
        identifiers=tuple(sorted(identifiers)),
        description=max(descriptions, key=_by_length, default=None),
        sources=tuple(sorted(sources, key=lambda source: source.id)),
    )


def _by_length(text: str) -> tuple[int, str]:
    return len(text), text


def name_from(iri: str) -> str:
    """What an unnamed node is called: the end of its IRI, as it was before encoding."""
    _head, marker, local = iri.partition("/source/")
    text = local.partition("/")[2] if marker and "/" in local else iri
    return unquote(text) or iri
