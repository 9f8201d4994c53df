"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """``pass`` and ``fail``; ``none`` where there is nothing that could be checked."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"


class Family(StrEnum):
    """The families of checks, in the order in which they are shown."""

    TYPING = "typing"
    CHAINS = "chains"
    FAIR = "fair"
    COMPLETENESS = "completeness"
    MAPPING = "mapping"


@dataclass(frozen=True)
class Checked:
    """One check of one source: its verdict, how many things it met, and the first of them."""

    check: str
    family: Family
    title: str
    verdict: Verdict
    count: int
    evidence: str
    todo: str

    def as_json(self) -> dict[str, Any]:
        """As plain data; keys are stable."""
        return {
            "check": self.check,
            "family": self.family.value,
            "title": self.title,
            "verdict": self.verdict.value,
            "count": self.count,
            "evidence": self.evidence or None,
            "todo": self.todo if self.verdict is Verdict.FAIL else None,
        }


@dataclass(frozen=True)
class SourceCheck:
    """All checks of one source."""

    source_id: str
    title: str | None
    checks: tuple[Checked, ...]

    def of(self, family: Family) -> list[Checked]:
        return [check for check in self.checks if check.family is family]

    def as_json(self) -> dict[str, Any]:
        """As plain data; keys are stable."""
        passed = sum(c.verdict is Verdict.PASS for c in self.of(Family.COMPLETENESS))
        return {
            "source": self.source_id,
            "title": self.title,
            "completeness": {"present": passed, "of": len(self.of(Family.COMPLETENESS))},
            "checks": [check.as_json() for check in self.checks],
        }
