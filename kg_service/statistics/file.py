"""The file of counts: one row for each graph, in SQLite, beside the store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from kg_service.statistics.counts import Counts, Hashes

LAYOUT = 1
NAME = "statistics.db"
_BUSY_S = 5.0
_TABLE = """
CREATE TABLE graph (
  iri TEXT PRIMARY KEY, stamp TEXT, properties TEXT NOT NULL, classes TEXT NOT NULL,
  instances BLOB NOT NULL, subjects BLOB NOT NULL, objects BLOB NOT NULL
) WITHOUT ROWID;
"""
_ONE_BY_ONE = "SELECT properties, classes, instances, subjects, objects FROM graph WHERE iri = ?"


def open_to_write(path: Path) -> sqlite3.Connection:
    """The file, made anew where it is damaged or of another layout. Raises sqlite3.Error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connected(str(path))
    try:
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute("PRAGMA synchronous = NORMAL")
        # readers are locked out only while a change is written at its end
        connection.execute("PRAGMA cache_size = -131072")
        if layout == LAYOUT:
            return connection
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:
            connection.executescript(f"BEGIN; {_TABLE} PRAGMA user_version = {LAYOUT}; COMMIT;")
            return connection
    except sqlite3.OperationalError:
        connection.close()
        raise
    except sqlite3.DatabaseError:
        pass  # damaged
    connection.close()
    path.unlink(missing_ok=True)
    return open_to_write(path)


def open_to_read(path: Path | None) -> sqlite3.Connection | None:
    """The file; None where there is none of this layout. Raises sqlite3.Error."""
    if path is None or not path.is_file():
        return None
    connection = _connected(f"{path.absolute().as_uri()}?mode=ro")
    try:
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
    except BaseException:
        connection.close()
        raise
    if layout == LAYOUT:
        return connection
    connection.close()
    return None


def _connected(address: str) -> sqlite3.Connection:
    return sqlite3.connect(
        address,
        uri=address.startswith("file:"),
        timeout=_BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )


def stamps(connection: sqlite3.Connection) -> dict[str, str | None]:
    """The graphs that are counted, and what each was counted at."""
    return dict(connection.execute("SELECT iri, stamp FROM graph"))


def put(connection: sqlite3.Connection, graph: str, counts: Counts, stamp: str | None) -> None:
    """Keep a graph's counts."""
    sizes = [(name, int(instances.size)) for name, instances in counts.classes.items()]
    connection.execute(
        "INSERT OR REPLACE INTO graph VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            graph,
            stamp,
            json.dumps(dict(counts.properties)),
            json.dumps(sizes),
            b"".join(_packed(instances) for instances in counts.classes.values()),
            _packed(counts.subjects),
            _packed(counts.objects),
        ),
    )


def get(connection: sqlite3.Connection, graphs: Iterable[str]) -> Iterator[tuple[str, Counts]]:
    """The counts of graphs that are there."""
    for graph in graphs:
        for properties, classes, instances, subjects, objects in connection.execute(
            _ONE_BY_ONE, (graph,)
        ):
            by_class: dict[str, Hashes] = {}
            every, first = _unpacked(instances), 0
            for name, size in json.loads(classes):
                by_class[name] = every[first : first + size]
                first += size
            yield (
                graph,
                Counts(json.loads(properties), by_class, _unpacked(subjects), _unpacked(objects)),
            )


def _packed(values: Hashes) -> bytes:
    return values.astype("<u8").tobytes()


def _unpacked(content: bytes) -> Hashes:
    return np.frombuffer(content, "<u8").astype(np.uint64, copy=False)
