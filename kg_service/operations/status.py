"""How a store is: what it holds, what is kept beside it, and whether something is amiss."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kg_service import __version__
from kg_service.access.replica import Replica
from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue
from kg_service.errors import StoreError
from kg_service.history.kept import kept_periods
from kg_service.index.verify import status as index_status
from kg_service.opening import archive_of, base_of, index_folder, open_reader, things_file
from kg_service.operations.parts import PARTS, size_of
from kg_service.rdf import solutions_of
from kg_service.settings import Settings
from kg_service.store.address import is_remote, shown
from kg_service.store.layout import is_held
from kg_service.store.port import GraphReader
from kg_service.store.remote import RemoteStore
from kg_service.terms import JOURNAL, kg
from kg_service.tombstones import tombstones

_COUNT = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != {JOURNAL}) }}"


@dataclass(frozen=True)
class Status:
    """Counts and sizes (bytes); ``stale`` names sources aligned by other mapping sets than those
    at hand; ``problems`` are what a person should look at.
    """

    store: str
    base: str
    engine: str
    generation: str
    sources: int
    withdrawn: int
    quads: int
    bytes: int | None
    parts: dict[str, int]
    index_missing: int
    history_versions: int
    searches: bool
    pending: int
    writer: str
    mapping_sets: str
    stale: tuple[str, ...]
    versions: dict[str, str]
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return asdict(self)


def status(settings: Settings, alignment: Alignment) -> Status:
    """Look at a store. Raises StoreError where it can not be read at all."""
    opened = open_reader(settings)
    reader = opened.frozen()
    records = Catalogue(reader).sources()
    stale = tuple(r.id for r in records if r.mapping_sets != alignment.version)
    index = index_status(index_folder(settings), reader)
    pending = sum(1 for _ in reader.quads(None, kg("pending"), None, JOURNAL))
    parts = {
        part.name: size_of(place)
        for part in PARTS
        if (place := part.place(settings)) is not None and place.exists()
    }
    return Status(
        store=shown(settings.store),
        base=base_of(settings),
        engine=_engine(opened),
        generation=str(getattr(opened, "generation", str)()),
        sources=len(records),
        withdrawn=len(tombstones(reader)),
        quads=_number(reader),
        bytes=None if is_remote(settings.store) else size_of(Path(settings.store)),
        parts=parts,
        index_missing=len(index.missing),
        history_versions=_versions(settings, reader),
        searches=things_file(settings).is_file(),
        pending=pending,
        writer=_writer(settings, opened),
        mapping_sets=alignment.version,
        stale=stale,
        versions=_software(),
        problems=tuple(_problems(index.faults, len(index.missing), pending, stale, settings)),
    )


def _engine(reader: GraphReader) -> str:
    if isinstance(reader, Replica):
        return f"{reader.remote.engine.name}, read by a replica"
    if isinstance(reader, RemoteStore):
        return reader.engine.name
    return f"embedded Oxigraph {version('pyoxigraph')}"


def _number(reader: GraphReader) -> int:
    for row in solutions_of(reader.query(_COUNT)):
        return int(str(getattr(row["n"], "value", 0)))
    return 0


def _versions(settings: Settings, reader: GraphReader) -> int:
    try:
        found = kept_periods(reader, archive_of(settings))
    except StoreError:
        return 0
    return sum(1 for periods in found.values() for one in periods if one.archived is not None)


def _writer(settings: Settings, reader: GraphReader) -> str:
    """Who writes now: empty for nobody."""
    if isinstance(reader, Replica):
        return reader.remote.holder()
    if isinstance(reader, RemoteStore):
        return reader.holder()
    return "another process" if is_held(Path(settings.store)) else ""


def _software() -> dict[str, str]:
    return {
        "kg-service": __version__,
        "pyoxigraph": version("pyoxigraph"),
        "python": platform.python_version(),
    }


def _problems(
    faults: tuple[str, ...], missing: int, pending: int, stale: tuple[str, ...], settings: Settings
) -> list[str]:
    found = [f"index: {fault}; make it anew with kg index rebuild" for fault in faults]
    if missing:
        found.append(f"index: {missing} graphs are missing; add them with kg index update")
    if pending and is_remote(settings.store):
        found.append(
            f"{pending} marks of a commit that is under way or was interrupted; the next kg "
            "ingest removes what was"
        )
    if stale:
        found.append(
            f"{len(stale)} sources are aligned by other mapping sets; align them with kg realign"
        )
    return found
