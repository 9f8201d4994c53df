"""SPARQL 1.1 Graph Store HTTP Protocol at /rdf-graph-store, and graphs at their own IRIs."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode, RdfFormat, parse
from service.conftest import PLANT
from support import BASE

from kg_service.graph import KnowledgeGraph
from kg_service.service.app import ServiceContext
from kg_service.terms import CATALOGUE

STORE = "/rdf-graph-store"
TURTLE = {"accept": "text/turtle"}


@pytest.fixture
def asserted(context: ServiceContext) -> str:
    graph: KnowledgeGraph = context.graph
    (source,) = [source for source in graph.sources() if source.id == "field"]
    return source.asserted_graphs[0]


@pytest.mark.parametrize(
    "format_", [RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.JSON_LD, RdfFormat.RDF_XML]
)
def test_a_graph_by_its_iri(
    client: TestClient, context: ServiceContext, asserted: str, format_: RdfFormat
) -> None:
    answer = client.get(STORE, params={"graph": asserted}, headers={"accept": format_.media_type})
    assert answer.status_code == 200
    held = {q.triple for q in context.graph.reader.quads(None, None, None, NamedNode(asserted))}
    assert {quad.triple for quad in parse(answer.content, format_)} == held


def test_a_graph_at_its_own_address(client: TestClient, asserted: str) -> None:
    direct = client.get(asserted.removeprefix(BASE), headers=TURTLE)
    assert direct.status_code == 200
    named = client.get(STORE, params={"graph": asserted}, headers=TURTLE)
    assert set(parse(direct.content, RdfFormat.TURTLE)) == set(
        parse(named.content, RdfFormat.TURTLE)
    )


def test_the_default_graph_is_the_union(client: TestClient) -> None:
    answer = client.get(f"{STORE}?default", headers={"accept": "application/n-triples"})
    subjects = {quad.subject for quad in parse(answer.content, RdfFormat.N_TRIPLES)}
    assert NamedNode(PLANT) in subjects
    assert NamedNode(f"{BASE}/source/field") in subjects


def test_the_format_by_name(client: TestClient) -> None:
    answer = client.get(STORE, params={"graph": CATALOGUE.value, "format": "nt"})
    assert answer.headers["content-type"].startswith("application/n-triples")


def test_head(client: TestClient, asserted: str) -> None:
    head = client.head(STORE, params={"graph": asserted}, headers=TURTLE)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == "text/turtle; charset=utf-8"
    assert client.head(STORE, params={"graph": "urn:none"}).status_code == 404


@pytest.mark.parametrize("params", [{}, {"graph": "urn:a", "default": ""}, {"graph": "no iri"}])
def test_one_graph_must_be_named(client: TestClient, params: dict[str, str]) -> None:
    assert client.get(STORE, params=params).status_code == 400


def test_graphs_that_are_not_there(client: TestClient) -> None:
    for address in (f"{STORE}?graph=urn:none", "/graph/none/0/asserted", "/graph/"):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert answer.json()["error"]["code"] == "not-known"


def test_no_such_format(client: TestClient, asserted: str) -> None:
    answer = client.get(STORE, params={"graph": asserted}, headers={"accept": "image/png"})
    assert answer.status_code == 406


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_graphs_are_read_only(client: TestClient, asserted: str, method: str) -> None:
    for address in (f"{STORE}?graph={asserted}", asserted.removeprefix(BASE)):
        answer = client.request(method, address, content=b"<a:a> <a:b> <a:c> .")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
