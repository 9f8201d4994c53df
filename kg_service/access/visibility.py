"""Who may see a version of a source, and from when, as the catalogue tells it.

``public`` is seen by everyone, ``internal`` by callers that are internal, ``restricted`` by
members of one of its groups; of no group, by none but those who see everything. What is
none of these is seen by nobody else either.

The end of an embargo (``kg:visibleFrom``) makes what was restricted public, at the start of
that day in UTC. It does so only if it was still to come when the version was ingested, or the
visibility decided: a source that is restricted in spite of a date that had passed means it.
What is internal stays so. What is public but has a date to come is restricted until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.document import Visibility
from kg_service.access.caller import Caller

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """To whom a version is shown, until it ``opens`` to everyone, where it does."""

    visibility: Visibility = Visibility.RESTRICTED
    groups: frozenset[str] = frozenset()
    opens: datetime | None = None

    @classmethod
    def told(
        cls,
        visibilities: frozenset[str],
        groups: frozenset[str],
        dates: frozenset[str],
        settled: datetime | None,
    ) -> Shown:
        """From the values of the catalogue; what is told several times, or not at all, closes.

        ``settled`` is when it was said.
        """
        ends = [_moment(date) for date in dates]
        end = max(ends, default=None)
        if visibilities == {Visibility.INTERNAL}:
            return cls(Visibility.INTERNAL)
        if visibilities == {Visibility.PUBLIC}:
            if end is None or (settled is not None and end <= settled):
                return cls(Visibility.PUBLIC)
            return cls(groups=groups, opens=end)
        if visibilities != {Visibility.RESTRICTED}:
            return cls()
        to_come = end is not None and settled is not None and end > settled
        return cls(groups=groups, opens=end if to_come else None)

    def to(self, caller: Caller, now: datetime) -> bool:
        """Whether a caller sees it at a time."""
        if caller.everything or self.visibility is Visibility.PUBLIC:
            return True
        if self.visibility is Visibility.INTERNAL:
            return caller.internal
        return self.is_open(now) or not self.groups.isdisjoint(caller.groups)

    def is_open(self, now: datetime) -> bool:
        """Whether an embargo has ended."""
        return self.opens is not None and self.opens <= now


def _moment(text: str) -> datetime:
    """The time of an xsd:date or xsd:dateTime; one that can not be read never comes."""
    try:
        time = datetime.fromisoformat(text.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return _NEVER
