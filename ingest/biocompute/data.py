"""Data that an object names by ``uri``, whichever way it is wrapped.

IEEE 2791 has ``{"uri": "…", "filename", "access_time", "sha1_checksum"}`` in lists of steps
and ``{"uri": {…}, "mediatype"}`` in the io domain; drafts and tools write plain strings,
``address``, or lists in lists. All that is said of the data stays with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_ADDRESSES = ("uri", "address", "url", "href")


@dataclass(frozen=True)
class Data:
    """One reference: the address as written, None where there is none; what else is said."""

    uri: str | None
    fields: dict[str, Any]
    where: str


def data_of(value: Any, where: str) -> Iterator[Data]:
    """The data that a field's value names, with JSON paths."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from data_of(item, f"{where}[{number}]")
    elif isinstance(value, dict):
        if value:
            yield from _of_object(value, where)
    elif isinstance(value, str):
        if value.strip():
            yield Data(value.strip(), {}, where)
    elif value is not None:
        yield Data(str(value), {}, where)


def _of_object(value: dict[str, Any], where: str) -> Iterator[Data]:
    name = next((n for n in _ADDRESSES if n in value), None)
    outer = {k: v for k, v in value.items() if k != name}
    if name is None:
        yield Data(None, outer, where)
        return
    address = value[name]
    if isinstance(address, (dict, list)) and address:
        for found in data_of(address, f"{where}.{name}"):
            yield Data(found.uri, {**outer, **found.fields}, found.where)
    else:
        text = address.strip() if isinstance(address, str) else ""
        if text or any(v not in (None, "", [], {}) for v in outer.values()):
            yield Data(text or None, outer, where)
