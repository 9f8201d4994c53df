"""Finding the sources in what a caller names: a file, a zip, a folder of any of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest import json_text
from ingest.bundle import Bundle, Files, FolderFiles, SingleFile, ZipFiles, read_file
from ingest.document import Document, InFolder
from ingest.errors import MissingSource, SourceError, UnknownFormat, shown
from ingest.formats import FORMATS, Format
from ingest.sniff import Sniff

_ARCHIVES = {".zip", ".eln"}
_READABLE = {suffix for fmt in FORMATS for suffix in fmt.suffixes}
_JSON = {".json", ".jsonld"}
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
# metadata; what is larger is payload of the source that it lies in, and not looked into
_LARGEST_HELD = 64 * 1024 * 1024
_KNOWN = ", ".join(fmt.title for fmt in FORMATS)


@dataclass(frozen=True)
class Found:
    """A source of a known format; ``nested`` is its path within the source ``outer``."""

    format: Format
    bundle: Bundle
    main: str
    outer: Found | None = None
    nested: str = ""

    @property
    def location(self) -> str:
        return self.bundle.location if self.bundle.only else self.bundle.where(self.main)

    def read(self) -> Document:
        """Read and understand the source. Raises SourceError."""
        document = self.format.read(self.bundle)
        if self.outer is not None and self.bundle.only is not None:
            return InFolder(document)
        return document


@dataclass(frozen=True)
class Refused:
    """Something that was named, or looks like a source, and can not be taken."""

    location: str
    error: SourceError


@dataclass(frozen=True)
class PassedOver:
    """A file met on a walk that is no source."""

    location: str


Discovery = Found | Refused | PassedOver


def discover(path: Path, named: str | None = None) -> Iterator[Discovery]:
    """Every source at ``path``, every refusal, every file passed over; one is enough to go on.

    ``named`` is what to call the path, where others than its owner are to read of it.
    """
    location = shown(named or str(path))
    if not path.exists():
        yield Refused(
            location,
            MissingSource(
                "no such file or folder", where=location, todo="check the path and its spelling"
            ),
        )
    elif path.is_dir():
        yield from _or_nothing_here(_walk(FolderFiles(path, named=named)), location)
    else:
        yield from _named_file(path, location, named)


def _named_file(path: Path, location: str, named: str | None) -> Iterator[Discovery]:
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError:
        magic = b""
    suffix = path.suffix.lower()
    if suffix in _ARCHIVES or (magic in _ZIP_MAGIC and suffix not in _READABLE):
        yield from _or_nothing_here(_archive(path, location), location)
        return
    found = _whole_of(path, named) or _recognise(SingleFile(path, named), path.name)
    if isinstance(found, PassedOver):
        found = _main_of_folder(path, named) or found
    if isinstance(found, PassedOver) and suffix in _JSON:
        # say what is wrong with its JSON rather than that it is nothing known
        try:
            json_text.parse(read_file(path), location)
        except SourceError as error:
            found = Refused(location, error)
    yield from _or_nothing_here(iter([found]), location)


def _whole_of(path: Path, named: str | None) -> Discovery | None:
    """The source of many folders that a named file is the main file of, such as an ARC."""
    for fmt in FORMATS:
        if fmt.has_roots and fmt.mains(Bundle(SingleFile(path)), [path.name]):
            files = FolderFiles(path.parent, named=_folder_of(named))
            if fmt.roots(files.names()).get("") == path.name:
                return Found(fmt, Bundle(files, main=path.name), path.name)
    return None


def _main_of_folder(path: Path, named: str | None) -> Discovery | None:
    """The source that a named file is the main file of, such as an ISA-Tab investigation file."""
    names = sorted(p.name for p in path.parent.iterdir() if p.is_file())
    files = FolderFiles(path.parent, names, _folder_of(named))
    for fmt in FORMATS:
        try:
            if path.name in fmt.mains(Bundle(files), names):
                return Found(fmt, Bundle(files, main=path.name), path.name)
        except SourceError:
            continue  # other files of the folder are not what was named
    return None


def _folder_of(named: str | None) -> str | None:
    return None if named is None else str(PurePosixPath(named).parent)


def _or_nothing_here(discoveries: Iterator[Discovery], location: str) -> Iterator[Discovery]:
    """What a caller names must hold a source; if it holds none, that is a refusal."""
    any_source = False
    for discovery in discoveries:
        any_source = any_source or not isinstance(discovery, PassedOver)
        yield discovery
    if not any_source:
        yield Refused(
            location,
            UnknownFormat(
                f"no source in it that is known; known are: {_KNOWN}",
                where=location,
                todo="check that it is what you meant to ingest",
            ),
        )


def _archive(content: Path | bytes, location: str) -> Iterator[Discovery]:
    try:
        files = ZipFiles.open(content, location)
    except SourceError as error:
        yield Refused(location, error)
        return
    yield from _walk(files)


def _recognise(files: Files, name: str) -> Discovery:
    bundle = Bundle(files, only=name)
    sniff = Sniff(bundle, name)
    try:
        for fmt in FORMATS:
            if fmt.is_file(sniff):
                return Found(fmt, bundle, name)
    except SourceError as error:
        return Refused(bundle.location, error)
    return PassedOver(bundle.location)


def _walk(files: Files) -> Iterator[Discovery]:
    folders: dict[str, list[str]] = defaultdict(list)
    for name in files.names():
        path = PurePosixPath(name)
        if path.parts[0] == "__MACOSX" or path.name.startswith("._"):
            continue
        parent = "" if len(path.parts) == 1 else path.parent.as_posix() + "/"
        folders[parent].append(path.name)
        for above in path.parents[1:]:
            # one that has only folders in it may be a source all the same
            folders.setdefault("" if above.name == "" else above.as_posix() + "/", [])

    roots = _roots(folders)
    owners: dict[str, Found] = {}
    for folder in sorted(folders):
        owner = _innermost(owners, folder)
        found = _root(files, folder, roots, owner)
        found = found or list(_folder_sources(files, folder, folders[folder], owner))
        yield from found
        for source in found:
            if isinstance(source, Found) and source.format.owns_subfolders:
                owners.setdefault(folder, source)
        holder = _innermost(owners, folder)
        if holder is not None:
            yield from _held_files(files, folder, folders[folder], holder)
        elif not found:
            yield from _loose_files(files, folder, folders[folder])


def _roots(folders: dict[str, list[str]]) -> dict[str, tuple[Format, str]]:
    """Folders that are a source by what lies below them, with the format and the main file."""
    names = [folder + name for folder in folders for name in folders[folder]]
    found: dict[str, tuple[Format, str]] = {}
    for fmt in FORMATS:
        for folder, main in fmt.roots(names).items():
            found.setdefault(folder, (fmt, main))
    return found


def _root(
    files: Files, folder: str, roots: dict[str, tuple[Format, str]], owner: Found | None
) -> list[Discovery]:
    if folder not in roots or (owner is not None and roots[folder][0] is not owner.format):
        return []
    fmt, main = roots[folder]
    nested = folder[len(owner.bundle.folder) :] if owner else ""
    return [Found(fmt, Bundle(files, folder, main=main), main, owner, nested)]


def _innermost(owners: dict[str, Found], folder: str) -> Found | None:
    """The source that owns a folder: that of the nearest folder around it."""
    while folder:
        if folder in owners:
            return owners[folder]
        folder = folder[: folder.rfind("/", 0, -1) + 1]
    return owners.get("")


def _folder_sources(
    files: Files, folder: str, names: list[str], owner: Found | None
) -> Iterator[Discovery]:
    bundle = Bundle(files, folder)
    for fmt in FORMATS:
        if owner is not None and fmt is not owner.format and fmt.name not in owner.format.holds:
            continue
        try:
            mains = fmt.mains(bundle, names)
        except SourceError as error:
            yield Refused(bundle.location, error)
            return
        for number, main in enumerate(mains):
            # further ones in one nested folder are told apart by their names
            nested = folder[len(owner.bundle.folder) :] + (main if number else "") if owner else ""
            yield Found(fmt, Bundle(files, folder, main=main), main, owner, nested)
        if mains:
            return


def _held_files(files: Files, folder: str, names: list[str], owner: Found) -> Iterator[Discovery]:
    """Files in a source that are sources nested in it; all others are its payload."""
    held = [fmt for fmt in FORMATS if fmt.name in owner.format.holds]
    for name in names:
        path = folder + name
        suffix = PurePosixPath(name).suffix.lower()
        candidates = [fmt for fmt in held if suffix in fmt.suffixes]
        if not candidates or path == owner.bundle.folder + owner.main:
            continue
        if (files.size(path) or 0) > _LARGEST_HELD:
            continue
        bundle = Bundle(files, only=path)
        sniff = Sniff(bundle, path)
        try:
            fmt = next((fmt for fmt in candidates if fmt.is_file(sniff)), None)
        except SourceError:
            continue  # payload may be broken as it likes
        if fmt is None:
            bundle.forget()
        else:
            nested = path[len(owner.bundle.folder) :]
            yield Found(fmt, bundle, path, owner, nested)


def _loose_files(files: Files, folder: str, names: list[str]) -> Iterator[Discovery]:
    for name in names:
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in _ARCHIVES and isinstance(files, FolderFiles):
            inner = folder + name
            yield from _archive(files.root / inner, shown(str(Path(files.location) / inner)))
        elif suffix in _READABLE:
            discovery = _recognise(files, folder + name)
            yield discovery
        else:
            yield PassedOver(Bundle(files, folder, only=name).location)
