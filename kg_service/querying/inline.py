"""The engine in the process itself, without limits of time: for stores in memory, and tests."""

from __future__ import annotations

from typing import IO

from kg_service.errors import KgError, UsageError
from kg_service.querying.evaluation import answer
from kg_service.querying.query import Answer, Kind, Query, Stop, without_frames
from kg_service.querying.spooled import Spooled
from kg_service.store.embedded import OxigraphReader
from kg_service.store.port import GraphReader, QueryResult


class InlineEngine:
    """Queries over a reader, each to its end before any of it is given: see ``QueryEngine``."""

    def __init__(self, reader: GraphReader, rows: int = 0, bytes_: int = 0) -> None:
        self._reader = reader
        self._rows = rows
        self._bytes = bytes_

    def ask(self, query: Query, caller: str, stop: Stop | None = None) -> Answer:
        def fill(file: IO[bytes]) -> Kind:
            kinds: list[Kind] = []
            answer(
                self._evaluate,
                query,
                self._rows,
                self._bytes,
                lambda kind, _length: kinds.append(kind),
                file.write,
            )
            return kinds[0]

        failure: KgError
        try:
            return Spooled(fill)
        except KgError as error:
            failure = without_frames(error)
        raise failure

    def close(self) -> None:
        """Nothing is kept open."""

    def _evaluate(self, query: Query) -> QueryResult:
        reader = self._reader.frozen()
        if query.dataset is None:
            return reader.query(query.text, query.bindings)
        if isinstance(reader, OxigraphReader):
            return reader.query(query.text, query.bindings, query.dataset)
        raise UsageError(
            "default-graph-uri and named-graph-uri are not supported over this store: "
            "name graphs in the query itself, with GRAPH or FROM"
        )
