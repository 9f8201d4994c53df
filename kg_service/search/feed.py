"""Feeding the file of things as sources are written: see ``SideIndex``."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import NamedNode

from kg_service.errors import StoreError
from kg_service.rdf import is_aligned
from kg_service.search.checksum import checksum
from kg_service.search.current import current_graphs, lines_of
from kg_service.search.file import open_to_write, require_full_text
from kg_service.search.rows import Row, rows_of
from kg_service.store.grades import Grades
from kg_service.store.port import GraphReader
from kg_service.store.statements import Statements

_log = logging.getLogger(__name__)


class Writer:
    """Writes into an open file, in one transaction until ``reconcile`` has ended it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, int] = {}
        self._written = 0

    def add(self, graph: str, lines: Iterable[bytes]) -> None:
        """Take in a graph's rows; nobody sees them until ``reconcile``."""
        self._begin()
        first = self._next_id()
        made = self._connection.execute(
            "INSERT INTO graph (iri, first, last) VALUES (?, ?, ?)", (graph, first, first - 1)
        ).lastrowid
        assert made is not None
        for rows in rows_of(lines):
            last = self._write(rows, made, self._next_id())
            self._connection.execute("UPDATE graph SET last = ? WHERE id = ?", (last, made))
            self._written += len(rows)
        self._waiting[graph] = made

    def reconcile(self, reader: GraphReader) -> None:
        """Hold the graphs that the catalogue names, and no other, from now on.

        What was not fed is read from the store. Raises StoreError.
        """
        self._begin()
        current = current_graphs(reader)
        kept: set[int] = set()
        rows = self._connection.execute("SELECT id, iri, stamp FROM graph").fetchall()
        held = {(iri, stamp): id_ for id_, iri, stamp in rows if stamp is not None}
        for iri, graph in current.items():
            id_ = self._waiting.get(iri) or held.get((iri, graph.stamp))
            if id_ is None:
                self.add(iri, lines_of(reader, iri))
                id_ = self._waiting[iri]
            if iri in self._waiting:
                self._connection.execute(
                    "UPDATE graph SET stamp = ? WHERE id = ?", (graph.stamp, id_)
                )
            kept.add(id_)
        gone = {id_ for id_, _iri, _stamp in rows} - kept
        self._remove(gone)
        if gone or self._waiting:
            self._connection.execute("UPDATE state SET changes = changes + 1")
        self._connection.execute("COMMIT")
        self._waiting.clear()

    def undo(self) -> None:
        """Let go of what was not yet seen."""
        self._waiting.clear()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    def _next_id(self) -> int:
        (last,) = self._connection.execute("SELECT max(id) FROM thing").fetchone()
        return (last or 0) + 1

    def _write(self, rows: Sequence[Row], graph: int, first: int) -> int:
        """Write rows with their words. The number of the last."""
        kinds = self._kinds({row.kinds for row in rows})

        def values() -> Iterator[tuple[object, ...]]:
            for number, row in enumerate(rows, first):
                told = (row.iri, row.label, row.name, row.identifiers, row.description)
                yield (
                    number, row.iri, graph, kinds[row.kinds], row.label, row.name, row.more,
                    row.identifiers, row.description, checksum(*told),
                )  # fmt: skip

        self._connection.executemany(
            "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values()
        )
        last = first + len(rows) - 1
        self._connection.execute(
            "INSERT INTO words (rowid, label, name, more, identifiers, description) "
            "SELECT id, label, name, more, identifiers, description FROM thing "
            "WHERE id BETWEEN ? AND ?",
            (first, last),
        )
        return last

    def _kinds(self, wanted: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
        found = {}
        for kinds in wanted:
            names = json.dumps(kinds)
            self._connection.execute("INSERT OR IGNORE INTO kinds (names) VALUES (?)", (names,))
            (found[kinds],) = self._connection.execute(
                "SELECT id FROM kinds WHERE names = ?", (names,)
            ).fetchone()
        return found

    def _remove(self, graphs: Iterable[int]) -> None:
        for graph in graphs:
            first, last = self._connection.execute(
                "SELECT first, last FROM graph WHERE id = ?", (graph,)
            ).fetchone()
            self._connection.execute(
                "INSERT INTO words (words, rowid, label, name, more, identifiers, description) "
                "SELECT 'delete', id, label, name, more, identifiers, description FROM thing "
                "WHERE id BETWEEN ? AND ?",
                (first, last),
            )
            self._connection.execute("DELETE FROM thing WHERE id BETWEEN ? AND ?", (first, last))
            self._connection.execute("DELETE FROM graph WHERE id = ?", (graph,))


class ThingFeed:
    """Keeps the file beside a store. See ``SideIndex``.

    Nothing depends on it: where the file can not be written, that is logged, and what it lacks
    is read from the store.
    """

    def __init__(self, path: Path, store: GraphReader) -> None:
        self._path = path
        self._store = store
        self._writer: Writer | None = None
        self._connection: sqlite3.Connection | None = None

    def add(self, graph: NamedNode, statements: Statements, grades: Grades | None = None) -> None:
        if is_aligned(graph):
            self._doing(lambda writer: writer.add(graph.value, statements.lines()))

    def drop(self, graph: NamedNode) -> None:
        """Nothing: ``publish`` forgets what the catalogue does not name."""

    def publish(self) -> None:
        self._doing(lambda writer: writer.reconcile(self._store))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = self._writer = None

    def _doing(self, work: Callable[[Writer], None]) -> None:
        try:
            require_full_text()
            try:
                work(self._open())
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:  # damaged: it is made anew from the store
                self.close()
                self._path.unlink(missing_ok=True)
                self._open().reconcile(self._store)
        except (sqlite3.Error, OSError) as error:
            self._give_up(f"{self._path}: not written ({error})")
        except StoreError as error:
            self._give_up(str(error))

    def _open(self) -> Writer:
        if self._writer is None:
            self._connection = open_to_write(self._path)
            self._writer = Writer(self._connection)
        return self._writer

    def _give_up(self, why: str) -> None:
        self.close()  # which undoes what was not committed
        _log.warning("%s; searches read the store instead, slower, until it is", why)
