"""From an error to an HTTP answer: ``{"error": {"code": ..., "message": ...}}`` and its status."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from kg_service.errors import (
    Ambiguous,
    BadCredentials,
    Busy,
    IssuerDown,
    KgError,
    Limited,
    NotKnown,
    QuerySyntax,
    Refused,
    StoreBusy,
    StoreError,
    UsageError,
    Withdrawn,
)
from kg_service.service import html
from kg_service.service.negotiate import wants_html

_log = logging.getLogger(__name__)

# the first class that fits, so subclasses come before their bases
_TABLE: tuple[tuple[type[KgError], str, int], ...] = (
    (QuerySyntax, "query-syntax", 400),
    (UsageError, "usage", 400),
    (Refused, "refused", 403),
    (BadCredentials, "invalid-token", 401),
    (IssuerDown, "issuer-down", 503),
    (Withdrawn, "withdrawn", 410),
    (Ambiguous, "ambiguous", 404),
    (NotKnown, "not-known", 404),
    (Limited, "query-limit", 400),
    (Busy, "busy", 503),
    (StoreBusy, "store-busy", 503),
    (StoreError, "store", 503),
    (KgError, "internal", 500),
)
_LIMITS = {
    "time": ("query-timeout", 503),
    "memory": ("query-memory", 503),
    "rows": ("query-rows", 400),
    "bytes": ("query-bytes", 400),
    "depth": ("query-depth", 400),
}
NO_PATH = "there is no such path; /docs names those that are"
UNEXPECTED = "something went wrong in the service; its log has the details"


class HttpError(KgError):
    """An error that only HTTP knows, such as a format that is not offered."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


def code_of(error: KgError) -> tuple[str, int]:
    """The code and HTTP status of an error."""
    if isinstance(error, HttpError):
        return error.code, error.status
    if isinstance(error, Limited):
        return _LIMITS[error.limit]
    if isinstance(error, Busy) and error.own:
        return "too-many-queries", 429
    return next((code, status) for kind, code, status in _TABLE if isinstance(error, kind))


def problem(request: Request, status: int, code: str, message: str) -> Response:
    """The one form of all errors; a page with the same words for a browser."""
    if wants_html(request.headers.get("accept")):
        phrase = HTTPStatus(status).phrase
        root = request.scope.get("root_path", "")
        return html.page(f"{status} {phrase}", html.code(message), root, status)
    return JSONResponse({"error": {"code": code, "message": message}}, status)


def add_error_answers(app: FastAPI) -> None:
    """Make every error of an app's routes an answer of that form."""

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, KgError)
        code, status = code_of(error)
        if isinstance(error, (Busy, Limited)):
            _log.info("%s: %s", code, error)
        elif status >= 500:
            _log.error("%s", error, exc_info=error)
        told = problem(request, status, code, str(error))
        if isinstance(error, Busy):
            told.headers["Retry-After"] = str(error.retry_after)
        told.headers.update(error.headers if isinstance(error, HttpError) else {})
        return told

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        phrase = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        said, headers = str(error.detail), dict(error.headers or {})
        if error.status_code == 404:
            said = NO_PATH
        elif error.status_code == 405 and "Allow" in headers:
            headers["Allow"] = _allowed(headers["Allow"])
            said = f"{request.method} is not taken here; there are {headers['Allow']}"
        answer = problem(request, error.status_code, phrase, said)
        answer.headers.update(headers)
        return answer

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        said = "; ".join(
            f"{'.'.join(map(str, fault['loc'][1:])) or 'request'}: {fault['msg']}"
            for fault in error.errors()
        )
        return problem(request, 400, "usage", said)

    async def unexpected(request: Request, error: Exception) -> Response:
        _log.error("unexpected error at %s", request.url.path, exc_info=error)
        return problem(request, 500, "internal", UNEXPECTED)

    app.add_exception_handler(KgError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)


def _allowed(told: str) -> str:
    """The methods of a route with those that all of them have."""
    methods = [method.strip() for method in told.split(",")]
    if "GET" in methods and "HEAD" not in methods:
        methods.insert(methods.index("GET") + 1, "HEAD")
    return ", ".join([*methods, "OPTIONS"])


def refuse_format(status: int, offered: list[str]) -> HttpError:
    """The error for a format that is not offered."""
    code = "not-acceptable" if status == 406 else "usage"
    return HttpError(
        status, code, f"no such format for this answer; there are {', '.join(offered)}"
    )
