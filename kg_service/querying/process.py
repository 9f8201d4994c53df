"""One worker process, as the service sees it."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress

from kg_service.errors import KgError, Limited, StoreError
from kg_service.querying import wire
from kg_service.querying.limits import out_of_memory

_log = logging.getLogger(__name__)
_LONGEST_SAID = 2_000
_PIPE_BYTES = 1 << 20


class Worker:
    """A process that answers queries; started at once, ready when its first answer comes."""

    def __init__(self, memory: int) -> None:
        self._use = threading.Lock()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            # -P: what lies in the folder where the service was started is no module of it
            [sys.executable, "-P", "-m", "kg_service.querying.worker", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the service, which then ends its workers
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions = self._process.stdin
        self._answers = self._process.stdout
        _widen(self._answers.fileno())
        self._frames = wire.FrameReader(self._answers.fileno())

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def put(self, question: bytes) -> None:
        """Put a query. Where there is nobody to take it, ``next`` tells why."""
        with self._use, suppress(OSError, ValueError):
            wire.write_frame(self._questions, wire.QUERY, question)

    def next(self, timeout_s: float | None) -> tuple[bytes, bytes]:
        """The next frame. Raises TimeoutError, and where it died the error that says of what."""
        with self._use:
            frame = None if self._answers.closed else self._frames.next(timeout_s)
            if frame is None:
                raise self._why_it_died()
            return frame

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()

    def bury(self) -> None:
        """Wait until it is gone, and close its pipes, which nobody may be reading then."""
        self._process.wait()
        with self._use:
            for pipe in (self._questions, self._answers, self._said):
                with suppress(OSError):
                    pipe.close()

    def _why_it_died(self) -> KgError:
        code = self._process.wait()
        said = self._last_words()
        if "memory allocation" in said or "MemoryError" in said:
            return out_of_memory()
        if code in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT):
            return Limited(
                "the query is nested too deeply for the engine; write it with fewer levels of "
                "brackets, or a list with VALUES or IN",
                "depth",
            )
        if code == -signal.SIGKILL:
            return Limited("the query was ended by the system, which had no memory left", "memory")
        _log.error("a query worker ended with code %s: %s", code, said or "it said nothing")
        return StoreError("a query worker ended unexpectedly; the service's log has more")

    def _last_words(self) -> str:
        if self._said.closed:
            return ""
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - _LONGEST_SAID))
        return self._said.read().decode("utf-8", "replace").strip()


def _widen(pipe: int) -> None:
    """Let a pipe hold more, where the system can: fewer turns between its two ends."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
