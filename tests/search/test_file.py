"""The file beside the store: found words, crashes, damage, other processes, a read-only disk."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from search.stores import aligned_of, put, withdraw

from kg_service.describe import Describer
from kg_service.errors import StoreError
from kg_service.search import file as file_module
from kg_service.search.feed import ThingFeed
from kg_service.search.held import Wanted
from kg_service.search.index import ThingIndex
from kg_service.search.things import Things
from kg_service.store.embedded import OxigraphStore
from kg_service.store.side import IndexedStore
from kg_service.terms import RDF_TYPE, RDFS_LABEL, dcterms, kg

PLANT = NamedNode("http://kg.test/source/field/samples/plant-1")
LEAF = NamedNode("http://kg.test/source/field/leaf.csv")
FIELD = [
    Triple(PLANT, RDF_TYPE, kg("Sample")),
    Triple(PLANT, RDFS_LABEL, Literal("Blé d’été")),
    Triple(PLANT, dcterms("identifier"), Literal("https://doi.org/10.5072/kg-plant-1")),
    Triple(PLANT, dcterms("identifier"), Literal("SAMEA900000001")),
    Triple(LEAF, RDF_TYPE, kg("File")),
    Triple(LEAF, dcterms("description"), Literal("what a plant's leaves weigh, by SAMEA1")),
]


class Kept:
    """A store with its file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plain = OxigraphStore()
        self.feed = ThingFeed(path, self.plain)
        self.store = IndexedStore(self.plain, [self.feed])

    def things(self) -> Things:
        return ThingIndex(self.path).at(self.plain)

    def found(self, text: str, **more: frozenset[str]) -> list[str]:
        page = self.things().page(Wanted(text, **more), 10)
        return [thing.iri for thing in page.things]

    def tells_the_truth(self) -> None:
        """The same as without a file, in search and in details."""
        without = ThingIndex().at(self.plain)
        everything = without.page(Wanted(), 100).things
        assert set(self.things().page(Wanted(), 100).things) == set(everything)
        describer = Describer(self.plain)
        told = Describer(self.plain, self.things()).things([PLANT, LEAF])
        assert told == {node: describer.thing(node) for node in (PLANT, LEAF)}


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    made = Kept(tmp_path / "things.db")
    put(made.store, "field", FIELD)
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blé", [PLANT]),
        ("BLE ete", [PLANT]),
        ("10.5072/kg-plant-1", [PLANT]),
        ("https://doi.org/10.5072/KG-plant-1", [PLANT]),
        ("kg-pl", [PLANT]),
        ("SAMEA9", [PLANT]),
        ("900000001", [PLANT]),
        ("samea", [PLANT, LEAF]),
        ("leaf.csv", [LEAF]),
        ("plant weigh", [LEAF]),
        ("plant barley", []),
        ("field", []),
        ('"', []),
        ("- plant", [PLANT, LEAF]),
        ("NOT plant", []),
        ("label:plant*", []),
    ],
)
def test_words(kept: Kept, text: str, expected: list[NamedNode]) -> None:
    assert kept.found(text) == [node.value for node in expected]


def test_kinds_and_sources(kept: Kept) -> None:
    assert kept.found("samea", kinds=frozenset({"File"})) == [LEAF.value]
    assert kept.found("samea", kinds=frozenset({"Dataset"})) == []
    assert kept.found("samea", sources=frozenset({"other"})) == []
    assert kept.found("", iris=frozenset({LEAF.value})) == [LEAF.value]


def test_a_graph_that_was_not_fed_is_read_from_the_store(kept: Kept) -> None:
    put(kept.plain, "late", [Triple(LEAF, RDFS_LABEL, Literal("late"))])
    assert kept.things().things([LEAF.value]) is None
    assert kept.found("late") == [LEAF.value]
    kept.tells_the_truth()
    kept.store.publish()  # whoever writes next mends the file
    assert kept.things().things([LEAF.value]) is not None
    kept.tells_the_truth()


def test_what_is_committed_and_not_published_is_not_in_the_file(kept: Kept) -> None:
    put(kept.store, "late", [Triple(LEAF, RDFS_LABEL, Literal("late"))], publish=False)
    with sqlite3.connect(kept.path) as other:
        assert other.execute("SELECT count(*) FROM graph").fetchone() == (1,)
    kept.tells_the_truth()


def test_a_writer_that_was_killed_leaves_nothing(kept: Kept) -> None:
    put(kept.store, "late", [Triple(LEAF, RDFS_LABEL, Literal("late"))], publish=False)
    kept.feed.close()
    kept.tells_the_truth()
    again = ThingFeed(kept.path, kept.plain)
    again.publish()
    assert kept.things().things([LEAF.value]) is not None
    kept.tells_the_truth()


def test_a_withdrawn_source_vanishes_at_once(kept: Kept) -> None:
    withdraw(kept.plain, "field")  # the file is not told
    assert kept.found("plant") == []
    kept.tells_the_truth()
    kept.store.publish()
    with sqlite3.connect(kept.path) as other:
        assert other.execute("SELECT count(*) FROM thing").fetchone() == (0,)
        assert other.execute("SELECT count(*) FROM words WHERE words MATCH 'plant'").fetchone() == (
            0,
        )


def test_a_graph_that_comes_back_with_other_content(kept: Kept) -> None:
    withdraw(kept.plain, "field")
    other = [Triple(PLANT, RDFS_LABEL, Literal("maize"))]
    put(kept.plain, "field", other, ingested="2026-02-02T00:00:00Z")
    assert kept.found("maize") == [PLANT.value]
    assert kept.found("samea") == []
    kept.tells_the_truth()
    kept.store.publish()
    assert kept.things().things([PLANT.value]) is not None
    kept.tells_the_truth()


def test_withdrawn_and_ingested_again_in_one_go(kept: Kept) -> None:
    for label in ("maize", "rye"):
        withdraw(kept.plain, "field")
        other = [Triple(PLANT, RDFS_LABEL, Literal(label))]
        put(kept.store, "field", other, ingested="2026-02-02T00:00:00Z", publish=False)
    kept.store.publish()
    assert kept.found("rye") == [PLANT.value]
    assert kept.found("maize") == []
    kept.tells_the_truth()


@pytest.mark.parametrize("damage", ["gone", "empty", "text", "cut", "zeros", "layout"])
def test_damaged_files(kept: Kept, damage: str) -> None:
    kept.feed.close()
    content = kept.path.read_bytes()
    if damage == "gone":
        kept.path.unlink()
    elif damage == "layout":
        with sqlite3.connect(kept.path) as other:
            other.execute("PRAGMA user_version = 99")
    else:
        half = len(content) // 2
        kept.path.write_bytes(
            {
                "empty": b"",
                "text": b"no database at all",
                "cut": content[:half],
                "zeros": content[:4096] + bytes(len(content) - 4096),
            }[damage]
        )
    kept.tells_the_truth()
    assert kept.found("samea") == [PLANT.value, LEAF.value]
    put(kept.store, "late", [Triple(LEAF, RDFS_LABEL, Literal("late"))])
    assert kept.things().things([LEAF.value]) is not None, "it was not made anew"
    kept.tells_the_truth()


def test_a_changed_byte_in_a_text_is_noticed(kept: Kept) -> None:
    kept.feed.close()
    content = kept.path.read_bytes()
    assert b"leaves weigh" in content
    kept.path.write_bytes(content.replace(b"leaves weigh", b"leaves weighs"[:12].upper()))
    assert kept.things().things([LEAF.value]) is None
    told = Describer(kept.plain, kept.things()).things([LEAF])
    assert told[LEAF].description == "what a plant's leaves weigh, by SAMEA1"


def test_a_file_that_can_not_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "things.db").mkdir()
    kept = Kept(tmp_path / "things.db")
    put(kept.store, "field", FIELD)
    assert "searches read the store instead" in caplog.text
    assert kept.found("blé") == [PLANT.value]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(kept: Kept) -> None:
    kept.feed.close()
    kept.path.chmod(stat.S_IRUSR)
    kept.path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert kept.things().things([LEAF.value]) is not None
    finally:
        kept.path.parent.chmod(stat.S_IRWXU)


def test_readers_while_it_is_written(kept: Kept) -> None:
    reading = kept.things()
    assert reading.things([PLANT.value]) is not None
    put(kept.store, "late", [Triple(LEAF, RDFS_LABEL, Literal("late"))], publish=False)
    assert reading.things([LEAF.value]) is not None
    kept.store.publish()
    assert ThingIndex(kept.path).at(kept.plain).things([LEAF.value]) is not None


def test_without_full_text(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking() -> None:
        raise StoreError("text search needs SQLite with FTS5")

    monkeypatch.setattr("kg_service.search.things.require_full_text", lacking)
    with pytest.raises(StoreError, match="FTS5"):
        kept.found("plant")
    file_module.require_full_text()


def test_the_graphs_of_the_file_are_those_of_the_catalogue(kept: Kept) -> None:
    with sqlite3.connect(kept.path) as other:
        rows = other.execute("SELECT iri FROM graph").fetchall()
    assert rows == [(aligned_of("field").value,)]
