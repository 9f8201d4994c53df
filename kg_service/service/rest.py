"""/health, and /lineage as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from kg_service import __version__
from kg_service.errors import StoreError
from kg_service.lineage.model import Direction, Granularity
from kg_service.service.context import ServiceContext
from kg_service.service.errors import code_of
from kg_service.service.looking import (
    DEEPEST,
    MOST_NODES,
    AsOfQuery,
    DepthQuery,
    GranularityQuery,
    HowToLook,
    IdQuery,
    KindsQuery,
)
from kg_service.service.openapi import BAD, GONE, NO_STORE, UNKNOWN, answer
from kg_service.terms import CATALOGUE, kg

__all__ = ["DEEPEST", "MOST_NODES", "rest_router"]

_LINEAGE_EXAMPLE = {
    "start": "http://127.0.0.1:8000/source/barley-roots/sample/plant-01",
    "direction": "down",
    "complete": True,
    "stopped": [],
    "filter": {"sources": [], "since": None, "until": None, "kinds": []},
    "nodes": [{"id": "...", "label": "plant-01", "kind": "Specimen", "node": "entity", "depth": 0}],
    "edges": [
        {"kind": "used", "earlier": "...", "later": "...", "source": "barley-roots",
         "grade": "mapped", "by": "isa:012"}
    ],
}  # fmt: skip


def rest_router(context: ServiceContext) -> APIRouter:
    """The routes ``/health`` and ``/lineage``."""
    router = APIRouter()

    @router.get(
        "/health",
        tags=["Service"],
        summary="Whether the service can answer",
        responses={
            200: answer("It can.", {"status": "ok", "version": __version__}),
            503: answer("The store can not be read.", {"status": "failing", "error": {}}),
        },
    )
    def health() -> JSONResponse:
        """For container engines. It waits for nothing: neither for workers nor for tiers."""
        try:
            reader = context.graph.frozen().reader
            next(reader.quads(None, kg("currentVersion"), None, CATALOGUE), None)
        except StoreError as error:
            code, status = code_of(error)
            problem = {"code": code, "message": str(error)}
            return JSONResponse(
                {"status": "failing", "version": __version__, "error": problem}, status
            )
        return JSONResponse({"status": "ok", "version": __version__})

    @router.get(
        "/lineage",
        tags=["Lineage"],
        summary="What a thing came from, and what came of it",
        responses={
            200: answer("The lineage.", _LINEAGE_EXAMPLE),
            400: BAD,
            404: UNKNOWN,
            410: GONE,
            503: NO_STORE,
        },
    )
    def lineage(
        how: HowToLook,
        id: IdQuery,
        direction: Annotated[Direction, Query(description="To origins, to results, or both.")] = (
            Direction.BOTH
        ),
        depth: DepthQuery = None,
        granularity: GranularityQuery = Granularity.STEP,
        kind: KindsQuery = None,
        as_of: AsOfQuery = None,
        explain: Annotated[
            bool,
            Query(
                description="Whether edges tell by which row, rule or evidence they came about; "
                "large answers come faster without."
            ),
        ] = True,
    ) -> JSONResponse:
        """Nodes and edges, each edge with the source that says so and the grade of its statement.

        `complete` tells whether that is all there is; `stopped` says where and why it is not,
        also where it is not known any more what was known at the time `asOf`.
        """
        graph = context.now().as_of(as_of)
        request = how.request(
            graph,
            graph.resolve(id),
            direction=direction,
            depth=depth,
            granularity=granularity,
            kinds=kind,
        )
        return JSONResponse(graph.view(graph.lineage(request), explain=explain).as_json())

    return router
