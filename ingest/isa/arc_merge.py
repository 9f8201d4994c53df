"""What an ARC says of a thing in two places, as one: the thing's own workbook comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import TypeVar

from ingest.findings import Findings
from ingest.isa.model import Assay, Protocol, Study

T = TypeVar("T", Study, Assay, Protocol)
_NOT_MERGED = {"key", "assays", "table", "name", "filename"}


def merged(own: T, other: T, where: str, findings: Findings) -> T:
    """One thing of two descriptions: lists are joined, a text that differs is told as lost."""
    changes = {}
    for field in fields(own):
        first, second = getattr(own, field.name), getattr(other, field.name)
        if field.name in _NOT_MERGED or not second or first == second:
            continue
        if isinstance(first, tuple):
            changes[field.name] = (*first, *(item for item in second if item not in first))
        elif not first:
            changes[field.name] = second
        else:
            text = getattr(second, "value", second)
            findings.lost(
                "differs", where,
                f"{field.name.replace('_', ' ')} {str(text)[:80]!r}, where it is told otherwise "
                f"in {type(own).__name__.lower()} "
                f"{getattr(own, 'identifier', getattr(own, 'name', ''))!r} itself",
            )  # fmt: skip
    return replace(own, **changes)


def merged_protocols(
    declared: Iterable[Protocol], used: Iterable[Protocol], where: str, findings: Findings
) -> tuple[Protocol, ...]:
    """The protocols of a study by name: those that it declares, and what its tables tell."""
    known: dict[str, Protocol] = {}
    for protocol in (*declared, *used):
        before = known.get(protocol.name)
        known[protocol.name] = merged(before, protocol, where, findings) if before else protocol
    return tuple(known.values())
