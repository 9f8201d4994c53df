"""The audit log: one line of JSON for each change that somebody asked for, and what became of it.

Lines are only ever appended, each in one write, so that several processes may share the file.
What callers send stands in it as JSON text with all but ASCII escaped: nobody can write a line of
their own, or play tricks on a terminal.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kg_service.access.settings import AccessSettings
from kg_service.errors import KgError, StoreError
from kg_service.settings import Settings

_MOST_NAMED = 1000
_LONGEST = 2000


@dataclass
class Entry:
    """One change. ``what`` names what it is made to: source ids, key ids, IRIs.

    ``via`` is ``http`` or ``cli``; ``address`` is where a request came from.
    """

    who: str
    action: str
    via: str
    what: list[str] = field(default_factory=list)
    outcome: str = "done"
    detail: str | None = None
    address: str | None = None
    request: str | None = None
    job: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        told: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": self.who[:_LONGEST],
            "via": self.via,
            "action": self.action,
            "what": [name[:_LONGEST] for name in self.what[:_MOST_NAMED]],
            "outcome": self.outcome,
        }
        if len(self.what) > _MOST_NAMED:
            told["more"] = len(self.what) - _MOST_NAMED
        optional = {
            "detail": self.detail[:_LONGEST] if self.detail else None,
            "from": self.address,
            "request": self.request,
            "job": self.job,
        }
        return told | {name: value for name, value in optional.items() if value}


@dataclass(frozen=True)
class AuditLog:
    """A file to append to; nowhere for a store on a server whose log has no place (KG_AUDIT)."""

    path: Path | None

    def write(self, entry: Entry) -> None:
        """Append an entry. Raises StoreError where it can not be kept."""
        if self.path is None:
            return
        line = json.dumps(entry.as_json(), ensure_ascii=True).encode("ascii") + b"\n"
        with _opened(self.path) as number:
            os.write(number, line)


NOWHERE = AuditLog(None)


def operator() -> str:
    """Who works at the command line: ``operator:ACCOUNT@HOST``."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError):
        account = "unknown"  # a container's user need not have a name
    return f"operator:{account}@{socket.gethostname()}"


@contextmanager
def audited(settings: Settings, action: str, what: list[str] | None = None) -> Iterator[Entry]:
    """Log what a command does, once it is done or has failed; the entry may be added to.

    That the log can be written is seen before anything is changed. Raises StoreError.
    """
    log = AuditLog(AccessSettings.from_environment(settings).audit)
    if log.path is not None:
        with _opened(log.path):
            pass
    entry = Entry(operator(), action, "cli", what or [])
    try:
        yield entry
    except KgError as error:
        entry.outcome, entry.detail = "refused", str(error)
        log.write(entry)
        raise
    except BaseException as error:
        entry.outcome, entry.detail = "interrupted", type(error).__name__
        log.write(entry)
        raise
    log.write(entry)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """The log, open to append to; only its own account may read it. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            yield number
        finally:
            os.close(number)
    except OSError as error:
        raise StoreError(
            f"{path}: the audit log can not be written ({error.strerror}); nothing is changed "
            "that is not logged"
        ) from error
