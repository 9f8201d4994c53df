"""What a lineage is: the rules of docs/lineage.md, one by one, and its laws."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Triple

from kg_service.identity.links import Policy
from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.levels import FinestLevel, RunLevel
from kg_service.lineage.model import Direction, Granularity, Lineage, Request, Stop
from kg_service.lineage.walk import walk
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.statements import Statements
from kg_service.terms import RDF_TYPE, kg, prov

NS = "http://x.example/"
ALIGNED = NamedNode("http://kg.test/graph/s/1/aligned")
IDENTITY = NamedNode("http://kg.test/graph/s/1/identity")
Statement = tuple[str, str, str]
_PREDICATES = {
    "used": prov("used"),
    "by": prov("wasGeneratedBy"),
    "from": prov("wasDerivedFrom"),
    "informed": prov("wasInformedBy"),
    "member": prov("hadMember"),
    "part": kg("partOfRun"),
    "id": kg("hasIdentifierKey"),
    "content": kg("hasContentKey"),
}


def node(name: str) -> NamedNode:
    return NamedNode(NS + name)


def store_of(*statements: Statement) -> OxigraphStore:
    """A store of statements such as ``("b", "by", "run")``; activities are typed."""
    aligned, identity = [], []
    for subject, word, object_ in statements:
        target = identity if word in ("id", "content") else aligned
        target.append(Triple(node(subject), _PREDICATES[word], node(object_)))
        activity = {"used": subject, "by": object_, "informed": subject}.get(word)
        if activity:
            aligned.append(Triple(node(activity), RDF_TYPE, prov("Activity")))
    store = OxigraphStore()
    store.commit(
        Change(graphs={ALIGNED: Statements.of(aligned), IDENTITY: Statements.of(identity)})
    )
    return store


def lineage(
    statements: list[Statement],
    start: str,
    direction: Direction,
    *,
    depth: int | None = None,
    limit: int = 100_000,
    policy: Policy = Policy.DEFAULT,
    granularity: Granularity = Granularity.STEP,
) -> Lineage:
    edges = StoreEdges(store_of(*statements), policy)
    level = RunLevel(edges) if granularity is Granularity.RUN else FinestLevel(edges)
    request = Request(node(start), direction, depth, limit, policy, granularity)
    return walk(request, level)


def names(answer: Lineage) -> set[str]:
    return {iri.value.removeprefix(NS) for iri in answer.nodes}


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


def same_as(statements: list[Statement], start: str) -> set[str]:
    """What shares a key with the start, or with something that does, and so on."""
    found = {start}
    while True:
        keys = {o for s, word, o in statements if word in ("id", "content") and s in found}
        more = {s for s, word, o in statements if word in ("id", "content") and o in keys}
        if more <= found:
            return found
        found |= more


_ENTITIES = [f"e{i}" for i in range(6)]
_ACTIVITIES = [f"a{i}" for i in range(4)]
_entity, _activity = st.sampled_from(_ENTITIES), st.sampled_from(_ACTIVITIES)
_statement = st.one_of(
    st.tuples(_activity, st.just("used"), _entity),
    st.tuples(_entity, st.just("by"), _activity),
    st.tuples(_entity, st.just("from"), _entity),
    st.tuples(_entity, st.just("member"), _entity),
    st.tuples(_activity, st.just("informed"), _activity),
    st.tuples(_entity, st.sampled_from(["id", "content"]), st.sampled_from(["k1", "k2"])),
    st.tuples(st.just("a1"), st.just("part"), st.just("a0")),
    st.tuples(st.just("a2"), st.just("part"), st.just("a0")),
)
_graphs = st.lists(_statement, max_size=14)


@given(_graphs, _entity, _entity)
@settings(max_examples=300, deadline=None)
def test_law_upstream_and_downstream_are_inverse(
    graph: list[Statement], first: str, second: str
) -> None:
    # a collection is left out of its members' lineage where it leads nowhere, by design
    collections = {s for s, word, _ in graph if word == "member"}
    if {first, second} & {n for c in collections for n in same_as(graph, c)}:
        return
    for granularity in Granularity:
        above = lineage(graph, second, Direction.UP, granularity=granularity).nodes
        below = lineage(graph, first, Direction.DOWN, granularity=granularity).nodes
        # a container is there only for what is in it, so it has no counterpart
        if node(first) in above and not above[node(first)].container:
            assert node(second) in below
        if node(second) in below and not below[node(second)].container:
            assert node(first) in above


@given(_graphs, _entity, st.integers(0, 4))
@settings(max_examples=100, deadline=None)
def test_law_a_greater_depth_only_adds(graph: list[Statement], start: str, depth: int) -> None:
    assert up(graph, start, depth=depth) <= up(graph, start, depth=depth + 1)


@given(_graphs, _entity)
@settings(max_examples=100, deadline=None)
def test_law_policies_nest(graph: list[Statement], start: str) -> None:
    strict = up(graph, start, policy=Policy.STRICT)
    assert strict <= up(graph, start, policy=Policy.DEFAULT) <= up(graph, start, policy=Policy.ALL)


@given(_graphs, _entity, st.randoms())
@settings(max_examples=50, deadline=None)
def test_law_the_order_of_statements_does_not_matter(
    graph: list[Statement], start: str, random: object
) -> None:
    shuffled = list(graph)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert up(graph, start) == up(shuffled, start)
