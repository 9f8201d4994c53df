"""Common ancestors, on small graphs."""

from __future__ import annotations

from hypothesis import given, settings
from lineage.test_laws import _entity, _graphs
from lineage_graphs import Statement, node
from tracing.states import name, request, state_of

from kg_service.lineage.model import Filter
from kg_service.tracing.common import Common, find_common

FORK: list[Statement] = [
    ("cut", "used", "plant"), ("root", "by", "cut"), ("s1", "used", "root"), ("i1", "by", "s1"),
    ("s2", "used", "root"), ("i2", "by", "s2"), ("plant", "is", "Specimen"),
]  # fmt: skip


def common(graph: list[Statement], *things: str, **options: object) -> Common:
    limit = {"limit": options.pop("limit")} if "limit" in options else {}
    state = state_of(*graph)
    found = find_common(state, request(things[0], **options), [node(t) for t in things], **limit)  # type: ignore[arg-type]
    assert found.as_json()["complete"] == found.complete
    return found


def told(found: Common) -> list[tuple[str, tuple[int, ...], bool]]:
    return [(name(a.thing.iri), a.steps, a.nearest) for a in found.ancestors]


def test_nearest_first_with_a_path_to_each() -> None:
    found = common(FORK, "i1", "i2")
    assert told(found) == [("root", (1, 1), True), ("cut", (2, 2), False), ("plant", (2, 2), False)]
    assert found.complete
    ways = [[name(hop.to.iri) for hop in path.hops] for path in found.ancestors[0].paths]
    assert ways == [["s1", "i1"], ["s2", "i2"]]
    assert [path.steps for path in found.ancestors[0].paths] == [1, 1]


def test_each_is_its_own_ancestor() -> None:
    assert told(common(FORK, "i1", "root"))[0] == ("root", (1, 0), True)


def test_nothing_in_common() -> None:
    assert told(common([*FORK, ("i3", "by", "s3")], "i1", "i3")) == []


def test_of_three_and_of_kinds_and_of_so_many() -> None:
    graph = [*FORK, ("s3", "used", "plant"), ("i3", "by", "s3")]
    assert told(common(graph, "i1", "i2", "i3")) == [("plant", (2, 2, 1), True)]
    only = common(FORK, "i1", "i2", filter=Filter(kinds=frozenset({"Specimen"})))
    assert told(only) == [("plant", (2, 2), False)]
    cut = common(FORK, "i1", "i2", limit=1)
    assert told(cut) == [("root", (1, 1), True)]
    assert cut.stopped == ("stopped at the limit of 1 ancestors",)
    short = common(FORK, "i1", "i2", depth=1)
    assert told(short) == [("root", (1, 1), True)]
    assert not short.complete


def test_copies_are_one_ancestor() -> None:
    graph: list[Statement] = [
        ("s1", "used", "a"), ("i1", "by", "s1"), ("s2", "used", "b"), ("i2", "by", "s2"),
        ("a", "id", "k"), ("b", "id", "k"),
    ]  # fmt: skip
    assert told(common(graph, "i1", "i2")) == [("a", (1, 1), True)]


def test_a_common_container_is_told_as_such() -> None:
    graph: list[Statement] = [("f", "member", "a"), ("f", "member", "b"), ("f", "by", "run")]
    found = common(graph, "a", "b")
    assert told(found) == [("f", (0, 0), True), ("run", (1, 1), False)]
    assert [a.container for a in found.ancestors] == [True, False]


def test_of_a_cycle_all_are_nearest() -> None:
    graph: list[Statement] = [
        ("run", "used", "e"), ("e", "by", "run"), ("s1", "used", "e"), ("i1", "by", "s1"),
        ("s2", "used", "e"), ("i2", "by", "s2"), ("run", "used", "before"),
    ]  # fmt: skip
    assert {(n, near) for n, _, near in told(common(graph, "i1", "i2"))} == {
        ("e", True), ("run", True), ("before", False),
    }  # fmt: skip


@given(_graphs, _entity, _entity)
@settings(max_examples=150, deadline=None)
def test_law_order_does_not_matter_and_some_are_nearest(
    graph: list[Statement], a: str, b: str
) -> None:
    found, turned = common(graph, a, b), common(graph, b, a)
    one = {(name(x.thing.iri), x.steps, x.nearest) for x in found.ancestors}
    # of things that are the same, the one that is nearest to the first is named
    assert {(s, near) for _, s, near in one} == {
        (tuple(reversed(x.steps)), x.nearest) for x in turned.ancestors
    }
    if found.ancestors:
        assert any(x.nearest for x in found.ancestors)
    for ancestor in found.ancestors:
        # on a cycle, an ancestor may be met only by passing something twice
        assert len(ancestor.paths) <= (2 if ancestor.nearest else 0)
