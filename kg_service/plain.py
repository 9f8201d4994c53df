"""Records as plain data, in the one form that the command line and HTTP share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.document import Visibility
from kg_service.align.mapping import MappingSet, Row
from kg_service.catalogue import SourceRecord
from kg_service.mapping_use import MappingUse
from kg_service.why import Reason


def source_json(record: SourceRecord) -> dict[str, Any]:
    """A source in its current version; keys are stable."""
    return {
        "id": record.id,
        "iri": record.iri,
        "title": record.title,
        "format": record.format,
        "version": record.version,
        "origin": record.origin,
        "identifier": record.identifier,
        "licence": record.licence,
        "profiles": list(record.profiles),
        "visibility": record.visibility,
        "groups": list(record.groups),
        "visibleFrom": record.visible_from,
        "mappingSets": record.mapping_sets,
        "ingested": record.ingested,
        "triples": {"asserted": record.asserted, "aligned": record.aligned},
        "repairs": record.repairs,
        "losses": record.losses,
        "warnings": record.warnings,
        "graphs": {
            "asserted": list(record.asserted_graphs),
            "aligned": list(record.aligned_graphs),
            "identity": record.identity_graph,
        },
    }


def seen_by(visibility: str, groups: Sequence[str], until: str | None) -> str:
    """Who may see a source, in words."""
    if visibility != Visibility.RESTRICTED:
        return str(visibility)
    parts = [str(visibility)]
    if groups:
        parts.append(f"to {', '.join(groups)}")
    if until:
        parts.append(f"until {until}")
    return " ".join(parts)


def reason_json(reason: Reason) -> dict[str, Any]:
    """Why a statement stands, in one graph; keys are stable."""
    return {
        "statement": _statement(reason.statement),
        "source": reason.source.id,
        "graph": reason.graph,
        "grounds": [
            {
                "grade": ground.grade.value,
                "by": ground.by,
                "why": ground.why or None,
                "basis": [_statement(basis) for basis in ground.basis],
            }
            for ground in reason.grounds
        ],
    }


def _statement(triple: Triple) -> dict[str, Any]:
    object_ = triple.object
    assert isinstance(triple.subject, NamedNode)
    said: dict[str, Any] = {"subject": triple.subject.value, "predicate": triple.predicate.value}
    if isinstance(object_, Literal):
        return {**said, "value": object_.value, "datatype": object_.datatype.value}
    assert isinstance(object_, NamedNode)
    return {**said, "object": object_.value}


def mapping_set_json(mapping: MappingSet, use: MappingUse, *, rows: bool) -> dict[str, Any]:
    """A mapping set and how often it fired, with its rows and rules if wanted."""
    statements, sources = use.of(mapping)
    told: dict[str, Any] = {
        "name": mapping.name,
        "iri": mapping.iri,
        "title": mapping.title,
        "version": mapping.version,
        "statements": statements,
        "sources": sources,
    }
    if not rows:
        return {**told, "rows": len(mapping.rows), "rules": len(mapping.rules)}
    told["rows"] = [_row(row, use) for row in mapping.rows]
    told["rules"] = [
        {
            "iri": rule.iri,
            "summary": rule.summary,
            "grade": rule.grade.value,
            "statements": use.statements[rule.iri],
            "sources": use.sources[rule.iri],
        }
        for rule in mapping.rules
    ]
    return told


def _row(row: Row, use: MappingUse) -> dict[str, Any]:
    subject, relation, object_ = row.as_written
    return {
        "id": row.record_id,
        "subject": subject,
        "relation": relation,
        "object": object_,
        "subjectClasses": sorted(row.subject.any_of),
        "notSubjectClasses": sorted(row.subject.none_of),
        "objectClasses": sorted(row.object.any_of),
        "notObjectClasses": sorted(row.object.none_of),
        "inverse": row.inverse,
        "entails": row.entails,
        "statements": use.statements[row.record_id],
        "sources": use.sources[row.record_id],
        "comment": row.comment or None,
    }
