"""A read-only tree of files, whatever it lies in: a folder, a zip, a single file.

Readers see only this. It remembers the SHA-256 of every file that was read, which is
what a source's version is made of: the same metadata is the same version, packed or not.
"""

from __future__ import annotations

import hashlib
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Protocol

from ingest.errors import MissingSource, SourceError, UnreadableSource, UnsafeArchive, shown

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_ENTRIES = 1_000_000
PIECE_BYTES = 1024 * 1024
BOMB_RATIO = 200
BOMB_BYTES = 1024 * 1024 * 1024


class Files(Protocol):
    """Where bytes come from: names are relative POSIX paths; ``size`` is None for no file."""

    @property
    def location(self) -> str: ...

    def names(self) -> Sequence[str]: ...

    def size(self, name: str) -> int | None: ...

    def pieces(self, name: str) -> Iterator[bytes]: ...


def _too_large(where: str) -> SourceError:
    return UnsafeArchive(
        f"larger than {MAX_FILE_BYTES // 2**20} MiB of metadata",
        where=where,
        todo="split the source, or leave data files out of what is ingested",
    )


@dataclass
class FolderFiles:
    """A folder on disk, listed once; links that lead out of it are not followed.

    ``named`` is what messages call it, where that is not its path.
    """

    root: Path
    _listed: list[str] | None = None
    named: str | None = None

    @property
    def location(self) -> str:
        return self.named or str(self.root)

    def names(self) -> Sequence[str]:
        if self._listed is None:
            inside = self.root.resolve()
            self._listed = [
                path.relative_to(self.root).as_posix()
                for path in sorted(self.root.rglob("*"))
                if path.is_file()
                and (not path.is_symlink() or path.resolve().is_relative_to(inside))
            ]
        return self._listed

    def size(self, name: str) -> int | None:
        path = self.root / name
        inside = path.resolve().is_relative_to(self.root.resolve())
        return _size(path) if inside else None

    def pieces(self, name: str) -> Iterator[bytes]:
        return file_pieces(self.root / name, str(Path(self.location) / name))


@dataclass(frozen=True)
class SingleFile:
    """One file, named by its own name; ``named`` is what messages call it, if not its path."""

    path: Path
    named: str | None = None

    @property
    def location(self) -> str:
        return self.named or str(self.path)

    def names(self) -> Sequence[str]:
        return [self.path.name]

    def size(self, name: str) -> int | None:
        return _size(self.path) if name == self.path.name else None

    def pieces(self, name: str) -> Iterator[bytes]:
        return file_pieces(self.path, self.location)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def read_file(path: Path) -> bytes:
    """The bytes of a file on disk. Raises MissingSource, UnreadableSource, UnsafeArchive."""
    return b"".join(file_pieces(path))


def file_pieces(path: Path, named: str | None = None) -> Iterator[bytes]:
    """The bytes of a file on disk, piece by piece. Raises as ``read_file`` does."""
    where = named or str(path)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _too_large(where)
        with path.open("rb") as stream:
            while piece := stream.read(PIECE_BYTES):
                yield piece
    except FileNotFoundError as error:
        raise MissingSource(
            "no such file", where=where, todo="check the path and its spelling"
        ) from error
    except OSError as error:
        raise UnreadableSource(
            f"can not be read ({error.strerror})", where=where, todo="check its permissions"
        ) from error


_ENCRYPTED = 0x1  # general purpose bit flag, APPNOTE.TXT section 4.4.4
# what zipfile and its decompressors raise on broken bytes and on methods that they do not know
_DAMAGE = (
    zipfile.BadZipFile,
    OSError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    ValueError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)


@dataclass(frozen=True)
class ZipFiles:
    """A zip archive, read in memory: nothing is ever unpacked to disk."""

    archive: zipfile.ZipFile
    location: str

    @classmethod
    def open(cls, content: bytes | Path, location: str) -> ZipFiles:
        """Open and vet an archive. Raises UnreadableSource, UnsafeArchive."""
        try:
            archive = zipfile.ZipFile(BytesIO(content) if isinstance(content, bytes) else content)
        except _DAMAGE as error:
            raise UnreadableSource(
                f"not a readable zip archive ({error})",
                where=location,
                todo="download or pack it again",
            ) from error
        cls._vet(archive, location)
        return cls(archive, location)

    @staticmethod
    def _vet(archive: zipfile.ZipFile, location: str) -> None:
        entries = archive.infolist()
        for entry in entries:
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            drive = entry.filename[1:2] == ":"
            if path.is_absolute() or drive or ".." in path.parts:
                raise UnsafeArchive(
                    f"the entry {entry.filename!r} would be written outside the archive's folder",
                    where=location,
                    todo="pack it again with relative paths only",
                )
        unpacked = sum(entry.file_size for entry in entries)
        packed = max(1, sum(entry.compress_size for entry in entries))
        if len(entries) > MAX_ENTRIES or (unpacked > BOMB_BYTES and unpacked / packed > BOMB_RATIO):
            raise UnsafeArchive(
                f"looks like a zip bomb: {packed:,} bytes that unpack to {unpacked:,}, "
                f"{len(entries):,} entries",
                where=location,
                todo="unpack it yourself if you trust it, and ingest the folder",
            )

    def names(self) -> Sequence[str]:
        return self._sorted

    def size(self, name: str) -> int | None:
        entry = self.archive.NameToInfo.get(name)
        return None if entry is None or entry.is_dir() else entry.file_size

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted({e.filename for e in self.archive.infolist() if not e.is_dir()})

    def pieces(self, name: str) -> Iterator[bytes]:
        where = f"{self.location}!/{name}"
        left = MAX_FILE_BYTES
        try:
            if self.archive.getinfo(name).flag_bits & _ENCRYPTED:
                raise UnreadableSource(
                    "encrypted with a password",
                    where=where,
                    todo="unpack it with the password, and ingest the folder",
                )
            with self.archive.open(name) as stream:
                while piece := stream.read(PIECE_BYTES):
                    left -= len(piece)
                    if left < 0:
                        raise _too_large(where)
                    yield piece
        except KeyError as error:
            raise MissingSource(
                "no such file in the archive", where=where, todo="check how it was packed"
            ) from error
        except _DAMAGE as error:
            raise UnreadableSource(
                f"the archive is damaged ({error})", where=where, todo="download or pack it again"
            ) from error


@dataclass
class Bundle:
    """One source's view of its files: those below ``folder``, named from there.

    ``only`` narrows it to a single file; ``main`` names the file that a reader starts from.
    """

    files: Files
    folder: str = ""
    only: str | None = None
    main: str | None = None
    _names: list[str] | None = None
    _digests: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = self.main or self.only

    @property
    def location(self) -> str:
        """What messages call this source: a path, ``archive!/folder`` inside a zip."""
        inner = self.folder + (self.only or "")
        return shown(self._in_files(inner.rstrip("/")))

    def _in_files(self, inner: str) -> str:
        if isinstance(self.files, SingleFile):
            return self.files.location
        if isinstance(self.files, ZipFiles):
            return self.files.location + (f"!/{inner}" if inner else "")
        return str(Path(self.files.location) / inner)

    def names(self) -> list[str]:
        """The files of this source, sorted."""
        if self._names is None:
            if self.only is not None:
                self._names = [self.only]
            else:
                cut = len(self.folder)
                self._names = sorted(
                    n[cut:] for n in self.files.names() if n.startswith(self.folder)
                )
        return self._names

    def read(self, name: str) -> bytes:
        """The bytes of one file, remembered as part of the source's version."""
        content = self.peek(name)
        self._digests[name] = hashlib.sha256(content).hexdigest()
        return content

    def peek(self, name: str) -> bytes:
        """The bytes of one file, to recognise it by; not part of the version."""
        if name not in self._kept:
            self._kept[name] = b"".join(self.files.pieces(self.folder + name))
        return self._kept[name]

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of one file, piece by piece; part of the version once all were read.

        Raises UnreadableSource where they are others than when it was read before.
        """
        digest = hashlib.sha256()
        for piece in self.peek_pieces(name):
            digest.update(piece)
            yield piece
        if self._digests.setdefault(name, digest.hexdigest()) != digest.hexdigest():
            raise UnreadableSource(
                "it changed while it was read", where=self.where(name), todo="ingest it again"
            )

    def peek_pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of one file, piece by piece; not part of the version."""
        if name in self._kept:
            return iter([self._kept[name]])
        return self.files.pieces(self.folder + name)

    def has(self, name: str) -> bool:
        """Whether this source has a file of that name."""
        if self.only is not None:
            return name == self.only
        return self.files.size(self.folder + name) is not None

    def where(self, name: str) -> str:
        """How messages name one file of this source."""
        return shown(self._in_files(self.folder + name))

    def version(self) -> str:
        """SHA-256 of what was read: of the file itself where it is one, else of its listing.

        The listing is what ``sha256sum`` prints for the files, sorted by name.
        """
        if len(self._digests) == 1:
            return next(iter(self._digests.values()))
        listing = "".join(f"{d}  {n}\n" for n, d in sorted(self._digests.items()))
        return hashlib.sha256(listing.encode()).hexdigest()

    def forget(self) -> None:
        """Let go of the bytes that were read."""
        self._kept.clear()
