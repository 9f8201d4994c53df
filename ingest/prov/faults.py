"""All faults of a file, told in one error."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.errors import InvalidSource

FAULTS_TOLD = 10


@dataclass
class Faults:
    """Collects what breaks a document; ``separator`` stands between file and place."""

    notation: str
    where: str
    separator: str = ": "
    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, place: str, what: str) -> None:
        """Note a fault at a place in the file."""
        self.found.append((place, what))

    def refuse(self) -> None:
        """Raise InvalidSource where there is any fault: the first with its place, then more."""
        if not self.found:
            return
        (place, what), *others = self.found
        told = [f"{p}: {w}" for p, w in others[: FAULTS_TOLD - 1]]
        if len(others) >= FAULTS_TOLD:
            told.append(f"and {len(others) - FAULTS_TOLD + 1} more")
        raise InvalidSource(
            "; ".join([f"not valid {self.notation}: {what}", *told]),
            where=f"{self.where}{self.separator}{place}",
            todo="correct it there, or export it again",
        )
