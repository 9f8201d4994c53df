"""/ready, /metrics, request ids and logs, and stopping in order."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from service.servers import free_port, wait_for
from support import REPOSITORY

from kg_service.errors import StoreError, UsageError
from kg_service.service.app import ServiceContext, create_app
from kg_service.service.drain import Drain
from kg_service.service.logs import JsonLines, PlainLines, set_up_logs

KG = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]


def figures(client: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_it_is_ready(client: TestClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready", "store": "readable", "index": "none", "draining": False,
    }  # fmt: skip


def test_it_is_not_ready_while_it_stops(context: ServiceContext) -> None:
    drain = Drain()
    client = TestClient(create_app(context, drain=drain))
    drain.begun = True
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()["draining"]) == (503, True)
    assert client.get("/health").status_code == 200  # it is alive


def test_it_is_not_ready_without_its_store(
    context: ServiceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: object) -> None:
        raise StoreError("the disk is gone at /secret/place")

    monkeypatch.setattr(type(context.graph.reader), "frozen", gone)
    client = TestClient(create_app(context))
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()["store"]) == (503, "unreadable")
    assert "secret" not in answer.text
    assert figures(client)["kg_store_readable", ()] == 0


def test_requests_are_counted_by_route_never_by_what_they_ask(client: TestClient) -> None:
    client.get("/lineage", params={"id": "plant-1"})
    client.get("/sources/field")
    client.get("/sources/no-such-secret-source")
    client.get("/nowhere/secret-path")
    client.get("/sparql", params={"query": "ASK { ?secret ?p ?o }"})
    client.get("/sparql", params={"query": "SELECT WHERE"})
    told = figures(client)
    assert (
        told["kg_requests_total", (("method", "GET"), ("route", "/lineage"), ("status", "200"))] > 0
    )
    routes = {dict(labels)["route"] for name, labels in told if name == "kg_requests_total"}
    assert {"/lineage", "/sparql", "/sources/{source_id:path}"} <= routes
    assert "other" in routes
    assert told["kg_queries_total", (("outcome", "answered"), ("route", "/sparql"))] > 0
    assert told["kg_queries_total", (("outcome", "refused"), ("route", "/sparql"))] > 0
    assert told["kg_sources", ()] == 2
    assert told["kg_statements", ()] > 20
    assert told["process_resident_memory_bytes", ()] > 0
    assert told["kg_request_seconds_count", (("route", "/lineage"),)] > 0
    page = client.get("/metrics").text
    assert "secret" not in page
    assert "field" not in page  # no source is named


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-123", True), ("", False), ("a b", False), ("x" * 200, False), ("é", False)],
)
def test_a_request_has_an_id(client: TestClient, given: str, kept: bool) -> None:
    answer = client.get("/health", headers={"X-Request-ID": given.encode()})
    assert (answer.headers["x-request-id"] == given) is kept
    assert len(answer.headers["x-request-id"]) >= 7


def test_errors_have_an_id_too(client: TestClient) -> None:
    assert client.get("/nowhere").headers["x-request-id"]
    preflight = {"Origin": "http://a.test", "Access-Control-Request-Method": "GET"}
    assert client.options("/sparql", headers=preflight).headers["x-request-id"]


def test_a_request_is_logged_in_a_line(
    client: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("kg_service"), "propagate", True)
    with caplog.at_level(logging.INFO, "kg_service.requests"):
        client.get(
            "/sparql",
            params={"query": "ASK { ?secret ?p ?o }"},
            headers={"X-Request-ID": "r-1"},
        )
    (record,) = [r for r in caplog.records if r.name == "kg_service.requests"]
    told = json.loads(JsonLines().format(record))
    assert told["request_id"] == "r-1"
    assert (told["method"], told["route"], told["status"]) == ("GET", "/sparql", 200)
    assert told["caller"] == "anonymous"
    assert told["ms"] > 0
    plain = PlainLines().format(record)
    assert "request_id=r-1" in plain
    assert "secret" not in json.dumps(told) + plain


def test_what_a_client_sends_begins_no_line() -> None:
    record = logging.LogRecord("kg", logging.ERROR, "", 0, "a\nb\r%s", ("c\nd",), None)
    assert "\n" not in PlainLines().format(record)
    assert "\n" not in JsonLines().format(record)


@pytest.mark.parametrize("env", [{"KG_LOG": "xml"}, {"KG_LOG_LEVEL": "loud"}])
def test_settings_of_logs_that_make_no_sense(env: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=next(iter(env))):
        set_up_logs(env)


def test_a_server_that_is_told_to_stop_says_so_first(store: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    env = {
        **os.environ, "PYTHONPATH": str(REPOSITORY), "KG_DRAIN_S": "6", "KG_LOG": "json",
    }  # fmt: skip
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*KG, "serve", "--port", str(port), "--store", str(store)], env=env, stderr=errors
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(port, process)
        assert httpx.get(f"{address}/ready").status_code == 200
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 5
        while (status := httpx.get(f"{address}/ready").status_code) != 503:
            assert time.monotonic() < deadline, status
        assert httpx.get(f"{address}/sources").status_code == 200  # what comes is still answered
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert {"/ready", "/sources"} <= {line.get("route") for line in lines}
