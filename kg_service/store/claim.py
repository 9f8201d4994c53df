"""The claim by which one writer at a time changes a server, kept as a statement in its journal.

All times are the server's own, so that the clocks of several machines do not matter.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pyoxigraph import Literal, NamedNode

from kg_service.errors import StoreBusy, StoreError
from kg_service.store.endpoint import Endpoint
from kg_service.store.port import NO_BINDINGS, Term
from kg_service.terms import JOURNAL, XSD_DATETIME, kg

_WRITER = NamedNode("urn:kg:writer")
_HELD_BY = kg("heldBy")
_HELD_UNTIL = kg("heldUntil")
_LASTS = timedelta(seconds=60)
_KEPT_EVERY_S = 15

_STATEMENTS = f"GRAPH {JOURNAL} {{ {_WRITER} {_HELD_BY} ?who ; {_HELD_UNTIL} ?until }}"
_READ = f"SELECT ?who ?until WHERE {{ {_STATEMENTS} }} LIMIT 1"
_NOW = "SELECT (NOW() AS ?now) WHERE {}"

OneRow = Callable[[str, Mapping[str, Term]], dict[str, Term] | None]


class Claim:
    """One process's claim to write. ``one_row`` asks the server for the first row of a query."""

    def __init__(self, endpoint: Endpoint, one_row: OneRow) -> None:
        self._endpoint = endpoint
        self._one_row = one_row
        self._me = Literal(str(uuid.uuid4()))
        self._kept = 0.0

    def take(self) -> None:
        """Claim the server, if nobody has a claim that still lasts. Raises StoreBusy."""
        self._write("!BOUND(?who) || ?until < ?now")
        row = self._one_row(_READ, NO_BINDINGS)
        if row is None or row["who"] != self._me:
            until = f" until {row['until'].value}" if row else ""
            raise StoreBusy(
                f"{self._endpoint.name}: another kg process is writing to this store{until}; "
                "wait for it to end (where it was killed, its claim ends by itself at that time)"
            )

    def keep(self) -> None:
        """Let the claim last longer. Raises StoreBusy where it ended and somebody else wrote."""
        if time.monotonic() - self._kept < _KEPT_EVERY_S:
            return
        self._write("?who = ?me")
        row = self._one_row(_READ, NO_BINDINGS)
        if row is None or row["who"] != self._me:
            raise StoreBusy(
                f"{self._endpoint.name}: another kg process took over writing while this one "
                "paused; run it again"
            )

    def release(self) -> None:
        """Give the claim up. An unreachable server is no matter: the claim ends by itself."""
        try:
            self._endpoint.update(
                f"DELETE {{ {_STATEMENTS} }} WHERE {{ VALUES ?who {{ {self._me} }} {_STATEMENTS} }}"
            )
        except StoreError:
            return

    def _write(self, condition: str) -> None:
        """Put this claim in place of the one that is there, under a condition, in one update."""
        row = self._one_row(_NOW, NO_BINDINGS)
        if row is None:
            raise StoreError(f"{self._endpoint.name}: the server does not tell its time")
        now = datetime.fromisoformat(row["now"].value)
        until = Literal((now + _LASTS).isoformat(), datatype=XSD_DATETIME)
        mine = f"{_WRITER} {_HELD_BY} {self._me} ; {_HELD_UNTIL} {until}"
        self._endpoint.update(
            f"DELETE {{ {_STATEMENTS} }} INSERT {{ GRAPH {JOURNAL} {{ {mine} }} }}\n"
            f"WHERE {{ VALUES (?me ?now) {{ ({self._me} {row['now']}) }}\n"
            f"OPTIONAL {{ {_STATEMENTS} }} FILTER({condition}) }}"
        )
        self._kept = time.monotonic()
