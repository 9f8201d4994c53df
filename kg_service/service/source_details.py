"""All that the catalogue tells of one source: its record, findings, unmapped terms, versions."""

from __future__ import annotations

from typing import Any

from pyoxigraph import Literal, NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.plain import source_json
from kg_service.store.port import GraphReader
from kg_service.terms import CATALOGUE, kg, prov


def source_details(reader: GraphReader, record: SourceRecord) -> dict[str, Any]:
    """The record as plain data, with what its ingest found; keys are stable."""
    version = _one(reader, NamedNode(record.iri), kg("currentVersion"))
    details = source_json(record)
    details["findings"] = []
    details["unmapped"] = []
    details["earlierVersions"] = []
    if not isinstance(version, NamedNode):
        return details
    ingest = _one(reader, version, prov("wasGeneratedBy"))
    if isinstance(ingest, NamedNode):
        details["findings"] = _findings(reader, ingest)
    details["unmapped"] = _unmapped(reader, version)
    details["earlierVersions"] = _earlier(reader, version)
    return details


def _findings(reader: GraphReader, ingest: NamedNode) -> list[dict[str, Any]]:
    found = [
        {
            "kind": _text(reader, node, "findingKind"),
            "code": _text(reader, node, "code"),
            "count": int(_text(reader, node, "count") or 0),
            "examples": sorted(_texts(reader, node, kg("example"))),
        }
        for node in _nodes(reader, ingest, kg("finding"))
    ]
    return sorted(found, key=lambda f: (f["kind"], f["code"]))


def _unmapped(reader: GraphReader, version: NamedNode) -> list[dict[str, Any]]:
    found = [
        {"term": _text(reader, node, "term"), "count": int(_text(reader, node, "count") or 0)}
        for node in _nodes(reader, version, kg("unmappedTerm"))
    ]
    return sorted(found, key=lambda f: (-f["count"], f["term"]))


def _earlier(reader: GraphReader, version: NamedNode) -> list[dict[str, Any]]:
    """All versions that this one revises, directly or by way of others; newest first.

    A source that came back in an old version is a revision of several.
    """
    found: list[dict[str, Any]] = []
    seen = {version}
    ahead = _nodes(reader, version, prov("wasRevisionOf"))
    while ahead:
        before = ahead.pop()
        if before in seen:
            continue
        seen.add(before)
        ahead += _nodes(reader, before, prov("wasRevisionOf"))
        ingests = _nodes(reader, before, prov("wasGeneratedBy"))
        ended = [t for ingest in ingests for t in _texts(reader, ingest, prov("endedAtTime"))]
        found.append(
            {
                "iri": before.value,
                "version": _text(reader, before, "sha256"),
                "origin": _text(reader, before, "origin"),
                "ingested": max(ended, default=""),
            }
        )
    return sorted(found, key=lambda told: (told["ingested"], told["version"]), reverse=True)


def _nodes(reader: GraphReader, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
    quads = reader.quads(subject, predicate, None, CATALOGUE)
    return [q.object for q in quads if isinstance(q.object, NamedNode)]


def _texts(reader: GraphReader, subject: NamedNode, predicate: NamedNode) -> list[str]:
    quads = reader.quads(subject, predicate, None, CATALOGUE)
    return [q.object.value for q in quads if isinstance(q.object, (NamedNode, Literal))]


def _text(reader: GraphReader, subject: NamedNode, name: str) -> str:
    return next(iter(_texts(reader, subject, kg(name))), "")


def _one(reader: GraphReader, subject: NamedNode, predicate: NamedNode) -> NamedNode | None:
    return next(iter(_nodes(reader, subject, predicate)), None)
