"""Paths between two things, on small graphs and as laws."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from lineage.test_laws import _granularities, _graphs, _starts
from lineage_graphs import Statement, lineage, node
from tracing.states import name, request, state_of

from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Direction, EdgeKind, Filter, Granularity, Stop
from kg_service.tracing import net
from kg_service.tracing.paths import Path, Paths, find_paths

CHAIN: list[Statement] = [
    ("cut", "used", "plant"), ("root", "by", "cut"),
    ("scan", "used", "root"), ("image", "by", "scan"),
]  # fmt: skip


def paths(graph: list[Statement], a: str, b: str, **options: object) -> Paths:
    kept = {k: options.pop(k) for k in ("limit", "longest") if k in options}
    found = find_paths(state_of(*graph), request(a, **options), node(b), **kept)  # type: ignore[arg-type]
    assert found.as_json()["complete"] == found.complete
    return found


def passed(path: Path) -> list[str]:
    return [name(path.hops[0].origin.iri), *(name(hop.to.iri) for hop in path.hops)]


@pytest.mark.parametrize(("a", "b"), [("plant", "image"), ("image", "plant")])
def test_in_time_whichever_is_named_first(a: str, b: str) -> None:
    found = paths(CHAIN, a, b)
    assert (name(found.earlier.iri), name(found.later.iri)) == ("plant", "image")
    assert [passed(path) for path in found.paths] == [["plant", "cut", "root", "scan", "image"]]
    assert found.paths[0].steps == 2
    assert found.complete
    assert [hop.said[0].grade for hop in found.paths[0].hops] == ["asserted"] * 4


def test_the_shortest_first_and_all_if_wanted() -> None:
    graph = [*CHAIN, ("image", "from", "plant")]
    (shortest,) = paths(graph, "plant", "image").paths
    assert passed(shortest) == ["plant", "image"]
    assert [p.steps for p in paths(graph, "plant", "image", limit=9).paths] == [1, 2]


def test_bounds_are_told() -> None:
    graph = [*CHAIN, ("image", "from", "plant")]
    at_limit = paths(graph, "plant", "image", limit=1)
    assert not at_limit.complete
    assert at_limit.stopped == ("stopped at the limit of 1 paths",)
    short = paths(graph, "plant", "image", limit=9, longest=1)
    assert [p.steps for p in short.paths] == [1]
    assert short.stopped == ("paths of more than 1 steps were not looked for",)
    none = paths(CHAIN, "plant", "image", longest=1)
    assert none.paths == ()
    assert not none.complete
    cut = paths(CHAIN, "plant", "image", limit=1, longest=None)
    assert cut.complete


def test_a_walk_that_is_cut_is_told() -> None:
    found = find_paths(state_of(*CHAIN), request("plant", limit=2), node("image"))
    assert found.paths == ()
    assert not found.complete
    assert any("limit of 2 nodes" in sentence for sentence in found.stopped)


def test_too_many_partial_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(net, "MOST_TRIED", 1)
    found = paths(CHAIN, "plant", "image", limit=9)
    assert found.stopped == ("stopped after 1 partial paths",)
    assert not found.complete


def test_copies_are_one_path() -> None:
    copies: list[Statement] = [
        ("image", "by", "scan"), ("image", "id", "k"), ("copy", "id", "k"), ("copy2", "id", "k"),
        ("run", "used", "copy"), ("run", "used", "copy2"), ("table", "by", "run"),
    ]  # fmt: skip
    found = paths(copies, "scan", "table", limit=9)
    assert [passed(p) for p in found.paths] == [["scan", "image", "copy", "run", "table"]]
    same = found.paths[0].hops[1].said[0]
    assert same.kind is EdgeKind.IDENTITY
    assert same.grade == "inferred"


def test_all_who_say_so_are_named() -> None:
    graph: list[Statement] = [("image", "by", "scan"), ("image", "by", "scan")]
    found = find_paths(state_of(*graph, sources=2), request("scan"), node("image"))
    assert len(found.paths[0].hops[0].said) == 2


def test_through_collections() -> None:
    graph: list[Statement] = [
        ("a", "member", "file"), ("run", "used", "a"), ("b", "by", "run"), ("b", "member", "part"),
    ]  # fmt: skip
    assert passed(paths(graph, "file", "part").paths[0]) == ["file", "a", "run", "b", "part"]
    # a collection that leads nowhere is met from its own side only
    leaf: list[Statement] = [*CHAIN, ("folder", "member", "image")]
    for a, b in (("root", "folder"), ("folder", "root")):
        assert passed(paths(leaf, a, b).paths[0]) == ["root", "scan", "image", "folder"]


def test_siblings_have_no_path() -> None:
    graph: list[Statement] = [("a", "by", "run"), ("b", "by", "run")]
    found = paths(graph, "a", "b")
    assert found.paths == ()
    assert found.complete
    assert found.weaker is None


@pytest.mark.parametrize(
    ("key", "asked", "weaker"),
    [("name", Policy.DEFAULT, Policy.ALL), ("content", Policy.STRICT, Policy.DEFAULT)],
)
def test_a_weaker_policy_that_would_give_one_is_told(
    key: str, asked: Policy, weaker: Policy
) -> None:
    graph: list[Statement] = [("e0", key, "k"), ("e1", key, "k"), ("run", "used", "e1")]
    found = paths(graph, "e0", "run", policy=asked)
    assert found.paths == ()
    assert found.weaker is weaker
    assert found.weaker_path is not None
    assert passed(found.weaker_path) == ["e0", "e1", "run"]
    assert len(paths(graph, "e0", "run", policy=weaker).paths) == 1


def test_a_thing_and_itself() -> None:
    assert paths(CHAIN, "root", "root").paths[0].hops == ()
    same: list[Statement] = [("e0", "id", "k"), ("e1", "id", "k")]
    (path,) = paths(same, "e0", "e1").paths
    assert (path.steps, passed(path)) == (0, ["e0", "e1"])


def test_a_cycle_does_not_hang() -> None:
    graph: list[Statement] = [("run", "used", "e0"), ("e0", "by", "run"), ("e1", "by", "run")]
    assert passed(paths(graph, "e0", "e1", limit=9).paths[0]) == ["e0", "run", "e1"]


def test_runs_for_steps() -> None:
    graph: list[Statement] = [
        ("s1", "part", "w"), ("s2", "part", "w"), ("s1", "used", "in"), ("mid", "by", "s1"),
        ("s2", "used", "mid"), ("out", "by", "s2"),
    ]  # fmt: skip
    (fine,) = paths(graph, "in", "out").paths
    assert passed(fine) == ["in", "s1", "mid", "s2", "out"]
    (run,) = paths(graph, "in", "out", granularity=Granularity.RUN).paths
    assert passed(run) == ["in", "w", "out"]


def test_kinds_do_not_count_and_windows_do() -> None:
    by = Filter(kinds=frozenset({"File"}))
    assert len(paths(CHAIN, "plant", "image", filter=by).paths) == 1
    timed = [*CHAIN, ("scan", "starts", "2026-05-02")]
    assert not paths(timed, "plant", "image", filter=Filter(until="2026-05-01")).paths


@given(_graphs, _starts, _starts, _granularities)
@example(
    [("a0", "used", "e0"), ("e0", "member", "e1"), ("e1", "member", "e0")],
    "e0", "e1", Granularity.STEP,
)  # fmt: skip
@example(
    [("e1", "member", "e0"), ("e0", "by", "a1"), ("a1", "used", "e1"), ("e1", "by", "a0")],
    "a0", "e0", Granularity.STEP,
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_law_paths_are_those_of_the_lineage(
    graph: list[Statement], a: str, b: str, level: Granularity
) -> None:
    found = paths(graph, a, b, limit=50, granularity=level)
    below = lineage(graph, a, Direction.BOTH, granularity=level)
    start = below.request.start
    reached = {move.to.node for move in (*below.up, *below.down)} | {start}
    end = lineage(graph, b, Direction.UP, granularity=level).request.start
    # on a cycle, some things are met only by passing something twice
    if end in reached and not any(Stop.CYCLE in n.stops for n in below.nodes.values()):
        assert found.paths
    for path in found.paths:
        things = [hop.origin.iri for hop in path.hops] + [hop.to.iri for hop in path.hops[-1:]]
        assert len(set(things)) == len(things)
        assert [h.to.iri for h in path.hops[:-1]] == [h.origin.iri for h in path.hops[1:]]
        if things:
            assert {things[0], things[-1]} == {start.value, end.value}
    steps = [path.steps for path in found.paths]
    assert steps == sorted(steps)
    told = [tuple((h.origin.iri, h.to.iri) for h in path.hops) for path in found.paths]
    assert len(set(told)) == len(told)
    if steps and end in below.nodes and not below.nodes[end].container:
        assert steps[0] in (below.nodes[end].depth, *_other_way(graph, a, end.value, level))


def _other_way(graph: list[Statement], a: str, b: str, level: Granularity) -> list[int]:
    """How far a thing is in each direction by itself: ``BOTH`` tells the nearer one only."""
    ways = (lineage(graph, a, way, granularity=level) for way in (Direction.UP, Direction.DOWN))
    return [way.nodes[node(name(b))].depth for way in ways if node(name(b)) in way.nodes]
