"""Laws that hold for every question: what a parameter does, no row twice, a settled order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal
from support import BASE, EXAMPLE, take_all

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.questions import Question, ask, load_questions
from kg_service.resources import resource_folder
from kg_service.store.bound import bind
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Term
from kg_service.tables import Cell, Table, evaluate
from kg_service.vocabulary import keep_vocabulary
from kg_service.withdraw import withdraw

CASES = Path(__file__).parent / "cases"
QUESTIONS = load_questions(resource_folder("queries"))
# what the questions that need a start are asked about, by name
STARTS = {
    "specimen": "plant",
    "result": "traits.png",
    "sample": "stained-root-01",
    "thing": "10.5072/els.ls-4711.01",
}
VALUES_TRIED = 4


@pytest.fixture(scope="module")
def graph(alignment: Alignment) -> KnowledgeGraph:
    """Sources of laboratory, facility and workflow, what stewards look for, and a tombstone."""
    store = OxigraphStore()
    keep_vocabulary(store, alignment, resource_folder("ontologies"))
    inputs = [CASES / case / "input" for case in ("runs", "chain", "steward", "circumstances")]
    for report in take_all(store, alignment, EXAMPLE, *inputs):
        assert report.error is None, report.error
    withdraw(store, BASE, "engine", "it was superseded")
    return KnowledgeGraph(store, alignment)


def rows(graph: KnowledgeGraph, sparql: str, bindings: dict[str, Term]) -> Table:
    answer = evaluate(graph.reader, sparql, bindings)
    assert isinstance(answer, Table)
    return answer


def starts(graph: KnowledgeGraph, question: Question) -> dict[str, Term]:
    return {p.name: graph.resolve(STARTS[p.name]) for p in question.parameters if p.required}


def narrowings(table: Table, name: str) -> Iterator[tuple[Term, list[tuple[Cell, ...]]]]:
    """Values of a column, each with the rows that hold it."""
    at = table.columns.index(name)
    values = sorted({row[at] for row in table.rows}, key=str)
    for value in values[:: max(1, len(values) // VALUES_TRIED)]:
        yield value, [row for row in table.rows if row[at] == value]  # type: ignore[misc]


def parameters() -> list[tuple[Question, str]]:
    return [(q, p.name) for q in QUESTIONS for p in q.parameters if not p.required]


@pytest.mark.parametrize(
    ("question", "name"), parameters(), ids=lambda v: v if isinstance(v, str) else v.id
)
def test_a_parameter_keeps_the_rows_that_hold_its_value(
    graph: KnowledgeGraph, question: Question, name: str
) -> None:
    """Whether the engine binds it beforehand, or a VALUES block in the text does."""
    given = starts(graph, question)
    whole = rows(graph, question.text, given)
    assert all(row[whole.columns.index(name)] is not None for row in whole.rows)
    for value, wanted in narrowings(whole, name):
        bound = {**given, name: value}
        assert list(rows(graph, question.text, bound).rows) == wanted
        assert list(rows(graph, bind(question.text, bound), {}).rows) == wanted
        if name == "source" and not given:
            assert isinstance(value, Literal)
            assert list(ask(graph.reader, question, {"source": value.value}).rows) == wanted


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_no_row_comes_twice_and_the_order_is_settled(
    graph: KnowledgeGraph, question: Question
) -> None:
    given = starts(graph, question)
    answer = rows(graph, question.text, given)
    assert len(set(answer.rows)) == len(answer.rows)
    assert "ORDER BY" in question.text
    assert "LIMIT" not in question.text
    assert answer.rows == rows(graph, question.text, given).rows


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_the_sources_here_have_something_for_every_question(
    graph: KnowledgeGraph, question: Question
) -> None:
    """A question that found nothing here would prove nothing by the laws above."""
    assert rows(graph, question.text, starts(graph, question)).rows
