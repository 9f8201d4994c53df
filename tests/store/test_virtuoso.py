"""What Virtuoso would answer in part is an error, never an answer; and what it keeps it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Triple
from store.virtuoso import Virtuoso, virtuoso

from kg_service.errors import StoreError, UsageError
from kg_service.store.engines.virtuoso import VirtuosoEngine
from kg_service.store.port import Change
from kg_service.store.remote import RemoteStore
from kg_service.store.statements import Statements

P, G = NamedNode("http://example.org/p"), NamedNode("http://example.org/g")
TRIPLES = [Triple(NamedNode(f"http://example.org/{n}"), P, Literal(n)) for n in range(250)]
MOST_ROWS = 100


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A server that cuts answers after a few rows, and gives up after a second."""
    with virtuoso(tmp_path_factory.mktemp("small"), most_rows=MOST_ROWS, most_s=1) as server:
        store = RemoteStore(server.address, writer=True)
        store.commit(Change(graphs={G: Statements.of(TRIPLES)}))
        store.close()
        yield server


@pytest.fixture
def reader(small: Virtuoso) -> RemoteStore:
    return RemoteStore(small.address)


def test_it_is_known_by_itself(reader: RemoteStore) -> None:
    assert isinstance(reader.engine, VirtuosoEngine)


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT ?s { ?s <http://example.org/p> ?o }",
        "SELECT ?s { ?s <http://example.org/p> ?o } LIMIT 200",
        "SELECT ?s ?o { ?s <http://example.org/p> ?o } ORDER BY ?o OFFSET 10",
        "SELECT ?s (COUNT(*) AS ?n) { ?s <http://example.org/p> ?o } GROUP BY ?s",
        "CONSTRUCT { ?s <http://example.org/q> ?o } WHERE { ?s <http://example.org/p> ?o }",
        "CONSTRUCT WHERE { ?s <http://example.org/p> ?o }",
        "DESCRIBE ?s { ?s <http://example.org/p> ?o }",
    ],
)
def test_a_cut_answer_is_an_error(reader: RemoteStore, sparql: str) -> None:
    with pytest.raises((StoreError, UsageError), match=r"ResultSetMaxRows|SR350"):
        list(reader.query(sparql))  # type: ignore[arg-type]


@pytest.mark.parametrize("limit", [1, MOST_ROWS - 1, MOST_ROWS])
def test_an_answer_within_the_limit_is_whole(reader: RemoteStore, limit: int) -> None:
    rows = reader.query(f"SELECT ?s {{ ?s {P} ?o }} LIMIT {limit}")
    assert isinstance(rows, QuerySolutions)
    assert len(list(rows)) == limit


def test_patterns_are_read_in_parts(reader: RemoteStore) -> None:
    assert {q.triple for q in reader.quads(None, None, None, G)} == set(TRIPLES)
    assert {q.triple for q in reader.quads(None, P, None, None)} == set(TRIPLES)


def test_a_time_limit_is_an_error(reader: RemoteStore) -> None:
    slow = f"SELECT (COUNT(*) AS ?n) {{ ?a {P} ?b . ?c {P} ?d . ?e {P} ?f . ?g {P} ?h FILTER(?b + ?d + ?f + ?h < 0) }}"  # noqa: E501
    with pytest.raises(StoreError, match=r"time limit|gave up|failed"):
        list(reader.query(slow))  # type: ignore[arg-type]


def test_its_own_graphs_are_not_told(reader: RemoteStore) -> None:
    rows = reader.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    assert isinstance(rows, QuerySolutions)
    graphs = {row["g"].value for row in rows}
    assert graphs == {G.value, "https://w3id.org/kg-service/graph/journal"}
    (row,) = reader.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")  # type: ignore[misc]
    assert int(row["n"].value) == len(TRIPLES) + 3  # those of the journal
    assert {q.graph_name for q in reader.quads()} == {NamedNode(graph) for graph in graphs}


def test_what_is_committed_outlives_a_power_cut(tmp_path: Path) -> None:
    with virtuoso(tmp_path) as server:
        store = RemoteStore(server.address, writer=True)
        store.commit(
            Change(graphs={G: Statements.of(TRIPLES)}, insert=[Quad(G, P, Literal("here"), P)])
        )
        server.kill()
        server.start()
        again = RemoteStore(server.address)
        assert {q.triple for q in again.quads(None, None, None, G)} == set(TRIPLES)
        assert [q.object for q in again.quads(G, P, None, P)] == [Literal("here")]


def test_a_user_without_rights_is_told(small: Virtuoso) -> None:
    with pytest.raises(StoreError, match=r"No permission|credentials"):
        RemoteStore(f"sparql+http://127.0.0.1:{small.port}", writer=True)
    wrong = f"sparql+http://dba:wrong-secret@127.0.0.1:{small.port}"
    with pytest.raises(StoreError, match="wants other credentials") as told:
        RemoteStore(wrong)
    assert "wrong-secret" not in str(told.value)
