"""Entities at their own addresses, and by any id at /entity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pyoxigraph import NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.errors import NotKnown
from kg_service.graph import KnowledgeGraph
from kg_service.service.addresses import source_address
from kg_service.service.conditional import last_modified
from kg_service.service.context import ServiceContext
from kg_service.service.entity_forms import Described, as_json_ld, as_rdf, describe
from kg_service.service.entity_page import as_page
from kg_service.service.meaning import Meaning, meaning_of_id, meaning_of_node
from kg_service.service.openapi import BAD, GONE, NO_STORE, UNKNOWN, Operation, answer
from kg_service.service.resource_forms import JSON, JSON_LD, Form, FormQuery, form_of
from kg_service.service.signposting import of_thing
from kg_service.service.tombstone_forms import gone
from kg_service.service.typed_links import link_header
from kg_service.tombstones import Tombstone

_ENCODED_UTF8 = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")

_EXAMPLE = {
    "@context": {"prov": "http://www.w3.org/ns/prov#", "id": "@id", "type": "@type"},
    "id": "http://127.0.0.1:8000/source/barley-roots/sample/plant-01",
    "type": ["prov:Entity", "kg:Specimen"],
    "label": "plant-01",
}
_RESPONSES: dict[int | str, Operation] = {
    200: answer("The description; its Link header is FAIR Signposting.", _EXAMPLE, JSON_LD),
    303: {"description": "It is a source: its record is elsewhere."},
    304: {"description": "Nothing has changed since (If-None-Match)."},
    400: BAD,
    404: UNKNOWN,
    410: GONE,
    503: NO_STORE,
}


def entities_router(context: ServiceContext) -> APIRouter:
    """The routes ``/entity`` and ``/source/...``."""
    router = APIRouter(tags=["Entities"])

    @router.get("/entity", summary="Look a thing up by any id", responses=_RESPONSES)
    def entity(
        request: Request,
        id: Annotated[
            str, Query(description="An IRI, a persistent identifier in any spelling, or a name.")
        ],
        form: FormQuery = None,
    ) -> Response:
        """What the sources say of it: JSON-LD, or another RDF format or a page by Accept.

        TriG and N-Quads keep each statement in its graph, and so tell which source makes it.
        """
        graph = context.now()
        return _told(context, graph, meaning_of_id(graph, context.base, id), request, form)

    @router.get("/source/{path:path}", summary="A thing at its own address", responses=_RESPONSES)
    def at_address(path: str, request: Request) -> Response:
        """What the sources say of the thing whose IRI this address is, as `/entity` tells it.

        A source's own address leads to its record below `/sources`. What was withdrawn is told
        by its tombstone.
        """
        graph = context.now()
        for node in _nodes(context.base, request):
            meaning = meaning_of_node(graph, context.base, node)
            if meaning is not None:
                return _told(context, graph, meaning, request, None)
        raise NotKnown(f"no source says anything of <{context.base}/source/{path}>")

    return router


def _nodes(base: str, request: Request) -> Iterator[NamedNode]:
    """The IRIs that an address can mean: as it is written, or with its letters decoded.

    IRIs keep letters beyond ASCII as they are; clients send them percent-encoded.
    """
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    root = request.scope.get("root_path", "")
    written = raw.decode("ascii", "replace").removeprefix(root)
    decoded = _ENCODED_UTF8.sub(lambda m: unquote(m.group(), errors="replace"), written)
    for path in dict.fromkeys((written, decoded)):
        try:
            yield NamedNode(base + path)
        except ValueError:
            continue


def _told(
    context: ServiceContext,
    graph: KnowledgeGraph,
    meaning: Meaning,
    request: Request,
    named: str | None,
) -> Response:
    root = request.scope.get("root_path", "")
    if isinstance(meaning, SourceRecord):
        return RedirectResponse(source_address(root, meaning.id, named), status_code=303)
    if isinstance(meaning, Tombstone):
        return gone(request, meaning, graph.reader, named)
    if meaning.value.startswith(f"{context.base}/version/"):
        return RedirectResponse(root + meaning.value.removeprefix(context.base), status_code=303)
    form = form_of(request, named, JSON_LD)
    described = describe(graph, meaning)
    resource = of_thing(described.facts, context.base, root)
    if form.is_page:
        page = as_page(described, graph.describer(), context.base, root)
        page.headers["Link"] = link_header(resource.of_page())
        return _with_headers(page, described)
    content = Response(_content(described, form), media_type=form.content_type)
    content.headers["Link"] = link_header(resource.of_description())
    return _with_headers(content, described)


def _content(described: Described, form: Form) -> bytes:
    if form.media_type in (JSON_LD, JSON):
        return as_json_ld(described)
    return as_rdf(described, form.rdf)


def _with_headers(response: Response, described: Described) -> Response:
    changed = last_modified(source.ingested for source in described.thing.sources)
    if changed:
        response.headers["Last-Modified"] = changed
    if not described.complete:
        response.headers["Kg-Complete"] = "false"
    return response
