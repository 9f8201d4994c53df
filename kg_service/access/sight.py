"""What a caller sees of one state of a store.

The callers of a store fall into few classes: those who see all of it, those who see the same
as everyone (``public``) or as every internal caller (``internal``), and those whose groups show
them more than that. Callers of one class see the same, so that what is made for one of them
serves the others.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from kg_service.access.caller import Caller
from kg_service.access.holdings import Holdings, holdings
from kg_service.store.port import GraphReader

_EVERYONE = Caller("everyone")
_INTERNAL = Caller("internal", internal=True)
_MOST_KEPT = 256


class Tier(StrEnum):
    """A part of the sources for which a store of its own is kept."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Sight:
    """The versions of sources that are seen; ``whole`` where nothing is hidden.

    ``tier`` is the tier that holds just this, if one does; ``base`` the highest tier of which
    all is seen, by which SPARQL is answered; None where that is the whole store.
    """

    versions: frozenset[str]
    whole: bool
    tier: Tier | None
    base: Tier | None


class Sights:
    """What callers see of one state of a store. Raises StoreError."""

    def __init__(self, reader: GraphReader) -> None:
        self.reader = reader
        self.holdings: Holdings = holdings(reader)
        self._guard = threading.Lock()
        self._kept: dict[tuple[bool, bool, frozenset[str]], Sight] = {}
        self._until: datetime | None = None
        self._since = datetime.now(UTC)

    def of(self, caller: Caller, now: datetime | None = None) -> Sight:
        """What a caller sees now."""
        now = now or datetime.now(UTC)
        key = caller.everything, caller.internal, caller.groups & self.holdings.groups
        with self._guard:
            if now < self._since or (self._until is not None and now >= self._until):
                self._kept.clear()
            if not self._kept or len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
                self._since, self._until = now, self.holdings.next_opening(now)
            if key not in self._kept:
                self._kept[key] = self._made(caller, now)
            return self._kept[key]

    def of_tier(self, tier: Tier, now: datetime | None = None) -> Sight:
        """What a tier is to hold."""
        return self.of(_INTERNAL if tier is Tier.INTERNAL else _EVERYONE, now)

    def _made(self, caller: Caller, now: datetime) -> Sight:
        every = frozenset(self.holdings.versions)
        seen = self.holdings.seen_by(caller, now)
        if seen == every:
            return Sight(seen, True, None, None)
        public = self.holdings.seen_by(_EVERYONE, now)
        if seen == public:
            return Sight(seen, False, Tier.PUBLIC, Tier.PUBLIC)
        internal = self.holdings.seen_by(_INTERNAL, now)
        if seen == internal:
            return Sight(seen, False, Tier.INTERNAL, Tier.INTERNAL)
        base = Tier.INTERNAL if caller.internal and internal != public else Tier.PUBLIC
        return Sight(seen, False, None, base)
