"""Places in a crate's metadata."""

from __future__ import annotations

Path = tuple[str | int, ...]
"""Keys and indexes, from the document inwards."""


def shown(path: Path) -> str:
    """A path as messages show it, ``$.@graph[3].name``."""
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
