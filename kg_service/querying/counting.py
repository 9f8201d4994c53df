"""Counting the rows of an answer while the engine writes it, and holding its first bytes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from pyoxigraph import QueryResultsFormat, QuerySolutions, QueryTriples, Triple

from kg_service.errors import Limited

PIECE_BYTES = 1 << 18


class Counter:
    """Counts solutions in what the engine writes, in one of the four formats of results.

    It looks only for what no term can hold: quotes in JSON strings and ``<`` in XML are
    escaped, line ends in TSV as well, and in CSV stand between quotes.
    """

    def __init__(self, format_: QueryResultsFormat, columns: Sequence[str]) -> None:
        self._quotes = format_ == QueryResultsFormat.CSV
        self._within = False
        self._marks = _marks(format_, columns)
        self._tail = b""
        lines = format_ in (QueryResultsFormat.CSV, QueryResultsFormat.TSV)
        self.rows = -1 if lines else 0  # the head is a line as well

    def count(self, piece: bytes) -> None:
        """Take in the next piece."""
        if self._quotes:
            for part in piece.split(b'"'):
                if not self._within:
                    self.rows += part.count(b"\n")
                self._within = not self._within
            self._within = not self._within
            return
        longest = max(map(len, self._marks))
        text = self._tail + piece
        self.rows += sum(text.count(mark) - self._tail.count(mark) for mark in self._marks)
        self._tail = text[len(text) - longest + 1 :] if longest > 1 else b""


def _marks(format_: QueryResultsFormat, columns: Sequence[str]) -> list[bytes]:
    if format_ == QueryResultsFormat.XML:
        return [b"<result>"]
    if format_ == QueryResultsFormat.JSON:
        # how a row begins, whichever of its variables is the first that is bound
        return [b'{%s:{"type":"' % json.dumps(name).encode() for name in columns] or [b"},{}"]
    return [b"\n"]


class Output:
    """A file for the engine to write to, which passes pieces on and stops it at a limit.

    The limit that was met is kept in ``met``: what the engine makes of an error is its own.
    """

    def __init__(
        self,
        send: Callable[[bytes], object],
        most_bytes: int,
        most_rows: int,
        counter: Counter | None,
    ) -> None:
        self._send = send
        self._most_bytes = most_bytes
        self._most_rows = most_rows
        self._counter = counter
        self._held = bytearray()
        self._written = 0
        self.met: Limited | None = None

    def write(self, piece: bytes) -> int:
        self._held += piece
        if len(self._held) >= PIECE_BYTES:
            self._pass_on()
        return len(piece)

    def flush(self) -> None:
        """The engine's; a piece is passed on when it is large enough."""

    def end(self) -> bytes:
        """What is left, checked like the rest, to be sent by the caller."""
        return self._checked()

    def count_rows(self, triples: QueryTriples) -> Iterator[Triple]:
        """The statements of a graph, up to the limit."""
        for number, triple in enumerate(triples, 1):
            if self._most_rows and number > self._most_rows:
                self.met = _too_many(self._most_rows, "statements")
                raise self.met
            yield triple

    def _pass_on(self) -> None:
        self._send(self._checked())

    def _checked(self) -> bytes:
        piece = bytes(self._held)
        self._held.clear()
        self._written += len(piece)
        if self._most_bytes and self._written > self._most_bytes:
            self.met = Limited(
                f"the answer is larger than {self._most_bytes:,} bytes; ask for less of it, "
                "with LIMIT and OFFSET or fewer columns",
                "bytes",
            )
            raise self.met
        if self._counter is not None and self._most_rows:
            self._counter.count(piece)
            if self._counter.rows > self._most_rows:
                self.met = _too_many(self._most_rows, "rows")
                raise self.met
        return piece


def output_of(
    result: object,
    format_: object,
    send: Callable[[bytes], object],
    most_bytes: int,
    most_rows: int,
) -> Output:
    """The output for one result."""
    counter = None
    if isinstance(result, QuerySolutions) and isinstance(format_, QueryResultsFormat):
        counter = Counter(format_, [variable.value for variable in result.variables])
    return Output(send, most_bytes, most_rows, counter)


def _too_many(most: int, what: str) -> Limited:
    return Limited(
        f"the answer has more than {most:,} {what}; ask for less of it, with LIMIT and OFFSET "
        "or by a narrower pattern",
        "rows",
    )
