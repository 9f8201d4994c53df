"""Entities at their own addresses, and by any id at /entity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pyoxigraph import NamedNode, RdfFormat

from kg_service.catalogue import Catalogue
from kg_service.errors import NotKnown, Withdrawn
from kg_service.service.context import ServiceContext
from kg_service.service.entity_forms import as_json_ld, as_page, as_rdf, describe
from kg_service.service.errors import refuse_format
from kg_service.service.negotiate import best, wants_html
from kg_service.service.openapi import GONE, NO_STORE, UNKNOWN, Operation, answer
from kg_service.service.sparql_formats import GRAPHS, header
from kg_service.tombstones import tombstone

JSON_LD = "application/ld+json"
_WRITES = {row.media_types[0]: row.writes for row in GRAPHS}
_OFFERED = (JSON_LD, "application/json", *(m for m in _WRITES if m != JSON_LD))
_ENCODED_UTF8 = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")

_EXAMPLE = {
    "@context": {"prov": "http://www.w3.org/ns/prov#", "id": "@id", "type": "@type"},
    "id": "http://127.0.0.1:8000/source/barley-roots/sample/plant-01",
    "type": ["prov:Entity", "kg:Specimen"],
    "label": "plant-01",
}
_RESPONSES: dict[int | str, Operation] = {
    200: answer("The description.", _EXAMPLE, JSON_LD),
    404: UNKNOWN,
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
    ) -> Response:
        """What the sources say of it: JSON-LD, or another RDF format or a page by Accept.

        TriG and N-Quads keep each statement in its graph, and so tell which source makes it.
        """
        return _described(context, context.now().resolve(id), request)

    @router.get(
        "/source/{path:path}",
        summary="A thing at its own address",
        responses={**_RESPONSES, 410: GONE},
    )
    def at_address(path: str, request: Request) -> Response:
        """What the sources say of the thing whose IRI this address is, as `/entity` tells it.

        A source's own address leads to its record below `/sources`.
        """
        reader = context.now().reader
        for node in _nodes(context.base, request):
            record = Catalogue(reader).source(node)
            if record is not None:
                root = request.scope.get("root_path", "")
                return RedirectResponse(f"{root}/sources/{record.id}", status_code=303)
            if stone := tombstone(reader, node):
                raise Withdrawn(str(stone))
            if _is_there(context, node):
                return _described(context, node, request)
            for source in _around(context.base, node):
                if stone := tombstone(reader, source):
                    raise Withdrawn(str(stone))
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


def _around(base: str, node: NamedNode) -> Iterator[NamedNode]:
    """The sources, nearest first, that a thing of this IRI would be a part of."""
    path = node.value.removeprefix(f"{base}/source/")
    while "/" in path:
        path = path.rpartition("/")[0]
        yield NamedNode(f"{base}/source/{path}")


def _is_there(context: ServiceContext, node: NamedNode) -> bool:
    reader = context.now().reader
    return any(True for _ in reader.quads(node)) or any(
        True for _ in reader.quads(None, None, node)
    )


def _described(context: ServiceContext, node: NamedNode, request: Request) -> Response:
    accept = request.headers.get("accept")
    graph = context.now()
    described = describe(graph, node)
    if wants_html(accept):
        return as_page(described, graph, request.scope.get("root_path", ""))
    media_type = best(accept, _OFFERED)
    if media_type is None:
        raise refuse_format(406, list(_OFFERED))
    if media_type in (JSON_LD, "application/json"):
        return Response(as_json_ld(described), media_type=media_type)
    writes = _WRITES[media_type]
    assert isinstance(writes, RdfFormat)
    return Response(as_rdf(described, writes), media_type=header(media_type))
