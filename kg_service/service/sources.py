"""/sources: what was ingested."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pyoxigraph import NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.errors import Withdrawn
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.scope import source_with_id
from kg_service.plain import source_json
from kg_service.service.conditional import last_modified
from kg_service.service.context import ServiceContext
from kg_service.service.negotiate import wants_html
from kg_service.service.openapi import GONE, NO_STORE, UNKNOWN, answer
from kg_service.service.resource_forms import (
    JSON,
    Form,
    FormQuery,
    form_of,
    written,
)
from kg_service.service.signposting import of_source
from kg_service.service.source_details import source_details
from kg_service.service.source_forms import root_of, source_statements
from kg_service.service.source_pages import source_page, sources_page
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
            response: Response = sources_page(records, request.scope.get("root_path", ""))
        else:
            response = JSONResponse([source_json(record) for record in records])
        if changed := last_modified(record.ingested for record in records):
            response.headers["Last-Modified"] = changed
        return response

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
        return source_page(details, record, graph, context.base, root)
    return JSONResponse(details)
