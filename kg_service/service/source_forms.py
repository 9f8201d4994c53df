"""A source and its versions in RDF: what the catalogue says, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad

from kg_service.catalogue import SourceRecord
from kg_service.graph import KnowledgeGraph
from kg_service.rdf import node_object, subject_of
from kg_service.service.entity_facts import EntityFacts
from kg_service.service.entity_forms import describe
from kg_service.service.void_description import describe_source
from kg_service.service.void_terms import by_subject
from kg_service.store.port import GraphReader
from kg_service.terms import CATALOGUE, kg, prov

# what alignment met and did: the record has the unmapped terms, /mappings what fired
_PASSED_OVER = {kg("fired"), kg("unmappedTerm")}
_FOLLOWED = {prov("wasGeneratedBy"), prov("wasInvalidatedBy"), kg("realignedBy"), kg("finding")}


def source_statements(graph: KnowledgeGraph, record: SourceRecord, base: str) -> list[Quad]:
    """The source, all its versions, how they came in and went, in PROV, DCAT and VoID."""
    source = NamedNode(record.iri)
    told = [*graph.reader.quads(source, None, None, CATALOGUE)]
    for quad in graph.reader.quads(None, prov("specializationOf"), source, CATALOGUE):
        told += version_statements(graph.reader, subject_of(quad))
    told += describe_source(graph, record, base)
    return list(by_subject(told))


def version_statements(reader: GraphReader, version: NamedNode) -> Iterator[Quad]:
    """What the catalogue says of a version, and of the activities that made and ended it."""
    yield from _about(reader, version, {version})


def _about(reader: GraphReader, node: NamedNode, seen: set[NamedNode]) -> Iterator[Quad]:
    for quad in reader.quads(node, None, None, CATALOGUE):
        if quad.predicate in _PASSED_OVER:
            continue
        yield quad
        value = node_object(quad)
        if quad.predicate in _FOLLOWED and value is not None and value not in seen:
            seen.add(value)
            yield from _about(reader, value, seen)


def root_of(graph: KnowledgeGraph, record: SourceRecord) -> EntityFacts | None:
    """The thing that a source describes as a whole, such as the root of a crate."""
    root = NamedNode(f"{record.iri}/")
    if not any(True for _ in graph.reader.quads(root)):
        return None
    return describe(graph, root).facts
