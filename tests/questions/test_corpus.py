"""Every question over a few dozen real files: it is answered, in time, and as its laws say."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support import take_all

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.questions import Question, ask, load_questions
from kg_service.questions.needs import answerable
from kg_service.rdf import subject_of
from kg_service.resources import resource_folder
from kg_service.store.embedded import OxigraphStore
from kg_service.terms import RDF_TYPE, kg

QUESTIONS = load_questions(resource_folder("queries"))
# of every kind of source, small ones
FOLDERS = (
    "rocrate/sapporo-service", "rocrate/snakemake-report", "rocrate/compss-lysozyme",
    "rocrate/mgnify-assembly-analysis", "rocrate/arc-export", "rocrate/bge-profile",
    "facility/scicatlive-seed", "facility/panosc-search-api", "isa/arctrl-testobjects",
    "prov/cwlprov", "other/marquez", "other/datacite-bolognese",
)  # fmt: skip
ALLOWED = 60.0


@pytest.fixture(scope="module")
def real(alignment: Alignment, corpus: Path) -> KnowledgeGraph:
    store = OxigraphStore()
    take_all(store, alignment, *(corpus / folder for folder in FOLDERS))
    graph = KnowledgeGraph(store, alignment)
    assert len(graph.sources()) > 30
    return graph


def start(graph: KnowledgeGraph, question: Question) -> dict[str, str]:
    """A material for a specimen or a sample, and a file for all else."""
    given = {}
    for parameter in question.required:
        kind = "Material" if parameter.name in ("specimen", "sample") else "File"
        found = graph.reader.quads(None, RDF_TYPE, kg(kind))
        given[parameter.name] = min(subject_of(quad).value for quad in found)
    return given


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_it_is_answered_without_doubles(real: KnowledgeGraph, question: Question) -> None:
    began = time.monotonic()
    table = ask(real.reader, question, start(real, question))
    assert time.monotonic() - began < ALLOWED
    assert len(set(table.rows)) == len(table.rows)


def test_what_a_source_lacks_it_does_not_answer(real: KnowledgeGraph) -> None:
    """And what has rows for a source is not called unanswerable."""
    by_source = [q for q in QUESTIONS if any(p.name == "source" for p in q.parameters)]
    free = [q for q in by_source if not q.required]
    told = {}
    for question in free:
        table = ask(real.reader, question, {})
        at = table.columns.index("source")
        told[question.id] = {row[at].value for row in table.rows if row[at] is not None}
    faults = [
        f"{record.id}: {one.question.id} lacks {', '.join(map(str, one.missing))}"
        for record in real.sources()
        for one in answerable(real.reader, free, record)
        if one.missing and record.id in told[one.question.id]
    ]
    assert not faults
