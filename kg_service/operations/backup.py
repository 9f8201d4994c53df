"""Backup: one state of a store and of what is kept beside it, while writers and readers go on.

What is beside the store is held by hard links first, in no time where that can be, and copied
then. Where the store changed meanwhile, both are taken again, so that they belong together.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, cast

from kg_service.catalogue import Catalogue
from kg_service.errors import StoreError, UsageError
from kg_service.index.folder import IndexFolder
from kg_service.index.verify import status as index_status
from kg_service.opening import base_of, open_reader
from kg_service.operations.dump import graphs_in, lines_of
from kg_service.operations.manifest import GRAPH, Manifest, digest_of
from kg_service.operations.parts import INDEX, PARTS, Part
from kg_service.settings import Settings
from kg_service.store.port import GraphReader

_TRIES = 8
_PAUSE_S = 0.5
_AT_REST_S = 60
_PASSING = {".lock", ".new", ".tmp"}
_LEVEL = 3


def backup(settings: Settings, target: Path, *, secrets: bool = False) -> Manifest:
    """Save a store into a new folder, or into a new ``.tar`` file.

    With ``secrets``, parts that hold some are saved too. Raises UsageError where the target is
    there already, StoreError where the store can not be read or keeps changing.
    """
    if target.exists():
        raise UsageError(f"{target}: is there already; a backup is written to a new place")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    except OSError as error:
        raise StoreError(f"{target}: can not be written ({error})") from error
    try:
        told = _fill(settings, folder, secrets)
        if target.suffix == ".tar":
            _pack(folder, target)
        else:
            folder.rename(target)
    except OSError as error:
        raise StoreError(f"{target}: the backup could not be written ({error})") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return told


def _fill(settings: Settings, folder: Path, secrets: bool) -> Manifest:
    chosen = [p for p in PARTS if not p.rebuilt and (secrets or not p.secret)]
    reader = open_reader(settings)
    for attempt in range(_TRIES):
        before = _generation(reader)
        state = reader.frozen()
        parts = [part.name for part in chosen if _copy(part, settings, folder)]
        graphs = dict(_write_graph(state, folder / GRAPH)) if state is reader else {}
        if _generation(reader) == before and _index_is_whole(folder, state, attempt):
            break
        for part in chosen:
            _remove(folder / part.name)
        time.sleep(_PAUSE_S * attempt)
    else:
        raise StoreError(
            f"the store changed each of the {_TRIES} times that it was read; run kg backup again "
            "when less is written"
        )
    _unshare(folder)
    if state is not reader:  # a state of its own stays as it is, however long this takes
        graphs = dict(_write_graph(state, folder / GRAPH))
    files = {
        str(path.relative_to(folder)): (path.stat().st_size, digest_of(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    told = Manifest(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        base=base_of(settings),
        generation=before,
        graphs=graphs,
        sources={record.iri: record.version for record in Catalogue(state).sources()},
        files=files,
        parts=tuple(parts),
    )
    told.write(folder)
    return told


def _generation(reader: GraphReader) -> str:
    told = getattr(reader, "generation", None)
    return str(told()) if told is not None else ""


def _write_graph(reader: GraphReader, path: Path) -> Iterator[tuple[str, int]]:
    """Write all graphs; the number of statements of each."""
    with compressed(path) as stream:
        for graph in graphs_in(reader):
            number = 0
            for line in lines_of(reader, graph):
                stream.write(line)
                number += 1
            yield graph.value, number


@contextmanager
def compressed(path: Path) -> Iterator[IO[bytes]]:
    """A gzip file to write, the same bytes for the same content."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_LEVEL, mtime=0, filename="") as stream,
    ):
        yield cast(IO[bytes], stream)


def _copy(part: Part, settings: Settings, folder: Path) -> bool:
    """Copy a part as it is now. Whether there was any."""
    place = part.place(settings)
    if place is None or not place.exists():
        return False
    target = folder / part.name
    if place.is_file():
        _link(place, target)
        return True
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.suffix not in _PASSING and path.name != "lock":
            there = target / path.relative_to(place)
            there.parent.mkdir(parents=True, exist_ok=True)
            _link(path, there)
    return target.exists()


def _link(path: Path, target: Path) -> None:
    """A hard link; a copy of what may still be written, and on another disk."""
    try:
        if time.time() - path.stat().st_mtime > _AT_REST_S:
            os.link(path, target)
        else:
            shutil.copy2(path, target)
    except FileNotFoundError:
        return  # removed meanwhile: the store has changed, and all is taken again
    except OSError:
        shutil.copy2(path, target)


def _unshare(folder: Path) -> None:
    """Make copies of what is only linked, so that the backup shares nothing with the store."""
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_nlink > 1:
            copy = path.with_name(path.name + ".copy")
            shutil.copy2(path, copy)
            copy.replace(path)


def _index_is_whole(folder: Path, state: GraphReader, attempt: int) -> bool:
    """Whether the index that was copied has all graphs of the state.

    It is written just after the store. One that lags for good is saved as it is: it finds out.
    """
    if attempt == _TRIES - 1 or not (folder / INDEX).exists():
        return True
    return not index_status(IndexFolder(folder / INDEX), state).missing


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _pack(folder: Path, target: Path) -> None:
    partial = folder.with_suffix(".tar")
    try:
        with tarfile.open(partial, "w") as tar:
            for path in sorted(folder.rglob("*")):
                tar.add(path, path.relative_to(folder), recursive=False)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
