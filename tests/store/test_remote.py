"""What only a store on a server does: Oxigraph's, and addresses. See also ``conformance/``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    Triple,
)
from service.servers import free_port, oxigraph

from kg_service.errors import StoreBusy, StoreError, UsageError
from kg_service.store.address import Address
from kg_service.store.bound import bind
from kg_service.store.dataset import Dataset, dataset_of
from kg_service.store.endpoint import Endpoint
from kg_service.store.port import Change, GraphReader
from kg_service.store.remote import RemoteStore
from kg_service.store.statements import Statements
from kg_service.terms import JOURNAL, kg

A, B, P, Q = (NamedNode(f"http://example.org/{name}") for name in "abpq")
G1, G2, LASTING = (NamedNode(f"http://example.org/graph/{name}") for name in ("1", "2", "l"))
ODD = Literal('a "quote", a \\ backslash,\na new line, a tab\t, ü, 𝔘 and }')
FIRST = Change(
    graphs={G1: Statements.of([Triple(A, P, B), Triple(A, Q, ODD)])},
    insert=[Quad(G1, P, A, LASTING)],
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as address:
        yield address


@pytest.fixture
def empty(server: str) -> str:
    Endpoint.from_address(server).update("CLEAR ALL")
    return server


def facts(reader: GraphReader) -> set[Quad]:
    """All statements but the journal's, which is each store's own."""
    return {q for q in reader.quads() if q.graph_name != JOURNAL}


def rows(reader: GraphReader, sparql: str, **bindings: NamedNode | Literal) -> list[list[object]]:
    result = reader.query(sparql, bindings)
    assert isinstance(result, QuerySolutions)
    return [list(row) for row in result]


# --- only remote -------------------------------------------------------------------------


class Breaking:
    """Sends a store's updates on, but for the one that comes at a given place."""

    def __init__(self, store: RemoteStore, at: int, *, arrives: bool = False) -> None:
        self._endpoint = store.engine.endpoint
        self._left = at
        self._arrives = arrives
        self.name = self._endpoint.name
        self.address = self._endpoint.address
        self.ask = self._endpoint.ask
        self.close = self._endpoint.close

    def update(self, sparql: str) -> None:
        self._left -= 1
        if self._left == 0:
            if self._arrives:
                self._endpoint.update(sparql)
            raise StoreError("the line is cut")
        if self._left < 0 and not self._arrives:
            raise StoreError("the line stays cut")
        self._endpoint.update(sparql)


@pytest.mark.parametrize("broken", [1, 2, 3])
def test_a_writer_that_dies_leaves_the_old_state(empty: str, broken: int) -> None:
    writer = RemoteStore(empty, writer=True)
    writer.commit(FIRST)
    before = facts(writer)
    change = Change(
        graphs={G2: Statements.of([Triple(B, P, A)])}, drop=[G1], insert=[Quad(G2, P, A, LASTING)]
    )
    whole = writer.engine.endpoint
    writer.engine.endpoint = Breaking(writer, broken)  # type: ignore[assignment]
    with pytest.raises(StoreError, match=r"next kg ingest|nothing has changed"):
        writer.commit(change)
    writer.engine.endpoint = whole
    writer.close()
    again = RemoteStore(empty, writer=True)
    assert facts(again) == before
    assert not list(again.quads(None, kg("pending")))
    again.commit(change)
    assert Quad(B, P, A, G2) in facts(again)
    again.close()


def test_a_flip_whose_answer_is_lost_counts_as_made(empty: str) -> None:
    writer = RemoteStore(empty, writer=True)
    writer.engine.endpoint = Breaking(writer, 3, arrives=True)  # type: ignore[assignment]
    writer.commit(FIRST)
    assert Quad(A, P, B, G1) in facts(writer)
    writer.close()


def test_what_undoes_a_commit_can_not_undo_one_that_was_made(empty: str) -> None:
    writer = RemoteStore(empty, writer=True)
    writer.commit(FIRST)
    guard = NamedNode(writer.generation())
    with pytest.raises(StoreError):
        writer.engine.undo(guard, [G1])
    assert Quad(A, P, B, G1) in facts(writer)
    writer.close()


def test_one_writer_at_a_time(empty: str) -> None:
    first = RemoteStore(empty, writer=True)
    with pytest.raises(StoreBusy, match="another kg process"):
        RemoteStore(empty, writer=True)
    first.close()
    RemoteStore(empty, writer=True).close()


def test_a_dead_writers_claim_ends(empty: str) -> None:
    RemoteStore(empty, writer=True)  # never closed
    Endpoint.from_address(empty).update(
        f"DELETE {{ GRAPH {JOURNAL} {{ ?w {kg('heldUntil')} ?t }} }} "
        f"INSERT {{ GRAPH {JOURNAL} {{ ?w {kg('heldUntil')} "
        '"2020-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> } } '
        f"WHERE {{ GRAPH {JOURNAL} {{ ?w {kg('heldUntil')} ?t }} }}"
    )
    RemoteStore(empty, writer=True).close()


def test_a_writer_whose_claim_was_taken_over_stops(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg_service.store.claim._KEPT_EVERY_S", 0)
    first = RemoteStore(empty, writer=True)
    assert first._claim is not None
    first._claim.release()  # as if it had paused until its claim ended
    second = RemoteStore(empty, writer=True)
    with pytest.raises(StoreBusy, match="took over"):
        first.commit(FIRST)
    second.close()


def test_graphs_are_loaded_by_the_graph_store_protocol(empty: str) -> None:
    writer = RemoteStore(f"{empty}?graphs=store", writer=True)
    assert writer.engine.endpoint.address.graphs_url.endswith("/store")
    triples = [Triple(A, P, Literal(f"{n} {'ü' * 400}")) for n in range(4000)]
    writer.commit(Change(graphs={G1: Statements.of(triples)}))
    assert {q.triple for q in writer.quads(None, None, None, G1)} == set(triples)
    writer.close()
    wrong = RemoteStore(f"{empty}?graphs=nowhere", writer=True)
    with pytest.raises(StoreError, match="has nothing at"):
        wrong.commit(Change(graphs={G2: Statements.of(triples[:1])}))
    assert not list(RemoteStore(empty).quads(None, None, None, G2))


def test_a_reader_does_not_write(empty: str) -> None:
    with pytest.raises(StoreError, match="opened to read"):
        RemoteStore(empty).commit(FIRST)


def test_the_generation_changes_with_a_commit(empty: str) -> None:
    writer = RemoteStore(empty, writer=True)
    before = writer.generation()
    writer.commit(FIRST)
    after = writer.generation()
    assert before != after
    assert RemoteStore(empty).generation() == after
    writer.close()


@pytest.mark.parametrize("writer", [False, True])
def test_a_server_without_the_union_is_refused(tmp_path: Path, writer: bool) -> None:
    with oxigraph(tmp_path, union=False) as address:
        Endpoint.from_address(address).update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }")
        with pytest.raises(StoreError, match="--union-default-graph"):
            RemoteStore(address, writer=writer)


def test_no_server_is_one_clear_message() -> None:
    with pytest.raises(StoreError, match="nothing answers there; start the server"):
        RemoteStore(f"sparql+http://127.0.0.1:{free_port()}")


def test_wrong_paths_are_one_clear_message(empty: str) -> None:
    with pytest.raises(StoreError, match=r"name its paths in the address"):
        RemoteStore(f"{empty}?query=/nowhere")


def test_a_servers_time_limit_is_one_clear_message(tmp_path: Path) -> None:
    with oxigraph(tmp_path, timeout_s=1) as address:
        writer = RemoteStore(address, writer=True)
        many = [Triple(NamedNode(f"urn:x:{n}"), P, Literal(n)) for n in range(3000)]
        writer.commit(Change(graphs={G1: Statements.of(many)}))
        writer.close()
        reader = RemoteStore(address)
        with pytest.raises(StoreError, match="ask for less"):
            reader.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(?a != ?d) }")


def test_our_own_time_limit_is_one_clear_message(empty: str) -> None:
    writer = RemoteStore(empty, writer=True)
    many = [Triple(NamedNode(f"urn:x:{n}"), P, Literal(n)) for n in range(2000)]
    writer.commit(Change(graphs={G1: Statements.of(many)}))
    writer.close()
    reader = RemoteStore(f"{empty}?timeout=1")
    with pytest.raises(StoreError, match="no answer within 1 s"):
        reader.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(?a != ?d) }")


@pytest.mark.parametrize(
    ("address", "query_url", "update_url"),
    [
        ("sparql+http://h:7878", "http://h:7878/query", "http://h:7878/update"),
        ("sparql+https://h/kg/", "https://h/kg/query", "https://h/kg/update"),
        (
            "sparql+http://h:7200?query=/repositories/kg&update=/repositories/kg/statements",
            "http://h:7200/repositories/kg",
            "http://h:7200/repositories/kg/statements",
        ),
        ("sparql+http://h/ds?query=sparql", "http://h/ds/sparql", "http://h/ds/update"),
        ("sparql+http://[::1]:7878", "http://[::1]:7878/query", "http://[::1]:7878/update"),
    ],
)
def test_addresses(address: str, query_url: str, update_url: str) -> None:
    endpoint = Address.read(address)
    assert (endpoint.query_url, endpoint.update_url) == (query_url, update_url)


@pytest.mark.parametrize(
    "address",
    ["http://h", "sparql+http://", "sparql+http://h:x", "sparql+http://h?z=1"],
)
def test_addresses_that_make_no_sense(address: str) -> None:
    with pytest.raises(UsageError):
        Address.read(address)


@pytest.mark.parametrize(
    ("sparql", "default", "named"),
    [
        ("SELECT * { ?s ?p ?o }", (), ()),
        ("SELECT * FROM <urn:a> from <urn:b> { ?s ?p ?o }", ("urn:a", "urn:b"), ()),
        ("ASK FROM NAMED <urn:a> FROM <urn:b> {}", ("urn:b",), ("urn:a",)),
        ("PREFIX x: <urn:x/> PREFIX : <urn:y/> ASK FROM x:a FROM NAMED :b\\-c {}",
         ("urn:x/a",), ("urn:y/b-c",)),
        ("BASE <http://h/a/> ASK FROM <g> {}", ("http://h/a/g",), ()),
        ("ASK { ?s ?p 'FROM <urn:a>' } # FROM <urn:b>", (), ()),
        ("ASK { ?from ?p <urn:a> }", (), ()),
    ],
)  # fmt: skip
def test_datasets(sparql: str, default: tuple[str, ...], named: tuple[str, ...]) -> None:
    assert dataset_of(sparql) == Dataset(default, named)


def test_a_variable_name_is_checked() -> None:
    with pytest.raises(UsageError):
        bind("SELECT ?x {}", {"x) { } #": A})


def test_a_form_without_a_group_has_its_values_last() -> None:
    assert bind("DESCRIBE ?x", {"x": A}).endswith(f"VALUES (?x) {{ ({A}) }}")
