"""Tables of terms, and writing them in the SPARQL 1.1 results formats."""

from __future__ import annotations

import csv
import io

import pytest
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    parse_query_results,
)

from kg_service.errors import QuerySyntax, Refused
from kg_service.store.embedded import OxigraphStore
from kg_service.tables import Table, evaluate
from kg_service.terms import PROV_NS, XSD_NS

TABLE = Table(
    ("thing", "name", "size"),
    (
        (NamedNode(PROV_NS + "Entity"), Literal('a "b"\tc\nd, e'), Literal(3)),
        (NamedNode("http://x.example/é"), Literal("größe", language="de"), None),
        (BlankNode("b0"), Literal("2", datatype=NamedNode(XSD_NS + "decimal")), Literal("")),
    ),
)


@pytest.mark.parametrize("format", [QueryResultsFormat.JSON, QueryResultsFormat.XML])
def test_every_term_comes_back_from_the_formats_that_keep_terms(format: QueryResultsFormat) -> None:
    read = parse_query_results(TABLE.written(format), format=format)
    assert isinstance(read, QuerySolutions)
    assert Table.of(read) == TABLE


def test_tsv_keeps_terms_too() -> None:
    lines = TABLE.written(QueryResultsFormat.TSV).decode().splitlines()
    assert lines[0] == "?thing\t?name\t?size"
    assert lines[1] == f'<{PROV_NS}Entity>\t"a \\"b\\"\\tc\\nd, e"\t3'
    assert lines[2] == '<http://x.example/é>\t"größe"@de\t'


def test_csv_holds_the_plain_values() -> None:
    rows = list(csv.reader(io.StringIO(TABLE.written(QueryResultsFormat.CSV).decode())))
    assert rows[0] == list(TABLE.columns)
    assert rows[1] == [PROV_NS + "Entity", 'a "b"\tc\nd, e', "3"]
    assert rows[2] == ["http://x.example/é", "größe", ""]


def test_texts_are_for_people() -> None:
    assert next(TABLE.texts()) == ["prov:Entity", 'a "b" c d, e', "3"]


def test_an_empty_table_still_has_its_columns() -> None:
    empty = Table(("a", "b"), ())
    assert empty.written(QueryResultsFormat.CSV).decode().strip() == "a,b"


def test_any_form_of_query_is_answered() -> None:
    store = OxigraphStore()
    assert evaluate(store, "SELECT (1 AS ?one) {}") == Table(("one",), ((Literal(1),),))
    assert evaluate(store, "ASK {}") is True
    assert evaluate(store, "ASK { ?s ?p ?o }") is False
    triples = evaluate(store, "CONSTRUCT { <http://x.example/a> <http://x.example/b> 1 } WHERE {}")
    assert isinstance(triples, QueryTriples)
    written = triples.serialize(format=RdfFormat.N_TRIPLES) or b""
    assert written.startswith(b"<http://x.example/a>")


def test_a_variable_is_bound_before_the_query_runs() -> None:
    answer = evaluate(OxigraphStore(), "SELECT ?a { BIND (1 AS ?b) }", {"a": Literal("x")})
    assert answer == Table(("a",), ((Literal("x"),),))


def test_what_can_not_be_answered_says_so() -> None:
    with pytest.raises(QuerySyntax):
        evaluate(OxigraphStore(), "SELECT ?a {")
    with pytest.raises(Refused):
        evaluate(OxigraphStore(), "SELECT * { SERVICE <http://x.example/> { ?a ?b ?c } }")
