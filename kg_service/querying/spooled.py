"""Answers that are whole before they are given: in memory while small, else in a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from pyoxigraph import QueryResultsFormat, RdfFormat, Store, parse, parse_query_results

from kg_service.errors import StoreError
from kg_service.querying.query import Answer, Kind
from kg_service.store.port import QueryResult
from kg_service.store.statements import temporary_space

_IN_MEMORY_BYTES = 4_000_000
_READ_BYTES = 1 << 18


class Spooled:
    """A whole answer, to be read once: see ``Answer``. ``fill`` writes it and tells its kind."""

    def __init__(self, fill: Callable[[IO[bytes]], Kind]) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115
        try:
            with temporary_space():
                self.kind = fill(self._file)
                self.length: int | None = self._file.tell()
                self._file.seek(0)
        except BaseException:
            self._file.close()
            raise

    def pieces(self) -> Iterator[bytes]:
        while piece := self._file.read(_READ_BYTES):
            yield piece

    def close(self) -> None:
        self._file.close()


def whole(answer: Answer) -> Answer:
    """The same answer, known to be complete. Raises what ended it where it is not."""
    if answer.length is not None:
        return answer

    def fill(file: IO[bytes]) -> Kind:
        for piece in answer.pieces():
            file.write(piece)
        return answer.kind

    try:
        return Spooled(fill)
    finally:
        answer.close()


class Pieces(io.RawIOBase):
    """Pieces as a file to read, for parsers. What ends them early is kept in ``failure``."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self.failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            while not self._held:
                self._held = next(self._pieces)
        except StopIteration:
            return 0
        except Exception as error:
            self.failure = error
            raise
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size


def result_of(answer: Answer) -> QueryResult:
    """The result that an answer in JSON or N-Triples holds, read to its end before it is given."""
    complete = whole(answer)
    try:
        body = b"".join(complete.pieces())
    finally:
        complete.close()
    try:
        if complete.kind is not Kind.GRAPH:
            return parse_query_results(body, QueryResultsFormat.JSON)
        graph = Store()
        graph.extend(parse(body, RdfFormat.N_TRIPLES))
        result: QueryResult = graph.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        return result
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"the answer of the engine can not be read: {error}") from error
