"""The file of things: its tables, and how it is opened.

A graph's rows are complete, and never change, once the graph has a stamp. The rollback journal
(not WAL) lets readers without write permission, and on a read-only disk, take part.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from kg_service.errors import StoreError

LAYOUT = 1
NAME = "things.db"
_BUSY_S = 5.0
_TABLES = """
CREATE TABLE state (made TEXT NOT NULL, changes INTEGER NOT NULL);
INSERT INTO state VALUES (hex(randomblob(16)), 0);
CREATE TABLE graph (
  id INTEGER PRIMARY KEY AUTOINCREMENT, iri TEXT NOT NULL, stamp TEXT,
  first INTEGER NOT NULL, last INTEGER NOT NULL
);
CREATE TABLE kinds (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL, graph INTEGER NOT NULL, kinds INTEGER NOT NULL,
  label TEXT, name TEXT, more TEXT, identifiers TEXT, description TEXT, checksum INTEGER NOT NULL
);
CREATE INDEX thing_iri ON thing (iri);
CREATE INDEX thing_kinds ON thing (kinds, iri);
CREATE VIRTUAL TABLE words USING fts5 (
  label, name, more, identifiers, description,
  content = 'thing', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
"""


@cache
def require_full_text() -> None:
    """Raises StoreError where Python's SQLite has no full-text index."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"text search needs SQLite with FTS5, which this Python's SQLite "
            f"{sqlite3.sqlite_version} lacks ({error}); use a Python that is built with it"
        ) from error
    finally:
        connection.close()


def open_to_write(path: Path) -> sqlite3.Connection:
    """The file, made anew where it is damaged or of another layout. Raises sqlite3.Error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _prepared(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        path.unlink(missing_ok=True)
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA synchronous = NORMAL")
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if layout != LAYOUT and tables:
            raise sqlite3.DatabaseError("another layout")
        if not tables:
            make_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def make_tables(connection: sqlite3.Connection) -> None:
    """The empty tables."""
    connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {LAYOUT}; COMMIT;")


def open_to_read(path: Path) -> sqlite3.Connection | None:
    """The file, None where there is none that can be read. Raises sqlite3.Error."""
    if not path.is_file():
        return None
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=_BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
    except BaseException:
        connection.close()
        raise
    if layout != LAYOUT:
        connection.close()
        return None
    return connection
