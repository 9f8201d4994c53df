"""The vocabulary graph is written once a version, not at every ingest."""

from __future__ import annotations

from kg_service.align.engine import Alignment
from kg_service.resources import resource_folder
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.vocabulary import keep_vocabulary, vocabulary_triples


class Counting(OxigraphStore):
    """A store that counts what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.commits = 0

    def commit(self, change: Change) -> None:
        self.commits += 1
        super().commit(change)


def test_the_same_ontologies_give_the_same_triples(alignment: Alignment) -> None:
    once, again = (vocabulary_triples(alignment, resource_folder("ontologies")) for _ in range(2))
    assert set(once) == set(again)
    assert len(set(once)) == len(once)


def test_what_is_in_is_not_written_again(alignment: Alignment) -> None:
    store = Counting()
    for _ in range(2):
        keep_vocabulary(store, alignment, resource_folder("ontologies"))
    assert store.commits == 1
