"""A recursive common table expression over a table of steps, with an index, in SQLite or DuckDB."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy

from benchmarks.lineage.generated import Generated, Start
from benchmarks.lineage.peers.port import Skipped, own_peak_mb

_UPSTREAM = """
WITH RECURSIVE upstream(id) AS (
    SELECT id FROM node WHERE iri = ?
    UNION
    SELECT step.earlier FROM upstream JOIN step ON step.later = upstream.id
)
"""
_COUNT = _UPSTREAM + "SELECT count(*) FROM upstream"
_IRIS = _UPSTREAM + "SELECT node.iri FROM upstream JOIN node ON node.id = upstream.id"


class SqliteTable:
    """SQLite, with the tables clustered by what is looked up."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._generated, self._file = generated, folder / "lineage.sqlite"

    def prepare(self) -> None:
        database = sqlite3.connect(self._file)
        database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE node (id INTEGER PRIMARY KEY, iri TEXT NOT NULL);"
            "CREATE TABLE step (later INTEGER, earlier INTEGER, PRIMARY KEY (later, earlier))"
            " WITHOUT ROWID;"
        )
        database.executemany("INSERT INTO node VALUES (?, ?)", enumerate(self._generated.iris()))
        steps = _sorted_steps(self._generated)
        database.executemany("INSERT OR IGNORE INTO step VALUES (?, ?)", map(tuple, steps.tolist()))
        database.execute("CREATE UNIQUE INDEX node_iri ON node (iri)")
        database.execute("ANALYZE")
        database.commit()
        database.close()

    def open(self) -> None:
        self._database = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        self._database.execute("PRAGMA mmap_size = 8000000000")
        self._database.execute("PRAGMA cache_size = -500000")

    def count(self, start: Start) -> int:
        return int(self._database.execute(_COUNT, (start.iri,)).fetchone()[0])

    def iris(self, start: Start) -> Sequence[str]:
        return [row[0] for row in self._database.execute(_IRIS, (start.iri,))]

    def memory_mb(self) -> float:
        return own_peak_mb()

    def close(self) -> None:
        self._database.close()


class DuckdbTable:
    """DuckDB, with the same tables and indexes."""

    def __init__(self, generated: Generated, folder: Path) -> None:
        self._generated, self._file = generated, folder / "lineage.duckdb"

    def prepare(self) -> None:
        try:
            import duckdb
        except ImportError as error:
            raise Skipped("DuckDB is not installed (pip install duckdb)") from error
        database = duckdb.connect(str(self._file))
        steps = _sorted_steps(self._generated)
        later, earlier = (numpy.ascontiguousarray(steps[:, n]) for n in (0, 1))
        numbered = {"later": later, "earlier": earlier}
        database.register("numbered", numbered)
        database.execute(
            "CREATE TABLE step AS SELECT DISTINCT later, earlier FROM numbered ORDER BY later"
        )
        database.execute(
            "CREATE TABLE node AS SELECT (row_number() OVER ()) - 1 AS id, iri "
            "FROM read_csv(?, columns = {'iri': 'VARCHAR'}, header = false, "
            "delim = '\\t', quote = '', parallel = false)",
            [str(self._generated.folder / "nodes.txt")],
        )
        for index in ("step (later)", "node (iri)", "node (id)"):
            name = index.translate(str.maketrans(" (", "__", ")"))
            database.execute(f"CREATE INDEX {name} ON {index}")
        database.close()

    def open(self) -> None:
        import duckdb

        self._database: Any = duckdb.connect(str(self._file), read_only=True)

    def count(self, start: Start) -> int:
        return int(self._database.execute(_COUNT, [start.iri]).fetchone()[0])

    def iris(self, start: Start) -> Sequence[str]:
        return [row[0] for row in self._database.execute(_IRIS, [start.iri]).fetchall()]

    def memory_mb(self) -> float:
        return own_peak_mb()

    def close(self) -> None:
        self._database.close()


def _sorted_steps(generated: Generated) -> Any:
    steps = numpy.fromfile(generated.folder / "steps.i32", dtype=numpy.int32).reshape(-1, 2)
    return steps[numpy.lexsort((steps[:, 1], steps[:, 0]))]
