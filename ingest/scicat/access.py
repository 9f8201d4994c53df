"""Who may see an export: what its records say of publication and groups, taken together.

SciCat shows a record that ``isPublished`` to everyone, another one to the members of its
``ownerGroup`` and ``accessGroups``. An export is as visible as its least visible record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.document import Visibility
from ingest.scicat.collect import Record
from ingest.scicat.kinds import (
    ATTACHMENT,
    DATABLOCK,
    JOB,
    ORIG_DATABLOCK,
    POLICY,
    PUBLISHED_DATA,
)

# a publication's status in v3 (registered) and v4 (the others); private and pending are not public
_PUBLIC_STATUS = frozenset({"registered", "public", "amended"})
# blocks and previews are shown as their dataset is
_PARTS = (ORIG_DATABLOCK, DATABLOCK, ATTACHMENT)
_HOUSEKEEPING = (JOB, POLICY)


@dataclass(frozen=True)
class Said:
    """What one record says of its access; ``groups`` are those that see a restricted one."""

    where: str
    public: bool
    groups: frozenset[str] = frozenset()
    published_on: str | None = None


@dataclass(frozen=True)
class Access:
    """Who may see all records. ``notes`` tell, with place, which records made it so."""

    visibility: Visibility | None = None
    groups: tuple[str, ...] = ()
    visible_from: str | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)


def access_of(records: Iterable[Record]) -> Access:
    """The access to an export: the most restrictive of its records'."""
    said = [s for record in records if (s := _said(record)) is not None]
    hidden = [s for s in said if not s.public]
    if not hidden:
        return Access(Visibility.PUBLIC if said else None)
    groups = frozenset.intersection(*(s.groups for s in hidden))
    dates = [s.published_on for s in hidden]
    known = [date for date in dates if date is not None]
    return Access(
        Visibility.RESTRICTED,
        tuple(sorted(groups)),
        # an embargo on some of the records ends none on the others
        max(known) if len(known) == len(dates) else None,
        list(_notes(said, hidden, groups)),
    )


def _notes(
    said: list[Said], hidden: list[Said], groups: frozenset[str]
) -> Iterator[tuple[str, str]]:
    if len(hidden) == len(said) and all(s.groups == groups for s in hidden):
        return  # they agree
    for record in hidden:
        to = ", ".join(sorted(record.groups)) or "its owner"
        yield record.where, f"restricted to {to}, so the whole export is restricted"
    if not groups and any(s.groups for s in hidden):
        yield hidden[0].where, "no one group may see all restricted records"


def _said(record: Record) -> Said | None:
    data = record.data
    if record.kind is PUBLISHED_DATA:
        return _publication(record)
    published = _flag(data.get("isPublished"))
    groups = frozenset(_groups(data.get("ownerGroup"))) | frozenset(
        _groups(data.get("accessGroups"))
    )
    if published is None and (record.kind in _PARTS or not groups):
        return None
    if not groups and record.kind in _HOUSEKEEPING:
        return None  # never published, and of no group: a default, not a decision
    if published:
        return Said(record.where, public=True)
    cycle = data.get("datasetlifecycle")
    planned = cycle.get("dateOfPublishing") if isinstance(cycle, dict) else None
    return Said(record.where, False, groups, _date(planned))


def _publication(record: Record) -> Said | None:
    status = record.data.get("status")
    if isinstance(status, str) and status.strip():
        return Said(record.where, status.strip().lower() in _PUBLIC_STATUS)
    return Said(record.where, True) if record.data.get("registeredTime") else None


def _groups(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and item.strip():
            yield item.strip()


def _flag(value: Any) -> bool | None:
    """True or false, by the words where an export writes them as text."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _date(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.strip() or None if isinstance(value, str) else None
