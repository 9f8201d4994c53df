"""Who says so: whether an aligned statement was asserted, mapped by a row, or made by a rule.

Aligned statements do not carry how they came about; it is found again on demand, from the
asserted graph of the same source and the mapping sets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from kg_service.align.engine import Alignment
from kg_service.align.mapping import Grade, Rule
from kg_service.describe import Describer
from kg_service.identity.links import Evidence
from kg_service.lineage.model import Edge, EdgeKind
from kg_service.rdf import triples_of
from kg_service.store.port import GraphReader
from kg_service.terms import KG_NS, shorten


@dataclass(frozen=True)
class Ground:
    """How a statement came about: its grade, and the row, rule or evidence that made it."""

    grade: Grade
    by: str


class Grounds:
    """Finds the ground of edges, remembering what rules make of a source."""

    def __init__(self, reader: GraphReader, alignment: Alignment, describer: Describer) -> None:
        self._reader = reader
        self._alignment = alignment
        self._describer = describer
        self._made_by_rule: dict[tuple[str, str], set[Triple]] = {}
        self._rules = [
            (rule, _template(rule)) for mapping in alignment.sets for rule in mapping.rules
        ]

    def of(self, edge: Edge) -> Ground:
        if edge.kind is EdgeKind.IDENTITY:
            evidence = Evidence(edge.statement[1].value.removeprefix(KG_NS))
            key = edge.statement[2].value.removeprefix("urn:kg:key:")
            return Ground(Grade.INFERRED, f"{evidence.label} {key}")
        source = self._describer.source_of(edge.graph)
        if source is None:
            return Ground(Grade.ASSERTED, "")
        asserted = NamedNode(source.asserted_graph)
        subject, predicate, object_ = edge.statement
        if self._stated(subject, predicate, object_, asserted):
            return Ground(Grade.ASSERTED, shorten(predicate.value))
        return (
            self._by_row(edge, asserted)
            or self._by_rule(edge, asserted)
            or Ground(Grade.MAPPED, "")
        )

    def _stated(
        self, subject: NamedNode, predicate: NamedNode, object_: NamedNode, graph: NamedNode
    ) -> bool:
        return any(True for _ in self._reader.quads(subject, predicate, object_, graph))

    def _by_row(self, edge: Edge, asserted: NamedNode) -> Ground | None:
        subject, predicate, object_ = edge.statement
        found: Ground | None = None
        for row in self._alignment.rows_to(predicate.value):
            first, last = (object_, subject) if row.inverse else (subject, object_)
            for spelled in self._alignment.spelling.variants(row.source):
                if self._stated(first, NamedNode(spelled), last, asserted):
                    if row.grade is Grade.MAPPED:
                        return Ground(row.grade, row.record_id)
                    found = found or Ground(row.grade, row.record_id)
        return found

    def _by_rule(self, edge: Edge, asserted: NamedNode) -> Ground | None:
        subject, predicate, object_ = edge.statement
        candidates = [rule for rule, made in self._rules if predicate.value in made]
        if len(candidates) > 1:
            triple = Triple(subject, predicate, object_)
            candidates = [r for r in candidates if triple in self._made(r, asserted)]
        return Ground(candidates[0].grade, candidates[0].iri) if candidates else None

    def _made(self, rule: Rule, asserted: NamedNode) -> set[Triple]:
        key = (rule.iri, asserted.value)
        if key not in self._made_by_rule:
            quads = self._reader.quads(None, None, None, asserted)
            store = self._alignment.rule_store(self._alignment.canonical(q.triple) for q in quads)
            self._made_by_rule[key] = set(triples_of(store.query(rule.text)))
        return self._made_by_rule[key]


_PREFIX = re.compile(r"PREFIX\s+(?P<prefix>[\w-]*):\s*<(?P<iri>[^>]*)>", re.IGNORECASE)
_NAME = re.compile(r"(?P<prefix>[\w-]+):(?P<local>[\w-]+)")


def _template(rule: Rule) -> set[str]:
    """The terms in a rule's CONSTRUCT template."""
    prefixes = {m["prefix"]: m["iri"] for m in _PREFIX.finditer(rule.text)}
    template = re.split(r"\bWHERE\b", rule.text.partition("CONSTRUCT")[2], maxsplit=1)[0]
    return {
        prefixes[m["prefix"]] + m["local"]
        for m in _NAME.finditer(template)
        if m["prefix"] in prefixes
    }
