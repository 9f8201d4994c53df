"""What was withdrawn: 410 with its tombstone, in every form; and versions at their addresses."""

from __future__ import annotations

import json
import re

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from service.changing import ChangingStore, field_entities, field_root
from support import BASE

from kg_service.terms import kg, prov

SOURCE = NamedNode(f"{BASE}/source/field")
WHY = "the <wrong> plant"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ChangingStore:
    store = ChangingStore(tmp_path_factory.mktemp("gone"))
    store.ingest("field", *field_entities(), name="first", **field_root())
    store.ingest("field", *field_entities(), name="second", **field_root())
    store.ingest("other", {"@id": "x.csv", "@type": "File", "name": "x"})
    store.withdraw("field", WHY)
    return store


@pytest.fixture
def client(store: ChangingStore) -> TestClient:
    return store.client()


ADDRESSES = (
    "/source/field",
    "/source/field/plant-1",
    "/sources/field",
    f"/entity?id={BASE}/source/field/plant-1",
    f"/entity?id={BASE}/source/field/%23measuring",
    f"/entity?id={BASE}/source/field",
    f"/linkset?id={BASE}/source/field/plant-1",
)


@pytest.mark.parametrize("path", ADDRESSES)
def test_it_is_gone_and_says_why(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 410
    told = answer.json()
    assert told["error"]["code"] == "withdrawn"
    assert WHY in told["error"]["message"]
    assert told["tombstone"]["title"] == "second"
    assert told["tombstone"]["who"] == "steward"
    assert 'rel="describes"' in answer.headers["link"]
    assert "etag" not in answer.headers


@pytest.mark.parametrize("path", ADDRESSES[:-1])
def test_the_tombstone_in_rdf(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"accept": "text/turtle"})
    assert answer.status_code == 410
    triples = {q.triple for q in parse(answer.content, RdfFormat.TURTLE)}
    (version,) = [t.object for t in triples if t.predicate == kg("withdrawnVersion")]
    (withdrawal,) = [t.object for t in triples if t.predicate == prov("wasInvalidatedBy")]
    assert any(t.subject == SOURCE and t.predicate == prov("invalidatedAtTime") for t in triples)
    told = {(t.subject, t.predicate): t.object for t in triples}
    assert told[withdrawal, kg("because")] == Literal(WHY)
    assert told[version, kg("format")] == Literal("ro-crate")
    assert (version, kg("alignedGraph")) not in told


def test_the_page_of_a_tombstone(client: TestClient) -> None:
    answer = client.get("/source/field/plant-1", headers={"accept": "text/html"})
    assert answer.status_code == 410
    assert "the &lt;wrong&gt; plant" in answer.text
    (script,) = re.findall(r'ld\+json">(.*?)</script>', answer.text, re.DOTALL)
    assert json.loads(script)["creativeWorkStatus"] == "withdrawn"
    assert 'rel="cite-as"' in answer.headers["link"]
    assert 'rel="describedby"' in answer.headers["link"]


def test_what_never_was_is_not_gone(client: TestClient) -> None:
    for path in ("/source/fields", "/sources/fields", "/source/other/none", "/entity?id=nothing"):
        assert client.get(path).status_code == 404, path


def test_versions_have_addresses(store: ChangingStore, client: TestClient) -> None:
    graph = store.context().now()
    versions = {
        q.subject.value  # type: ignore[union-attr]
        for q in graph.reader.quads(None, prov("specializationOf"), SOURCE)
    }
    assert len(versions) == 2
    states = {}
    for iri in versions:
        answer = client.get(iri.removeprefix(BASE))
        assert answer.status_code == 200
        states[answer.json()["state"]] = answer.json()
        assert 'rel="latest-version"' in answer.headers["link"]
        turtle = client.get(iri.removeprefix(BASE), headers={"accept": "text/turtle"})
        subjects = {q.subject.value for q in parse(turtle.content, RdfFormat.TURTLE)}  # type: ignore[union-attr]
        assert iri in subjects
        assert "<h1>" in client.get(iri.removeprefix(BASE), headers={"accept": "text/html"}).text
        by_id = client.get("/entity", params={"id": iri})
        assert (by_id.status_code, by_id.headers["location"]) == (303, iri.removeprefix(BASE))
    assert set(states) == {"superseded", "withdrawn"}
    assert states["withdrawn"]["revisionOf"] == [states["superseded"]["iri"]]
    assert client.get("/version/field/0000000000000000").status_code == 404


def test_it_comes_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = ChangingStore(tmp_path_factory.mktemp("back"))
    store.ingest("field", *field_entities(), name="first")
    store.withdraw("field")
    client = store.client()
    assert client.get("/source/field/plant-1").status_code == 410
    store.ingest("field", *field_entities(), name="second")
    assert client.get("/source/field/plant-1").status_code == 200
    assert client.get("/source/field").status_code == 303
