"""/ready: whether requests should be sent here."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from kg_service.access.caller import OPERATOR
from kg_service.errors import StoreError
from kg_service.graph import KnowledgeGraph
from kg_service.service.callers import asking
from kg_service.service.context import ServiceContext
from kg_service.service.drain import Drain
from kg_service.service.openapi import answer
from kg_service.terms import CATALOGUE, kg

_READY = {"status": "ready", "store": "readable", "index": "current", "draining": False}


def readiness_router(context: ServiceContext, drain: Drain) -> APIRouter:
    """The route ``/ready``."""
    router = APIRouter()

    @router.get(
        "/ready",
        tags=["Service"],
        summary="Whether requests should be sent here",
        responses={
            200: answer("They should.", _READY),
            503: answer("They should not: it stops, or the store can not be read.",
                        {**_READY, "status": "not ready", "draining": True}),
        },
    )  # fmt: skip
    def ready() -> JSONResponse:
        """For load balancers. An index that lags is told, and is no reason to send none:
        what it lacks is read from the store.
        """
        store, index = "readable", "none"
        try:
            reader = context.graph.frozen().reader
            next(reader.quads(None, kg("currentVersion"), None, CATALOGUE), None)
            with asking(OPERATOR):  # the state of the whole, for which no tier is waited for
                index = context.keep("ready-index", _index_state)
        except StoreError:
            store = "unreadable"
        is_ready = store == "readable" and not drain.begun
        told = {
            "status": "ready" if is_ready else "not ready",
            "store": store,
            "index": index,
            "draining": drain.begun,
        }
        return JSONResponse(told, 200 if is_ready else 503)

    return router


def _index_state(graph: KnowledgeGraph) -> str:
    if graph.index is None:
        return "none"
    return "behind" if graph.index.is_behind(graph.frozen().reader) else "current"
