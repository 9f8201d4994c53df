"""SPARQL Update over HTTP, where it is switched on, for who may."""

from __future__ import annotations

from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from kg_service.access.caller import Scope
from kg_service.errors import Refused
from kg_service.service.answers import asker
from kg_service.service.callers import caller
from kg_service.service.context import ServiceContext


async def update_graph(
    context: ServiceContext, request: Request, update: str, threads: CapacityLimiter
) -> Response:
    """Make an update (SPARQL 1.1 Protocol, section 2.2). Raises KgErrors."""
    updates = context.updates
    if updates is None or Scope.UPDATE not in caller().scopes:
        raise Refused("updates are for callers with the scope 'update'; see kg keys")
    engine, who = context.query_engine(), asker(request)
    changed = await to_thread.run_sync(lambda: updates.make(update, engine, who), limiter=threads)
    return JSONResponse({"deleted": changed.deleted, "inserted": changed.inserted})
