"""What the engine says when it can not read or write, told so that it helps."""

from __future__ import annotations

import re

from kg_service.errors import StoreBusy, StoreError

# damage is a RuntimeError of the engine, all else that has to do with files an OSError
ENGINE_ERRORS = (OSError, RuntimeError)

_LONGEST = 240
_DAMAGE = re.compile(r"Corruption|checksum|not a valid|panic", re.IGNORECASE)
_HELD = re.compile(r"Resource temporarily unavailable|lock hold by")
_FULL = re.compile(r"No space left|File too large|quota exceeded", re.IGNORECASE)
_RIGHTS = re.compile(r"Permission denied|Read-only file system|Operation not permitted")
_NO_FOLDER = re.compile(r"Not a directory|File exists")
# an error that RocksDB remembers from an earlier write
_REPEATED = re.compile(r"^(?:IO error|Corruption): (?=(?:IO error|Corruption): )")


def engine_error(where: str, error: Exception) -> StoreError:
    """The error for a store that can not be opened or read."""
    if _HELD.search(str(error)):
        return StoreBusy(
            f"{where}: another kg process is writing to this store; wait for it to end"
        )
    if is_damage(error):
        return StoreError(f"{where}: its files are damaged ({reason(error)}); {todo(error)}")
    return StoreError(f"{where}: the store can not be opened ({reason(error)}): {todo(error)}")


def is_damage(error: Exception) -> bool:
    """Whether the engine found its own files damaged."""
    return isinstance(error, RuntimeError) and _DAMAGE.search(str(error)) is not None


def reason(error: Exception | None) -> str:
    """What the engine said, in one line of bearable length."""
    text = _REPEATED.sub("", " ".join(str(error).split()))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def todo(error: Exception) -> str:
    """What a person can do about it."""
    text = str(error)
    if is_damage(error):
        return "put the store back from a copy, or ingest the sources into a new one"
    if _FULL.search(text):
        return "free some space on its disk and run it again"
    if _RIGHTS.search(text):
        return "check who owns it and what you may do there"
    if _NO_FOLDER.search(text):
        return "a store is kept in a folder; check the path"
    return "check the path, the rights and the disk"
