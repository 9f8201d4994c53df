"""The file of things, for readers: opened when it is asked, by each thread for itself."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from kg_service.search.file import open_to_read
from kg_service.search.things import Things
from kg_service.store.embedded import OxigraphReader, OxigraphStore
from kg_service.store.port import GraphReader


class ThingIndex:
    """Gives the things of each state of a store. Without a path, all is read from the store.

    ``alone``: what a file holds besides that state has no say in what comes first.
    """

    def __init__(self, path: Path | None = None, *, alone: bool = False) -> None:
        self._path = path
        self._alone = alone
        self._guard = threading.Lock()
        self._newest: tuple[GraphReader, str, Things] | None = None
        self._open = threading.local()

    def of_part(self) -> ThingIndex:
        """The same for states of a part of the store, of which nothing else may be seen."""
        return ThingIndex(self._path, alone=True)

    def at(self, reader: GraphReader) -> Things:
        """The things of a reader's state; the same object while that is asked."""
        generation = _generation(reader)
        if generation is None:
            return Things(reader, self._connection, self._alone)
        with self._guard:
            kept = self._newest
            if kept is None or kept[0] is not reader or kept[1] != generation:
                self._newest = kept = (
                    reader,
                    generation,
                    Things(reader, self._connection, self._alone),
                )
            return kept[2]

    def _connection(self) -> sqlite3.Connection | None:
        """This thread's connection, to the file that is there now."""
        if self._path is None:
            return None
        try:
            status = self._path.stat()
        except OSError:
            return None
        identity = (status.st_dev, status.st_ino)
        opened: tuple[object, sqlite3.Connection] | None = getattr(self._open, "file", None)
        if opened is None or opened[0] != identity:
            connection = open_to_read(self._path)
            if connection is None:
                return None
            self._open.file = opened = (identity, connection)
        return opened[1]


def _generation(reader: GraphReader) -> str | None:
    """What changes whenever the reader's answers may; None where it is not known."""
    generation = getattr(reader, "generation", None)
    if generation is not None:
        return str(generation())
    if isinstance(reader, OxigraphReader) and not isinstance(reader, OxigraphStore):
        return ""  # a snapshot never changes
    return None
