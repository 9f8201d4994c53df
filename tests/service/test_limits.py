"""Limits of queries over real HTTP: what a limited answer looks like, and what is left of it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from querying.stores import ENDLESS, NS, store_of
from querying.test_workers import running, until
from service.servers import serving

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.querying.limits import Limits
from kg_service.querying.pool import SPARE
from kg_service.querying.workers import Engines
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.snapshots import SnapshotReader

PAIRS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"
ALL = "SELECT * WHERE { ?s ?p ?o }"
SIZE = 20_000
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("limits") / "store", SIZE)


@contextmanager
def service(folder: Path, alignment: Alignment, limits: Limits) -> Iterator[tuple[str, Engines]]:
    engines = Engines(limits)
    graph = KnowledgeGraph(SnapshotReader(folder), alignment)
    context = ServiceContext(graph, (), NS, engine=engines.engine_for(folder))
    try:
        with serving(create_app(context)) as address:
            while get(f"{address}/sparql?query=ASK%7B%7D")[0] != 200:
                time.sleep(0.1)
            yield address, engines
    finally:
        engines.close()


@pytest.fixture(scope="module")
def limited(folder: Path, alignment: Alignment) -> Iterator[tuple[str, Engines]]:
    with service(folder, alignment, Limits(timeout_s=2, workers=2, rows=25_000)) as served:
        yield served


def get(address: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def asked(address: str, query: str) -> str:
    return f"{address}/sparql?query={quote(query)}"


def code(body: bytes) -> str:
    told: str = json.loads(body)["error"]["code"]
    return told


def test_a_query_that_takes_too_long(limited: tuple[str, Engines]) -> None:
    address, _engines = limited
    status, body = get(asked(address, ENDLESS))
    assert (status, code(body)) == (503, "query-timeout")
    assert b"2 s" in body


def test_a_page_for_a_query_that_takes_too_long(limited: tuple[str, Engines]) -> None:
    address, _engines = limited
    status, body = get(asked(address, ENDLESS), Accept="text/html")
    assert status == 503
    assert b"2 s" in body


@pytest.mark.parametrize("accept", [JSON, "application/sparql-results+xml", "text/csv"])
@pytest.mark.parametrize("query", [PAIRS, f"{PAIRS} LIMIT 25001"])
def test_an_answer_that_breaks_off_is_an_error_for_every_client(
    limited: tuple[str, Engines], query: str, accept: str
) -> None:
    address, _engines = limited
    with pytest.raises(http.client.IncompleteRead):
        get(asked(address, query), Accept=accept)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(asked(address, query), headers={"accept": accept}, timeout=60)


def test_curl_tells_that_an_answer_broke_off(limited: tuple[str, Engines]) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("needs curl, which is not installed")
    address, _engines = limited
    for flags, code_ in (([], 18), (["--compressed"], 18), (["--http1.0", "--fail"], 22)):
        done = subprocess.run(
            [curl, "--silent", "--output", os.devnull, *flags, asked(address, PAIRS)], check=False
        )
        assert done.returncode == code_, flags


def test_an_answer_just_within_the_limit_is_whole(limited: tuple[str, Engines]) -> None:
    address, _engines = limited
    status, body = get(asked(address, f"{PAIRS} LIMIT 25000"))
    assert status == 200
    assert len(json.loads(body)["results"]["bindings"]) == 25_000


def test_rows_before_the_first_byte(folder: Path, alignment: Alignment) -> None:
    with service(folder, alignment, Limits(workers=1, rows=10)) as (address, _engines):
        status, body = get(asked(address, f"{ALL} LIMIT 11"))
        assert (status, code(body)) == (400, "query-rows")
        assert get(asked(address, f"{ALL} LIMIT 10"))[0] == 200


@pytest.mark.parametrize("query", ["SELECT * WHERE " + "{" * 90_000, "ASK { FILTER(" + "!" * 10**5])
def test_a_query_that_no_engine_can_take(limited: tuple[str, Engines], query: str) -> None:
    address, _engines = limited
    answer = httpx.post(f"{address}/sparql", data={"query": query}, timeout=60)
    assert answer.json()["error"]["code"] in ("query-depth", "query-syntax")
    assert get(f"{address}/health")[0] == 200


def raw(address: str, request: str) -> tuple[str, bytes]:
    """The head and the body of an answer, as they come."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(request.encode())
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return head.decode().lower(), body


def test_http_1_0_has_the_length_or_an_error(limited: tuple[str, Engines]) -> None:
    """There, the end of the connection would be the end of the answer."""
    address, _engines = limited
    head, body = raw(address, f"GET /sparql?query={quote(ALL)} HTTP/1.0\r\n\r\n")
    assert f"content-length: {len(body)}" in head
    assert len(json.loads(body)["results"]["bindings"]) == SIZE
    head, body = raw(address, f"GET /sparql?query={quote(PAIRS)} HTTP/1.0\r\n\r\n")
    assert " 503 " in head.splitlines()[0] or " 400 " in head.splitlines()[0]
    assert "error" in json.loads(body)


def test_head_ends_the_query(limited: tuple[str, Engines]) -> None:
    address, engines = limited
    head, body = raw(
        address,
        f"HEAD /sparql?query={quote(PAIRS)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    assert " 200 " in head.splitlines()[0]
    assert body == b""
    until(lambda: engines.pool.counts() == (0, 0))


@pytest.mark.parametrize("query", [ENDLESS, PAIRS])
def test_a_client_that_goes_ends_its_query(folder: Path, alignment: Alignment, query: str) -> None:
    with service(folder, alignment, Limits(timeout_s=300, workers=2)) as (address, engines):
        until(lambda: len(engines.pool.processes()) == 2 + SPARE)
        before = set(engines.pool.processes())
        host, port = urlsplit(address).hostname, urlsplit(address).port
        with socket.create_connection((host, port)) as connection:
            line = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.sendall(line.encode())
            until(lambda: engines.pool.counts()[0] == 1)
            time.sleep(0.3)
        until(lambda: engines.pool.counts() == (0, 0))
        until(lambda: len(engines.pool.processes()) == 2 + SPARE)
        killed = before - set(engines.pool.processes())
        assert killed
        until(lambda: not any(map(running, killed)))


def test_too_many_queries_at_once(folder: Path, alignment: Alignment) -> None:
    limits = Limits(timeout_s=300, workers=1, per_caller=2)
    with (
        service(folder, alignment, limits) as (address, engines),
        ThreadPoolExecutor(2) as pool,
    ):
        waiting = [pool.submit(get, asked(address, ENDLESS)) for _ in range(2)]
        until(lambda: engines.pool.counts() == (1, 1))
        answer = httpx.get(asked(address, "ASK {}"))
        assert answer.status_code == 429
        assert answer.json()["error"]["code"] == "too-many-queries"
        assert int(answer.headers["retry-after"]) > 0
        assert get(f"{address}/health")[0] == 200
        engines.close()
        assert [future.result()[0] for future in waiting] == [503, 503]


def test_a_large_answer_passes_through_little_memory(folder: Path, alignment: Alignment) -> None:
    """Both processes hold pieces only: the answer is many times what they may grow by."""
    limits = Limits(timeout_s=300, workers=1, bytes=0, memory=300_000_000)
    with service(folder, alignment, limits) as (address, _engines):
        query = f"{PAIRS} LIMIT 600000"
        before = resident()
        size = 0
        with httpx.stream("GET", asked(address, query), timeout=300) as answer:
            for piece in answer.iter_bytes():
                size += len(piece)
        assert size > 150_000_000
        assert resident() - before < 60_000_000


def resident() -> int:
    """Bytes of memory that this process takes, the most it ever took."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
