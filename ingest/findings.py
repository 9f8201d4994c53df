"""What a reader noticed: repairs, losses and warnings, counted exactly, shown by example.

A *repair* is a statement kept in another form than it was written (an IRI
percent-encoded, a term defined that the file left undefined). A *loss* is a
statement that could not be kept. A *warning* is an oddity that changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

EXAMPLES_KEPT = 20


class FindingKind(StrEnum):
    REPAIR = "repair"
    LOSS = "loss"
    WARNING = "warning"


@dataclass(frozen=True)
class Example:
    """One occurrence: where in the source (JSON path, file:row:column), and the detail."""

    where: str
    detail: str


@dataclass
class Finding:
    """All occurrences of one code: an exact count and the first few examples."""

    kind: FindingKind
    code: str
    count: int = 0
    examples: list[Example] = field(default_factory=list)


class Findings:
    """Collects findings while a source is read. Counts are statements affected."""

    def __init__(self) -> None:
        self._found: dict[tuple[FindingKind, str], Finding] = {}

    def repaired(self, code: str, where: str, detail: str, count: int = 1) -> None:
        self._add(FindingKind.REPAIR, code, where, detail, count)

    def lost(self, code: str, where: str, detail: str, count: int = 1) -> None:
        self._add(FindingKind.LOSS, code, where, detail, count)

    def warned(self, code: str, where: str, detail: str, count: int = 1) -> None:
        self._add(FindingKind.WARNING, code, where, detail, count)

    def include(self, other: Findings) -> None:
        """Add all that another collection holds."""
        for theirs in other:
            mine = self._found.setdefault(
                (theirs.kind, theirs.code), Finding(theirs.kind, theirs.code)
            )
            mine.count += theirs.count
            mine.examples += theirs.examples[: EXAMPLES_KEPT - len(mine.examples)]

    def of(self, kind: FindingKind) -> list[Finding]:
        return [f for f in self._found.values() if f.kind is kind]

    def total(self, kind: FindingKind) -> int:
        return sum(f.count for f in self.of(kind))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found.values())

    def _add(self, kind: FindingKind, code: str, where: str, detail: str, count: int) -> None:
        finding = self._found.setdefault((kind, code), Finding(kind, code))
        finding.count += count
        if len(finding.examples) < EXAMPLES_KEPT:
            finding.examples.append(Example(where, detail))
