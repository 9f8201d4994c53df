"""No answer depends on the order in which the store gives statements.

A store gives them in an order that everything in it has a part in, what a caller may not see
included; and an index in that in which sources were taken in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from index.graphs import enlist, feed, graphs_of
from lineage.test_laws import _activity, _entity, _statement
from lineage_graphs import Statement, node, store_of
from pyoxigraph import NamedNode, Quad
from tracing.states import request, state_over

from kg_service.describe import Describer
from kg_service.errors import KgError
from kg_service.identity.evidence import Policy
from kg_service.index.lineage import LineageIndex
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.ends import find_results, find_specimens
from kg_service.lineage.model import Request
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import NO_BINDINGS, GraphReader, QueryResult, Term
from kg_service.tracing.affected import find_affected
from kg_service.tracing.common import find_common
from kg_service.tracing.compare import find_differences
from kg_service.tracing.gaps import find_gaps
from kg_service.tracing.paths import find_paths
from kg_service.tracing.state import State


class Shuffled:
    """Reads a store, each pattern's statements in another order."""

    def __init__(self, reader: GraphReader, chance: Random) -> None:
        self._reader = reader
        self._chance = chance

    def frozen(self) -> GraphReader:
        return self

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        return self._reader.query(sparql, bindings)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        told = list(self._reader.quads(subject, predicate, object_, graph))
        self._chance.shuffle(told)
        return iter(told)


def shuffled(state: State, seed: int) -> State:
    reader = Shuffled(state.reader, Random(seed))
    return State(reader, state.alignment, lambda r: lineage_asked(r, reader), Describer(reader))


def indexed(state: State, store: OxigraphStore, folder: Path, seed: int) -> State:
    """Read by an index that took the graphs in in another order."""
    graphs = graphs_of(store)
    Random(seed).shuffle(graphs)
    index = LineageIndex(feed(store, folder, *([graph] for graph in graphs)))
    return State(
        index.reader(store),
        state.alignment,
        lambda request: index.lineage(request, store),
        Describer(store),
    )


QUESTIONS: dict[str, Callable[[State, Request, NamedNode], Any]] = {
    "affected": lambda state, asked, other: find_affected(state, asked, [asked.start, other]),
    "common": lambda state, asked, other: find_common(state, asked, [asked.start, other]),
    "path": lambda state, asked, other: find_paths(state, asked, other),
    "paths": lambda state, asked, other: find_paths(state, asked, other, limit=5),
    "gaps": lambda state, asked, _other: find_gaps(state, asked),
    "differences": find_differences,
    "results": lambda state, asked, _other: find_results(state.describer, state.lineage(asked)),
    "specimens": lambda state, asked, _other: find_specimens(state.describer, state.lineage(asked)),
}
_context = st.sampled_from(["c0", "c1"])
_told = st.one_of(
    _statement,
    _statement,
    st.tuples(_activity, st.sampled_from(["plan", "instrument"]), _context),
    st.tuples(_context, st.just("tool"), _context),
    st.tuples(_entity, st.just("is"), st.sampled_from(["Specimen", "File"])),
)
_starts = st.one_of(_entity, _entity, _activity, _context)
# result b is made by run r, and has the content of a, which is made by another
_COPY: list[Statement] = [
    ("a0", "used", "e0"), ("e1", "by", "a0"), ("a1", "used", "e0"), ("e2", "by", "a1"),
    ("e1", "content", "k"), ("e2", "content", "k"),
]  # fmt: skip


@given(
    st.lists(_told, max_size=18), st.integers(1, 3), _starts, _starts, st.sampled_from(Policy),
    st.one_of(st.none(), st.integers(0, 3)), st.sampled_from([3, 100_000]),
    st.sampled_from(sorted(QUESTIONS)),
)  # fmt: skip
@example(_COPY, 2, "e0", "e0", Policy.DEFAULT, None, 100_000, "affected")
@settings(max_examples=600, deadline=None)
def test_answers_do_not_depend_on_the_order_of_statements(
    graph: list[Statement],
    sources: int,
    start: str,
    other: str,
    policy: Policy,
    depth: int | None,
    limit: int,
    question: str,
) -> None:
    store = store_of(*graph, sources=sources)
    enlist(store, *graphs_of(store))
    state = state_over(store)
    asked = replace(request(start), policy=policy, depth=depth, limit=limit)
    with tempfile.TemporaryDirectory() as folder:
        states = [state, *(shuffled(state, seed) for seed in range(4))]
        if limit > len(graph):  # else it decides what is left out
            states += [indexed(state, store, Path(folder) / str(seed), seed) for seed in range(2)]
        told = [answer(one, question, asked, node(other)) for one in states]
    assert all(one == told[0] for one in told)


def answer(state: State, question: str, asked: Request, other: NamedNode) -> Any:
    try:
        return QUESTIONS[question](state, asked, other).as_json()
    except KgError as error:
        return str(error)
