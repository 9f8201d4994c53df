"""/me: who asks, as far as the service can tell, and what they may do."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from kg_service.access.caller import ANONYMOUS, Scope
from kg_service.service.callers import caller
from kg_service.service.openapi import answer, error

BAD_TOKEN = error(
    "The credentials are wrong.", "invalid-token", "the token has expired; get a new one"
)
_EXAMPLE = {
    "name": "key:3f9a1c04be77",
    "anonymous": False,
    "scopes": ["read", "write"],
    "sees": {"internal": True, "groups": ["els-beamline"], "everything": False},
    "uploads": "~els",
}


def me_router() -> APIRouter:
    """The route ``/me``."""
    router = APIRouter(tags=["Service"])

    @router.get(
        "/me",
        summary="Who you are here, and what you may do",
        responses={200: answer("The caller.", _EXAMPLE), 401: BAD_TOKEN},
    )
    async def me() -> JSONResponse:
        """What the credentials that were sent allow: scopes, which sources are shown, and below
        which id uploads are kept. Without credentials: the anonymous caller."""
        who = caller()
        told = {
            "name": who.name,
            "anonymous": who == ANONYMOUS,
            "scopes": [scope.value for scope in Scope if scope in who.scopes],
            "sees": {
                "internal": who.internal or who.everything,
                "groups": sorted(who.groups),
                "everything": who.everything,
            },
            "uploads": f"~{who.owner}" if who.owner and Scope.WRITE in who.scopes else None,
        }
        return JSONResponse(told, headers={"Cache-Control": "private, no-store"})

    return router
