"""A mapping set as what one would write for rdflib: a list of CONSTRUCT queries.

They make the same statements as ``kg_service.align``, which the benchmark checks. Some are
asked of the source's statements, and then, of those made, what PROV's properties imply.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg_service.align.engine import Alignment
from kg_service.align.mapping import Condition, MappingSet, Row
from kg_service.align.plans import TIMES
from kg_service.align.prov_types import DOMAIN_RANGE
from kg_service.align.vocabulary import TargetVocabulary
from kg_service.resources import resource_folder
from kg_service.terms import PROV_NS, RDF_TYPE, XSD_DATETIME

_TYPE = f"<{RDF_TYPE.value}>"
_ACTIVITY = f"<{PROV_NS}Activity>"


def of_rows(alignment: Alignment, mapping: MappingSet) -> Iterator[str]:
    """A query for each row that entails something."""
    classes = TargetVocabulary.load(resource_folder("ontologies") / "kg.ttl").classes
    for row in mapping.rows:
        if row.entails:
            yield (
                _of_class(row, alignment) if row.target in classes else _of_property(row, alignment)
            )


def _of_class(row: Row, alignment: Alignment) -> str:
    kinds = (row.target, *alignment.plans.ancestors(row.target))
    made = " ".join(f"?s {_TYPE} <{kind}> ." for kind in kinds)
    where = f"?s {_TYPE} <{row.source}> . {_when(row.subject, '?s', alignment)}"
    return f"CONSTRUCT {{ {made} }} WHERE {{ {where} }}"


def _of_property(row: Row, alignment: Alignment) -> str:
    conditions = _when(row.subject, "?s", alignment) + _when(row.object, "?o", alignment)
    where = f"?s <{row.source}> ?o .{conditions}"
    if row.target in TIMES:
        made = f"?s <{row.target}> ?time"
        where += f" BIND (<{XSD_DATETIME.value}>(?o) AS ?time)"
    else:
        made = f"?o <{row.target}> ?s" if row.inverse else f"?s <{row.target}> ?o"
    if row.inverse:
        where += " FILTER isIRI(?o)"
    return f"CONSTRUCT {{ {made} }} WHERE {{ {where} }}"


def _when(condition: Condition, node: str, alignment: Alignment) -> str:
    told = ""
    for classes, test in ((condition.any_of, "EXISTS"), (condition.none_of, "NOT EXISTS")):
        if classes:
            kinds = ", ".join(f"<{kind}>" for kind in _with_kinds_of(classes, alignment))
            told += f" FILTER {test} {{ {node} {_TYPE} ?kind FILTER (?kind IN ({kinds})) }}"
    return told


def _with_kinds_of(classes: frozenset[str], alignment: Alignment) -> list[str]:
    below = {kind for kind, _ in alignment.hierarchy.pairs}
    return sorted(
        classes | {kind for kind in below if classes & set(alignment.hierarchy.above(kind))}
    )


def of_implied_types() -> Iterator[str]:
    """A query for each property of PROV that says what it relates: what PROV-O implies."""
    for property_, (domain, range_) in DOMAIN_RANGE.items():
        for node, kind in (("?s", domain), ("?o", range_)):
            if kind:
                where = f"?s <{property_}> ?o . {_UNLESS[kind.removeprefix(PROV_NS)](node)}"
                yield f"CONSTRUCT {{ {node} {_TYPE} <{kind}> }} WHERE {{ {where} }}"


def _unless_activity(node: str) -> str:
    return f"FILTER isIRI({node}) FILTER NOT EXISTS {{ {node} {_TYPE} {_ACTIVITY} }}"


def _unless_typed(node: str) -> str:
    return f"FILTER isIRI({node}) FILTER NOT EXISTS {{ {node} {_TYPE} ?any }}"


def _always(node: str) -> str:
    return f"FILTER isIRI({node})"


_UNLESS = {"Entity": _unless_activity, "Activity": _unless_typed, "Agent": _always}
