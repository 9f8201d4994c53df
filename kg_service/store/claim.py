"""The claim by which one writer at a time changes a server, kept as a statement in its journal.

All times are the server's own, so that the clocks of several machines do not matter. A claim is
put in place of another one only if that is still there, by one update; where nobody writes, it is
nobody's. The condition is a plain pattern, which servers agree on that do not on NOT EXISTS.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pyoxigraph import Literal, NamedNode, QuerySolutions

from kg_service.errors import StoreBusy, StoreError
from kg_service.store.engines.standard import StandardEngine
from kg_service.terms import JOURNAL, XSD_DATETIME, kg

_WRITER = NamedNode("urn:kg:writer")
_HELD_BY = kg("heldBy")
_HELD_UNTIL = kg("heldUntil")
_LASTS = timedelta(seconds=60)
_KEPT_EVERY_S = 15
_READ = (
    f"SELECT ?who ?until WHERE {{ GRAPH {JOURNAL} {{ {_WRITER} {_HELD_BY} ?who ; "
    f"{_HELD_UNTIL} ?until }} }}"
)
_NOBODY = Literal("nobody")
_LONG_AGO = Literal("1970-01-01T00:00:00", datatype=XSD_DATETIME)
_NOW = "SELECT (NOW() AS ?now) WHERE {}"


class Claim:
    """One process's claim to write."""

    def __init__(self, engine: StandardEngine) -> None:
        self._engine = engine
        self._name = engine.endpoint.name
        self._me = Literal(str(uuid.uuid4()))
        self._kept = 0.0

    def take(self) -> None:
        """Claim the server, if nobody has a claim that still lasts. Raises StoreBusy."""
        now, held = self.now(), holders(self._engine)
        if not held:
            self._engine.update(f"INSERT DATA {{ {_claimed(_NOBODY, _LONG_AGO)} }}")
            held = holders(self._engine)
        if any(until >= now for until in held.values()):
            raise self._busy(max(held.values()))
        self._write(now, held)
        held = holders(self._engine)
        if list(held) != [self._me]:
            # two took it at once, as a server without serial updates lets them: both step back
            self.release()
            raise self._busy(max(held.values(), default=now))

    def keep(self) -> None:
        """Let the claim last longer. Raises StoreBusy where it ended and somebody else wrote."""
        if time.monotonic() - self._kept < _KEPT_EVERY_S:
            return
        self._write(self.now(), [self._me])
        if list(holders(self._engine)) != [self._me]:
            raise StoreBusy(
                f"{self._name}: another kg process took over writing while this one "
                "paused; run it again"
            )

    def release(self) -> None:
        """Give the claim up. An unreachable server is no matter: the claim ends by itself."""
        try:
            self._put(_NOBODY, _LONG_AGO, [self._me])
        except StoreError:
            return

    def _write(self, now: datetime, instead: Iterable[Literal]) -> None:
        until = Literal((now + _LASTS).isoformat(), datatype=XSD_DATETIME)
        self._put(self._me, until, instead)
        self._kept = time.monotonic()

    def _put(self, who: Literal, until: Literal, instead: Iterable[Literal]) -> None:
        """Put a claim in place of others, if those are all there still, in one update."""
        held = " ".join(_claimed(one, f"?until{n}") for n, one in enumerate(instead))
        self._engine.update(
            f"DELETE {{ {held} }} INSERT {{ {_claimed(who, until)} }} WHERE {{ {held} }}"
        )

    def now(self) -> datetime:
        """The server's time."""
        rows = self._engine.solutions(_NOW)
        assert isinstance(rows, QuerySolutions)
        for row in rows:
            now = row["now"]
            if isinstance(now, Literal):
                return _time(now)
        raise StoreError(f"{self._name}: the server does not tell its time")

    def _busy(self, until: datetime) -> StoreBusy:
        return StoreBusy(
            f"{self._name}: another kg process is writing to this store until "
            f"{until.isoformat(timespec='seconds')}; wait for it to end (where it was killed, its "
            "claim ends by itself at that time)"
        )


def holders(engine: StandardEngine) -> dict[Literal, datetime]:
    """Who claims to write to a server, and until when, by its clock. One, unless two race."""
    rows = engine.solutions(_READ)
    assert isinstance(rows, QuerySolutions)
    found: dict[Literal, datetime] = {}
    for row in rows:
        who, until = row["who"], row["until"]
        assert isinstance(who, Literal)
        assert isinstance(until, Literal)
        found[who] = max(_time(until), found.get(who, _time(until)))
    return found


def _claimed(who: Literal, until: Literal | str) -> str:
    return f"GRAPH {JOURNAL} {{ {_WRITER} {_HELD_BY} {who} ; {_HELD_UNTIL} {until} }}"


def _time(literal: Literal) -> datetime:
    """A time of the server, in UTC where it names no zone: they are only compared."""
    time = datetime.fromisoformat(literal.value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
