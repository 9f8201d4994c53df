"""Mapping rows made ready for lines: what a statement's property, or class, calls for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg_service.align.mapping import Condition, MappingSet, Row, is_target
from kg_service.align.spelling import Spelling
from kg_service.store.statements import END
from kg_service.terms import DCTERMS_NS, PROV_NS, RDF_NS, RDF_TYPE, RDFS_NS

TYPE = f"<{RDF_TYPE.value}>".encode()
TIMES = frozenset(
    PROV_NS + n for n in ("startedAtTime", "endedAtTime", "generatedAtTime", "atTime")
)
_RESOURCE_TARGETS = {
    PROV_NS + n
    for n in (
        "used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy", "hadMember",
        "wasAssociatedWith", "wasAttributedTo", "hadPlan", "agent",
    )
}  # fmt: skip
Classes = dict[bytes, tuple[bytes, ...]]
"""The classes of nodes, so far as some condition asks for them."""


def token(iri: str) -> bytes:
    """An IRI as it stands in N-Triples."""
    return f"<{iri}>".encode()


def iri_of(written: bytes) -> str:
    """The IRI of such a token."""
    return written[1:-1].decode()


@dataclass(frozen=True)
class _When:
    classes: frozenset[bytes]
    negated: bool

    def holds(self, classes: tuple[bytes, ...]) -> bool:
        return not self.classes or self.classes.isdisjoint(classes) is self.negated


def _when(condition: Condition) -> _When:
    return _When(frozenset(map(token, condition.classes)), condition.negated)


@dataclass(frozen=True)
class ReadyRow:
    """An entailing row, with its target as N-Triples; ``kinds`` where that is a class."""

    record_id: str
    middle: bytes
    kinds: tuple[bytes, ...]
    subject: _When
    object: _When
    inverse: bool
    needs_resource: bool
    is_time: bool
    is_naming: bool


@dataclass(frozen=True)
class Plan:
    """What is done with statements of one property, or with types of one class.

    ``term`` is canonical. ``passes``: it belongs to the target vocabulary and goes over as it
    is. ``unmapped``: no row has it. ``kinds`` are the types to write, of a class that passes.
    """

    term: str
    written: bytes
    passes: bool
    unmapped: bool
    rows: tuple[ReadyRow, ...]
    sets: tuple[MappingSet, ...]
    kinds: tuple[bytes, ...] = ()


class Plans:
    """All rows by the term they map; a plan is made when its term is first met."""

    def __init__(
        self,
        sets: Sequence[MappingSet],
        spelling: Spelling,
        superclasses: Mapping[str, list[str]],
    ) -> None:
        self._spelling = spelling
        self._superclasses = superclasses
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._sets: dict[str, list[MappingSet]] = defaultdict(list)
        asked: set[str] = set()
        for mapping in sets:
            for row in mapping.rows:
                self._rows[row.source].append(row)
                if mapping not in self._sets[row.source]:
                    self._sets[row.source].append(mapping)
                if row.entails:
                    asked |= row.subject.classes | row.object.classes
        self.conditional_classes = frozenset(map(token, asked))
        self._properties: dict[bytes, Plan] = {}
        self._classes: dict[bytes, Plan] = {}

    def property(self, written: bytes) -> Plan:
        """The plan for statements of a property, as it was written."""
        return self._properties.get(written) or self._made(written, self._properties)

    def kind(self, written: bytes) -> Plan:
        """The plan for types of a class, as it was written."""
        return self._classes.get(written) or self._made(written, self._classes)

    def rows_to(self, target: str) -> list[Row]:
        """The entailing rows that lead to a target term."""
        return [r for rows in self._rows.values() for r in rows if r.target == target and r.entails]

    def rows_of(self, source: str) -> list[Row]:
        """The entailing rows that map a term."""
        return [row for row in self._rows.get(source, ()) if row.entails]

    def ancestors(self, kind: str) -> list[str]:
        """All classes above a class of the target vocabulary."""
        return self._superclasses.get(kind, [])

    def type_endings(self, kind: str) -> tuple[bytes, ...]:
        """What follows the subject in the types that a class entails, itself first."""
        return tuple(b" " + TYPE + b" " + token(k) + END for k in (kind, *self.ancestors(kind)))

    def _made(self, written: bytes, cache: dict[bytes, Plan]) -> Plan:
        term = self._spelling.canonical(iri_of(written))
        passes = is_target(term)
        rows = self._rows.get(term)
        plan = Plan(
            term=term,
            written=token(term),
            passes=passes,
            unmapped=rows is None and not passes and not term.startswith(RDF_NS),
            rows=tuple(self._ready(r) for r in rows or () if r.entails),
            sets=tuple(self._sets.get(term, ())),
            kinds=self.type_endings(term) if passes else (),
        )
        cache[written] = plan
        return plan

    def _ready(self, row: Row) -> ReadyRow:
        return ReadyRow(
            record_id=row.record_id,
            middle=b" " + token(row.target) + b" ",
            kinds=self.type_endings(row.target),
            subject=_when(row.subject),
            object=_when(row.object),
            inverse=row.inverse,
            needs_resource=row.inverse or row.target in _RESOURCE_TARGETS,
            is_time=row.target in TIMES,
            is_naming=row.target.startswith((RDFS_NS, DCTERMS_NS)),
        )


def canonical_class(plans: Plans, ending: bytes) -> bytes:
    """The canonical token of the class in the rest of a type statement."""
    written = ending[: -len(END)]
    return plans.kind(written).written if written[:1] == b"<" else written


def never_happened(sets: Iterable[MappingSet]) -> dict[bytes, set[str]]:
    """By property: the local names of values that say that the subject has not happened."""
    found: dict[bytes, set[str]] = defaultdict(set)
    for mapping in sets:
        for entry in mapping.not_provenance:
            found[token(entry.property)].add(entry.local_name)
    return dict(found)
