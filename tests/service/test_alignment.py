"""/mappings and /why over HTTP."""

from __future__ import annotations

from fastapi.testclient import TestClient
from service.conftest import RUN, SPECTRUM, TABLE


def test_why_explains_a_statement(client: TestClient) -> None:
    answer = client.get("/why", params={"subject": RUN, "predicate": "used", "object": SPECTRUM})
    if answer.status_code == 404:
        # the run may use the spectrum through the other crate's own node
        answer = client.get(
            "/why", params={"subject": TABLE, "predicate": "prov:wasGeneratedBy", "object": RUN}
        )
    assert answer.status_code == 200
    (reason,) = answer.json()
    assert reason["grounds"][0]["by"].startswith("run-crate:")
    assert reason["grounds"][0]["basis"]


def test_why_of_nothing_is_404(client: TestClient) -> None:
    answer = client.get("/why", params={"subject": RUN, "predicate": "used", "object": "x"})
    assert answer.status_code == 404
    assert "no source says" in answer.json()["error"]["message"]


def test_mapping_sets_are_told_in_each_form(client: TestClient) -> None:
    sets = client.get("/mappings").json()
    assert {"run-crate", "isa"} <= {s["name"] for s in sets}
    one = client.get("/mappings/run-crate").json()
    assert len(one["rows"]) == next(s["rows"] for s in sets if s["name"] == "run-crate")
    turtle = client.get("/mappings/run-crate", headers={"Accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert "skos:exactMatch" in turtle.text
    table = client.get("/mappings/run-crate", params={"format": "sssom"})
    assert "record_id\t" in table.text
    assert client.get("/mappings/run-crate", params={"format": "x"}).status_code == 400
    assert client.get("/mappings/nope").status_code == 404
