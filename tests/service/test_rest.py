"""/sources, /lineage, /health, and the one form of all errors."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from service.conftest import PLANT, TABLE

from kg_service import __version__
from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue
from kg_service.graph import KnowledgeGraph
from kg_service.plain import source_json
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.snapshots import SnapshotReader


def test_sources_are_listed_as_the_command_line_lists_them(
    client: TestClient, context: ServiceContext
) -> None:
    listed = client.get("/sources").json()
    assert listed == [source_json(r) for r in Catalogue(context.graph.reader).sources()]
    assert [s["id"] for s in listed] == ["analysis", "field"]
    assert listed[1]["triples"]["asserted"] > 5


def test_one_source_with_its_findings(client: TestClient) -> None:
    source = client.get("/sources/analysis").json()
    assert source["id"] == "analysis"
    assert source["earlierVersions"] == []
    (period,) = source["history"]
    assert (period["version"], period["state"]) == (source["version"], "current")
    assert (period["until"], period["bytes"]) == (None, 0)
    assert isinstance(source["unmapped"], list)
    for finding in source["findings"]:
        assert finding["kind"] in ("repair", "loss", "warning")
        assert finding["count"] >= 1
    counts = {k: sum(f["count"] for f in source["findings"] if f["kind"] == k) for k in
              ("repair", "loss", "warning")}  # fmt: skip
    assert counts["loss"] == source["losses"]
    assert counts["repair"] == source["repairs"]


def test_a_source_that_there_is_not(client: TestClient) -> None:
    answer = client.get("/sources/feild")
    assert answer.status_code == 404
    assert "did you mean field?" in answer.json()["error"]["message"]


def test_lineage(client: TestClient) -> None:
    found = client.get("/lineage", params={"id": "plant-1", "direction": "down"}).json()
    assert found["start"] == PLANT
    assert TABLE in {node["id"] for node in found["nodes"]}
    assert {edge["grade"] for edge in found["edges"]} >= {"mapped", "inferred"}
    near = client.get("/lineage", params={"id": PLANT, "direction": "down", "depth": 1}).json()
    assert near["complete"] is False
    assert len(near["nodes"]) < len(found["nodes"])


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({}, "id"),
        ({"id": PLANT, "direction": "sideways"}, "direction"),
        ({"id": PLANT, "depth": "-1"}, "depth"),
        ({"id": PLANT, "depth": "many"}, "depth"),
        ({"id": PLANT, "policy": "x"}, "policy"),
    ],
)
def test_lineage_that_makes_no_sense(
    client: TestClient, parameters: dict[str, str], word: str
) -> None:
    answer = client.get("/lineage", params=parameters)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "usage"
    assert answer.json()["error"]["message"].startswith(word)


def test_health(client: TestClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": __version__}


def test_a_store_that_can_not_be_read(tmp_path: Path, alignment: Alignment, store: Path) -> None:
    shutil.copytree(store, tmp_path / "store")
    graph = KnowledgeGraph(SnapshotReader(tmp_path / "store"), alignment)
    client = TestClient(create_app(ServiceContext(graph, (), "http://kg.test")))
    assert client.get("/health").status_code == 200
    shutil.rmtree(tmp_path / "store")
    for path in ("/health", "/sources", "/sparql?query=ASK {}", "/"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "store"
    assert client.get("/health").json()["status"] == "failing"


@pytest.mark.parametrize("path", ["/", "/sources", "/sparql?query=ASK {}", "/nothing", "/docs"])
def test_headers_that_every_answer_has(client: TestClient, path: str) -> None:
    headers = client.get(path, headers={"origin": "http://other.test"}).headers
    assert "Accept" in headers["vary"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] == "*"


def test_every_error_has_one_form(client: TestClient) -> None:
    for answer in (client.get("/nothing"), client.delete("/sources"), client.get("/lineage")):
        assert answer.status_code >= 400
        assert answer.headers["content-type"] == "application/json"
        assert set(answer.json()) == {"error"}
        assert set(answer.json()["error"]) == {"code", "message"}


def test_a_browser_gets_errors_as_a_page(client: TestClient) -> None:
    answer = client.get("/entity?id=<b>", headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert "<h1>404 Not Found</h1>" in answer.text
    assert "is not known" in answer.text
    assert "<b>" not in answer.text


def test_what_is_unexpected_is_masked_and_logged(
    context: ServiceContext, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_self: object) -> None:
        raise RuntimeError("a secret path /etc/x")

    monkeypatch.setattr(ServiceContext, "sources", broken)
    client = TestClient(create_app(context), raise_server_exceptions=False)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/sources")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    assert "a secret path" in caplog.text


def test_a_new_source_is_served_without_a_restart(
    tmp_path: Path, alignment: Alignment, store: Path
) -> None:
    from service.conftest import crate

    from kg_service.intake import Intake
    from kg_service.store.disk import DiskStore

    shutil.copytree(store, tmp_path / "store")
    graph = KnowledgeGraph(SnapshotReader(tmp_path / "store"), alignment)
    client = TestClient(create_app(ServiceContext(graph, (), "http://kg.test")))
    assert len(client.get("/sources").json()) == 2
    writer = DiskStore(tmp_path / "store", "http://kg.test")
    list(Intake(writer, alignment, "http://kg.test").take_path(crate(tmp_path / "new"), "new"))
    assert len(client.get("/sources").json()) == 2
    writer.publish()
    writer.close()
    assert [s["id"] for s in client.get("/sources").json()] == ["analysis", "field", "new"]


def test_a_path_that_is_not_there_is_told(client: TestClient) -> None:
    answer = client.get("/surces")
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": "not-found",
        "message": "there is no such path; /docs names those that are",
    }


def test_lineage_without_what_made_it(client: TestClient) -> None:
    asked = {"id": "plant-1", "direction": "down"}
    told = client.get("/lineage", params=asked).json()["edges"]
    short = client.get("/lineage", params={**asked, "explain": "false"}).json()["edges"]
    assert [e["grade"] for e in short] == [e["grade"] for e in told]
    assert all(e["by"] for e in told)


def test_lineage_as_of_a_time(client: TestClient) -> None:
    asked = {"id": "plant-1", "direction": "down"}
    now = client.get("/lineage", params=asked).json()
    then = client.get("/lineage", params={**asked, "asOf": "2999-01-01T00:00:00+01:00"}).json()
    assert then.pop("asOf") == "2998-12-31T23:00:00+00:00"
    assert then == now
    before = client.get("/lineage", params={**asked, "asOf": "2001-01-01"})
    assert before.status_code == 404
    wrong = client.get("/lineage", params={**asked, "asOf": "lately"})
    assert wrong.status_code == 400
    assert "SOURCE@VERSION" in wrong.json()["error"]["message"]


def test_a_parameter_that_a_path_does_not_have_is_refused(client: TestClient) -> None:
    answer = client.get("/lineage", params={"id": "spectrum", "dpth": "1"})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == (
        "/lineage has no parameter 'dpth'; did you mean depth?"
    )
    assert client.get("/sources", params={"x": "1"}).json()["error"]["message"] == (
        "/sources has no parameter 'x'; it has none"
    )
    # a part of an IRI, and parameters that a route reads itself
    assert client.get("/source/field/thing?version=1").status_code == 404
    assert client.get("/sparql", params={"query": "ASK {}", "results": "json"}).status_code == 200


def test_a_method_that_is_not_taken_names_those_that_are(client: TestClient) -> None:
    answer = client.delete("/lineage")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.json()["error"]["message"] == (
        "DELETE is not taken here; there are GET, HEAD, OPTIONS"
    )
