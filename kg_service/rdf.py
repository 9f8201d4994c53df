"""Narrowing RDF terms: graphs of this service hold no blank nodes and no triple terms."""

from __future__ import annotations

from typing import cast

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Triple

from kg_service.store.port import QueryResult, Term


def subject_of(statement: Triple | Quad) -> NamedNode:
    """The subject, which is an IRI in every graph of this service."""
    return cast(NamedNode, statement.subject)


def object_of(statement: Triple | Quad) -> Term:
    """The object, an IRI or a literal."""
    return cast(Term, statement.object)


def object_node(statement: Triple | Quad) -> NamedNode:
    """The object of a statement whose property always has an IRI for value."""
    return cast(NamedNode, statement.object)


def node_object(statement: Triple | Quad) -> NamedNode | None:
    """The object where it is an IRI."""
    return statement.object if isinstance(statement.object, NamedNode) else None


def text_object(statement: Triple | Quad) -> str:
    """The object's text: a literal's lexical form, or an IRI."""
    value = statement.object
    return value.value if isinstance(value, (NamedNode, Literal)) else str(value)


def graph_of(quad: Quad) -> NamedNode | None:
    """The named graph of a statement; None for the default graph, which holds nothing."""
    return quad.graph_name if isinstance(quad.graph_name, NamedNode) else None


def is_aligned(graph: object) -> bool:
    """Whether this is an aligned graph. Asserted ones may hold PROV's terms, too; what counts is
    repeated in the aligned one."""
    return isinstance(graph, NamedNode) and graph.value.endswith("/aligned")


def solutions_of(result: QueryResult) -> QuerySolutions:
    """The solutions of a SELECT's result."""
    assert isinstance(result, QuerySolutions)
    return result
