"""What an ARC says of a thing in two places, as one: the thing's own workbook comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from ingest.findings import Findings
from ingest.isa.model import Assay, Comment, Protocol, Study

T = TypeVar("T", bound=Study | Assay | Protocol)
_NOT_MERGED = {"key", "assays", "table", "name", "filename"}


def merged(own: T, other: T, where: str, findings: Findings) -> T:
    """One thing of two descriptions: lists are joined, a text that differs is a comment."""
    changes: dict[str, Any] = {}
    for field in fields(own):
        first: Any = getattr(own, field.name)
        second: Any = getattr(other, field.name)
        if field.name in _NOT_MERGED or not second or first == second:
            continue
        if isinstance(first, tuple):
            first = changes.get(field.name, first)
            changes[field.name] = (*first, *(item for item in second if item not in first))
        elif not first:
            changes[field.name] = second
        else:
            word = field.name.replace("_", " ")
            text = getattr(second, "value", second) or getattr(second, "accession", "")
            comments: tuple[Comment, ...] = changes.get("comments", own.comments)
            changes["comments"] = (*comments, Comment(word, text))
            findings.repaired(
                "differs", where,
                f"{word} {text[:80]!r} is kept as a comment: {type(own).__name__.lower()} "
                f"{_name(own)!r} tells otherwise itself",
            )  # fmt: skip
    return replace(own, **changes)


def _name(thing: Study | Assay | Protocol) -> str:
    return thing.name if isinstance(thing, Protocol) else thing.identifier


def merged_protocols(
    declared: Iterable[Protocol], used: Iterable[Protocol], where: str, findings: Findings
) -> tuple[Protocol, ...]:
    """The protocols of a study by name: those that it declares, and what its tables tell."""
    known: dict[str, Protocol] = {}
    for protocol in (*declared, *used):
        before = known.get(protocol.name)
        known[protocol.name] = merged(before, protocol, where, findings) if before else protocol
    return tuple(known.values())
