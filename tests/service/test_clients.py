"""Real clients against the service over real HTTP."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from rdflib import RDFS, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from service.conftest import PLANT, TABLE
from service.servers import free_port, running, serving
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML
from SPARQLWrapper import SPARQLWrapper as Wrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed
from support import REPOSITORY

from kg_service.errors import UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.service.app import ServiceContext, create_app, run
from kg_service.store.port import NO_BINDINGS, GraphReader, QueryResult, Term

LABELS = f"SELECT ?label WHERE {{ <{PLANT}> <{RDFS.label}> ?label }}"


@pytest.mark.parametrize("method", [GET, POST, POSTDIRECTLY])
def test_sparqlwrapper_asks(served: str, method: str) -> None:
    wrapper = Wrapper(f"{served}/sparql")
    wrapper.setQuery(LABELS)
    wrapper.setReturnFormat(JSON)
    wrapper.setMethod(GET if method == GET else POST)
    if method == POSTDIRECTLY:
        wrapper.setRequestMethod(POSTDIRECTLY)
    rows = wrapper.queryAndConvert()["results"]["bindings"]
    assert [row["label"]["value"] for row in rows] == ["plant-1"]


@pytest.mark.parametrize("written", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_reads_solutions(served: str, written: str) -> None:
    wrapper = Wrapper(f"{served}/sparql")
    wrapper.setQuery(LABELS)
    wrapper.setReturnFormat(written)
    result = wrapper.queryAndConvert()
    text = result.toxml() if written == XML else str(result)
    assert "plant-1" in text


@pytest.mark.parametrize("written", [TURTLE, N3, RDFXML, XML, JSONLD])
def test_sparqlwrapper_reads_graphs(served: str, written: str) -> None:
    wrapper = Wrapper(f"{served}/sparql")
    wrapper.setQuery(f"CONSTRUCT WHERE {{ <{PLANT}> <{RDFS.label}> ?label }}")
    wrapper.setReturnFormat(written)
    result = wrapper.queryAndConvert()
    graph = result if isinstance(result, Graph) else Graph().parse(data=result, format="turtle")
    assert (URIRef(PLANT), RDFS.label, Literal("plant-1")) in graph


def test_sparqlwrapper_tells_errors(served: str) -> None:
    wrapper = Wrapper(f"{served}/sparql")
    wrapper.setQuery("SELECT * WHERE { ?s ?p }")
    with pytest.raises(QueryBadFormed, match="line 1"):
        wrapper.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("written", ["xml", "json", "csv", "tsv"])
def test_rdflib_asks(served: str, method: str, written: str) -> None:
    graph = Graph(SPARQLStore(f"{served}/sparql", method=method, returnFormat=written))
    assert list(graph.objects(URIRef(PLANT), RDFS.label)) == [Literal("plant-1")]
    rows = list(graph.query("SELECT ?s WHERE { ?s ?p ?o }", initBindings={"s": URIRef(PLANT)}))
    assert {row[0] for row in rows} == {URIRef(PLANT)}


def test_rdflib_reads_graphs_and_booleans(served: str) -> None:
    graph = Graph(SPARQLStore(f"{served}/sparql"))
    made = graph.query(f"CONSTRUCT WHERE {{ <{PLANT}> <{RDFS.label}> ?label }}")
    assert set(made) == {(URIRef(PLANT), RDFS.label, Literal("plant-1"))}
    assert graph.query(f"ASK {{ <{PLANT}> ?p ?o }}").askAnswer is True


def test_gql_asks_with_its_own_check_of_the_schema(served: str) -> None:
    transport = AIOHTTPTransport(f"{served}/graphql")
    client = Client(transport=transport, fetch_schema_from_transport=True)
    query = gql("query($id: ID!) { resultsOfSpecimen(id: $id) { complete things { id } } }")
    query.variable_values = {"id": "plant-1"}
    results = client.execute(query)["resultsOfSpecimen"]
    assert results["complete"] is True
    assert TABLE in {thing["id"] for thing in results["things"]}


def test_gql_tells_errors(served: str) -> None:
    client = Client(transport=AIOHTTPTransport(f"{served}/graphql"))
    with pytest.raises(TransportQueryError) as caught:
        client.execute(gql('{ entity(id: "plant-9") { id } }'))
    assert caught.value.errors is not None
    assert caught.value.errors[0]["extensions"]["code"] == "not-known"


def test_many_ask_at_once(served: str) -> None:
    def ask(number: int) -> str:
        wrapper = Wrapper(f"{served}/sparql")
        wrapper.setQuery(f"SELECT ({number} AS ?n) WHERE {{}}")
        wrapper.setReturnFormat(JSON)
        value: str = wrapper.queryAndConvert()["results"]["bindings"][0]["n"]["value"]
        return value

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(100))) == [str(n) for n in range(100)]


class Slow:
    """A reader that answers ``ASK{}`` only when it is let go."""

    def __init__(self, reader: GraphReader) -> None:
        self.quads = reader.quads
        self._query = reader.query
        self.asked, self.let_go = threading.Event(), threading.Event()

    def frozen(self) -> Slow:
        return self

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        if sparql == "ASK{}":
            self.asked.set()
            assert self.let_go.wait(20)
        return self._query(sparql, bindings)


def test_a_long_query_does_not_stop_the_others(context: ServiceContext) -> None:
    slow = Slow(context.graph.reader)
    graph = KnowledgeGraph(slow, context.graph.alignment)
    app = create_app(ServiceContext(graph, (), context.base))
    with serving(app) as address, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(urllib.request.urlopen, f"{address}/sparql?query=ASK%7B%7D")
        assert slow.asked.wait(20)
        for path in ("/health", "/sources", f"/lineage?id={quote(PLANT)}"):
            with urllib.request.urlopen(f"{address}{path}", timeout=10) as other:
                assert other.status == 200
        assert not answer.done()
        slow.let_go.set()
        assert answer.result().status == 200


def test_a_port_that_is_taken(context: ServiceContext) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=rf"port {port} of 127.0.0.1 is taken"):
            run(context, "127.0.0.1", port)


def test_a_host_that_there_is_not(context: ServiceContext) -> None:
    with pytest.raises(UsageError, match="can not listen"):
        run(context, "192.0.2.1", 8000)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_is_no_error(store: Path, stop: signal.Signals) -> None:
    port = free_port()
    kg = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [*kg, "serve", "--port", str(port), "--store", str(store)]
    with running(command, port, env=env) as process:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=20) as answer:
            assert answer.status == 200
        process.send_signal(stop)
        assert process.wait(20) == 0
