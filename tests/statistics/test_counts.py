"""Counting graphs: against sets, in any order, and joined."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from kg_service.statistics.counts import count, total
from kg_service.store.statements import Statements
from kg_service.terms import RDF_TYPE

NODES = st.sampled_from([NamedNode(f"http://kg.test/{name}") for name in "abcde"])
PROPERTIES = st.sampled_from(
    [RDF_TYPE, NamedNode("http://kg.test/p"), NamedNode("http://kg.test/q")]
)
LITERALS = st.sampled_from([Literal("a"), Literal("a .\n"), Literal("1", language="en")])
TRIPLES = st.builds(Triple, NODES, PROPERTIES, NODES) | st.builds(
    Triple, NODES, st.just(NamedNode("http://kg.test/p")), LITERALS
)
GRAPHS = st.lists(st.lists(TRIPLES, max_size=30), max_size=4)


def lines_of(graph: Iterable[Triple]) -> list[bytes]:
    statements = Statements.of(graph)
    try:
        return list(statements.lines())
    finally:
        statements.close()


@given(GRAPHS)
def test_counts_are_those_of_sets(graphs: list[list[Triple]]) -> None:
    found = total([count(lines_of(graph)) for graph in graphs])
    statements = [triple for graph in graphs for triple in set(graph)]
    typed = {(t.object, t.subject) for t in statements if t.predicate == RDF_TYPE}
    assert found.triples == len(statements)
    assert found.subjects == len({t.subject for t in statements})
    assert found.objects == len({t.object for t in statements})
    assert found.entities == len({subject for _, subject in typed})
    assert found.properties == {
        p.value: sum(t.predicate == p for t in statements)
        for p in {t.predicate for t in statements}
    }
    assert found.classes == {
        c.value: sum(class_ == c for class_, _ in typed)  # type: ignore[union-attr]
        for c in {class_ for class_, _ in typed}
    }


@given(st.lists(TRIPLES, max_size=30))
def test_order_does_not_matter(graph: list[Triple]) -> None:
    forth = count(lines_of(graph))
    back = count(lines_of(reversed(graph)))
    assert forth.properties == back.properties
    assert total([forth]) == total([back]) == total([forth, count([])])


@given(st.lists(TRIPLES, max_size=30))
def test_known_numbers_are_taken(graph: list[Triple]) -> None:
    lines = lines_of(graph)
    whole = count(lines)
    assert total([count(lines, whole.properties)]) == total([whole])
