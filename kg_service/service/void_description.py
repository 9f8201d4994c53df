"""What the graph and its sources are and hold: VoID and DCAT, from the catalogue and the counts.

The counts are those of what sources say and of what follows from it: of their asserted, aligned
and identity graphs. A statement in two graphs counts in both; things, subjects and objects count
once. The catalogue and the vocabulary are not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, permutations

from pyoxigraph import Literal, NamedNode, Quad

from ingest.triples import literal
from kg_service.catalogue import DCAT_DATASET, SourceRecord
from kg_service.errors import Refused
from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy
from kg_service.rdf import object_node, subject_of, text_object
from kg_service.service.entity_facts import is_web, persistent_address
from kg_service.service.signposting import DESCRIPTIONS
from kg_service.service.sparql_formats import GRAPHS
from kg_service.service.void_terms import (
    FOAF_NS,
    by_subject,
    dcat,
    licence_quads,
    q,
    size_quads,
    vocabularies,
    void,
)
from kg_service.statistics.counts import Counts, Totals, total
from kg_service.store.port import GraphReader
from kg_service.terms import (
    CATALOGUE,
    OWL_SAME_AS,
    RDF_TYPE,
    XSD_DATETIME,
    dcterms,
    kg,
    prov,
)

DOCUMENT = "/.well-known/void"
# links are found one by one, in a millisecond each, among all that has a key: where there are more
# of them, or more statements, no link sets are told
MOST_LINKS = 1_000
MOST_LOOKED_THROUGH = 3_000_000
_EXAMPLES = ("Specimen", "Material", "Run", "File", "Dataset")
_NOT_COUNTED = (
    "Some of the graph was never counted, so that only statements are told; any kg ingest counts it"
)


@dataclass(frozen=True)
class Described:
    """The description of one state of the graph, and its figures where they are known."""

    statements: tuple[Quad, ...]
    totals: Totals | None


def describe_graph(graph: KnowledgeGraph, base: str) -> Described:
    """The whole graph: what it is, how to ask it, what is in it, and its sources as subsets."""
    records = graph.sources()
    counted = graph.counts(records)
    totals = total(list(counted.values())) if counted is not None else None
    dataset = NamedNode(f"{base}{DOCUMENT}#graph")
    made = [*_whole(dataset, base), *_examples(dataset, graph.reader, base)]
    if totals is not None:
        made += size_quads(dataset, totals)
        made += [q(dataset, void("vocabulary"), NamedNode(ns)) for ns in vocabularies(totals)]
    else:
        made.append(q(dataset, void("triples"), literal(sum(map(_told, records)))))
        made.append(q(dataset, dcterms("description"), Literal(_NOT_COUNTED)))
    issued = _first_ingests(graph.reader)
    for record in records:
        source = NamedNode(record.iri)
        made.append(q(dataset, void("subset"), source))
        made.append(q(dataset, dcat("dataset"), source))
        made += source_quads(record, base, issued.get(record.iri), _of(record, counted))
    licences = {record.licence for record in records}
    if len(licences) == 1:  # else each source's own holds for what it says
        made += licence_quads(dataset, next(iter(licences)))
    if records:
        made.append(q(dataset, dcterms("modified"), _time(max(r.ingested for r in records))))
    if sum(map(_told, records)) <= MOST_LOOKED_THROUGH:
        made += _linksets(dataset, graph, records)
    return Described(by_subject(made), totals)


def describe_source(graph: KnowledgeGraph, record: SourceRecord, base: str) -> list[Quad]:
    """One source with all its figures."""
    counted = graph.counts([record])
    issued = _first_ingests(graph.reader, NamedNode(record.iri)).get(record.iri)
    made = source_quads(record, base, issued, _of(record, counted))
    if counted is not None:
        made += size_quads(NamedNode(record.iri), total(list(counted.values())))
    made.append(q(NamedNode(f"{base}{DOCUMENT}#graph"), void("subset"), NamedNode(record.iri)))
    return list(dict.fromkeys(made))


def source_quads(
    record: SourceRecord, base: str, issued: str | None, triples: int | None
) -> list[Quad]:
    """What a source is, as a subset of the graph."""
    source = NamedNode(record.iri)
    made = [
        q(source, RDF_TYPE, void("Dataset")),
        q(source, RDF_TYPE, DCAT_DATASET),
        q(source, dcterms("title"), Literal(record.title or record.id)),
        q(source, dcterms("identifier"), Literal(record.id)),
        q(source, dcterms("format"), Literal(record.format)),
        q(source, void("uriSpace"), Literal(f"{record.iri}/")),
        q(source, void("sparqlEndpoint"), NamedNode(f"{base}/sparql")),
        q(source, void("triples"), literal(_told(record) if triples is None else triples)),
        *licence_quads(source, record.licence),
    ]
    if address := persistent_address(record.identifier):
        made.append(q(source, prov("wasDerivedFrom"), NamedNode(address)))
    elif record.identifier and is_web(record.identifier):
        made.append(q(source, prov("wasDerivedFrom"), NamedNode(record.identifier)))
    for profile in record.profiles:
        value = NamedNode(profile) if is_web(profile) else Literal(profile)
        made.append(q(source, dcterms("conformsTo"), value))
    if issued:
        made.append(q(source, dcterms("issued"), _time(issued)))
    if record.ingested:
        made.append(q(source, dcterms("modified"), _time(record.ingested)))
    return made


def _whole(dataset: NamedNode, base: str) -> Iterator[Quad]:
    document = NamedNode(f"{base}{DOCUMENT}")
    title = Literal(f"Provenance knowledge graph at {base}")
    sparql = NamedNode(f"{base}/sparql")
    yield q(document, RDF_TYPE, void("DatasetDescription"))
    yield q(document, dcterms("title"), Literal(f"Description of the graph at {base}"))
    yield q(document, NamedNode(FOAF_NS + "primaryTopic"), dataset)
    for class_ in (void("Dataset"), dcat("Catalog")):
        yield q(dataset, RDF_TYPE, class_)
    yield q(dataset, dcterms("title"), title)
    yield q(dataset, NamedNode(FOAF_NS + "homepage"), NamedNode(f"{base}/"))
    yield q(dataset, void("sparqlEndpoint"), sparql)
    yield q(dataset, dcat("service"), sparql)
    yield q(sparql, RDF_TYPE, dcat("DataService"))
    yield q(sparql, dcat("endpointURL"), sparql)
    yield q(sparql, dcat("servesDataset"), dataset)
    yield q(dataset, void("uriSpace"), Literal(f"{base}/source/"))
    yield q(dataset, void("uriLookupEndpoint"), NamedNode(f"{base}/entity?id="))
    offered = {media_type for _, media_type in DESCRIPTIONS}
    for row in GRAPHS:
        if row.media_types[0] in offered:
            yield q(dataset, void("feature"), NamedNode(row.writes.iri))


def _examples(dataset: NamedNode, reader: GraphReader, base: str) -> Iterator[Quad]:
    """A thing of each of some kinds that has an address here."""
    for kind in _EXAMPLES:
        for quad in islice(reader.quads(None, RDF_TYPE, kg(kind)), 100):
            iri = subject_of(quad).value
            if iri.startswith(f"{base}/source/") and "#" not in iri:
                yield q(dataset, void("exampleResource"), subject_of(quad))
                break


def _first_ingests(reader: GraphReader, source: NamedNode | None = None) -> dict[str, str]:
    """When each source first came in."""
    first: dict[str, str] = {}
    for told in reader.quads(None, prov("specializationOf"), source, CATALOGUE):
        version, of = subject_of(told), object_node(told).value
        for made in reader.quads(version, prov("wasGeneratedBy"), None, CATALOGUE):
            for end in reader.quads(object_node(made), prov("endedAtTime"), None, CATALOGUE):
                first[of] = min(first.get(of, "~"), text_object(end))
    return first


def _linksets(
    dataset: NamedNode, graph: KnowledgeGraph, records: Sequence[SourceRecord]
) -> list[Quad]:
    """How many things of one source are things of another, where there are not too many to tell."""
    try:
        links = list(islice(graph.links(), MOST_LINKS + 1))
    except Refused:  # a caller who sees a part of the graph only
        return []
    if len(links) > MOST_LINKS:
        return []
    shared: Counter[tuple[str, str]] = Counter()
    for link in links:
        if Policy.DEFAULT in link.policies:
            ends = {*link.first.sources, *link.second.sources}
            shared.update((a, b) for a, b in permutations(sorted(ends), 2) if a < b)
    iris = {record.id: NamedNode(record.iri) for record in records}
    made: list[Quad] = []
    for number, ((one, other), links_of) in enumerate(sorted(shared.items())):
        linkset = NamedNode(f"{dataset.value}-links-{number}")
        made += [
            q(dataset, void("subset"), linkset),
            q(linkset, RDF_TYPE, void("Linkset")),
            q(linkset, void("linkPredicate"), OWL_SAME_AS),
            q(linkset, void("subjectsTarget"), iris[one]),
            q(linkset, void("objectsTarget"), iris[other]),
            q(linkset, void("triples"), literal(links_of)),
        ]
    return made


def _of(record: SourceRecord, counted: Mapping[str, Counts] | None) -> int | None:
    """The statements of a source, where they were counted."""
    if counted is None:
        return None
    return sum(counted[node.value].triples for node in record.graphs if node.value in counted)


def _told(record: SourceRecord) -> int:
    """The statements of a source as its catalogue tells them; those of identity are not told."""
    return record.asserted + record.aligned


def _time(text: str) -> Literal:
    return Literal(text, datatype=XSD_DATETIME)
