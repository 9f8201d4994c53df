"""The process that works off the queue: ``python -m kg_service.uploads.worker FOLDER``.

It is a process of its own so that reading large files costs the service neither time nor memory,
and none of its life where that goes wrong. It ends when there is nothing left to do.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kg_service.access.audit import AuditLog, Entry
from kg_service.access.settings import AccessSettings
from kg_service.align.engine import Alignment
from kg_service.errors import KgError, StoreBusy, StoreError
from kg_service.opening import base_of, load_alignment, open_writer
from kg_service.questions.keeping import keep_own_graphs
from kg_service.settings import Settings
from kg_service.store.port import GraphStore
from kg_service.uploads.jobs import Job, State
from kg_service.uploads.queue import JobQueue, is_poisoned
from kg_service.uploads.work import Bench, Stopped, do

_log = logging.getLogger(__name__)
_IDLE_S = 2.0
_LOOKS_EVERY_S = 0.2
_BUSY_RETRY_S = 1.0
# a source that takes longer is taken for one that never ends, and not tried more than thrice
_LONGEST_SOURCE_S = 3600
_BUSY = "another process is writing to the store; this goes on when it has ended"


class Worker:
    """Works off the jobs of a queue, one after another, until there are none.

    It ends when there was nothing to do for ``idle`` seconds. ``alarm`` ends the process in so
    many seconds, unless it is called again; 0 for never. A fault of its own ends it; the
    next one tries the job again, but not for ever.
    """

    def __init__(
        self,
        queue: JobQueue,
        settings: Settings,
        audit: AuditLog,
        alignment: Alignment,
        idle: float = _IDLE_S,
        alarm: Callable[[int], object] = lambda _seconds: None,
    ) -> None:
        self._queue = queue
        self._idle = idle
        self._alarm = alarm
        self._settings = settings
        self._audit = audit
        self._stopped = False
        self._alignment = alignment

    def stop(self) -> None:
        """End before the next source; what is not done is left for the next worker."""
        self._stopped = True

    def run(self) -> None:
        """Do what there is to do. Raises StoreError where the queue itself fails."""
        idle_since = time.monotonic()
        while not self._stopped and time.monotonic() - idle_since < self._idle:
            ids = self._queue.waiting()
            if not ids:
                time.sleep(_LOOKS_EVERY_S)
                continue
            job = self._queue.job(ids[0])
            if job is not None and not job.state.is_end:
                self._do(job)
            elif job is None and time.time() - self._queue.opened(ids[0]) < _IDLE_S:
                time.sleep(_LOOKS_EVERY_S)  # it is just being accepted
            else:
                self._queue.close_missing(ids[0])
            idle_since = time.monotonic()

    def _do(self, job: Job) -> None:
        if is_poisoned(job):
            self._end(job.ending(State.FAILED, "it was begun several times and never ended"))
            return
        store = self._opened(job)
        if store is None:
            return
        job = job.starting()
        self._queue.save(job)
        self._watch()
        try:
            keep_own_graphs(store, self._alignment, base_of(self._settings))
            ended = do(job, self._bench(job, store))
        except Stopped:
            self._queue.save(replace(job, state=State.QUEUED, attempts=job.attempts - 1))
            return
        except StoreError as error:
            _log.error("upload %s: %s", job.id, error)
            ended = job.ending(State.FAILED, "the store failed; the service's log has the details")
        finally:
            self._alarm(0)
            with suppress(StoreError):  # what was committed is kept
                store.close()
        self._end(ended)

    def _bench(self, job: Job, store: GraphStore) -> Bench:
        return Bench(
            store,
            self._alignment,
            base_of(self._settings),
            self._queue.files(job),
            save=self._queue.save,
            is_cancelled=lambda: self._queue.is_cancelled(job),
            is_stopped=lambda: self._stopped,
            go_on=self._watch,
        )

    def _watch(self) -> None:
        """End this process if nothing more is heard of for too long."""
        self._alarm(_LONGEST_SOURCE_S)

    def _opened(self, job: Job) -> GraphStore | None:
        """The store, to write, once nobody else does; None where the job ends before."""
        waits = False
        while not self._stopped:
            if self._queue.is_cancelled(job):
                self._end(job.ending(State.CANCELLED, "cancelled before it began"))
                return None
            try:
                return open_writer(self._settings)
            except StoreBusy:
                if not waits:
                    self._queue.save(replace(job, state=State.WAITING, message=_BUSY))
                waits = True
                time.sleep(_BUSY_RETRY_S)
            except KgError as error:
                _log.error("upload %s: %s", job.id, error)
                message = "the store can not be opened; the service's log has the details"
                self._end(job.ending(State.FAILED, message))
                return None
        self._queue.save(replace(job, state=State.QUEUED, message=None))
        return None

    def _end(self, job: Job) -> None:
        self._queue.save(job)
        named = [f"{told['outcome']} {told['source'] or told['location']}" for told in job.sources]
        entry = Entry(
            job.who,
            job.kind.value,
            "http",
            named or [str(job.asked[k]) for k in ("source", "first", "second") if k in job.asked],
            job.state.value,
            job.message,
            job.address,
            job.request,
            job.id,
        )
        try:
            self._audit.write(entry)
        except StoreError as error:
            _log.error("%s", error)


def main() -> None:
    """Work off the queue in the folder that is named, unless another process does."""
    logging.basicConfig(level=logging.WARNING)
    queue = JobQueue(Path(sys.argv[1]))
    settings = Settings.from_environment()
    audit = AuditLog(AccessSettings.from_environment(settings).audit)
    with queue.working() as mine:
        if not mine:
            return
        alignment = load_alignment(settings.mappings)
        worker = Worker(queue, settings, audit, alignment, alarm=signal.alarm)
        signal.signal(signal.SIGTERM, lambda _number, _frame: worker.stop())
        # a Ctrl-C at the terminal is for the service, which tells its worker
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        worker.run()


if __name__ == "__main__":
    main()
