"""When keys were used last, to the day: enough to find those that nobody needs any more.

It is kept in a file of its own, so that a service needs no right to write the keys themselves.
Losing it does no harm.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from kg_service.access.files import alone, replace_file
from kg_service.errors import StoreError

_log = logging.getLogger(__name__)


class KeyUse:
    """The day of each key's last use, by its id."""

    def __init__(
        self, folder: Path, today: Callable[[], date] = lambda: datetime.now(UTC).date()
    ) -> None:
        self._path = folder / "used.json"
        self._lock = folder / "used.lock"
        self._today = today
        self._told: dict[str, str] = {}
        self._guard = threading.Lock()

    def is_news(self, id_: str) -> bool:
        """Whether a use of it today has not been written by this process yet."""
        return self._told.get(id_) != self._today().isoformat()

    def used(self, id_: str) -> None:
        """Keep that it was used today. A place that can not be written is no reason to refuse."""
        today = self._today().isoformat()
        with self._guard:
            if self._told.get(id_) == today:
                return
            self._told[id_] = today
        try:
            with alone(self._lock):
                replace_file(self._path, json.dumps({**self.days(), id_: today}) + "\n")
        except StoreError as error:
            _log.warning("the use of an API key is not kept: %s", error)

    def days(self) -> dict[str, str]:
        """The days, by key; none where they can not be read."""
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return {str(k): str(v) for k, v in told.items()} if isinstance(told, dict) else {}
