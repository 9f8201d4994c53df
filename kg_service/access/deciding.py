"""Deciding who may see a source, whatever it says of itself; the decision outlasts versions.

A version that an operator decided on has ``kg:visibilityDecided``, the time of it. The next
version takes it over, so that new bytes never show what was hidden by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad

from ingest.document import Visibility
from kg_service.errors import UsageError
from kg_service.rdf import object_node, subject_of, text_object
from kg_service.store.port import Change, GraphReader, GraphStore
from kg_service.terms import CATALOGUE, XSD_DATETIME, kg, prov

_DECIDED = kg("visibilityDecided")
_TOLD = (kg("visibility"), kg("visibleTo"), kg("visibleFrom"), _DECIDED)


@dataclass(frozen=True)
class Decided:
    """Who may see a source, as an operator decided; ``at`` is when."""

    visibility: Visibility
    groups: tuple[str, ...]
    visible_from: str | None
    at: str

    @classmethod
    def written(
        cls,
        visibility: Visibility | None,
        groups: Iterable[str] = (),
        embargo: str | None = None,
    ) -> Decided | None:
        """From what a person writes; None where that is nothing. Raises UsageError."""
        named = tuple(dict.fromkeys(group.strip() for group in groups))
        if visibility is None and not named and embargo is None:
            return None
        chosen = visibility or Visibility.RESTRICTED
        if not all(named):
            raise UsageError("a group without a name: give --group NAME")
        if chosen is not Visibility.RESTRICTED and (named or embargo is not None):
            raise UsageError(
                f"what is {chosen} has no groups and no embargo: leave these out, or say restricted"
            )
        now = datetime.now(UTC)
        if embargo is not None:
            _check_to_come(embargo, now)
        return cls(chosen, named, embargo, now.isoformat(timespec="microseconds"))

    def quads(self, version: NamedNode) -> list[Quad]:
        """What the catalogue says of a version."""
        told = [
            Quad(version, kg("visibility"), Literal(self.visibility.value), CATALOGUE),
            Quad(version, _DECIDED, Literal(self.at, datatype=XSD_DATETIME), CATALOGUE),
        ]
        told += [Quad(version, kg("visibleTo"), Literal(g), CATALOGUE) for g in self.groups]
        if self.visible_from is not None:
            told.append(Quad(version, kg("visibleFrom"), Literal(self.visible_from), CATALOGUE))
        return told


def _check_to_come(embargo: str, now: datetime) -> None:
    try:
        time = datetime.fromisoformat(embargo)
    except ValueError as error:
        raise UsageError(
            f"--embargo {embargo!r} is no date: write its end as 2027-05-01 or 2027-05-01T12:00:00Z"
        ) from error
    if (time if time.tzinfo else time.replace(tzinfo=UTC)) <= now:
        raise UsageError(f"--embargo {embargo} has passed; leave it out, or say public")


def decided_before(reader: GraphReader, source: NamedNode) -> Decided | None:
    """What was decided on the source that is there, or was withdrawn; None if nothing was."""
    for name in ("currentVersion", "withdrawnVersion"):
        for quad in reader.quads(source, kg(name), None, CATALOGUE):
            return _decided(reader, object_node(quad))
    return None


def _decided(reader: GraphReader, version: NamedNode) -> Decided | None:
    visibility, groups, dates, at = (
        sorted(text_object(q) for q in reader.quads(version, term, None, CATALOGUE))
        for term in _TOLD
    )
    if not at:
        return None
    return Decided(Visibility(visibility[-1]), tuple(groups), max(dates, default=None), at[-1])


def change_visibility(
    store: GraphStore, source: NamedNode, decided: Decided, *, earlier: bool = False
) -> None:
    """Decide on a source that is there or was withdrawn: on the version that counts, and with
    ``earlier`` on all of them. Raises StoreError."""
    if earlier:
        found = store.quads(None, prov("specializationOf"), source, CATALOGUE)
        nodes = {subject_of(quad) for quad in found}
    else:
        nodes = {
            object_node(quad)
            for name in ("currentVersion", "withdrawnVersion")
            for quad in store.quads(source, kg(name), None, CATALOGUE)
        }
    stale = [
        quad
        for version in nodes
        for term in _TOLD
        for quad in store.quads(version, term, None, CATALOGUE)
    ]
    told = [quad for version in nodes for quad in decided.quads(version)]
    fresh = set(told)
    store.commit(
        Change(
            delete=[quad for quad in stale if quad not in fresh],
            insert=[quad for quad in told if quad not in set(stale)],
        )
    )
