"""What a lineage is: the rules of docs/lineage.md, one by one. Its laws are in test_laws.py."""

from __future__ import annotations

from lineage_graphs import Statement, lineage, names, node

from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Direction, Granularity, Stop


def up(statements: list[Statement], start: str, **options: object) -> set[str]:
    return names(lineage(statements, start, Direction.UP, **options))  # type: ignore[arg-type]


def down(statements: list[Statement], start: str, **options: object) -> set[str]:
    return names(lineage(statements, start, Direction.DOWN, **options))  # type: ignore[arg-type]


CHAIN: list[Statement] = [
    ("cut", "used", "plant"), ("root", "by", "cut"),
    ("scan", "used", "root"), ("image", "by", "scan"),
]  # fmt: skip


def test_a_chain_from_both_ends() -> None:
    assert up(CHAIN, "image") == {"image", "scan", "root", "cut", "plant"}
    assert down(CHAIN, "plant") == {"image", "scan", "root", "cut", "plant"}
    assert names(lineage(CHAIN, "root", Direction.BOTH)) == up(CHAIN, "image")


def test_the_start_is_always_in_the_answer() -> None:
    assert up([], "nothing") == {"nothing"}


def test_both_is_two_walks_and_no_zigzag() -> None:
    sibling: list[Statement] = [*CHAIN, ("cut2", "used", "plant"), ("leaf", "by", "cut2")]
    assert "leaf" not in names(lineage(sibling, "root", Direction.BOTH))


def test_one_step_is_entity_activity_entity() -> None:
    assert up(CHAIN, "image", depth=0) == {"image"}
    assert up(CHAIN, "image", depth=1) == {"image", "scan", "root"}
    answer = lineage(CHAIN, "image", Direction.UP, depth=1)
    assert not answer.complete
    assert Stop.DEPTH in answer.nodes[node("root")].stops
    assert lineage(CHAIN, "image", Direction.UP, depth=2).complete


def test_a_start_activity_counts_its_neighbours_as_one_step() -> None:
    assert up(CHAIN, "scan", depth=1) == {"scan", "root"}
    assert up(CHAIN, "scan", depth=2) == {"scan", "root", "cut", "plant"}


def test_the_limit_is_told() -> None:
    answer = lineage(CHAIN, "image", Direction.UP, limit=3)
    assert len(answer.nodes) == 3
    assert not answer.complete
    assert any(Stop.LIMIT in n.stops for n in answer.nodes.values())


def test_derivation_without_an_activity_is_a_step() -> None:
    assert up([("b", "from", "a")], "b", depth=1) == {"a", "b"}
    assert down([("b", "from", "a")], "a", depth=0) == {"a"}


def test_information_between_activities() -> None:
    statements: list[Statement] = [("later", "informed", "first"), ("first", "used", "a")]
    assert up(statements, "later") == {"later", "first", "a"}
    assert down(statements, "a") == {"later", "first", "a"}


def test_a_cycle_is_marked_and_neither_hangs_nor_repeats() -> None:
    statements: list[Statement] = [("run", "used", "f"), ("f", "by", "run"), ("f", "by", "origin")]
    answer = lineage(statements, "f", Direction.UP)
    assert names(answer) == {"f", "run", "origin"}
    assert answer.complete
    cyclic = {n for n, found in answer.nodes.items() if Stop.CYCLE in found.stops}
    assert cyclic == {node("f"), node("run")}
    assert len(set(answer.edges)) == len(answer.edges)


COLLECTION: list[Statement] = [
    ("c", "by", "make"), ("make", "used", "raw"), ("c", "member", "f"), ("c", "member", "g"),
    ("read", "used", "c"), ("out", "by", "read"), ("g", "by", "makeg"),
]  # fmt: skip


def test_a_file_takes_its_collections_generation_but_not_its_siblings() -> None:
    assert up(COLLECTION, "f") == {"f", "c", "make", "raw"}


def test_a_collection_takes_its_own_and_its_members_generation() -> None:
    assert up(COLLECTION, "c") == {"c", "f", "g", "make", "raw", "makeg"}


def test_a_file_goes_on_where_its_collection_is_used() -> None:
    assert down(COLLECTION, "f") == {"f", "c", "read", "out"}
    assert "f" in up(COLLECTION, "out")


def test_a_generated_collection_yields_its_members() -> None:
    assert {"f", "g"} <= down(COLLECTION, "raw")


def test_a_container_that_leads_nowhere_is_not_in_the_answer() -> None:
    assert up([("root", "member", "f"), ("f", "by", "a")], "f") == {"f", "a"}


def test_membership_is_free() -> None:
    assert "make" in up(COLLECTION, "f", depth=1)


SAME: list[Statement] = [
    ("a1", "id", "key"), ("a2", "id", "key"), ("b1", "content", "sum"), ("b2", "content", "sum"),
    ("run", "used", "a2"), ("b1", "by", "run"), ("last", "used", "b2"), ("end", "by", "last"),
]  # fmt: skip


def test_identity_joins_sources_for_free_under_a_policy() -> None:
    assert down(SAME, "a1", depth=1) == {"a1", "a2", "run", "b1", "b2"}
    assert down(SAME, "a1") == {"a1", "a2", "run", "b1", "b2", "last", "end"}
    assert down(SAME, "a1", policy=Policy.STRICT) == {"a1", "a2", "run", "b1"}


RUN: list[Statement] = [
    ("wf", "used", "in"), ("out", "by", "wf"),
    ("s1", "used", "in"), ("mid", "by", "s1"), ("s2", "used", "mid"), ("out", "by", "s2"),
    ("s1", "part", "wf"), ("s2", "part", "wf"),
]  # fmt: skip


def test_the_finest_level_is_shown_by_default() -> None:
    assert up(RUN, "out") == {"out", "s2", "mid", "s1", "in"}
    assert down(RUN, "in") == {"out", "s2", "mid", "s1", "in"}


def test_run_granularity_collapses_steps_into_their_run() -> None:
    by_run = {"granularity": Granularity.RUN}
    assert up(RUN, "out", **by_run) == {"out", "wf", "in"}
    assert down(RUN, "in", **by_run) == {"in", "wf", "out", "mid"}


def test_what_steps_do_not_tell_is_taken_from_the_run() -> None:
    untold: list[Statement] = [*RUN, ("log", "by", "wf")]
    assert up(untold, "log") == {"log", "wf", "in"}
    assert {"log", "wf", "s1"} <= down(untold, "in")
    no_inputs: list[Statement] = [("wf", "used", "in"), ("out", "by", "wf"), ("out", "by", "s"),
                                  ("s", "part", "wf")]  # fmt: skip
    assert "in" in up(no_inputs, "out"), "a step that tells no inputs does not hide the run's"
