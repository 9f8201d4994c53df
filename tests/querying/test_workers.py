"""The engine of killable workers: what it answers, when it stops, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, Store
from querying.stores import BASE, ENDLESS, NS, store_of, write

from kg_service.errors import Busy, KgError, Limited, QuerySyntax, Refused, StoreError
from kg_service.querying.asking import AskingReader
from kg_service.querying.inline import InlineEngine
from kg_service.querying.limits import Limits
from kg_service.querying.pool import SPARE
from kg_service.querying.query import Kind, NoFormat, Query, QueryEngine, Stop
from kg_service.querying.workers import Engines
from kg_service.store.dataset import Dataset
from kg_service.store.disk import DiskStore
from kg_service.store.embedded import OxigraphReader
from kg_service.store.snapshots import SnapshotReader

ALL = "SELECT * WHERE { ?s ?p ?o }"
SIZE = 20_000

# a string that is doubled thirty times
HUGE = (
    "SELECT (STRLEN(?x30) AS ?n) WHERE { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(30))
    + " }"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("workers") / "store", SIZE)


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    engines = Engines(Limits(timeout_s=2, workers=2, memory=600_000_000))
    yield engines
    engines.close()


@pytest.fixture(scope="module")
def engine(engines: Engines, folder: Path) -> QueryEngine:
    return engines.engine_for(folder)


def body(engine: QueryEngine, query: Query | str, caller: str = "me") -> bytes:
    asked = Query(query) if isinstance(query, str) else query
    answer = engine.ask(asked, caller)
    try:
        return b"".join(answer.pieces())
    finally:
        answer.close()


def running(process: int) -> bool:
    """Whether there is such a process, and it does something."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def ready(engine: QueryEngine) -> None:
    """Wait until a worker has started."""
    while True:
        try:
            body(engine, "ASK {}")
        except KgError:
            continue
        return


def until(met: object, within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not met():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


# --- answers -----------------------------------------------------------------------------------

QUERIES = [
    ALL,
    f"{ALL} LIMIT 0",
    "ASK { ?s ?p ?o }",
    "SELECT ?none WHERE {} LIMIT 3",
    f"SELECT (COUNT(*) AS ?n) FROM NAMED <{NS}g> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    f"DESCRIBE <{NS}g/1>",
    f"CONSTRUCT {{ <{NS}s> <{NS}p> 1 }} FROM <{NS}nothing> WHERE {{ ?s ?p ?o }}",
]
RESULTS = [
    QueryResultsFormat.JSON,
    QueryResultsFormat.XML,
    QueryResultsFormat.CSV,
    QueryResultsFormat.TSV,
]
GRAPHS = [RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.RDF_XML, RdfFormat.JSON_LD]


@pytest.mark.parametrize("formats", zip(RESULTS, GRAPHS, strict=True), ids=str)
@pytest.mark.parametrize("query", QUERIES)
def test_a_worker_answers_what_the_reader_does(
    engine: QueryEngine,
    folder: Path,
    query: str,
    formats: tuple[QueryResultsFormat, RdfFormat],
) -> None:
    asked = Query(query, *formats)
    inline = InlineEngine(SnapshotReader(folder))
    assert sorted(re.split(rb"[\n{<]", body(engine, asked))) == sorted(
        re.split(rb"[\n{<]", body(inline, asked))
    )


def test_bindings_and_datasets(engine: QueryEngine) -> None:
    bound = Query(
        "SELECT ?o ?s WHERE { ?s ?p ?o }",
        QueryResultsFormat.CSV,
        bindings={"o": Literal("value 7")},
    )
    assert body(engine, bound) == f"o,s\r\nvalue 7,{NS}g/7\r\n".encode()
    named = Query("ASK { ?s ?p ?o }", dataset=Dataset((f"{NS}nothing",), ()))
    assert json.loads(body(engine, named)) == {"head": {}, "boolean": False}


def test_a_reader_that_asks_a_worker(engine: QueryEngine, folder: Path) -> None:
    reader = AskingReader(SnapshotReader(folder), engine, "me")
    rows = reader.query("SELECT ?s ?o WHERE { ?s ?p ?o }", {"s": NamedNode(f"{NS}g/7")})
    assert [row["o"] for row in rows] == [Literal("value 7")]  # type: ignore[union-attr]
    assert bool(reader.query("ASK { ?s ?p ?o }"))
    assert len(list(reader.query(f"DESCRIBE <{NS}g/7>"))) == 1  # type: ignore[arg-type]
    del rows  # the engine's results may not leave their thread, as a frame of an error could
    with pytest.raises(Limited):
        reader.query(ENDLESS)


def test_a_kind_that_the_caller_does_not_take(engine: QueryEngine) -> None:
    with pytest.raises(NoFormat) as caught:
        engine.ask(Query(ALL, solutions=None), "me")
    assert caught.value.kind is Kind.SOLUTIONS
    with pytest.raises(NoFormat) as caught:
        engine.ask(Query(f"DESCRIBE <{NS}>", graph=None), "me")
    assert caught.value.kind is Kind.GRAPH


def test_errors_are_told_and_the_worker_stays(engines: Engines, engine: QueryEngine) -> None:
    before = set(engines.pool.processes())
    with pytest.raises(QuerySyntax, match="line 1, column"):
        body(engine, "SELECT * WHERE { ?s ?p }")
    with pytest.raises(Refused, match="SERVICE"):
        body(engine, "SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }")
    with pytest.raises(Refused, match="read only"):
        body(engine, "DROP ALL")
    with pytest.raises(StoreError, match="no store yet"):
        body(engines.engine_for(Path("/nowhere")), ALL)
    assert set(engines.pool.processes()) == before


def test_what_is_published_is_seen_and_what_is_old_can_be_removed(tmp_path: Path) -> None:
    folder = store_of(tmp_path / "store", 10)
    engines = Engines(Limits(workers=1))
    engine = engines.engine_for(folder)
    count = Query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", QueryResultsFormat.CSV)
    try:
        assert body(engine, count) == b"n\r\n10\r\n"
        store = DiskStore(folder, BASE)
        write(store, "h", 5)
        assert body(engine, count) == b"n\r\n15\r\n"
        held = folder / "snapshots" / (folder / "current").read_text()
        write(store, "i", 5)
        write(store, "j", 5)
        assert held.is_dir(), "a snapshot that a worker has open was removed"
        assert body(engine, count) == b"n\r\n25\r\n"
        write(store, "k", 5)
        assert not held.exists()
        store.close()
    finally:
        engines.close()


# --- limits ------------------------------------------------------------------------------------


def test_time(engines: Engines, engine: QueryEngine) -> None:
    before = set(engines.pool.processes())
    with pytest.raises(Limited, match="2 s") as caught:
        body(engine, ENDLESS)
    assert caught.value.limit == "time"
    (killed,) = before - set(engines.pool.processes())
    until(lambda: not running(killed))
    until(lambda: len(engines.pool.processes()) == 2 + SPARE)
    assert body(engine, "ASK {}")


def test_time_of_an_answer_that_has_begun(engine: QueryEngine) -> None:
    answer = engine.ask(Query("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"), "me")
    with pytest.raises(Limited) as caught:
        for _piece in answer.pieces():
            pass
    assert caught.value.limit == "time"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { FILTER(" + "!" * 100_000 + "true) }",
        "SELECT * WHERE " + "{" * 50_000 + "}" * 50_000,
        "SELECT * WHERE { FILTER(1" + " + 1" * 100_000 + ") }",
        "SELECT * WHERE { ?s <http://x/>" + "/<http://x/>" * 50_000 + " ?o }",
    ],
)
def test_depth(engine: QueryEngine, query: str) -> None:
    with pytest.raises(Limited) as caught:
        body(engine, query)
    assert caught.value.limit in ("depth", "time", "memory")
    assert body(engine, "ASK {}")


def test_memory(tmp_path: Path, folder: Path) -> None:
    engines = Engines(Limits(timeout_s=60, workers=1, memory=200_000_000))
    try:
        engine = engines.engine_for(folder)
        with pytest.raises(Limited) as caught:
            body(engine, HUGE)
        assert caught.value.limit == "memory"
        assert body(engine, "ASK {}")
    finally:
        engines.close()


@pytest.mark.parametrize(
    ("query", "formats"),
    [
        *((f"{ALL} LIMIT %d", {"solutions": format_}) for format_ in RESULTS),
        *(
            ("SELECT ?x ?s ?o WHERE { ?s ?p ?o } LIMIT %d", {"solutions": format_})
            for format_ in RESULTS
        ),
        *(("CONSTRUCT WHERE { ?s ?p ?o } LIMIT %d", {"graph": format_}) for format_ in GRAPHS),
    ],
)
def test_rows(folder: Path, query: str, formats: dict[str, RdfFormat]) -> None:
    engine = InlineEngine(SnapshotReader(folder), rows=3000)
    for number in (3000, 12):
        assert body(engine, Query(query % number, **formats))  # type: ignore[arg-type]
    for number in (3001, 9000):
        with pytest.raises(Limited) as caught:
            body(engine, Query(query % number, **formats))  # type: ignore[arg-type]
        assert caught.value.limit == "rows"


@pytest.mark.parametrize("format_", RESULTS)
@pytest.mark.parametrize(
    "text",
    [
        'a\nb\r\n"c"\n',
        "<result>",
        '"}},{"',
        '{"x":{"type":"',
        "],",
        "\\",
        '""',
        "},{}",
        "é\u2028\t",
    ],
)
def test_rows_are_counted_whatever_their_values(format_: QueryResultsFormat, text: str) -> None:
    store = Store()
    values = " ".join(str(Literal(f"{text}{n}")) for n in range(50))
    query = Query(f"SELECT ?y ?x WHERE {{ VALUES ?x {{ {values} }} }}", format_)
    assert body(InlineEngine(OxigraphReader(store), rows=50), query)
    with pytest.raises(Limited):
        body(InlineEngine(OxigraphReader(store), rows=49), query)


def test_bytes(folder: Path) -> None:
    engines = Engines(Limits(workers=1, bytes=1_000_000))
    try:
        engine = engines.engine_for(folder)
        answer = engine.ask(Query(ALL), "me")
        with pytest.raises(Limited) as caught:
            b"".join(answer.pieces())
        assert caught.value.limit == "bytes"
        assert len(body(engine, f"{ALL} LIMIT 100")) < 1_000_000
    finally:
        engines.close()


def test_queries_of_one_caller_and_of_all(folder: Path) -> None:
    engines = Engines(Limits(timeout_s=20, workers=1, per_caller=2, waiting=2))
    engine = engines.engine_for(folder)
    with ThreadPoolExecutor(4) as pool:
        try:
            asked = [pool.submit(body, engine, ENDLESS, "one") for _ in range(2)]
            until(lambda: engines.pool.counts() == (1, 1))
            with pytest.raises(Busy) as caught:
                body(engine, "ASK {}", "one")
            assert caught.value.own
            assert caught.value.retry_after > 0
            asked.append(pool.submit(body, engine, ENDLESS, "two"))
            until(lambda: engines.pool.counts() == (1, 2))
            with pytest.raises(Busy) as caught:
                body(engine, "ASK {}", "three")
            assert not caught.value.own
        finally:
            engines.close()
        for future in asked:
            assert isinstance(future.exception(), KgError)


def test_long_queries_leave_workers_for_others(folder: Path) -> None:
    engines = Engines(Limits(timeout_s=60, workers=2, per_caller=9))
    engine = engines.engine_for(folder)
    with ThreadPoolExecutor(4) as pool:
        try:
            asked = [pool.submit(body, engine, ENDLESS, "one") for _ in range(4)]
            for number in range(3):
                assert body(engine, "ASK {}", f"other {number}")
            ended = [future for future in asked if future.done()]
            assert all(isinstance(future.exception(), Busy) for future in ended)
            assert len(ended) < len(asked)
        finally:
            engines.close()


def test_a_caller_who_goes_ends_the_query(engines: Engines, engine: QueryEngine) -> None:
    before = set(engines.pool.processes())
    stop = Stop()
    threading.Timer(0.3, stop.give).start()
    with pytest.raises(KgError):
        engine.ask(Query(ENDLESS), "me", stop)
    (killed,) = before - set(engines.pool.processes())
    until(lambda: not running(killed))
    given = Stop()
    given.give()
    with pytest.raises(KgError):
        engine.ask(Query("ASK {}"), "me", given)


def test_an_answer_that_is_closed_early_ends_the_query(
    engines: Engines, engine: QueryEngine
) -> None:
    until(lambda: len(engines.pool.processes()) == 2 + SPARE)
    before = set(engines.pool.processes())
    answer = engine.ask(Query("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"), "me")
    next(answer.pieces())
    answer.close()
    answer.close()
    (killed,) = before - set(engines.pool.processes())
    until(lambda: not running(killed))
    assert engines.pool.counts() == (0, 0)


def test_a_worker_that_dies_is_replaced(engines: Engines, engine: QueryEngine) -> None:
    until(lambda: len(engines.pool.processes()) == 2 + SPARE)
    dead = engines.pool.processes()
    for process in dead:
        os.kill(process, signal.SIGKILL)
    for _ in dead:
        with suppress(KgError):
            body(engine, "ASK {}")
    ready(engine)
    assert body(engine, "ASK {}")


def test_workers_end_with_the_pool(folder: Path) -> None:
    engines = Engines(Limits(workers=2))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(body, engines.engine_for(folder), ENDLESS)
        until(lambda: engines.pool.counts()[0] == 1)
        processes = engines.pool.processes()
        engines.close()
        assert isinstance(asked.exception(), KgError)
    assert len(processes) == 2 + SPARE
    assert not any(map(running, processes))


def test_nothing_is_left_of_a_slow_reader(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose answer nobody reads is ended as well, after some times the limit."""
    monkeypatch.setattr("kg_service.querying.limits._TRANSFER", 1.5)
    engines = Engines(Limits(timeout_s=2, workers=1))
    try:
        engine = engines.engine_for(folder)
        ready(engine)
        answer = engine.ask(Query("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"), "me")
        until(lambda: engines.pool.counts() == (0, 0))
        with pytest.raises(Limited, match="not read to its end"):
            for _piece in answer.pieces():
                pass
    finally:
        engines.close()


# --- the network -------------------------------------------------------------------------------


@pytest.mark.skipif(
    os.uname().sysname != "Linux" or os.uname().machine not in ("x86_64", "aarch64"),
    reason="the kernel closes the network on Linux only",
)
def test_the_engine_can_send_no_requests() -> None:
    """Where the refusal of the text is walked round, the kernel still refuses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        child = os.fork()
        if child == 0:
            from kg_service.querying import sandbox

            closed = sandbox.close_network()
            try:
                list(Store().query(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{}} }}"))  # type: ignore[arg-type]
            except OSError as error:
                os._exit(0 if closed and "denied" in str(error) else 1)
            os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()


# --- the process -------------------------------------------------------------------------------


def test_files_where_the_service_is_started_are_no_modules_of_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "struct.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    engines = Engines(Limits(workers=1))
    try:
        assert body(engines.engine_for(folder), "ASK {}")
    finally:
        engines.close()


def test_what_a_worker_dies_of_is_for_the_log(
    engines: Engines, engine: QueryEngine, caplog: pytest.LogCaptureFixture
) -> None:
    ready(engine)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(body, engine, ENDLESS)
        until(lambda: engines.pool.counts()[0] == 1)
        for process in engines.pool.processes():
            os.kill(process, signal.SIGTERM)
        error = asked.exception()
    assert isinstance(error, StoreError)
    assert "log" in str(error)
    assert "ended with code -15" in caplog.text
    for _ in range(2 + SPARE):
        with suppress(KgError):
            body(engine, "ASK {}")
    ready(engine)
