"""Writing statements on data sets, in VoID, DCAT and DCMI terms."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Quad

from ingest.triples import literal
from kg_service.service.entity_facts import is_web
from kg_service.statistics.counts import Totals
from kg_service.store.port import Term
from kg_service.terms import PREFIXES, RDF_TYPE, dcterms

VOID_NS = "http://rdfs.org/ns/void#"
DCAT_NS = PREFIXES["dcat"]
FOAF_NS = "http://xmlns.com/foaf/0.1/"
DATASET_PREFIXES = {
    **{name: PREFIXES[name] for name in ("dcat", "dcterms", "kg", "owl", "prov", "schema", "xsd")},
    "void": VOID_NS,
    "foaf": FOAF_NS,
}


def void(name: str) -> NamedNode:
    """A term of VoID (https://www.w3.org/TR/void/)."""
    return NamedNode(VOID_NS + name)


def dcat(name: str) -> NamedNode:
    """A term of DCAT."""
    return NamedNode(DCAT_NS + name)


def q(subject: NamedNode, predicate: NamedNode, object_: Term) -> Quad:
    """A statement of this description itself, so in no graph of the store."""
    return Quad(subject, predicate, object_)


def licence_quads(dataset: NamedNode, written: str | None) -> list[Quad]:
    """A data set's licence: an address where it is one, else as it was written."""
    if not written:
        return []
    property_ = "license" if is_web(written) else "rights"
    value = NamedNode(written) if is_web(written) else Literal(written)
    return [q(dataset, dcterms(property_), value)]


def size_quads(dataset: NamedNode, totals: Totals) -> list[Quad]:
    """How much is in a data set (VoID, sections 4.6 and 4.5)."""
    made = [
        q(dataset, void(name), literal(number))
        for name, number in (
            ("triples", totals.triples),
            ("entities", totals.entities),
            ("distinctSubjects", totals.subjects),
            ("distinctObjects", totals.objects),
            ("properties", len(totals.properties)),
            ("classes", len(totals.classes)),
        )
    ]
    for class_, number in totals.classes.items():
        part = _part(dataset, "class", class_)
        made += [
            q(dataset, void("classPartition"), part),
            q(part, RDF_TYPE, void("Dataset")),
            q(part, void("class"), NamedNode(class_)),
            q(part, void("entities"), literal(number)),
        ]
    for property_, number in totals.properties.items():
        part = _part(dataset, "property", property_)
        made += [
            q(dataset, void("propertyPartition"), part),
            q(part, RDF_TYPE, void("Dataset")),
            q(part, void("property"), NamedNode(property_)),
            q(part, void("triples"), literal(number)),
        ]
    return made


def vocabularies(totals: Totals) -> list[str]:
    """The namespaces, of those with a usual prefix, that classes and properties are from."""
    terms = [*totals.classes, *totals.properties]
    return sorted(ns for ns in PREFIXES.values() if any(term.startswith(ns) for term in terms))


def by_subject(statements: Iterable[Quad]) -> tuple[Quad, ...]:
    """Each statement once, those of a subject together, and of a property, as they were made."""
    grouped: dict[object, dict[NamedNode, dict[Quad, None]]] = {}
    for quad in statements:
        grouped.setdefault(quad.subject, {}).setdefault(quad.predicate, {})[quad] = None
    return tuple(q for of in grouped.values() for told in of.values() for q in told)


def _part(dataset: NamedNode, kind: str, term: str) -> NamedNode:
    digest = sha256(term.encode()).hexdigest()[:12]
    joint = "-" if "#" in dataset.value else "#"
    return NamedNode(f"{dataset.value}{joint}{kind}-{digest}")
