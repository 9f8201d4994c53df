"""The terms that the service's own code must know; all others it meets as data."""

from __future__ import annotations

from pyoxigraph import NamedNode

KG_NS = "https://w3id.org/kg-service/terms#"
PROV_NS = "http://www.w3.org/ns/prov#"
DCTERMS_NS = "http://purl.org/dc/terms/"
RDFS_NS = "http://www.w3.org/2000/01/rdf-schema#"
OWL_NS = "http://www.w3.org/2002/07/owl#"
RDF_NS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD_NS = "http://www.w3.org/2001/XMLSchema#"
SCHEMA_NS = "http://schema.org/"

CATALOGUE = NamedNode("https://w3id.org/kg-service/graph/catalogue")
VOCABULARY = NamedNode("https://w3id.org/kg-service/graph/vocabulary")
EXAMPLES = NamedNode("https://w3id.org/kg-service/graph/examples")
DECISIONS = NamedNode("https://w3id.org/kg-service/graph/decisions")
JOURNAL = NamedNode("https://w3id.org/kg-service/graph/journal")

RDF_TYPE = NamedNode(RDF_NS + "type")
RDFS_LABEL = NamedNode(RDFS_NS + "label")
OWL_SAME_AS = NamedNode(OWL_NS + "sameAs")
OWL_DIFFERENT_FROM = NamedNode(OWL_NS + "differentFrom")
XSD_DATETIME = NamedNode(XSD_NS + "dateTime")


def kg(name: str) -> NamedNode:
    """A term of the service's own ontology (ontologies/kg.ttl)."""
    return NamedNode(KG_NS + name)


def prov(name: str) -> NamedNode:
    """A term of PROV-O."""
    return NamedNode(PROV_NS + name)


def dcterms(name: str) -> NamedNode:
    """A term of DCMI Metadata Terms."""
    return NamedNode(DCTERMS_NS + name)


PREFIXES = {
    "kg": KG_NS,
    "prov": PROV_NS,
    "dcterms": DCTERMS_NS,
    "rdfs": RDFS_NS,
    "rdf": RDF_NS,
    "owl": OWL_NS,
    "xsd": XSD_NS,
    "schema": SCHEMA_NS,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "bioschemas": "https://bioschemas.org/",
    "wfrun": "https://w3id.org/ro/terms/workflow-run#",
    "isa": "https://w3id.org/kg-service/isa#",
    "icat": "https://w3id.org/kg-service/icat#",
    "scicat": "https://w3id.org/kg-service/scicat#",
    "panosc": "https://w3id.org/kg-service/panosc#",
    "datacite": "https://w3id.org/kg-service/datacite#",
    "biocompute": "https://w3id.org/kg-service/biocompute#",
    "openlineage": "https://w3id.org/kg-service/openlineage#",
    "labid": "https://w3id.org/kg-service/labid#",
}


def shorten(iri: str) -> str:
    """The IRI as ``prefix:name`` where one of the prefixes fits, else as it is."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
