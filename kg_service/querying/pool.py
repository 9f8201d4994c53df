"""The workers, and whose turn it is.

A query gets a worker for itself. Where all are taken it waits; the next is the one whose caller
used the least time of workers lately. So that long queries can not take all workers for as long
as they like, some of the workers are theirs only while nobody waits: then one of the caller who
used the most is ended. A few workers more than there may be queries stand by, so that nobody
waits until the next one has started.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from kg_service.errors import Busy, KgError, Limited, StoreError
from kg_service.querying import sandbox
from kg_service.querying.limits import Limits, out_of_memory
from kg_service.querying.process import Worker
from kg_service.querying.query import Stop
from kg_service.querying.usage import Usage

_LOOKS_EVERY_S = 0.1
_PATIENCE_S = 0.3  # so long a query waits before a long one is ended for it
_RETRY_S = 5
SPARE = 2


@dataclass(eq=False)
class Running:
    """One query that has a worker."""

    worker: Worker
    caller: str
    began: float = field(default_factory=time.monotonic)
    is_long: bool = False
    ended_for: KgError | None = None


@dataclass(eq=False)
class _Waiting:
    caller: str
    since: float = field(default_factory=time.monotonic)


class Pool:
    """A number of workers. ``close`` ends them, with what they do."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._changed = threading.Condition()
        self._running: list[Running] = []
        self._waiting: list[_Waiting] = []
        self._dead: list[Worker] = []
        self._closed = False
        self._usage = Usage()
        self._idle = [Worker(limits.memory) for _ in range(limits.workers + SPARE)]
        self._watch = threading.Thread(target=self._look_after, name="kg-queries", daemon=True)
        self._watch.start()

    def take(self, caller: str, stop: Stop) -> Running:
        """A worker for one query; waits for one. Raises Busy."""
        waiting = _Waiting(caller)
        stop.on(self._wake)
        with self._changed:
            self._refuse_too_many(caller)
            self._waiting.append(waiting)
            try:
                while not self._is_turn(waiting):
                    self._refuse_late(waiting, stop)
                    self._changed.wait(_LOOKS_EVERY_S * 10)
                running = Running(self._idle.pop(), caller)
                self._running.append(running)
            finally:
                self._waiting.remove(waiting)
                self._changed.notify_all()
        stop.on(lambda: self.end(running, _not_wanted()))
        return running

    def give_back(self, running: Running) -> None:
        """The query is done, and its worker may have another."""
        with self._changed:
            if running not in self._running:
                return
            self._remove(running)
            if running.is_long:  # what was made to wait for others stays so: take a new one
                self._bury(running.worker)
            else:
                self._idle.append(running.worker)
            self._changed.notify_all()

    def end(self, running: Running, why: KgError) -> None:
        """End a query, unless it is done."""
        with self._changed:
            if running in self._running:
                running.ended_for = why
                self._remove(running)
                self._bury(running.worker)
                self._changed.notify_all()

    def processes(self) -> list[int]:
        """The numbers of the processes of all workers."""
        with self._changed:
            return [*(w.pid for w in self._idle), *(r.worker.pid for r in self._running)]

    def counts(self) -> tuple[int, int]:
        """How many queries run, and how many wait."""
        with self._changed:
            return len(self._running), len(self._waiting)

    def close(self) -> None:
        """End all workers, and wait until they are gone."""
        with self._changed:
            self._closed = True
            for running in list(self._running):
                self.end(running, StoreError("the service is stopping"))
            for worker in self._idle:
                self._bury(worker)
            self._idle.clear()
            self._changed.notify_all()
        self._watch.join()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _refuse_too_many(self, caller: str) -> None:
        if self._closed:
            raise StoreError("the service is stopping")
        asked = [one.caller for one in self._running].count(caller)
        asked += [one.caller for one in self._waiting].count(caller)
        if asked >= self.limits.per_caller:
            raise Busy(
                f"{asked} of your queries are running or waiting already, and more than "
                f"{self.limits.per_caller} at once are not taken; wait for one to end",
                _RETRY_S,
                own=True,
            )
        if len(self._waiting) >= self.limits.waiting:
            raise Busy(
                f"{len(self._waiting)} queries are waiting already; try again later",
                _RETRY_S,
                own=False,
            )

    def _refuse_late(self, waiting: _Waiting, stop: Stop) -> None:
        if self._closed:
            raise StoreError("the service is stopping")
        if stop.given:
            raise _not_wanted()
        waited = time.monotonic() - waiting.since
        if self.limits.timeout_s and waited > self.limits.timeout_s:
            raise Busy(
                f"no worker was free for {waited:.0f} s; try again later", _RETRY_S, own=False
            )

    def _is_turn(self, waiting: _Waiting) -> bool:
        if not self._idle or len(self._running) >= self.limits.workers:
            return False
        used = self._used()
        return min(self._waiting, key=lambda one: (used[one.caller], one.since)) is waiting

    def _used(self) -> dict[str, float]:
        """What each caller used lately, what is running included."""
        now = time.monotonic()
        used = {one.caller: self._usage.of(one.caller, now) for one in self._waiting}
        for running in self._running:
            before = used.get(running.caller) or self._usage.of(running.caller, now)
            used[running.caller] = before + now - running.began
        return used

    def _remove(self, running: Running) -> None:
        self._running.remove(running)
        now = time.monotonic()
        self._usage.add(running.caller, now - running.began, now)

    def _bury(self, worker: Worker) -> None:
        worker.kill()
        self._dead.append(worker)

    def _look_after(self) -> None:
        """What happens by itself: limits of time, those who wait, workers to replace."""
        while True:
            with self._changed:
                if not self._running and not self._dead and not self._closed:
                    self._changed.wait()
                dead, self._dead = self._dead, []
                self._look_at_running()
                self._make_room()
                wanted = 0 if self._closed else self._missing()
                closed = self._closed
            for worker in dead:
                worker.bury()
            started = [Worker(self.limits.memory) for _ in range(wanted)]
            with self._changed:
                if self._closed:
                    self._dead += started
                    for worker in started:
                        worker.kill()
                else:
                    self._idle = [*started, *self._idle]
                if started:
                    self._changed.notify_all()
                if closed and not self._dead:
                    return
            time.sleep(_LOOKS_EVERY_S)

    def _missing(self) -> int:
        return self.limits.workers + SPARE - len(self._idle) - len(self._running)

    def _look_at_running(self) -> None:
        now = time.monotonic()
        for running in list(self._running):
            if self.limits.memory and sandbox.memory_of(running.worker.pid) > self.limits.memory:
                self.end(running, out_of_memory())
            age = now - running.began
            if age > self.limits.long_s and not running.is_long:
                running.is_long = True
                sandbox.nice(running.worker.pid)
            if self.limits.timeout_s and age > self.limits.transfer_s:
                self.end(running, _too_slow(self.limits.transfer_s))

    def _make_room(self) -> None:
        """End a long query where others wait for what is theirs."""
        now = time.monotonic()
        others = [w for w in self._waiting if now - w.since > _PATIENCE_S]
        long_ones = [running for running in self._running if running.is_long]
        free = self.limits.workers - len(self._running)
        if free > 0 or not others or len(long_ones) <= self.limits.long_ones:
            return
        used = self._used()
        greedy = max(long_ones, key=lambda one: (used[one.caller], now - one.began))
        self.end(greedy, _made_room(now - greedy.began))


def _too_slow(seconds: float) -> Limited:
    return Limited(f"the answer was not read to its end within {seconds:g} s", "time")


def _made_room(seconds: float) -> Busy:
    return Busy(
        f"the query was ended after {seconds:.0f} s, because too many long ones are running and "
        "others wait; try again later, or ask for less",
        30,
        own=False,
    )


def _not_wanted() -> Busy:
    return Busy("the caller has gone", _RETRY_S, own=True)
