"""/linkset: all typed links of a thing or a source (FAIR Signposting, level 2; RFC 9264)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kg_service.catalogue import SourceRecord
from kg_service.service.context import ServiceContext
from kg_service.service.entity_forms import describe
from kg_service.service.errors import refuse_format
from kg_service.service.meaning import meaning_of_id
from kg_service.service.negotiate import best
from kg_service.service.openapi import BAD, GONE, NO_STORE, UNKNOWN, answer
from kg_service.service.resource_forms import JSON
from kg_service.service.signposting import of_source, of_thing
from kg_service.service.source_forms import root_of
from kg_service.service.tombstone_forms import gone
from kg_service.service.typed_links import LINKSET, LINKSET_JSON, linkset_json, linkset_text
from kg_service.tombstones import Tombstone

_NAMES = {"json": LINKSET_JSON, "text": LINKSET}
_EXAMPLE = {
    "linkset": [
        {
            "anchor": "http://127.0.0.1:8000/source/barley-roots/sample/plant-01",
            "cite-as": [{"href": "https://doi.org/10.5072/plant-01"}],
            "describedby": [{"href": "http://127.0.0.1:8000/entity?id=...&format=turtle",
                             "type": "text/turtle"}],
        }
    ]
}  # fmt: skip


def linksets_router(context: ServiceContext) -> APIRouter:
    """The route ``/linkset``."""
    router = APIRouter(tags=["Entities"])

    @router.get(
        "/linkset",
        summary="The typed links of a thing or a source",
        response_class=Response,
        responses={
            200: answer("The link set (RFC 9264).", _EXAMPLE, LINKSET_JSON),
            400: BAD,
            404: UNKNOWN,
            410: GONE,
            503: NO_STORE,
        },
    )
    def linkset(
        request: Request,
        id: Annotated[str, Query(description="A thing or a source, as for `/entity`.")],
        format: Annotated[
            str | None, Query(description="json or text, where no Accept header can be sent.")
        ] = None,
    ) -> Response:
        """FAIR Signposting, level 2: what a Link header has no room for. Authors, licence, how to
        cite it, descriptions, collections, and the items that it consists of."""
        if format is not None and format not in _NAMES:
            raise refuse_format(400, list(_NAMES))
        offered = (LINKSET_JSON, LINKSET, JSON)
        chosen = _NAMES[format] if format else best(request.headers.get("accept"), offered)
        if chosen is None:
            raise refuse_format(406, list(offered))
        graph, base = context.now(), context.base
        meaning = meaning_of_id(graph, base, id)
        if isinstance(meaning, Tombstone):
            return gone(request, meaning, graph.reader, "json")
        if isinstance(meaning, SourceRecord):
            links = of_source(meaning, root_of(graph, meaning), base, base).all()
        else:
            links = of_thing(describe(graph, meaning).facts, base, base).all()
        content = linkset_text(links) if chosen == LINKSET else linkset_json(links)
        return Response(content, media_type=chosen)

    return router
