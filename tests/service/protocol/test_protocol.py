"""The protocol's cases, each over the service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import Literal, NamedNode, Triple
from service.protocol.cases import JSON, NS, QUERIES, STEWARD, UPDATES, Case

from kg_service.access.caller import OPERATOR, Caller, Scope
from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.querying.limits import Limits
from kg_service.querying.workers import Engines
from kg_service.service import callers
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.disk import DiskStore
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.snapshots import SnapshotReader
from kg_service.store.statements import Statements
from kg_service.terms import CATALOGUE, DECISIONS, JOURNAL
from kg_service.updating import Updates

BASE = "http://kg.test"
LIMITS = Limits(timeout_s=30, workers=2)


def fill(store: OxigraphStore) -> None:
    graphs = {
        NamedNode(f"{NS}{name}"): Statements.of(
            [Triple(NamedNode(f"{NS}{name}s"), NamedNode(f"{NS}name"), Literal(name))]
        )
        for name in ("g1", "g2", "g3")
    }
    store.commit(Change(graphs=graphs))
    store.publish()


def ask(client: TestClient, case: Case) -> object:
    headers = {"accept": JSON, **case.headers}
    body = case.body or None
    return client.request(case.method, "/sparql", params=case.params, content=body, headers=headers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("protocol") / "store"
    store = DiskStore(folder, BASE)
    fill(store)
    store.close()
    return folder


@pytest.fixture(scope="module", params=["in process", "in workers"])
def client(
    request: pytest.FixtureRequest, folder: Path, alignment: Alignment
) -> Iterator[TestClient]:
    if request.param == "in process":
        memory = OxigraphStore()
        fill(memory)
        yield TestClient(create_app(ServiceContext(KnowledgeGraph(memory, alignment), (), BASE)))
        return
    engines = Engines(LIMITS)
    graph = KnowledgeGraph(SnapshotReader(folder), alignment)
    yield TestClient(create_app(ServiceContext(graph, (), BASE, engine=engines.engine_for(folder))))
    engines.close()


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case.name)
def test_queries(client: TestClient, case: Case) -> None:
    answer = ask(client, case)
    assert answer.status_code in case.status, answer.text  # type: ignore[attr-defined]
    content_type = answer.headers["content-type"].partition(";")[0]  # type: ignore[attr-defined]
    if case.content_type:
        assert content_type in case.content_type
    if case.answer is not None:
        assert answer.json()["boolean"] is case.answer  # type: ignore[attr-defined]
    if case.names is not None:
        rows = answer.json()["results"]["bindings"]  # type: ignore[attr-defined]
        assert tuple(row["name"]["value"] for row in rows) == case.names


@pytest.mark.parametrize("case", UPDATES, ids=lambda case: case.name)
def test_updates_are_refused(client: TestClient, case: Case) -> None:
    answer = ask(client, case)
    assert answer.status_code in (400, 403, 415)  # type: ignore[attr-defined]


def test_head_has_the_headers_of_get_and_no_body(client: TestClient) -> None:
    got = client.get("/sparql", params={"query": "ASK {}"})
    head = client.head("/sparql", params={"query": "ASK {}"})
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]


# --- updates, where they are switched on -----------------------------------------------------


@pytest.fixture
def steward(
    folder: Path, alignment: Alignment, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    engines = Engines(LIMITS)
    graph = KnowledgeGraph(SnapshotReader(folder), alignment)
    context = ServiceContext(
        graph,
        (),
        BASE,
        engine=engines.engine_for(folder),
        updates=Updates(lambda: DiskStore(folder, BASE), BASE, engines),
    )
    monkeypatch.setattr(callers, "_CALLER", _Always(OPERATOR))
    client = TestClient(create_app(context))
    yield client
    client.post("/sparql", data={"update": "CLEAR ALL"})
    engines.close()


class _Always:
    def __init__(self, who: Caller) -> None:
        self._who = who

    def get(self) -> Caller:
        return self._who

    def set(self, who: Caller) -> None:
        """What a request says of its caller does not count here."""


def update(client: TestClient, text: str) -> object:
    return client.post("/sparql", data={"update": text}, headers={"accept": "application/json"})


def ask_true(client: TestClient, query: str) -> bool:
    answer = client.post("/sparql", data={"query": query}, headers={"accept": JSON})
    told: bool = answer.json()["boolean"]
    return told


@pytest.mark.parametrize("case", UPDATES, ids=lambda case: case.name)
def test_updates(steward: TestClient, case: Case) -> None:
    answer = ask(steward, case)
    assert answer.status_code in case.status, answer.text  # type: ignore[attr-defined]
    made = answer.status_code == 200  # type: ignore[attr-defined]
    assert ask_true(steward, f"ASK {{ GRAPH <{STEWARD}> {{ ?s ?p 'note' }} }}") is made


def test_updates_see_and_change_stewards_graphs(steward: TestClient) -> None:
    for text, said in (
        (f"INSERT DATA {{ GRAPH <{STEWARD}> {{ <{NS}a> <{NS}p> 1, 2 }} }}", (0, 2)),
        (f"DELETE DATA {{ GRAPH <{STEWARD}> {{ <{NS}a> <{NS}p> 1 }} }}", (1, 0)),
        (
            f"WITH <{STEWARD}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p 3 }} WHERE {{ ?s ?p ?o }}",
            (1, 1),
        ),
        (f"COPY <{STEWARD}> TO <{STEWARD}/copy>", (0, 1)),
        (
            f"INSERT {{ GRAPH <{STEWARD}> {{ ?s a ?o }} }} "
            f"WHERE {{ GRAPH <{NS}g1> {{ ?s ?p ?o }} }}",
            (0, 0),
        ),
        (f"DROP GRAPH <{STEWARD}/copy>", (1, 0)),
    ):
        answer = update(steward, text)
        assert answer.status_code == 200, answer.text  # type: ignore[attr-defined]
        told = answer.json()  # type: ignore[attr-defined]
        assert (told["deleted"], told["inserted"]) == said, text
    assert ask_true(steward, f"ASK {{ GRAPH <{STEWARD}> {{ <{NS}a> <{NS}p> 3 }} }}")


STATEMENT = f"<{NS}s> <{NS}p> <{NS}o>"


@pytest.mark.parametrize(
    "text",
    [
        f"INSERT DATA {{ {STATEMENT} }}",
        f"INSERT DATA {{ GRAPH <{NS}g1> {{ {STATEMENT} }} }}",
        *(
            f"INSERT DATA {{ GRAPH {graph} {{ {STATEMENT} }} }}"
            for graph in (CATALOGUE, DECISIONS, JOURNAL)
        ),
        f"INSERT DATA {{ GRAPH <{BASE}/graph/a/0/asserted> {{ {STATEMENT} }} }}",
        f"INSERT DATA {{ GRAPH <{BASE}/steward> {{ {STATEMENT} }} }}",
        f"INSERT DATA {{ GRAPH <{STEWARD}> {{ {STATEMENT} }} GRAPH <{NS}g1> {{ {STATEMENT} }} }}",
        f"INSERT DATA {{ GRAPH <{STEWARD}> {{ _:b <{NS}p> 1 }} }}",
        "LOAD <http://127.0.0.1:9/x>",
        f"LOAD SILENT <http://127.0.0.1:9/x> INTO GRAPH <{STEWARD}>",
        f"PREFIX ex: <{NS}> INSERT DATA {{}} ;LOADex:x",
        f"INSERT {{ GRAPH <{STEWARD}> {{ ?s ?p ?o }} }} WHERE {{ SERVICE <{NS}> {{ ?s ?p ?o }} }}",
    ],
)
def test_what_no_update_may_touch(steward: TestClient, text: str) -> None:
    answer = update(steward, text)
    assert answer.status_code == 403, answer.text  # type: ignore[attr-defined]
    assert not ask_true(steward, f"ASK {{ GRAPH ?g {{ {STATEMENT} }} }}")


@pytest.mark.parametrize(
    "text", ["CLEAR ALL", "DROP ALL", f"DELETE WHERE {{ GRAPH <{NS}g1> {{ ?s ?p ?o }} }}"]
)
def test_what_sources_say_is_not_deleted(steward: TestClient, text: str) -> None:
    assert update(steward, text).status_code == 200  # type: ignore[attr-defined]
    assert ask_true(steward, f"ASK {{ GRAPH <{NS}g1> {{ ?s ?p ?o }} }}")


def test_updates_want_their_scope(steward: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Caller("key:a", frozenset({Scope.READ, Scope.WRITE, Scope.ADMIN}))
    monkeypatch.setattr(callers, "_CALLER", _Always(reader))
    answer = update(steward, f"INSERT DATA {{ GRAPH <{STEWARD}> {{ {STATEMENT} }} }}")
    assert answer.status_code == 403  # type: ignore[attr-defined]


def test_an_update_without_end_is_ended(
    folder: Path, alignment: Alignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = Engines(Limits(timeout_s=1, workers=1))
    graph = KnowledgeGraph(SnapshotReader(folder), alignment)
    updates = Updates(lambda: DiskStore(folder, BASE), BASE, engines)
    engine = engines.engine_for(folder)
    context = ServiceContext(graph, (), BASE, engine=engine, updates=updates)
    monkeypatch.setattr(callers, "_CALLER", _Always(OPERATOR))
    values = " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(1000)))} }}" for i in range(4))
    try:
        answer = update(
            TestClient(create_app(context)),
            f"INSERT {{ GRAPH <{STEWARD}> {{ <{NS}s> <{NS}p> ?n }} }} "
            f"WHERE {{ SELECT (COUNT(*) AS ?n) {{ {values} }} }}",
        )
        assert answer.json()["error"]["code"] == "query-timeout"  # type: ignore[attr-defined]
    finally:
        engines.close()


def test_the_service_description_says_whether_updates_are_taken(
    client: TestClient, steward: TestClient
) -> None:
    for asked, taken in ((client, False), (steward, True)):
        told = asked.get("/sparql", headers={"accept": "application/n-triples"}).text
        assert ("SPARQL11Update>" in told) is taken
