"""Stopping in order: first it is told that no more requests should come, then none are taken."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import uvicorn


class Drain:
    """Whether the service is about to stop."""

    def __init__(self) -> None:
        self.begun = False


class DrainingServer(uvicorn.Server):
    """A server that says at ``/ready`` for some seconds that it stops, before it does.

    A second signal stops it at once.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, seconds: float) -> None:
        super().__init__(config)
        self._drain, self._seconds = drain, seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        first, self._drain.begun = not self._drain.begun, True
        if not first or not self._seconds or sig != signal.SIGTERM:
            super().handle_exit(sig, frame)
            return
        stop = threading.Timer(self._seconds, super().handle_exit, (sig, frame))
        stop.daemon = True
        stop.start()
