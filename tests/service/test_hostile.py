"""Two hundred queries without measure, from sixteen clients: the service goes on answering."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from querying.stores import NS, store_of
from service.hostile import hostile
from service.servers import free_port, running
from support import REPOSITORY

from kg_service.querying.pool import SPARE

CLIENTS = 16
ROUNDS = 10
TIMEOUT_S = 2
WITHIN_S = 240
ORDINARY = f"SELECT ?o WHERE {{ <{NS}g/7> ?p ?o }}"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def addresses() -> list[str]:
    """Addresses of this machine that clients can have, so that each is a caller of its own."""
    found = [f"127.0.0.{number}" for number in range(1, CLIENTS + 2)]
    try:
        for address in found:
            with socket.socket() as probe:
                probe.bind((address, 0))
    except OSError:  # macOS has only one
        return ["127.0.0.1"] * len(found)
    return found


def ask(port: int, address: str, query: str) -> tuple[int, bytes]:
    """Status and body; status 0 where the answer broke off."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=WITHIN_S, source_address=(address, 0)
    )
    try:
        connection.request("POST", "/sparql", urlencode({"query": query}), FORM)
        answer = connection.getresponse()
        size = 0
        while piece := answer.read(1 << 16):
            size += len(piece)
            last = piece
        return answer.status, last if size else b""
    except http.client.IncompleteRead:
        return 0, b""
    finally:
        connection.close()


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def workers(service: int) -> dict[int, str]:
    """The processes that a service started, with the time that each has used."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,time="], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return {int(pid): used for pid, parent, used in rows if int(parent) == service}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("hostile") / "store", 20_000)


def test_hostile_queries_stop_nobody_else(folder: Path) -> None:
    port = free_port()
    kg = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]
    command = [*kg, "serve", "--port", str(port), "--store", str(folder)]
    env = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "KG_QUERY_TIMEOUT_S": str(TIMEOUT_S),
        "KG_QUERY_WORKERS": "4",
        "KG_QUERY_MEMORY": "500000000",
        "KG_QUERY_PER_CALLER": "4",
    }
    queries = list(hostile(ROUNDS))
    random.Random(5).shuffle(queries)
    assert len(queries) == 200
    clients = addresses()
    with running(command, port, env=env) as service:
        started = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            asked = [
                pool.submit(ask, port, clients[number % CLIENTS], query)
                for number, query in enumerate(queries)
            ]
            healthy = right = 0
            while not all(future.done() for future in asked):
                assert time.monotonic() - started < WITHIN_S
                assert get(port, "/health") == 200
                healthy += 1
                status, body = ask(port, clients[CLIENTS], ORDINARY)
                # one may be told to come again, never be answered wrongly
                assert status in (200, 429, 503), body
                if status == 200:
                    (row,) = json.loads(body)["results"]["bindings"]
                    assert row["o"]["value"] == "value 7"
                    right += 1
                time.sleep(0.1)
        assert healthy > 10
        assert right > 0.8 * healthy
        for query, future in zip(queries, asked, strict=True):
            status, body = future.result()
            assert status in (0, 200, 400, 403, 429, 503), (query[:100], body)
            if status not in (0, 200):
                assert json.loads(body)["error"]["code"] != "internal"
        # all is as before: the workers are there, and do nothing
        deadline = time.monotonic() + 30
        while len(workers(service.pid)) != 4 + SPARE:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        time.sleep(2)
        before = workers(service.pid)
        time.sleep(3)
        assert workers(service.pid) == before
        assert ask(port, clients[0], ORDINARY)[0] == 200
        children = set(before)
    deadline = time.monotonic() + 10
    while any(map(alive, children)):
        assert time.monotonic() < deadline, "workers outlive the service"
        time.sleep(0.1)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
