"""A window of time: only activities that may have happened in it.

A recorded time is as long as it is written: a date is the whole day, a month the whole month. A
time without a zone may be that of any zone, unless neither side has one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyoxigraph import NamedNode

from kg_service.errors import UsageError
from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.levels import PassedOn
from kg_service.lineage.model import Edge
from kg_service.rdf import graph_of, is_aligned, text_object
from kg_service.store.port import GraphReader
from kg_service.terms import prov

_STARTED, _ENDED = prov("startedAtTime"), prov("endedAtTime")
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DAY_IN_ZONE = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})")
_A_DAY = timedelta(days=1) - timedelta(microseconds=1)
# local times are at most so far from UTC, in either direction
_FARTHEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True)
class Moment:
    """A time as written: the first and the last instant that it can mean, in UTC if ``zoned``."""

    first: datetime
    last: datetime
    zoned: bool

    def is_before(self, other: Moment) -> bool:
        """Whether all that this can mean is before all that the other can mean."""
        unsure = timedelta(0) if self.zoned == other.zoned else _FARTHEST_ZONE
        try:
            return self.last + unsure < other.first
        except OverflowError:
            return False  # at the end of the calendar


def moment(text: str) -> Moment | None:
    """A time in ISO 8601, or a part of one: a year, a month, a date. None for other texts."""
    text = text.strip()
    try:
        if match := _DAY.fullmatch(text):
            year, month, day = (int(part) if part else None for part in match.groups())
            assert year is not None
            first = datetime(year, month or 1, day or 1)
            if day is None:
                month = month or 12
                day = monthrange(year, month)[1]
            last = datetime(year, month or 12, day, 23, 59, 59, 999999)
            return Moment(first, last, zoned=False)
        if match := _DAY_IN_ZONE.fullmatch(text):
            start = datetime.fromisoformat(f"{match[1]}T00:00:00{match[2]}")
            return _in_zone(start, _A_DAY)
        long = timedelta(0) if "T" in text or " " in text else _A_DAY
        return _in_zone(datetime.fromisoformat(text), long)
    except (ValueError, OverflowError):
        return None


def _in_zone(start: datetime, long: timedelta) -> Moment:
    if start.tzinfo is None:
        return Moment(start, start + long, zoned=False)
    start = start.astimezone(UTC).replace(tzinfo=None)
    return Moment(start, start + long, zoned=True)


@dataclass(frozen=True)
class Window:
    """From a time until a time; None where it is open."""

    since: Moment | None
    until: Moment | None

    @classmethod
    def written(cls, since: str | None, until: str | None) -> Window | None:
        """The window of two texts; None where there are none. Raises UsageError."""
        if since is None and until is None:
            return None
        start, end = _understood("since", since), _understood("until", until)
        if start and end and end.is_before(start):
            raise UsageError(
                f"nothing is since {since} and until {until}: that ends before it starts"
            )
        return cls(start, end)

    def may_hold(self, starts: Iterable[Moment], ends: Iterable[Moment]) -> bool:
        """Whether what has these recorded starts and ends may have happened in the window.

        Where sources tell several, any may be right. Ends before starts are no order at all: then
        it may have happened at any of these times.
        """
        starts, ends = list(starts), list(ends)
        if starts and ends and all(end.is_before(start) for end in ends for start in starts):
            starts = ends = [*starts, *ends]
        if self.since and ends and all(end.is_before(self.since) for end in ends):
            return False
        return not (self.until and starts and all(self.until.is_before(s) for s in starts))


def _understood(name: str, text: str | None) -> Moment | None:
    if text is None:
        return None
    found = moment(text)
    if found is None:
        raise UsageError(
            f"{name} {text!r} is no time: write it as 2026, 2026-04, 2026-04-16, "
            "2026-04-16T09:30 or 2026-04-16T09:30:00+02:00"
        )
    return found


class Happened:
    """Judges activities by the times that all sources record of them, and remembers it."""

    def __init__(self, reader: GraphReader, window: Window) -> None:
        self._reader = reader
        self._window = window
        self._judged: dict[NamedNode, bool] = {}

    def may(self, activity: NamedNode) -> bool:
        """Whether an activity may have happened in the window."""
        if activity not in self._judged:
            starts, ends = self._told(activity, _STARTED), self._told(activity, _ENDED)
            self._judged[activity] = self._window.may_hold(starts, ends)
        return self._judged[activity]

    def _told(self, activity: NamedNode, predicate: NamedNode) -> list[Moment]:
        """The times that are told; none where one of them is not understood."""
        quads = self._reader.quads(activity, predicate)
        found = [moment(text_object(q)) for q in quads if is_aligned(graph_of(q))]
        known = [m for m in found if m is not None]
        return known if len(known) == len(found) else []


class WithinWindow(PassedOn):
    """Only edges of activities that may have happened in a window: see ``EdgeSource``.

    Derivations have no time of their own and stay.
    """

    def __init__(self, source: EdgeSource, happened: Happened) -> None:
        super().__init__(source)
        self._may = happened.may

    def generations_of(self, entity: NamedNode) -> list[Edge]:
        return [e for e in super().generations_of(entity) if self._may(e.earlier)]

    def generated_by(self, activity: NamedNode) -> list[Edge]:
        return super().generated_by(activity) if self._may(activity) else []

    def uses_of(self, entity: NamedNode) -> list[Edge]:
        return [e for e in super().uses_of(entity) if self._may(e.later)]

    def used_by(self, activity: NamedNode) -> list[Edge]:
        return super().used_by(activity) if self._may(activity) else []

    def informers_of(self, activity: NamedNode) -> list[Edge]:
        edges = super().informers_of(activity) if self._may(activity) else []
        return [e for e in edges if self._may(e.earlier)]

    def informed_by(self, activity: NamedNode) -> list[Edge]:
        edges = super().informed_by(activity) if self._may(activity) else []
        return [e for e in edges if self._may(e.later)]
