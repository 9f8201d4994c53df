"""The alignment engine: one pass over a source's statements, by rows, then its rules.

Rows are looked up by the term they map, so the time is linear in the statements. Rules see
the source's statements in canonical spelling, in a store of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ingest.findings import Findings
from kg_service.align.mapping import MappingSet, Row, is_target, load_mapping_sets
from kg_service.align.spelling import Spelling
from kg_service.align.times import time_literal
from kg_service.rdf import object_of, subject_of, text_object, triples_of
from kg_service.terms import DCTERMS_NS, PROV_NS, RDF_TYPE, RDFS_NS, prov

_TIMES = {PROV_NS + n for n in ("startedAtTime", "endedAtTime", "generatedAtTime", "atTime")}
_RESOURCE_TARGETS = {
    PROV_NS + n
    for n in (
        "used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy", "hadMember",
        "wasAssociatedWith", "wasAttributedTo", "hadPlan", "agent",
    )
}  # fmt: skip
# PROV-O, section 3: what these properties say of the things they relate
_DOMAIN_RANGE: dict[str, tuple[str, str]] = {
    PROV_NS + "used": ("Activity", "Entity"),
    PROV_NS + "wasGeneratedBy": ("Entity", "Activity"),
    PROV_NS + "wasDerivedFrom": ("Entity", "Entity"),
    PROV_NS + "wasInformedBy": ("Activity", "Activity"),
    PROV_NS + "hadMember": ("Entity", "Entity"),
    PROV_NS + "wasAssociatedWith": ("Activity", "Agent"),
    PROV_NS + "wasAttributedTo": ("Entity", "Agent"),
}
_RDFS_SUBCLASS = NamedNode(RDFS_NS + "subClassOf")


@dataclass
class Aligned:
    """The aligned statements of one source, and how they came about."""

    triples: list[Triple] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)


class Alignment:
    """All mapping sets, ready to be applied to sources."""

    def __init__(
        self, sets: Sequence[MappingSet], spelling: Spelling, superclasses: dict[str, list[str]]
    ) -> None:
        self.sets = tuple(sets)
        self.spelling = spelling
        self._superclasses = superclasses
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._set_of: dict[str, list[MappingSet]] = defaultdict(list)
        self._never = {
            (NamedNode(n.property), n.local_name) for s in sets for n in s.not_provenance
        }
        for mapping in sets:
            for row in mapping.rows:
                self._rows[row.source].append(row)
                if mapping not in self._set_of[row.source]:
                    self._set_of[row.source].append(mapping)

    @classmethod
    def load(cls, mappings: Path, ontology: Path) -> Alignment:
        """From the folder of mapping sets and the service's ontology. Raises MappingError."""
        parents: dict[str, list[str]] = defaultdict(list)
        for quad in parse(path=str(ontology), format=RdfFormat.TURTLE):
            if quad.predicate == _RDFS_SUBCLASS and isinstance(quad.object, NamedNode):
                assert isinstance(quad.subject, NamedNode)
                parents[quad.subject.value].append(quad.object.value)
        spelling = Spelling.load(mappings / "spellings.tsv")
        return cls(load_mapping_sets(mappings), spelling, _closure(parents))

    @property
    def version(self) -> str:
        """The versions of all sets, for the catalogue."""
        return ", ".join(f"{m.iri.rpartition('/')[2]} {m.version}" for m in self.sets)

    def rows_to(self, target: str) -> list[Row]:
        """The entailing rows that lead to a target term."""
        return [r for rows in self._rows.values() for r in rows if r.target == target and r.entails]

    def align(self, asserted: Iterable[Triple], findings: Findings) -> Aligned:
        """The aligned statements of one source's asserted ones, without duplicates."""
        statements = [self.canonical(t) for t in asserted]
        classes = _classes(statements)
        not_happened = {
            subject_of(t)
            for t in statements
            if any(t.predicate == p and _local_name(t.object) == n for p, n in self._never)
        }
        aligned = Aligned()
        made: dict[Triple, None] = {}
        active: dict[str, MappingSet] = {}
        for triple in statements:
            potential = triple.subject in not_happened
            self._align_one(triple, classes, potential, made, aligned, active)
        happened = [t for t in statements if t.subject not in not_happened]
        for mapping in active.values():
            if mapping.rules:
                self._apply_rules(mapping, happened, made, aligned)
        _check_times(made, findings)
        self._add_types(made)
        aligned.triples = list(made)
        return aligned

    def canonical(self, triple: Triple) -> Triple:
        """The statement with its property, and a type, in the spelling of the mapping sets."""
        predicate = self.spelling.canonical(triple.predicate.value)
        object_ = triple.object
        if predicate == RDF_TYPE.value and isinstance(object_, NamedNode):
            kind = self.spelling.canonical(object_.value)
            if kind != object_.value:
                return Triple(triple.subject, RDF_TYPE, NamedNode(kind))
        if predicate != triple.predicate.value:
            return Triple(triple.subject, NamedNode(predicate), object_)
        return triple

    def _align_one(
        self,
        triple: Triple,
        classes: dict[NamedNode, set[str]],
        not_happened: bool,
        made: dict[Triple, None],
        aligned: Aligned,
        active: dict[str, MappingSet],
    ) -> None:
        is_type = triple.predicate == RDF_TYPE and isinstance(triple.object, NamedNode)
        term = text_object(triple) if is_type else triple.predicate.value
        if is_target(term):
            made[triple] = None
        rows = self._rows.get(term)
        if rows is None:
            if not is_target(term) and not term.startswith(
                "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            ):
                aligned.unmapped[term] += 1
            return
        for mapping in self._set_of[term]:
            active[mapping.iri] = mapping
        for row in rows:
            if not row.entails or (not_happened and not _is_naming(row.target)):
                continue
            if is_type:
                if row.subject.holds(classes.get(subject_of(triple), ())):
                    made[Triple(triple.subject, RDF_TYPE, NamedNode(row.target))] = None
                    aligned.fired[row.record_id] += 1
                continue
            result = _apply(row, triple, classes)
            if result is not None:
                made[result] = None
                aligned.fired[row.record_id] += 1

    def _apply_rules(
        self,
        mapping: MappingSet,
        statements: list[Triple],
        made: dict[Triple, None],
        aligned: Aligned,
    ) -> None:
        store = Store()
        store.bulk_extend(Quad(*t) for t in statements)
        for rule in mapping.rules:
            for triple in triples_of(store.query(rule.text)):
                made[_with_time(triple)] = None
                aligned.fired[rule.iri] += 1

    def _add_types(self, made: dict[Triple, None]) -> None:
        typed: dict[NamedNode, None] = {}
        inferred: dict[Triple, None] = {}
        for triple in made:
            if triple.predicate == RDF_TYPE:
                typed[subject_of(triple)] = None
                for parent in self._superclasses.get(text_object(triple), ()):
                    inferred[Triple(triple.subject, RDF_TYPE, NamedNode(parent))] = None
        for triple in made:
            kinds = _DOMAIN_RANGE.get(triple.predicate.value)
            if kinds is None:
                continue
            for node, kind in ((triple.subject, kinds[0]), (triple.object, kinds[1])):
                if node not in typed and isinstance(node, NamedNode):
                    inferred[Triple(node, RDF_TYPE, prov(kind))] = None
        made.update(inferred)


def _apply(row: Row, triple: Triple, classes: dict[NamedNode, set[str]]) -> Triple | None:
    subject, object_ = subject_of(triple), object_of(triple)
    if not row.subject.holds(classes.get(subject, ())):
        return None
    if row.object.classes and not row.object.holds(
        classes.get(object_, ()) if isinstance(object_, NamedNode) else ()
    ):
        return None
    resource = isinstance(object_, NamedNode)
    if (row.inverse or row.target in _RESOURCE_TARGETS) and not resource:
        return None  # a name where a thing is meant: no node to relate to
    if row.inverse:
        assert isinstance(object_, NamedNode)
        return Triple(object_, NamedNode(row.target), subject)
    return _with_time(Triple(subject, NamedNode(row.target), object_))


def _with_time(triple: Triple) -> Triple:
    """The statement, with a time that is one as xsd:dateTime or xsd:date."""
    if triple.predicate.value not in _TIMES or not isinstance(triple.object, Literal):
        return triple
    return Triple(triple.subject, triple.predicate, time_literal(triple.object)[0])


def _is_naming(target: str) -> bool:
    return target.startswith((RDFS_NS, DCTERMS_NS))


def _classes(statements: Iterable[Triple]) -> dict[NamedNode, set[str]]:
    found: dict[NamedNode, set[str]] = defaultdict(set)
    for triple in statements:
        if triple.predicate == RDF_TYPE and isinstance(triple.object, NamedNode):
            found[subject_of(triple)].add(triple.object.value)
    return found


def _local_name(term: object) -> str:
    value = getattr(term, "value", "")
    return str(value).rpartition("/")[2].rpartition("#")[2].rpartition(":")[2]


def _closure(parents: dict[str, list[str]]) -> dict[str, list[str]]:
    closed: dict[str, list[str]] = {}
    for kind in parents:
        found: dict[str, None] = {}
        pending = list(parents[kind])
        while pending:
            parent = pending.pop()
            if parent not in found:
                found[parent] = None
                pending += parents.get(parent, ())
        closed[kind] = list(found)
    return closed


def _check_times(made: Iterable[Triple], findings: Findings) -> None:
    started: dict[NamedNode, str] = {}
    ended: dict[NamedNode, str] = {}
    for triple in made:
        if triple.predicate.value not in _TIMES or not isinstance(triple.object, Literal):
            continue
        if triple.object.datatype.value.endswith("#string"):
            findings.warned(
                "time", subject_of(triple).value, f"no ISO 8601 time: {triple.object.value!r}"
            )
        elif triple.predicate == prov("startedAtTime"):
            started[subject_of(triple)] = triple.object.value
        elif triple.predicate == prov("endedAtTime"):
            ended[subject_of(triple)] = triple.object.value
    for activity, start in started.items():
        end = ended.get(activity)
        # compared as text only where both are written alike, zone included
        if end and len(end) == len(start) and end[19:] == start[19:] and end < start:
            findings.warned("time-order", activity.value, f"ended {end} before it started {start}")
