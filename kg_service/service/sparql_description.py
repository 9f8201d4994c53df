"""The service description of the endpoint (SPARQL 1.1 Service Description, section 3)."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg_service.service.sparql_formats import GRAPHS, SOLUTIONS
from kg_service.terms import CATALOGUE, DCTERMS_NS, DECISIONS, RDF_TYPE, RDFS_NS, dcterms

RDFS_SEE_ALSO = NamedNode(RDFS_NS + "seeAlso")
SD = "http://www.w3.org/ns/sparql-service-description#"


# graphs that there are whatever was ingested; those of sources the catalogue names
_LASTING = (CATALOGUE, DECISIONS)
_SIMPLE = NamedNode("http://www.w3.org/ns/entailment/Simple")


def describe_service(base: str, format_: RdfFormat, *, updates: bool = False) -> bytes:
    """The description of the endpoint at ``{base}/sparql``, in an RDF format."""
    service = NamedNode(f"{base}/sparql")
    dataset = NamedNode(f"{base}/sparql#dataset")
    default = NamedNode(f"{base}/sparql#default-graph")
    triples = [
        Triple(service, RDF_TYPE, _sd("Service")),
        Triple(service, _sd("endpoint"), service),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        Triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
        Triple(service, _sd("defaultEntailmentRegime"), _SIMPLE),
        Triple(service, RDFS_SEE_ALSO, NamedNode(f"{base}/.well-known/void")),
        Triple(service, _sd("defaultDataset"), dataset),
        Triple(service, dcterms("title"), Literal("kg-service: provenance knowledge graph")),
        Triple(service, RDFS_SEE_ALSO, NamedNode(f"{base}/sparql-examples")),
        Triple(dataset, RDF_TYPE, _sd("Dataset")),
        Triple(dataset, _sd("defaultGraph"), default),
        Triple(default, RDF_TYPE, _sd("Graph")),
    ]
    if updates:
        triples.append(Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update")))
    for number, graph in enumerate(_LASTING, 1):
        named = NamedNode(f"{base}/sparql#named-graph-{number}")
        triples += [
            Triple(dataset, _sd("namedGraph"), named),
            Triple(named, RDF_TYPE, _sd("NamedGraph")),
            Triple(named, _sd("name"), graph),
        ]
    formats = {NamedNode(row.writes.iri): None for row in (*SOLUTIONS, *GRAPHS)}
    triples += [Triple(service, _sd("resultFormat"), known) for known in formats]
    prefixes = {"sd": SD, "dcterms": DCTERMS_NS, "format": "http://www.w3.org/ns/formats/"}
    if format_ in (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N3, RdfFormat.RDF_XML):
        return serialize(triples, format=format_, prefixes=prefixes) or b""
    return serialize(triples, format=format_) or b""


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)
