"""The HTTP service, built in one place from what it is given; nothing happens on import."""

from __future__ import annotations

import errno
import gc
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware

from kg_service import __version__
from kg_service.access.authority import Authority
from kg_service.errors import UsageError
from kg_service.service.alignment import alignment_router
from kg_service.service.answers import Terse
from kg_service.service.compression import Compressed
from kg_service.service.conditional import ConditionalAnswers
from kg_service.service.context import ServiceContext
from kg_service.service.crawling import crawling_router
from kg_service.service.decisions import decisions_router
from kg_service.service.drain import Drain, DrainingServer
from kg_service.service.entities import entities_router
from kg_service.service.errors import add_error_answers
from kg_service.service.examples import examples_router
from kg_service.service.exports import exports_router
from kg_service.service.graph_store import graph_store_router
from kg_service.service.graphql_http import graphql_router
from kg_service.service.jobs import jobs_router
from kg_service.service.limits import BodyLimits
from kg_service.service.links import links_router
from kg_service.service.linksets import linksets_router
from kg_service.service.login import Login
from kg_service.service.me import me_router
from kg_service.service.methods import CommonHeaders, HeadAndOptions
from kg_service.service.metrics import Metrics, metrics_router
from kg_service.service.observing import Observing, RouteNoted
from kg_service.service.offline_docs import offline_app
from kg_service.service.openapi import DESCRIPTION, TAGS, TITLE
from kg_service.service.pages import pages_router
from kg_service.service.parameters import only_known
from kg_service.service.queries import queries_router
from kg_service.service.readiness import readiness_router
from kg_service.service.rest import rest_router
from kg_service.service.search import search_router
from kg_service.service.security import SecurityHeaders
from kg_service.service.sources import sources_router
from kg_service.service.sparql import sparql_router
from kg_service.service.tracing import tracing_router
from kg_service.service.uploads import Uploads, uploads_router
from kg_service.service.versions import versions_router
from kg_service.service.void import void_router

__all__ = ["ServiceContext", "create_app", "run", "settle"]

_SHUTDOWN_S = 10
NOBODY_KNOWN = Authority()
_OBJECTS_BEFORE_LOOKING = 50_000
# what scripts of other sites may read of an answer, beside what they always may
_EXPOSED = (
    "Allow",
    "Content-Location",
    "ETag",
    "Kg-Complete",
    "Kg-Sources",
    "Link",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
    "X-Total-Count",
)


def create_app(
    context: ServiceContext,
    authority: Authority = NOBODY_KNOWN,
    uploads: Uploads | None = None,
    drain: Drain | None = None,
) -> FastAPI:
    """The service over one graph. By default nobody has credentials, and nothing is uploaded.

    ``drain`` tells when it is about to stop.
    """
    metrics = Metrics()
    app = offline_app(
        title=TITLE,
        description=DESCRIPTION,
        version=__version__,
        openapi_tags=TAGS,
        dependencies=[Depends(only_known)],
    )
    add_error_answers(app)
    for router in (
        pages_router(context),
        sparql_router(context),
        graph_store_router(context),
        graphql_router(context),
        queries_router(context),
        examples_router(context),
        sources_router(context),
        versions_router(context),
        entities_router(context),
        linksets_router(context),
        void_router(context),
        crawling_router(context),
        alignment_router(context),
        rest_router(context),
        readiness_router(context, drain or Drain()),
        metrics_router(context, metrics),
        tracing_router(context),
        exports_router(context),
        search_router(context),
        links_router(context),
        me_router(),
    ):
        app.include_router(router)
    if uploads is not None:
        app.include_router(uploads_router(context, uploads))
        app.include_router(jobs_router(uploads))
        app.include_router(decisions_router(context, uploads))
    app.add_middleware(RouteNoted)
    app.add_middleware(ConditionalAnswers, context=context)
    app.add_middleware(Compressed)
    app.add_middleware(HeadAndOptions)
    app.add_middleware(Login, authority=authority)
    app.add_middleware(BodyLimits, longest=uploads.longest_body if uploads else None)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(CommonHeaders)
    # the last that is added is the first that is asked; it answers preflight requests by itself
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"],
        # Authorization too; but no cookies, which a browser would send by itself
        allow_headers=["*"],
        expose_headers=_EXPOSED,
    )
    app.add_middleware(Observing, metrics=metrics)
    return app


def run(
    context: ServiceContext,
    host: str,
    port: int,
    authority: Authority = NOBODY_KNOWN,
    uploads: Uploads | None = None,
    drain_s: float = 0,
) -> None:
    """Serve until stopped; requests under way are finished first. Raises UsageError.

    Told to stop, it says so at ``/ready`` for some seconds, for load balancers to turn away.
    """
    listening, drain = _listen(host, port), Drain()
    config = uvicorn.Config(
        create_app(context, authority, uploads, drain),
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    logging.getLogger("uvicorn.error").addFilter(Terse())
    settle()
    with listening, _stopping_is_no_error():
        DrainingServer(config, drain, drain_s).run(sockets=[listening])


def settle() -> None:
    """Prepare the process for answers that are made of some 10,000 objects each.

    What is there now stays: the garbage of answers is found without looking through it, and
    is looked for less often than while there is little of it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BEFORE_LOOKING)


class _Stopped(BaseException):
    """The process was told to end."""


@contextmanager
def _stopping_is_no_error() -> Iterator[None]:
    """uvicorn raises the signal that stopped it once more when it has ended; that is let pass."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except (KeyboardInterrupt, _Stopped):
        return
    finally:
        signal.signal(signal.SIGTERM, before)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens, opened before the server starts, so that errors can be explained."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
        # connections have it from here, as asyncio does not see that they are TCP: without it the
        # last part of an answer waits for the client's acknowledgement, 40 ms
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} of {host} is taken; stop what listens there, or give another --port"
            ) from error
        raise UsageError(f"can not listen at {host}, port {port}: {error}") from error
