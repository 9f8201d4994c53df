"""The alignment engine: from a graph's asserted lines to its aligned ones, by rows, then rules.

Rows are looked up by the term they map, so the time is linear in the statements; of the
source, only the classes that conditions ask for are kept in memory. Rules see the source's
statements in canonical spelling, in a store of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Triple

from ingest.findings import Findings
from kg_service.align.footprint import Footprint, footprint
from kg_service.align.hierarchy import Hierarchy
from kg_service.align.loading import load_hierarchy, load_sets, load_spelling
from kg_service.align.mapping import MappingSet, Rule
from kg_service.align.plans import (
    TYPE,
    Classes,
    Plan,
    Plans,
    ReadyRow,
    class_named,
    iri_of,
    never_happened,
    outcomes_of,
    token,
)
from kg_service.align.prov_types import ACTIVITY_ENDING, implied_types, with_time
from kg_service.align.rules import made_by, rule_store
from kg_service.align.spelling import Spelling
from kg_service.align.vocabulary import TargetVocabulary
from kg_service.store.grades import LINEAGE_PROPERTIES, Grade, Grades
from kg_service.store.statements import END, Statements

_BATCH_LINES = 10_000
_NO_CLASSES: tuple[bytes, ...] = ()


@dataclass
class Aligned:
    """The aligned statements of one graph, and how they came about.

    ``fired`` counts by row or rule, ``unmapped`` by term that no row has. ``grades`` has those of
    the statements that are lineage.
    """

    statements: Statements = field(default_factory=Statements)
    grades: Grades = field(default_factory=Grades)
    fired: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)

    @property
    def triples(self) -> list[Triple]:
        """The statements as triples, each once."""
        return list(dict.fromkeys(self.statements.triples()))


class Alignment:
    """All mapping sets, ready to be applied to graphs."""

    def __init__(
        self,
        sets: Sequence[MappingSet],
        spelling: Spelling,
        hierarchy: Hierarchy,
        superclasses: Mapping[str, list[str]],
    ) -> None:
        self._superclasses = superclasses
        self.sets = tuple(sets)
        self.spelling = spelling
        self.hierarchy = hierarchy
        self.plans = Plans(sets, spelling, hierarchy, superclasses)
        self._never = never_happened(sets)
        self._footprints: dict[str, Footprint] = {}
        self._produces = outcomes_of(sets)

    @classmethod
    def load(cls, folders: Sequence[Path], ontology: Path) -> Alignment:
        """From folders of mapping sets and the service's ontology. Raises MappingError."""
        vocabulary = TargetVocabulary.load(ontology)
        sets = load_sets(folders, vocabulary)
        spelling, hierarchy = load_spelling(folders), load_hierarchy(folders)
        return cls(sets, spelling, hierarchy, vocabulary.superclasses)

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that change whenever the alignment may give another result."""
        parts = (self.spelling.pairs, self.hierarchy.pairs, sorted(self._superclasses.items()))
        said = repr((self._said(), *parts))
        return sha256(said.encode()).hexdigest()[:8]

    @property
    def version(self) -> str:
        """The versions of all sets, and the digest of what they say, for the catalogue."""
        versions = ", ".join(f"{m.name} {m.version}".strip() for m in self.sets)
        return f"{versions} ({self.digest})"

    def _said(self) -> list[tuple[object, ...]]:
        """What the sets say that bears on a result; not where their files lie."""
        return [
            (
                mapping.iri,
                [
                    (r.record_id, r.source, r.target, r.predicate, r.inverse,
                     sorted(r.subject.any_of), sorted(r.subject.none_of),
                     sorted(r.object.any_of), sorted(r.object.none_of))
                    for r in mapping.rows
                ],
                [(rule.iri, rule.grade.value, rule.text) for rule in mapping.rules],
                [(n.property, n.local_name, n.produces) for n in mapping.not_provenance],
            )
            for mapping in self.sets
        ]  # fmt: skip

    def align(self, asserted: Statements | Iterable[Triple], findings: Findings) -> Aligned:
        """The aligned statements of one graph's asserted ones; a few may stand there twice."""
        statements = asserted if isinstance(asserted, Statements) else Statements.of(asserted)
        run = _Run(self.plans, self._survey(statements), findings)
        for line in statements.lines():
            run.take(line)
        run.flush()
        for mapping in run.active.values():
            run.aligned.fired.update(dict.fromkeys((rule.iri for rule in mapping.rules), 0))
            if rules := [r for r in mapping.rules if self._reach(r).required <= run.properties]:
                with rule_store(self.seen_by_rules(statements, rules, run.potential)) as store:
                    for rule in rules:
                        made = made_by(rule, store)
                        run.aligned.fired[rule.iri] += len(made)
                        run.take_made(made, rule.grade)
        run.finish()
        return run.aligned

    def seen_by_rules(
        self, statements: Statements, rules: Sequence[Rule], potential: set[bytes] | None = None
    ) -> Statements:
        """What some rules may read of a graph, in canonical spelling.

        Of the classes above those that are written, they see the ones that they name.
        """
        unhappened = self._survey(statements).potential if potential is None else potential
        reached = [self._reach(rule) for rule in rules]
        wanted = {token(p) for reach in reached for p in reach.properties}
        everything = any(reach.everything for reach in reached)
        seen = Statements()
        batch: list[bytes] = []
        for line in statements.lines():
            subject, predicate, rest = line.split(b" ", 2)
            written = self.plans.property(predicate).written
            if subject in unhappened or rest[: -len(END)] in unhappened:
                continue
            if not (everything or written in wanted):
                continue
            if written == TYPE and (named := class_named(rest)):
                rest = self.plans.kind(named).written + END
                above = (kind for kind in self.plans.above(named) if kind in wanted)
                batch += [b" ".join((subject, TYPE, kind)) + END for kind in above]
            batch.append(subject + b" " + written + b" " + rest)
            if len(batch) >= _BATCH_LINES:
                seen.write(batch)
                batch.clear()
        seen.write(batch)
        return seen

    def _reach(self, rule: Rule) -> Footprint:
        if rule.iri not in self._footprints:
            self._footprints[rule.iri] = footprint(rule)
        return self._footprints[rule.iri]

    def _survey(self, statements: Statements) -> _Survey:
        """One pass ahead: properties, classes that conditions ask for, what has not happened."""
        survey = _Survey()
        for line in statements.lines():
            subject, predicate, rest = line.split(b" ", 2)
            plan = self.plans.property(predicate)
            survey.properties.add(plan.term)
            written = plan.written
            if written == TYPE:
                if (named := class_named(rest)) and (kinds := self.plans.kinds_asked(named)):
                    survey.classes[subject] = (*survey.classes.get(subject, _NO_CLASSES), *kinds)
            elif written in self._never and _local_name(rest) in self._never[written]:
                survey.potential.add(subject)
        if survey.potential:
            survey.potential |= self._outcomes(statements, survey.potential)
        return survey

    def _outcomes(self, statements: Statements, planned: set[bytes]) -> set[bytes]:
        """What is mentioned only as the outcome of a plan, and so is not there yet."""

        def is_outcome(subject: bytes, predicate: bytes) -> bool:
            return subject in planned and self.plans.property(predicate).written in self._produces

        found: set[bytes] = set()
        for line in statements.lines():
            subject, predicate, rest = line.split(b" ", 2)
            if is_outcome(subject, predicate):
                found.add(rest[: -len(END)])
        for line in statements.lines() if found else ():
            subject, predicate, rest = line.split(b" ", 2)
            if rest[: -len(END)] in found and not is_outcome(subject, predicate):
                found.discard(rest[: -len(END)])
        return found


@dataclass
class _Survey:
    classes: Classes = field(default_factory=dict)
    potential: set[bytes] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)


class _Run:
    """One graph's pass through the rows."""

    def __init__(self, plans: Plans, survey: _Survey, findings: Findings) -> None:
        self.aligned = Aligned()
        self.active: dict[str, MappingSet] = {}
        self.potential = survey.potential
        self.properties = survey.properties
        self._plans = plans
        self._classes = survey.classes
        self._findings = findings
        self._typed: dict[bytes, bool] = {}
        self._met: set[bytes] = set()
        self._batch: list[bytes] = []
        self._graded: dict[Grade, list[bytes]] = {grade: [] for grade in Grade}

    def take(self, line: bytes) -> None:
        """Align one asserted statement."""
        subject, predicate, rest = line.split(b" ", 2)
        plan = self._plans.property(predicate)
        kind = class_named(rest) if plan.written == TYPE else None
        is_type = kind is not None
        if kind is not None:
            plan = self._plans.kind(kind)
        if plan.passes:
            if is_type:
                self._write_types(subject, plan.kinds)
            else:
                stated = subject + b" " + plan.written + b" " + rest
                self._write(stated)
                if plan.written in LINEAGE_PROPERTIES:
                    self._graded[Grade.ASSERTED].append(stated)
        elif plan.unmapped:
            self.aligned.unmapped[plan.term] += 1
            return
        if plan.written not in self._met:
            self._met.add(plan.written)
            self.active.update((mapping.iri, mapping) for mapping in plan.sets)
        if plan.rows:
            self._by_rows(plan, is_type, subject, rest)

    def take_made(self, lines: Iterable[bytes], grade: Grade) -> None:
        """Add what a rule of some grade made."""
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            if predicate == TYPE and rest[:1] == b"<":
                self._write_types(subject, self._plans.type_endings(iri_of(rest[: -len(END)])))
            else:
                self._write(line)
                if predicate in LINEAGE_PROPERTIES:
                    self._graded[grade].append(line)

    def finish(self) -> None:
        """Add the types that PROV's properties imply; warn of times that make no sense."""
        self.flush()
        self.aligned.statements.write(
            implied_types(self.aligned.statements.lines(), self._typed, self._findings)
        )

    def flush(self) -> None:
        self.aligned.statements.write(self._batch)
        self._batch.clear()
        for grade, lines in self._graded.items():
            self.aligned.grades.write(grade, lines)
            lines.clear()

    def _by_rows(self, plan: Plan, is_type: bool, subject: bytes, rest: bytes) -> None:
        classes = self._classes.get(subject, _NO_CLASSES)
        potential = subject in self.potential or rest[: -len(END)] in self.potential
        for row in plan.rows:
            if (potential and not row.is_naming) or not row.subject.holds(classes):
                continue
            if is_type:
                self._write_types(subject, row.kinds)
            else:
                made = self._related(row, subject, rest)
                if made is None:
                    continue
                self._write(made)
                if row.is_lineage:
                    self._graded[row.grade].append(made)
            self.aligned.fired[row.record_id] += 1

    def _related(self, row: ReadyRow, subject: bytes, rest: bytes) -> bytes | None:
        resource = rest[:1] == b"<"
        if row.needs_resource and not resource:
            return None  # a name where a thing is meant: no node to relate to
        if row.object:
            known = self._classes.get(rest[: -len(END)], _NO_CLASSES) if resource else _NO_CLASSES
            if not row.object.holds(known):
                return None
        if row.inverse:
            return rest[: -len(END)] + row.middle + subject + END
        line = subject + row.middle + rest
        return with_time(line) if row.is_time and not resource else line

    def _write_types(self, subject: bytes, endings: tuple[bytes, ...]) -> None:
        self._typed[subject] = self._typed.get(subject, False) or ACTIVITY_ENDING in endings
        self._batch += [subject + ending for ending in endings]
        self._flush_if_full()

    def _write(self, line: bytes) -> None:
        self._batch.append(line)
        self._flush_if_full()

    def _flush_if_full(self) -> None:
        if len(self._batch) >= _BATCH_LINES:
            self.flush()


def _local_name(rest: bytes) -> str:
    """The last part of a value, an IRI or a text, after its last slash, hash or colon."""
    closing = b">" if rest[:1] == b"<" else b'"'
    text = rest[1:].rpartition(closing)[0].decode()
    return text.rpartition("/")[2].rpartition("#")[2].rpartition(":")[2]
