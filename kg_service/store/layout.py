"""What a folder with a store says of itself: its layout, its base IRI, whether it is held."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kg_service.errors import StoreError
from kg_service.store.engine_errors import engine_error

LAYOUT = 1


def replace_text(path: Path, text: str) -> None:
    """Write a small file so that it is wholly the old one or wholly the new one."""
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


def check_layout(folder: Path, base: str) -> None:
    """Let a new folder be one of this base. Raises StoreError where it is of another."""
    meta_path = folder / "kg-store.json"
    if not meta_path.exists():
        replace_text(meta_path, json.dumps({"layout": LAYOUT, "base": base}) + "\n")
        return
    check_base(folder, store_base(folder), base)


def check_base(folder: Path, stored: str | None, base: str) -> None:
    """Raise StoreError where a store was made with another base."""
    if stored is not None and stored != base:
        raise StoreError(
            f"{folder}: its IRIs start with {stored}, not {base}; "
            "give the same --base (or KG_BASE), or use another store"
        )


def store_base(folder: Path) -> str | None:
    """The base IRI of a store on disk, None where there is no store yet. Raises StoreError."""
    try:
        meta = json.loads((folder / "kg-store.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise StoreError(f"{folder}: not a folder; a store is kept in one") from error
    except OSError as error:
        raise engine_error(str(folder), error) from error
    except (ValueError, RecursionError):
        meta = None
    if isinstance(meta, dict) and meta.get("layout", LAYOUT) != LAYOUT:
        raise StoreError(
            f"{folder}: written by another version of kg-service (layout {meta['layout']}); "
            "ingest into a new store"
        )
    if not isinstance(meta, dict) or not isinstance(meta.get("base"), str):
        raise StoreError(
            f"{folder}: kg-store.json is damaged; put it back from a copy, or write it again as "
            f'{{"layout": {LAYOUT}, "base": "…"}} with the base that this store was made with'
        )
    return str(meta["base"])


def is_held(folder: Path) -> bool:
    """Whether a process has a store on disk open to write, as far as this system tells.

    The engine's lock file is not opened: to close it again would give up a lock of this process.
    """
    try:
        there = (folder / "live" / "LOCK").stat()
        held = Path("/proc/locks").read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return False
    device = f"{os.major(there.st_dev):02x}:{os.minor(there.st_dev):02x}"
    return f"{device}:{there.st_ino}" in held
