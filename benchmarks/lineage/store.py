"""The store of a generated graph, as ``kg`` opens it; Oxigraph's programs read its snapshot."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import RdfFormat, Store

from benchmarks.lineage.generated import Generated
from benchmarks.lineage.statements import BASE
from kg_service.settings import Settings
from kg_service.store.disk import DiskStore


def settings_of(folder: Path) -> Settings:
    """Where the store of a generated graph is."""
    return Settings(store=str(folder / "store"), base=BASE)


def load(generated: Generated) -> None:
    """Load the statements with the engine's bulk loader, and show readers the store."""
    folder = generated.folder / "store"
    DiskStore(folder, BASE).close()
    store = Store(str(folder / "live"))
    for part in generated.parts:
        store.bulk_load(path=str(part), format=RdfFormat.N_QUADS)
    store.flush()
    del store
    writer = DiskStore(folder, BASE)
    writer.publish()
    writer.close()


def newest_snapshot(folder: Path) -> Path:
    """The checkpoint that readers of the store in a folder open."""
    current = (folder / "store" / "current").read_text(encoding="ascii").strip()
    return folder / "store" / "snapshots" / current


def size_of(folder: Path) -> int:
    """Bytes on disk of a folder's files; what is linked twice counts once."""
    seen: dict[int, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            told = path.stat()
            seen[told.st_ino] = told.st_size
    return sum(seen.values())
