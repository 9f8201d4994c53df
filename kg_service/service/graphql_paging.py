"""Pages of a list: opaque cursors, and what a page says of itself (Relay's connections)."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from kg_service.errors import UsageError
from kg_service.search.held import Key, Wanted

LISTS_FIRST = 100


def list_named(*what: object) -> str:
    """A short name of a list, which its cursors carry."""
    return blake2b(repr(what).encode("utf-8", "replace"), digest_size=6).hexdigest()


def list_of(wanted: Wanted) -> str:
    """The name of the list of what is wanted."""
    iris = sorted(wanted.iris) if wanted.iris is not None else None
    kinds = sorted(wanted.kinds), sorted(wanted.list_of)
    return list_named(wanted.text, kinds, sorted(wanted.sources), iris)


def cursor_of(name: str, key: Key) -> str:
    """The cursor of a place in a list."""
    text = json.dumps([name, *key], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def key_of(name: str, cursor: str | None, size: int) -> Key | None:
    """The place of a cursor, of so many parts. Raises UsageError where it is of no such list."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        told: Any = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeError, binascii.Error, ValueError, RecursionError):
        told = None
    if not isinstance(told, list) or not told or not isinstance(told[0], str):
        raise UsageError(
            f"after: {cursor[:80]!r} is no cursor; give an endCursor or a cursor of this list"
        )
    _name, *key = told
    well_formed = len(key) == size and isinstance(key[-1], str)
    if well_formed and size == 2:
        well_formed = isinstance(key[0], (int, float))
    if told[0] != name or not well_formed:
        raise UsageError(
            "after: this cursor is of another list; a cursor goes with the same field and the "
            "same filters as the page it was in"
        )
    return tuple(key)


def page_of_iris(
    name: str, iris: Sequence[str], first: int, after: str | None
) -> tuple[list[str], bool]:
    """Of IRIs in order, those on a page, and whether there are more. Raises UsageError."""
    key = key_of(name, after, 1)
    start = bisect_right(iris, key[0]) if key else 0
    return list(iris[start : start + first]), start + first < len(iris)
