"""Golden answers: each case folder holds sources, and what each question asked of them must answer.

``expected/<question>.tsv`` may begin with ``# name=value`` lines, the parameters given; then come
the columns and the rows, with the sources' base address left out. The case
``examples`` is about the examples that come with the service; every question has an answer there.

What differs from run to run is left out: the time and account of an ingest, and where the
repository lies. ``KG_RENEW_ANSWERS=1`` writes what is answered now; read what it changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import BASE, REPOSITORY

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.questions import Question, ask, load_questions, question_named
from kg_service.resources import resource_folder
from kg_service.store.embedded import OxigraphStore
from kg_service.vocabulary import keep_vocabulary

FOLDER = Path(__file__).parent / "cases"
QUESTIONS = load_questions(resource_folder("queries"))
EXPECTED = sorted(FOLDER.glob("*/expected/*.tsv"))
# sources without an identifier of their own would be named after where they lie
EXAMPLES = {
    "barley-roots/1-laboratory-isa": None,
    "barley-roots/2-facility-icat": "barley-facility",
    "barley-roots/3-workflow-run-crate": None,
    "labid/export.json": None,
    "labid/crate": "zebrafish-crate",
}
OF_THE_RUN = {
    "sources": {"ingested"},
    "source-versions": {"ingested", "by", "software"},
}


def knowledge(alignment: Alignment, case: Path) -> KnowledgeGraph:
    """The sources of a case."""
    sources: dict[Path, str | None] = {case / "input": None}
    if case.name == "examples":
        sources = {REPOSITORY / "examples" / place: id_ for place, id_ in EXAMPLES.items()}
    store = OxigraphStore()
    keep_vocabulary(store, alignment, resource_folder("ontologies"))
    intake = Intake(store, alignment, BASE)
    for path, source_id in sources.items():
        for report in intake.take_path(path, source_id):
            assert report is None or report.error is None, report.error
    return KnowledgeGraph(store, alignment)


@pytest.fixture(scope="module")
def graphs(alignment: Alignment) -> dict[str, KnowledgeGraph]:
    cases = {path.parent.parent for path in EXPECTED}
    return {case.name: knowledge(alignment, case) for case in cases}


def answered(graph: KnowledgeGraph, question: Question, told: list[str]) -> str:
    """The answer in the form of an expected file; ``told`` are its lines of parameters."""
    given = {name: value for name, _, value in (line[2:].partition("=") for line in told)}
    table = ask(graph.reader, question, given, graph.resolve)
    left_out = OF_THE_RUN.get(question.id, set())
    rows = [list(table.columns)]
    for row in table.texts():
        cells = zip(table.columns, row, strict=True)
        rows.append(["..." if column in left_out else cell for column, cell in cells])
    text = "".join("\t".join(row).rstrip("\t") + "\n" for row in rows)
    text = text.replace(f"{BASE}/source/", "").replace(f"{BASE}/", "/")
    return "".join(f"{line}\n" for line in told) + text.replace(f"{REPOSITORY}/", "")


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_answer(graphs: dict[str, KnowledgeGraph], expected: Path) -> None:
    wanted = expected.read_text(encoding="utf-8")
    told = [line for line in wanted.splitlines() if line.startswith("# ")]
    question = question_named(QUESTIONS, expected.stem.partition(".")[0])
    found = answered(graphs[expected.parent.parent.name], question, told)
    if os.environ.get("KG_RENEW_ANSWERS"):
        expected.write_text(found, encoding="utf-8")
    assert found == wanted


def test_every_question_has_an_answer_on_the_examples() -> None:
    there = {path.stem.partition(".")[0] for path in (FOLDER / "examples" / "expected").iterdir()}
    assert there == {question.id for question in QUESTIONS}
