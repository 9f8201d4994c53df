"""A steward's word on what is the same, over HTTP: /links by POST."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, Field

from kg_service.access.caller import Caller, Scope
from kg_service.errors import UsageError
from kg_service.identity.decisions import Verdict
from kg_service.service.auditing import audited
from kg_service.service.context import ServiceContext
from kg_service.service.openapi import BAD, UNKNOWN, answer
from kg_service.service.uploads import (
    JOB_EXAMPLE,
    NO_SCOPE,
    NOT_SIGNED_IN,
    TOO_MANY,
    Uploads,
    accept_bare,
    new_job,
)
from kg_service.uploads.jobs import Kind

_VERDICTS = {
    "confirm": Verdict.CONFIRMED,
    "reject": Verdict.REJECTED,
    "forget": Verdict.FORGOTTEN,
}
_EXAMPLE: dict[str, Any] = {
    "first": "barley-plant-01",
    "second": "https://igsn.org/KGEX00001",
    "verdict": "confirm",
    "because": "the same tube, seen by both",
}


class Decision(BaseModel):
    """What is decided on two things."""

    first: Annotated[str, Field(description="An IRI, an identifier or a name.", max_length=2000)]
    second: Annotated[str, Field(description="The other thing.", max_length=2000)]
    verdict: Literal["confirm", "reject", "forget"]
    because: Annotated[str, Field(description="Why; kept and shown.", max_length=2000)]


def decisions_router(context: ServiceContext, uploads: Uploads) -> APIRouter:
    """The route that takes decisions on links."""
    router = APIRouter(tags=["Entities"])

    @router.post(
        "/links",
        summary="Confirm, reject or forget a link",
        status_code=202,
        responses={
            202: answer("Accepted: what becomes of it is told at Location.", JOB_EXAMPLE),
            400: BAD,
            401: NOT_SIGNED_IN,
            403: NO_SCOPE,
            404: UNKNOWN,
            429: TOO_MANY,
        },
    )
    async def decide(
        request: Request, decision: Annotated[Decision, Body(examples=[_EXAMPLE])]
    ) -> Response:
        """As `kg links confirm`, `reject` and `forget` do. A decision changes what everybody
        finds, so it needs the scope `admin`; it can only be on things that you see."""

        async def accepted(who: Caller) -> Response:
            return await to_thread.run_sync(_accept, context, uploads, request, decision, who)

        what = [decision.first, decision.second]
        return await audited(
            request, uploads.audit, Scope.ADMIN, f"link {decision.verdict}", what, accepted
        )

    return router


def _accept(
    context: ServiceContext, uploads: Uploads, request: Request, decision: Decision, who: Caller
) -> Response:
    if not decision.because.strip():
        raise UsageError("say why (because): a decision without a reason helps nobody later")
    graph = context.now()
    first, second = (graph.resolve(id_).value for id_ in (decision.first, decision.second))
    asked = {
        "first": first,
        "second": second,
        "verdict": _VERDICTS[decision.verdict].value,
        "because": decision.because.strip(),
        "by": f"~{who.owner}",
    }
    job = new_job(Kind.LINK, who, request, asked)
    return accept_bare(request, uploads, job, [first, second])
