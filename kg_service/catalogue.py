"""The catalogue graph: which sources there are, in which versions, and how they came in.

Everything is a statement (PROV, DCAT and the kg terms) in one named graph, so stewards query
it like the rest. This module writes those statements and reads them back as records.
"""

from __future__ import annotations

import getpass
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import cast

from pyoxigraph import Literal, NamedNode, Quad

from ingest.findings import FindingKind
from ingest.triples import literal
from kg_service.rdf import object_node, solutions_of, subject_of, text_object
from kg_service.report import Derived, IngestReport
from kg_service.store.port import NO_BINDINGS, GraphReader, QueryResult, Term
from kg_service.terms import CATALOGUE, RDF_TYPE, XSD_DATETIME, dcterms, kg, prov, shorten

DCAT_DATASET = NamedNode("http://www.w3.org/ns/dcat#Dataset")
DIGITS_OF_VERSION = 16


@dataclass(frozen=True)
class SourceRecord:
    """One source as the catalogue tells it, in its current version."""

    id: str
    iri: str
    title: str | None
    format: str
    version: str
    origin: str
    identifier: str | None
    licence: str | None
    profiles: tuple[str, ...]
    visibility: str
    groups: tuple[str, ...]
    visible_from: str | None
    ingested: str
    asserted: int
    aligned: int
    repairs: int
    losses: int
    warnings: int
    mapping_sets: str
    asserted_graphs: tuple[str, ...]
    aligned_graphs: tuple[str, ...]
    identity_graph: str

    @property
    def graphs(self) -> list[NamedNode]:
        """All graphs of the version."""
        names = (*self.asserted_graphs, *self.aligned_graphs, self.identity_graph)
        return [NamedNode(name) for name in names if name]


@dataclass(frozen=True)
class GraphNames:
    """The asserted graph of a source, or of a bundle in it, and what is derived from it.

    The identity graph is one for the source: that of its main graph.
    """

    asserted: NamedNode
    aligned: NamedNode
    identity: NamedNode
    bundle: str | None = None


@dataclass(frozen=True)
class SourceIris:
    """The IRIs that belong to one version of one source."""

    base: str
    source_id: str
    version: str

    @property
    def source(self) -> NamedNode:
        return NamedNode(f"{self.base}/source/{self.source_id}")

    @property
    def entities(self) -> str:
        """The base that relative identifiers of the source resolve against."""
        return f"{self.base}/source/{self.source_id}/"

    @property
    def version_node(self) -> NamedNode:
        short = self.version[:DIGITS_OF_VERSION]
        return NamedNode(f"{self.base}/version/{self.source_id}/{short}")

    def graphs(self, bundle: str | None = None, alignment: str | None = None) -> GraphNames:
        """The graphs of this version, or of a bundle in it, under an alignment's digest."""
        part = f"{self.base}/graph/{self.source_id}/{self.version[:DIGITS_OF_VERSION]}"
        if bundle is not None:
            part += f"/bundle/{sha256(bundle.encode()).hexdigest()[:DIGITS_OF_VERSION]}"
        made = f"{part}/{alignment}" if alignment else part
        return GraphNames(
            asserted=NamedNode(f"{part}/asserted"),
            aligned=NamedNode(f"{made}/aligned"),
            identity=NamedNode(f"{made}/identity"),
            bundle=bundle,
        )


def _q(subject: NamedNode, predicate: NamedNode, object_: NamedNode | Literal) -> Quad:
    return Quad(subject, predicate, object_, CATALOGUE)


def record_quads(
    iris: SourceIris, report: IngestReport, previous: SourceRecord | None, software: str, sets: str
) -> list[Quad]:
    """The catalogue's statements on a newly ingested version, apart from its graphs."""
    source, version = iris.source, iris.version_node
    ingest = NamedNode(f"{version.value}/ingest")
    quads = [
        _q(source, RDF_TYPE, kg("Source")),
        _q(source, RDF_TYPE, DCAT_DATASET),
        _q(source, dcterms("identifier"), Literal(iris.source_id)),
        _q(source, kg("currentVersion"), version),
        _q(version, RDF_TYPE, kg("SourceVersion")),
        _q(version, prov("specializationOf"), source),
        _q(version, kg("sha256"), Literal(iris.version)),
        _q(version, kg("format"), Literal(report.format)),
        _q(version, kg("origin"), Literal(report.location)),
        _q(version, kg("visibility"), Literal(report.visibility)),
        _q(version, kg("assertedTriples"), literal(report.asserted)),
        _q(version, prov("wasGeneratedBy"), ingest),
        *activity_quads(ingest, "Ingest", software, sets, report.by),
    ]
    for name, kind in (
        ("repairs", FindingKind.REPAIR),
        ("losses", FindingKind.LOSS),
        ("warnings", FindingKind.WARNING),
    ):
        quads.append(_q(version, kg(name), literal(report.findings.total(kind))))
    if report.title:
        quads.append(_q(source, dcterms("title"), Literal(report.title)))
    if report.identifier:
        quads.append(_q(version, dcterms("source"), Literal(report.identifier)))
    if report.licence:
        quads.append(_q(version, dcterms("license"), Literal(report.licence)))
    if report.visible_from:
        quads.append(_q(version, kg("visibleFrom"), Literal(report.visible_from)))
    quads += [_q(version, kg("visibleTo"), Literal(group)) for group in report.groups]
    if report.visibility_decided:
        decided = Literal(report.visibility_decided, datatype=XSD_DATETIME)
        quads.append(_q(version, kg("visibilityDecided"), decided))
    quads += [_q(version, dcterms("conformsTo"), Literal(p)) for p in report.profiles]
    quads += _finding_quads(ingest, report)
    if previous is not None:
        quads.append(_q(version, prov("wasRevisionOf"), previous_version(iris, previous)))
    return quads


def activity_quads(
    activity: NamedNode, kind: str, software: str, sets: str, by: str | None = None
) -> list[Quad]:
    """What the catalogue says of an ingest or a realignment: when, by whom, with what."""
    now = Literal(datetime.now(UTC).isoformat(timespec="microseconds"), datatype=XSD_DATETIME)
    return [
        _q(activity, RDF_TYPE, kg(kind)),
        _q(activity, prov("endedAtTime"), now),
        _q(activity, kg("ingestedBy"), Literal(by or _account())),
        _q(activity, kg("software"), Literal(software)),
        _q(activity, kg("mappingSets"), Literal(sets)),
    ]


def alignment_quads(
    iris: SourceIris, graphs: Sequence[GraphNames], derived: Derived, sets: str
) -> list[Quad]:
    """The catalogue's statements on what was derived from a version: all replaced as one."""
    source, version = iris.source, iris.version_node
    stamp = Literal(_stamp(derived, sets))
    quads = [
        _q(version, kg("alignedTriples"), literal(derived.aligned)),
        _q(version, kg("alignedBy"), Literal(sets)),
        _q(version, kg("identityGraph"), graphs[0].identity),
        _q(graphs[0].identity, kg("sourceOfGraph"), source),
        _q(graphs[0].identity, kg("stamp"), stamp),
    ]
    for names in graphs:
        quads.append(_q(version, kg("alignedGraph"), names.aligned))
        quads.append(_q(names.aligned, kg("sourceOfGraph"), source))
        quads.append(_q(names.aligned, kg("stamp"), stamp))
        quads.append(_q(names.aligned, kg("alignedFrom"), names.asserted))
        if names.bundle is not None:
            quads.append(_q(names.aligned, kg("bundle"), NamedNode(names.bundle)))
    # text, as stores of many sources would else hold more on their mappings than on them
    quads += [_q(version, kg("fired"), Literal(f"{i} {n}")) for i, n in derived.fired.items()]
    for number, (term, count) in enumerate(derived.unmapped.items()):
        node = NamedNode(f"{version.value}/unmapped/{number}")
        quads.append(_q(version, kg("unmappedTerm"), node))
        quads.append(_q(node, kg("term"), NamedNode(term)))
        quads.append(_q(node, kg("count"), literal(count)))
    return quads


def _stamp(derived: Derived, sets: str) -> str:
    """Tells what was derived from what other mappings derive from the same version of a source.

    A source that comes back after it was withdrawn has graphs of the same names.
    """
    told = (sets, derived.aligned, derived.identity, sorted(derived.fired.items()))
    return sha256(repr(told).encode()).hexdigest()[:DIGITS_OF_VERSION]


def asserted_quads(iris: SourceIris, graphs: Sequence[GraphNames]) -> list[Quad]:
    """The catalogue's statements on the graphs that say what the source says."""
    quads = []
    for names in graphs:
        quads.append(_q(iris.version_node, kg("assertedGraph"), names.asserted))
        quads.append(_q(names.asserted, kg("sourceOfGraph"), iris.source))
        if names.bundle is not None:
            quads.append(_q(names.asserted, kg("bundle"), NamedNode(names.bundle)))
    return quads


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"  # a container's user need not have a name


def _finding_quads(ingest: NamedNode, report: IngestReport) -> Iterator[Quad]:
    for finding in report.findings:
        node = NamedNode(f"{ingest.value}/{finding.kind}/{finding.code}")
        yield _q(ingest, kg("finding"), node)
        yield _q(node, RDF_TYPE, kg("Finding"))
        yield _q(node, kg("findingKind"), Literal(finding.kind.value))
        yield _q(node, kg("code"), Literal(finding.code))
        yield _q(node, kg("count"), literal(finding.count))
        for example in finding.examples[:3]:
            yield _q(node, kg("example"), Literal(f"{example.where}: {example.detail}"))


def unmapped_terms(reader: GraphReader, source: NamedNode) -> dict[str, int]:
    """The terms of a source's current version that no mapping has, the most used first."""
    found: dict[str, int] = {}
    for version in reader.quads(source, kg("currentVersion"), None, CATALOGUE):
        for told in reader.quads(object_node(version), kg("unmappedTerm"), None, CATALOGUE):
            node = object_node(told)
            term = next(reader.quads(node, kg("term"), None, CATALOGUE))
            count = next(reader.quads(node, kg("count"), None, CATALOGUE))
            found[text_object(term)] = int(text_object(count))
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def previous_version(iris: SourceIris, previous: SourceRecord) -> NamedNode:
    """The node of an earlier version of the same source."""
    return SourceIris(iris.base, iris.source_id, previous.version).version_node


def replaced_quads(reader: GraphReader, iris: SourceIris, previous: SourceRecord) -> list[Quad]:
    """What stops being true when a new version takes over: pointers to the old one's graphs."""
    stale = [
        *reader.quads(iris.source, kg("currentVersion"), None, CATALOGUE),
        *reader.quads(iris.source, dcterms("title"), None, CATALOGUE),
    ]
    for graph in previous.graphs:
        stale += reader.quads(graph, None, None, CATALOGUE)
    return stale


def realigned_quads(reader: GraphReader, iris: SourceIris, current: SourceRecord) -> list[Quad]:
    """What stops being true when a version is aligned anew: all that ``alignment_quads`` said."""
    version = iris.version_node
    stale: list[Quad] = []
    for name in ("alignedTriples", "alignedBy", "alignedGraph", "identityGraph", "fired"):
        stale += reader.quads(version, kg(name), None, CATALOGUE)
    for graph in (*current.aligned_graphs, current.identity_graph):
        stale += reader.quads(NamedNode(graph), None, None, CATALOGUE)
    for unmapped in reader.quads(version, kg("unmappedTerm"), None, CATALOGUE):
        stale.append(unmapped)
        stale += reader.quads(object_node(unmapped), None, None, CATALOGUE)
    return stale


class Catalogue:
    """Reads the catalogue graph."""

    def __init__(self, reader: GraphReader) -> None:
        self._reader = reader

    def sources(self) -> list[SourceRecord]:
        """All sources in their current version, by id."""
        return self._records({})

    def source(self, iri: NamedNode) -> SourceRecord | None:
        """One source in its current version."""
        return next(iter(self._records({"source": iri})), None)

    def from_origin(self, location: str) -> list[SourceRecord]:
        """The sources whose current version was read from this place."""
        found: list[SourceRecord] = []
        for quad in self._reader.quads(None, kg("origin"), Literal(location), CATALOGUE):
            version = subject_of(quad)
            for current in self._reader.quads(None, kg("currentVersion"), version, CATALOGUE):
                found += self._records({"source": subject_of(current)})
        return found

    def source_of_graph(self, graph: NamedNode) -> NamedNode | None:
        """The source that a current graph belongs to."""
        for quad in self._reader.quads(graph, kg("sourceOfGraph"), None, CATALOGUE):
            return object_node(quad)
        return None

    def asserted_behind(self, aligned: NamedNode) -> NamedNode | None:
        """The asserted graph that a current aligned graph was derived from."""
        for quad in self._reader.quads(aligned, kg("alignedFrom"), None, CATALOGUE):
            return object_node(quad)
        return None

    def graphs_of(self, iris: SourceIris) -> list[GraphNames]:
        """The asserted graphs of a source's version, its main one first, by their names."""
        found: list[GraphNames] = []
        for quad in self._reader.quads(iris.version_node, kg("assertedGraph"), None, CATALOGUE):
            bundles = self._reader.quads(object_node(quad), kg("bundle"), None, CATALOGUE)
            found.append(iris.graphs(next((object_node(b).value for b in bundles), None)))
        return sorted(found, key=lambda names: names.bundle or "")

    def _records(self, bindings: Mapping[str, Term]) -> list[SourceRecord]:
        told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in solutions_of(ask_catalogue(self._reader, sources_query(), bindings)):
            source, about, property_, value = (cast(Term, term).value for term in row)
            told[source][f"{about} {shorten(property_)}"].append(value)
        records = [_record(iri, values) for iri, values in told.items()]
        return sorted(records, key=lambda record: record.id)


def ask_catalogue(
    reader: GraphReader, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS
) -> QueryResult:
    """Ask what reads nothing but the catalogue graph.

    A reader that sees a part of the sources, and does not answer any query by just that part,
    answers such a one.
    """
    ask = getattr(reader, "ask_catalogue", reader.query)
    result: QueryResult = ask(sparql, bindings)
    return result


@cache
def sources_query() -> str:
    """The one query that the catalogue is asked: which sources there are."""
    return files("kg_service").joinpath("catalogue_sources.rq").read_text(encoding="utf-8")


def _record(iri: str, told: Mapping[str, list[str]]) -> SourceRecord:
    def first(name: str) -> str | None:
        return min(told[name]) if told.get(name) else None

    def every(name: str) -> tuple[str, ...]:
        return tuple(sorted(told.get(name, ())))

    def text(name: str) -> str:
        return first(f"version kg:{name}") or ""

    return SourceRecord(
        id=first("source dcterms:identifier") or iri,
        iri=iri,
        title=first("source dcterms:title"),
        format=text("format"),
        version=text("sha256"),
        origin=text("origin"),
        identifier=first("version dcterms:source"),
        licence=first("version dcterms:license"),
        profiles=every("version dcterms:conformsTo"),
        visibility=text("visibility"),
        groups=every("version kg:visibleTo"),
        visible_from=first("version kg:visibleFrom"),
        ingested=max(told.get("ingest prov:endedAtTime", ()), default=""),
        asserted=int(text("assertedTriples") or 0),
        aligned=int(text("alignedTriples") or 0),
        repairs=int(text("repairs") or 0),
        losses=int(text("losses") or 0),
        warnings=int(text("warnings") or 0),
        mapping_sets=text("alignedBy"),
        asserted_graphs=every("version kg:assertedGraph"),
        aligned_graphs=every("version kg:alignedGraph"),
        identity_graph=text("identityGraph"),
    )
