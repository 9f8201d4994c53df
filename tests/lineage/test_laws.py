"""The laws of lineage, against a slow and obvious one (tests/lineage_oracle.py)."""

from __future__ import annotations

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lineage_graphs import Statement, lineage, names, node
from lineage_oracle import Reference

from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Direction, EdgeKind, Granularity, Lineage

_FOLLOWED = {
    Policy.STRICT: ("id",),
    Policy.DEFAULT: ("id", "content"),
    Policy.ALL: ("id", "content", "name"),
}
_entity = st.sampled_from([f"e{i}" for i in range(6)])
_activity = st.sampled_from([f"a{i}" for i in range(4)])
_statement = st.one_of(
    st.tuples(_activity, st.just("used"), _entity),
    st.tuples(_entity, st.just("by"), _activity),
    st.tuples(_entity, st.just("from"), _entity),
    st.tuples(_entity, st.just("member"), _entity),
    st.tuples(_activity, st.just("informed"), _activity),
    st.tuples(_entity, st.sampled_from(sorted(_FOLLOWED[Policy.ALL])), st.sampled_from(["k", "l"])),
    st.tuples(_activity, st.just("part"), _activity),
)
_graphs = st.lists(_statement, max_size=16)
_starts = st.one_of(_entity, _activity)
_granularities, _policies = st.sampled_from(Granularity), st.sampled_from(Policy)
_directions = st.sampled_from([Direction.UP, Direction.DOWN])
_depths = st.one_of(st.none(), st.integers(0, 4))
_NESTED: list[Statement] = [
    ("e0", "from", "e1"), ("e0", "member", "e3"), ("e3", "member", "e2"),
]  # fmt: skip
_MUTUAL: list[Statement] = [
    ("a0", "part", "a1"), ("a1", "part", "a0"), ("e0", "by", "a0"), ("e0", "by", "a1"),
    ("a0", "used", "e1"), ("a1", "used", "e2"),
]  # fmt: skip
# a container elsewhere is a container there, too: its members there are no part of this
_CONTAINER_ELSEWHERE: list[Statement] = [
    ("e0", "member", "e1"), ("e0", "by", "a0"), ("e0", "id", "k"), ("e2", "id", "k"),
    ("e2", "member", "e3"),
]  # fmt: skip
_IN_TWO_RUNS: list[Statement] = [
    ("a0", "part", "a1"), ("a0", "part", "a2"), ("e0", "by", "a0"), ("a2", "used", "e1"),
]  # fmt: skip
# its collection is met as a container first, and in full at the last step
_MET_TWICE: list[Statement] = [
    ("e1", "member", "e0"), ("e0", "by", "a1"), ("a1", "used", "e1"), ("e1", "by", "a0"),
]  # fmt: skip


def reference(
    graph: list[Statement], policy: Policy = Policy.DEFAULT, level: Granularity = Granularity.STEP
) -> Reference:
    return Reference(graph, _FOLLOWED[policy], by_run=level is Granularity.RUN)


@given(_graphs, _starts, _directions, _depths, _policies, _granularities, st.integers(1, 3))
@example(_NESTED, "e2", Direction.UP, None, Policy.DEFAULT, Granularity.STEP, 1)
@example(_NESTED, "e1", Direction.DOWN, None, Policy.DEFAULT, Granularity.STEP, 1)
@example(_MUTUAL, "e0", Direction.UP, None, Policy.DEFAULT, Granularity.STEP, 1)
@example(_MUTUAL, "e0", Direction.UP, None, Policy.DEFAULT, Granularity.RUN, 2)
@example(_CONTAINER_ELSEWHERE, "e1", Direction.UP, None, Policy.STRICT, Granularity.STEP, 1)
@example(_IN_TWO_RUNS, "e1", Direction.DOWN, None, Policy.DEFAULT, Granularity.RUN, 1)
@settings(max_examples=200, deadline=None)
def test_a_lineage_is_what_its_rules_say(
    graph: list[Statement],
    start: str,
    direction: Direction,
    depth: int | None,
    policy: Policy,
    level: Granularity,
    sources: int,
) -> None:
    answer = lineage(
        graph, start, direction, depth=depth, policy=policy, granularity=level, sources=sources
    )
    told = reference(graph, policy, level)
    expected = told.up(start, depth) if direction is Direction.UP else told.down(start, depth)
    assert names(answer) == expected
    if depth is None:
        assert answer.complete
    elif not answer.complete:
        assert depth < 5
    else:
        assert expected == (told.up(start) if direction is Direction.UP else told.down(start))


@given(_graphs, _entity, _entity, _policies, _granularities)
@example(_NESTED, "e1", "e2", Policy.DEFAULT, Granularity.STEP)
@settings(max_examples=200, deadline=None)
def test_law_upstream_and_downstream_are_inverse(
    graph: list[Statement], first: str, second: str, policy: Policy, level: Granularity
) -> None:
    options = {"policy": policy, "granularity": level}
    above = lineage(graph, second, Direction.UP, **options).nodes  # type: ignore[arg-type]
    below = lineage(graph, first, Direction.DOWN, **options).nodes  # type: ignore[arg-type]
    # a collection is in the lineage of what is in it only where it leads on, by design
    leads_back = reference(graph, policy, level)
    if node(first) in above and not leads_back.is_collection(second):
        assert node(second) in below
    if node(second) in below and not leads_back.is_collection(first):
        assert node(first) in above


@given(_graphs, _starts, st.integers(0, 4), _directions, _granularities)
@settings(max_examples=200, deadline=None)
def test_law_a_greater_depth_only_adds(
    graph: list[Statement], start: str, depth: int, direction: Direction, level: Granularity
) -> None:
    nearer = lineage(graph, start, direction, depth=depth, granularity=level)
    farther = lineage(graph, start, direction, depth=depth + 1, granularity=level)
    assert set(nearer.nodes) <= set(farther.nodes)
    assert set(nearer.edges) <= set(farther.edges)
    assert all(farther.nodes[iri].depth == found.depth for iri, found in nearer.nodes.items())


@given(_graphs, _starts, _directions, _granularities)
@settings(max_examples=200, deadline=None)
def test_law_policies_nest(
    graph: list[Statement], start: str, direction: Direction, level: Granularity
) -> None:
    strict, default, every = (
        names(lineage(graph, start, direction, policy=policy, granularity=level))
        for policy in Policy
    )
    assert strict <= default <= every


@given(_graphs, _starts, _granularities, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_law_the_order_of_statements_does_not_matter(
    graph: list[Statement], start: str, level: Granularity, order: random.Random
) -> None:
    told = sorted(set(graph))
    shuffled = list(told)
    order.shuffle(shuffled)
    first, second = (lineage(g, start, Direction.BOTH, granularity=level) for g in (told, shuffled))
    assert first.nodes == second.nodes
    assert set(first.edges) == set(second.edges)


@given(_graphs, _starts, _directions, st.integers(1, 8), _depths, _granularities)
@example(_MET_TWICE, "e0", Direction.UP, 8, 1, Granularity.STEP)
@settings(max_examples=200, deadline=None)
def test_law_no_cut_invents_a_path(
    graph: list[Statement],
    start: str,
    direction: Direction,
    limit: int,
    depth: int | None,
    level: Granularity,
) -> None:
    whole = lineage(graph, start, direction, granularity=level)
    cut = lineage(graph, start, direction, limit=limit, depth=depth, granularity=level)
    assert len(cut.nodes) <= limit
    assert set(cut.nodes) <= set(whole.nodes)
    assert set(cut.edges) <= set(whole.edges)
    assert cut.complete == (cut.nodes.keys() == whole.nodes.keys() and _moves(cut) == _moves(whole))


@given(_graphs, _starts, _granularities)
@settings(max_examples=200, deadline=None)
def test_law_nothing_is_told_twice_and_all_hangs_together(
    graph: list[Statement], start: str, level: Granularity
) -> None:
    answer = lineage(graph, start, Direction.BOTH, granularity=level)
    assert len(set(answer.edges)) == len(answer.edges)
    said = [(e.kind, e.earlier, e.later) for e in answer.edges if e.kind is not EdgeKind.IDENTITY]
    assert len(set(said)) == len(said), "one source says each thing once"
    for way in (answer.up, answer.down):
        met = {answer.request.start}
        for move in way:
            assert move.origin.node in met
            met.add(move.to.node)
    assert {n for e in answer.edges for n in (e.earlier, e.later)} <= answer.nodes.keys()


def _moves(answer: Lineage) -> set[object]:
    return {move.edge for move in (*answer.up, *answer.down)}
