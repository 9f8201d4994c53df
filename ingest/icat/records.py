"""An ICAT data file as it is written: objects with attributes, references and members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.findings import Findings
from ingest.icat.keys import ByAttributes, Reference


@dataclass(slots=True, eq=False)
class Record:
    """One object. ``key`` is None where the file gives it none; ``chunk`` counts from 1.

    ``inside`` tells of a member where it stands: the label of its parent and the relation.
    """

    entity: str
    key: str | None
    chunk: int
    attributes: list[tuple[str, str]] = field(default_factory=list)
    references: list[tuple[str, Reference]] = field(default_factory=list)
    members: list[tuple[str, Record]] = field(default_factory=list)
    inside: str = ""

    @property
    def label(self) -> str:
        """How messages call it."""
        return self.key or self.inside or self.entity

    def attribute(self, name: str) -> str | None:
        return next((text for found, text in self.attributes if found == name), None)

    def reference(self, name: str) -> Reference | None:
        return next((target for found, target in self.references if found == name), None)


@dataclass(frozen=True, slots=True)
class Declaration:
    """``<sampleRef id=…/>``: a local key for an object that the catalogue has already."""

    entity: str
    key: str
    chunk: int
    target: ByAttributes


@dataclass
class DataFile:
    """All that one ICAT data file holds.

    ``head`` has the keys date, service, apiversion, generator. ``partial``: written for a
    catalogue that has other objects already (icatingest's input), or a part of what one holds
    (an answer), not a dump of one. ``only``: the object that an answer is about, if it is one.
    ``findings``: what was met while parsing.
    """

    head: dict[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)
    partial: bool = False
    only: Record | None = None
    findings: Findings = field(default_factory=Findings)

    def all_records(self) -> Iterator[Record]:
        """Every record, members included."""
        pending = list(reversed(self.records))
        while pending:
            record = pending.pop()
            yield record
            pending.extend(member for _relation, member in reversed(record.members))
