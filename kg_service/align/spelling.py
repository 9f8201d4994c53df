"""One spelling for terms whose IRI moved: the asserted graph keeps what was written.

``mappings/spellings.tsv`` lists pairs of IRI prefixes; the longest that fits is replaced.
schema.org over https, the bioschemas terms of every RO-Crate version, and the workflow-run
checksums all become the spelling that the mapping sets use.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from kg_service.errors import MappingError


class Spelling:
    """Canonical IRIs of terms. Each ``variant`` prefix maps to its ``canonical`` one."""

    def __init__(self, pairs: dict[str, str]) -> None:
        self.pairs = sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair))
        self.canonical = lru_cache(maxsize=65536)(self._canonical)

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Spelling:
        """From tables of variant and canonical prefixes. Raises MappingError."""
        pairs: dict[str, str] = {}
        for path in paths:
            lines = path.read_text(encoding="utf-8").splitlines()
            rows = csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t")
            for row in rows:
                if not row.get("variant") or not row.get("canonical"):
                    raise MappingError(f"{path}: each row needs a variant and a canonical prefix")
                pairs[row["variant"]] = row["canonical"]
        return cls(pairs)

    def _canonical(self, iri: str) -> str:
        for variant, canonical in self.pairs:
            if iri.startswith(variant):
                return canonical + iri[len(variant) :]
        return iri

    def variants(self, iri: str) -> list[str]:
        """All spellings of a canonical IRI, itself first."""
        found = [iri]
        for variant, canonical in self.pairs:
            if iri.startswith(canonical):
                found.append(variant + iri[len(canonical) :])
        return [v for v in dict.fromkeys(found) if self.canonical(v) == iri]
