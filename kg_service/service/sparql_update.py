"""SPARQL Update over HTTP, where it is switched on, for who may."""

from __future__ import annotations

from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from kg_service.access.caller import Scope
from kg_service.errors import KgError, Refused
from kg_service.service.answers import asker
from kg_service.service.auditing import entry_of
from kg_service.service.context import ServiceContext
from kg_service.service.permission import require
from kg_service.updating import Changed


async def update_graph(
    context: ServiceContext, request: Request, update: str, threads: CapacityLimiter
) -> Response:
    """Make an update (SPARQL 1.1 Protocol, section 2.2). Raises KgErrors."""
    updates = context.updates
    if updates is None:
        raise Refused("updates are switched off; the service takes them with --allow-update")
    who = require(Scope.UPDATE)
    counted_for = asker(request)

    def make() -> Changed:
        entry = entry_of(request, who, "update", [updates.prefix], "accepted")
        entry.detail = update
        context.audit.write(entry)
        try:
            changed = updates.make(update, counted_for)
        except KgError as error:
            entry.outcome, entry.detail = "refused", str(error)
            context.audit.write(entry)
            raise
        entry.outcome = "done"
        entry.detail = f"{changed.deleted} deleted, {changed.inserted} inserted"
        context.audit.write(entry)
        return changed

    changed = await to_thread.run_sync(make, limiter=threads)
    return JSONResponse({"deleted": changed.deleted, "inserted": changed.inserted})
