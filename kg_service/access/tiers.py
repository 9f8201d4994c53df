"""Tiers: stores beside the store, each of which holds only what its callers may see.

::

    tiers/public/      a store in the layout of the main one: what everyone sees
    tiers/internal/    what internal callers see
    tiers/public.lock  held by whoever brings it up to date

SPARQL can name any graph, so that no filter of a query is safe; a store that does not hold what
is hidden is. A tier is never asked while it is behind: what its catalogue and decisions say is
compared with what they are to say, and where they differ it is brought up to date first. There
is none where everything is seen, or the same as in the tier below.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kg_service.access.part import Part, key_of
from kg_service.access.sight import Tier
from kg_service.access.sync import bring_up_to_date
from kg_service.errors import StoreBusy, StoreError
from kg_service.store.dump import lines_of_graph
from kg_service.store.embedded import OxigraphReader
from kg_service.store.port import GraphReader
from kg_service.store.snapshots import SnapshotReader
from kg_service.terms import CATALOGUE, DECISIONS

_WAIT_S = 60.0
_POLL_S = 0.02


class Tiers:
    """The tiers of one store, in a folder. Raises StoreError, StoreBusy."""

    def __init__(self, folder: Path, base: str, wait: float = _WAIT_S) -> None:
        self._folder = folder
        self._base = base
        self._wait = wait
        self._guard = threading.Lock()
        self._readers: dict[Tier, SnapshotReader] = {}
        self._keys: dict[Tier, tuple[OxigraphReader, str]] = {}

    def folder(self, tier: Tier) -> Path:
        """Where the store of a tier is."""
        return self._folder / tier.value

    def exists(self, tier: Tier) -> bool:
        """Whether there is one, up to date or not."""
        return (self.folder(tier) / "current").exists()

    def at(self, tier: Tier, part: Part) -> OxigraphReader | None:
        """A tier that holds just this part; None where it is behind, or ahead."""
        with self._guard:
            if not self.exists(tier):
                self._readers.pop(tier, None)
                return None
            try:
                if tier not in self._readers:
                    self._readers[tier] = SnapshotReader(self.folder(tier))
                reader = self._readers[tier].frozen()
                kept = self._keys.get(tier)
                if kept is None or kept[0] is not reader:
                    self._keys[tier] = kept = (reader, _key(reader))
            except StoreError:
                self._readers.pop(tier, None)
                return None  # whoever brings it up to date makes it anew
            return reader if kept[1] == part.key else None

    def sync(
        self, tier: Tier, main: GraphReader, part: Part, is_newest: Callable[[], bool]
    ) -> None:
        """Make a tier hold a part of a state of the main store, unless it does already.

        Nothing is done where that state is not the newest any more.
        """
        with self._locked(tier):
            if self.at(tier, part) is not None or not is_newest():
                return
            try:
                bring_up_to_date(self.folder(tier), self._base, main, part)
            except StoreBusy:
                raise
            except StoreError:
                # it holds nothing of its own: what is damaged is made anew
                shutil.rmtree(self.folder(tier), ignore_errors=True)
                bring_up_to_date(self.folder(tier), self._base, main, part)

    def remove(self, tier: Tier) -> None:
        """Remove a tier that is not needed."""
        if self.folder(tier).exists():
            with self._locked(tier):
                shutil.rmtree(self.folder(tier), ignore_errors=True)

    @contextmanager
    def _locked(self, tier: Tier) -> Iterator[None]:
        path = self._folder / f"{tier.value}.lock"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = path.open("a")
        except OSError as error:
            raise StoreError(
                f"{self._folder}: what the {tier} part of the sources says can not be written "
                f"({error}); give the service rights there, or run any kg ingest"
            ) from error
        with lock:
            self._take(lock.fileno(), path)
            yield

    def _take(self, lock: int, path: Path) -> None:
        until = time.monotonic() + self._wait
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise StoreBusy(
                        f"{os.fspath(path)}: another process brings this part of the store up to "
                        "date; try again later"
                    ) from None
                time.sleep(_POLL_S)
            else:
                return


def _key(reader: GraphReader) -> str:
    """The name of what a tier holds."""
    return key_of(
        sorted(lines_of_graph(reader, CATALOGUE)), sorted(lines_of_graph(reader, DECISIONS))
    )
