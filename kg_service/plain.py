"""Records as plain data, in the one form that the command line and HTTP share."""

from __future__ import annotations

from typing import Any

from kg_service.catalogue import SourceRecord


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
