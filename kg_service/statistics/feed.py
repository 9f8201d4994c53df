"""Counting graphs as they are written: see ``SideIndex``."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kg_service.catalogue import Catalogue
from kg_service.errors import StoreError
from kg_service.rdf import solutions_of
from kg_service.search.current import lines_of
from kg_service.statistics.counts import Counts, count
from kg_service.statistics.file import open_to_write, put, stamps
from kg_service.statistics.stamps import current_stamps
from kg_service.store.grades import Grades
from kg_service.store.port import GraphReader
from kg_service.store.statements import Statements

_log = logging.getLogger(__name__)
_WAITING_BYTES = 64_000_000
_BY_PROPERTY = (
    "SELECT ?graph ?property (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?s ?property ?o } } "
    "GROUP BY ?graph ?property"
)
# of more statements the store is asked how many each property has, which needs no memory here
_LARGE = 2_000_000


class StatisticsFeed:
    """Keeps the file of counts beside a store.

    Nothing depends on it: where the file can not be written, that is logged, and what it lacks
    is counted from the store.
    """

    def __init__(self, path: Path, store: GraphReader) -> None:
        self._path = path
        self._store = store
        self._connection: sqlite3.Connection | None = None
        self._waiting: dict[str, Counts] = {}
        self._bytes = 0
        self._fed: set[str] = set()

    def add(self, graph: NamedNode, statements: Statements, grades: Grades | None = None) -> None:
        self._doing(lambda file: self._add(file, graph, statements))

    def drop(self, graph: NamedNode) -> None:
        """Nothing but to forget what was just fed: ``publish`` removes what is not current."""
        self._waiting.pop(graph.value, None)
        self._fed.discard(graph.value)

    def publish(self) -> None:
        self._doing(self._reconcile)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _add(self, file: sqlite3.Connection, graph: NamedNode, statements: Statements) -> None:
        known = None
        if statements.written > _LARGE:
            known = properties_of(self._store, graph)
        counts = count(statements.lines(), known)
        self._waiting[graph.value] = counts
        self._fed.add(graph.value)
        self._bytes += counts.bytes
        if self._bytes > _WAITING_BYTES:
            self._write(file)

    def _write(self, file: sqlite3.Connection) -> None:
        """Write what waits; it counts for nothing until it has a stamp."""
        file.execute("BEGIN IMMEDIATE")
        self._put(file)
        file.execute("COMMIT")
        self._waiting.clear()
        self._bytes = 0

    def _put(self, file: sqlite3.Connection) -> None:
        for graph, counts in self._waiting.items():
            put(file, graph, counts, None)

    def _reconcile(self, file: sqlite3.Connection) -> None:
        """Hold the counts of the graphs that the catalogue names, and of no other."""
        current = current_stamps(Catalogue(self._store).sources())
        file.execute("BEGIN IMMEDIATE")
        self._put(file)
        held = stamps(file)
        for graph, stamp in current.items():
            if graph in self._fed and graph in held:
                file.execute("UPDATE graph SET stamp = ? WHERE iri = ?", (stamp, graph))
            elif graph not in held or held[graph] != stamp:
                put(file, graph, count(lines_of(self._store, graph)), stamp)
        for graph in held.keys() - current.keys():
            file.execute("DELETE FROM graph WHERE iri = ?", (graph,))
        file.execute("COMMIT")
        self._waiting.clear()
        self._fed.clear()
        self._bytes = 0

    def _doing(self, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            if self._connection is None:
                self._connection = open_to_write(self._path)
            work(self._connection)
        except (sqlite3.Error, OSError, StoreError) as error:
            # closing undoes what was not committed; a damaged file is made anew at the next open
            self.close()
            self._waiting.clear()
            self._fed.clear()
            self._bytes = 0
            _log.warning("%s: not written (%s); counts are slower until it is", self._path, error)


def properties_of(reader: GraphReader, graph: NamedNode) -> dict[str, int]:
    """How many statements of a graph each property has. Raises StoreError."""
    found = {}
    for row in solutions_of(reader.query(_BY_PROPERTY, {"graph": graph})):
        property_, number = row["property"], row["n"]
        assert isinstance(property_, NamedNode)
        assert isinstance(number, Literal)
        found[property_.value] = int(number.value)
    return found
