"""Places in a crate's metadata, and its text."""

from __future__ import annotations

import re

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, as JSON can escape it: it can be in no IRI and no literal."""

Path = tuple[str | int, ...]
"""Keys and indexes, from the document inwards."""


def shown(path: Path) -> str:
    """A path as messages show it, ``$.@graph[3].name``."""
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
