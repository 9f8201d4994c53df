"""SPARQL 1.1 Protocol at /sparql: each way to ask, each format, each error."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode, RdfFormat, parse
from service.conftest import PLANT, SPECTRUM

SELECT = f"SELECT ?label WHERE {{ <{PLANT}> <http://www.w3.org/2000/01/rdf-schema#label> ?label }}"
ASK = f"ASK {{ <{PLANT}> ?p ?o }}"
CONSTRUCT = f"CONSTRUCT {{ <{PLANT}> ?p ?o }} WHERE {{ GRAPH ?g {{ <{PLANT}> ?p ?o }} }}"
DESCRIBE = f"DESCRIBE <{PLANT}>"
FORM = "application/x-www-form-urlencoded"
JSON = "application/sparql-results+json"


def by_get(client: TestClient, query: str, **headers: str) -> object:
    return client.get("/sparql", params={"query": query}, headers=headers)


def by_form(client: TestClient, query: str, **headers: str) -> object:
    return client.post("/sparql", data={"query": query}, headers=headers)


def by_body(client: TestClient, query: str, **headers: str) -> object:
    kind = {"content-type": "application/sparql-query; charset=utf-8"}
    return client.post("/sparql", content=query.encode(), headers={**kind, **headers})


# --- ways to ask -------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [by_get, by_form, by_body])
@pytest.mark.parametrize("query", [SELECT, f"{SELECT} # é\n"])
def test_three_ways_to_ask(client: TestClient, ask: Callable, query: str) -> None:  # type: ignore[type-arg]
    answer = ask(client, query, accept=JSON)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == JSON
    assert answer.json()["results"]["bindings"] == [
        {"label": {"type": "literal", "value": "plant-1"}}
    ]


def test_head_gives_the_headers_of_get(client: TestClient) -> None:
    got = client.get("/sparql", params={"query": ASK})
    head = client.head("/sparql", params={"query": ASK})
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]


def test_other_sites_may_read(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": ASK}, headers={"origin": "http://other.test"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_preflight(client: TestClient) -> None:
    answer = client.options(
        "/sparql",
        headers={
            "origin": "http://other.test",
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()


def test_plain_options(client: TestClient) -> None:
    answer = client.options("/sparql")
    assert answer.status_code == 204
    assert "POST" in answer.headers["allow"]


# --- formats -----------------------------------------------------------------------------


def labels_in(answer: object, kind: str) -> list[str]:
    body = answer.content  # type: ignore[attr-defined]
    if kind == "json":
        return [b["label"]["value"] for b in json.loads(body)["results"]["bindings"]]
    if kind == "xml":
        ns = "{http://www.w3.org/2005/sparql-results#}"
        return [e.text or "" for e in ElementTree.fromstring(body).iter(f"{ns}literal")]
    if kind == "csv":
        return [row["label"] for row in csv.DictReader(io.StringIO(body.decode()))]
    lines = body.decode().splitlines()
    assert lines[0] == "?label"
    return [line.strip('"') for line in lines[1:]]


@pytest.mark.parametrize(
    ("accept", "kind", "content_type"),
    [
        ("application/sparql-results+json", "json", "application/sparql-results+json"),
        ("application/json", "json", "application/json"),
        ("application/sparql-results+xml", "xml", "application/sparql-results+xml"),
        ("application/xml", "xml", "application/xml"),
        ("text/csv", "csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "tsv", "text/tab-separated-values; charset=utf-8"),
        ("*/*", "json", "application/sparql-results+json"),
        ("text/*", "csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0.5, application/sparql-results+xml", "xml", "application/sparql-results+xml"),
        ("text/csv, application/*;q=0.2", "csv", "text/csv; charset=utf-8"),
        ("image/png, */*;q=0.1", "json", "application/sparql-results+json"),
    ],
)
def test_solutions_by_accept(client: TestClient, accept: str, kind: str, content_type: str) -> None:
    answer = by_get(client, SELECT, accept=accept)
    assert answer.status_code == 200  # type: ignore[attr-defined]
    assert answer.headers["content-type"] == content_type  # type: ignore[attr-defined]
    assert labels_in(answer, kind) == ["plant-1"]


@pytest.mark.parametrize("kind", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("name", ["format", "output"])
def test_solutions_by_name(client: TestClient, kind: str, name: str) -> None:
    answer = client.get("/sparql", params={"query": SELECT, name: kind}, headers={"accept": "a/b"})
    assert labels_in(answer, kind) == ["plant-1"]


@pytest.mark.parametrize(
    ("accept", "text"),
    [
        (JSON, '"boolean":true'),
        ("application/sparql-results+xml", "<boolean>true</boolean>"),
        ("text/csv", "true"),
        ("text/tab-separated-values", "true"),
    ],
)
def test_booleans(client: TestClient, accept: str, text: str) -> None:
    assert text in by_get(client, ASK, accept=accept).text  # type: ignore[attr-defined]


GRAPH_FORMATS = [
    ("text/turtle", RdfFormat.TURTLE),
    ("application/n-triples", RdfFormat.N_TRIPLES),
    ("application/rdf+xml", RdfFormat.RDF_XML),
    ("application/ld+json", RdfFormat.JSON_LD),
    ("application/trig", RdfFormat.TRIG),
    ("application/n-quads", RdfFormat.N_QUADS),
    ("text/n3", RdfFormat.N3),
]


@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
@pytest.mark.parametrize(("accept", "written"), GRAPH_FORMATS)
def test_graphs_by_accept(client: TestClient, query: str, accept: str, written: RdfFormat) -> None:
    answer = client.post("/sparql", data={"query": query}, headers={"accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(accept)
    subjects = {q.subject for q in parse(answer.content, written)}
    assert subjects == {NamedNode(PLANT)}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("turtle", RdfFormat.TURTLE),
        ("nt", RdfFormat.N_TRIPLES),
        ("rdf", RdfFormat.RDF_XML),
        ("xml", RdfFormat.RDF_XML),
        ("json-ld", RdfFormat.JSON_LD),
        ("json", RdfFormat.JSON_LD),
        ("trig", RdfFormat.TRIG),
    ],
)
def test_graphs_by_name(client: TestClient, name: str, written: RdfFormat) -> None:
    answer = client.get("/sparql", params={"query": DESCRIBE, "format": name})
    assert {q.subject for q in parse(answer.content, written)} == {NamedNode(PLANT)}


def test_letters_beyond_ascii_survive(client: TestClient) -> None:
    query = f"SELECT ?p WHERE {{ GRAPH ?g {{ <{SPECTRUM}> ?p 'the <spectrum>' }} }}"
    for ask in (by_get, by_form, by_body):
        assert ask(client, query).json()["results"]["bindings"]  # type: ignore[attr-defined]


# --- without a query ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "written"),
    [("*/*", RdfFormat.TURTLE), ("text/turtle", RdfFormat.TURTLE), *GRAPH_FORMATS],
)
def test_the_service_describes_itself(client: TestClient, accept: str, written: RdfFormat) -> None:
    answer = client.get("/sparql", headers={"accept": accept})
    assert answer.status_code == 200
    sd = "http://www.w3.org/ns/sparql-service-description#"
    stated = {
        (q.predicate.value.removeprefix(sd), q.object.value) for q in parse(answer.content, written)
    }
    assert ("endpoint", "http://kg.test/sparql") in stated
    assert ("supportedLanguage", f"{sd}SPARQL11Query") in stated
    assert ("feature", f"{sd}UnionDefaultGraph") in stated
    assert ("resultFormat", "http://www.w3.org/ns/formats/SPARQL_Results_CSV") in stated


def test_a_browser_gets_a_form(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
    assert answer.headers["content-type"].startswith("text/html")
    assert "<textarea" in answer.text


@pytest.mark.parametrize("query", [SELECT, ASK, CONSTRUCT])
def test_a_browser_gets_answers_as_a_page(client: TestClient, query: str) -> None:
    answer = by_get(client, query, accept="text/html,application/xml;q=0.9,*/*;q=0.8")
    assert answer.headers["content-type"].startswith("text/html")  # type: ignore[attr-defined]
    assert "plant-1" in answer.text or "Yes" in answer.text  # type: ignore[attr-defined]


def test_a_page_escapes_what_it_shows(client: TestClient) -> None:
    query = "SELECT ('<script>alert(1)</script>' AS ?x) WHERE {} # </textarea><script>"
    page = by_get(client, query, accept="text/html").text  # type: ignore[attr-defined]
    assert "<script" not in page


# --- errors ------------------------------------------------------------------------------


def refused(answer: object, status: int, code: str, *words: str) -> None:
    assert answer.status_code == status, answer.text  # type: ignore[attr-defined]
    error = answer.json()["error"]  # type: ignore[attr-defined]
    assert error["code"] == code
    for word in words:
        assert word in error["message"]


@pytest.mark.parametrize("ask", [by_get, by_form, by_body])
def test_a_syntax_error_says_where(client: TestClient, ask: Callable) -> None:  # type: ignore[type-arg]
    refused(
        ask(client, "SELECT *\nWHERE { ?s ?p }"), 400, "query-syntax", "line 2, column 16, after"
    )


def test_a_missing_prefix_is_named(client: TestClient) -> None:
    refused(
        by_get(client, "SELECT * { ?s x:y ?o }"), 400, "query-syntax", "prefix 'x:' is not declared"
    )


def test_no_query(client: TestClient) -> None:
    refused(client.get("/sparql", headers={"accept": JSON}), 400, "usage", "no query")
    refused(client.post("/sparql", data={"other": "x"}), 400, "usage", "no query")
    refused(client.get("/sparql?query="), 400, "usage", "empty")
    refused(by_body(client, " "), 400, "usage", "empty")


def test_two_queries(client: TestClient) -> None:
    twice = urlencode([("query", ASK), ("query", ASK)])
    refused(client.get(f"/sparql?{twice}"), 400, "usage", "2 queries")
    refused(
        client.post("/sparql", content=twice, headers={"content-type": FORM}), 400, "usage", "2"
    )
    direct = {"content-type": "application/sparql-query"}
    refused(
        client.post("/sparql", params={"query": ASK}, content=ASK, headers=direct),
        400,
        "usage",
        "2 queries",
    )


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", None])
def test_a_content_type_of_another_kind(client: TestClient, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = client.post("/sparql", content=ASK, headers=headers)
    refused(answer, 415, "unsupported-media-type", "application/sparql-query")


@pytest.mark.parametrize("query", [SELECT, DESCRIBE])
def test_a_format_that_there_is_not(client: TestClient, query: str) -> None:
    refused(by_get(client, query, accept="image/png"), 406, "not-acceptable", "/")
    answer = client.get("/sparql", params={"query": query, "format": "yaml"})
    refused(answer, 400, "usage", "json")


def test_a_graph_is_no_table(client: TestClient) -> None:
    refused(by_get(client, DESCRIBE, accept="text/csv"), 406, "not-acceptable", "text/turtle")


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "PREFIX x: <urn:x> DELETE WHERE { ?s ?p ?o }",
        "DROP ALL",
        "LOAD <http://127.0.0.1:9/>",
        "CLEAR DEFAULT",
    ],
)
def test_updates_are_refused(client: TestClient, update: str) -> None:
    for ask in (by_get, by_form, by_body):
        refused(ask(client, update), 403, "refused", "read only")
    refused(client.post("/sparql", data={"update": update}), 403, "refused", "read only")
    refused(client.get("/sparql", params={"update": update}), 403, "refused", "read only")
    headers = {"content-type": "application/sparql-update"}
    refused(client.post("/sparql", content=update, headers=headers), 403, "refused", "read only")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { { SELECT * { SERVICE ?x { ?s ?p ?o } } } }",
    ],
)
def test_service_is_refused_before_it_calls(client: TestClient, query: str) -> None:
    refused(by_get(client, query), 403, "refused", "SERVICE")


def test_a_word_in_a_string_is_no_keyword(client: TestClient) -> None:
    query = "SELECT ('SERVICE <x> INSERT' AS ?x) WHERE {} # SERVICE"
    assert by_get(client, query).status_code == 200  # type: ignore[attr-defined]


def test_from_names_graphs(client: TestClient) -> None:
    graphs = by_get(client, f"SELECT DISTINCT ?g {{ GRAPH ?g {{ <{PLANT}> ?p ?o }} }}")
    (graph, *_) = [b["g"]["value"] for b in graphs.json()["results"]["bindings"]]  # type: ignore[attr-defined]
    inside = by_get(client, f"ASK FROM <{graph}> {{ <{PLANT}> ?p ?o }}")
    outside = by_get(client, f"ASK FROM <urn:nothing> {{ <{PLANT}> ?p ?o }}")
    assert inside.json()["boolean"] is True  # type: ignore[attr-defined]
    assert outside.json()["boolean"] is False  # type: ignore[attr-defined]


def test_bytes_that_are_no_text(client: TestClient) -> None:
    direct = {"content-type": "application/sparql-query"}
    refused(client.post("/sparql", content=b"ASK \xff", headers=direct), 400, "usage", "UTF-8")
    refused(client.get("/sparql?query=%ff"), 400, "usage", "UTF-8")


def test_a_query_that_is_too_long(client: TestClient) -> None:
    direct = {"content-type": "application/sparql-query"}
    answer = client.post("/sparql", content=b"#" * 3_000_000, headers=direct)
    refused(answer, 413, "too-large", "bytes")


def test_other_methods(client: TestClient) -> None:
    answer = client.put("/sparql", content=ASK)
    refused(answer, 405, "method-not-allowed")
