"""What an ingest reports of one source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ingest.findings import FindingKind, Findings


class Outcome(StrEnum):
    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Derived:
    """What alignment made of a source: distinct statements, and what made them.

    ``fired`` counts by mapping row or rule, ``unmapped`` by term that no row has.
    """

    aligned: int = 0
    identity: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)


@dataclass
class IngestReport:
    """One source's ingest: counts of triples, what was repaired, lost and left unmapped.

    ``by`` is who asked for it, where that is not the account that did it.
    """

    location: str
    outcome: Outcome
    source_id: str | None = None
    format: str = ""
    version: str = ""
    title: str | None = None
    identifier: str | None = None
    licence: str | None = None
    profiles: tuple[str, ...] = ()
    visibility: str = "public"
    groups: tuple[str, ...] = ()
    visible_from: str | None = None
    visibility_decided: str | None = None
    by: str | None = None
    asserted: int = 0
    derived: Derived = field(default_factory=Derived)
    error: str | None = None
    error_code: str | None = None
    findings: Findings = field(default_factory=Findings)

    @property
    def aligned(self) -> int:
        """Distinct aligned statements."""
        return self.derived.aligned

    @property
    def unmapped(self) -> Counter[str]:
        """Statements by term that no mapping row has."""
        return self.derived.unmapped

    def told(self) -> str:
        """The outcome and of what, in a few words."""
        return f"{self.outcome.value} {self.source_id or self.location}"

    def as_json(self) -> dict[str, Any]:
        """The report as plain data; keys are stable."""

        def listed(kind: FindingKind) -> list[dict[str, Any]]:
            return [
                {
                    "code": f.code,
                    "count": f.count,
                    "examples": [{"where": e.where, "detail": e.detail} for e in f.examples],
                }
                for f in self.findings.of(kind)
            ]

        return {
            "location": self.location,
            "outcome": self.outcome.value,
            "source": self.source_id,
            "format": self.format or None,
            "version": self.version or None,
            "title": self.title,
            "visibility": None if self.outcome is Outcome.REFUSED else self.visibility,
            "triples": {
                "asserted": self.asserted,
                "aligned": self.aligned,
                "identity": self.derived.identity,
                "repaired": self.findings.total(FindingKind.REPAIR),
                "lost": self.findings.total(FindingKind.LOSS),
            },
            "repairs": listed(FindingKind.REPAIR),
            "losses": listed(FindingKind.LOSS),
            "warnings": listed(FindingKind.WARNING),
            "unmapped": dict(self.unmapped.most_common()),
            "mappings": dict(self.derived.fired.most_common()),
            "error": self.error,
            "errorCode": self.error_code,
        }
