"""What a file holds of the current graphs, and the questions it can be asked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg_service.describe import main_kind
from kg_service.search.current import CurrentGraph
from kg_service.search.text import WEIGHTS, match_of

_ROWS = (
    "SELECT iri, graph, kinds, label, name, identifiers, description, checksum FROM thing "
    "WHERE iri IN (SELECT value FROM json_each(?))"
)
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Wanted:
    """Which things: all that have the words, any of the kinds, any of the sources, by id.

    ``list_of`` are further kinds, of which they must have any too; ``iris`` are the only ones
    that may be among them. What is empty asks nothing.
    """

    text: str = ""
    kinds: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    iris: frozenset[str] | None = None
    list_of: frozenset[str] = frozenset()


class Facts:
    """Which current graphs a file holds, and its kinds; the same until the file changes."""

    def __init__(self, connection: sqlite3.Connection, current: Mapping[str, CurrentGraph]) -> None:
        self.version = version_of(connection)
        self.graphs = {
            id_: current[iri]
            for id_, iri, stamp in connection.execute("SELECT id, iri, stamp FROM graph")
            if iri in current and current[iri].stamp == stamp
        }
        self.is_complete = len(self.graphs) == len(current)
        self.kinds: dict[int, tuple[tuple[str, ...], str]] = {}
        for id_, names in connection.execute("SELECT id, names FROM kinds"):
            kinds = tuple(json.loads(names))
            self.kinds[id_] = kinds, main_kind(kinds)


def version_of(connection: sqlite3.Connection) -> tuple[str, int]:
    """Which file this is, and how often it was changed."""
    made, changes = connection.execute("SELECT made, changes FROM state").fetchone()
    return made, changes


@dataclass(frozen=True)
class Held:
    """A file, as far as it holds the current graphs. Raises sqlite3.Error."""

    connection: sqlite3.Connection
    facts: Facts

    def rows(self, iris: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows of things: IRI, graph, kinds, label, name, identifiers, description, sum."""
        graphs = self.facts.graphs
        for row in self.connection.execute(_ROWS, (json.dumps(iris),)):
            if row[1] in graphs:
                yield row

    def page(self, wanted: Wanted, first: int, after: Key | None) -> list[Key]:
        """Keys of things, in their order, each with the IRI last."""
        query, values = self._query(wanted)
        if wanted.text.strip():
            if after is not None:
                query = f"SELECT * FROM ({query}) WHERE (place, iri) > (?, ?)"
                values = [*values, *after]
            order = "place, iri"
        else:
            if after is not None:
                query = f"SELECT * FROM ({query}) WHERE iri > ?"
                values = [*values, *after]
            order = "iri"
        rows = self.connection.execute(f"{query} ORDER BY {order} LIMIT ?", [*values, first])
        return [tuple(row) for row in rows]

    def count(self, wanted: Wanted) -> int:
        """How many things there are."""
        query, values = self._query(wanted)
        (count,) = self.connection.execute(f"SELECT count(*) FROM ({query})", values).fetchone()
        return int(count)

    def _query(self, wanted: Wanted) -> tuple[str, list[Any]]:
        """All that is wanted, each thing once. Only texts of this module are joined here."""
        graphs = json.dumps(list(self.facts.graphs))
        in_graphs = "graph IN (SELECT value FROM json_each(?))"
        match = match_of(wanted.text)
        if match:
            query = (
                "WITH hit AS MATERIALIZED (SELECT rowid AS id, "
                f"bm25(words, {WEIGHTS}) AS score FROM words WHERE words MATCH ?) "
                "SELECT round(min(score), 6) AS place, iri FROM hit JOIN thing t USING (id) "
                f"WHERE t.{in_graphs}"
            )
            values: list[Any] = [match, graphs]
        elif wanted.text.strip():
            return "SELECT 0.0 AS place, iri FROM thing WHERE 0", []
        else:
            query = f"SELECT iri FROM thing t WHERE t.{in_graphs}"
            values = [graphs]
        for kinds in filter(None, (wanted.list_of, wanted.kinds)):
            ids = [id_ for id_, (names, _) in self.facts.kinds.items() if kinds & set(names)]
            of_kinds = "kinds IN (SELECT value FROM json_each(?))"
            query += f" AND t.iri IN (SELECT iri FROM thing WHERE {of_kinds} AND {in_graphs})"
            values += [json.dumps(ids), graphs]
        if wanted.sources:
            own = [id_ for id_, g in self.facts.graphs.items() if g.source_id in wanted.sources]
            query += f" AND t.iri IN (SELECT iri FROM thing WHERE {in_graphs})"
            values.append(json.dumps(own))
        if wanted.iris is not None:
            query += " AND t.iri IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(sorted(wanted.iris)))
        return f"{query} GROUP BY t.iri", values
