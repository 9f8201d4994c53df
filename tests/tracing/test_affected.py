"""What is affected, on small graphs."""

from __future__ import annotations

from lineage_graphs import Statement, lineage, names, node
from tracing.states import name, request, state_of

from kg_service.lineage.model import Direction, Filter
from kg_service.tracing.affected import Affected, find_affected

CHAIN: list[Statement] = [
    ("cut", "used", "plant"), ("root", "by", "cut"), ("scan", "used", "root"),
    ("image", "by", "scan"), ("scan", "instrument", "beamline"), ("cut", "plan", "protocol"),
]  # fmt: skip


def affected(graph: list[Statement], *bad: str, **options: object) -> Affected:
    found = find_affected(
        state_of(*graph), request(bad[0], **options), [node(name) for name in bad]
    )
    assert found.as_json()["complete"] == found.complete
    return found


def told(found: Affected) -> dict[str, int]:
    return {name(t.thing.iri): t.steps for _kind, things in found.groups for t in things}


def test_of_an_entity_all_downstream() -> None:
    found = affected(CHAIN, "root")
    assert told(found) == {"scan": 1, "image": 1}
    assert found.used_by == ()
    assert set(told(found)) | {"root"} == names(lineage(CHAIN, "root", Direction.DOWN))
    (image,) = [t for _, ts in found.groups for t in ts if name(t.thing.iri) == "image"]
    assert image.said is not None
    assert (image.said.kind.value, image.said.grade) == ("generated", "asserted")


def test_of_an_instrument_what_was_done_with_it_and_after() -> None:
    found = affected(CHAIN, "beamline")
    assert [(name(u.activity.iri), u.role) for u in found.used_by] == [
        ("scan", "kg:usedInstrument")
    ]
    assert told(found) == {"scan": 1, "image": 1}
    assert told(affected(CHAIN, "protocol")) == {"cut": 1, "root": 1, "scan": 2, "image": 2}


def test_by_way_of_a_workflow_but_not_where_steps_tell_more_finely() -> None:
    graph: list[Statement] = [
        ("w", "tool", "t"), ("run", "plan", "w"), ("run", "used", "in"), ("out", "by", "run"),
    ]  # fmt: skip
    found = affected(graph, "t")
    assert [[name(x.iri) for x in u.by_way_of] for u in found.used_by] == [["w"]]
    assert told(found) == {"run": 1, "out": 1}
    finer = [
        *graph, ("s1", "part", "run"), ("s1", "plan", "t"), ("s1", "used", "in"),
        ("mid", "by", "s1"), ("s2", "part", "run"), ("s2", "used", "in"), ("other", "by", "s2"),
    ]  # fmt: skip
    assert told(affected(finer, "t")) == {"s1": 1, "mid": 1}


def test_of_a_run_what_its_steps_made() -> None:
    graph: list[Statement] = [
        ("s1", "part", "run"), ("s1", "used", "in"), ("out", "by", "s1"), ("run", "plan", "w"),
        ("out", "by", "run"),
    ]  # fmt: skip
    assert "out" in told(affected(graph, "w"))
    assert "out" in told(affected(graph, "run"))


def test_several_that_are_one_thing_and_copies_of_results() -> None:
    graph = [*CHAIN, ("scan2", "instrument", "beamline2"), ("image2", "by", "scan2")]
    assert set(told(affected(graph, "beamline", "beamline2"))) == {
        "scan", "image", "scan2", "image2",
    }  # fmt: skip
    same: list[Statement] = [*CHAIN, ("image", "id", "k"), ("copy", "id", "k")]
    assert set(told(affected(same, "root"))) == {"scan", "copy"}


def test_a_container_is_told_as_such() -> None:
    graph = [*CHAIN, ("folder", "member", "image"), ("run", "used", "folder")]
    found = affected(graph, "root")
    by_name = {name(t.thing.iri): t for _kind, things in found.groups for t in things}
    assert by_name["folder"].container
    assert not by_name["run"].container


def test_bounds_and_filters() -> None:
    cut = affected(CHAIN, "plant", depth=1)
    assert told(cut) == {"cut": 1, "root": 1}
    assert cut.stopped == ("stopped at depth 1, more lies beyond",)
    few = affected(CHAIN, "plant", limit=2)
    assert few.stopped == ("stopped at the limit of 2 things",)
    typed = [*CHAIN, ("image", "is", "File")]
    only = affected(typed, "plant", filter=Filter(kinds=frozenset({"File"})))
    assert told(only) == {"image": 2}
    timed = [*CHAIN, ("scan", "starts", "2026-05-02")]
    before = affected(timed, "beamline", filter=Filter(until="2026-05-01"))
    assert before.used_by == ()
    assert told(before) == {}
