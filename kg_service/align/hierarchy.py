"""Which classes are kinds of which, so that what is said of a class holds for its kinds.

``mappings/subclasses.tsv`` lists classes of the sources' vocabularies with the class they are
a kind of, in canonical spelling. A row for ``schema:Action`` then speaks of a DownloadAction
as well, and one for ``schema:CreativeWork`` of a Poster.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path

from kg_service.errors import MappingError


class Hierarchy:
    """The superclasses of classes, nearest first. Raises MappingError where they go in a circle."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(sorted(set(pairs)))
        self._parent: dict[str, str] = {}
        for kind, parent in self.pairs:
            if self._parent.setdefault(kind, parent) != parent:
                raise MappingError(f"subclasses.tsv: {kind} has two superclasses; keep one")
        for kind in self._parent:
            _climb(kind, self._parent)
        self.above = lru_cache(maxsize=65536)(self._above)

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Hierarchy:
        """From tables of class and superclass. Raises MappingError."""
        pairs: list[tuple[str, str]] = []
        for path in paths:
            lines = path.read_text(encoding="utf-8").splitlines()
            rows = csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t")
            for row in rows:
                if not row.get("class") or not row.get("superclass"):
                    raise MappingError(f"{path}: each row needs a class and a superclass")
                pairs.append((row["class"], row["superclass"]))
        return cls(pairs)

    def nearest(self, kind: str, known: Collection[str]) -> str | None:
        """The class itself or its nearest superclass that is known."""
        return next((k for k in (kind, *self.above(kind)) if k in known), None)

    def _above(self, kind: str) -> tuple[str, ...]:
        return tuple(_climb(kind, self._parent))


def _climb(kind: str, parent: dict[str, str]) -> list[str]:
    found: list[str] = []
    while kind in parent:
        kind = parent[kind]
        if kind in found:
            raise MappingError(f"subclasses.tsv: {kind} is its own superclass; remove a line")
        found.append(kind)
    return found
