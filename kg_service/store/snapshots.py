"""Snapshots of a store on disk: readers open the newest, writers remove what none uses."""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from pyoxigraph import NamedNode, Quad, Store

from kg_service.errors import StoreError
from kg_service.store.embedded import OxigraphReader
from kg_service.store.engine_errors import ENGINE_ERRORS, engine_error, reason
from kg_service.store.port import NO_BINDINGS, QueryResult, Term


class ReadsNewest:
    """Answers from the state that ``frozen`` gives, anew for each question."""

    def frozen(self) -> OxigraphReader:
        raise NotImplementedError

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        return self.frozen().query(sparql, bindings)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        return self.frozen().quads(subject, predicate, object_, graph)


class SnapshotReader(ReadsNewest):
    """Readers' view of a store on disk: always the newest published snapshot."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._name = ""
        self._reader = OxigraphReader(Store())
        self._newest()

    def generation(self) -> str:
        """The name of the snapshot that is read; changes when something was published."""
        self._newest()
        return self._name

    def frozen(self) -> OxigraphReader:
        return self._newest()

    def _newest(self) -> OxigraphReader:
        with self._guard:
            for _attempt in range(5):
                try:
                    name = (self._folder / "current").read_text(encoding="ascii").strip()
                except FileNotFoundError as error:
                    raise StoreError(
                        f"{self._folder}: there is no store yet; create it with: kg ingest PATH"
                    ) from error
                except (OSError, UnicodeDecodeError) as error:
                    raise engine_error(str(self._folder), error) from error
                if name == self._name:
                    break
                failure = self._open(name)
                if failure is None:
                    break
            else:
                raise StoreError(
                    f"{self._folder}: the snapshot {name!r} that readers should use can not be "
                    f"opened ({reason(failure)}); any kg ingest or kg realign makes a new one"
                ) from failure
            return self._reader

    def _open(self, name: str) -> OSError | None:
        """Open a snapshot. The error where it went away, or is not to be had."""
        snapshot = self._folder / "snapshots" / name
        try:
            lock = snapshot.with_suffix(".lock").open("a")
        except OSError:
            lock = None  # a read-only disk: nothing removes snapshots there either
        try:
            if lock is not None:
                fcntl.flock(lock, fcntl.LOCK_SH)
            reader = _HeldSnapshot(Store.read_only(str(snapshot)), str(self._folder), lock)
        except ENGINE_ERRORS as error:
            if lock is not None:
                lock.close()
            if isinstance(error, OSError):
                return error  # removed between reading its name and locking it: read it again
            raise engine_error(str(self._folder), error) from error
        self._name, self._reader = name, reader
        return None


class _HeldSnapshot(OxigraphReader):
    """A snapshot with the lock that keeps writers from removing it, for as long as it is used."""

    def __init__(self, store: Store, where: str, lock: IO[str] | None) -> None:
        super().__init__(store, where)
        self._lock = lock


def remove_unused(snapshot: Path) -> None:
    """Remove a snapshot unless a reader holds it; readers hold a shared lock on its lock file."""
    lock_path = snapshot.with_suffix(".lock")
    try:
        with lock_path.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(snapshot, ignore_errors=True)
            lock_path.unlink(missing_ok=True)
    except OSError:
        return  # in use: a later publish will find it again
