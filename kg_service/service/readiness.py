"""/ready: whether requests should be sent here."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from kg_service.catalogue import Catalogue
from kg_service.errors import StoreError
from kg_service.service.context import ServiceContext
from kg_service.service.drain import Drain
from kg_service.service.openapi import answer

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
            graph = context.graph.frozen()
            next(iter(Catalogue(graph.reader).sources()), None)
            index = context.keep("ready-index", lambda _graph: _index_state(context))
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


def _index_state(context: ServiceContext) -> str:
    index = context.graph.index
    if index is None:
        return "none"
    return "behind" if index.is_behind(context.graph.frozen().reader) else "current"
