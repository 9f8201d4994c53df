"""A job: one change that was asked for, how far it is, and what became of it."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from kg_service.report import Outcome


class Kind(StrEnum):
    """What is to be done."""

    INGEST = "ingest"
    WITHDRAW = "withdraw"
    LINK = "link"


class State(StrEnum):
    """How far it is. ``waiting``: for another process that writes to the store."""

    QUEUED = "queued"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        return self in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(frozen=True)
class Job:
    """One job as its file has it. Times are ISO 8601 in UTC.

    ``who`` asked, ``owner`` may look at it; ``asked`` are the options, by kind. ``files`` are
    name, bytes and SHA-256 of each; ``sources`` are the reports, ``reading`` what is read now.
    """

    id: str
    kind: Kind
    who: str
    owner: str
    created: str
    asked: dict[str, Any] = field(default_factory=dict)
    files: tuple[dict[str, Any], ...] = ()
    state: State = State.QUEUED
    started: str | None = None
    ended: str | None = None
    attempts: int = 0
    sources: tuple[dict[str, Any], ...] = ()
    passed_over: int = 0
    reading: str | None = None
    message: str | None = None
    request: str | None = None
    address: str | None = None

    @classmethod
    def new(cls, kind: Kind, who: str, owner: str, **told: Any) -> Job:
        """A job with an id of its own; ids sort by when they were given."""
        now = datetime.now(UTC)
        id_ = f"{now:%Y%m%d%H%M%S%f}-{secrets.token_hex(6)}"
        return cls(id_, kind, who, owner, now.isoformat(timespec="milliseconds"), **told)

    @classmethod
    def from_record(cls, told: dict[str, Any]) -> Job:
        """The job of a file. Raises ValueError, KeyError, TypeError where it is none."""
        lists = {name: tuple(told[name]) for name in ("files", "sources")}
        return cls(**{**told, **lists, "kind": Kind(told["kind"]), "state": State(told["state"])})

    def as_record(self) -> dict[str, Any]:
        """What its file holds."""
        return vars(self)

    def ending(self, state: State, message: str | None = None) -> Job:
        """The job, ended now."""
        return replace(self, state=state, message=message, reading=None, ended=_now())

    def starting(self) -> Job:
        """The job, under way from now."""
        return replace(
            self,
            state=State.RUNNING,
            message=None,
            started=self.started or _now(),
            attempts=self.attempts + 1,
            sources=(),
            passed_over=0,
        )

    def as_json(self, ahead: int | None = None) -> dict[str, Any]:
        """What is told of it; keys are stable. ``ahead`` jobs are to be done before it."""
        outcomes = Counter(report["outcome"] for report in self.sources)
        return {
            "id": self.id,
            "kind": self.kind.value,
            "state": self.state.value,
            "message": self.message,
            "ahead": ahead,
            "created": self.created,
            "started": self.started,
            "ended": self.ended,
            "files": list(self.files),
            "reading": self.reading,
            "sources": list(self.sources),
            "summary": {
                **{outcome.value: outcomes[outcome.value] for outcome in Outcome},
                "passedOver": self.passed_over,
            },
        }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
