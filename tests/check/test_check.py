"""``kg check``: each check passes where it should, and fails where it should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple
from support import EXAMPLE, REPOSITORY, crate, ingest_into_memory, ref

from kg_service.align.engine import Alignment
from kg_service.check.library import load_checks
from kg_service.check.model import Checked, Family, SourceCheck, Verdict
from kg_service.check.run import check_sources
from kg_service.check.shapes import Shapes
from kg_service.errors import NotKnown
from kg_service.graph import KnowledgeGraph
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.statements import Statements
from kg_service.terms import RDF_TYPE, kg, prov

QUERIES = REPOSITORY / "queries"
ONTOLOGIES = REPOSITORY / "ontologies"
# Table 3 of the Workflow Run RO-Crate paper
TWENTY = [
    "SC1",
    "SC2",
    "SC3",
    "D1",
    "D2",
    "D3",
    "D4",
    "SW1",
    "SW2",
    "SW3",
    "WF1",
    "WF2",
    "WF3",
    "ENV1",
    "ENV2",
    "ENV3",
    "EX1",
    "EX2",
    "EX3",
    "EX4",
]


def checked(graph: KnowledgeGraph, source: str | None = None) -> dict[str, SourceCheck]:
    return {r.source_id: r for r in check_sources(graph.reader, QUERIES, ONTOLOGIES, source)}


def one(result: SourceCheck, name: str) -> Checked:
    return next(c for c in result.checks if c.check == name)


@pytest.fixture(scope="module")
def example(alignment: Alignment) -> dict[str, SourceCheck]:
    return checked(ingest_into_memory(alignment, EXAMPLE))


def test_the_twenty_kinds_are_all_there() -> None:
    kinds = [c.check for c in load_checks(QUERIES / "checks") if c.family is Family.COMPLETENESS]
    assert sorted(kinds) == sorted(TWENTY)


def test_the_example_is_sound(example: dict[str, SourceCheck]) -> None:
    assert len(example) == 3
    for result in example.values():
        assert [c.verdict for c in result.of(Family.TYPING)] == [Verdict.PASS], result
        assert one(result, "result-without-specimen").verdict is not Verdict.FAIL


def test_the_example_tells_its_kinds(example: dict[str, SourceCheck]) -> None:
    run = example["doi-10.5072-barley-traits.1"]
    present = {c.check for c in run.of(Family.COMPLETENESS) if c.verdict is Verdict.PASS}
    assert {"SC1", "D2", "D4", "SW1", "WF1", "WF2", "ENV3", "EX1", "EX2", "EX3", "EX4"} <= present
    assert "ENV2" not in present
    facility = next(r for name, r in example.items() if name.startswith("icatdump"))
    assert one(facility, "ENV2").verdict is Verdict.PASS


def test_fair_tells_identifier_and_licence(example: dict[str, SourceCheck]) -> None:
    run = example["doi-10.5072-barley-traits.1"]
    assert one(run, "F1 identifier").evidence == "doi:10.5072/barley-traits.1"
    assert one(run, "R1.1 licence").verdict is Verdict.PASS
    assert one(run, "I3 references").verdict is Verdict.PASS
    facility = next(r for name, r in example.items() if name.startswith("icatdump"))
    assert one(facility, "R1.1 licence").verdict is Verdict.FAIL


@pytest.fixture
def broken(alignment: Alignment, tmp_path: Path) -> SourceCheck:
    graph = ingest_into_memory(
        alignment,
        crate(
            tmp_path / "broken",
            {"@id": "#a", "@type": "CreateAction", "name": "a", "result": ref("out.txt")},
            {"@id": "#b", "@type": "CreateAction", "name": "b", "object": ref("gone.txt")},
            {"@id": "out.txt", "@type": "File", "name": "out", "mystery": "x"},
            context=[
                "https://w3id.org/ro/crate/1.1/context",
                {"mystery": "https://x.example/mystery"},
            ],
            identifier="broken",
        ),
    )
    return checked(graph, "broken")["broken"]


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("activity-without-input", "#a"),
        ("activity-without-output", "#b"),
        ("missing-part", "gone.txt"),
        ("activity-without-agent", "#a"),
        ("result-without-specimen", "out.txt"),
        ("unmapped-terms", "https://x.example/mystery (1)"),
        ("F1 identifier", "broken"),
        ("R1.1 licence", ""),
        ("EX1", ""),
    ],
)
def test_what_is_broken_is_told_with_an_example(
    broken: SourceCheck, name: str, evidence: str
) -> None:
    found = one(broken, name)
    assert found.verdict is Verdict.FAIL
    assert evidence in found.evidence
    assert found.todo


def test_an_unknown_source_is_one_clear_message(alignment: Alignment) -> None:
    with pytest.raises(NotKnown, match="no source has the id 'nope'"):
        checked(ingest_into_memory(alignment, EXAMPLE), "nope")


A, E, G = (NamedNode(f"http://x.example/{name}") for name in ("activity", "entity", "g/aligned"))
PERSON = NamedNode("http://x.example/person")
SOUND = [
    Triple(A, RDF_TYPE, prov("Activity")),
    Triple(E, RDF_TYPE, prov("Entity")),
    Triple(PERSON, RDF_TYPE, prov("Agent")),
    Triple(A, prov("used"), E),
    Triple(A, prov("wasAssociatedWith"), PERSON),
]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([], None),
        ([Triple(A, RDF_TYPE, prov("Entity"))], "an activity is an entity as well"),
        ([Triple(E, prov("used"), E)], "what used something is no activity"),
        ([Triple(A, prov("used"), A)], "what was used is no entity"),
        ([Triple(A, prov("wasGeneratedBy"), A)], "what was generated is no entity"),
        ([Triple(E, prov("wasGeneratedBy"), E)], "what generated it is no activity"),
        ([Triple(E, prov("wasDerivedFrom"), A)], "what it was derived from is no entity"),
        ([Triple(A, prov("wasInformedBy"), E)], "what informed it is no activity"),
        ([Triple(E, prov("hadMember"), A)], "a member is no entity"),
        ([Triple(A, prov("wasAssociatedWith"), E)], "associated with is no agent"),
        ([Triple(E, prov("wasAttributedTo"), E)], "attributed to is no agent"),
        ([Triple(A, kg("partOfRun"), E)], "what it is part of is no activity"),
        ([Triple(E, RDF_TYPE, prov("Association"))], "an association has no agent"),
    ],
)
def test_provs_typing(wrong: list[Triple], message: str | None) -> None:
    store = OxigraphStore()
    store.commit(Change(graphs={G: Statements.of([*SOUND, *wrong])}))
    found = list(Shapes(ONTOLOGIES / "prov-shapes.ttl").check(store, (G.value,)))
    if message is None:
        assert [c.verdict for c in found] == [Verdict.PASS]
    else:
        assert any(re.search(message, c.title) for c in found), found
        assert all(c.verdict is Verdict.FAIL for c in found)
