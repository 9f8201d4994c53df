"""A worker: a process that answers one query after another over stores on disk.

    python -m kg_service.querying.worker MEMORY

It reads queries from its standard input and answers on its standard output, which are pipes to
the service (see ``wire``). Nothing but killing it ends a query; where the service is gone, it
ends itself.
"""

from __future__ import annotations

import json
import os
import select
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

from kg_service.errors import (
    KgError,
    Limited,
    QuerySyntax,
    Refused,
    StoreBusy,
    StoreError,
    UsageError,
)
from kg_service.querying import sandbox, wire
from kg_service.querying.evaluation import answer
from kg_service.querying.planning import planned
from kg_service.querying.query import Kind, NoFormat, Query
from kg_service.store.port import QueryResult
from kg_service.store.snapshots import SnapshotReader

_FOLDERS_OPEN = 4
_LOOKS_EVERY_S = 5.0
ERRORS: dict[str, type[KgError]] = {
    kind.__name__: kind for kind in (QuerySyntax, UsageError, Refused, StoreBusy, StoreError)
}


class Folders:
    """The stores that this worker has open, the one used last at the end."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, SnapshotReader] = OrderedDict()

    def reader(self, folder: str) -> SnapshotReader:
        """The newest state of a store. Raises StoreError."""
        if folder not in self._open:
            self._open[folder] = SnapshotReader(Path(folder))
        self._open.move_to_end(folder)
        while len(self._open) > _FOLDERS_OPEN:
            self._open.popitem(last=False)
        return self._open[folder]

    def let_go(self) -> None:
        """Hold no older snapshot than the newest, so that writers can remove them."""
        for folder, reader in list(self._open.items()):
            try:
                reader.generation()
            except StoreError:
                del self._open[folder]


def main() -> None:
    """Serve until the standard input ends."""
    sandbox.close_network()
    sandbox.no_core_files()
    sandbox.be_killed_first()
    sandbox.limit_memory(int(sys.argv[1]))
    # what libraries print must not come between the frames
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    frames = wire.FrameReader(0)
    folders = Folders()
    while True:
        try:
            frame = frames.next(_LOOKS_EVERY_S)
        except TimeoutError:
            folders.let_go()
            continue
        if frame is None:
            return
        _serve(json.loads(frame[1]), folders, answers)


def _serve(told: dict[str, Any], folders: Folders, answers: BinaryIO) -> None:
    def begin(kind: Kind, length: int | None) -> None:
        wire.write_frame(answers, wire.KIND, wire.as_json({"kind": kind, "length": length}))

    def send(piece: bytes) -> None:
        wire.write_frame(answers, wire.DATA, piece)

    def ask(query: Query) -> QueryResult:
        reader = folders.reader(told["folder"]).frozen()
        return reader.query(query.text, query.bindings, query.dataset)

    try:
        if "update" in told:
            plan = planned(wire.update_from(told))
            begin(Kind.CHANGE, len(plan))
            send(plan)
        else:
            answer(ask, wire.query_from(told), told["rows"], told["bytes"], begin, send)
    except MemoryError:
        os.write(2, b"MemoryError")
        os._exit(1)
    except KgError as error:
        wire.write_frame(answers, wire.ERROR, wire.as_json(_error_json(error)))
    else:
        wire.write_frame(answers, wire.END)


def _error_json(error: KgError) -> dict[str, str]:
    told = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, Limited):
        told["limit"] = error.limit
    if isinstance(error, NoFormat):
        told["kind"] = error.kind
    return told


def error_from(told: dict[str, str]) -> KgError:
    """The error that a worker told."""
    if told["error"] == Limited.__name__:
        return Limited(told["message"], told["limit"])
    if told["error"] == NoFormat.__name__:
        return NoFormat(Kind(told["kind"]))
    return ERRORS.get(told["error"], StoreError)(told["message"])


def _end_with_the_service() -> None:
    """End, whatever is being done, when the other end of the pipe is closed."""
    poll = select.poll()
    poll.register(0, select.POLLHUP)
    while not any(event & (select.POLLHUP | select.POLLERR) for _fd, event in poll.poll()):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
