"""/links, the links of GraphQL, and what a withdrawn source answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from service.conftest import SPECTRUM, write_crates
from support import BASE

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.embedded import OxigraphStore
from kg_service.withdraw import withdraw


def test_links(client: TestClient) -> None:
    answer = client.get("/links").json()
    assert answer["complete"] is True
    (link,) = answer["links"]
    assert link["evidence"] == "content"
    assert link["policies"] == ["default", "all"]
    assert {end for side in ("first", "second") for end in link[side]["sources"]} == {
        "field",
        "analysis",
    }


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"id": SPECTRUM}, 1),
        ({"id": "plant-1"}, 0),
        ({"evidence": "content"}, 1),
        ({"evidence": ["identifier", "sameAs"]}, 0),
        ({"source": "field"}, 1),
        ({"candidates": "true"}, 0),
    ],
)
def test_links_of_some(client: TestClient, asked: dict[str, str], count: int) -> None:
    assert len(client.get("/links", params=asked).json()["links"]) == count


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"id": "nothing"}, 404), ({"source": "nowhere"}, 404), ({"evidence": "x"}, 400),
     ({"limit": "0"}, 400)],
)  # fmt: skip
def test_links_of_what_there_is_not(client: TestClient, asked: dict[str, str], status: int) -> None:
    assert client.get("/links", params=asked).status_code == status


def test_links_in_graphql(client: TestClient) -> None:
    query = """query ($id: ID!) { links(id: $id) {
      evidence key policies whyNot first { thing { label } value sources } second { value } } }"""
    answer = client.post("/graphql", json={"query": query, "variables": {"id": SPECTRUM}}).json()
    (link,) = answer["data"]["links"]
    assert (link["evidence"], link["policies"]) == ("CONTENT", ["DEFAULT", "ALL"])


def test_a_withdrawn_source_is_gone(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    intake = Intake(store, alignment, BASE)
    for path in write_crates(tmp_path):
        list(intake.take_path(path, path.name))
    withdraw(store, BASE, "field", "consent withdrawn", "the board")
    context = ServiceContext(KnowledgeGraph(store, alignment), (), BASE)
    client = TestClient(create_app(context), follow_redirects=False)
    for path in ("/sources/field", "/source/field", "/source/field/samples/plant-1"):
        answer = client.get(path)
        assert answer.status_code == 410, path
        assert answer.json()["error"]["code"] == "withdrawn"
        assert "the board: consent withdrawn" in answer.json()["error"]["message"]
    assert client.get("/sources/analysis").status_code == 200
    assert client.get("/source/nothing/x").status_code == 404
