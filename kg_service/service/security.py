"""Headers that keep browsers from doing with an answer what nobody means them to."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg_service.service.methods import vary

# pages say themselves what they may load; data, such as a drawing in SVG, runs and loads nothing
_DATA_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # for browsers that do not know frame-ancestors
    "X-Frame-Options": "DENY",
    # addresses hold what was asked for; other sites need not know
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_HTTPS_ONLY = "max-age=31536000"
_CREDENTIALS = ("Authorization", "X-API-Key")


class SecurityHeaders:
    """Sets them on every answer, refusals included.

    What is answered to somebody who signed in is kept out of caches that others share.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        has_credentials = any(name in asked for name in _CREDENTIALS)
        secure = scope.get("scheme") == "https"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _DATA_POLICY)
                for name in _CREDENTIALS:
                    vary(headers, name)
                if secure:
                    headers.setdefault("Strict-Transport-Security", _HTTPS_ONLY)
                if has_credentials:
                    _keep_private(headers)
            await send(message)

        await self._app(scope, receive, with_headers)


def _keep_private(headers: MutableHeaders) -> None:
    """Let nobody but the caller's own browser keep the answer (RFC 9111, section 5.2.2.7)."""
    said = headers.get("Cache-Control")
    if said is None:
        headers["Cache-Control"] = "private, no-cache"
        return
    kept = [part.strip() for part in said.split(",") if part.strip()]
    if "no-store" not in kept:
        kept = [part for part in kept if part not in ("public", "private")]
        headers["Cache-Control"] = ", ".join(["private", *kept])
