"""What one query, one caller and all callers together may take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from kg_service.errors import Limited, UsageError

# of the time of a query: so much longer may it take to send the answer to a slow caller
_TRANSFER = 10
_LONG_S = 2.0


@dataclass(frozen=True)
class Limits:
    """Limits of queries; 0 is no limit, where there may be none.

    ``timeout_s``: seconds that a query may be worked on. ``rows``: solutions or statements of an
    answer. ``bytes``: size of an answer. ``memory``: bytes that a worker may take beyond what it
    has mapped. ``workers``: processes, so queries at the same time. ``per_caller``: queries of
    one caller at the same time, those that wait included. ``waiting``: queries that wait.
    """

    timeout_s: float = 60.0
    rows: int = 10_000_000
    bytes: int = 4_000_000_000
    memory: int = 4_000_000_000
    workers: int = min(16, max(4, 2 * (os.cpu_count() or 1)))
    per_caller: int = 8
    waiting: int = 100

    def __post_init__(self) -> None:
        for limit in fields(self):
            if getattr(self, limit.name) < 0:
                raise UsageError(f"the limit {_variable(limit.name)} may not be below 0")
        for name in ("workers", "per_caller", "waiting"):
            if getattr(self, name) < 1:
                raise UsageError(f"the limit {_variable(name)} must be 1 or more")

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Limits:
        """The limits that ``KG_QUERY_TIMEOUT_S``, ``KG_QUERY_ROWS``, ... name.

        Raises UsageError.
        """
        given: dict[str, float] = {}
        for limit in fields(cls):
            text = env.get(_variable(limit.name))
            if not text:
                continue
            try:
                given[limit.name] = float(text) if limit.name == "timeout_s" else int(text)
            except ValueError as error:
                raise UsageError(
                    f"{_variable(limit.name)}={text!r} is no number; 0 is no limit"
                ) from error
        return cls(**given)  # type: ignore[arg-type]

    @property
    def transfer_s(self) -> float:
        """Seconds that a worker serves one query at most, waiting for a slow caller included."""
        return _TRANSFER * self.timeout_s

    @property
    def long_s(self) -> float:
        """Seconds from which a query counts as a long one."""
        return min(_LONG_S, self.timeout_s / 2) if self.timeout_s else _LONG_S

    @property
    def long_ones(self) -> int:
        """Long queries that may run while others wait; the other workers are for these."""
        return max(1, self.workers - max(1, self.workers // 4))


def _variable(name: str) -> str:
    return f"KG_QUERY_{name.upper()}"


def out_of_time(timeout_s: float) -> Limited:
    """What a caller is told whose query took too long."""
    return Limited(
        f"the query was ended after {timeout_s:g} s, the limit of this service; ask for less: a "
        "narrower pattern, LIMIT, fewer property paths, or the lineage interfaces",
        "time",
    )


def out_of_memory() -> Limited:
    """What a caller is told whose query took too much memory."""
    return Limited(
        "the query needs more memory than one may take; ask for less at once, without "
        "ORDER BY, DISTINCT or GROUP BY over very many rows",
        "memory",
    )
