"""The graph of examples in the store: the questions, for who asks the endpoint for them."""

from __future__ import annotations

from collections.abc import Iterable

from kg_service.questions.executables import executables
from kg_service.questions.model import Question
from kg_service.store.port import GraphStore
from kg_service.terms import EXAMPLES
from kg_service.vocabulary import keep_graph


def keep_examples(store: GraphStore, questions: Iterable[Question], base: str) -> None:
    """Put the questions into the store, unless they are there as they are now."""
    keep_graph(store, EXAMPLES, executables(questions, base))
