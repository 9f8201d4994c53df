"""What is kept beside a store, each part with its place: the registry for backup and status.

A part that another module writes needs a line here, and is then saved, restored and told of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg_service.access.settings import AccessSettings
from kg_service.opening import history_folder, side_folder, statistics_file, things_file
from kg_service.settings import Settings


@dataclass(frozen=True)
class Part:
    """A file or folder beside a store. ``place`` is None where there is none.

    ``secret`` is saved only where that is asked for; ``rebuilt`` is not saved but made anew.
    """

    name: str
    place: Callable[[Settings], Path | None]
    what: str
    secret: bool = False
    rebuilt: bool = False


def _access(settings: Settings) -> AccessSettings:
    return AccessSettings.from_environment(settings)


INDEX = "index"
PARTS = (
    Part("history", history_folder, "what older versions of sources said"),
    Part(INDEX, lambda s: side_folder(s) / INDEX, "the lineage index, with grades"),
    Part("keys", lambda s: _access(s).keys, "API keys, hashed", secret=True),
    Part("audit.jsonl", lambda s: _access(s).audit, "who changed what"),
    Part("uploads", lambda s: _access(s).uploads, "what was uploaded and is not done yet"),
    Part("things.db", things_file, "what searches find", rebuilt=True),
    Part("statistics", statistics_file, "counts of the graphs", rebuilt=True),
    Part("tiers", lambda s: side_folder(s) / "tiers", "what some callers see", rebuilt=True),
    Part("replica", lambda s: side_folder(s) / "replica", "what a server holds", rebuilt=True),
)


def size_of(place: Path) -> int:
    """The bytes of a file, or of all files in a folder; 0 where there is none."""
    if place.is_file():
        return place.stat().st_size
    size = 0
    for path in place.rglob("*"):
        try:
            size += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # removed meanwhile
    return size
