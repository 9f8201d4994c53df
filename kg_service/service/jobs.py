"""/jobs: how far it is with what was asked for, and what came of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from kg_service.access.caller import Caller, Scope
from kg_service.errors import NotKnown
from kg_service.service.auditing import entry_of
from kg_service.service.callers import caller
from kg_service.service.openapi import UNKNOWN, Operation, answer
from kg_service.service.permission import require
from kg_service.service.uploads import (
    JOB_EXAMPLE,
    NO_SCOPE,
    NOT_SIGNED_IN,
    Uploads,
)
from kg_service.uploads.jobs import Job

_RESPONSES: dict[int | str, Operation] = {401: NOT_SIGNED_IN, 403: NO_SCOPE}
_HEADERS = {"Cache-Control": "private, no-store"}
_POLL_S = "1"


def jobs_router(uploads: Uploads) -> APIRouter:
    """The routes below ``/jobs``."""
    router = APIRouter(tags=["Uploads"])

    @router.get(
        "/jobs",
        summary="Your jobs",
        responses={200: answer("Your jobs, the newest first.", [JOB_EXAMPLE]), **_RESPONSES},
    )
    def jobs(
        limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 50,
    ) -> Response:
        """What you asked for in the last 30 days, without the reports of its sources. Who has the
        scope `admin` sees everybody's."""
        who = _asker()
        owner = None if Scope.ADMIN in who.scopes else who.owner
        told = [_told(job, uploads) | {"sources": []} for job in uploads.queue.jobs(owner, limit)]
        return JSONResponse(told, headers=_HEADERS)

    @router.get(
        "/jobs/{job_id}",
        summary="How far a job is",
        responses={200: answer("The job.", JOB_EXAMPLE), 404: UNKNOWN, **_RESPONSES},
    )
    def job(job_id: str) -> Response:
        """Its `state` (`queued`, `waiting` for another writer, `running`, `done`, `failed`,
        `cancelled`), and for each source in it the report that `kg ingest --json` gives. It is
        kept for 30 days, for whoever asked for it."""
        found = _own(uploads, _asker(), job_id)
        headers = _HEADERS if found.state.is_end else {**_HEADERS, "Retry-After": _POLL_S}
        return JSONResponse(_told(found, uploads), headers=headers)

    @router.delete(
        "/jobs/{job_id}",
        summary="Cancel a job",
        responses={200: answer("The job.", JOB_EXAMPLE), 404: UNKNOWN, **_RESPONSES},
    )
    def cancel(job_id: str, request: Request) -> Response:
        """It ends before the next source; what was taken before stays. One that has ended stays
        as it is."""
        who = _asker()
        found = _own(uploads, who, job_id)
        if not found.state.is_end:
            uploads.audit.write(entry_of(request, who, "cancel", [found.id], "accepted"))
            uploads.queue.cancel(found)
            uploads.wake()
        return JSONResponse(_told(found, uploads), headers=_HEADERS)

    return router


def _asker() -> Caller:
    """Who may have jobs. Raises HttpError."""
    who = caller()
    return who if Scope.ADMIN in who.scopes else require(Scope.WRITE)


def _told(job: Job, uploads: Uploads) -> dict[str, object]:
    if job.state.is_end:
        return job.as_json()
    return job.as_json(sum(id_ < job.id for id_ in uploads.queue.waiting()))


def _own(uploads: Uploads, who: Caller, job_id: str) -> Job:
    """A job that the caller may look at; others are not there for them. Raises NotKnown."""
    job = uploads.queue.job(job_id)
    if job is None or not (job.owner == who.owner or Scope.ADMIN in who.scopes):
        raise NotKnown("there is no such job of yours; /jobs lists those that are")
    return job
