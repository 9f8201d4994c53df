"""Small files that several processes share: replaced whole, written by one at a time."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg_service.errors import StoreError

_MINE_ALONE = 0o600


def replace_file(path: Path, text: str, mode: int = _MINE_ALONE) -> None:
    """Write a file so that readers see the old one or the new one, whole. Raises StoreError.

    ``mode`` is who may read it: by default only the account itself.
    """
    try:
        make_folder(path.parent)
        # mkstemp makes it readable for the account alone before anything is in it
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fchmod(stream.fileno(), mode)
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: can not be written ({error.strerror})") from error


def sync_folder(folder: Path) -> None:
    """Make sure that what was renamed into or out of a folder survives a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def make_folder(folder: Path) -> None:
    """A folder that only the account itself may look into, unless it is there already."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file, waiting for whoever has it. Raises StoreError."""
    try:
        make_folder(path.parent)
        number = os.open(path, os.O_RDWR | os.O_CREAT, _MINE_ALONE)
    except OSError as error:
        raise StoreError(f"{path}: can not be locked ({error.strerror})") from error
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
