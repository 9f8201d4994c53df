"""The vocabulary graph: ontologies, mapping sets and facilities' definitions, as data.

So a steward can ask in SPARQL what a term means and what it maps to: each row is a SKOS
statement, and an annotated axiom (SSSOM in RDF) that tells its id and set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from kg_service.align.engine import Alignment
from kg_service.align.mapping import MappingSet, Row
from kg_service.esrf_terms import esrf_triples
from kg_service.rdf import node_object
from kg_service.store.port import Change, GraphStore
from kg_service.store.statements import Statements
from kg_service.terms import CATALOGUE, OWL_NS, RDF_TYPE, VOCABULARY, dcterms, kg

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SSSOM = "https://w3id.org/sssom/"
_CURRENT = kg("vocabularyGraph")


def vocabulary_triples(alignment: Alignment, ontologies: Path) -> list[Triple]:
    """The ontologies' statements, those of every mapping row and rule, ESRF's definitions."""
    made: dict[Triple, None] = {}
    for path in sorted(ontologies.glob("*.ttl")):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            made[quad.triple] = None
    for mapping in alignment.sets:
        made.update(dict.fromkeys(_set_triples(mapping)))
    made.update(dict.fromkeys(esrf_triples()))
    return _with_stable_names(made)


def _with_stable_names(triples: Iterable[Triple]) -> list[Triple]:
    """The same with canonical blank nodes: a parser names them otherwise each time."""
    named: list[Triple] = []
    blank = Dataset()
    for triple in triples:
        if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
            blank.add(Quad(*triple))
        else:
            named.append(triple)
    blank.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return named + sorted((quad.triple for quad in blank), key=str)


def _set_triples(mapping: MappingSet) -> Iterator[Triple]:
    node = NamedNode(mapping.iri)
    yield Triple(node, RDF_TYPE, NamedNode(_SSSOM + "MappingSet"))
    yield Triple(node, dcterms("title"), Literal(mapping.title))
    yield Triple(node, dcterms("hasVersion"), Literal(mapping.version))
    for row in mapping.rows:
        yield from _row_triples(node, row)
    for rule in mapping.rules:
        iri = NamedNode(rule.iri)
        yield Triple(node, dcterms("hasPart"), iri)
        yield Triple(iri, RDF_TYPE, kg("Rule"))
        yield Triple(iri, dcterms("description"), Literal(rule.summary))
        yield Triple(iri, kg("grade"), Literal(rule.grade.value))


def _row_triples(set_node: NamedNode, row: Row) -> Iterator[Triple]:
    source, target = NamedNode(row.source), NamedNode(row.target)
    relation = NamedNode(_SKOS + row.predicate)
    node = NamedNode(f"{set_node.value}#{row.record_id}")
    yield Triple(source, relation, target)
    yield Triple(node, RDF_TYPE, NamedNode(_SSSOM + "Mapping"))
    yield Triple(node, dcterms("isPartOf"), set_node)
    yield Triple(node, NamedNode(OWL_NS + "annotatedSource"), source)
    yield Triple(node, NamedNode(OWL_NS + "annotatedProperty"), relation)
    yield Triple(node, NamedNode(OWL_NS + "annotatedTarget"), target)
    if row.comment:
        yield Triple(node, dcterms("description"), Literal(row.comment))


def keep_vocabulary(store: GraphStore, alignment: Alignment, ontologies: Path) -> None:
    """Put the vocabulary into the store, unless it is there in this version."""
    keep_graph(store, VOCABULARY, vocabulary_triples(alignment, ontologies))


def keep_graph(store: GraphStore, name: NamedNode, triples: Sequence[Triple]) -> None:
    """Put a graph that belongs to no source into the store, unless it is there in this version.

    The graph's own name tells its version, ``name`` that of what it holds: the catalogue says
    which is the current one.
    """
    digest = hashlib.sha256("\n".join(sorted(map(str, triples))).encode()).hexdigest()
    graph = NamedNode(f"{name.value}/{digest[:16]}")
    stale = list(store.quads(name, _CURRENT, None, CATALOGUE))
    if any(quad.object == graph for quad in stale):
        return
    store.commit(
        Change(
            graphs={graph: Statements.of(triples)},
            drop=[old for quad in stale if (old := node_object(quad)) is not None],
            delete=stale,
            insert=[Quad(name, _CURRENT, graph, CATALOGUE)],
        )
    )
