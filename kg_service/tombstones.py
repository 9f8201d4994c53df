"""Tombstones: what the catalogue keeps of a source that was withdrawn, and its return.

Metadata outlive data (FAIR A2): a withdrawn source has no graphs and no current version, but its
record stays, with when, by whom and why it was withdrawn::

    <source> kg:withdrawnVersion <version> .
    <version> prov:wasInvalidatedBy <withdrawal> ; prov:invalidatedAtTime "…" .
    <withdrawal> a kg:Withdrawal ; kg:because "…" ; kg:decidedBy "…" ; prov:endedAtTime "…" .
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg_service.catalogue import SourceRecord
from kg_service.rdf import object_node, subject_of, text_object
from kg_service.store.port import Change, GraphReader, Term
from kg_service.terms import CATALOGUE, RDF_TYPE, XSD_DATETIME, dcterms, kg, prov

_WITHDRAWN_VERSION = kg("withdrawnVersion")
_INVALIDATED_BY = prov("wasInvalidatedBy")
_INVALIDATED_AT = prov("invalidatedAtTime")
_ENDED_AT = prov("endedAtTime")
_BECAUSE = kg("because")
_BY = kg("decidedBy")


@dataclass(frozen=True)
class Tombstone:
    """What is kept of a withdrawn source: what it was, and when, by whom and why it went."""

    id: str
    iri: str
    title: str | None
    format: str
    version: str
    withdrawn: str
    who: str
    because: str

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "id": self.id,
            "iri": self.iri,
            "title": self.title,
            "format": self.format,
            "version": self.version,
            "withdrawn": self.withdrawn,
            "who": self.who,
            "because": self.because,
        }

    def __str__(self) -> str:
        return f"{self.id} was withdrawn on {self.withdrawn[:10]} by {self.who}: {self.because}"


def tombstones(reader: GraphReader) -> list[Tombstone]:
    """The sources that are withdrawn now, by id."""
    found = reader.quads(None, _WITHDRAWN_VERSION, None, CATALOGUE)
    read = [_read(reader, subject_of(q), object_node(q)) for q in found]
    return sorted(read, key=lambda stone: stone.id)


def tombstone(reader: GraphReader, source: NamedNode) -> Tombstone | None:
    """The tombstone of a source, by its IRI; None where it is not withdrawn."""
    for quad in reader.quads(source, _WITHDRAWN_VERSION, None, CATALOGUE):
        return _read(reader, source, object_node(quad))
    return None


def tombstone_with_id(reader: GraphReader, source_id: str) -> Tombstone | None:
    """The tombstone of a source, by its id; None where it is not withdrawn."""
    for quad in reader.quads(None, dcterms("identifier"), Literal(source_id), CATALOGUE):
        if stone := tombstone(reader, subject_of(quad)):
            return stone
    return None


def burial(reader: GraphReader, record: SourceRecord, because: str, who: Term, now: str) -> Change:
    """The change that withdraws a source: its graphs go, its record stays."""
    source = NamedNode(record.iri)
    (current,) = reader.quads(source, kg("currentVersion"), None, CATALOGUE)
    version = object_node(current)
    withdrawal = NamedNode(f"{version.value}/withdrawal/{now}")
    time = Literal(now, datatype=XSD_DATETIME)
    owned = [q for graph in record.graphs for q in reader.quads(graph, None, None, CATALOGUE)]
    return Change(
        drop=record.graphs,
        delete=[current, *owned],
        forgets=source,
        insert=[
            _q(source, _WITHDRAWN_VERSION, version),
            _q(version, _INVALIDATED_BY, withdrawal),
            _q(version, _INVALIDATED_AT, time),
            _q(withdrawal, RDF_TYPE, kg("Withdrawal")),
            _q(withdrawal, RDF_TYPE, prov("Activity")),
            _q(withdrawal, _BECAUSE, Literal(because)),
            _q(withdrawal, _BY, who),
            _q(withdrawal, _ENDED_AT, time),
        ],
    )


@dataclass(frozen=True)
class Revival:
    """What changes in the catalogue when a withdrawn source comes back; nothing if it was not."""

    delete: tuple[Quad, ...] = ()
    insert: tuple[Quad, ...] = ()


def revival(reader: GraphReader, source: NamedNode, version: NamedNode) -> Revival:
    """The change for the return of a source in a version, beside what any ingest writes.

    Another version than the withdrawn one is a revision of it. The same one is recorded anew;
    that it was withdrawn in between is kept. So is a version that comes back after another one;
    when it was there before is kept.
    """
    found = list(reader.quads(source, _WITHDRAWN_VERSION, None, CATALOGUE))
    if not found:
        stale = [q for q in _recorded(reader, version) if q.predicate != _ENDED_AT]
        return Revival(tuple(stale))
    before = object_node(found[0])
    stale = [*found, *reader.quads(source, dcterms("title"), None, CATALOGUE)]
    if before != version:
        link = _q(version, prov("wasRevisionOf"), before)
        return Revival(tuple(stale), (link,))
    stale += reader.quads(before, _INVALIDATED_AT, None, CATALOGUE)
    stale += _recorded(reader, before)
    return Revival(tuple(stale))


def _recorded(reader: GraphReader, version: NamedNode) -> Iterator[Quad]:
    """What an ingest recorded of a version, except what it was a revision of."""
    kept = {_INVALIDATED_BY, _INVALIDATED_AT, prov("wasRevisionOf")}
    for quad in reader.quads(version, None, None, CATALOGUE):
        if quad.predicate in kept:
            continue
        yield quad
        if quad.predicate in (prov("wasGeneratedBy"), kg("unmappedTerm")):
            for inner in reader.quads(object_node(quad), None, None, CATALOGUE):
                yield inner
                if inner.predicate == kg("finding"):
                    yield from reader.quads(object_node(inner), None, None, CATALOGUE)


def _read(reader: GraphReader, source: NamedNode, version: NamedNode) -> Tombstone:
    def told(node: NamedNode, predicate: NamedNode) -> str:
        found = reader.quads(node, predicate, None, CATALOGUE)
        return max((text_object(q) for q in found), default="")

    withdrawals = [object_node(q) for q in reader.quads(version, _INVALIDATED_BY, None, CATALOGUE)]
    last = max(withdrawals, key=lambda node: told(node, _ENDED_AT))
    return Tombstone(
        id=told(source, dcterms("identifier")),
        iri=source.value,
        title=told(source, dcterms("title")) or None,
        format=told(version, kg("format")),
        version=told(version, kg("sha256")),
        withdrawn=told(last, _ENDED_AT),
        who=told(last, _BY),
        because=told(last, _BECAUSE),
    )


def _q(subject: NamedNode, predicate: NamedNode, object_: Term) -> Quad:
    return Quad(subject, predicate, object_, CATALOGUE)
