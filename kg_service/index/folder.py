"""The folder of an index: segments, and a manifest that names those that count.

    manifest.json     the segments in order, and the next numbers of nodes and graphs
    000012.segment    never written again once it is there
    checked.json      which files were read wholly and found as written

The manifest is replaced atomically, so that a reader finds an old or a new state, each whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kg_service.errors import StoreError
from kg_service.index.files import DamagedFile, check_arrays, open_arrays, write_arrays
from kg_service.index.segment import Segment

LAYOUT = 1
_MANIFEST = "manifest.json"
_CHECKED = "checked.json"
_RETRIES = 5


@dataclass(frozen=True)
class Manifest:
    """Which segments there are, by file name, and the next number of a graph and of a file."""

    segments: tuple[str, ...] = ()
    next_graph: int = 0
    next_file: int = 0


@dataclass(frozen=True)
class State:
    """One state of an index: its manifest and its segments, open."""

    manifest: Manifest
    segments: tuple[Segment, ...]

    @property
    def last(self) -> int:
        """The number after that of the last node."""
        return self.segments[-1].last if self.segments else 0


class IndexFolder:
    """Reads and writes the files of an index. One process writes at a time: see ``acquire``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: dict[str, Segment] = {}
        self._lock: IO[str] | None = None

    def state(self) -> State:
        """What is there now; an empty one where there is no index. Raises DamagedFile."""
        for attempt in range(_RETRIES):
            manifest = self._manifest()
            try:
                kept = {name: self._segment(name) for name in manifest.segments}
            except FileNotFoundError as error:
                if attempt + 1 < _RETRIES:
                    continue  # merged into another meanwhile: read the manifest again
                raise DamagedFile(f"{error.filename} is missing") from error
            except OSError as error:
                raise DamagedFile(str(error)) from error
            self._open = kept
            state = State(manifest, tuple(kept.values()))
            for before, after in zip(state.segments, state.segments[1:], strict=False):
                if after.first != before.last:
                    raise DamagedFile("the segments do not follow each other")
            return state
        raise AssertionError

    def check(self) -> int:
        """Read every byte and compare checksums. How many bytes. Raises DamagedFile."""
        manifest = self._manifest()
        size = 0
        for name in manifest.segments:
            try:
                file = open_arrays(self.path / name)
            except OSError as error:
                raise DamagedFile(str(error)) from error
            check_arrays(file)
            size += file.size
        return size

    def add(self, state: State, segment: Segment, merged: int, next_graph: int) -> State:
        """Put a segment in the place of the last ``merged`` ones. Raises StoreError."""
        name = f"{state.manifest.next_file:06d}.segment"
        kept = state.manifest.segments[: len(state.segments) - merged]
        manifest = Manifest((*kept, name), next_graph, state.manifest.next_file + 1)
        with self._explained():
            self.path.mkdir(parents=True, exist_ok=True)
            write_arrays(self.path / name, segment.about, segment.arrays)
            self._replace(_MANIFEST, _sealed(manifest))
        segments = (*state.segments[: len(kept)], self._segment(name))
        self._note_checked(manifest.segments)
        for old in state.manifest.segments[len(kept) :]:
            (self.path / old).unlink(missing_ok=True)
        return State(manifest, segments)

    def clear(self) -> State:
        """Forget all that was indexed. Raises StoreError."""
        with self._explained():
            self.path.mkdir(parents=True, exist_ok=True)
            numbers = [int(p.stem) for p in self.path.glob("*.segment") if p.stem.isdigit()]
            manifest = Manifest((), 0, max(numbers, default=-1) + 1)
            self._replace(_MANIFEST, _sealed(manifest))
            self.sweep(manifest)
        self._open = {}
        return State(manifest, ())

    def sweep(self, manifest: Manifest) -> None:
        """Remove files that an interrupted write left."""
        for path in [*self.path.glob("*.segment"), *self.path.glob("*.new")]:
            if path.name not in manifest.segments:
                path.unlink(missing_ok=True)

    def acquire(self) -> bool:
        """Whether this process may write from now on, until it lets go."""
        if self._lock is not None:
            return True
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / "lock").open("a")
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._lock = lock
        return True

    def release(self) -> None:
        """Let others write."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _manifest(self) -> Manifest:
        path = self.path / _MANIFEST
        try:
            sealed = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return Manifest()
        except OSError as error:
            raise DamagedFile(str(error)) from error
        digits, _, body = sealed.partition(b"\n")
        try:
            told = json.loads(body) if int(digits, 16) == zlib.crc32(body) else {}
        except ValueError:
            told = {}
        if told.get("layout") != LAYOUT:
            raise DamagedFile(f"{_MANIFEST} is damaged, or of another version")
        return Manifest(tuple(told["segments"]), told["nextGraph"], told["nextFile"])

    def _segment(self, name: str) -> Segment:
        if name not in self._open:
            file = open_arrays(self.path / name)
            if not self._is_checked(name):
                check_arrays(file)
                self._note_checked([name])
            self._open[name] = Segment.of_file(file)
        return self._open[name]

    def _is_checked(self, name: str) -> bool:
        try:
            told = json.loads((self.path / _CHECKED).read_bytes())
            return bool(told.get(name) == self._seen(name))
        except (OSError, ValueError, AttributeError):
            return False

    def _note_checked(self, names: Sequence[str]) -> None:
        """Remember that files are sound as they are, so that not each process reads them all."""
        try:
            told = json.loads((self.path / _CHECKED).read_bytes())
        except (OSError, ValueError):
            told = {}
        kept = {name: seen for name, seen in told.items() if (self.path / name).exists()}
        try:
            self._replace(
                _CHECKED, json.dumps(kept | {name: self._seen(name) for name in names}).encode()
            )
        except OSError:
            return  # a read-only disk: the next process checks again

    def _seen(self, name: str) -> list[int]:
        told = (self.path / name).stat()
        return [told.st_size, told.st_mtime_ns, told.st_ino]

    def _replace(self, name: str, content: bytes) -> None:
        temporary = self.path / f"{name}.{os.getpid()}.new"
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, self.path / name)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{self.path}: the lineage index could not be written ({error}); what was ingested "
                "is safe in the store: make room, or give rights, and run kg index rebuild"
            ) from error


def _sealed(manifest: Manifest) -> bytes:
    """The manifest's JSON behind a line with its checksum."""
    body = json.dumps(
        {
            "layout": LAYOUT,
            "segments": list(manifest.segments),
            "nextGraph": manifest.next_graph,
            "nextFile": manifest.next_file,
        }
    ).encode()
    return b"%08x\n" % zlib.crc32(body) + body
