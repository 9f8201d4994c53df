"""What a caller may do, and how they are told that they may not (RFC 6750, section 3)."""

from __future__ import annotations

from kg_service.access.caller import ANONYMOUS, Caller, Scope
from kg_service.service.callers import caller
from kg_service.service.errors import HttpError

REALM = 'Bearer realm="kg-service"'


def challenge(error: str, description: str, scope: str | None = None) -> dict[str, str]:
    """The header that tells why credentials did not do."""
    # a quoted-string of plain ASCII, whatever a message names (RFC 6750, section 3)
    said = "".join(c if " " <= c <= "~" and c not in '"\\' else "'" for c in description)
    wanted = f', scope="{scope}"' if scope else ""
    return {"WWW-Authenticate": f'{REALM}, error="{error}", error_description="{said}"{wanted}'}


def need_credentials(what: str) -> HttpError:
    """The error for a caller who sent none, which names no error code (section 3.1)."""
    return HttpError(
        401,
        "no-credentials",
        f"{what}: send an API key or a bearer token, as Authorization: Bearer TOKEN",
        {"WWW-Authenticate": REALM},
    )


def require(scope: Scope) -> Caller:
    """The caller, who has a scope. Raises HttpError 401 for the anonymous, 403 for others."""
    who = caller()
    if scope in who.scopes:
        return who
    if who == ANONYMOUS:
        raise need_credentials(f"this needs the scope {scope.value}")
    message = f"this needs the scope {scope.value}, which your credentials do not have"
    raise HttpError(
        403,
        "insufficient-scope",
        message,
        challenge("insufficient_scope", message, scope.value),
    )
