"""Sees to it that what is in the queue is done: starts a worker whenever there is something."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time

from kg_service.access.settings import AccessSettings
from kg_service.errors import StoreError
from kg_service.settings import Settings
from kg_service.uploads.queue import JobQueue

_log = logging.getLogger(__name__)
_WORKER = "kg_service.uploads.worker"
_LOOKS_EVERY_S = 2.0
_TIDIES_EVERY_S = 24 * 3600.0
_ENDS_WITHIN_S = 5.0


class Supervisor:
    """A thread of the service. What was left by processes that ended is taken up as well."""

    def __init__(self, queue: JobQueue, settings: Settings, access: AccessSettings) -> None:
        self._queue = queue
        self._environment = _environment(settings, access)
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._tidied = 0.0
        self._worker: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="uploads", daemon=True)

    def start(self) -> None:
        """Begin. Raises StoreError where the queue can not be kept."""
        self._queue.prepare()
        self._tidied = time.monotonic()
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def stop(self) -> None:
        """End; a worker is told to, after the source that it takes, and goes on with that."""
        self._ended.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_ENDS_WITHIN_S)
        if self._worker is not None and self._worker.poll() is None:
            self._worker.terminate()
            try:
                self._worker.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                return

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wake.clear()
            try:
                if time.monotonic() - self._tidied > _TIDIES_EVERY_S:
                    self._tidied = time.monotonic()
                    self._queue.prepare()
                self._see_to_it()
            except (OSError, StoreError) as error:
                # it may be over the next time
                _log.error("uploads are not worked off: %s", error)
            self._wake.wait(_LOOKS_EVERY_S)

    def _see_to_it(self) -> None:
        if self._queue.waiting() and not self._is_worked():
            self._worker = subprocess.Popen(
                [sys.executable, "-P", "-m", _WORKER, str(self._queue.folder)],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def _is_worked(self) -> bool:
        if self._worker is not None and self._worker.poll() is None:
            return True
        with self._queue.working() as free:
            return not free


def _environment(settings: Settings, access: AccessSettings) -> dict[str, str]:
    """What a worker finds the same store by."""
    told = {
        "KG_STORE": settings.store,
        "KG_BASE": settings.base,
        "KG_MAPPINGS": os.pathsep.join(settings.mappings),
        "KG_INDEX": settings.index,
        "KG_HISTORY": settings.history,
        "KG_AUDIT": str(access.audit) if access.audit is not None else None,
    }
    return {**os.environ, **{name: value for name, value in told.items() if value}}
