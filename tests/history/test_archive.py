"""The archive: what is kept, what an interruption leaves, what is damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, Store

from kg_service.errors import StoreError
from kg_service.history.archive import Archive
from kg_service.store.grades import Grade, Grades

_SOURCE = NamedNode("http://kg.test/source/one")
_GRAPH = NamedNode("http://kg.test/graph/one/v/aligned")
_SINCE = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
_LINE = b"<http://e.org/a> <http://www.w3.org/ns/prov#used> <http://e.org/\xc3\xa9> .\n"
_QUAD = Quad(
    NamedNode("http://e.org/a"),
    NamedNode("http://www.w3.org/ns/prov#used"),
    NamedNode("http://e.org/é"),
    _GRAPH,
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "history")
    grades = Grades()
    grades.write(Grade.CLOSE, [_LINE])
    grades.write(Grade.MAPPED, [_LINE])
    made.note_grades(_GRAPH, grades)
    made.keep(_SOURCE, _SINCE, iter([_QUAD]), [_GRAPH])
    return made


def _files(tmp_path: Path) -> list[str]:
    return sorted(p.name for p in (tmp_path / "history").rglob("*") if p.is_file())


def test_what_is_kept_is_given_back(archive: Archive) -> None:
    (kept,) = archive.of(_SOURCE).values()
    assert (kept.source, kept.since, kept.statements, kept.pruned) == (_SOURCE, _SINCE, 1, None)
    store = Store()
    archive.load(kept, store)
    assert list(store) == [_QUAD]
    line = f"{_GRAPH} ".encode() + _LINE
    assert list(archive.grades(kept)) == [(line, Grade.MAPPED), (line, Grade.CLOSE)]
    assert archive.of(_GRAPH) == {}


def test_pruning_keeps_that_there_was_something(archive: Archive, tmp_path: Path) -> None:
    (kept,) = archive.of(_SOURCE).values()
    archive.prune(kept)
    (pruned,) = archive.of(_SOURCE).values()
    assert pruned.pruned is not None
    assert pruned.size == 0
    assert not [name for name in _files(tmp_path) if name.startswith("2026") and "gz" in name]
    with pytest.raises(StoreError):
        archive.load(pruned, Store())


def test_sweeping_removes_what_is_no_period(archive: Archive, tmp_path: Path) -> None:
    before = _files(tmp_path)
    unfinished = tmp_path / "history" / "0123456789abcdef" / "20260101T000000.000000Z.nq.gz"
    unfinished.parent.mkdir()
    unfinished.write_bytes(b"half a fi")
    archive.sweep(lambda _source: {_SINCE}, [_GRAPH])
    assert _files(tmp_path) == before
    archive.sweep(lambda _source: (), [])
    assert _files(tmp_path) == []


def test_grades_that_did_not_reach_the_disk_are_unknown(archive: Archive, tmp_path: Path) -> None:
    (note,) = (tmp_path / "history" / "grades").iterdir()
    note.write_bytes(note.read_bytes()[:-12])
    later = datetime(2026, 6, 1, tzinfo=UTC)
    archive.keep(_SOURCE, later, iter([_QUAD]), [_GRAPH])
    archive.load(archive.of(_SOURCE)[later], Store())


@pytest.mark.parametrize("text", ["", "{}", '{"source": "no iri", "since": "?"}', "[]"])
def test_a_damaged_record_is_named(archive: Archive, tmp_path: Path, text: str) -> None:
    (record,) = (tmp_path / "history").glob("*/*.json")
    record.write_text(text)
    with pytest.raises(StoreError, match=r"123456Z\.json: damaged"):
        archive.of(_SOURCE)


@pytest.mark.parametrize("content", [b"", b"no gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"])
def test_damaged_statements_are_told(archive: Archive, tmp_path: Path, content: bytes) -> None:
    (file,) = (tmp_path / "history").glob("*/*.nq.gz")
    file.write_bytes(content)
    (kept,) = archive.of(_SOURCE).values()
    with pytest.raises(StoreError, match="can not be read"):
        archive.load(kept, Store())


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "history").write_text("a file")
    with pytest.raises(StoreError, match="could not be archived"):
        Archive(tmp_path / "history").keep(_SOURCE, _SINCE, iter([_QUAD]), [])
