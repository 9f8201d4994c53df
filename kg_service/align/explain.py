"""Why an aligned statement stands: what its source asserts, and the row or rule between.

Aligned statements do not carry how they came about; it is found again, on demand, from the
asserted graph and the mapping sets (design: alignment must be explainable).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Triple, parse

from kg_service.align.engine import Alignment
from kg_service.align.footprint import terms_named
from kg_service.align.mapping import Condition, MappingSet, Row, Rule
from kg_service.align.plans import TIMES, class_named, iri_of
from kg_service.align.prov_types import DOMAIN_RANGE
from kg_service.align.rules import made_by, rule_store
from kg_service.align.times import same_time
from kg_service.rdf import subject_of, text_object
from kg_service.store.grades import Grade
from kg_service.store.port import GraphReader
from kg_service.store.statements import END, Statements
from kg_service.terms import CATALOGUE, RDF_TYPE, kg, shorten

_LONGEST_PATH = 4
_MOST_LOOKED_AT = 5_000
_TEMPLATE = re.compile(r"CONSTRUCT\s*(?P<template>\{[^}]*\})", re.IGNORECASE)


@dataclass(frozen=True)
class Ground:
    """One way in which an aligned statement came about.

    ``by`` is a row's record_id, a rule's IRI, or the term itself; ``basis`` are the asserted
    statements it came from (for a type that a property implies: the aligned one).
    """

    grade: Grade
    by: str
    why: str = ""
    basis: tuple[Triple, ...] = ()


class Explainer:
    """Explains the statements of aligned graphs, remembering what it loaded for rules.

    Without ``basis``, what a rule made is told without the statements it was made from.
    """

    def __init__(self, reader: GraphReader, alignment: Alignment, *, basis: bool = True) -> None:
        self._reader = reader
        self._alignment = alignment
        self._with_basis = basis
        self._rules = [
            (mapping, rule, _template_terms(rule))
            for mapping in alignment.sets
            for rule in mapping.rules
        ]
        self._classes: dict[tuple[NamedNode, NamedNode], set[str]] = {}
        self._between_nodes: dict[tuple[object, object, NamedNode], list[Triple]] = {}
        self._candidates: dict[tuple[str, NamedNode], list[tuple[MappingSet, Rule]]] = {}
        self._fired: dict[NamedNode, frozenset[str] | None] = {}
        self._seen: dict[tuple[str, NamedNode], Store] = {}
        self._made: dict[tuple[str, NamedNode], set[Triple]] = {}

    def grounds(
        self,
        statement: Triple,
        aligned: NamedNode,
        asserted: NamedNode,
        known: Grade | None = None,
    ) -> Iterator[Ground]:
        """Every ground of a statement, the strongest first; of one grade, rows before rules.

        With a ``known`` grade, only grounds of that one: what else there is, is not looked for.
        """
        found = [*self._stated(statement, asserted), *self._by_rows(statement, asserted)]
        rules = self._rules_for(statement, asserted)
        # nothing else can have made it
        only = len(rules) == 1 and not found and not self._with_basis
        for grade in Grade if known is None else (known,):
            yield from (ground for ground in found if ground.grade is grade)
            for mapping, rule in rules:
                if rule.grade is grade:
                    yield from self._by_rule(mapping, rule, statement, asserted, sure=only)
        yield from self._implied(statement, aligned)

    def _stated(self, statement: Triple, asserted: NamedNode) -> Iterator[Ground]:
        for basis in self._written(statement, asserted):
            yield Ground(Grade.ASSERTED, shorten(_predicate(statement)), "", (basis,))

    def _written(self, statement: Triple, graph: NamedNode) -> Iterator[Triple]:
        """A canonical statement as the graph has it: in any spelling of its terms."""
        spelling = self._alignment.spelling
        object_ = statement.object
        is_type = statement.predicate == RDF_TYPE and isinstance(object_, NamedNode)
        kinds = spelling.variants(object_.value) if is_type else None  # type: ignore[union-attr]
        for value in map(NamedNode, kinds) if kinds else (object_,):
            for triple in self._between(statement.subject, value, graph):
                if spelling.canonical(_predicate(triple)) == _predicate(statement):
                    yield triple

    def _between(self, subject: object, object_: object, graph: NamedNode) -> list[Triple]:
        """All that a graph says of these two: one read, whatever the properties asked for."""
        assert isinstance(subject, NamedNode)
        assert isinstance(object_, (NamedNode, Literal))
        key = (subject, object_, graph)
        if key not in self._between_nodes:
            quads = self._reader.quads(subject, None, object_, graph)
            self._between_nodes[key] = [quad.triple for quad in quads]
        return self._between_nodes[key]

    def _by_rows(self, statement: Triple, asserted: NamedNode) -> Iterator[Ground]:
        subject, object_ = statement.subject, statement.object
        assert isinstance(subject, NamedNode)
        if statement.predicate == RDF_TYPE and isinstance(object_, NamedNode):
            yield from self._type_by_rows(subject, object_.value, asserted)
            return
        canonical = self._alignment.spelling.canonical
        said = {canonical(_predicate(t)) for t in self._between(subject, object_, asserted)}
        turned: set[str] = set()
        if isinstance(object_, NamedNode):
            turned = {canonical(_predicate(t)) for t in self._between(object_, subject, asserted)}
        for row in self._alignment.plans.rows_to(_predicate(statement)):
            # a time may be written in another way in the aligned graph
            if row.target not in TIMES and row.source not in (turned if row.inverse else said):
                continue
            for basis in self._bases(row, statement, asserted):
                if self._applies(row, basis, asserted):
                    yield Ground(row.grade, row.record_id, _said(row), (basis,))

    def _bases(self, row: Row, statement: Triple, asserted: NamedNode) -> Iterator[Triple]:
        subject, object_ = statement.subject, statement.object
        source = NamedNode(row.source)
        if row.inverse:
            if isinstance(object_, NamedNode):
                yield from self._written(Triple(object_, source, subject), asserted)
        elif row.target in TIMES and isinstance(object_, Literal):
            assert isinstance(subject, NamedNode)
            for spelled in self._alignment.spelling.variants(row.source):
                for quad in self._reader.quads(subject, NamedNode(spelled), None, asserted):
                    if isinstance(quad.object, Literal) and same_time(quad.object, object_):
                        yield quad.triple
        else:
            yield from self._written(Triple(subject, source, object_), asserted)

    def _type_by_rows(self, subject: NamedNode, kind: str, asserted: NamedNode) -> Iterator[Ground]:
        plans = self._alignment.plans
        for written in self._classes_written(subject, asserted):
            basis = tuple(self._written(Triple(subject, RDF_TYPE, NamedNode(written)), asserted))
            if kind in plans.ancestors(written):
                yield Ground(Grade.ASSERTED, shorten(written), _kind_of(written, kind), basis)
            for row in plans.rows_of(written):
                if not row.subject.holds(self._classes_of(subject, asserted)):
                    continue
                if row.target == kind:
                    yield Ground(row.grade, row.record_id, _said(row), basis)
                elif kind in plans.ancestors(row.target):
                    why = f"{_said(row)}; {_kind_of(row.target, kind)}"
                    yield Ground(row.grade, row.record_id, why, basis)

    def _applies(self, row: Row, basis: Triple, asserted: NamedNode) -> bool:
        def holds(condition: Condition, node: object) -> bool:
            if not condition:
                return True
            known = self._classes_of(node, asserted) if isinstance(node, NamedNode) else set()
            return condition.holds(known)

        return holds(row.subject, basis.subject) and (
            not row.object or holds(row.object, basis.object)
        )

    def _classes_of(self, node: NamedNode, asserted: NamedNode) -> set[str]:
        """The canonical classes of a node in a graph, and those above them."""
        key = (node, asserted)
        if key not in self._classes:
            kinds = map(self._alignment.plans.kinds_of, self._classes_written(node, asserted))
            self._classes[key] = set().union(*kinds)
        return self._classes[key]

    def _classes_written(self, node: NamedNode, asserted: NamedNode) -> set[str]:
        spelling = self._alignment.spelling
        found: set[str] = set()
        for predicate in spelling.variants(RDF_TYPE.value):
            for quad in self._reader.quads(node, NamedNode(predicate), None, asserted):
                if named := class_named(f"{quad.object}".encode() + END):
                    found.add(spelling.canonical(iri_of(named)))
        return found

    def _rules_for(self, statement: Triple, asserted: NamedNode) -> list[tuple[MappingSet, Rule]]:
        """The rules that may have made a statement: they write its property, and made something."""
        key = (_predicate(statement), asserted)
        if key not in self._candidates:
            fired = self._fired_for(asserted)
            self._candidates[key] = [
                (mapping, rule)
                for mapping, rule, terms in self._rules
                if (_predicate(statement) in terms or None in terms)
                and (fired is None or rule.iri in fired)
            ]
        return self._candidates[key]

    def _fired_for(self, asserted: NamedNode) -> frozenset[str] | None:
        """The rows and rules that made something of a source, so far as the catalogue tells."""
        if asserted not in self._fired:
            told: set[str] | None = None
            for of in self._reader.quads(None, kg("assertedGraph"), asserted, CATALOGUE):
                fired = self._reader.quads(subject_of(of), kg("fired"), None, CATALOGUE)
                told = (told or set()) | {text_object(q).rpartition(" ")[0] for q in fired}
            self._fired[asserted] = None if told is None else frozenset(told)
        return self._fired[asserted]

    def _by_rule(
        self,
        mapping: MappingSet,
        rule: Rule,
        statement: Triple,
        asserted: NamedNode,
        *,
        sure: bool,
    ) -> Iterator[Ground]:
        if sure:
            yield Ground(rule.grade, rule.iri, rule.summary)
            return
        for made, why in self._matches(mapping, rule, statement, asserted):
            basis = self._support(mapping, rule, made, asserted) if self._with_basis else ()
            yield Ground(rule.grade, rule.iri, f"{rule.summary}{why}", tuple(basis))

    def _matches(
        self, mapping: MappingSet, rule: Rule, statement: Triple, asserted: NamedNode
    ) -> Iterator[tuple[Triple, str]]:
        """What the rule made that gives the statement: itself, or a type below its type."""
        made = self._made_by(mapping, rule, asserted)
        if statement in made:
            yield statement, ""
        elif _predicate(statement) in TIMES:
            for triple in made:
                if _is_same_time(triple, statement):
                    yield triple, ""
        elif statement.predicate == RDF_TYPE and isinstance(statement.object, NamedNode):
            for triple in made:
                if (
                    triple.subject == statement.subject
                    and triple.predicate == RDF_TYPE
                    and isinstance(triple.object, NamedNode)
                    and statement.object.value
                    in self._alignment.plans.ancestors(triple.object.value)
                ):
                    why = _kind_of(triple.object.value, statement.object.value)
                    yield triple, f" {why}"

    def _made_by(self, mapping: MappingSet, rule: Rule, asserted: NamedNode) -> set[Triple]:
        key = (rule.iri, asserted)
        if key not in self._made:
            lines = b"".join(made_by(rule, self._store(mapping, asserted)))
            self._made[key] = {q.triple for q in parse(lines, format=RdfFormat.N_TRIPLES)}
        return self._made[key]

    def _store(self, mapping: MappingSet, asserted: NamedNode) -> Store:
        """What the rules of a set read of a graph."""
        key = (mapping.iri, asserted)
        if key not in self._seen:
            whole = Statements.of(q.triple for q in self._reader.quads(None, None, None, asserted))
            seen = self._alignment.seen_by_rules(whole, mapping.rules)
            whole.close()
            with rule_store(seen) as store:
                kept = Store()
                kept.bulk_extend(store)
            seen.close()
            self._seen[key] = kept
        return self._seen[key]

    def _support(
        self, mapping: MappingSet, rule: Rule, made: Triple, asserted: NamedNode
    ) -> Iterator[Triple]:
        """The asserted statements between what the rule met when it made a statement.

        They are those between the values of one match, by the properties that it names.
        """
        store = self._store(mapping, asserted)
        named = {RDF_TYPE.value, *terms_named(rule.text)}
        rows = store.query(_TEMPLATE.sub("SELECT *", rule.text, count=1))
        assert isinstance(rows, QuerySolutions)
        wanted = {
            term
            for term in (made.subject, made.object)
            if not (isinstance(term, NamedNode) and term.value in named)
            and not (isinstance(term, Literal) and term.value in rule.text)
        }
        names = [variable.value for variable in rows.variables]
        met = [{row[name] for name in names if row[name] is not None} for row in rows]
        exact = [values for values in met if wanted <= values]
        # a value that the rule itself makes (a time made one, an address built) is in no match
        fitting = exact or [values for values in met if made.subject in values]
        values = fitting[0] if fitting else {made.subject}
        found: dict[Triple, None] = {}
        for node in values:
            for path in _paths(node, values, named, store):
                for triple in path:
                    found.update(dict.fromkeys(self._written(triple, asserted)))
        yield from found

    def _implied(self, statement: Triple, aligned: NamedNode) -> Iterator[Ground]:
        """A type that PROV-O gives to what a property relates."""
        node, kind = statement.subject, statement.object
        if statement.predicate != RDF_TYPE or not isinstance(node, NamedNode):
            return
        for predicate, (domain, range_) in DOMAIN_RANGE.items():
            for part, classes, pattern in (
                ("domain", domain, (node, None)),
                ("range", range_, (None, node)),
            ):
                if not isinstance(kind, NamedNode) or kind.value != classes:
                    continue
                quads = self._reader.quads(pattern[0], NamedNode(predicate), pattern[1], aligned)
                for quad in quads:
                    why = f"{shorten(classes)} is the {part} of {shorten(predicate)} (PROV-O)"
                    yield Ground(Grade.INFERRED, shorten(predicate), why, (quad.triple,))
                    break


def _predicate(statement: Triple) -> str:
    return statement.predicate.value


def _paths(
    start: object, values: Collection[object], named: set[str], store: Store
) -> Iterator[tuple[Triple, ...]]:
    """The ways by named properties from one value of a match to others, or to a named class.

    What lies on the way is what a property path stepped over.
    """
    pending: list[tuple[object, tuple[Triple, ...]]] = [(start, ())]
    looked = 0
    while pending and looked < _MOST_LOOKED_AT:
        node, path = pending.pop()
        if not isinstance(node, NamedNode):
            continue
        for quad in store.quads_for_pattern(node, None, None, None):
            looked += 1
            if _predicate(quad.triple) not in named:
                continue
            longer = (*path, quad.triple)
            object_ = quad.object
            if object_ in values or (isinstance(object_, NamedNode) and object_.value in named):
                if object_ in values or not path:
                    yield longer
            elif len(longer) < _LONGEST_PATH:
                pending.append((object_, longer))


def _is_same_time(made: Triple, kept: Triple) -> bool:
    """Whether a rule's statement of a time is the one that a store has normalised."""
    return (
        (made.subject, made.predicate) == (kept.subject, kept.predicate)
        and isinstance(made.object, Literal)
        and isinstance(kept.object, Literal)
        and same_time(made.object, kept.object)
    )


def _said(row: Row) -> str:
    arrow = " (inverse)" if row.inverse else ""
    return f"{shorten(row.source)} {row.predicate} {shorten(row.target)}{arrow}"


def _kind_of(kind: str, parent: str) -> str:
    return f"{shorten(kind)} is a kind of {shorten(parent)}"


def _template_terms(rule: Rule) -> set[str | None]:
    """The properties that a rule's template may write; with None where a variable is one."""
    found = _TEMPLATE.search(rule.text)
    assert found is not None
    template = found["template"]
    terms: set[str | None] = set(terms_named(rule.text[: found.start()] + template))
    if re.search(r"(?:[?$]\w+\s+|;\s*)[?$]\w+\s+[^\s.;}]", template):
        terms.add(None)
    if re.search(r"\sa\s", template):
        terms.add(RDF_TYPE.value)
    return terms
