"""Which time is meant: a time of ISO 8601, or the version of a source that was there then."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from kg_service.errors import NotKnown, UsageError
from kg_service.history.timelines import Period, parse_time, timelines
from kg_service.store.port import GraphReader

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_VERSION = re.compile(r"(?P<source>.+)@(?P<version>[0-9a-fA-F]{4,64})")
_INSTANT = timedelta(microseconds=1)
_FORMS = "write 2026-05-01T12:00:00Z, 2026-05-01 (the end of that day) or SOURCE@VERSION"


def moment_of(reader: GraphReader, written: str) -> datetime:
    """The time that is meant, in UTC: that of a version is the last at which it was there.

    Raises UsageError, and NotKnown for a source or version that is not known.
    """
    text = written.strip()
    named = _VERSION.fullmatch(text)
    if named:
        return _last_of(reader, named["source"], named["version"].lower())
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(datetime.fromisoformat(text).date(), time.max, UTC)
        # in an address, the + of a zone that was not escaped is a space
        return parse_time(text.replace(" ", "+") if "T" in text else text)
    except ValueError as error:
        raise UsageError(f"{written!r} is no time and no version of a source: {_FORMS}") from error


def _last_of(reader: GraphReader, source_id: str, version: str) -> datetime:
    found = [ps for ps in timelines(reader).values() if ps[0].source_id == source_id]
    if not found:
        raise NotKnown(f"there is no source {source_id!r}; see kg sources, or /sources")
    (periods,) = found
    meant = [period for period in periods if period.sha256.startswith(version)]
    if len({period.sha256 for period in meant}) != 1:
        told = ", ".join(dict.fromkeys(period.sha256[:16] for period in periods))
        several = "several versions" if meant else "no version"
        raise NotKnown(f"{source_id} has {several} {version!r}; its versions are {told}")
    return _end(meant[-1])


def _end(period: Period) -> datetime:
    return datetime.now(UTC) if period.until is None else period.until - _INSTANT
