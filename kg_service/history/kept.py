"""What is kept of the past: each period of each source, and whether its statements are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pyoxigraph import NamedNode

from kg_service.errors import NotKnown
from kg_service.history.archive import Archive, Archived
from kg_service.history.timelines import Period, timelines
from kg_service.store.port import GraphReader


class State(StrEnum):
    """Whether a period's statements are in the store, archived, or no more."""

    CURRENT = "current"
    ARCHIVED = "archived"
    PRUNED = "pruned"
    NOT_KEPT = "not kept"


@dataclass(frozen=True)
class Kept:
    """One period, and what is kept of it."""

    period: Period
    archived: Archived | None

    @property
    def state(self) -> State:
        if self.period.is_current:
            return State.CURRENT
        if self.archived is None:
            return State.NOT_KEPT
        return State.PRUNED if self.archived.pruned else State.ARCHIVED

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable. ``bytes`` are those on disk, compressed."""
        period, archived = self.period, self.archived
        return {
            "source": period.source_id,
            "version": period.sha256,
            "realigned": period.realigned,
            "since": period.since.isoformat(),
            "until": period.until.isoformat() if period.until else None,
            "state": self.state.value,
            "bytes": archived.size if archived else 0,
        }


def kept_periods(
    reader: GraphReader, archive: Archive | None, of: NamedNode | None = None
) -> dict[NamedNode, list[Kept]]:
    """The periods of each source that is there now (or of one), the earliest first."""
    found = {}
    for source, periods in timelines(reader, of).items():
        archived = archive.of(source) if archive and len(periods) > 1 else {}
        found[source] = [
            Kept(period, None if period.is_current else archived.get(period.since))
            for period in periods
        ]
    return found


def prune(
    reader: GraphReader, archive: Archive, source_id: str | None, before: datetime | None
) -> list[Kept]:
    """Remove what is archived of periods that ended before a time; of one source, if named.

    The periods that were pruned. Raises NotKnown, StoreError.
    """
    found = kept_periods(reader, archive)
    chosen = [k for kept in found.values() for k in kept if source_id in (None, k.period.source_id)]
    if source_id is not None and not chosen:
        raise NotKnown(f"there is no source {source_id!r}; see kg sources, or /sources")
    pruned = []
    for kept in chosen:
        until = kept.period.until
        meant = until is not None and (before is None or until <= before)
        if meant and kept.archived is not None and kept.state is State.ARCHIVED:
            archive.prune(kept.archived)
            pruned.append(kept)
    return pruned
