"""The embedded store: one visible step, and nothing half-written whatever happens."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg_service.errors import QuerySyntax, Refused, StoreBusy, StoreError, UsageError
from kg_service.store import embedded
from kg_service.store.disk import DiskStore
from kg_service.store.embedded import OxigraphStore
from kg_service.store.layout import store_base
from kg_service.store.port import Change
from kg_service.store.snapshots import SnapshotReader
from kg_service.store.statements import Statements
from kg_service.terms import CATALOGUE, JOURNAL

BASE = "http://kg.test"
POINTER = NamedNode("http://x.example/current")
SOURCE = NamedNode("http://x.example/s")


def graph(version: int) -> NamedNode:
    return NamedNode(f"http://x.example/graph/{version}")


def change(version: int, size: int) -> Change:
    """Replace the graph of one version by that of the next, and the pointer to it."""
    triples = [Triple(SOURCE, POINTER, Literal(f"{version} {i}")) for i in range(size)]
    before = graph(version - 1)
    return Change(
        graphs={graph(version): Statements.of(triples)},
        drop=[before] if version > 1 else [],
        delete=[Quad(SOURCE, POINTER, before, CATALOGUE)] if version > 1 else [],
        insert=[Quad(SOURCE, POINTER, graph(version), CATALOGUE)],
    )


def state(store: OxigraphStore | SnapshotReader) -> tuple[set[str], set[str]]:
    """The graphs that the catalogue names, and those that hold statements."""
    named = {q.object.value for q in store.quads(SOURCE, POINTER, None, CATALOGUE)}
    graphs = {q.graph_name.value for q in store.quads()} - {CATALOGUE.value}
    return named, graphs


@pytest.mark.parametrize("size", [3, 6000])
def test_a_change_is_seen_when_it_is_published(tmp_path: Path, size: int) -> None:
    store = DiskStore(tmp_path / "s", BASE)
    reader = SnapshotReader(tmp_path / "s")
    store.commit(change(1, size))
    assert state(reader) == (set(), set())
    store.publish()
    assert state(reader) == ({graph(1).value}, {graph(1).value})
    store.commit(change(2, size))
    assert state(reader) == ({graph(1).value}, {graph(1).value})
    store.publish()
    assert state(reader) == ({graph(2).value}, {graph(2).value})
    assert not list(store.quads(None, None, None, JOURNAL))
    store.close()


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "s", BASE)
    with pytest.raises(StoreBusy, match="another kg process"):
        DiskStore(tmp_path / "s", BASE)
    store.close()
    DiskStore(tmp_path / "s", BASE).close()


def test_the_base_is_fixed_when_a_store_is_made(tmp_path: Path) -> None:
    DiskStore(tmp_path / "s", BASE).close()
    assert store_base(tmp_path / "s") == BASE
    with pytest.raises(StoreError, match=r"start with http://kg\.test"):
        DiskStore(tmp_path / "s", "http://other.test")


def test_there_is_no_store_to_read_before_the_first_ingest(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kg ingest"):
        SnapshotReader(tmp_path / "none")


def test_old_snapshots_go_and_used_ones_stay(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "s", BASE)
    store.commit(change(1, 3))
    store.publish()
    held = SnapshotReader(tmp_path / "s").frozen()
    for version in range(2, 6):
        store.commit(change(version, 3))
        store.publish()
    kept = sorted(p.name for p in (tmp_path / "s" / "snapshots").iterdir() if p.is_dir())
    assert len(kept) <= 3
    assert sum(1 for _ in held.quads(None, None, None, graph(1))) == 3
    store.close()


def test_what_a_crash_left_pending_is_swept(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "s", BASE)
    store.commit(change(1, 3))
    inner = store._store
    inner.add(Quad(graph(2), embedded._PENDING, graph(2), JOURNAL))
    inner.add(Quad(SOURCE, POINTER, Literal("half"), graph(2)))
    del inner
    store.close()
    store = DiskStore(tmp_path / "s", BASE)
    assert state(store) == ({graph(1).value}, {graph(1).value})
    store.close()


def _write_forever(folder: str, ready: object) -> None:
    store = DiskStore(Path(folder), BASE)
    version = 1
    while True:
        store.commit(change(version, 400))
        store.publish()
        if version == 1:
            ready.set()  # type: ignore[attr-defined]
        version += 1


@pytest.mark.parametrize("after_ms", [1, 17, 42, 73, 111, 160])
def test_kill_9_leaves_the_old_or_the_new(tmp_path: Path, after_ms: int) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_write_forever, args=(str(tmp_path / "s"), ready))
    process.start()
    assert ready.wait(60)
    time.sleep(after_ms / 1000)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    store = DiskStore(tmp_path / "s", BASE)
    named, graphs = state(store)
    assert len(named) == 1
    assert graphs == named
    (only,) = named
    assert sum(1 for _ in store.quads(None, None, None, NamedNode(only))) == 400
    assert not list(store.quads(None, None, None, JOURNAL))
    store.close()
    reader_named, reader_graphs = state(SnapshotReader(tmp_path / "s"))
    assert reader_graphs == reader_named


def test_a_query_that_does_not_parse_says_where() -> None:
    with pytest.raises(QuerySyntax, match="line 1, column 19"):
        OxigraphStore().query("SELECT * { ?s ?p }")


def test_calls_out_are_refused_before_they_are_made() -> None:
    with pytest.raises(Refused, match="SERVICE"):
        OxigraphStore().query("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")


def test_a_query_is_bound_by_terms_not_by_text() -> None:
    store = OxigraphStore()
    store.commit(change(1, 2))
    sly = Literal('" } ; DROP ALL ; { "')
    assert not list(store.query("SELECT ?s ?o { ?s ?p ?o }", {"o": sly}))  # type: ignore[arg-type]
    rows = list(store.query("SELECT ?s ?o { ?s ?p ?o }", {"o": Literal("1 0")}))  # type: ignore[arg-type]
    assert [row["s"] for row in rows] == [SOURCE]


def test_evaluation_errors_are_usage_errors() -> None:
    with pytest.raises(UsageError):
        list(OxigraphStore().query("SELECT * { ?s ?p ?o } LIMIT -1"))  # type: ignore[arg-type]


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x", encoding="utf-8")
    for folder in (tmp_path / "f", tmp_path / "f" / "below"):
        with pytest.raises(StoreError, match="not a folder"):
            store_base(folder)
