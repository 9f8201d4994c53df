"""What goes through the pipes between the service and a worker: framed messages.

A frame is its kind (one byte), the length of what it holds (four bytes, big-endian), and that.
To a worker: ``Q`` a query in JSON. From it: ``K`` what kind of answer has begun, in JSON; ``D`` a
piece of it; ``E`` that it is whole; ``X`` why it is not, in JSON.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import IO, Any

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat

from kg_service.querying.query import Query, Update
from kg_service.store.dataset import Dataset
from kg_service.store.port import Term

QUERY, KIND, DATA, END, ERROR = b"Q", b"K", b"D", b"E", b"X"
_HEAD = struct.Struct(">cI")
_READ_BYTES = 1 << 20


def write_frame(stream: IO[bytes], kind: bytes, payload: bytes = b"") -> None:
    """Write one frame. Raises OSError where nobody reads."""
    stream.write(_HEAD.pack(kind, len(payload)))
    stream.write(payload)
    stream.flush()


class FrameReader:
    """Reads frames from a pipe, waiting no longer than allowed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._held = bytearray()

    def next(self, timeout_s: float | None) -> tuple[bytes, bytes] | None:
        """The next frame; None where the other end is gone. Raises TimeoutError."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        if not self._fill(_HEAD.size, until):
            return None
        kind, length = _HEAD.unpack_from(self._held)
        if not self._fill(_HEAD.size + length, until):
            return None
        payload = bytes(memoryview(self._held)[_HEAD.size : _HEAD.size + length])
        del self._held[: _HEAD.size + length]
        return kind, payload

    def _fill(self, length: int, until: float | None) -> bool:
        while len(self._held) < length:
            left = None if until is None else max(0.0, until - time.monotonic())
            if not self._poll.poll(None if left is None else 1000 * left):
                raise TimeoutError
            piece = os.read(self._descriptor, _READ_BYTES)
            if not piece:
                return False
            self._held += piece
        return True


def as_json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")


def query_json(folder: str, query: Query, rows: int, bytes_: int) -> bytes:
    """A query over a store's folder, with the limits of its answer."""
    return as_json(
        {
            "folder": folder,
            "text": query.text,
            "solutions": query.solutions.media_type if query.solutions else None,
            "graph": query.graph.media_type if query.graph else None,
            "dataset": [query.dataset.default, query.dataset.named] if query.dataset else None,
            "bindings": {name: _term_json(term) for name, term in query.bindings.items()},
            "rows": rows,
            "bytes": bytes_,
        }
    )


def update_json(update: Update) -> bytes:
    """An update to plan."""
    return as_json(
        {
            "update": update.text,
            "quads": update.quads.decode(),
            "prefix": update.prefix,
        }
    )


def update_from(told: dict[str, Any]) -> Update:
    """The update that was told as JSON."""
    return Update(told["update"], told["quads"].encode(), told["prefix"])


def query_from(told: dict[str, Any]) -> Query:
    """The query that was told as JSON."""
    solutions, graph, dataset = told["solutions"], told["graph"], told["dataset"]
    return Query(
        text=told["text"],
        solutions=QueryResultsFormat.from_media_type(solutions) if solutions else None,
        graph=RdfFormat.from_media_type(graph) if graph else None,
        dataset=Dataset(*map(tuple, dataset)) if dataset else None,
        bindings={name: _term_from(term) for name, term in told["bindings"].items()},
    )


def _term_json(term: Term) -> list[str | None]:
    if isinstance(term, NamedNode):
        return [term.value]
    return [term.value, term.language, term.datatype.value]


def _term_from(told: list[str | None]) -> Term:
    value, *typed = told
    assert value is not None
    if not typed:
        return NamedNode(value)
    language, datatype = typed
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(datatype or ""))
