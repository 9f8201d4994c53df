"""The walk over the index gives the answers of the walk over the store."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest import mock

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from index.graphs import enlist, feed, graphs_of
from lineage.test_laws import _depths, _granularities, _graphs, _policies, _starts
from lineage_graphs import Statement, node, store_of, tell_sources

from kg_service.identity.evidence import Policy
from kg_service.index.lineage import LineageIndex
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.model import Direction, Filter, Granularity, Lineage, Request


def told(answer: Lineage) -> object:
    nodes = {
        (n.iri.value, n.kind, n.depth, n.container, frozenset(n.stops))
        for n in answer.nodes.values()
    }
    moves = set(answer.up), set(answer.down)
    return nodes, set(answer.edges), moves, answer.request.start


@given(
    _graphs, _starts, st.sampled_from(Direction), _depths, _policies, _granularities,
    st.integers(1, 4), st.integers(0, 4), st.sampled_from([0, 8]),
)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_answers_are_those_of_the_store(
    graph: list[Statement],
    start: str,
    direction: Direction,
    depth: int | None,
    policy: Policy,
    level: Granularity,
    sources: int,
    fed: int,
    tier: int,
) -> None:
    store = store_of(*graph, sources=sources)
    graphs = graphs_of(store)
    request = Request(node(start), direction, depth, 100_000, policy, level)
    with tempfile.TemporaryDirectory() as folder, mock.patch("kg_service.index.writer._TIER", tier):
        # some are in the index, each with a segment of its own; readers take in the others
        index = feed(store, Path(folder), *([graph] for graph in graphs[:fed]))
        enlist(store, *graphs[fed:])
        lineage = LineageIndex(index)
        answer = lineage.lineage(request, store)
        assert lineage.reader(store) is not store
    assert told(answer) == told(lineage_asked(request, store))


_NAMES = st.frozensets(st.sampled_from(["s0", "s1", "s2", "e0", "e1", "e2", "e3"]), min_size=1)


@given(_graphs, _starts, st.sampled_from(Direction), _depths, _policies, _NAMES)
@settings(max_examples=200, deadline=None)
def test_only_some_sources_are_looked_at(
    graph: list[Statement],
    start: str,
    direction: Direction,
    depth: int | None,
    policy: Policy,
    names: frozenset[str],
) -> None:
    store = store_of(*graph, sources=3)
    graphs = graphs_of(store)
    told_of = {g.value.split("/")[4] for g in graphs}
    assume(names <= told_of)
    by = Filter(sources=names)
    request = Request(node(start), direction, depth, policy=policy, filter=by)
    with tempfile.TemporaryDirectory() as folder:
        index = LineageIndex(feed(store, Path(folder), graphs))
        tell_sources(store)
        answer = index.lineage(request, store)
    assert told(answer) == told(lineage_asked(request, store))
