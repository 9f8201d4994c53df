"""Laws of identity, whatever the sources say."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from identity.things import Source, add, aligned, iri, joined, remove, same
from pyoxigraph import NamedNode

from kg_service.identity.decisions import Verdict
from kg_service.identity.evidence import Evidence, Policy
from kg_service.identity.links import identity_triples
from kg_service.lineage.edges import StoreEdges
from kg_service.links.listing import Links
from kg_service.links.stewardship import judge

_KINDS = st.sampled_from(["File", "Dataset", "Sample", "Specimen", "Activity", "Person", "Entity"])
_DOIS = st.sampled_from(["10.5072/a", "https://doi.org/10.5072/A", "10.5072/b", "not one"])
_THINGS = st.fixed_dictionaries(
    {"a": _KINDS},
    optional={
        "id": _DOIS,
        "same": st.sampled_from(["http://kg.test/source/s0/t0", "https://doi.org/10.5072/b"]),
        "sha256": st.sampled_from(["a" * 64, "b" * 64]),
        "size": st.sampled_from(["3", "100", "101"]),
        "location": st.sampled_from(["/data/x/1", "/", "https://data.example/1"]),
        "facility": st.sampled_from(["ELS", "other"]),
        "label": st.sampled_from(["leaf 1", "Leaf_1", "root"]),
    },
)
_SOURCES = st.lists(
    st.lists(_THINGS, min_size=1, max_size=3).map(
        lambda things: {f"t{n}": told for n, told in enumerate(things)}
    ),
    min_size=1,
    max_size=4,
).map(lambda sources: {f"s{n}": things for n, things in enumerate(sources)})
Sources = dict[str, Source]


def nodes(sources: Sources) -> list[NamedNode]:
    return [iri(source, name) for source, things in sources.items() for name in things]


@given(sources=_SOURCES)
@settings(max_examples=150, deadline=None)
def test_law_the_same_from_both_sides(sources: Sources) -> None:
    store = joined(sources)
    for policy in Policy:
        edges = StoreEdges(store, policy)
        for node in nodes(sources):
            for edge in edges.same_as(node):
                other = edge.later if edge.earlier == node else edge.earlier
                assert edge in StoreEdges(store, policy).same_as(other)


@given(sources=_SOURCES)
@settings(max_examples=150, deadline=None)
def test_law_each_policy_follows_what_the_stricter_one_does(sources: Sources) -> None:
    store = joined(sources)
    for node in nodes(sources):
        strict, default, everything = (same(store, node, policy) for policy in Policy)
        assert strict <= default <= everything


@given(sources=_SOURCES, order=st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_law_the_order_of_ingest_does_not_matter(sources: Sources, order: object) -> None:
    shuffled = list(sources)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = joined(sources), joined(sources, shuffled)
    assert set(one.quads()) == set(other.quads())
    for node in nodes(sources):
        assert StoreEdges(one, Policy.ALL).same_as(node) == StoreEdges(other, Policy.ALL).same_as(
            node
        )


@given(sources=_SOURCES)
@settings(max_examples=100, deadline=None)
def test_law_a_source_that_goes_takes_its_links_along(sources: Sources) -> None:
    store = joined(sources)
    before = {node: same(store, node) for node in nodes(sources)}
    add(store, "more", {f"t{n}": told for n, told in enumerate(_EVERYTHING)})
    remove(store, "more")
    assert {node: same(store, node) for node in nodes(sources)} == before


_EVERYTHING = [
    {"a": "Dataset", "id": "10.5072/a", "location": "/data/x/1", "facility": "ELS"},
    {"a": "File", "sha256": "a" * 64, "location": "https://data.example/1"},
    {"a": "Sample", "label": "leaf 1", "same": "https://doi.org/10.5072/b"},
]


@given(sources=_SOURCES)
@settings(max_examples=100, deadline=None)
def test_law_no_activity_is_the_same_as_anything(sources: Sources) -> None:
    store = joined(sources)
    for source, things in sources.items():
        for name, told in things.items():
            if told["a"] == "Activity":
                assert same(store, iri(source, name), Policy.ALL) == set()


@given(sources=_SOURCES, pick=st.data())
@settings(max_examples=100, deadline=None)
def test_law_a_rejected_pair_is_never_a_link(sources: Sources, pick: st.DataObject) -> None:
    store = joined(sources)
    all_nodes = nodes(sources)
    one, other = (pick.draw(st.sampled_from(all_nodes)) for _ in range(2))
    if one == other:
        return
    judge(store, (one, other), Verdict.REJECTED, "no", "me")
    for policy in Policy:
        for edge in StoreEdges(store, policy).same_as(one):
            assert {edge.earlier, edge.later} != {one, other}
        group = {n for e in StoreEdges(store, policy).same_as(one) for n in (e.earlier, e.later)}
        keys = {e.statement[2] for e in StoreEdges(store, policy).same_as(one)}
        for third in group - {one, other}:
            for edge in StoreEdges(store, policy).same_as(third):
                assert other not in (edge.earlier, edge.later) or edge.statement[2] not in keys


@given(sources=_SOURCES)
@settings(max_examples=100, deadline=None)
def test_law_the_list_tells_what_is_followed(sources: Sources) -> None:
    """A link of a thing says that a policy follows it where the walk under that policy does."""
    store = joined(sources)
    for node in nodes(sources):
        links = list(Links(store).listed(node, tuple(Evidence)))
        for policy in Policy:
            listed = {
                frozenset((link.first.thing.iri, link.second.thing.iri))
                for link in links
                if policy in link.policies
            }
            edges = StoreEdges(store, policy).same_as(node)
            assert listed == {frozenset((e.earlier.value, e.later.value)) for e in edges}


def test_copies_cost_as_many_statements_as_there_are() -> None:
    def cost(copies: int) -> int:
        files: Source = {f"f{n}": {"a": "File", "sha256": "a" * 64} for n in range(copies)}
        return len(identity_triples(aligned("s", files)))

    assert [cost(n) for n in (1, 2, 50)] == [1, 2, 50]


def test_the_statements_are_read_by_iteration_only() -> None:
    """A source need not fit into memory: what is given is iterated, a few times, and not kept."""

    class Streamed:
        passes = 0

        def __iter__(self):  # type: ignore[no-untyped-def]
            self.passes += 1
            told = {"id": "10.5072/a", "location": "/data/x", "facility": "ELS", "label": "it"}
            return iter(aligned("s", {"d": {"a": "Dataset", **told}, "e": {"a": "Sample", **told}}))

    streamed = Streamed()
    assert identity_triples(streamed) == identity_triples(list(streamed))
    assert streamed.passes <= 6


def test_many_that_share_an_identifier_are_joined_by_way_of_one() -> None:
    sources: Sources = {f"s{n:03}": {"d": {"a": "Dataset", "id": "10.5072/a"}} for n in range(150)}
    store = joined(sources)
    for source in ("s000", "s075", "s149"):
        assert len(same(store, iri(source, "d"))) == 149
    edges = StoreEdges(store, Policy.DEFAULT)
    assert sum(len(edges.same_as(node)) for node in nodes(sources)) == 2 * 149
