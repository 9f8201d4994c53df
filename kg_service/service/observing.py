"""Each request gets an id, is counted, and is logged in a line: by route, never by what it asks."""

from __future__ import annotations

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg_service.service.metrics import Metrics

REQUEST_ID = "X-Request-ID"
_ID = re.compile(r"[\w.:+/=-]{1,128}", re.ASCII)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_log = logging.getLogger("kg_service.requests")


class RouteNoted:
    """ASGI middleware, inside of all others, some of which hand on a scope of their own: which
    route answers goes into the state that all of them share.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == "http" and "route" in scope:
                state = scope.setdefault("state", {})
                state["route"] = str(getattr(scope["route"], "path", "other"))


class Observing:
    """ASGI middleware, outside of all others.

    The id is the one that came in ``X-Request-ID``, if it is one, else a new one; it stands in
    the answer's header and in ``scope["state"]["request_id"]``.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        begun = time.perf_counter()
        status, size = 500, 0

        async def sending(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        self._metrics.running.inc()
        try:
            await self._app(scope, receive, sending)
        finally:
            self._metrics.running.dec()
            seconds = time.perf_counter() - begun
            route = scope["state"].get("route", "other")
            # as the login found out; nobody, where it was refused
            who = scope["state"].get("caller", "nobody")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.count(method, route, status, seconds)
            _log.info(
                "%s %s %s", method, route, status,
                extra={
                    "request_id": request_id, "method": method, "route": route, "status": status,
                    "ms": round(seconds * 1000, 1), "bytes": size, "caller": who,
                },
            )  # fmt: skip
