"""/export: the lineage of a thing in another form."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

import fastapi
from fastapi import APIRouter, Query, Response

from kg_service.export.formats import FORMATS, ExportFormat, format_named
from kg_service.lineage.model import Direction, Granularity
from kg_service.service.context import ServiceContext
from kg_service.service.errors import refuse_format
from kg_service.service.looking import (
    AsOfQuery,
    DepthQuery,
    GranularityQuery,
    HowToLook,
    IdQuery,
    KindsQuery,
)
from kg_service.service.negotiate import best
from kg_service.service.openapi import BAD, NO_STORE, UNKNOWN, Operation, error

FormatName = StrEnum("FormatName", {row.name.replace("-", "_"): row.name for row in FORMATS})  # type: ignore[misc]
# the first of a media type is the one that Accept chooses
_BY_MEDIA_TYPE = {row.media_type: row for row in reversed(FORMATS)}
_OFFERED = tuple(dict.fromkeys(row.media_type for row in FORMATS))
_LIST = "; ".join(f"`{row.name}`: {row.title}" for row in FORMATS)
_EXAMPLES = {
    "text/provenance-notation": "document\n  ...\n  used(n4:run, n5:scan.h5, -)\nendDocument\n",
    "text/vnd.mermaid": 'flowchart LR\n  n0(["plant-01"]) -- used by --> n1["sampling"]\n',
    "text/tab-separated-values": "origin\torigin_label\torigin_kind\t...\n",
}
_RESPONSES: dict[int | str, Operation] = {
    200: {
        "description": f"The export. {_LIST}.",
        "content": {
            media_type: {"example": _EXAMPLES[media_type]} if media_type in _EXAMPLES else {}
            for media_type in _OFFERED
        },
    },
    400: BAD,
    404: UNKNOWN,
    406: error("No such format.", "not-acceptable", "no such format for this answer; there are …"),
    503: NO_STORE,
}
# a browser shows these instead of saving them
_SHOWN = ("image/", "text/")


def exports_router(context: ServiceContext) -> APIRouter:
    """The route ``/export``."""
    router = APIRouter(tags=["Entities"])

    @router.get(
        "/export",
        summary="The lineage of a thing in another form",
        response_class=Response,
        responses=_RESPONSES,
    )
    def export(
        request: fastapi.Request,
        how: HowToLook,
        id: IdQuery,
        format: Annotated[
            FormatName | None, Query(description=f"{_LIST}. Without it, Accept chooses.")
        ] = None,
        direction: Annotated[Direction, Query(description="To origins, to results, or both.")] = (
            Direction.BOTH
        ),
        depth: DepthQuery = None,
        granularity: GranularityQuery = Granularity.STEP,
        kind: KindsQuery = None,
        as_of: AsOfQuery = None,
    ) -> Response:
        """As a provenance document (PROV-JSON, PROV-N, PROV-XML, RDF), as a Workflow Run RO-Crate,
        as a drawing, or as a table of chains.

        `Kg-Complete: false` tells that the lineage was cut.
        """
        form = _form(format, request)
        graph = context.now().as_of(as_of)
        asked = how.request(
            graph,
            graph.resolve(id),
            direction=direction,
            depth=depth,
            granularity=granularity,
            kinds=kind,
        )
        made = graph.export(asked, form)
        shown = "inline" if form.media_type.startswith(_SHOWN) else "attachment"
        headers = {
            "Content-Disposition": f"{shown}; filename=\"{quote(made.file_name)}\"",
            "Kg-Complete": "true" if made.complete else "false",
            "Vary": "Accept",
        }  # fmt: skip
        return Response(made.content, media_type=made.media_type, headers=headers)

    return router


def _form(name: str | None, request: fastapi.Request) -> ExportFormat:
    if name is not None:
        return format_named(str(name))
    media_type = best(request.headers.get("accept"), _OFFERED)
    if media_type is None:
        raise refuse_format(406, list(_OFFERED))
    return _BY_MEDIA_TYPE[media_type]
