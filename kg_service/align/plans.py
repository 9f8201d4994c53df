"""Mapping rows made ready for lines: what a statement's property, or class, calls for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg_service.align.hierarchy import Hierarchy
from kg_service.align.mapping import Condition, MappingSet, Row, is_target
from kg_service.align.spelling import Spelling
from kg_service.store.grades import LINEAGE_PROPERTIES, Grade
from kg_service.store.statements import END
from kg_service.terms import DCTERMS_NS, KG_NS, PROV_NS, RDF_NS, RDF_TYPE, RDFS_NS

SCHEMA_NS = "http://schema.org/"
_CLASS_NAME = re.compile(rb'"([A-Z][A-Za-z]+)"')
TYPE = f"<{RDF_TYPE.value}>".encode()
TIMES = frozenset(
    PROV_NS + n for n in ("startedAtTime", "endedAtTime", "generatedAtTime", "atTime")
)
_PROV_LINKS = (
    "used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy", "hadMember",
    "wasAssociatedWith", "wasAttributedTo", "hadPlan", "agent",
)  # fmt: skip
_KG_LINKS = ("hadPlan", "usedInstrument", "partOfRun", "controls", "organized")
_RESOURCE_TARGETS = {PROV_NS + n for n in _PROV_LINKS} | {KG_NS + n for n in _KG_LINKS}
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
    any_of: frozenset[bytes]
    none_of: frozenset[bytes]

    def __bool__(self) -> bool:
        return bool(self.any_of or self.none_of)

    def holds(self, classes: tuple[bytes, ...]) -> bool:
        if not self.none_of.isdisjoint(classes):
            return False
        return not self.any_of or not self.any_of.isdisjoint(classes)


def _when(condition: Condition) -> _When:
    return _When(frozenset(map(token, condition.any_of)), frozenset(map(token, condition.none_of)))


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
    grade: Grade
    is_lineage: bool


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
        hierarchy: Hierarchy,
        superclasses: Mapping[str, list[str]],
    ) -> None:
        self._spelling = spelling
        self._hierarchy = hierarchy
        self._superclasses = superclasses
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._rows_to: dict[str, list[Row]] = defaultdict(list)
        self._sets: dict[str, list[MappingSet]] = defaultdict(list)
        asked: set[str] = set()
        for mapping in sets:
            for row in mapping.rows:
                self._rows[row.source].append(row)
                if mapping not in self._sets[row.source]:
                    self._sets[row.source].append(mapping)
                if row.entails:
                    self._rows_to[row.target].append(row)
                    asked |= row.subject.any_of | row.subject.none_of
                    asked |= row.object.any_of | row.object.none_of
        self.conditional_classes = frozenset(map(token, asked))
        self._properties: dict[bytes, Plan] = {}
        self._classes: dict[bytes, Plan] = {}
        self._above: dict[bytes, tuple[bytes, ...]] = {}
        self._asked: dict[bytes, tuple[bytes, ...]] = {}

    def property(self, written: bytes) -> Plan:
        """The plan for statements of a property, as it was written."""
        return self._properties.get(written) or self._made(written, self._properties)

    def kind(self, written: bytes) -> Plan:
        """The plan for types of a class, as it was written: its own, or of what it is a kind of."""
        return self._classes.get(written) or self._made(written, self._classes, is_class=True)

    def kinds_asked(self, written: bytes) -> tuple[bytes, ...]:
        """Of a class and those above it, the ones that some condition asks for."""
        if (found := self._asked.get(written)) is None:
            kinds = (self.kind(written).written, *self.above(written))
            found = tuple(k for k in kinds if k in self.conditional_classes)
            self._asked[written] = found
        return found

    def above(self, written: bytes) -> tuple[bytes, ...]:
        """The classes above a class of the sources' vocabularies, as it was written."""
        if (found := self._above.get(written)) is None:
            found = tuple(map(token, self._hierarchy.above(self.kind(written).term)))
            self._above[written] = found
        return found

    def rows_to(self, target: str) -> list[Row]:
        """The entailing rows that lead to a target term."""
        return self._rows_to.get(target, [])

    def rows_of(self, source: str) -> list[Row]:
        """The entailing rows that map a term, or the class that it is a kind of."""
        return [row for row in self._rows.get(self._mapped(source), ()) if row.entails]

    def kinds_of(self, kind: str) -> set[str]:
        """A class of the sources' vocabularies, and all above it."""
        return {kind, *self._hierarchy.above(kind)}

    def _mapped(self, kind: str) -> str:
        return self._hierarchy.nearest(kind, self._rows) or kind

    def ancestors(self, kind: str) -> list[str]:
        """All classes above a class of the target vocabulary."""
        return self._superclasses.get(kind, [])

    def type_endings(self, kind: str) -> tuple[bytes, ...]:
        """What follows the subject in the types that a class entails, itself first."""
        return tuple(b" " + TYPE + b" " + token(k) + END for k in (kind, *self.ancestors(kind)))

    def _made(self, written: bytes, cache: dict[bytes, Plan], *, is_class: bool = False) -> Plan:
        term = self._spelling.canonical(iri_of(written))
        passes = is_target(term)
        mapped = self._mapped(term) if is_class else term
        rows = self._rows.get(mapped)
        plan = Plan(
            term=term,
            written=token(term),
            passes=passes,
            unmapped=rows is None and not passes and not term.startswith(RDF_NS),
            rows=tuple(self._ready(r) for r in rows or () if r.entails),
            sets=tuple(self._sets.get(mapped, ())),
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
            grade=row.grade,
            is_lineage=token(row.target) in LINEAGE_PROPERTIES,
            is_naming=row.target.startswith((RDFS_NS, DCTERMS_NS)),
        )


def class_named(ending: bytes) -> bytes | None:
    """The class in the rest of a type statement, as it was written; None where there is none.

    Some crates write "type": "AssessAction", which JSON-LD does not take for a type: a bare
    name of that kind is schema.org's.
    """
    if ending[:1] == b"<":
        return ending[: -len(END)]
    name = _CLASS_NAME.fullmatch(ending[: -len(END)])
    return token(SCHEMA_NS + name[1].decode()) if name else None


def never_happened(sets: Iterable[MappingSet]) -> dict[bytes, set[str]]:
    """By property: the local names of values that say that the subject has not happened."""
    found: dict[bytes, set[str]] = defaultdict(set)
    for mapping in sets:
        for entry in mapping.not_provenance:
            found[token(entry.property)].add(entry.local_name)
    return dict(found)


def outcomes_of(sets: Iterable[MappingSet]) -> frozenset[bytes]:
    """The properties that lead from what has not happened to what it would produce."""
    return frozenset(
        token(p) for mapping in sets for entry in mapping.not_provenance for p in entry.produces
    )
