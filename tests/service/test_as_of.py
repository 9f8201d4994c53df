"""asOf at every path and GraphQL field that answers a question over lineage."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from service.changing import ChangingStore
from support import ref


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A source that was ingested in two versions."""
    store = ChangingStore(tmp_path_factory.mktemp("as-of"))
    for result in ("first.csv", "second.csv"):
        store.ingest(
            "series",
            {"@id": "#run", "@type": "CreateAction", "object": ref("in"), "result": ref(result)},
            {"@id": "in", "@type": "File"},
            {"@id": result, "@type": "File"},
        )
    return store.client()


@pytest.fixture(scope="module")
def version(client: TestClient) -> str:
    return f"series@{client.get('/sources/series').json()['history'][0]['version'][:8]}"


REST = (
    "/lineage?id=first.csv", "/path?a=in&b=first.csv", "/common?id=first.csv&id=in",
    "/affected?id=first.csv", "/gaps?id=first.csv", "/diff?a=first.csv&b=first.csv",
    "/table?of=first.csv&format=json", "/results?id=first.csv", "/specimens?id=first.csv",
    "/export?id=first.csv&format=prov-json",
)  # fmt: skip
FIELDS = (
    'lineage(id: "first.csv" %s) { complete }',
    'paths(a: "in", b: "first.csv" %s) { complete }',
    'commonAncestors(ids: ["first.csv", "in"] %s) { complete }',
    'affected(id: "first.csv" %s) { complete }',
    'gaps(id: "first.csv" %s) { complete }',
    'differences(a: "first.csv", b: "first.csv" %s) { complete }',
    'studyTable(of: "first.csv" %s) { complete }',
    'resultsOfSpecimen(id: "first.csv" %s) { complete }',
    'specimensOfResult(id: "first.csv" %s) { complete }',
    'export(id: "first.csv", format: PROV_JSON %s) { complete }',
)


@pytest.mark.parametrize("path", REST)
def test_rest(client: TestClient, version: str, path: str) -> None:
    assert client.get(path).status_code == 404
    then = client.get(f"{path}&asOf={version}")
    assert then.status_code == 200, then.text
    assert client.get(f"{path}&asOf=soon").status_code == 400


@pytest.mark.parametrize("field", FIELDS)
def test_graphql(client: TestClient, version: str, field: str) -> None:
    def ask(as_of: str) -> dict[str, Any]:
        answer: dict[str, Any] = client.post(
            "/graphql", json={"query": f"{{ {field % as_of} }}"}
        ).json()
        return answer

    (error,) = ask("")["errors"]
    assert error["extensions"]["code"] == "not-known"
    told = ask(f', asOf: "{version}"')
    assert "errors" not in told
    assert next(iter(told["data"].values()))["complete"] is True


def test_kinds_of_an_export(client: TestClient) -> None:
    told = client.get("/export?id=in&format=prov-json&kind=File").text
    assert "second.csv" in told
    assert '"activity"' not in told
    assert '"activity"' in client.get("/export?id=in&format=prov-json").text
    assert client.get("/export?id=in&format=prov-json&kind=Fiel").status_code == 400
    query = '{ export(id: "in", format: PROV_JSON, kinds: ["File"]) { text } }'
    text = client.post("/graphql", json={"query": query}).json()["data"]["export"]["text"]
    assert "second.csv" in text
    assert '"activity"' not in text
