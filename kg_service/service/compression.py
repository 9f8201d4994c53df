"""Compression of answers by Accept-Encoding (RFC 9110, section 12.5.3).

gzip only: every client has it, and Starlette's middleware flushes streams piece by piece and
leaves alone what is compressed already. Brotli and zstd would save some more bytes, for another
compiled dependency.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg_service.service.methods import vary

SMALLEST_BYTES = 1_000
# a third less time than zlib's usual 6, and half of Starlette's 9, for some per cent more bytes
_LEVEL = 4


class Compressed:
    """Compresses answers for clients that accept gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzip = GZipMiddleware(
            app,
            minimum_size=SMALLEST_BYTES,
            compresslevel=_LEVEL,
            exclude_content_types=DEFAULT_EXCLUDED_CONTENT_TYPES,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif accepts_gzip(Headers(scope=scope).get("accept-encoding", "")):
            await self._gzip(_only_gzip(scope), receive, _weak_tags(send))
        else:
            await self._app(scope, receive, _varying(send))


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip is among what a client accepts; without a header nothing is."""
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameters = part.partition(";")
        name, _, value = parameters.strip().partition("=")
        weight = 1.0
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                weight = 0.0
        weights[coding.strip()] = weight
    told = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return told > 0


def _only_gzip(scope: Scope) -> Scope:
    """The request with its Accept-Encoding as Starlette's middleware looks for it."""
    others = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": [*others, (b"accept-encoding", b"gzip")]}


def _weak_tags(send: Send) -> Send:
    """Compressed bytes are others than the tag was made for: it holds for the meaning only."""

    async def weak(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            vary(headers, "Accept-Encoding")
            tag = headers.get("etag", "")
            if tag.startswith('"') and headers.get("content-encoding") == "gzip":
                headers["ETag"] = f"W/{tag}"
        await send(message)

    return weak


def _varying(send: Send) -> Send:
    async def varying(message: Message) -> None:
        if message["type"] == "http.response.start":
            vary(MutableHeaders(scope=message), "Accept-Encoding")
        await send(message)

    return varying
