"""What holds for every route: HEAD and OPTIONS, and headers for caches and browsers."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# the scope's key by which a HEAD that is answered as a GET is told from one
IS_HEAD = "kg.head"


def vary(headers: MutableHeaders, name: str) -> None:
    """Say, once, that an answer depends on a header of the request."""
    told = [part.strip() for line in headers.getlist("vary") for part in line.split(",")]
    if name.lower() not in map(str.lower, told):
        headers["Vary"] = ", ".join([*told, name])


class HeadAndOptions:
    """Answers HEAD as GET without its body, and OPTIONS with what may be done."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method")
        if scope["type"] == "http" and method == "HEAD":
            await self._app({**scope, "method": "GET", IS_HEAD: True}, receive, _without_body(send))
        elif scope["type"] == "http" and method == "OPTIONS":
            allow = (b"allow", b"GET, HEAD, POST, OPTIONS")
            await send({"type": "http.response.start", "status": 204, "headers": [allow]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return head


class CommonHeaders:
    """Says that the form of an answer depends on Accept, and that its type is meant as told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                vary(headers, "Accept")
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
