"""/sources: what was ingested."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pyoxigraph import NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.errors import Withdrawn
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.scope import source_with_id
from kg_service.plain import source_json
from kg_service.service import html
from kg_service.service.addresses import source_address
from kg_service.service.conditional import last_modified
from kg_service.service.context import ServiceContext
from kg_service.service.negotiate import wants_html
from kg_service.service.openapi import GONE, NO_STORE, UNKNOWN, answer
from kg_service.service.resource_forms import (
    JSON,
    SHORT_NAMES,
    Form,
    FormQuery,
    form_of,
    written,
)
from kg_service.service.schema_org import embedded, source_node
from kg_service.service.signposting import of_source
from kg_service.service.source_details import source_details
from kg_service.service.source_forms import root_of, source_statements
from kg_service.service.tombstone_forms import gone
from kg_service.service.typed_links import link_header
from kg_service.service.void_terms import DATASET_PREFIXES
from kg_service.tombstones import tombstone_with_id

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
    def source(source_id: str, request: Request, form: FormQuery = None) -> Response:
        """The record of a source: its version, repairs, losses and warnings by example, the terms
        that no mapping covers, its earlier versions, and its `history`: from when until when each
        was there, and whether `asOf` can ask for it.

        In RDF: the same in PROV, DCAT and VoID, with its classes and properties counted.
        """
        graph = context.now()
        try:
            record = source_with_id(graph.reader, source_id)
        except Withdrawn:
            stone = tombstone_with_id(graph.reader, source_id)
            assert stone is not None
            return gone(request, stone, graph.reader, form)
        chosen = form_of(request, form, JSON)
        root = request.scope.get("root_path", "")
        resource = of_source(record, root_of(graph, record), context.base, root)
        response = _told(context, graph, record, chosen, root)
        links = resource.of_page() if chosen.is_page else resource.of_description()
        response.headers["Link"] = link_header(links)
        if changed := last_modified([record.ingested]):
            response.headers["Last-Modified"] = changed
        return response

    return router


def _told(
    context: ServiceContext, graph: KnowledgeGraph, record: SourceRecord, form: Form, root: str
) -> Response:
    if not form.is_page and form.media_type != JSON:
        statements = source_statements(graph, record, context.base)
        content = written(statements, form.rdf, DATASET_PREFIXES)
        return Response(content, media_type=form.content_type)
    iri = NamedNode(record.iri)
    details = source_details(graph.reader, record)
    details["history"] = [kept.as_json() for kept in graph.history(iri).get(iri, ())]
    if form.is_page:
        return _source_page(details, record, context.base, root)
    return JSONResponse(details)


def _sources_page(records: list[SourceRecord], root: str) -> Response:
    columns = ("Source", "Title", "Format", "Asserted", "Aligned", "Lost")
    rows = [
        (
            (r.id, source_address(root, r.id)),
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


def _source_page(details: dict[str, Any], record: SourceRecord, base: str, root: str) -> Response:
    names = [name for name in SHORT_NAMES if name != "html"]
    forms = (html.link(name, source_address(root, record.id, name)) for name in names)
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
        ("As data", ", ".join(forms)),
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
    body += embedded(source_node(record, source_address(base, record.id), base))
    return html.page(details["id"], body, root)
