"""GraphQL: the graph in the field's words, its errors and its limits."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient
from graphql import build_schema, get_introspection_query
from service.conftest import PLANT, RUN, SPECTRUM, TABLE
from support import REPOSITORY

from kg_service.service import graphql_limits, graphql_schema
from kg_service.service.app import ServiceContext


def ask(client: TestClient, query: str, **variables: Any) -> dict[str, Any]:
    answer = client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def data(client: TestClient, query: str, **variables: Any) -> dict[str, Any]:
    result = ask(client, query, **variables)
    assert "errors" not in result, result
    found: dict[str, Any] = result["data"]
    return found


def test_specimens(client: TestClient) -> None:
    found = data(client, "{ specimens { id label kind kinds identifiers sources { id format } } }")
    (plant,) = found["specimens"]
    assert (plant["id"], plant["label"], plant["kind"]) == (PLANT, "plant-1", "Sample")
    assert plant["sources"] == [{"id": "field", "format": "ro-crate"}]
    assert "Material" in plant["kinds"]
    assert any("10.5072/kg-plant-1" in identifier for identifier in plant["identifiers"])


@pytest.mark.parametrize(
    ("search", "count"), [("PLANT", 1), ("kg-plant", 1), ("", 1), ("barley", 0)]
)
def test_specimens_by_text(client: TestClient, search: str, count: int) -> None:
    found = data(client, "query($s: String) { specimens(search: $s) { id } }", s=search)
    assert len(found["specimens"]) == count


def test_specimens_first(client: TestClient) -> None:
    assert data(client, "{ specimens(first: 0) { id } }") == {"specimens": []}
    for bad in (-1, 100_000):
        (error,) = ask(client, f"{{ specimens(first: {bad}) {{ id }} }}")["errors"]
        assert error["extensions"]["code"] == "usage"
        assert "first must be from 0" in error["message"]


@pytest.mark.parametrize(
    "written",
    [
        PLANT,
        f"<{PLANT}>",
        "plant-1",
        "10.5072/kg-plant-1",
        "https://doi.org/10.5072/KG-plant-1",
        "doi:10.5072/kg-plant-1",
        "samples/plant-1",
    ],
)
def test_an_id_in_any_spelling(client: TestClient, written: str) -> None:
    found = data(client, "query($id: ID!) { entity(id: $id) { id } }", id=written)
    assert found["entity"]["id"] == PLANT


LINEAGE = """
query($id: ID!, $direction: Direction! = BOTH, $depth: Int) {
  lineage(id: $id, direction: $direction, depth: $depth) {
    start { id } direction complete stopped
    nodes { thing { id label kind } kind depth stops partOfRun { id } }
    edges { kind earlier later source { id } grade by }
  }
}
"""


def test_lineage_crosses_sources(client: TestClient) -> None:
    found = data(client, LINEAGE, id="plant-1", direction="DOWN")["lineage"]
    assert found["start"]["id"] == PLANT
    assert (found["direction"], found["complete"], found["stopped"]) == ("DOWN", True, [])
    nodes = {node["thing"]["id"]: node for node in found["nodes"]}
    assert {PLANT, SPECTRUM, TABLE, RUN} <= nodes.keys()
    assert nodes[RUN]["kind"] == "ACTIVITY"
    assert nodes[PLANT]["depth"] == 0
    edges = {edge["kind"]: edge for edge in found["edges"]}
    assert edges["USED"]["grade"] == "MAPPED"
    assert edges["IDENTITY"]["grade"] == "INFERRED"
    assert "same content" in edges["IDENTITY"]["by"]
    assert {e["source"]["id"] for e in found["edges"] if e["source"]} == {"field", "analysis"}


def test_lineage_says_where_it_stopped(client: TestClient) -> None:
    found = data(client, LINEAGE, id=PLANT, direction="DOWN", depth=1)["lineage"]
    assert found["complete"] is False
    assert "depth 1" in found["stopped"][0]
    assert TABLE not in {node["thing"]["id"] for node in found["nodes"]}


def test_lineage_is_what_the_model_says(client: TestClient) -> None:
    found = data(client, LINEAGE, id=PLANT)["lineage"]
    rest = client.get("/lineage", params={"id": PLANT}).json()
    assert [n["thing"]["id"] for n in found["nodes"]] == [n["id"] for n in rest["nodes"]]
    assert len(found["edges"]) == len(rest["edges"])


def test_results_and_specimens(client: TestClient) -> None:
    results = data(
        client,
        "query($id: ID!) { resultsOfSpecimen(id: $id) { complete things { id } } }",
        id=PLANT,
    )["resultsOfSpecimen"]
    assert results["complete"] is True
    found = [thing["id"] for thing in results["things"]]
    assert found[-1] == TABLE
    assert len(found) == 2  # the measurement and its copy are one thing
    specimens = data(
        client, "query($id: ID!) { specimensOfResult(id: $id) { things { label } } }", id=TABLE
    )["specimensOfResult"]
    assert specimens["things"] == [{"label": "plant-1"}]


def test_sources(client: TestClient) -> None:
    found = data(client, "{ sources { id iri format asserted aligned losses version } }")["sources"]
    listed = client.get("/sources").json()
    assert [s["id"] for s in found] == ["analysis", "field"]
    assert [s["version"] for s in found] == [s["version"] for s in listed]


def test_questions(client: TestClient) -> None:
    found = data(
        client, "{ questions { id summary parameters { name required } columns { name } } }"
    )
    assert [q["id"] for q in found["questions"]] == [q["id"] for q in client.get("/queries").json()]


def test_asking_a_question(client: TestClient) -> None:
    query = """query($given: [Given!]) {
      ask(id: "results-of-specimen", parameters: $given) { columns rows }
    }"""
    table = data(client, query, given=[{"name": "specimen", "value": "plant-1"}])["ask"]
    result = table["columns"].index("result")
    assert TABLE in {row[result] for row in table["rows"]}
    (error,) = ask(client, query)["errors"]
    assert error["extensions"]["code"] == "usage"
    assert "needs the parameter specimen" in error["message"]


def test_pages_of_an_answer(client: TestClient) -> None:
    query = """query($after: String) {
      ask(id: "contents", first: 5, after: $after) {
        rows terms { value kind datatype } totalCount pageInfo { hasNextPage endCursor }
      }
    }"""
    whole = data(client, '{ ask(id: "contents") { rows totalCount } }')["ask"]
    rows, after, more = [], None, True
    while more:
        page = data(client, query, after=after)["ask"]
        assert page["totalCount"] == whole["totalCount"] == len(whole["rows"])
        assert page["terms"][0][1]["kind"] == "IRI"
        rows += page["rows"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert rows == whole["rows"]
    (error,) = ask(client, query.replace("contents", "people"), after=after)["errors"]
    assert "another list" in error["message"]


def test_what_a_source_can_answer(client: TestClient) -> None:
    found = data(
        client,
        '{ questions(family: "facility", source: "field") { id needs missing } '
        'question(id: "cq7") { summary family missing } }',
    )
    assert found["question"]["missing"] is None
    assert found["questions"]
    assert all(set(q["missing"]) <= set(q["needs"]) for q in found["questions"])
    (error,) = ask(client, '{ questions(source: "nowhere") { id } }')["errors"]
    assert error["extensions"]["code"] == "not-known"


def test_what_is_not_known_is_null_with_an_error(client: TestClient) -> None:
    result = ask(client, '{ entity(id: "plant-9") { id } sources { id } }')
    assert result["data"]["entity"] is None
    assert len(result["data"]["sources"]) == 2
    (error,) = result["errors"]
    assert error["extensions"]["code"] == "not-known"
    assert "'plant-9' is not known" in error["message"]


def test_depth_that_makes_no_sense(client: TestClient) -> None:
    (error,) = ask(client, LINEAGE, id=PLANT, depth=-1)["errors"]
    assert error["extensions"]["code"] == "usage"


def test_what_is_unexpected_is_masked_and_logged(
    client: TestClient,
    context: ServiceContext,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_self: object) -> None:
        raise RuntimeError("a secret path /etc/x")

    monkeypatch.setattr(type(context), "sources", broken)
    with caplog.at_level(logging.ERROR):
        result = ask(client, "{ sources { id } }")
    assert "secret" not in str(result)
    assert "log has the details" in result["errors"][0]["message"]
    assert "a secret path" in caplog.text


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("{ " + " ".join(f"a{n}: sources {{ id }}" for n in range(40)) + " }", "aliases"),
        ("{ sources { id " + "title " * 3000 + "} }", "tokens"),
    ],
)
def test_queries_that_are_too_big(client: TestClient, query: str, word: str) -> None:
    (error,) = ask(client, query)["errors"]
    assert word in error["message"].lower()


def test_queries_that_are_too_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphql_limits, "DEEPEST_QUERY", 1)
    result = graphql_schema.make_schema().execute_sync(
        '{ lineage(id: "x") { nodes { thing { id } } } }'
    )
    assert "nests 4 levels deep, and at most 1 are allowed" in str(result.errors)


def test_mutations_and_subscriptions_are_not_there(client: TestClient) -> None:
    result = client.post("/graphql", json={"query": "mutation { x }"})
    assert "errors" in result.json() or result.status_code >= 400


def test_requests_that_are_no_graphql(client: TestClient) -> None:
    for answer in (
        client.post("/graphql", json={}),
        client.post("/graphql", content=b"{", headers={"content-type": "application/json"}),
        client.post("/graphql", content=b"{}", headers={"content-type": "text/plain"}),
    ):
        assert 400 <= answer.status_code < 500
        assert set(answer.json()) == {"error"}


def test_asking_by_get(client: TestClient) -> None:
    answer = client.get("/graphql", params={"query": "{ sources { id } }"})
    assert answer.json()["data"]["sources"] == [{"id": "analysis"}, {"id": "field"}]


def test_other_sites_may_ask(client: TestClient) -> None:
    answer = client.post(
        "/graphql", json={"query": "{ sources { id } }"}, headers={"origin": "http://other.test"}
    )
    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_published_schema_is_the_schema(client: TestClient) -> None:
    published = (REPOSITORY / "docs" / "schema.graphql").read_text("utf-8")
    assert published == graphql_schema.make_schema().as_str() + "\n", (
        "publish it again: save what a running service gives at /schema.graphql"
    )
    assert client.get("/schema.graphql").text == published


def test_everything_has_a_description(client: TestClient) -> None:
    schema = data(client, get_introspection_query())["__schema"]
    missing = []
    for type_ in schema["types"]:
        if type_["name"].startswith("__") or type_["kind"] == "SCALAR":
            continue
        missing += [type_["name"]] if not type_["description"] else []
        for field in [*(type_["fields"] or []), *(type_["enumValues"] or [])]:
            where = f"{type_['name']}.{field['name']}"
            missing += [where] if not field["description"] else []
            for argument in field.get("args", []):
                if not argument["description"]:
                    missing.append(f"{where}({argument['name']})")
    assert missing == []


def test_the_sdl_builds() -> None:
    build_schema(graphql_schema.make_schema().as_str())


def test_lineage_as_of_a_time(client: TestClient) -> None:
    def asked(time: str) -> dict[str, Any]:
        query = (
            'query ($t: String) { lineage(id: "plant-1", direction: DOWN, asOf: $t) '
            "{ complete nodes { thing { label } } edges { grade by } } }"
        )
        body = {"query": query, "variables": {"t": time}}
        answer: dict[str, Any] = client.post("/graphql", json=body).json()
        return answer

    now = asked("2999-01-01T00:00:00Z")
    assert "errors" not in now, now
    assert now["data"]["lineage"]["complete"] is True
    assert len(now["data"]["lineage"]["nodes"]) > 2
    assert all(edge["by"] for edge in now["data"]["lineage"]["edges"])
    (error,) = asked("2001-01-01")["errors"]
    assert "was not known as of" in error["message"]
    (error,) = asked("lately")["errors"]
    assert "SOURCE@VERSION" in error["message"]
