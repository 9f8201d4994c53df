"""Lineage of a part of the graph: some sources, a window of time, kinds; and its laws."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lineage.test_laws import (
    _activity,
    _depths,
    _directions,
    _entity,
    _granularities,
    _policies,
    _starts,
    _statement,
    reference,
)
from lineage_graphs import Statement, lineage, names, node, store_of, tell_sources

from kg_service.errors import NotKnown, Refused, UsageError
from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Direction, Filter, Granularity, Lineage, Stop
from kg_service.lineage.scope import checked_filter
from kg_service.lineage.window import moment
from kg_service.store.visible import VisibleGraphs

SOURCES = 3
_KEYS = {"id", "content", "name"}
_times = st.sampled_from(["2026-01-01", "2026-02", "2026-02-15T10:00:00Z", "2026-03-01T00:00:00"])
_timed = st.tuples(_activity, st.sampled_from(["starts", "ends"]), _times)
_typed = st.tuples(
    st.one_of(_entity, _activity), st.just("is"), st.sampled_from(["File", "Sample", "ToolRun"])
)
_graphs = st.lists(st.one_of(_statement, _statement, _statement, _timed, _typed), max_size=20)
_things = [f"e{i}" for i in range(6)]
_chosen = st.frozensets(st.sampled_from([*(f"s{i}" for i in range(SOURCES)), *_things]))
_windows = st.sampled_from(
    [
        Filter(since="2026-02-01"), Filter(until="2026-01-31"), Filter(since="2026", until="2026"),
        Filter(since="2026-02-15T09:00:00Z", until="2026-02-20"),
    ]
)  # fmt: skip
_kinds = st.frozensets(st.sampled_from(["File", "Sample", "ToolRun"]), min_size=1)
# the hidden source says that steps tell all that the run led to
_HIDDEN_STEP: list[Statement] = [
    ("e0", "by", "a0"), ("e0", "by", "a1"), ("a1", "part", "a0"), ("a1", "used", "e1"),
    ("a0", "used", "e2"),
]  # fmt: skip


def _told_by(graph: list[Statement], sources: frozenset[str]) -> list[Statement]:
    """The statements of some sources, as ``store_of`` deals them."""
    return [
        statement
        for place, statement in enumerate(graph)
        if (statement[0] if statement[1] in _KEYS else f"s{place % SOURCES}") in sources
    ]


def _known(graph: list[Statement], sources: frozenset[str]) -> Filter:
    """The filter by those of some sources that say something."""
    told = {
        statement[0] if statement[1] in _KEYS else f"s{place % SOURCES}"
        for place, statement in enumerate(graph)
    }
    return Filter(sources=sources & told)


@given(_graphs, _starts, _directions, _depths, _policies, _granularities, _chosen)
@example(
    _HIDDEN_STEP, "e0", Direction.UP, None, Policy.DEFAULT, Granularity.STEP, frozenset({"s0"})
)
@settings(max_examples=200, deadline=None)
def test_of_some_sources_it_is_what_these_say(
    graph: list[Statement],
    start: str,
    direction: Direction,
    depth: int | None,
    policy: Policy,
    level: Granularity,
    chosen: frozenset[str],
) -> None:
    by = _known(graph, chosen)
    if not by.sources:
        return
    answer = lineage(
        graph, start, direction,
        depth=depth, policy=policy, granularity=level, sources=SOURCES, filter=by,
    )  # fmt: skip
    told = reference(_told_by(graph, by.sources), policy, level)
    assert names(answer) == (told.up if direction is Direction.UP else told.down)(start, depth)


@given(_graphs, _starts, _directions, _depths, _policies, _chosen)
@settings(max_examples=200, deadline=None)
def test_law_no_filter_by_source_invents_a_path(
    graph: list[Statement],
    start: str,
    direction: Direction,
    depth: int | None,
    policy: Policy,
    chosen: frozenset[str],
) -> None:
    graph = [s for s in graph if s[1] != "part"]  # a run stands for steps that are not looked at
    options = {"depth": depth, "policy": policy, "sources": SOURCES}
    some = lineage(graph, start, direction, filter=_known(graph, chosen), **options)  # type: ignore[arg-type]
    whole = lineage(graph, start, direction, **options)  # type: ignore[arg-type]
    assert set(some.nodes) <= set(whole.nodes)
    assert _pairs(some) <= _pairs(whole)


@given(_graphs, _starts, _directions, _depths, _granularities, _windows)
@settings(max_examples=200, deadline=None)
def test_law_no_window_invents_a_path(
    graph: list[Statement],
    start: str,
    direction: Direction,
    depth: int | None,
    level: Granularity,
    window: Filter,
) -> None:
    options = {"depth": depth, "granularity": level}
    some = lineage(graph, start, direction, filter=window, **options)  # type: ignore[arg-type]
    whole = lineage(graph, start, direction, **options)  # type: ignore[arg-type]
    assert set(some.nodes) <= set(whole.nodes)
    assert set(some.edges) <= set(whole.edges)


@given(_graphs, _starts, st.sampled_from(Direction), _depths, _kinds)
@settings(max_examples=200, deadline=None)
def test_law_kinds_only_hide(
    graph: list[Statement],
    start: str,
    direction: Direction,
    depth: int | None,
    kinds: frozenset[str],
) -> None:
    some = lineage(graph, start, direction, depth=depth, filter=Filter(kinds=kinds))
    whole = lineage(graph, start, direction, depth=depth)
    fitting = {node(s) for s, word, kind in graph if word == "is" and kind in kinds}
    assert set(some.nodes) == set(whole.nodes) & (fitting | {node(start)})
    assert {*some.nodes, *some.hidden} == set(whole.nodes)
    assert set(some.edges) == {e for e in whole.edges if {e.earlier, e.later} <= set(some.nodes)}
    assert some.complete == whole.complete


@given(_graphs, _entity, _entity, _granularities, _windows, _chosen)
@settings(max_examples=200, deadline=None)
def test_law_upstream_and_downstream_are_inverse_in_any_part(
    graph: list[Statement],
    first: str,
    second: str,
    level: Granularity,
    window: Filter,
    chosen: frozenset[str],
) -> None:
    by = Filter(_known(graph, chosen).sources, window.since, window.until)
    options = {"granularity": level, "sources": SOURCES, "filter": by}
    above = lineage(graph, second, Direction.UP, **options).nodes  # type: ignore[arg-type]
    below = lineage(graph, first, Direction.DOWN, **options).nodes  # type: ignore[arg-type]
    collections = reference(graph, Policy.DEFAULT, level)
    if node(first) in above and not collections.is_collection(second):
        assert node(second) in below
    if node(second) in below and not collections.is_collection(first):
        assert node(first) in above


@given(_graphs, _starts, st.integers(0, 4), _directions, _windows, _chosen)
@settings(max_examples=200, deadline=None)
def test_laws_of_depth_and_policy_hold_in_any_part(
    graph: list[Statement],
    start: str,
    depth: int,
    direction: Direction,
    window: Filter,
    chosen: frozenset[str],
) -> None:
    by = Filter(_known(graph, chosen).sources, window.since, window.until)

    def asked(**options: object) -> Lineage:
        return lineage(graph, start, direction, sources=SOURCES, filter=by, **options)  # type: ignore[arg-type]

    nearer, farther = asked(depth=depth), asked(depth=depth + 1)
    assert set(nearer.nodes) <= set(farther.nodes)
    assert set(nearer.edges) <= set(farther.edges)
    strict, default, every = (names(asked(policy=policy)) for policy in Policy)
    assert strict <= default <= every


CHAIN: list[Statement] = [
    ("cut", "used", "plant"), ("root", "by", "cut"),
    ("scan", "used", "root"), ("image", "by", "scan"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("times", "since", "until", "stays"),
    [
        ([], "2026-05", "2026-05", True),
        ([("scan", "starts", "2026-05-02")], None, "2026-05-01", False),
        ([("scan", "starts", "2026-05-02")], None, "2026-05-02", True),
        ([("scan", "starts", "2026-05-02")], "2027", None, True),  # it may still be under way
        ([("scan", "ends", "2026-05-02")], "2026-05-03", None, False),
        ([("scan", "ends", "2026-05-02")], "2026-05", None, True),
        ([("scan", "ends", "2026-05-02")], None, "2020", True),
        ([("scan", "starts", "2026-05-02"), ("scan", "starts", "2026-04-02")], None, "2026-04-30",
         True),
        ([("scan", "starts", "2026-06"), ("scan", "ends", "2026-05")], "2026-06", None, True),
        ([("scan", "starts", "some day")], None, "2020", True),
        # a time without zone is that of any zone
        ([("scan", "starts", "2026-05-02T01:00:00")], None, "2026-05-01T12:00:00Z", True),
        ([("scan", "starts", "2026-05-02T01:00:00Z")], None, "2026-05-01T23:59:00Z", False),
        ([("scan", "starts", "2026-05-02T01:00:00")], None, "2026-05-01T23:59:00", False),
        ([("scan", "starts", "2026-05-02T01:00:00+02:00")], None, "2026-05-01T23:00:00Z", True),
    ],
)  # fmt: skip
def test_only_what_surely_happened_at_another_time_is_left_out(
    times: list[Statement], since: str | None, until: str | None, stays: bool
) -> None:
    by = Filter(since=since, until=until)
    answer = lineage([*CHAIN, *times], "image", Direction.UP, filter=by)
    assert ("scan" in names(answer)) is stays
    assert ("plant" in names(answer)) is stays
    assert answer.complete


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "2026-02-30", "0000", "12:00", "2026-1"])
def test_texts_that_are_no_time(text: str) -> None:
    assert moment(text) is None


def test_the_ends_of_the_calendar() -> None:
    first, last = moment("0001-01-01"), moment("9999")
    assert first
    assert last
    assert first.is_before(last)
    assert not last.is_before(first)
    assert moment("9999-12-31T23:59:59-14:00") is None  # later than any instant in UTC


def test_kinds_do_not_break_the_walk_and_stops_are_told() -> None:
    typed: list[Statement] = [*CHAIN, ("plant", "is", "Specimen")]
    found = lineage(typed, "image", Direction.UP, filter=Filter(kinds=frozenset({"Specimen"})))
    assert names(found) == {"image", "plant"}
    assert found.edges == []
    cut = lineage(
        typed, "image", Direction.UP, depth=1, filter=Filter(kinds=frozenset({"Specimen"}))
    )
    assert names(cut) == {"image"}
    assert not cut.complete
    assert cut.hidden[node("root")].stops == {Stop.DEPTH}


def test_what_a_hidden_source_tells_apart_is_not_joined() -> None:
    # two files with the same place; a third source knows other sizes, kinds or makers of them
    same: list[Statement] = [("e0", "content", "k"), ("e1", "content", "k"), ("e1", "by", "a0")]
    apart: list[Statement] = [*same, ("a1", "used", "e0"), ("e2", "by", "e0")]
    by = Filter(sources=frozenset({"e0", "e1", "s2"}))
    joined = lineage(same, "e0", Direction.UP, sources=SOURCES, filter=by)
    assert node("e1") in joined.nodes
    # s1 says that e0 is an activity, which is the same as nothing
    told = lineage(apart, "e0", Direction.UP, sources=SOURCES, filter=by)
    assert node("e1") not in lineage(apart, "e0", Direction.UP, sources=SOURCES).nodes
    assert node("e1") not in told.nodes


def test_a_key_that_only_a_hidden_source_gives_joins_nothing() -> None:
    same: list[Statement] = [("e0", "id", "k"), ("e1", "id", "k"), ("e1", "by", "a0")]
    by = Filter(sources=frozenset({"e0", "s2"}))
    assert names(lineage(same, "e0", Direction.UP, sources=SOURCES, filter=by)) == {"e0"}


def test_sources_and_kinds_that_there_are_not() -> None:
    store = store_of(*CHAIN)
    tell_sources(store)
    with pytest.raises(NotKnown, match="there is no source 's'; did you mean s0"):
        checked_filter(store, ["s"])
    with pytest.raises(NotKnown, match=r"no source .x.; see kg sources"):
        checked_filter(store, ["x"])
    with pytest.raises(UsageError, match=r"there is no kind .Specimn.; did you mean Specimen"):
        checked_filter(store, kinds=["Specimn"])
    with pytest.raises(UsageError, match=r"there is no kind .q.; there are .*Specimen"):
        checked_filter(store, kinds=["q"])
    with pytest.raises(UsageError, match="since 'soon' is no time"):
        checked_filter(store, since="soon")
    with pytest.raises(UsageError, match="ends before it starts"):
        checked_filter(store, since="2026-02", until="2026-01")
    assert checked_filter(store, ["s0"], kinds=["kg:specimen"]).kinds == {"Specimen"}


@pytest.mark.parametrize("others", [0, 20])
def test_a_reader_of_some_graphs(others: int) -> None:
    store = store_of(*CHAIN, sources=2)
    first, second = sorted({q.graph_name for q in store.quads()}, key=str)
    shown = VisibleGraphs(store, {first, *(node(str(i)) for i in range(others))})  # type: ignore[arg-type]
    assert {q.graph_name for q in shown.quads()} == {first}
    assert list(shown.quads(graph=second)) == []  # type: ignore[arg-type]
    assert len(list(shown.frozen().quads(graph=first))) == len(list(shown.quads()))  # type: ignore[arg-type]
    with pytest.raises(Refused):
        shown.query("ASK {}")


def _pairs(answer: Lineage) -> set[object]:
    return {(e.kind, e.earlier, e.later) for e in answer.edges}
