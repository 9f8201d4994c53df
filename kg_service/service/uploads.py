"""Uploading and withdrawing sources over HTTP: /sources by POST, PUT and DELETE."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from kg_service.access.audit import AuditLog, Entry
from kg_service.access.caller import Caller, Scope
from kg_service.errors import NotKnown, UsageError
from kg_service.service.auditing import address_of, audited, request_id
from kg_service.service.context import ServiceContext
from kg_service.service.errors import HttpError
from kg_service.service.openapi import BAD, UNKNOWN, Operation, answer, error
from kg_service.service.upload_form import Received, receive_form
from kg_service.service.upload_options import asked_of, given_id
from kg_service.uploads.jobs import Job, Kind
from kg_service.uploads.queue import JobQueue
from kg_service.uploads.rules import UploadRules

NO_SCOPE = error("No scope to write.", "insufficient-scope", "this needs the scope write, ...")
NOT_SIGNED_IN = error("No credentials.", "no-credentials", "this needs the scope write: send ...")
TOO_LARGE = error("Too much.", "too-large", "a file may have 536,870,912 bytes, ...")
TOO_MANY = error("Too many of your jobs have not ended.", "too-many-jobs", "50 of your jobs ...")
JOB_EXAMPLE = {
    "id": "20261121155536123456-3f9a1c04be77",
    "kind": "ingest",
    "state": "queued",
    "message": None,
    "ahead": 0,
    "files": [{"name": "crate.zip", "bytes": 18230, "sha256": "9f86d081884c7d65..."}],
    "sources": [],
    "summary": {"added": 0, "replaced": 0, "unchanged": 0, "refused": 0, "passedOver": 0},
}
_ACCEPTED = answer("Accepted: what becomes of it is told at Location.", JOB_EXAMPLE)
_RESPONSES: dict[int | str, Operation] = {
    202: _ACCEPTED,
    400: BAD,
    401: NOT_SIGNED_IN,
    403: NO_SCOPE,
    404: UNKNOWN,
    413: TOO_LARGE,
    429: TOO_MANY,
}
_TEXT: Operation = {"type": "string"}
_FORM: Operation = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "One or many files; several folders as a zip.",
                        },
                        "id": {**_TEXT, "description": "The id of the (one) source, by POST."},
                        "format": {**_TEXT, "description": "Refuse what is of another one."},
                        "visibility": {
                            "type": "string",
                            "enum": ["public", "internal", "restricted"],
                            "description": "Goes before what the source says itself.",
                        },
                        "groups": {**_TEXT, "description": "Of those you are in; with commas."},
                        "embargo": {**_TEXT, "format": "date", "description": "Public from then."},
                    },
                }
            }
        },
    }
}


@dataclass(frozen=True)
class Uploads:
    """Where what is asked for goes, on what rules, and who is told that there is something."""

    queue: JobQueue
    rules: UploadRules
    audit: AuditLog
    wake: Callable[[], None]

    def longest_body(self, method: str, path: str) -> int | None:
        """The most bytes that a request for an upload may have; None for other requests."""
        is_upload = method in ("POST", "PUT") and path.startswith("/sources")
        # beside the files a form has a few fields, and what stands between them
        return self.rules.request_bytes + 1024 * 1024 if is_upload else None


def uploads_router(context: ServiceContext, uploads: Uploads) -> APIRouter:
    """The routes that take sources in and out."""
    router = APIRouter(tags=["Uploads"])

    @router.post(
        "/sources",
        summary="Upload sources",
        status_code=202,
        responses=_RESPONSES,
        openapi_extra=_FORM,
    )
    async def post(request: Request) -> Response:
        """One or many files, which are read as `kg ingest` reads them, one upload after another.
        The answer names a job, which tells how far it is and what was found.

        What you upload has ids below `~OWNER/`, which `/me` tells; who has the scope `admin`
        gives any. The same id again, or the same identifier in the source, is a new version.
        """

        async def received(who: Caller) -> Response:
            return await _receive(request, uploads, who, None)

        return await audited(request, uploads.audit, Scope.WRITE, "upload", [], received)

    @router.put(
        "/sources/{source_id:path}",
        summary="Upload a source under an id",
        status_code=202,
        responses=_RESPONSES,
        openapi_extra=_FORM,
    )
    async def put(source_id: str, request: Request) -> Response:
        """A source of yours, or a new version of it: its id begins with `~OWNER/`. Replacing
        others' needs the scope `admin`. The form is that of `POST /sources`, without `id`."""

        async def received(who: Caller) -> Response:
            await to_thread.run_sync(_must_be_own, context, who, source_id)
            return await _receive(request, uploads, who, source_id)

        return await audited(request, uploads.audit, Scope.WRITE, "upload", [source_id], received)

    @router.delete(
        "/sources/{source_id:path}",
        summary="Withdraw a source",
        status_code=202,
        responses=_RESPONSES,
    )
    async def delete(
        source_id: str,
        request: Request,
        because: Annotated[str, Query(description="Why; it is kept and shown.", min_length=1)],
    ) -> Response:
        """Its statements go; that it was there, and why it went, stays. For a source of yours;
        for others' the scope `admin` is needed."""

        async def accepted(who: Caller) -> Response:
            await to_thread.run_sync(_must_be_own, context, who, source_id)
            if not because.strip():
                raise UsageError("say why (because): whoever misses the source will want to know")
            asked = {"source": source_id, "because": because.strip(), "by": f"~{who.owner}"}
            job = new_job(Kind.WITHDRAW, who, request, asked)
            return await to_thread.run_sync(accept_bare, request, uploads, job, [source_id])

        return await audited(request, uploads.audit, Scope.WRITE, "withdraw", [source_id], accepted)

    return router


async def _receive(
    request: Request, uploads: Uploads, who: Caller, source_id: str | None
) -> Response:
    await to_thread.run_sync(_must_have_room, uploads, who.owner)
    job = new_job(Kind.INGEST, who, request, {})
    with uploads.queue.receiving(job) as folder:
        form = await receive_form(request, folder, uploads.rules)
        if not form.files:
            raise UsageError("there is no file in the form: send one as --form file=@crate.zip")
        asked = asked_of(form.fields, who, source_id, uploads.rules.visibility)
        return await to_thread.run_sync(_accept, request, uploads, job, asked, form)


def _accept(
    request: Request, uploads: Uploads, job: Job, asked: dict[str, Any], form: Received
) -> Response:
    whole = Job(**{**vars(job), "asked": asked, "files": tuple(form.files)})
    _log_acceptance(uploads, whole, [file["name"] for file in form.files])
    uploads.queue.accept(whole)
    uploads.wake()
    return accepted_answer(request, uploads, whole)


def accept_bare(request: Request, uploads: Uploads, job: Job, what: list[str]) -> Response:
    """Take in a job that has no files; ``what`` it changes. Raises HttpError 429, StoreError."""
    _must_have_room(uploads, job.owner)
    with uploads.queue.receiving(job):
        _log_acceptance(uploads, job, what)
        uploads.queue.accept(job)
    uploads.wake()
    return accepted_answer(request, uploads, job)


def accepted_answer(request: Request, uploads: Uploads, job: Job) -> Response:
    """202, with where to look how far it is."""
    place = f"{request.scope.get('root_path', '')}/jobs/{job.id}"
    ahead = sum(id_ < job.id for id_ in uploads.queue.waiting())
    return JSONResponse(job.as_json(ahead), 202, headers={"Location": place})


def new_job(kind: Kind, who: Caller, request: Request, asked: dict[str, Any]) -> Job:
    """A job that a request asks for."""
    return Job.new(
        kind,
        who.name,
        who.owner,
        asked=asked,
        request=request_id(request),
        address=address_of(request),
    )


def _log_acceptance(uploads: Uploads, job: Job, what: list[str]) -> None:
    """Before it is accepted: what can not be logged is not done. Raises StoreError."""
    uploads.audit.write(
        Entry(
            job.who,
            job.kind.value,
            "http",
            what,
            "accepted",
            json.dumps(job.asked),
            job.address,
            job.request,
            job.id,
        )
    )


def _must_have_room(uploads: Uploads, owner: str) -> None:
    most = uploads.rules.open_jobs
    if sum(job.owner == owner for job in uploads.queue.open_jobs()) >= most:
        raise HttpError(
            429,
            "too-many-jobs",
            f"{most} of your jobs have not ended: wait for some of them (GET /jobs)",
            {"Retry-After": "30"},
        )


def _must_be_own(context: ServiceContext, who: Caller, source_id: str) -> None:
    """Whether the caller may change a source. What they can not see is not there for them.

    Raises HttpError 403, NotKnown, UsageError.
    """
    given_id(source_id)
    if Scope.ADMIN in who.scopes or (who.owner and source_id.startswith(f"~{who.owner}/")):
        return
    if any(record.id == source_id for record in context.sources()):
        raise HttpError(
            403,
            "not-yours",
            f"{source_id} is not yours: yours begin with ~{who.owner}/, and others' need the "
            "scope admin",
        )
    raise NotKnown(f"you have no source {source_id!r}: yours begin with ~{who.owner}/")
