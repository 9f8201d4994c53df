"""SPARQL clients of others against the service with its workers, over real HTTP."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results
from querying.stores import ENDLESS, NS, store_of
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from service.servers import serving
from SPARQLWrapper import JSON, POST, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.querying.limits import Limits
from kg_service.querying.workers import Engines
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.snapshots import SnapshotReader

SIZE = 3_000
GRAPH = f"{NS}g"
ALL = "SELECT ?s ?o WHERE { ?s ?p ?o }"
ONE = f"SELECT ?o WHERE {{ <{NS}g/7> ?p ?o }}"
PAIRS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, alignment: Alignment) -> Iterator[str]:
    folder = store_of(tmp_path_factory.mktemp("clients") / "store", SIZE)
    engines = Engines(Limits(timeout_s=3, workers=2, rows=100_000))
    graph = KnowledgeGraph(SnapshotReader(folder), alignment)
    context = ServiceContext(graph, (), NS, engine=engines.engine_for(folder), engines=engines)
    try:
        with serving(create_app(context)) as address:
            yield f"{address}/sparql"
    finally:
        engines.close()


# --- SPARQLWrapper -----------------------------------------------------------------------------


def wrapper(served: str, query: str, format_: str = JSON) -> SPARQLWrapper:
    asked = SPARQLWrapper(served)
    asked.setQuery(query)
    asked.setReturnFormat(format_)
    return asked


def test_sparqlwrapper(served: str) -> None:
    rows = wrapper(served, ALL).queryAndConvert()["results"]["bindings"]
    assert len(rows) == SIZE
    named = wrapper(served, ALL)
    named.addDefaultGraph(f"{NS}none")
    assert named.queryAndConvert()["results"]["bindings"] == []
    named = wrapper(served, "SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 1")
    named.addNamedGraph(GRAPH)
    named.setMethod(POST)
    assert named.queryAndConvert()["results"]["bindings"][0]["g"]["value"] == GRAPH
    made = wrapper(served, f"CONSTRUCT WHERE {{ <{NS}g/7> ?p ?o }}", TURTLE).queryAndConvert()
    assert len(Graph().parse(data=made, format="turtle")) == 1
    assert wrapper(served, "ASK {}", XML).queryAndConvert().toxml().count("true") == 1


def test_sparqlwrapper_tells_what_is_wrong(served: str) -> None:
    with pytest.raises(QueryBadFormed, match="line 1, column"):
        wrapper(served, "SELECT * {").query()
    with pytest.raises((SPARQLWrapperException, HTTPError)):
        wrapper(served, ENDLESS).query()


@pytest.mark.parametrize("format_", [JSON, XML])
def test_sparqlwrapper_takes_no_part_for_the_whole(served: str, format_: str) -> None:
    with pytest.raises(Exception, match=r"IncompleteRead|more expected"):
        wrapper(served, PAIRS, format_).queryAndConvert()


# --- rdflib ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(served: str, method: str) -> None:
    store = SPARQLStore(served, method=method)
    graph = Graph(store)
    assert len(graph) == SIZE
    assert list(graph.objects(URIRef(f"{NS}g/7"))) == [Literal("value 7")]
    assert (URIRef(f"{NS}g/7"), URIRef(f"{NS}p"), None) in graph
    named = Graph(SPARQLStore(served, method=method, context_aware=True), URIRef(GRAPH))
    assert list(named.objects(URIRef(f"{NS}g/7"))) == [Literal("value 7")]
    other = Graph(SPARQLStore(served, method=method, context_aware=True), URIRef(f"{NS}none"))
    assert list(other) == []


# --- curl --------------------------------------------------------------------------------------


def curl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("needs curl, which is not installed")
    return subprocess.run(
        [program, "--silent", "--show-error", *arguments], capture_output=True, check=False
    )


def test_curl(served: str) -> None:
    query = ("--data-urlencode", f"query={ALL}")
    for arguments in (
        ("--get", served, *query),
        (served, *query),
        (served, *query, "--compressed"),
        (served, "--header", "Content-Type: application/sparql-query", "--data", ALL),
    ):
        told = curl(*arguments)
        assert told.returncode == 0, told.stderr
        rows = parse_query_results(told.stdout, QueryResultsFormat.JSON)
        assert len(list(rows)) == SIZE
    turtle = curl(
        "--header", "Accept: text/turtle", served, "--data-urlencode", f"query=DESCRIBE <{NS}g/7>"
    )
    assert len(list(parse(turtle.stdout, RdfFormat.TURTLE))) == 1
    assert curl("--fail", "--get", served, "--data-urlencode", "query=SELECT").returncode == 22


# --- Comunica ----------------------------------------------------------------------------------


def comunica(served: str, query: str, media_type: str) -> subprocess.CompletedProcess[str]:
    tools = os.environ.get("KG_NODE_TOOLS", "")
    program = Path(tools) / "node_modules" / ".bin" / "comunica-sparql"
    if not tools or not program.exists() or shutil.which("node") is None:
        pytest.skip("needs Node and @comunica/query-sparql in the folder that KG_NODE_TOOLS names")
    return subprocess.run(
        [str(program), f"sparql@{served}", query, "-t", media_type],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_comunica(served: str) -> None:
    results = "application/sparql-results+json"
    told = comunica(served, f"{ALL} ORDER BY ?s LIMIT 1500", results)
    assert told.returncode == 0, told.stderr
    assert len(json.loads(told.stdout)["results"]["bindings"]) == 1500
    assert json.loads(comunica(served, "ASK {}", results).stdout)["boolean"] is True
    made = comunica(served, f"CONSTRUCT WHERE {{ <{NS}g/7> ?p ?o }}", "text/turtle")
    assert len(Graph().parse(data=made.stdout, format="turtle")) == 1


def test_comunica_tells_of_a_limit(served: str) -> None:
    told = comunica(served, ENDLESS, "application/sparql-results+json")
    assert told.returncode != 0
    assert "503" in told.stderr
