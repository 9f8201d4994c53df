"""What the catalogue of one state holds: versions with their visibility, and whose graphs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from pyoxigraph import NamedNode

from kg_service.access.caller import Caller
from kg_service.access.visibility import Shown
from kg_service.rdf import object_node, subject_of, text_object
from kg_service.store.port import GraphReader
from kg_service.terms import CATALOGUE, kg, prov


@dataclass(frozen=True)
class Version:
    """A version of a source. ``before`` are those that it is a revision of."""

    iri: str
    source: str
    shown: Shown
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Holdings:
    """All versions by IRI; of each source the one that counts: the current, or the withdrawn.

    ``graphs`` leads from the current graphs to their sources. ``vocabularies`` are graphs that
    belong to no source.
    """

    versions: Mapping[str, Version]
    counting: Mapping[str, str]
    graphs: Mapping[str, str]
    vocabularies: Mapping[str, str]
    groups: frozenset[str] = field(default_factory=frozenset)

    def seen_by(self, caller: Caller, now: datetime) -> frozenset[str]:
        """The versions that a caller sees.

        A source is seen as far as the version that counts is: where that is hidden, so is all
        of it. Where an earlier version is hidden, so is what was before it: the history that
        is seen begins behind it.
        """
        seen: set[str] = set()
        of_source: dict[str, list[Version]] = defaultdict(list)
        for version in self.versions.values():
            of_source[version.source].append(version)
        for source, versions in of_source.items():
            shown = {v.iri for v in versions if v.shown.to(caller, now)}
            if len(shown) == len(versions):
                seen |= shown
            else:
                seen |= self._unbroken(self.counting.get(source), shown)
        return frozenset(seen)

    def _unbroken(self, version: str | None, shown: Collection[str]) -> set[str]:
        """The versions that lead to one without a hidden one in between."""
        found: set[str] = set()
        waiting = [version] if version is not None else []
        while waiting:
            known = waiting.pop()
            if known in shown and known not in found:
                found.add(known)
                waiting += self.versions[known].before
        return found

    def next_opening(self, now: datetime) -> datetime | None:
        """When the next embargo ends."""
        ends = (v.shown.opens for v in self.versions.values())
        return min((end for end in ends if end is not None and end > now), default=None)

    def version_around(self, iri: str) -> str | None:
        """The version that a node of the catalogue is a part of, by its IRI, which says so."""
        while iri not in self.versions:
            iri, slash, _ = iri.rpartition("/")
            if not slash:
                return None
        return iri


def holdings(reader: GraphReader) -> Holdings:
    """Read one state of a store; where all of it is public, nothing. Raises StoreError."""
    if not reader.query(_anything_hidden()):
        return Holdings({}, {}, {}, {})
    visibilities = _told(reader, "visibility")
    groups = _told(reader, "visibleTo")
    dates = _told(reader, "visibleFrom")
    before = defaultdict(list)
    for quad in reader.quads(None, prov("wasRevisionOf"), None, CATALOGUE):
        before[subject_of(quad).value].append(object_node(quad).value)
    versions = {}
    for quad in reader.quads(None, prov("specializationOf"), None, CATALOGUE):
        iri = subject_of(quad).value
        settled = _settled(reader, subject_of(quad)) if dates[iri] else None
        shown = Shown.told(
            frozenset(visibilities[iri]), frozenset(groups[iri]), frozenset(dates[iri]), settled
        )
        source = object_node(quad).value
        versions[iri] = Version(iri, source, shown, tuple(sorted(before[iri])))
    return Holdings(
        versions,
        {**_pairs(reader, "withdrawnVersion"), **_pairs(reader, "currentVersion")},
        _pairs(reader, "sourceOfGraph"),
        _pairs(reader, "vocabularyGraph"),
        frozenset(group for told in groups.values() for group in told),
    )


@cache
def _anything_hidden() -> str:
    return files("kg_service.access").joinpath("anything_hidden.rq").read_text(encoding="utf-8")


def _told(reader: GraphReader, name: str) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for quad in reader.quads(None, kg(name), None, CATALOGUE):
        found[subject_of(quad).value].add(text_object(quad))
    return found


def _pairs(reader: GraphReader, name: str) -> dict[str, str]:
    quads = reader.quads(None, kg(name), None, CATALOGUE)
    return {subject_of(quad).value: object_node(quad).value for quad in quads}


def _settled(reader: GraphReader, version: NamedNode) -> datetime | None:
    """When it was said who may see a version: when that was decided, else when it came in."""
    decided = reader.quads(version, kg("visibilityDecided"), None, CATALOGUE)
    told = [text_object(quad) for quad in decided] or [
        text_object(time)
        for made in reader.quads(version, prov("wasGeneratedBy"), None, CATALOGUE)
        for time in reader.quads(object_node(made), prov("endedAtTime"), None, CATALOGUE)
    ]
    times = map(datetime.fromisoformat, told)
    return max((t if t.tzinfo else t.replace(tzinfo=UTC) for t in times), default=None)
