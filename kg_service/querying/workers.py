"""The engine over stores on disk: each query in a worker process that can be killed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

from kg_service.errors import KgError, StoreError
from kg_service.querying import wire
from kg_service.querying.limits import Limits, out_of_time
from kg_service.querying.pool import Pool, Running
from kg_service.querying.query import Answer, Kind, Query, QueryEngine, Stop, Update
from kg_service.querying.worker import error_from


class Engines:
    """The engines over the folders of a service, which share one pool of workers."""

    def __init__(self, limits: Limits) -> None:
        self.pool = Pool(limits)

    def engine_for(self, folder: Path) -> QueryEngine:
        """The engine over the store in a folder; making one costs nothing."""
        return WorkerEngine(self.pool, folder)

    def plan(self, update: Update, caller: str) -> Answer:
        """What an update would change, as JSON: N-Quads to ``delete`` and to ``insert``.

        Raises QuerySyntax, Refused, UsageError, Limited, Busy.
        """
        return WorkerAnswer(self.pool, self.pool.take(caller, Stop()), wire.update_json(update))

    def close(self) -> None:
        """End all queries, and the workers."""
        self.pool.close()


class WorkerEngine:
    """Queries over the newest snapshot of one store on disk: see ``QueryEngine``."""

    def __init__(self, pool: Pool, folder: Path) -> None:
        self._pool = pool
        self._folder = str(folder.absolute())

    def ask(self, query: Query, caller: str, stop: Stop | None = None) -> Answer:
        limits = self._pool.limits
        question = wire.query_json(self._folder, query, limits.rows, limits.bytes)
        return WorkerAnswer(self._pool, self._pool.take(caller, stop or Stop()), question)

    def close(self) -> None:
        """The pool is not this engine's own: ``Engines.close`` ends it."""


class WorkerAnswer:
    """What one worker answers to a question: see ``Answer``. Its time runs while it is waited
    for; the worker is given back, or ended, whatever happens."""

    def __init__(self, pool: Pool, running: Running, question: bytes) -> None:
        self._pool = pool
        self._running = running
        self._left = pool.limits.timeout_s
        running.worker.put(question)
        kind, payload = self._next()
        if kind != wire.KIND:
            raise self._ended(StoreError(f"a query worker answered {kind!r} before it began"))
        told = json.loads(payload)
        self.kind = Kind(told["kind"])
        self.length: int | None = told["length"]

    def pieces(self) -> Iterator[bytes]:
        while True:
            kind, payload = self._next()
            if kind == wire.END:
                self._pool.give_back(self._running)
                return
            yield payload

    def close(self) -> None:
        self._pool.end(self._running, StoreError("the answer was closed"))

    def _next(self) -> tuple[bytes, bytes]:
        began = time.monotonic()
        try:
            kind, payload = self._running.worker.next(self._left or None)
        except TimeoutError as error:
            raise self._ended(out_of_time(self._pool.limits.timeout_s)) from error
        except KgError as error:
            raise self._ended(error) from error
        if self._left:
            self._left = max(0.001, self._left - (time.monotonic() - began))
        if kind == wire.ERROR:
            self._pool.give_back(self._running)
            raise error_from(json.loads(payload))
        return kind, payload

    def _ended(self, why: KgError) -> KgError:
        """Why the query ended: what the pool ended it for, else what was met here."""
        self._pool.end(self._running, why)
        return self._running.ended_for or why
