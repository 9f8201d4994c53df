"""Gaps, on small graphs."""

from __future__ import annotations

import pytest
from lineage_graphs import Statement, node
from pyoxigraph import Literal, Quad
from tracing.states import name, request, state_of

from kg_service.identity.evidence import Policy
from kg_service.store.port import Change
from kg_service.terms import CATALOGUE, dcterms, kg, prov
from kg_service.tracing.gaps import Gaps, find_gaps

WHOLE: list[Statement] = [
    ("cut", "used", "plant"), ("root", "by", "cut"), ("scan", "used", "root"),
    ("image", "by", "scan"), ("plant", "is", "Specimen"), ("plant", "is", "Material"),
]  # fmt: skip


def gaps(graph: list[Statement], start: str, **options: object) -> Gaps:
    found = find_gaps(state_of(*graph), request(start, **options))
    assert found.as_json()["complete"] == found.complete
    assert all(gap.missing and gap.mend for gap in found.gaps)
    return found


def told(found: Gaps) -> list[tuple[str, str]]:
    return [(gap.kind.value, name(gap.thing.iri)) for gap in found.gaps]


# things of the small graphs are described only where they are the subject of a statement of a
# source that the catalogue knows; here that is none, so ends are not described
@pytest.mark.parametrize(
    ("graph", "start", "expected"),
    [
        (WHOLE[1:2], "root", [("no-input", "cut")]),
        ([("b", "from", "a")], "b", [("not-described", "a"), ("derived-without-activity", "b")]),
        ([("a", "informed", "b"), ("b", "informed", "a")], "a",
         [("circle", "a")]),
        # what passed between two activities need not have a name
        ([("s", "informed", "r"), ("r", "used", "x"), ("e", "by", "s")], "e",
         [("not-described", "x")]),
        ([("r", "used", "x")], "r", [("no-output", "r"), ("not-described", "x")]),
        ([("run", "used", "e"), ("e", "by", "run")], "e", [("circle", "e")]),
    ],
)  # fmt: skip
def test_what_is_missing(
    graph: list[Statement], start: str, expected: list[tuple[str, str]]
) -> None:
    assert sorted(told(gaps(graph, start))) == sorted(expected)


def test_members_of_what_was_generated_as_a_whole_are_no_gap() -> None:
    graph: list[Statement] = [
        ("set", "by", "scan"), ("scan", "used", "x"), ("set", "member", "f1"),
        ("set", "member", "f2"), ("run", "used", "set"), ("out", "by", "run"),
    ]  # fmt: skip
    assert told(gaps(graph, "out")) == [("not-described", "x")]
    loose = [s for s in graph if s[0] != "scan" and s[2] != "scan"]
    assert told(gaps(loose, "out")) == [("not-described", "set")]


def test_links_that_a_weaker_policy_would_follow() -> None:
    graph: list[Statement] = [
        ("run", "used", "copy"), ("out", "by", "run"), ("copy", "name", "k"), ("raw", "name", "k"),
        ("raw", "by", "scan"), ("scan", "used", "root"),
    ]  # fmt: skip
    found = gaps(graph, "out")
    assert ("link-not-followed", "copy") in told(found)
    (link,) = [gap for gap in found.gaps if gap.kind.value == "link-not-followed"]
    assert "kg links confirm" in link.mend
    assert "--policy all" in link.mend
    assert ("link-not-followed", "copy") not in told(gaps(graph, "out", policy=Policy.ALL))


def test_a_withdrawn_source_that_named_it() -> None:
    state = state_of(("run", "used", "gone/data.csv"), ("out", "by", "run"))
    source, version, going = node("gone"), node("version"), node("withdrawal")
    state.reader.commit(  # type: ignore[attr-defined]
        Change(
            insert=[
                Quad(source, kg("withdrawnVersion"), version, CATALOGUE),
                Quad(source, dcterms("identifier"), Literal("gone"), CATALOGUE),
                Quad(version, prov("wasInvalidatedBy"), going, CATALOGUE),
                Quad(going, prov("endedAtTime"), Literal("2026-11-20"), CATALOGUE),
                Quad(going, kg("decidedBy"), Literal("ada"), CATALOGUE),
                Quad(going, kg("because"), Literal("wrong patient"), CATALOGUE),
            ]
        )
    )
    (gap,) = find_gaps(state, request("out")).gaps
    assert gap.kind.value == "withdrawn"
    assert "by ada: wrong patient" in gap.missing


def test_where_the_walk_was_cut_is_no_gap() -> None:
    found = gaps(WHOLE, "image", depth=1)
    assert told(found) == []
    assert not found.complete
