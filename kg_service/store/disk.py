"""The writer's store on disk.

On disk, a store is a folder::

    kg-store.json      layout version and the base IRI of this store
    live/              the database, opened by the one writer
    snapshots/000007/  a hard-linked checkpoint that readers open; never written
    current            the name of the snapshot that readers use, replaced atomically

Readers thus see a change when it is published, whole, and never a half of it; a writer may
work while they read. A writer removes snapshots that were not finished when it opens.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pyoxigraph import Store

from kg_service.errors import StoreError
from kg_service.store.embedded import OxigraphStore
from kg_service.store.engine_errors import ENGINE_ERRORS, engine_error, reason, todo
from kg_service.store.layout import check_layout, replace_text
from kg_service.store.snapshots import remove_unused

_SNAPSHOTS_KEPT = 2


class DiskStore(OxigraphStore):
    """The writer's view of a store on disk. Raises StoreBusy where another writer has it."""

    def __init__(self, folder: Path, base: str) -> None:
        self._folder = folder
        self._snapshots = folder / "snapshots"
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            # whoever reads the files sees all sources: others are let in by who runs the service
            folder.mkdir(mode=0o700, exist_ok=True)
            self._snapshots.mkdir(exist_ok=True)
            check_layout(folder, base)
            super().__init__(Store(str(folder / "live")), str(folder))
            shown = self._remove_unfinished()
        except ENGINE_ERRORS as error:
            raise engine_error(str(folder), error) from error
        if not shown:
            self.publish()

    def publish(self) -> None:
        snapshot = self._snapshots / "none"
        try:
            self._sweep()  # what an interruption left is not shown
            numbers = self._numbers()
            snapshot = self._snapshots / f"{max(numbers, default=0) + 1:06d}"
            self._store.backup(str(snapshot))
            replace_text(self._folder / "current", snapshot.name)
        except ENGINE_ERRORS as error:
            self._failed = True
            shutil.rmtree(snapshot, ignore_errors=True)
            raise StoreError(
                f"{self._folder}: committed, but readers can not be shown it yet "
                f"({reason(error)}): {todo(error)}"
            ) from error
        for number in numbers[: -(_SNAPSHOTS_KEPT - 1) or None]:
            remove_unused(self._snapshots / f"{number:06d}")

    def close(self) -> None:
        try:
            if not self._failed:
                self._store.flush()
        except ENGINE_ERRORS as error:
            raise StoreError(
                f"{self._folder}: what was committed is kept, but could not be put in order "
                f"({reason(error)}): {todo(error)}"
            ) from error
        finally:
            del self._store

    def _numbers(self) -> list[int]:
        return sorted(int(path.name) for path in self._snapshots.iterdir() if path.name.isdigit())

    def _remove_unfinished(self) -> bool:
        """Remove snapshots that no reader was ever told of. Whether readers have one."""
        for path in self._snapshots.glob("*.tmp"):  # where the engine builds one
            shutil.rmtree(path, ignore_errors=True)
        try:
            current = (self._folder / "current").read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return False
        if not current.isdigit() or not (self._snapshots / current).is_dir():
            return False
        for number in self._numbers():
            if number > int(current):
                remove_unused(self._snapshots / f"{number:06d}")
        return True
