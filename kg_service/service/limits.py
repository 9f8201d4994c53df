"""Limits of a request's body: how long it is, and how slowly it may come.

They hold for every route, whatever it does with the body. uvicorn has neither limit itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NoReturn

from anyio import fail_after
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg_service.service.errors import problem

LONGEST_BODY = 8 * 1024 * 1024
_PATIENCE_S = 30.0
_SLOWEST_BYTES_PER_S = 8 * 1024


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class BodyLimits:
    """Refuses bodies that are too long (413) or come too slowly (408).

    ``longest`` gives the most bytes by a request's method and path, None for what most may have.
    """

    def __init__(
        self,
        app: ASGIApp,
        longest: Callable[[str, str], int | None] | None = None,
        patience: float = _PATIENCE_S,
    ) -> None:
        self._app = app
        self._longest = longest or (lambda _method, _path: None)
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        most = self._longest(scope["method"], path) or LONGEST_BODY
        started = False

        async def told(message: Message) -> None:
            nonlocal started
            # what the application says of a body that was cut off is beside the point
            if reading.refused is None or started:
                started = True
                await send(message)

        reading = _Reading(receive, most, self._patience)
        try:
            reading.check_length(Headers(scope=scope).get("content-length"))
            await self._app(scope, reading, told)
        except Exception as error:
            if reading.refused is None or (error is not reading.refused and started):
                raise
        if reading.refused is not None and not started:
            refused = reading.refused
            answer = problem(Request(scope), refused.status, refused.code, str(refused))
            # what is left of the body is not read
            answer.headers["Connection"] = "close"
            await answer(scope, receive, send)


class _Reading:
    """Receives a request, and sees how much of its body came, and when."""

    def __init__(self, receive: Receive, most: int, patience: float) -> None:
        self.refused: _Refused | None = None
        self._receive = receive
        self._most = most
        self._patience = patience
        self._came = 0
        self._over = False
        self._waited = 0.0

    def check_length(self, written: str | None) -> None:
        if written is not None and written.isdecimal() and int(written) > self._most:
            self._refuse(self._too_long())

    async def __call__(self) -> Message:
        if self._over:  # from here on it tells only that the caller went away
            return await self._receive()
        if self.refused is not None:
            raise self.refused
        # a few bytes now and then would hold a place for ever
        allowed = self._patience + self._came / _SLOWEST_BYTES_PER_S
        asked = time.monotonic()
        try:
            with fail_after(max(0.0, allowed - self._waited)):
                message = await self._receive()
        except TimeoutError:
            self._refuse(_Refused(408, "request-timeout", "the request's body came too slowly"))
        self._waited += time.monotonic() - asked
        self._came += len(message.get("body", b""))
        if self._came > self._most:
            self._refuse(self._too_long())
        self._over = not message.get("more_body", False)
        return message

    def _too_long(self) -> _Refused:
        return _Refused(413, "too-large", f"a body may have at most {self._most:,} bytes here")

    def _refuse(self, refused: _Refused) -> NoReturn:
        self.refused = refused
        raise refused
