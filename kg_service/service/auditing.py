"""Entries of the audit log on requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyio import to_thread
from fastapi import Request, Response

from kg_service.access.audit import AuditLog, Entry
from kg_service.access.caller import ANONYMOUS, Caller, Scope
from kg_service.errors import KgError
from kg_service.service.callers import caller
from kg_service.service.permission import require


async def audited(
    request: Request,
    audit: AuditLog,
    scope: Scope,
    action: str,
    what: list[str],
    act: Callable[[Caller], Awaitable[Response]],
) -> Response:
    """Do what a caller with a scope asks for. Where it is refused, log that it was tried.

    What the anonymous try is not logged: that would be a way for anybody to fill the disk.
    """
    who = caller()
    try:
        return await act(require(scope))
    except KgError as problem:
        if who != ANONYMOUS:
            entry = entry_of(request, who, action, what, "refused")
            entry.detail = str(problem)
            await to_thread.run_sync(audit.write, entry)
        raise


def entry_of(request: Request, who: Caller, action: str, what: list[str], outcome: str) -> Entry:
    """An entry of the audit log on a request."""
    return Entry(
        who.name,
        action,
        "http",
        what,
        outcome,
        address=address_of(request),
        request=request_id(request),
    )


def request_id(request: Request) -> str | None:
    """What names the request in the log, where something has named it."""
    told = request.scope.get("state", {}).get("request_id")
    return told if isinstance(told, str) else None


def address_of(request: Request) -> str | None:
    """Where a request came from."""
    return request.client.host if request.client else None
