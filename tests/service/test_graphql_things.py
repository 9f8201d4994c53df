"""GraphQL's typed things: nodes, pages, filters, inverse fields, batches, limits, caches."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from graphql import build_schema, find_breaking_changes
from service.conftest import PLANT, RUN, SPECTRUM, TABLE
from support import BASE, REPOSITORY, crate, ref

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.search.feed import ThingFeed
from kg_service.search.index import ThingIndex
from kg_service.search.things import Things
from kg_service.service import graphql_limits, graphql_schema
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.disk import DiskStore
from kg_service.store.side import IndexedStore
from kg_service.store.snapshots import SnapshotReader

COPY = f"{BASE}/source/analysis/copy.csv"


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


def refusal(client: TestClient, query: str, **variables: Any) -> tuple[str, str]:
    (error,) = ask(client, query, **variables)["errors"]
    return error["extensions"]["code"], error["message"]


def test_a_node_by_its_iri(client: TestClient) -> None:
    query = "query($id: ID!) { node(id: $id) { __typename id ... on Thing { label } } }"
    assert data(client, query, id=PLANT)["node"] == {
        "__typename": "Sample", "id": PLANT, "label": "plant-1",
    }  # fmt: skip
    for unknown in ("plant-1", f"{PLANT}x", "no iri", ""):
        assert data(client, query, id=unknown)["node"] is None


def test_nodes_in_their_order(client: TestClient) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"
    found = data(client, query, ids=[TABLE, "x", PLANT, TABLE, RUN])["nodes"]
    assert [n and n["__typename"] for n in found] == [
        "File", None, "Sample", "File", "ToolRun",
    ]  # fmt: skip
    assert refusal(client, query, ids=["x"] * 1001)[0] == "usage"


PAGES = """query($first: Int!, $after: String, $filter: ThingFilter) {
  things(first: $first, after: $after, filter: $filter) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id } }
    nodes { id }
  }
}"""


@pytest.mark.parametrize("filter_", [None, {"text": "csv"}, {"kinds": ["Entity"]}])
@pytest.mark.parametrize("first", [1, 2, 3, 100])
def test_pages_joined_are_the_list(client: TestClient, filter_: Any, first: int) -> None:
    whole = data(client, PAGES, first=1000, filter=filter_)["things"]
    found: list[str] = []
    after = None
    while True:
        page = data(client, PAGES, first=first, after=after, filter=filter_)["things"]
        assert page["totalCount"] == whole["totalCount"] == len(whole["nodes"]) > 0
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        found += [node["id"] for node in page["nodes"]]
        info = page["pageInfo"]
        assert info["hasPreviousPage"] is (after is not None)
        assert info["endCursor"] == page["edges"][-1]["cursor"]
        if not info["hasNextPage"]:
            break
        after = info["endCursor"]
    assert found == [node["id"] for node in whole["nodes"]]
    assert len(set(found)) == len(found)


def test_cursors_that_are_wrong(client: TestClient) -> None:
    page = data(client, PAGES, first=1)["things"]
    cursor = page["pageInfo"]["endCursor"]
    other = data(client, PAGES, first=1, filter={"text": "csv"})["things"]["pageInfo"]["endCursor"]
    for wrong in ("", "x", "ÿ", "W10", "bnVsbA", other, cursor[:-3], cursor + "AAAA"):
        code, message = refusal(client, PAGES, first=1, after=wrong)
        assert code == "usage"
        assert "no cursor" in message or "of another list" in message
    code, message = refusal(client, PAGES, first=1, after=cursor, filter={"text": "csv"})
    assert "another list" in message


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ({"kinds": ["Sample"]}, {PLANT}),
        ({"identifier": "doi:10.5072/KG-PLANT-1"}, {PLANT}),
        ({"identifier": "10.5072/other"}, set()),
        ({"identifier": "no identifier"}, set()),
        ({"text": "spectrum"}, {SPECTRUM}),
        ({"text": "csv", "sources": ["analysis"], "kinds": ["File"]}, {TABLE, COPY}),
        ({"text": "csv", "kinds": ["Sample"]}, set()),
        ({"text": '"'}, set()),
    ],
)
def test_filters(client: TestClient, filter_: Any, expected: set[str]) -> None:
    found = data(client, PAGES, first=100, filter=filter_)["things"]
    assert {node["id"] for node in found["nodes"]} == expected
    assert found["totalCount"] == len(expected)


def test_a_source_that_there_is_not(client: TestClient) -> None:
    code, message = refusal(client, PAGES, first=1, filter={"sources": ["feild"]})
    assert code == "not-known"
    assert "no source 'feild'" in message


def test_lists_by_kind(client: TestClient) -> None:
    found = data(
        client,
        """{ samples { nodes { id } } files { totalCount } software { nodes { label } }
             activities { nodes { label } } agents { totalCount }
             none: files(filter: {kinds: ["Sample"]}) { totalCount }
             runs: activities(filter: {kinds: ["ToolRun"]}) { nodes { id } }
             all: activities(filter: {kinds: ["Entity"]}) { totalCount } }""",
    )
    assert found["samples"]["nodes"] == [{"id": PLANT}]
    assert found["files"]["totalCount"] == 3
    assert found["software"]["nodes"] == [{"label": "averager"}]
    labels = {node["label"] for node in found["activities"]["nodes"]}
    assert labels == {"averaging", "measuring"}
    assert found["runs"]["nodes"] == [{"id": RUN}]
    assert found["all"]["totalCount"] == 0
    assert (found["agents"]["totalCount"], found["none"]["totalCount"]) == (1, 0)


def test_search(client: TestClient) -> None:
    query = "query($text: String!) { search(text: $text) { totalCount nodes { id } } }"
    assert data(client, query, text="PLANT")["search"]["nodes"][0] == {"id": PLANT}
    assert data(client, query, text="spectrum é")["search"]["totalCount"] == 1
    assert data(client, query, text="nothing of the kind")["search"]["nodes"] == []
    assert refusal(client, query, text="  ")[0] == "usage"


def test_what_stands_around_things(client: TestClient) -> None:
    found = data(
        client,
        """query($run: ID!, $table: ID!, $plant: ID!) {
          run: node(id: $run) { ... on Activity {
            used { nodes { id } } generated { nodes { id } }
            plans { nodes { ... on Software { runs { nodes { id } } } } }
            partOfRun { id } parts { totalCount }
          } }
          table: node(id: $table) { ... on Entity {
            wasGeneratedBy { nodes { id used { nodes { id } } } } usedBy { totalCount }
            specimens { things { id } }
          } }
          plant: node(id: $plant) { ... on Sample {
            results { things { id } } usedBy { nodes { label } }
            lineage(direction: DOWN) { complete nodes { thing { id } } }
            links { key }
          } }
          source(id: "field") { things(kinds: ["Sample"]) { totalCount nodes { id } } }
        }""",
        run=RUN, table=TABLE, plant=PLANT,
    )  # fmt: skip
    assert found["run"]["used"]["nodes"] == [{"id": COPY}]
    assert found["run"]["generated"]["nodes"] == [{"id": TABLE}]
    assert found["run"]["plans"]["nodes"] == [{"runs": {"nodes": [{"id": RUN}]}}]
    assert found["run"]["partOfRun"] is None
    assert found["table"]["wasGeneratedBy"]["nodes"] == [
        {"id": RUN, "used": {"nodes": [{"id": COPY}]}}
    ]
    assert found["table"]["specimens"]["things"] == [{"id": PLANT}]
    assert TABLE in {thing["id"] for thing in found["plant"]["results"]["things"]}
    assert found["plant"]["usedBy"]["nodes"] == [{"label": "measuring"}]
    nodes = {node["thing"]["id"] for node in found["plant"]["lineage"]["nodes"]}
    assert {PLANT, TABLE, RUN} <= nodes
    assert found["source"]["things"] == {"totalCount": 1, "nodes": [{"id": PLANT}]}


def test_a_lineage_of_a_source_that_there_is_not(client: TestClient) -> None:
    query = 'query($id: ID!) { lineage(id: $id, sources: ["feild"]) { complete } }'
    assert refusal(client, query, id=PLANT)[0] == "not-known"


# --- batches -----------------------------------------------------------------------------

RUNS = 30


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, alignment: Alignment) -> ServiceContext:
    """A store with its file of things, in which many runs each use and make a file."""
    folder = tmp_path_factory.mktemp("many")
    entities = []
    for number in range(RUNS):
        entities += [
            {"@id": f"#run-{number}", "@type": "CreateAction", "name": f"run {number}",
             "object": ref(f"in-{number}.txt"), "result": ref(f"out-{number}.txt")},
            {"@id": f"in-{number}.txt", "@type": "File", "name": f"in {number}"},
            {"@id": f"out-{number}.txt", "@type": "File", "name": f"out {number}"},
        ]  # fmt: skip
    plain = DiskStore(folder / "store", BASE)
    store = IndexedStore(plain, [ThingFeed(folder / "store" / "things.db", plain)])
    for report in Intake(store, alignment, BASE).take_path(crate(folder / "runs", *entities)):
        assert report is not None
        assert report.error is None, report.error
    store.publish()
    store.close()
    index = ThingIndex(folder / "store" / "things.db")
    return ServiceContext(
        KnowledgeGraph(SnapshotReader(folder / "store"), alignment, things=index), (), BASE
    )


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often things were asked for, and how many of them at once."""
    counted: Counter[str] = Counter()
    things = Things.things

    def counting(self: Things, iris: Any) -> Any:
        counted["calls"] += 1
        counted["things"] += len(iris)
        return things(self, iris)

    monkeypatch.setattr(Things, "things", counting)
    return counted


def test_what_many_things_need_is_asked_for_together(
    many: ServiceContext, calls: Counter[str]
) -> None:
    client = TestClient(create_app(many))
    found = data(
        client,
        "{ activities { nodes { used { nodes { label } } generated { nodes { label } } } } }",
    )["activities"]["nodes"]
    assert len(found) == RUNS
    assert all(run["used"]["nodes"] and run["generated"]["nodes"] for run in found)
    assert calls["things"] == 2 * RUNS
    # how many turns of the event loop they come in varies; one by one it would be 60
    assert calls["calls"] <= 8


def test_the_file_is_used(many: ServiceContext) -> None:
    graph = many.now()
    assert graph.found().things([f"{BASE}/source/x"]) is not None


# --- limits ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("{ things(first: 1000) { nodes { lineage { nodes { thing { id } } } } } }", "cost"),
        ("query($n: Int = 1000) { things(first: $n) { nodes { lineage { complete } } } }", "cost"),
        ("{ samples { nodes " + "{ investigations(first: 1) { nodes " * 8 + "{ id }" + "}}" * 9,
         "levels deep"),
        ("{ " + " ".join(f"a{n}: sources {{ id }}" for n in range(40)) + " }", "aliases"),
        ("{ ...A } " + " ".join(f"fragment {a} on Query {{ ...{b} ...{b} x{a}: sources {{ id }} }}"
                                 for a, b in pairwise("ABCDEFGHIJKLMNOPQRSTU"))
         + " fragment U on Query { sources { id } }", "aliases"),
    ],
)  # fmt: skip
def test_queries_that_may_cost_too_much(client: TestClient, query: str, word: str) -> None:
    code, message = refusal(client, query)
    assert code == "too-costly"
    assert word in message
    assert " at most " in message
    assert "; " in message, "it says what to do"


def test_what_people_ask_is_within_the_limits(client: TestClient) -> None:
    for query in (
        "{ things(first: 1000) { nodes { id label kinds identifiers sources { id } } } }",
        "{ samples(first: 100) { nodes { label lineage(direction: DOWN) { complete nodes { depth "
        "thing { label } } } } } }",
        "{ activities(first: 50) { edges { node { label used { nodes { label } } generated { "
        "nodes { label } } } } } }",
    ):
        data(client, query)


def test_the_cost_is_that_of_what_is_asked(client: TestClient) -> None:
    query = "query($n: Int!) { things(first: $n) { nodes { lineage { complete } } } }"
    data(client, query, n=100)
    assert refusal(client, query, n=1000)[0] == "too-costly"


# --- caches ------------------------------------------------------------------------------

ASKED = {"query": "{ sources { id } }"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_has_not_changed_is_not_sent_again(client: TestClient, method: str) -> None:
    how: dict[str, Any] = {"params": ASKED} if method == "GET" else {"json": ASKED}
    first = client.request(method, "/graphql", **how)
    tag = first.headers["etag"]
    again = client.request(method, "/graphql", headers={"if-none-match": tag}, **how)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    other = {"query": "{ sources { iri } }"}
    how = {"params": other} if method == "GET" else {"json": other}
    assert (
        client.request(method, "/graphql", headers={"if-none-match": tag}, **how).status_code == 200
    )


def test_errors_are_not_kept(client: TestClient) -> None:
    for query in ('{ entity(id: "plant-9") { id } }', "{ nonsense }"):
        assert "etag" not in client.get("/graphql", params={"query": query}).headers


def test_a_change_of_the_store_changes_the_tag(tmp_path: Path, alignment: Alignment) -> None:
    store = DiskStore(tmp_path / "store", BASE)
    graph = KnowledgeGraph(SnapshotReader(tmp_path / "store"), alignment)
    client = TestClient(create_app(ServiceContext(graph, (), BASE)))
    tag = client.get("/graphql", params=ASKED).headers["etag"]
    list(Intake(store, alignment, BASE).take_path(crate(tmp_path / "one")))
    store.publish()
    answer = client.get("/graphql", params=ASKED, headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert len(answer.json()["data"]["sources"]) == 1
    store.close()


# --- persisted queries -------------------------------------------------------------------


def persisted(query: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_persisted_queries(client: TestClient, method: str) -> None:
    query = f"query Of{method}($id: ID!) {{ node(id: $id) {{ id }} }}"

    def send(**body: Any) -> dict[str, Any]:
        if method == "POST":
            answer = client.post("/graphql", json=body)
        else:
            told = {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}
            answer = client.get("/graphql", params=told)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    asked = {"variables": {"id": PLANT}, "extensions": persisted(query)}
    (error,) = send(**asked)["errors"]
    assert error["message"] == "PersistedQueryNotFound"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert send(query=query, **asked)["data"]["node"]["id"] == PLANT
    assert send(**asked)["data"]["node"]["id"] == PLANT


@pytest.mark.parametrize(
    "told",
    [
        5,
        {},
        {"sha256Hash": 5},
        {"version": 2, "sha256Hash": "x"},
        {"version": 1, "sha256Hash": "x"},
    ],
)
def test_persisted_queries_that_are_wrong(client: TestClient, told: Any) -> None:
    body = {"query": "{ sources { id } }", "extensions": {"persistedQuery": told}}
    (error,) = client.post("/graphql", json=body).json()["errors"]
    assert "persistedQuery" in error["message"]


# --- the published schema ----------------------------------------------------------------


def test_the_published_schema_is_not_broken() -> None:
    """A change here breaks clients: deprecate what is old instead, and keep it."""
    published = (REPOSITORY / "docs" / "schema.graphql").read_text("utf-8")
    now = graphql_schema.make_schema().as_str()
    broken = find_breaking_changes(build_schema(published), build_schema(now))
    assert [change.description for change in broken] == []


def test_every_kind_has_a_type() -> None:
    schema = build_schema(graphql_schema.make_schema().as_str())
    for name in ("Specimen", "Sample", "Dataset", "File", "LabProcess", "Acquisition",
                 "WorkflowRun", "ToolRun", "Processing", "Agent", "Instrument", "Workflow",
                 "Protocol", "Investigation", "Source"):  # fmt: skip
        assert schema.get_type(name) is not None


def test_limits_are_told_in_the_docs() -> None:
    text = (REPOSITORY / "docs" / "graphql.md").read_text("utf-8")
    for limit in (
        graphql_limits.DEEPEST_QUERY, graphql_limits.MOST_ALIASES, graphql_limits.MOST_TOKENS,
        graphql_limits.MOST_COST,
    ):  # fmt: skip
        assert f"{limit:,}" in text
