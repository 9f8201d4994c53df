"""/mappings and /why: how sources are aligned, and what a statement was made from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from kg_service.align.skos import write_skos
from kg_service.align.sssom import write_sssom
from kg_service.errors import UsageError
from kg_service.mapping_use import mapping_use, set_named
from kg_service.plain import mapping_set_json, reason_json
from kg_service.service.context import ServiceContext
from kg_service.service.negotiate import best
from kg_service.service.openapi import BAD, NO_STORE, UNKNOWN, answer

_TYPES = {
    "json": "application/json",
    "skos": "text/turtle",
    "sssom": "text/tab-separated-values",
}
_SET = {
    "name": "run-crate",
    "iri": "https://w3id.org/kg-service/mappings/run-crate",
    "title": "RO-Crate and Workflow Run RO-Crate to PROV-O",
    "version": "1",
    "statements": 120,
    "sources": 3,
    "rows": 234,
    "rules": 8,
}
_REASON = {
    "statement": {"subject": "...", "predicate": "http://www.w3.org/ns/prov#used", "object": "..."},
    "source": "barley-roots",
    "graph": "http://127.0.0.1:8000/graph/barley-roots/0123456789abcdef/aligned",
    "grounds": [
        {
            "grade": "mapped",
            "by": "run-crate:025",
            "why": "schema:object exactMatch prov:used",
            "basis": [{"subject": "...", "predicate": "http://schema.org/object", "object": "..."}],
        }
    ],
}


def alignment_router(context: ServiceContext) -> APIRouter:
    """The routes ``/mappings`` and ``/why``."""
    router = APIRouter(tags=["Alignment"])

    @router.get(
        "/mappings",
        summary="The mapping sets, and how often each fired",
        responses={200: answer("The sets.", [_SET]), 503: NO_STORE},
    )
    def mappings() -> JSONResponse:
        """`statements` is what a set's rows and rules made, over all sources."""
        graph = context.now()
        use = mapping_use(graph.reader)
        return JSONResponse([mapping_set_json(m, use, rows=False) for m in graph.alignment.sets])

    @router.get(
        "/mappings/{name}",
        summary="One mapping set, row by row",
        responses={
            200: answer("The set.", {**_SET, "rows": [], "rules": []}),
            400: BAD,
            404: UNKNOWN,
            503: NO_STORE,
        },
    )
    def mapping_set(
        request: Request,
        name: Annotated[str, Path(description="The last part of the set's IRI, as `run-crate`.")],
        format: Annotated[
            str | None,
            Query(description="json, sssom (TSV) or skos (Turtle); else by the Accept header."),
        ] = None,
    ) -> Response:
        """As JSON with how often each row fired, as SSSOM TSV, or as SKOS in Turtle."""
        graph = context.now()
        mapping = set_named(graph.alignment, name)
        if format is not None and format not in _TYPES:
            raise UsageError(f"format={format!r} is not known; give json, sssom or skos")
        wanted = format or next(
            n
            for n, t in _TYPES.items()
            if t == (best(request.headers.get("accept"), list(_TYPES.values())) or _TYPES["json"])
        )
        if wanted == "json":
            use = mapping_use(graph.reader)
            return JSONResponse(mapping_set_json(mapping, use, rows=True))
        text = write_skos(mapping) if wanted == "skos" else write_sssom(mapping)
        return Response(text, media_type=f"{_TYPES[wanted]}; charset=utf-8")

    @router.get(
        "/why",
        summary="Who says a statement, and what it was made from",
        responses={
            200: answer("A reason for each graph that has it.", [_REASON]),
            400: BAD,
            404: UNKNOWN,
            503: NO_STORE,
        },
    )
    def why(
        subject: Annotated[str, Query(description="An IRI, an identifier, or a name.")],
        predicate: Annotated[
            str, Query(description="An IRI, a prefixed name, or the name of a PROV term.")
        ],
        object: Annotated[
            str, Query(description="An IRI, an identifier, a name, or a literal's text.")
        ],
    ) -> JSONResponse:
        """For each graph: its source, and by which mapping row or rule from what it asserts."""
        reasons = context.now().why(subject, predicate, object)
        return JSONResponse([reason_json(reason) for reason in reasons])

    return router
