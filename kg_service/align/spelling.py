"""One spelling for terms whose IRI moved: the asserted graph keeps what was written.

``mappings/spellings.tsv`` lists pairs of terms, and of namespaces (which end in ``/``, ``#`` or
``:``); the longest that fits is replaced.
schema.org over https, the bioschemas terms of every RO-Crate version, and the workflow-run
checksums all become the spelling that the mapping sets use.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from kg_service.errors import MappingError

_NAMESPACE_ENDS = ("/", "#", ":")


class Spelling:
    """Canonical IRIs of terms. Each ``variant`` maps to its ``canonical`` spelling."""

    def __init__(self, pairs: dict[str, str]) -> None:
        self.pairs = sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair))
        self._terms = {v: c for v, c in pairs.items() if not v.endswith(_NAMESPACE_ENDS)}
        self.canonical = lru_cache(maxsize=65536)(self._canonical)
        self.variants = lru_cache(maxsize=4096)(self._variants)

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Spelling:
        """From tables of variant and canonical prefixes. Raises MappingError."""
        pairs: dict[str, str] = {}
        for path in paths:
            lines = path.read_text(encoding="utf-8").splitlines()
            rows = csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t")
            for row in rows:
                if not row.get("variant") or not row.get("canonical"):
                    raise MappingError(f"{path}: each row needs a variant and a canonical spelling")
                pairs[row["variant"]] = row["canonical"]
        return cls(pairs)

    def _canonical(self, iri: str) -> str:
        if iri not in self._terms:
            iri = next(self._respelled(iri, back=False), iri)
        return self._terms.get(iri, iri)

    def _variants(self, iri: str) -> list[str]:
        """All spellings of a canonical IRI, itself first."""
        found = [iri, *(variant for variant, term in self._terms.items() if term == iri)]
        for spelled in tuple(found):
            found += self._respelled(spelled, back=True)
        return [v for v in dict.fromkeys(found) if self.canonical(v) == iri]

    def _respelled(self, iri: str, *, back: bool) -> Iterator[str]:
        """The IRI in other spellings of its namespace, the longest that fits first."""
        for variant, canonical in self.pairs:
            old, new = (canonical, variant) if back else (variant, canonical)
            if variant.endswith(_NAMESPACE_ENDS) and iri.startswith(old):
                yield new + iri[len(old) :]
