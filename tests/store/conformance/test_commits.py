"""Commits are made whole or not at all, one writer after the other, in the sight of readers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple
from store.conformance.conftest import Place
from store.conformance.test_port import FIRST, G1, G2, LASTING, A, B, P, facts

from kg_service.errors import StoreBusy, StoreError
from kg_service.store.port import Change, GraphStore
from kg_service.store.remote import RemoteStore
from kg_service.store.statements import Statements
from kg_service.terms import JOURNAL, kg

SECOND = Change(
    graphs={G2: Statements.of([Triple(B, P, A)])},
    drop=[G1],
    delete=[Quad(G1, P, A, LASTING)],
    insert=[Quad(G2, P, A, LASTING)],
)
AFTER = {Quad(B, P, A, G2), Quad(G2, P, A, LASTING)}


def named(number: int) -> NamedNode:
    return NamedNode(f"http://example.org/{number}")


def test_a_large_graph_arrives_and_goes(store: GraphStore) -> None:
    triples = [
        Triple(NamedNode(f"http://example.org/{n}"), P, Literal(str(n))) for n in range(30_000)
    ]
    store.commit(Change(graphs={G1: Statements.of(triples)}))
    assert {q.triple for q in store.quads(None, None, None, G1)} == set(triples)
    store.commit(Change(drop=[G1]))
    assert facts(store) == set()
    assert not list(store.quads(None, kg("pending"), None, JOURNAL))


def test_many_records_are_one_change(store: GraphStore) -> None:
    many = [
        Quad(NamedNode(f"http://example.org/{n}"), P, Literal(str(n)), LASTING) for n in range(4000)
    ]
    other = [Quad(q.subject, q.predicate, q.object, G2) for q in many[:700]]
    store.commit(Change(insert=[*many, *other]))
    assert facts(store) == {*many, *other}
    store.commit(Change(delete=many[:2500], insert=many[2000:2100]))
    assert facts(store) == {*many[2000:2100], *many[2500:], *other}
    assert not list(store.quads(None, kg("pending"), None, JOURNAL))


def test_records_are_told_the_sizes_of_graphs(store: GraphStore) -> None:
    told: list[dict[NamedNode, int]] = []

    def records(sizes: Any) -> list[Quad]:
        told.append(dict(sizes))
        return [Quad(G1, P, Literal(sizes[G1]), LASTING)]

    twice = Statements.of([Triple(A, P, B), Triple(A, P, A), Triple(A, P, B)])
    store.commit(Change(graphs={G1: twice}, records=records))
    assert told == [{G1: 2}]
    assert Quad(G1, P, Literal(2), LASTING) in facts(store)


def test_a_commit_that_fails_changes_nothing(store: GraphStore) -> None:
    store.commit(FIRST)
    before = facts(store)

    def failing(_sizes: Any) -> list[Quad]:
        raise StoreError("no records")

    with pytest.raises(StoreError):
        store.commit(Change(graphs=SECOND.graphs, drop=[G1], records=failing))
    assert facts(store) == before
    store.commit(SECOND)
    assert facts(store) == AFTER


def test_a_reader_sees_what_is_published(place: Place, store: GraphStore) -> None:
    store.commit(FIRST)
    store.publish()
    reader = place.read()
    assert facts(reader) == facts(store)
    generation: Callable[[], str] | None = getattr(reader, "generation", None)
    before = generation() if generation else None
    store.commit(SECOND)
    store.publish()
    assert facts(reader.frozen()) == AFTER
    if place.kind != "memory":
        assert generation is not None
        assert generation() != before


def test_a_second_writer_is_told_to_wait(place: Place, store: GraphStore) -> None:
    if place.kind == "memory":
        pytest.skip("a store in memory has one writer by itself")
    store.commit(FIRST)
    with pytest.raises(StoreBusy, match="another kg process"):
        place.write()
    store.commit(SECOND)
    assert facts(store) == AFTER


def test_writers_that_start_at_once_are_never_two(place: Place) -> None:
    if not place.is_remote:
        pytest.skip("the embedded engine locks its files")
    place.write().close()
    for _round in range(4):
        opened: list[GraphStore] = []
        busy: list[StoreBusy] = []

        def start(opened: list[GraphStore] = opened, busy: list[StoreBusy] = busy) -> None:
            try:
                opened.append(place.write())
            except StoreBusy as error:
                busy.append(error)

        threads = [threading.Thread(target=start) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(opened) <= 1
        assert len(opened) + len(busy) == 3
        for store in opened:
            store.close()
    place.write().close()


def test_readers_read_while_a_writer_writes(place: Place, store: GraphStore) -> None:
    store.commit(FIRST)
    store.publish()
    faults: list[object] = []
    done = threading.Event()

    def read() -> None:
        reader = place.read()
        while not done.is_set():
            told = [q.subject for q in reader.frozen().quads(None, P, A, LASTING)]
            if told not in ([G1], [G2]):
                faults.append(told)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    there, next_ = G1, G2
    for _ in range(6):
        made = Statements.of([Triple(B, P, Literal(n)) for n in range(200)])
        store.commit(
            Change(
                graphs={next_: made}, drop=[there],
                delete=[Quad(there, P, A, LASTING)], insert=[Quad(next_, P, A, LASTING)],
            )
        )  # fmt: skip
        store.publish()
        there, next_ = next_, there
    done.set()
    for thread in threads:
        thread.join()
    assert not faults


class Cut:
    """Sends a server's updates on until the line is cut, before or after one arrives."""

    def __init__(self, whole: Callable[[str], None], at: int, *, arrives: bool) -> None:
        self._whole, self._left, self._arrives = whole, at, arrives

    def __call__(self, sparql: str) -> None:
        self._left -= 1
        if self._left > 0:
            self._whole(sparql)
            return
        if self._left == 0 and self._arrives:
            self._whole(sparql)
        raise StoreError("the line is cut")


@pytest.mark.parametrize("arrives", [False, True])
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6])
def test_a_writer_that_dies_leaves_the_old_or_the_new_state(
    place: Place, step: int, arrives: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not place.is_remote:
        pytest.skip("tests/intake/test_crash.py kills the embedded store at each of its writes")
    writer = place.write()
    assert isinstance(writer, RemoteStore)
    writer.commit(FIRST)
    before = facts(writer)
    with monkeypatch.context() as patch:
        patch.setattr(writer.engine, "update", Cut(writer.engine.update, step, arrives=arrives))
        try:
            writer.commit(SECOND)
            made = True
        except StoreError:
            made = False
    writer.close()
    again = place.write()
    assert facts(again) in ((AFTER,) if made else (before, AFTER))
    assert not list(again.quads(None, kg("pending"), None, JOURNAL))
    if facts(again) == before:
        again.commit(SECOND)
    assert facts(again) == AFTER
    again.close()
