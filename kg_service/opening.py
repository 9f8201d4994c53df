"""Opening a store by its address: a folder, or ``sparql+http://host:port`` for a server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from kg_service.access.following import FollowingTiers
from kg_service.access.replica import Replica
from kg_service.access.tiers import Tiers
from kg_service.align.engine import Alignment
from kg_service.errors import StoreError, UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.history.archive import Archive
from kg_service.history.keeping import KeepingStore
from kg_service.index.folder import IndexFolder
from kg_service.index.lineage import LineageIndex
from kg_service.index.writer import IndexWriter
from kg_service.resources import resource_folder
from kg_service.search.feed import ThingFeed
from kg_service.search.file import NAME
from kg_service.search.index import ThingIndex
from kg_service.settings import DEFAULT_BASE, Settings
from kg_service.statistics.feed import StatisticsFeed
from kg_service.statistics.file import NAME as STATISTICS
from kg_service.statistics.held import Statistics
from kg_service.store.address import ServerSettings, shown
from kg_service.store.disk import DiskStore
from kg_service.store.layout import check_base, store_base
from kg_service.store.port import GraphReader, GraphStore
from kg_service.store.remote import RemoteStore, is_remote
from kg_service.store.side import IndexedStore, SideIndex
from kg_service.store.snapshots import SnapshotReader


def load_alignment(own: Sequence[str] = ()) -> Alignment:
    """The mapping sets that ship with the service, and those of folders. Raises MappingError."""
    folders = [resource_folder("mappings"), *map(Path, own)]
    return Alignment.load(folders, resource_folder("ontologies") / "kg.ttl")


def base_of(settings: Settings) -> str:
    """The base of a store's IRIs: as given, else as the store says, else the default.

    Raises UsageError where what is given is no address, and StoreError where the store's IRIs
    start with another one.
    """
    stored = None if is_remote(settings.store) else store_base(Path(settings.store))
    if settings.base is not None:
        if not _is_address(settings.base):
            raise UsageError(
                f"--base (or KG_BASE) {settings.base!r} is no address: write it as "
                "https://HOST or https://HOST/PATH"
            )
        check_base(Path(settings.store), stored, settings.base)
        return settings.base
    return stored or DEFAULT_BASE


def _is_address(text: str) -> bool:
    """Whether a path put behind the text gives an IRI of the web."""
    try:
        parts = urlsplit(text)
        NamedNode(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not set("?#") & set(text)


def open_reader(settings: Settings) -> GraphReader:
    """A store to read; one on a server whose answers are not true by way of a replica.

    Raises StoreError where there is none yet.
    """
    if is_remote(settings.store):
        told = server_settings(settings)
        remote = RemoteStore(settings.store, told)
        replicated = told.read == "replica" or (
            told.read != "server" and not remote.engine.answers_truly
        )
        if replicated:
            return Replica(remote, side_folder(settings) / "replica", base_of(settings))
        return remote
    _must_exist(Path(settings.store))
    return SnapshotReader(Path(settings.store))


def open_writer(settings: Settings) -> GraphStore:
    """A store to write, created where there is none. Raises StoreError, StoreBusy."""
    store = open_store(settings)
    indexed = IndexedStore(store, side_indexes(settings, store))
    archive = archive_of(settings)
    return indexed if archive is None else KeepingStore(indexed, archive)


def open_store(settings: Settings) -> GraphStore:
    """The same without what is kept beside it."""
    if is_remote(settings.store):
        return RemoteStore(settings.store, server_settings(settings), writer=True)
    return DiskStore(Path(settings.store), base_of(settings))


def archive_of(settings: Settings) -> Archive | None:
    """Where the past of a store is kept: beside it, or in the folder that is named for it.

    A server has no folder, so that nothing of its past is kept unless one is named.
    """
    folder = history_folder(settings)
    return Archive(folder) if folder else None


def history_folder(settings: Settings) -> Path | None:
    """Where the past of a store is kept, None where it is not."""
    if settings.history:
        return Path(settings.history)
    if not is_remote(settings.store):
        return Path(settings.store) / "history"
    return Path(settings.data) / "history" if settings.data else None


def side_indexes(settings: Settings, store: GraphStore) -> list[SideIndex]:
    """What is kept beside a store and fed as it is written."""
    return [
        IndexWriter(index_folder(settings), store),
        ThingFeed(things_file(settings), store),
        FollowingTiers(open_tiers(settings), lambda: open_reader(settings)),
        StatisticsFeed(statistics_file(settings), store),
    ]


def index_folder(settings: Settings) -> IndexFolder:
    """Where the lineage index of a store is."""
    return IndexFolder(side_folder(settings) / "index")


def open_tiers(settings: Settings) -> Tiers:
    """The stores for those who do not see everything, beside the store."""
    return Tiers(side_folder(settings) / "tiers", base_of(settings))


def things_file(settings: Settings) -> Path:
    """Where the things of a store are found by their words."""
    return side_folder(settings) / NAME


def server_settings(settings: Settings) -> ServerSettings:
    """What is said of a SPARQL server beside its address. Raises UsageError."""
    return ServerSettings.from_environment(settings.server)


def statistics_file(settings: Settings) -> Path:
    """Where the counts of a store's graphs are kept."""
    return side_folder(settings) / STATISTICS


def side_folder(settings: Settings) -> Path:
    """What is kept beside a store: its own folder; for a server's the one that is named, or one
    in the user's cache.
    """
    if settings.index is not None:
        return Path(settings.index)
    if not is_remote(settings.store):
        return Path(settings.store)
    if settings.data is not None:
        return Path(settings.data)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "kg-service" / sha256(shown(settings.store).encode()).hexdigest()[:16]


def open_existing(settings: Settings) -> GraphStore:
    """A store to write that must be there already. Raises StoreError, StoreBusy."""
    if not is_remote(settings.store):
        _must_exist(Path(settings.store))
    return open_writer(settings)


def _must_exist(folder: Path) -> None:
    if store_base(folder) is None:
        raise StoreError(f"{folder}: there is no store yet; create it with: kg ingest PATH")


def open_graph(settings: Settings) -> KnowledgeGraph:
    """The knowledge graph over a store, to read."""
    return KnowledgeGraph(
        open_reader(settings),
        load_alignment(settings.mappings),
        archive=archive_of(settings),
        index=LineageIndex(index_folder(settings)),
        things=ThingIndex(things_file(settings)),
        statistics=Statistics(statistics_file(settings)),
    )
