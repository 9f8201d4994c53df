"""Withdrawing a source: nothing of it stays but its record, and it can come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import BASE, crate, take_all

from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue
from kg_service.errors import NotKnown, UsageError, Withdrawn
from kg_service.report import Outcome
from kg_service.store.embedded import OxigraphStore
from kg_service.terms import CATALOGUE, kg, prov
from kg_service.tombstones import tombstones
from kg_service.withdraw import withdraw


@pytest.fixture
def store(alignment: Alignment, tmp_path: Path) -> OxigraphStore:
    store = OxigraphStore()
    crate(tmp_path / "a", {"@id": "x", "@type": "File"}, identifier="10.5072/a", name="A")
    crate(tmp_path / "b", {"@id": "x", "@type": "File"}, identifier="10.5072/b", name="B")
    take_all(store, alignment, tmp_path / "a", tmp_path / "b")
    return store


A, B = "doi-10.5072-a", "doi-10.5072-b"


def graphs(store: OxigraphStore) -> set[str]:
    return {q.graph_name.value for q in store.quads()}  # type: ignore[union-attr]


def test_its_graphs_go_and_its_record_stays(store: OxigraphStore) -> None:
    stone = withdraw(store, BASE, A, "why", "me")
    assert (stone.id, stone.title, stone.who, stone.because) == (A, "A", "me", "why")
    assert [record.id for record in Catalogue(store).sources()] == [B]
    assert not [graph for graph in graphs(store) if f"/{A}/" in graph]
    assert [graph for graph in graphs(store) if f"/{B}/" in graph]
    assert tombstones(store) == [stone]
    assert len(list(store.quads(None, kg("sha256"), None, CATALOGUE))) == 2


def test_what_is_not_there_can_not_be_withdrawn(store: OxigraphStore) -> None:
    with pytest.raises(NotKnown, match="did you mean"):
        withdraw(store, BASE, "doi-10.5072-c", "why")
    with pytest.raises(UsageError, match="say why"):
        withdraw(store, BASE, A, " ")
    withdraw(store, BASE, A, "why", "me")
    with pytest.raises(Withdrawn, match="by me: why"):
        withdraw(store, BASE, A, "again")


def test_the_same_version_comes_back_as_it_was(
    store: OxigraphStore, alignment: Alignment, tmp_path: Path
) -> None:
    (before,) = (r for r in Catalogue(store).sources() if r.id == A)
    quads = {q for q in store.quads() if q.graph_name != CATALOGUE}
    withdraw(store, BASE, A, "why", "me")
    (report,) = take_all(store, alignment, tmp_path / "a")
    assert report.outcome is Outcome.ADDED
    (after,) = (r for r in Catalogue(store).sources() if r.id == A)
    assert {**vars(after), "ingested": ""} == {**vars(before), "ingested": ""}
    assert {q for q in store.quads() if q.graph_name != CATALOGUE} == quads
    assert tombstones(store) == []
    assert len(list(store.quads(None, prov("wasInvalidatedBy"), None, CATALOGUE))) == 1
    assert not list(store.quads(None, prov("invalidatedAtTime"), None, CATALOGUE))
    times = list(store.quads(None, prov("endedAtTime"), None, CATALOGUE))
    assert len(times) == 3, "an end for each of two ingests and the withdrawal"


def test_another_version_is_a_revision_of_the_withdrawn_one(
    store: OxigraphStore, alignment: Alignment, tmp_path: Path
) -> None:
    withdraw(store, BASE, A, "why", "me")
    crate(tmp_path / "a", {"@id": "y", "@type": "File"}, identifier="10.5072/a", name="A2")
    take_all(store, alignment, tmp_path / "a")
    (record,) = (r for r in Catalogue(store).sources() if r.id == A)
    assert record.title == "A2"
    assert len(list(store.quads(None, prov("wasRevisionOf"), None, CATALOGUE))) == 1
    assert tombstones(store) == []
    withdraw(store, BASE, A, "again", "me")
    assert [stone.because for stone in tombstones(store)] == ["again"]
