"""Tells for each request who makes it, before anything else sees the request.

Credentials are ``Authorization: Bearer TOKEN`` (RFC 6750, section 2.1) or ``X-API-Key: KEY``.
Wrong ones are refused, also where none would have done: who sends a key that has expired is to
learn it, and not to wonder where half of the answer is.
"""

from __future__ import annotations

import logging
from urllib.parse import unquote

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from kg_service.access.authority import Authority
from kg_service.access.caller import ANONYMOUS, Caller
from kg_service.access.keys import KEY_PATTERN
from kg_service.errors import BadCredentials, IssuerDown, KgError, StoreError
from kg_service.service.callers import asking
from kg_service.service.errors import HttpError, code_of, problem
from kg_service.service.permission import challenge, need_credentials

_log = logging.getLogger(__name__)
# what load balancers ask, which have no credentials and learn nothing
_OPEN = frozenset({"/health", "/ready"})
# threads that wait for issuers; of their own, so that they do not keep the answers waiting
_MOST_WAITING = 16
_RETRY_S = "30"


class Login:
    """Finds out who asks, and refuses who can not be."""

    def __init__(self, app: ASGIApp, authority: Authority) -> None:
        self._app = app
        self._authority = authority
        self._waiting: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            who = await self._caller(scope)
        except StoreError as error:
            _log.error("%s", error)
            message = "credentials can not be checked now; the service's log has the details"
            await _refusal(Request(scope), HttpError(503, "store", message))(scope, receive, send)
            return
        except KgError as error:
            await _refusal(Request(scope), error)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = who.name
        with asking(who):
            await self._app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller:
        headers = Headers(scope=scope)
        _refuse_in_address(scope.get("query_string", b"").decode("latin-1"))
        token = _token(headers)
        if token is not None:
            return await self._owner_of(token)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if not self._authority.anonymous and path not in _OPEN:
            raise need_credentials("this service answers nobody without credentials")
        return ANONYMOUS

    async def _owner_of(self, token: str) -> Caller:
        key = self._authority.key(token)
        if key is None:
            if self._waiting is None:
                self._waiting = CapacityLimiter(_MOST_WAITING)
            return await to_thread.run_sync(self._authority.signed_in, token, limiter=self._waiting)
        use = self._authority.use
        if use is not None and use.is_news(key.id):
            await to_thread.run_sync(use.used, key.id)
        return key.caller()


def _token(headers: Headers) -> str | None:
    """The one token that was sent, None where none was. Raises HttpError, BadCredentials."""
    authorizations = headers.getlist("authorization")
    api_keys = headers.getlist("x-api-key")
    if len(authorizations) + len(api_keys) > 1:
        raise HttpError(
            400,
            "usage",
            "credentials were sent twice: send one Authorization or one X-API-Key header",
            challenge("invalid_request", "more than one kind of credentials"),
        )
    if api_keys:
        token = api_keys[0].strip()
        if KEY_PATTERN.fullmatch(token) is None:
            raise BadCredentials("X-API-Key holds no API key: one is kg_ID_SECRET")
        return token
    if not authorizations:
        return None
    scheme, _space, token = authorizations[0].strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BadCredentials("send Authorization: Bearer TOKEN; other schemes are not taken here")
    return token.strip()


def _refuse_in_address(query: str) -> None:
    """Addresses stand in logs, histories and referrers, so a key in one is a key told to others."""
    if (
        KEY_PATTERN.search(unquote(query))
        or query.startswith("access_token=")
        or ("&access_token=" in query)
    ):
        raise HttpError(
            400,
            "credentials-in-address",
            "credentials do not belong in an address, where logs keep them: send them as "
            "Authorization: Bearer TOKEN, and replace the ones that were sent (kg keys rotate)",
            challenge("invalid_request", "credentials in the address"),
        )


def _refusal(request: Request, error: KgError) -> ASGIApp:
    code, status = code_of(error)
    answer = problem(request, status, code, str(error))
    if isinstance(error, HttpError):
        answer.headers.update(error.headers)
    elif isinstance(error, BadCredentials):
        answer.headers.update(challenge("invalid_token", str(error)))
    elif isinstance(error, IssuerDown):
        answer.headers["Retry-After"] = _RETRY_S
    answer.headers["Cache-Control"] = "no-store"
    return answer
