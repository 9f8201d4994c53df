"""The engine over a SPARQL server: the same answers, and no part of one for the whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, parse
from querying.stores import ENDLESS, NS
from querying.test_workers import GRAPHS, RESULTS, body, until
from service.servers import oxigraph

from kg_service.errors import Busy, KgError, Limited, QuerySyntax, Refused, StoreError, UsageError
from kg_service.querying.inline import InlineEngine
from kg_service.querying.limits import Limits
from kg_service.querying.query import Query, Stop
from kg_service.querying.remote import RemoteEngine
from kg_service.store.dataset import Dataset
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.remote import RemoteStore
from kg_service.store.statements import Statements

SIZE = 3_000
LIMITS = Limits(timeout_s=30)


def triples() -> Statements:
    lines = b"".join(f'<{NS}g/{n}> <{NS}p> "value {n}" .\n'.encode() for n in range(SIZE))
    return Statements.of(quad.triple for quad in parse(lines, RdfFormat.N_TRIPLES))


def fill(store: OxigraphStore | RemoteStore) -> None:
    store.commit(Change(graphs={NamedNode(f"{NS}g"): triples()}))
    store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # with a limit of its own, as it goes on with queries that nobody waits for any more
    with oxigraph(tmp_path_factory.mktemp("remote"), timeout_s=5) as address:
        fill(RemoteStore(address, writer=True))
        yield address


QUERIES = [
    f"SELECT * WHERE {{ ?s <{NS}p> ?o }} ORDER BY ?s",  # a server holds a journal as well
    f"SELECT ?s FROM <{NS}none> WHERE {{ ?s ?p ?o }}",
    f"SELECT ?s FROM NAMED <{NS}g> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} ORDER BY ?s LIMIT 3",
    "ASK { ?s ?p ?o }",
    f"DESCRIBE <{NS}g/7>",
    f"CONSTRUCT {{ ?s <{NS}q> ?o }} WHERE {{ ?s <{NS}p> ?o }}",
]


@pytest.mark.parametrize("formats", zip(RESULTS, GRAPHS, strict=True), ids=str)
@pytest.mark.parametrize("query", QUERIES)
def test_the_same_answers_as_in_process(
    server: str, query: str, formats: tuple[QueryResultsFormat, RdfFormat]
) -> None:
    memory = OxigraphStore()
    fill(memory)
    asked = Query(query, *formats)
    there, here = body(RemoteEngine(server, LIMITS), asked), body(InlineEngine(memory), asked)
    if query.startswith(("DESCRIBE", "CONSTRUCT")):
        assert set(parse(there, formats[1])) == set(parse(here, formats[1]))
    else:
        assert sorted(there.split(b"{")) == sorted(here.split(b"{"))


def test_datasets_and_bindings(server: str) -> None:
    engine = RemoteEngine(server, LIMITS)
    csv = QueryResultsFormat.CSV
    query = Query("SELECT ?s ?o WHERE { ?s ?p ?o }", csv, bindings={"o": Literal("value 7")})
    assert body(engine, query) == f"s,o\r\n{NS}g/7,value 7\r\n".encode()
    named = Query("SELECT ?s { ?s ?p ?o }", csv, dataset=Dataset((f"{NS}none",), ()))
    assert body(engine, named) == b"s\r\n"


def test_errors(server: str) -> None:
    engine = RemoteEngine(server, LIMITS)
    with pytest.raises(QuerySyntax, match="line 1, column"):
        body(engine, "SELECT * WHERE { ?s ?p }")
    with pytest.raises(Refused, match="SERVICE"):
        body(engine, "SELECT * WHERE { SERVICEex:a { ?s ?p ?o } }")
    with pytest.raises(StoreError, match="check the server"):
        body(RemoteEngine("sparql+http://127.0.0.1:9", LIMITS), "ASK {}")


def test_time(server: str) -> None:
    began = time.monotonic()
    with pytest.raises(Limited, match="1 s") as caught:
        body(RemoteEngine(server, Limits(timeout_s=1)), ENDLESS)
    assert caught.value.limit == "time"
    assert time.monotonic() - began < 10


def test_bytes(server: str) -> None:
    for format_ in RESULTS:
        with pytest.raises(Limited) as caught:
            body(
                RemoteEngine(server, Limits(bytes=100_000)),
                Query("SELECT * WHERE { ?s ?p ?o }", format_),
            )
        assert caught.value.limit == "bytes"


def test_a_caller_who_goes_and_one_who_asks_too_much(server: str) -> None:
    engine = RemoteEngine(server, Limits(timeout_s=60, per_caller=1))
    stop = Stop()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(engine.ask, Query(ENDLESS), "me", stop)
        until(lambda: engine._asking["me"] == 1)
        with pytest.raises(Busy):
            body(engine, "ASK {}")
        assert body(engine, "ASK {}", "another")
        time.sleep(0.2)
        stop.give()
        assert isinstance(asked.exception(20), KgError)
    assert body(engine, "ASK {}")


def test_a_limit_of_the_server_itself(tmp_path: Path) -> None:
    with oxigraph(tmp_path / "limited", timeout_s=1) as address:
        fill(RemoteStore(address, writer=True))
        for query in (ENDLESS, "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"):
            with pytest.raises((StoreError, Limited)):
                body(RemoteEngine(address, Limits(timeout_s=5)), query)


# --- servers that do not keep to what they say -------------------------------------------------

WHOLE = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"x"}}]}}'
PART = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"x"}}'


@contextmanager
def answering(head: str, sent: bytes) -> Iterator[str]:
    """A server that gives one answer to everything, and closes the connection."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + head.encode() + b"\r\n\r\n" + sent)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Not in the way of the tests' own words."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"sparql+http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def chunked(*pieces: bytes, end: bool = True) -> bytes:
    sent = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return sent + (b"0\r\n\r\n" if end else b"")


CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize("format_", RESULTS)
@pytest.mark.parametrize(
    ("head", "sent"),
    [
        (CHUNKED, chunked(PART)),
        (CHUNKED, chunked(PART, end=False)),
        (CHUNKED, chunked(WHOLE, end=False)),
        (f"Content-Length: {len(WHOLE)}", PART),
        ("Connection: close", PART),
        (CHUNKED, chunked(PART, b" Error: timeout")),
        (CHUNKED, chunked(b"")),
        (CHUNKED, chunked(b"<html>no</html>")),
    ],
)
def test_half_an_answer_is_an_error(head: str, sent: bytes, format_: QueryResultsFormat) -> None:
    with answering(head, sent) as address, pytest.raises((StoreError, UsageError)):
        body(RemoteEngine(address, LIMITS), Query("SELECT ?s WHERE {}", format_))


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        (CHUNKED, chunked(WHOLE)),
        (CHUNKED, chunked(WHOLE[:40], WHOLE[40:])),
        (f"Content-Length: {len(WHOLE)}", WHOLE),
        ("Connection: close", WHOLE + b"\n"),
    ],
)
def test_a_whole_one_is_none(head: str, sent: bytes) -> None:
    with answering(head, sent) as address:
        told = body(RemoteEngine(address, LIMITS), Query("SELECT ?s {}", QueryResultsFormat.CSV))
    assert told == b"s\r\nx\r\n"


@pytest.mark.parametrize(
    "sent", [chunked(b"<a:a> <a:b> <a:c"), chunked(b"<a:a> <a:b> <a:c> .\n<a")]
)
def test_half_a_graph_is_an_error(sent: bytes) -> None:
    with answering(CHUNKED, sent) as address:
        for format_ in (RdfFormat.N_TRIPLES, RdfFormat.TURTLE):
            with pytest.raises(StoreError):
                body(RemoteEngine(address, LIMITS), Query("DESCRIBE <a:a>", graph=format_))
