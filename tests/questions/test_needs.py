"""What a question needs: told of its text, and true of the sources that can answer it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import BASE, REPOSITORY, take_all

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.questions import Question, ask, load_questions
from kg_service.questions.needs import answerable
from kg_service.rdf import subject_of
from kg_service.resources import resource_folder
from kg_service.store.embedded import OxigraphStore
from kg_service.tables import Table
from kg_service.terms import RDF_TYPE, kg, prov
from kg_service.vocabulary import keep_vocabulary
from kg_service.withdraw import withdraw

QUESTIONS = load_questions(resource_folder("queries"))
CASES = Path(__file__).parent / "cases"
PLACES = [
    *(REPOSITORY / "examples" / "barley-roots").glob("*/"),
    REPOSITORY / "examples" / "labid" / "export.json",
    REPOSITORY / "examples" / "labid" / "crate",
    *(CASES / "steward" / "input").glob("*/"),
    *(CASES / "runs" / "input").glob("*/"),
    CASES / "circumstances" / "input",
]
# what only another source, or a steward, can add to what a source tells itself
NOT_OF_ONE_SOURCE = {"withdrawn-sources"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_the_needs_are_used_in_the_text(question: Question) -> None:
    text = "\n".join(line for line in question.text.splitlines() if not line.startswith("#"))
    used = set(re.findall(r"\b[a-z]+:\w+", re.sub(r"<[^>]*>", "", text)))
    for need in question.needs:
        for pattern in need.any_of:
            assert set(pattern.terms) <= used, need


def only_source(alignment: Alignment, place: Path) -> KnowledgeGraph:
    store = OxigraphStore()
    keep_vocabulary(store, alignment, resource_folder("ontologies"))
    (report,) = take_all(store, alignment, place)
    assert report.error is None
    return KnowledgeGraph(store, alignment)


def any_answer(graph: KnowledgeGraph, question: Question) -> Table:
    """The answer, over all starts where it needs one: until one has rows."""
    if not question.required:
        return ask(graph.reader, question, {})
    (start,) = question.required
    for node in starts(graph, start.name):
        table = ask(graph.reader, question, {start.name: node})
        if table.rows:
            return table
    return Table((), ())


def starts(graph: KnowledgeGraph, name: str) -> list[str]:
    """All that a question can start from: materials for a specimen, else anything."""
    if name == "specimen":
        quads = graph.reader.quads(None, RDF_TYPE, kg("Material"))
    else:
        quads = graph.reader.quads(None, RDF_TYPE, prov("Entity"))
    return sorted({subject_of(quad).value for quad in quads})


@pytest.mark.parametrize("place", PLACES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_what_is_called_answerable_is_answered(alignment: Alignment, place: Path) -> None:
    """And what is not has no answer."""
    graph = only_source(alignment, place)
    (record,) = graph.sources()
    faults = []
    for one in answerable(graph.reader, QUESTIONS, record):
        table = any_answer(graph, one.question)
        if one.missing and table.rows:
            faults.append(f"{one.question.id} lacks {', '.join(map(str, one.missing))}, has rows")
        if not one.missing and not one.question.empty and not table.rows:
            faults.append(f"{one.question.id} lacks nothing, has no rows")
    assert not faults


def test_every_question_is_answered_somewhere_and_lacks_something_elsewhere(
    alignment: Alignment,
) -> None:
    can: dict[str, set[bool]] = {question.id: set() for question in QUESTIONS}
    for place in PLACES:
        graph = only_source(alignment, place)
        (record,) = graph.sources()
        for one in answerable(graph.reader, QUESTIONS, record):
            can[one.question.id].add(not one.missing)
    assert {id_ for id_, found in can.items() if True not in found} <= NOT_OF_ONE_SOURCE
    needs_nothing = {question.id for question in QUESTIONS if not question.needs}
    always = {id_ for id_, found in can.items() if False not in found}
    assert needs_nothing <= always


def test_a_withdrawn_source_that_came_back_has_its_tombstone(alignment: Alignment) -> None:
    store = OxigraphStore()
    place = CASES / "steward" / "input" / "again"
    take_all(store, alignment, place)
    withdraw(store, BASE, "again", "superseded", "https://orcid.org/0000-0002-1825-0097")
    graph = KnowledgeGraph(store, alignment)
    question = next(q for q in QUESTIONS if q.id == "withdrawn-sources")
    (row,) = ask(graph.reader, question, {}).texts()
    told = dict(zip((c.name for c in question.columns), row, strict=True))
    assert told["source"] == "again"
    assert told["reason"] == "superseded"
    assert told["by"] == "https://orcid.org/0000-0002-1825-0097"
    assert told["withdrawn"]
