"""Each question over lineage is answered in GraphQL as in REST, or refused as clearly."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from service.conftest import TABLE
from support import EXAMPLE, crate, ref

from ingest.discover import Found, discover
from kg_service.align.engine import Alignment
from kg_service.export.formats import FORMATS
from kg_service.graph import KnowledgeGraph
from kg_service.history.archive import Archive
from kg_service.history.keeping import KeepingStore
from kg_service.history.kept import State
from kg_service.identity.evidence import Policy
from kg_service.intake import Intake
from kg_service.lineage import model
from kg_service.service import graphql_export, graphql_history, graphql_types
from kg_service.service.app import ServiceContext, create_app
from kg_service.service.looking import DEEPEST
from kg_service.store.embedded import OxigraphStore
from kg_service.store.grades import Grade
from kg_service.tracing.features import Likeness
from kg_service.tracing.gaps import GapKind

BASE = "http://example.test"
PLANT = "barley-plant-01"
FIRST_RUN, SECOND_RUN = "Run of segment on root 01", "Run of segment on root 02"
FRAGMENTS = {
    "T": "fragment T on Thing { id label kind identifiers sources { id } }",
    "S": "fragment S on LineageEdge { kind earlier later source { id } grade by }",
    "P": "fragment P on Path { steps hops { from { ...T } to { ...T } kind said { ...S } } }",
}
PAIRS: tuple[tuple[type[Enum], type[Enum]], ...] = (
    (graphql_types.Direction, model.Direction),
    (graphql_types.Granularity, model.Granularity),
    (graphql_types.Policy, Policy),
    (graphql_types.NodeKind, model.NodeKind),
    (graphql_types.EdgeKind, model.EdgeKind),
    (graphql_types.Grade, Grade),
    (graphql_types.GapKind, GapKind),
    (graphql_types.Likeness, Likeness),
    (graphql_history.Keeping, State),
)
WRITTEN = {member.name: member.value for _, told in PAIRS for member in told}


@pytest.fixture(scope="module")
def example(alignment: Alignment) -> TestClient:
    store = OxigraphStore()
    for report in Intake(store, alignment, BASE).take_path(EXAMPLE):
        assert report is None or report.error is None, report.error
    return TestClient(create_app(ServiceContext(KnowledgeGraph(store, alignment), (), BASE)))


def ask(client: TestClient, query: str, **variables: Any) -> dict[str, Any]:
    needed: list[str] = []
    for name in ("P", "S", "T"):
        if any(f"...{name} " in text for text in (query, *needed)):
            needed.append(FRAGMENTS[name])
    given = {"query": "\n".join([query, *needed]), "variables": variables}
    answer: dict[str, Any] = client.post("/graphql", json=given).json()
    return answer


def data(client: TestClient, query: str, **variables: Any) -> Any:
    answer = ask(client, query, **variables)
    assert "errors" not in answer, answer["errors"]
    (found,) = answer["data"].values()
    return found


def as_rest(told: Any) -> Any:
    """An answer in REST's form: ids for sources, values for enumerations, things merged in."""
    if isinstance(told, list):
        return [as_rest(item) for item in told]
    if isinstance(told, dict):
        if told.keys() == {"id"}:
            return told["id"]
        merged = {}
        for key, value in told.items():
            written = as_rest(value)
            merged.update(written if key == "thing" else {key: written})
        return merged
    return WRITTEN.get(told, told) if isinstance(told, str) else told


def rest(client: TestClient, path: str, **parameters: Any) -> Any:
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


PATHS = """query($a: ID!, $b: ID!, $first: Int! = 1, $policy: Policy! = DEFAULT) {
  paths(a: $a, b: $b, first: $first, policy: $policy) {
    earlier { ...T } later { ...T } policy complete stopped
    paths { ...P } weaker { policy path { ...P } }
  }
}"""


@pytest.mark.parametrize(("first", "count"), [(1, 1), (10, 4)])
def test_paths(example: TestClient, first: int, count: int) -> None:
    found = data(example, PATHS, a="traits.csv", b=PLANT, first=first)
    assert as_rest(found) == rest(example, "/path", a="traits.csv", b=PLANT, limit=first)
    assert len(found["paths"]) == count
    assert found["earlier"]["label"] == PLANT
    assert found["paths"][0]["steps"] == 6


def test_a_path_by_weaker_evidence(example: TestClient) -> None:
    plant_2 = "barley-plant-02"
    for a, b, policy in ((PLANT, "traits.csv", "STRICT"), (PLANT, plant_2, "DEFAULT")):
        found = data(example, PATHS, a=a, b=b, policy=policy)
        assert as_rest(found) == rest(example, "/path", a=a, b=b, policy=policy.lower())


def test_common_ancestors(example: TestClient) -> None:
    query = """query($ids: [ID!]!, $first: Int! = 50, $kinds: [String!]) {
      commonAncestors(ids: $ids, first: $first, kinds: $kinds) {
        of { ...T } complete stopped
        ancestors { thing { ...T } nearest container steps paths { ...P } }
      }
    }"""
    ids = ["mask-01.tif", "traits.png"]
    found = data(example, query, ids=ids)
    assert as_rest(found) == rest(example, "/common", id=ids)
    assert [a["nearest"] for a in found["ancestors"]].count(True) >= 1
    found = data(example, query, ids=ids, kinds=["specimen"])
    assert as_rest(found) == rest(example, "/common", id=ids, kind="specimen")
    assert [a["thing"]["label"] for a in found["ancestors"]] == [PLANT]
    found = data(example, query, ids=ids, first=1)
    assert as_rest(found) == rest(example, "/common", id=ids, limit=1)
    assert found["complete"] is False


@pytest.mark.parametrize(
    "asked", [{"id": "tomoflow", "version": "2.3"}, {"id": PLANT}, {"id": PLANT, "depth": 1}]
)
def test_affected(example: TestClient, asked: dict[str, Any]) -> None:
    query = """query($id: ID!, $version: String, $depth: Int) {
      affected(id: $id, version: $version, depth: $depth) {
        things { ...T } complete stopped
        usedBy { activity { ...T } role byWayOf { ...T } source { id } grade by }
        affected { kind things { thing { ...T } steps container said { ...S } } }
      }
    }"""
    found = data(example, query, **asked)
    assert as_rest(found) == rest(example, "/affected", **asked)
    assert found["affected"]
    assert bool(found["usedBy"]) == ("version" in asked)


def test_gaps(example: TestClient, client: TestClient) -> None:
    query = """query($id: ID!, $policy: Policy! = DEFAULT) {
      gaps(id: $id, policy: $policy) {
        start { ...T } specimens { ...T } complete stopped
        gaps { gap: kind thing { ...T } steps missing mend said { ...S } }
      }
    }"""
    for policy in Policy:
        found = data(example, query, id="traits.csv", policy=policy.name)
        assert as_rest(found) == rest(example, "/gaps", id="traits.csv", policy=policy.value)
    strict = data(client, query, id=TABLE, policy="STRICT")
    assert as_rest(strict) == rest(client, "/gaps", id=TABLE, policy="strict")
    assert "NOT_CONFIRMED" in {gap["gap"] for gap in strict["gaps"]}


def test_differences(example: TestClient) -> None:
    query = """query($a: ID!, $b: ID!, $threshold: Float! = 0.05) {
      differences(a: $a, b: $b, threshold: $threshold) {
        first { ...T } second { ...T } runs { ...T } complete stopped
        counts { same similar changed missing unknown }
        comparisons {
          section name likeness because
          first { thing { id label kind } value source { id } grade by }
          second { thing { id label kind } value source { id } grade by }
        }
      }
    }"""
    for threshold in (0.05, 10.0):
        found = data(example, query, a=FIRST_RUN, b=SECOND_RUN, threshold=threshold)
        parameters = {"a": FIRST_RUN, "b": SECOND_RUN, "threshold": threshold}
        assert as_rest(found) == rest(example, "/diff", **parameters)
        assert len(found["comparisons"]) == sum(found["counts"].values()) > 0


def test_study_table(example: TestClient) -> None:
    query = """query($of: ID!, $first: Int! = 20000) {
      studyTable(of: $of, first: $first) { of columns rows complete stopped }
    }"""
    for first in (20_000, 2):
        found = data(example, query, of="BARLEY-ROOTS-2026", first=first)
        told = rest(example, "/table", of="BARLEY-ROOTS-2026", limit=first, format="json")
        told["rows"] = [[row.get(column) for column in told["columns"]] for row in told["rows"]]
        assert found == told
        assert found["complete"] == (first > 2)


FILTERS: list[dict[str, Any]] = [
    {},
    {"depth": 1},
    {"sources": ["BARLEY-ROOTS-2026"]},
    {"until": "2026-04-16"},
    {"kinds": ["specimen", "File"]},
    {"kinds": ["File"], "depth": 1},
]


@pytest.mark.parametrize("only", FILTERS)
def test_lineage_looks_at_the_same(example: TestClient, only: dict[str, Any]) -> None:
    query = """query($id: ID!, $depth: Int, $sources: [ID!], $until: String, $kinds: [String!]) {
      lineage(id: $id, depth: $depth, sources: $sources, until: $until, kinds: $kinds) {
        start { id } direction complete stopped filter { sources since until kinds }
        nodes {
          thing { id label kind kinds identifiers sources { id } }
          node: kind depth stops partOfRun { id }
        }
        edges { ...S }
      }
    }"""
    found = data(example, query, id="root01_scan", **only)
    asked = {{"sources": "source", "kinds": "kind"}.get(k, k): v for k, v in only.items()}
    assert as_rest(found) == rest(example, "/lineage", id="root01_scan", **asked)
    assert found["nodes"]


@pytest.mark.parametrize("only", FILTERS[:4])
def test_ends(example: TestClient, only: dict[str, Any]) -> None:
    fields = "complete stopped things { ...T } steps"
    for field, on, path, id in (
        ("resultsOfSpecimen", "results", "/results", PLANT),
        ("specimensOfResult", "specimens", "/specimens", "traits.csv"),
    ):
        kinds = "$depth: Int, $sources: [ID!], $until: String"
        given = "depth: $depth, sources: $sources, until: $until"
        asked = {{"sources": "source"}.get(k, k): v for k, v in only.items()}
        told = rest(example, path, id=id, **asked)
        told["steps"] = [thing.pop("steps") for thing in told["things"]]
        query = f"query($id: ID!, {kinds}) {{ {field}(id: $id, {given}) {{ {fields} }} }}"
        assert as_rest(data(example, query, id=id, **only)) == told
        inner = (
            f"... on Specimen {{ results({given}) {{ {fields} }} }}"
            if on == "results"
            else f"... on File {{ specimens({given}) {{ {fields} }} }}"
        )
        query = f"query($id: ID!, {kinds}) {{ entity(id: $id) {{ {inner} }} }}"
        assert as_rest(data(example, query, id=id, **only)[on]) == told


@pytest.mark.parametrize(
    ("subject", "predicate", "object"),
    [
        (FIRST_RUN, "used", "reconstructed volume 01"),
        ("stained root 01", "a", "prov:Entity"),
        ("traits.csv", "rdfs:label", "traits.csv"),
    ],
)
def test_why(example: TestClient, subject: str, predicate: str, object: str) -> None:
    statement = "{ subject predicate object value datatype }"
    query = f"""query($s: ID!, $p: String!, $o: String!) {{
      why(subject: $s, predicate: $p, object: $o) {{
        statement {statement} source {{ id }} graph grounds {{ grade by why basis {statement} }}
      }}
    }}"""
    found = data(example, query, s=subject, p=predicate, o=object)
    told = rest(example, "/why", subject=subject, predicate=predicate, object=object)
    for reason in told:
        for said in (reason["statement"], *(b for g in reason["grounds"] for b in g["basis"])):
            for part in ("object", "value", "datatype"):
                said.setdefault(part, None)
    assert as_rest(found) == told
    assert found[0]["grounds"]


EXPORT = """query($id: ID!, $format: ExportFormat!, $depth: Int) {
  export(id: $id, format: $format, direction: UP, depth: $depth) {
    text mediaType fileName complete stopped
  }
}"""


@pytest.mark.parametrize("form", ["prov-n", "mermaid", "dot", "tsv", "svg"])
def test_export(example: TestClient, form: str) -> None:
    name = form.upper().replace("-", "_")
    found = data(example, EXPORT, id="traits.csv", format=name)
    parameters = {"id": "traits.csv", "format": form, "direction": "up"}
    answer = example.get("/export", params=parameters)
    lines = [line for line in answer.text.splitlines() if "T" not in line or "20" not in line]
    assert set(lines) <= set(found["text"].splitlines())  # the others may tell the time
    assert answer.headers["content-type"].startswith(found["mediaType"])
    assert found["fileName"] in answer.headers["content-disposition"]
    assert (found["complete"], found["stopped"]) == (True, [])
    cut = data(example, EXPORT, id="traits.csv", format=name, depth=1)
    assert (cut["complete"], len(cut["stopped"])) == (False, 1)


def test_an_export_that_is_too_long(example: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphql_export, "LONGEST_EXPORT", 10)
    answer = ask(example, EXPORT, id="traits.csv", format="TSV")
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "usage"
    assert "at most 10 are given here" in error["message"]


def test_every_format_that_is_text_can_be_exported() -> None:
    told = [row.name for row in FORMATS if not row.is_binary]
    assert [member.value for member in graphql_export.ExportFormat] == told


@pytest.mark.parametrize(("ours", "told"), PAIRS)
def test_enumerations_are_those_of_the_model(ours: type[Enum], told: type[Enum]) -> None:
    assert {m.name: m.value for m in ours} == {m.name: m.value for m in told}


UNKNOWN = [
    'paths(a: "nothing", b: "traits.csv") { complete }',
    'paths(a: "traits.csv", b: "nothing") { complete }',
    'commonAncestors(ids: ["traits.csv", "nothing"]) { complete }',
    'affected(id: "nothing") { complete }',
    'affected(id: "tomoflow", version: "9.9") { complete }',
    'gaps(id: "nothing") { complete }',
    'differences(a: "traits.csv", b: "nothing") { complete }',
    'studyTable(of: "nothing") { complete }',
    'why(subject: "nothing", predicate: "used", object: "x") { graph }',
    'why(subject: "traits.csv", predicate: "used", object: "x") { graph }',
    'export(id: "nothing", format: TSV) { text }',
    'resultsOfSpecimen(id: "nothing") { complete }',
    'lineage(id: "traits.csv", sources: ["nothing"]) { complete }',
    'gaps(id: "traits.csv", sources: ["nothing"]) { complete }',
]
USAGE = [
    ('paths(a: "traits.csv", b: "traits.png", first: 0) { complete }', "first must be from 1"),
    ('paths(a: "traits.csv", b: "traits.png", first: 101) { complete }', "first must be"),
    ('paths(a: "traits.csv", b: "traits.png", longest: -1) { complete }', "longest must be"),
    ('commonAncestors(ids: ["traits.csv"]) { complete }', "number of ids must be from 2 to 20"),
    ('commonAncestors(ids: ["a", "b"], first: 1001) { complete }', "first must be from 1"),
    (f'affected(id: "traits.csv", depth: {DEEPEST + 1}) {{ complete }}', "depth must be"),
    ('affected(id: "traits.csv", kinds: ["Fiel"]) { complete }', "did you mean"),
    ('gaps(id: "traits.csv", since: "yesterday") { complete }', "yesterday"),
    ('lineage(id: "traits.csv", until: "soon") { complete }', "soon"),
    ('lineage(id: "traits.csv", kinds: ["Fiel"]) { complete }', "did you mean"),
    ('lineage(id: "traits.csv", asOf: "soon") { complete }', "soon"),
    ('differences(a: "traits.csv", b: "traits.png", threshold: -1) { complete }', "threshold"),
    ('differences(a: "traits.csv", b: "Run of measure") { complete }', "compare two activities"),
    ('studyTable(of: "BARLEY-ROOTS-2026", first: 20001) { complete }', "first must be"),
]


@pytest.mark.parametrize("field", UNKNOWN)
def test_what_is_not_known(example: TestClient, field: str) -> None:
    answer = ask(example, f"{{ {field} }}")
    assert set(answer["data"].values()) == {None}
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "not-known", error
    assert "nothing" in error["message"] or "x" in error["message"] or "9.9" in error["message"]


@pytest.mark.parametrize(("field", "words"), USAGE)
def test_what_can_not_be_asked(example: TestClient, field: str, words: str) -> None:
    answer = ask(example, f"{{ {field} }}")
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "usage", error
    assert words in error["message"]


def test_too_many_tables_cost_too_much(example: TestClient) -> None:
    tables = " ".join(f't{n}: studyTable(of: "BARLEY-ROOTS-2026") {{ complete }}' for n in range(6))
    (error,) = ask(example, f"{{ {tables} }}")["errors"]
    assert error["extensions"]["code"] == "too-costly"


@pytest.fixture
def kept(alignment: Alignment, tmp_path: Path) -> TestClient:
    """A service over a store that keeps its past: one source, in two versions."""
    inner = OxigraphStore()
    archive = Archive(tmp_path / "history")
    intake = Intake(KeepingStore(inner, archive), alignment, BASE)
    for result in ("old", "new"):
        run = {"@id": "#run", "@type": "CreateAction", "object": ref("in"), "result": ref(result)}
        files = [{"@id": name, "@type": "File", "name": name} for name in ("in", result)]
        folder = crate(tmp_path / result, run, *files)
        (found,) = [f for f in discover(folder) if isinstance(f, Found)]
        assert intake.take(found, "crate").error is None
    graph = KnowledgeGraph(inner, alignment, archive)
    return TestClient(create_app(ServiceContext(graph, (), BASE)))


def test_history_and_the_past(kept: TestClient) -> None:
    query = '{ source(id: "crate") { history { version realigned since until state bytes } } }'
    first, last = data(kept, query)["history"]
    assert (first["state"], last["state"]) == ("ARCHIVED", "CURRENT")
    assert first["until"] == last["since"]
    assert (last["until"], last["bytes"]) == (None, 0)
    assert first["bytes"] > 0
    assert not first["realigned"]
    query = """query($as_of: String) {
      lineage(id: "in", direction: DOWN, asOf: $as_of) {
        start { label } asOf complete
        nodes { thing { id label } kind partOfRun { id } } edges { kind source { version } by }
      }
    }"""
    old = f"crate@{first['version'][:8]}"
    for as_of, result, version in ((old, "old", first), (None, "new", last)):
        found = data(kept, query, as_of=as_of)
        labels = {node["thing"]["label"] for node in found["nodes"]}
        assert result in labels
        assert len(labels & {"old", "new"}) == 1
        assert {edge["source"]["version"] for edge in found["edges"]} == {version["version"]}
        asked = {"id": "in", "direction": "down"} | ({"asOf": as_of} if as_of else {})
        told = rest(kept, "/lineage", **asked)
        assert [n["thing"]["id"] for n in found["nodes"]] == [n["id"] for n in told["nodes"]]
        assert [e["by"] for e in found["edges"]] == [e["by"] for e in told["edges"]]
        assert found["asOf"] == told.get("asOf")
    (error,) = ask(kept, query, as_of="crate@ffffffff")["errors"]
    assert error["extensions"]["code"] == "not-known"
