"""Graphs of the store that belong to no source: the vocabulary, and the questions as examples."""

from __future__ import annotations

from kg_service.align.engine import Alignment
from kg_service.questions.executables import executables
from kg_service.questions.header import load_questions
from kg_service.resources import resource_folder
from kg_service.store.port import GraphStore
from kg_service.terms import EXAMPLES
from kg_service.vocabulary import keep_graph, keep_vocabulary


def keep_own_graphs(store: GraphStore, alignment: Alignment, base: str) -> None:
    """Put what the service itself says into the store, unless it is there as it is now."""
    keep_vocabulary(store, alignment, resource_folder("ontologies"))
    questions = load_questions(resource_folder("queries"))
    keep_graph(store, EXAMPLES, executables(questions, base))
