"""What each caller is given to read: the store, a tier of it, or a part.

A view belongs to one state of the store. It is found by what the caller sees, so that callers
who see the same share it, and whatever is made from it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from kg_service.access.caller import Caller
from kg_service.access.part import Part, part_seen
from kg_service.access.part_reader import PartReader
from kg_service.access.sight import Sight, Sights, Tier
from kg_service.access.tiers import Tiers
from kg_service.errors import StoreBusy, StoreError
from kg_service.store.embedded import OxigraphReader, OxigraphStore
from kg_service.store.port import GraphReader

_ATTEMPTS = 5
_MOST_PARTS = 32
_WAIT_S = 30.0


@dataclass(frozen=True)
class View:
    """``key`` is another wherever what is seen is; None where that is not known.

    ``whole``: nothing is hidden. ``base`` is the tier that answers SPARQL, None for the store.
    ``state`` numbers the states of the store.
    """

    reader: GraphReader
    key: str | None
    whole: bool
    base: Tier | None
    state: int = 0


@dataclass
class _State:
    """One state of the store, with what was made from it."""

    reader: GraphReader
    generation: str | None
    sights: Sights
    number: int
    parts: OrderedDict[frozenset[str], Part] = field(default_factory=OrderedDict)
    views: OrderedDict[frozenset[str], View] = field(default_factory=OrderedDict)

    def part(self, sight: Sight) -> Part:
        if sight.versions not in self.parts:
            self.parts[sight.versions] = part_seen(self.reader, self.sights.holdings, sight)
            _forget_oldest(self.parts)
        self.parts.move_to_end(sight.versions)
        return self.parts[sight.versions]


class Views:
    """Gives callers what they may read. Raises StoreError."""

    def __init__(self, store: GraphReader, tiers: Tiers | None = None) -> None:
        self._store = store
        self._tiers = tiers
        self._guard = threading.Lock()
        self._making = threading.Lock()
        self._reading = threading.Lock()
        self._newest: _State | None = None

    def of(self, caller: Caller) -> View:
        """The newest state, as a caller may see it."""
        for _attempt in range(_ATTEMPTS):
            state = self._state()
            sight = state.sights.of(caller)
            if sight.whole:
                return View(state.reader, state.generation, True, None, state.number)
            view = self._part_of(state, sight)
            if view is not None:
                return view
        raise StoreError(
            "the part of the store that is asked could not be brought up to date, as the store "
            "changes all the time; try again"
        )

    def sync(self, *, missing: bool = False) -> None:
        """Bring the tiers that there are up to date, and remove those that are not needed.

        With ``missing``, those too that are needed and are not there yet.
        """
        if self._tiers is None:
            return
        state = self._state()
        for tier in Tier:
            exists = self._tiers.exists(tier)
            sight = state.sights.of_tier(tier)
            if sight.tier is not tier:
                if exists:
                    self._tiers.remove(tier)
            elif exists or missing:
                part = state.part(sight)
                self._tiers.sync(tier, state.reader, part, lambda: self._state() is state)

    def _part_of(self, state: _State, sight: Sight) -> View | None:
        with self._guard:
            view = state.views.get(sight.versions)
            if view is not None:
                state.views.move_to_end(sight.versions)
                return view
        if not self._making.acquire(timeout=_WAIT_S):
            raise StoreBusy(
                "the part of the store that is asked is being brought up to date; try again later"
            )
        try:  # one makes what others wait for
            view = state.views.get(sight.versions) or self._made(state, sight)
        finally:
            self._making.release()
        if view is not None:
            with self._guard:
                state.views[sight.versions] = view
                _forget_oldest(state.views)
        return view

    def _made(self, state: _State, sight: Sight) -> View | None:
        """None where the store, or the time, has moved on meanwhile."""
        part = state.part(sight)
        base: GraphReader | None = None
        beyond: frozenset[NamedNode] = frozenset()
        if self._tiers is not None and sight.base is not None:
            of_base = state.sights.of_tier(sight.base)
            if not of_base.versions <= sight.versions:
                return None
            below = state.part(of_base)
            base, beyond = (
                self._tier(self._tiers, sight.base, state, below),
                part.graphs - below.graphs,
            )
            if base is None:
                return None
            if of_base.versions == sight.versions:
                return View(base, part.key, False, sight.base, state.number)
        reader = PartReader(state.reader, part, base, beyond)
        return View(reader, part.key, False, sight.base, state.number)

    def _tier(self, tiers: Tiers, tier: Tier, state: _State, part: Part) -> OxigraphReader | None:
        found = tiers.at(tier, part)
        if found is None:
            # only ever from the newest state, lest what was hidden since comes back
            tiers.sync(tier, state.reader, part, lambda: self._state() is state)
            found = tiers.at(tier, part)
        return found

    def _state(self) -> _State:
        kept = self._unchanged()
        if kept is not None:
            return kept
        with self._reading:  # one reads what others wait for
            while True:
                kept = self._unchanged()
                if kept is not None:
                    return kept
                made = self._read()
                if made is not None:
                    return made

    def _unchanged(self) -> _State | None:
        """The state that was read last, where it still is the newest."""
        kept = self._newest
        if kept is None or self._store.frozen() is not kept.reader:
            return None
        if _is_snapshot(kept.reader):
            return kept
        return kept if kept.generation and self.generation() == kept.generation else None

    def _read(self) -> _State | None:
        """The newest state; None where the store has changed meanwhile."""
        reader, generation = self._store.frozen(), self.generation()
        number = self._newest.number + 1 if self._newest is not None else 1
        made = _State(reader, generation, Sights(reader), number)
        if self._store.frozen() is not reader or self.generation() != generation:
            return None
        self._newest = made
        return made

    def generation(self) -> str | None:
        """What changes whenever the store has; None where it can not tell."""
        told = getattr(self._store, "generation", None)
        return str(told()) if told is not None else None


def _is_snapshot(reader: GraphReader) -> bool:
    """Whether what is read never changes."""
    return isinstance(reader, OxigraphReader) and not isinstance(reader, OxigraphStore)


def _forget_oldest(
    kept: OrderedDict[frozenset[str], Part] | OrderedDict[frozenset[str], View],
) -> None:
    while len(kept) > _MOST_PARTS:
        kept.popitem(last=False)
