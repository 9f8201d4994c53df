"""Golden answers: each case folder holds crates, and what each question asked of them must answer.

``expected/<question>.tsv`` may begin with ``# name=value`` lines, the parameters given; then come
the columns and the rows, with the sources' base address left out.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support import BASE, ingest_into_memory

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.questions import ask, load_questions, question_named
from kg_service.resources import resource_folder

FOLDER = Path(__file__).parent / "cases"
QUESTIONS = load_questions(resource_folder("queries"))
EXPECTED = sorted(FOLDER.glob("*/expected/*.tsv"))


@pytest.fixture(scope="module")
def graphs(alignment: Alignment) -> dict[str, KnowledgeGraph]:
    cases = {path.parent.parent for path in EXPECTED}
    return {case.name: ingest_into_memory(alignment, case / "input") for case in cases}


def answered(graph: KnowledgeGraph, expected: Path) -> str:
    """The answer in the form of an expected file."""
    lines = expected.read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line.startswith("# ")]
    given = {name: value for name, _, value in (line[2:].partition("=") for line in told)}
    question = question_named(QUESTIONS, expected.stem.partition(".")[0])
    table = ask(graph.reader, question, given, graph.resolve)
    rows = [list(table.columns), *table.texts()]
    text = "".join("\t".join(row).rstrip("\t") + "\n" for row in rows)
    return "".join(f"{line}\n" for line in told) + text.replace(f"{BASE}/source/", "")


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_answer(graphs: dict[str, KnowledgeGraph], expected: Path) -> None:
    graph = graphs[expected.parent.parent.name]
    assert answered(graph, expected) == expected.read_text(encoding="utf-8")
