"""What a catalogue says of who may see its data.

ICAT's own rule at most facilities: an investigation's data are open from its ``releaseDate``
on; until then its groups see them. A published data collection is open; a rule without
grouping that lets all read datasets or investigations makes the whole catalogue open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ingest.document import Visibility
from ingest.icat.catalogue import Catalogue
from ingest.icat.records import Record


@dataclass(frozen=True)
class Access:
    """``visible_from``: when all is open (as written), None where that is not told."""

    visibility: Visibility | None = None
    groups: tuple[str, ...] = ()
    visible_from: str | None = None


def visibility_of(catalogue: Catalogue, today: date) -> Access:
    """The access of a source: as restricted as the most restricted investigation in it."""
    if _open_to_all(catalogue):
        return Access(Visibility.PUBLIC)
    told = [_released(record) for record in catalogue.records("Investigation")]
    embargoed = [(day, text) for day, text in filter(None, told) if day > today]
    unreleased = any(r.attribute("isReleased") == "false" for r in catalogue.records("Datafile"))
    if embargoed or unreleased:
        known = embargoed and None not in told
        groups = sorted(set(_groups(catalogue, today)))
        return Access(Visibility.RESTRICTED, tuple(groups), max(embargoed)[1] if known else None)
    if told and None not in told:
        return Access(Visibility.PUBLIC)
    only = catalogue.data.only
    about_publication = only is not None and only.entity == "DataPublication"
    if (about_publication or not told) and _all_published(catalogue, today):
        return Access(Visibility.PUBLIC)
    return Access()


def _released(investigation: Record) -> tuple[date, str] | None:
    return _day(investigation.attribute("releaseDate"))


def _day(text: str | None) -> tuple[date, str] | None:
    try:
        return (datetime.fromisoformat(text.strip()).date(), text.strip()) if text else None
    except ValueError:
        return None  # the graph warns of it


def _open_to_all(catalogue: Catalogue) -> bool:
    """Rules without grouping, for everyone: reading all datasets or all investigations."""
    open_kinds = {
        (rule.attribute("what") or "").strip()
        for rule in catalogue.records("Rule")
        if rule.reference("grouping") is None and "R" in (rule.attribute("crudFlags") or "").upper()
    }
    return {"Dataset", "Investigation"} <= open_kinds


def _all_published(catalogue: Catalogue, today: date) -> bool:
    """Only publications and what they hold are in it, and all are out."""
    publications = catalogue.records("DataPublication")
    days = [_day(record.attribute("publicationDate")) for record in publications]
    return bool(days) and all(day is not None and day[0] <= today for day in days)


def _groups(catalogue: Catalogue, today: date) -> Iterator[str]:
    """The groups of the investigations that are not open yet."""
    closed = set()
    for record in catalogue.records("Investigation"):
        released = _released(record)
        if released is None or released[0] > today:
            closed.add(catalogue.thing(record))
            for relation, member in record.members:
                if relation == "investigationGroups":
                    yield from _group(catalogue, member)
    for record in catalogue.records("InvestigationGroup"):
        owner = record.reference("investigation")
        if owner is not None and catalogue.target(record, "investigation", owner) in closed:
            yield from _group(catalogue, record)


def _group(catalogue: Catalogue, record: Record) -> Iterator[str]:
    reference = record.reference("grouping")
    target = catalogue.target(record, "grouping", reference) if reference is not None else None
    name = catalogue.name_of(target) if target is not None else None
    if name:
        yield name
