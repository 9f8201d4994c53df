"""Queries in another form, for engines that answer some forms badly."""

from __future__ import annotations

import pytest

from kg_service.store.forms import names_graphs, solutions_query, written_out


def one(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("sparql", "wanted"),
    [
        ("CONSTRUCT { ?s ?p '}' } WHERE { ?s ?p ?o }", "SELECT * WHERE { ?s ?p ?o }"),
        ("CONSTRUCT { } FROM <urn:g> { ?s ?p ?o } LIMIT 3",
         "SELECT * FROM <urn:g> { ?s ?p ?o } LIMIT 3"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "SELECT * WHERE { ?s ?p ?o }"),
        ("DESCRIBE <urn:a>", "SELECT DISTINCT (<urn:a> AS ?described0) WHERE {}"),
        ("PREFIX x: <urn:x> DESCRIBE x:a ?b WHERE { ?b ?p ?o }",
         "PREFIX x: <urn:x> SELECT DISTINCT (x:a AS ?described0) ?b WHERE { ?b ?p ?o }"),
        ("DESCRIBE * { ?b ?p ?o }", "SELECT DISTINCT * { ?b ?p ?o }"),
        ("DESCRIBE <urn:a> FROM <urn:g>",
         "SELECT DISTINCT (<urn:a> AS ?described0) FROM <urn:g> WHERE {}"),
        ("DESCRIBE ?b { ?b ?p 'x' } ORDER BY ?b", "SELECT DISTINCT ?b { ?b ?p 'x' } ORDER BY ?b"),
        ("SELECT ?s { ?s ?p 'CONSTRUCT' }", "SELECT ?s { ?s ?p 'CONSTRUCT' }"),
    ],
)  # fmt: skip
def test_the_solutions_of_other_forms(sparql: str, wanted: str) -> None:
    assert one(solutions_query(sparql)) == wanted


@pytest.mark.parametrize(
    ("sparql", "wanted"),
    [
        ("CONSTRUCT WHERE { ?s ?p '}' }", "CONSTRUCT { ?s ?p '}' } WHERE { ?s ?p '}' }"),
        ("CONSTRUCT FROM <urn:g> WHERE { ?s ?p ?o } LIMIT 2",
         "CONSTRUCT { ?s ?p ?o } FROM <urn:g> WHERE { ?s ?p ?o } LIMIT 2"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
        ("ASK { ?s ?p ?o }", "ASK { ?s ?p ?o }"),
    ],
)  # fmt: skip
def test_the_short_form_of_construct_is_written_out(sparql: str, wanted: str) -> None:
    assert one(written_out(sparql)) == wanted


@pytest.mark.parametrize(
    ("sparql", "named"),
    [
        ("ASK { GRAPH <urn:g> { ?s ?p ?o } }", True),
        ("PREFIX x: <urn:x> ASK { graph x:g { ?s ?p ?o } }", True),
        ("ASK FROM <urn:g> { ?s ?p ?o }", True),
        ("ASK { GRAPH ?g { ?s ?p <urn:g> } }", False),
        ("ASK { ?s ?p 'GRAPH <urn:g>' } # GRAPH <urn:g>", False),
    ],
)
def test_whether_a_query_names_graphs(sparql: str, named: bool) -> None:
    assert names_graphs(sparql) is named
