"""Restore: a store made again from a backup, and compared with what the backup says of it.

It is written through the store's port, so that a backup of one kind of store restores into any
other: from a folder into a SPARQL server, or back.
"""

from __future__ import annotations

import gzip
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import IO, cast

from pyoxigraph import NamedNode, RdfFormat, parse

from kg_service.catalogue import Catalogue
from kg_service.errors import StoreError, UsageError
from kg_service.index.verify import status as index_status
from kg_service.opening import (
    index_folder,
    open_reader,
    open_store,
    open_writer,
    server_settings,
)
from kg_service.operations.dump import graphs_in
from kg_service.operations.manifest import GRAPH, Manifest, read_manifest
from kg_service.operations.parts import PARTS
from kg_service.settings import Settings
from kg_service.store.address import is_remote
from kg_service.store.port import Change, GraphReader, GraphStore
from kg_service.store.remote import RemoteStore
from kg_service.store.sizes import count_in
from kg_service.store.statements import Statements

_AT_ONCE = 50_000


def restore(settings: Settings, source: Path) -> Manifest:
    """Make a store from a backup, where there is none yet.

    Raises UsageError where there is one or its base would be another, and StoreError where the
    backup is damaged, or what was made differs from it.
    """
    with _unpacked(source) as folder:
        told = read_manifest(folder)
        told.check(folder)
        if settings.base is not None and settings.base != told.base:
            raise UsageError(
                f"{source}: its IRIs start with {told.base}, not {settings.base}; restore it "
                "without --base (and KG_BASE), or with the same one"
            )
        settings = replace(settings, base=told.base)
        _must_be_new(settings)
        if is_remote(settings.store):
            _make(settings, folder, told)
        else:
            _make_beside(settings, folder, told)
    return told


def _make(settings: Settings, folder: Path, told: Manifest) -> None:
    # what is beside the store would be swept by one that has nothing yet: it comes after
    _write(open_store(settings), folder / GRAPH)
    _restore_parts(settings, folder, told)
    store = open_writer(settings)
    try:
        store.publish()  # which makes anew what was not saved
    finally:
        store.close()
    _compare(settings, told)


def _make_beside(settings: Settings, folder: Path, told: Manifest) -> None:
    """The same for a folder, which appears when it is whole."""
    target = Path(settings.store)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
        try:
            _make(replace(settings, store=str(made)), folder, told)
            if target.exists():
                target.rmdir()
            made.rename(target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{target}: could not be written ({error})") from error


@contextmanager
def _unpacked(source: Path) -> Iterator[Path]:
    if source.is_dir():
        yield source
        return
    try:
        with TemporaryDirectory(prefix="kg-restore-") as folder:
            with tarfile.open(source) as tar:
                tar.extractall(folder, filter="data")
            yield Path(folder)
    except (OSError, tarfile.TarError) as error:
        raise StoreError(f"{source}: can not be read ({error}); is it a kg backup?") from error


def _must_be_new(settings: Settings) -> None:
    """Nothing that is there is overwritten."""
    if is_remote(settings.store):
        if graphs_in(RemoteStore(settings.store, server_settings(settings))):
            raise UsageError("the server holds graphs already; restore into one that is empty")
    elif Path(settings.store).exists() and any(Path(settings.store).iterdir()):
        raise UsageError(
            f"{settings.store}: is there already; restore into a new folder (--store), and put it "
            "in its place yourself"
        )
    for part in PARTS:
        place = part.place(settings)
        if part.rebuilt or place is None or not place.exists():
            continue
        if place.is_file() or any(place.iterdir()):
            raise UsageError(f"{place}: is there already; move it away first")


def _restore_parts(settings: Settings, folder: Path, told: Manifest) -> None:
    for part in PARTS:
        place, saved = part.place(settings), folder / part.name
        if part.name not in told.parts or place is None:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if saved.is_dir():
            shutil.copytree(saved, place)
        else:
            shutil.copy2(saved, place)


def _write(store: GraphStore, path: Path) -> None:
    """Write all graphs, some at a time."""
    waiting: dict[NamedNode, Statements] = {}
    try:
        for graph, statements in _graphs(path):
            waiting[graph] = statements
            if sum(s.written for s in waiting.values()) >= _AT_ONCE:
                store.commit(Change(graphs=waiting))
                waiting = {}
        if waiting:
            store.commit(Change(graphs=waiting))
        store.publish()
    finally:
        store.close()


def _graphs(path: Path) -> Iterator[tuple[NamedNode, Statements]]:
    with gzip.open(path) as stream:
        quads = parse(cast(IO[bytes], stream), RdfFormat.N_QUADS)
        for graph, part in groupby(quads, key=lambda quad: quad.graph_name):
            if isinstance(graph, NamedNode):
                yield graph, Statements.of(quad.triple for quad in part)


def _compare(settings: Settings, told: Manifest) -> None:
    """Raise StoreError where the store is not what the backup says."""
    reader = open_reader(settings).frozen()
    faults = list(_differences(reader, told))
    index = index_status(index_folder(settings), reader, verify=True)
    faults += [*index.faults, *(f"the index lacks {graph}" for graph in index.missing)]
    if faults:
        raise StoreError(
            f"what was restored is not what was saved: {'; '.join(faults[:5])}; restore it again, "
            "or another backup"
        )


def _differences(reader: GraphReader, told: Manifest) -> Iterator[str]:
    there = {graph.value for graph in graphs_in(reader)}
    for graph in sorted(there ^ told.graphs.keys()):
        yield f"{graph} is {'new' if graph in there else 'missing'}"
    for graph in sorted(there & told.graphs.keys()):
        number = count_in(reader, NamedNode(graph))
        if number != told.graphs[graph]:
            yield f"{graph} has {number} statements, not {told.graphs[graph]}"
    sources = {record.iri: record.version for record in Catalogue(reader).sources()}
    if sources != dict(told.sources):
        yield "its sources are others"
