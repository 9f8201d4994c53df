"""/sources: what was ingested."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pyoxigraph import NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.errors import NotKnown, Withdrawn
from kg_service.plain import source_json
from kg_service.service import html
from kg_service.service.context import ServiceContext
from kg_service.service.negotiate import wants_html
from kg_service.service.openapi import GONE, NO_STORE, UNKNOWN, answer
from kg_service.service.source_details import source_details
from kg_service.tombstones import tombstone

_EXAMPLE = {
    "id": "barley-roots",
    "iri": "http://127.0.0.1:8000/source/barley-roots",
    "title": "Roots of barley under drought",
    "format": "isa-tab",
    "triples": {"asserted": 412, "aligned": 380},
    "repairs": 0,
    "losses": 0,
    "warnings": 1,
}


def sources_router(context: ServiceContext) -> APIRouter:
    """The routes below ``/sources``."""
    router = APIRouter(tags=["Sources"])

    @router.get(
        "/sources",
        summary="List the sources",
        responses={200: answer("All sources, by id.", [_EXAMPLE]), 503: NO_STORE},
    )
    def sources(request: Request) -> Response:
        """What was ingested, in its current version, as `kg sources --json` lists it."""
        records = context.sources()
        if wants_html(request.headers.get("accept")):
            return _sources_page(records, request.scope.get("root_path", ""))
        return JSONResponse([source_json(record) for record in records])

    @router.get(
        "/sources/{source_id:path}",
        summary="One source, with what its ingest found",
        responses={
            200: answer("The source.", {**_EXAMPLE, "findings": [], "unmapped": []}),
            404: UNKNOWN,
            410: GONE,
            503: NO_STORE,
        },
    )
    def source(source_id: str, request: Request) -> Response:
        """The record of a source: its version, repairs, losses and warnings by example, the terms
        that no mapping covers, its earlier versions, and its `history`: from when until when each
        was there, and whether `asOf` can ask for it."""
        record = find_source(context, source_id)
        graph = context.now()
        iri = NamedNode(record.iri)
        details = source_details(graph.reader, record)
        details["history"] = [kept.as_json() for kept in graph.history(iri).get(iri, ())]
        if wants_html(request.headers.get("accept")):
            return _source_page(details, request.scope.get("root_path", ""))
        return JSONResponse(details)

    return router


def find_source(context: ServiceContext, source_id: str) -> SourceRecord:
    """The source of an id. Raises Withdrawn, and NotKnown with the nearest id there is."""
    by_id = {record.id: record for record in context.sources()}
    if source_id in by_id:
        return by_id[source_id]
    if stone := tombstone(context.now().reader, NamedNode(f"{context.base}/source/{source_id}")):
        raise Withdrawn(str(stone))
    near = get_close_matches(source_id, by_id, n=1)
    hint = f"did you mean {near[0]}?" if near else "/sources lists those that are"
    raise NotKnown(f"there is no source {source_id!r}; {hint}")


def _sources_page(records: list[SourceRecord], root: str) -> Response:
    columns = ("Source", "Title", "Format", "Asserted", "Aligned", "Lost")
    rows = [
        (
            (r.id, f"{root}/sources/{r.id}"),
            (r.title or "", None),
            (r.format, None),
            (str(r.asserted), None),
            (str(r.aligned), None),
            (str(r.losses), None),
        )
        for r in records
    ]
    return html.page(
        "Sources", html.table(f"{len(rows)} sources", columns, rows, numbers=(3, 4, 5)), root
    )


def _source_page(details: dict[str, Any], root: str) -> Response:
    facts = [
        ("Title", html.text(details["title"] or "")),
        ("Address", html.link(details["iri"], details["iri"])),
        ("Format", html.text(details["format"])),
        ("Version", html.text(details["version"])),
        ("Read from", html.text(details["origin"])),
        ("Ingested", html.text(details["ingested"])),
        ("Own identifier", html.text(details["identifier"] or "none")),
        ("Licence", html.text(details["licence"] or "none told")),
        ("Profiles", html.text(", ".join(details["profiles"]) or "none told")),
        ("Asserted statements", html.text(str(details["triples"]["asserted"]))),
        ("Aligned statements", html.text(str(details["triples"]["aligned"]))),
    ]
    findings = [
        (
            (f["kind"], None),
            (f["code"], None),
            (str(f["count"]), None),
            ("\n".join(f["examples"][:1]), None),
        )
        for f in details["findings"]
    ]
    unmapped = [((f["term"], None), (str(f["count"]), None)) for f in details["unmapped"]]
    body = html.definitions(facts) + html.heading("Findings")
    columns = ("Kind", "Code", "Count", "First example")
    body += html.table(f"{len(findings)} kinds of finding", columns, findings, numbers=(2,))
    body += html.heading("Terms without a mapping")
    body += html.table(f"{len(unmapped)} terms", ("Term", "Count"), unmapped, numbers=(1,))
    return html.page(details["id"], body, root)
