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
class IngestReport:
    """One source's ingest: counts of triples, what was repaired, lost and left unmapped."""

    location: str
    outcome: Outcome
    source_id: str | None = None
    format: str = ""
    version: str = ""
    title: str | None = None
    identifier: str | None = None
    licence: str | None = None
    profiles: tuple[str, ...] = ()
    asserted: int = 0
    aligned: int = 0
    identity: int = 0
    error: str | None = None
    error_code: str | None = None
    findings: Findings = field(default_factory=Findings)
    unmapped: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)

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
            "triples": {
                "asserted": self.asserted,
                "aligned": self.aligned,
                "identity": self.identity,
                "repaired": self.findings.total(FindingKind.REPAIR),
                "lost": self.findings.total(FindingKind.LOSS),
            },
            "repairs": listed(FindingKind.REPAIR),
            "losses": listed(FindingKind.LOSS),
            "warnings": listed(FindingKind.WARNING),
            "unmapped": dict(self.unmapped.most_common()),
            "mappings": dict(self.fired.most_common()),
            "error": self.error,
            "errorCode": self.error_code,
        }
