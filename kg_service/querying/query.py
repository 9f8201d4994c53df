"""A query as it is put to an engine, and what an engine answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pyoxigraph import QueryResultsFormat, RdfFormat

from kg_service.errors import KgError
from kg_service.store.dataset import Dataset
from kg_service.store.port import Term


@dataclass(frozen=True)
class Query:
    """One query.

    ``solutions`` and ``graph`` are the formats to write each kind of answer in, None where the
    caller takes none of that kind. ``dataset`` are the graphs that the protocol names, which
    take the place of those that the query names.
    """

    text: str
    solutions: QueryResultsFormat | None = QueryResultsFormat.JSON
    graph: RdfFormat | None = RdfFormat.N_TRIPLES
    dataset: Dataset | None = None
    bindings: Mapping[str, Term] = field(default_factory=dict)


@dataclass(frozen=True)
class Update:
    """One update, and what it works on: N-Quads of all graphs whose IRI starts with ``prefix``."""

    text: str
    quads: bytes
    prefix: str


class Kind(StrEnum):
    """What a query answers."""

    SOLUTIONS = "solutions"
    BOOLEAN = "boolean"
    GRAPH = "graph"
    CHANGE = "change"


def without_frames(error: KgError) -> KgError:
    """The error alone: frames can hold results of the engine, which may not leave their thread."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class NoFormat(KgError):
    """The answer is of a kind that the caller takes in no format."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"no format was given for an answer that is {kind}")
        self.kind = kind


class Answer(Protocol):
    """An answer that has begun. ``length`` is its size in bytes where it is known already."""

    kind: Kind
    length: int | None

    def pieces(self) -> Iterator[bytes]:
        """What it is made of, once. Raises Limited and StoreError where it is not whole."""
        ...

    def close(self) -> None:
        """End the query, unless it has ended, and let go of what it takes."""
        ...


class Stop:
    """A caller's sign that an answer is not wanted any more; from any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._given = False
        self._then: Callable[[], None] = _nothing

    @property
    def given(self) -> bool:
        return self._given

    def give(self) -> None:
        """Give the sign; again changes nothing."""
        with self._guard:
            given, self._given = self._given, True
            then = self._then
        if not given:
            then()

    def on(self, then: Callable[[], None]) -> None:
        """What is to be done at the sign; at once where it was given."""
        with self._guard:
            self._then = then
            given = self._given
        if given:
            then()


def _nothing() -> None:
    pass


class QueryEngine(Protocol):
    """Answers queries over one dataset, with limits."""

    def ask(self, query: Query, caller: str, stop: Stop | None = None) -> Answer:
        """Begin to answer; waits for the first of it.

        Raises QuerySyntax, Refused, UsageError, NoFormat, Limited, Busy, StoreError.
        """
        ...

    def close(self) -> None:
        """End all queries."""
        ...
