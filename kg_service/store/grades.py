"""How the lineage statements of a graph came about, passed on beside the statements themselves."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from kg_service.store.statements import Statements
from kg_service.terms import prov


class Grade(StrEnum):
    """How an aligned statement stands to what its source says, the strongest first."""

    ASSERTED = "asserted"
    MAPPED = "mapped"
    CLOSE = "close"
    INFERRED = "inferred"


LINEAGE_PROPERTIES = frozenset(
    f"<{prov(name).value}>".encode()
    for name in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy", "hadMember")
)
"""The properties whose statements are edges of lineage, as they stand in N-Triples."""


class Grades:
    """The lineage statements of one aligned graph, by grade.

    A statement that came about in several ways stands here under each of their grades, and may
    stand under one several times: the strongest counts.
    """

    def __init__(self) -> None:
        self._by_grade = {grade: Statements() for grade in Grade}

    def __bool__(self) -> bool:
        return any(statements.written for statements in self._by_grade.values())

    def write(self, grade: Grade, lines: list[bytes]) -> None:
        """Add lines, each a whole statement."""
        self._by_grade[grade].write(lines)

    def lines(self) -> Iterator[tuple[Grade, bytes]]:
        """Every line with its grade, the strongest grade first: so the first to come counts."""
        for grade, statements in self._by_grade.items():
            for line in statements.lines():
                yield grade, line

    def strongest(self) -> dict[bytes, Grade]:
        """The grade of each statement, for graphs that are small enough to be held."""
        found: dict[bytes, Grade] = {}
        for grade, line in self.lines():
            found.setdefault(line, grade)
        return found

    def close(self) -> None:
        """Let go of the memory or the temporary files."""
        for statements in self._by_grade.values():
            statements.close()
