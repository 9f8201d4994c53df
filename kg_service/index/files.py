"""Files of arrays: written once, mapped into memory, checked before they are used.

A file is a line of JSON (what is in it, and checksums), then the arrays, each aligned to 64
bytes. Whatever was cut off or changed is found by size or checksum.
"""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_ALIGNED = 64
_MAGIC = b"kg-index 1 "
_CHUNK = 1 << 22


class DamagedFile(Exception):
    """A file of arrays that is not as it was written. The message says what is wrong."""


@dataclass(frozen=True)
class ArrayFile:
    """An open file: its description and its arrays, which are read from the disk as needed."""

    path: Path
    about: Mapping[str, Any]
    arrays: Mapping[str, Array]
    size: int


def write_arrays(path: Path, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write a file that is there whole, or not at all. Raises OSError."""
    entries: dict[str, dict[str, Any]] = {}
    at = 0
    for name, array in arrays.items():
        at += -at % _ALIGNED
        made = np.ascontiguousarray(array)
        checksum = zlib.crc32(made.data.cast("B")) if made.nbytes else 0
        entries[name] = {"type": made.dtype.str, "n": len(made), "at": at, "crc": checksum}
        at += made.nbytes
    header = json.dumps({"about": about, "arrays": entries, "bytes": at}).encode()
    start = _MAGIC + b"%08x " % zlib.crc32(header) + header + b"\n"
    start += b"\n" * (-len(start) % _ALIGNED)
    temporary = path.with_suffix(".new")
    try:
        with temporary.open("wb") as stream:
            stream.write(start)
            at = 0
            for array in arrays.values():
                stream.write(b"\0" * (-at % _ALIGNED))
                at += -at % _ALIGNED
                made = np.ascontiguousarray(array)
                stream.write(made.data.cast("B") if made.nbytes else b"")
                at += made.nbytes
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def open_arrays(path: Path) -> ArrayFile:
    """Map a file. Only its header is checked. Raises OSError, DamagedFile."""
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size < len(_MAGIC) + 9:
            raise DamagedFile(f"{path.name} is cut off")
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    end = mapped.find(b"\n")
    start = mapped[: end + 1]
    digits, _, header = start.removeprefix(_MAGIC).rstrip(b"\n").partition(b" ")
    if not start.startswith(_MAGIC) or digits != b"%08x" % zlib.crc32(header):
        raise DamagedFile(f"the header of {path.name} is not as it was written")
    told = json.loads(header)
    first = len(start) + -len(start) % _ALIGNED
    if size != first + told["bytes"]:
        raise DamagedFile(f"{path.name} has {size} bytes instead of {first + told['bytes']}")
    arrays = {
        name: np.frombuffer(mapped, np.dtype(e["type"]), e["n"], first + e["at"])
        if e["n"]
        else np.empty(0, np.dtype(e["type"]))
        for name, e in told["arrays"].items()
    }
    return ArrayFile(path, {**told["about"], "crc": told["arrays"]}, arrays, size)


def check_arrays(file: ArrayFile) -> None:
    """Read all of a file and compare its checksums. Raises DamagedFile."""
    for name, array in file.arrays.items():
        content = array.data.cast("B") if array.nbytes else memoryview(b"")
        checksum = 0
        for at in range(0, len(content), _CHUNK):
            checksum = zlib.crc32(content[at : at + _CHUNK], checksum)
        if checksum != file.about["crc"][name]["crc"]:
            raise DamagedFile(f"{name} in {file.path.name} is not as it was written")
