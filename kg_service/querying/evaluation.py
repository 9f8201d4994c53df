"""Answering one query with the embedded engine: what a worker does, and tests in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)

from kg_service.errors import StoreError, UsageError
from kg_service.querying.counting import output_of
from kg_service.querying.query import Kind, NoFormat, Query
from kg_service.store.engine_errors import is_damage, reason
from kg_service.store.port import QueryResult

Begin = Callable[[Kind, int | None], None]
Send = Callable[[bytes], object]


class Asks(Protocol):
    """What evaluates: a reader's query, with the dataset of the protocol."""

    def __call__(self, query: Query) -> QueryResult: ...


def answer(ask: Asks, query: Query, rows: int, bytes_: int, begin: Begin, send: Send) -> None:
    """Write the answer to a query. ``begin`` is called before the first piece is sent.

    An answer that fits into one piece is complete when it begins, so its length is told.
    Raises KgErrors; before ``begin`` was called, as long as nothing was sent.
    """
    result = ask(query)
    kind = _kind(result)
    format_ = query.graph if kind is Kind.GRAPH else query.solutions
    if format_ is None:
        raise NoFormat(kind)
    begun = False

    def send_piece(piece: bytes) -> None:
        nonlocal begun
        if not begun:
            begin(kind, None)
            begun = True
        send(piece)

    output = output_of(result, format_, send_piece, bytes_, rows)
    try:
        _write(result, format_, output)
        rest = output.end()
    except (OSError, RuntimeError, ValueError) as error:
        if output.met is not None:
            raise output.met from error
        raise _translated(error, format_) from error
    if not begun:
        begin(kind, len(rest))
    if rest:
        send(rest)


def _kind(result: QueryResult) -> Kind:
    if isinstance(result, QuerySolutions):
        return Kind.SOLUTIONS
    return Kind.BOOLEAN if isinstance(result, QueryBoolean) else Kind.GRAPH


def _write(result: QueryResult, format_: QueryResultsFormat | RdfFormat, output: Any) -> None:
    if isinstance(result, QueryTriples):
        assert isinstance(format_, RdfFormat)
        serialize(output.count_rows(result), output, format=format_)
    else:
        assert isinstance(format_, QueryResultsFormat)
        result.serialize(output, format=format_)


def _translated(error: Exception, format_: QueryResultsFormat | RdfFormat) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    if isinstance(error, ValueError):
        return UsageError(f"the answer can not be written as {format_.name}: {error}")
    if is_damage(error) or isinstance(error, OSError):
        return StoreError(f"the store can not be read: {reason(error)}")
    return UsageError(f"the SPARQL query can not be evaluated: {error}")
