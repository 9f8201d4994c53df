"""A replica: a store on disk that follows a SPARQL server, for engines that can not be asked.

Some servers keep a graph well and answer SPARQL wrongly, or cut what they answer (Virtuoso 7:
docs/scaling.md). The server is then where the graph is written and shared by machines; what is
read is read here. The replica is brought up to date by what differs whenever the server has
changed, and is never read while it is behind::

    replica/        a store in the layout of the embedded one
    replica.state   the generation of the server that it holds
    replica.lock    held by whoever brings it up to date
"""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import DefaultGraph, RdfFormat, Store

from kg_service.access.part import Part, key_of
from kg_service.access.sync import bring_up_to_date, contents_told
from kg_service.errors import StoreError
from kg_service.store.dump import lines_of_graph
from kg_service.store.embedded import OxigraphReader
from kg_service.store.layout import replace_text
from kg_service.store.port import GraphReader
from kg_service.store.remote import RemoteStore
from kg_service.store.snapshots import ReadsNewest, SnapshotReader
from kg_service.terms import CATALOGUE, DECISIONS

_TRIES = 20


class Replica(ReadsNewest):
    """Reads a server by way of a store on disk: see ``GraphReader``. Raises StoreError."""

    def __init__(self, remote: RemoteStore, folder: Path, base: str) -> None:
        self.remote = remote
        self.folder = folder
        self._base = base
        self._guard = threading.Lock()
        self._reader: SnapshotReader | None = None
        self._state = folder.with_name(f"{folder.name}.state")

    def frozen(self) -> OxigraphReader:
        return self._following().frozen()

    def generation(self) -> str:
        """Changes when something was committed on the server."""
        return self._following().generation()

    def follow(self) -> None:
        """Bring the replica up to date, if it is behind."""
        self._following()

    def _following(self) -> SnapshotReader:
        with self._guard:
            if self._held() != self.remote.generation():
                self._catch_up()
                self._reader = None
            if self._reader is None:
                self._reader = SnapshotReader(self.folder)
            return self._reader

    def _held(self) -> str | None:
        """The generation that the replica holds, None where it holds none wholly."""
        try:
            return self._state.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self._state}: can not be read ({error})") from error

    def _catch_up(self) -> None:
        with self._locked():
            for _attempt in range(_TRIES):
                wanted = self.remote.generation()
                if self._held() == wanted:  # another process did it meanwhile
                    return
                self._state.unlink(missing_ok=True)
                failure = self._copy()
                if self.remote.generation() != wanted:
                    continue  # what was copied may be of two states
                if failure is not None:
                    raise failure
                replace_text(self._state, wanted)
                return
        raise StoreError(
            f"{self.remote.name}: changes faster than {self.folder} can follow; try again later"
        )

    def _copy(self) -> StoreError | None:
        try:
            bring_up_to_date(self.folder, self._base, self.remote, _whole(self.remote))
        except StoreError as first:
            if not self.folder.exists():
                return first
            # it holds nothing of its own: what is damaged, or of another base, is made anew
            shutil.rmtree(self.folder, ignore_errors=True)
            try:
                bring_up_to_date(self.folder, self._base, self.remote, _whole(self.remote))
            except StoreError as again:
                return again
        return None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        path = self.folder.with_name(f"{self.folder.name}.lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = path.open("a")
        except OSError as error:
            raise StoreError(
                f"{path}: can not be written ({error}); KG_DATA names the folder in which what "
                "the server holds is followed"
            ) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _whole(reader: GraphReader) -> Part:
    """All that a store says of its sources."""
    catalogue, decisions = (
        _as_kept(lines_of_graph(reader, graph)) for graph in (CATALOGUE, DECISIONS)
    )
    graphs = frozenset(contents_told(catalogue))
    return Part(graphs, catalogue, decisions, key_of(catalogue, decisions))


def _as_kept(lines: Iterator[bytes]) -> tuple[bytes, ...]:
    """Lines in order, with values in the spelling of the embedded engine."""
    store = Store()
    store.load(b"".join(lines), RdfFormat.N_TRIPLES)
    kept = store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b""
    return tuple(sorted(kept.splitlines(keepends=True)))
