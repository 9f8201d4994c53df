"""Conditional requests (RFC 9110, section 13): 304 where nothing has changed.

An answer that is made of the graph alone changes only when the store does. Its tag is made of
the store's generation, of who asks, and of what the request says; so a request can be answered
304 before any work is done, and whether a thing exists shows in no tag.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg_service.errors import StoreError
from kg_service.service.callers import caller
from kg_service.service.context import ServiceContext
from kg_service.service.methods import vary

# what these answer depends on nothing but the graph, the request and who asks
TAGGED = (
    "/.well-known/void", "/affected", "/common", "/diff", "/entity", "/export", "/gaps",
    "/lineage", "/links", "/linkset", "/mappings", "/path", "/results", "/robots.txt", "/search",
    "/sitemap.xml", "/source", "/sources", "/specimens", "/table", "/version", "/why",
)  # fmt: skip
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


class Tags:
    """Makes the tags of one process: another may serve another store, or be of another version."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._started = os.urandom(16)

    def of(self, *parts: str) -> str | None:
        """What is between the quotes of a tag; None where the store can not tell its state."""
        try:
            generation = self._context.generation()
        except StoreError:  # whatever answers the request will say so
            return None
        if generation is None:
            return None
        who = caller()
        seen = (who.name, str(who.internal), str(who.everything), *sorted(who.groups))
        digest = blake2b(self._started, digest_size=16)
        for part in (generation, str(len(seen)), *seen, *parts):
            digest.update(f"{len(part)} {part}".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()


def matches(if_none_match: str | None, tag: str) -> bool:
    """Whether an If-None-Match header names a tag, by weak comparison."""
    return tag in _TAG.findall(if_none_match or "")


def last_modified(times: Iterable[str]) -> str | None:
    """The latest of some times in ISO 8601, as HTTP writes one (RFC 9110, section 5.6.7)."""
    latest = max(times, default="")
    if not latest:
        return None
    return format_datetime(datetime.fromisoformat(latest).astimezone(UTC), usegmt=True)


class ConditionalAnswers:
    """Gives answers of TAGGED paths their ETag, and 304 to who has them already."""

    def __init__(self, app: ASGIApp, context: ServiceContext) -> None:
        self._app = app
        self._tags = Tags(context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_tagged(scope):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        query = scope.get("query_string", b"").decode("latin-1")
        asked = (scope.get("root_path", ""), _path(scope), query, headers.get("accept", ""))
        tag = await run_in_threadpool(self._tags.of, *asked)
        if tag is None:
            await self._app(scope, receive, send)
        elif matches(headers.get("if-none-match"), tag):
            kept = MutableHeaders()
            _tell(kept, tag)
            await Response(status_code=304, headers=dict(kept))(scope, receive, send)
        else:
            await self._app(scope, receive, _tagging(send, tag))


def _is_tagged(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in TAGGED)


def _path(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1")


def _tagging(send: Send, tag: str) -> Send:
    async def tagged(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            _tell(MutableHeaders(scope=message), tag)
        await send(message)

    return tagged


def _tell(headers: MutableHeaders, tag: str) -> None:
    # weak: the same answer may be sent compressed
    headers["ETag"] = f'W/"{tag}"'
    # may be kept, but is asked for again each time; by shared caches only what all may see
    anonymous = caller().name == "anonymous"
    headers["Cache-Control"] = "no-cache" if anonymous else "private, no-cache"
    vary(headers, "Accept")
    vary(headers, "Authorization")
