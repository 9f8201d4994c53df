"""Sending an engine's answer: as it comes, and never so that a part of it looks whole."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg_service.errors import KgError
from kg_service.querying.query import Answer, Query, QueryEngine, Stop
from kg_service.querying.spooled import whole
from kg_service.service.callers import caller
from kg_service.service.methods import IS_HEAD

_AT_ONCE_BYTES = 1 << 19


class BrokeOff(Exception):
    """An answer ended after its first bytes were sent: the server closes the connection.

    No KgError, as there is no answer any more that could tell it.
    """


class Terse(logging.Filter):
    """Lets a log tell an answer that broke off in one line, without the frames it came through."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, BrokeOff):
            record.msg, record.args, record.exc_info = str(error), (), None
        return True


def asker(request: Request) -> str:
    """Whom a query counts for: the caller by name, an anonymous one by address."""
    name = caller().name
    if name != "anonymous":
        return name
    return f"address:{request.client.host if request.client else 'unknown'}"


async def begin(
    request: Request,
    engine: Callable[[], QueryEngine],
    query: Query,
    threads: CapacityLimiter,
    stop: Stop,
) -> Answer:
    """Wait for the first of an answer. A caller who goes meanwhile ends the query.

    Which engine it is, is found in the thread that waits, as that may read the store.
    """
    watch = asyncio.create_task(_stop_when_gone(request.receive, stop))
    who = asker(request)
    try:
        return await to_thread.run_sync(
            lambda: engine().ask(query, who, stop), limiter=threads, abandon_on_cancel=True
        )
    except asyncio.CancelledError:
        stop.give()
        raise
    finally:
        watch.cancel()


class AnswerResponse(Response):
    """An answer that has begun, as a response.

    Its body ends with the last chunk only where it is whole; else the connection is closed
    before (RFC 9112, section 8). HTTP/1.0 has no such mark: there it is read to its end first.
    """

    def __init__(
        self, answer: Answer, media_type: str, threads: CapacityLimiter, stop: Stop
    ) -> None:
        super().__init__(None, 200, media_type=media_type)
        del self.headers["content-length"]
        self._answer = answer
        self._threads = threads
        self._stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watch = asyncio.create_task(_stop_when_gone(receive, self._stop))
        try:
            if scope.get("http_version") == "1.0":
                self._answer = await to_thread.run_sync(
                    whole, self._answer, limiter=self._threads, abandon_on_cancel=True
                )
            if self._answer.length is not None:
                self.headers["content-length"] = str(self._answer.length)
            await self._send(scope, send)
        finally:
            watch.cancel()
            self._stop.give()
            self._answer.close()

    async def _send(self, scope: Scope, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        pieces = self._answer.pieces()
        if self._answer.length is not None and self._answer.length <= _AT_ONCE_BYTES:
            # in one message, so that it keeps its length where it is too small to compress
            body = await to_thread.run_sync(b"".join, pieces, limiter=self._threads)
            await send(start)
            await send({"type": "http.response.body", "body": body, "more_body": False})
            return
        await send(start)
        try:
            while not scope.get(IS_HEAD):
                piece = await to_thread.run_sync(
                    _next, pieces, limiter=self._threads, abandon_on_cancel=True
                )
                if piece is None:
                    break
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except KgError as error:
            if self._stop.given:
                return  # there is nobody to tell
            raise BrokeOff(f"an answer was not sent to its end: {error}") from error
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)


async def _stop_when_gone(receive: Receive, stop: Stop) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stop.give()
