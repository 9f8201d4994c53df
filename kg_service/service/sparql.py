"""The SPARQL endpoint: SPARQL 1.1 Protocol, queries only."""

from __future__ import annotations

import os

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
)

from kg_service.errors import StoreError, UsageError
from kg_service.service import sparql_page
from kg_service.service.context import ServiceContext
from kg_service.service.errors import HttpError
from kg_service.service.negotiate import best
from kg_service.service.openapi import SPARQL_GET, SPARQL_POST, SPARQL_RESPONSES
from kg_service.service.sparql_description import describe_service
from kg_service.service.sparql_formats import GRAPHS, HTML, SOLUTIONS, Chosen, choose, header
from kg_service.service.sparql_request import read_request
from kg_service.store.port import QueryResult
from kg_service.store.sparql_text import query_form, refuse_calls_out


def sparql_router(context: ServiceContext) -> APIRouter:
    """The routes of ``/sparql``."""
    router = APIRouter(tags=["SPARQL"])
    # queries run in threads; these are its own, so that many of them do not stop the other doors
    threads = CapacityLimiter(max(4, 2 * (os.cpu_count() or 1)))

    @router.get(
        "/sparql",
        summary="Ask a SPARQL query, or for the service description",
        responses=SPARQL_RESPONSES,
        response_class=Response,
        openapi_extra=SPARQL_GET,
    )
    @router.post(
        "/sparql",
        summary="Ask a SPARQL query",
        responses=SPARQL_RESPONSES,
        response_class=Response,
        openapi_extra=SPARQL_POST,
    )
    async def sparql(request: Request) -> Response:
        """SPARQL 1.1 Protocol, read only. Updates and SERVICE are refused.

        The default graph is the union of all named graphs. Without a query, the answer is the
        service description, or for a browser a form.
        """
        asked = await read_request(request)
        accept = request.headers.get("accept")
        root = request.scope.get("root_path", "")
        if asked.query is None:
            return _without_query(context, accept, root)
        query = asked.query
        return await to_thread.run_sync(
            lambda: _answer(context, query, accept, asked.formats, root), limiter=threads
        )

    return router


def _without_query(context: ServiceContext, accept: str | None, root: str) -> Response:
    pages = [HTML] if accept and HTML in accept else []
    graphs = [media_type for row in GRAPHS for media_type in row.media_types]
    media_type = best(accept, [*pages, *graphs])
    if media_type is None:
        raise UsageError("no query: give it as the parameter 'query'")
    if media_type == HTML:
        return sparql_page.form_page(root)
    writes = choose(GRAPHS, media_type, ()).writes
    assert isinstance(writes, RdfFormat)
    return Response(describe_service(context.base, writes), media_type=header(media_type))


def _answer(
    context: ServiceContext, query: str, accept: str | None, named: tuple[str, ...], root: str
) -> Response:
    refuse_calls_out(query)
    is_graph = query_form(query) in ("CONSTRUCT", "DESCRIBE")
    chosen = choose(GRAPHS if is_graph else SOLUTIONS, accept, named, html=True)
    try:
        result = context.now().reader.query(query)
        if chosen.writes is None:
            return sparql_page.answer_page(query, result, root)
        return Response(_written(result, chosen), media_type=header(chosen.media_type))
    except OSError as error:
        raise StoreError(f"the store can not be read: {error}") from error
    except RuntimeError as error:
        raise UsageError(f"the SPARQL query can not be evaluated: {error}") from error


def _written(result: QueryResult, chosen: Chosen) -> bytes:
    writes = chosen.writes
    try:
        if isinstance(result, QueryTriples) and isinstance(writes, RdfFormat):
            return result.serialize(format=writes) or b""
        if isinstance(result, (QuerySolutions, QueryBoolean)) and isinstance(
            writes, QueryResultsFormat
        ):
            return result.serialize(format=writes) or b""
    except ValueError as error:
        raise HttpError(
            406, "not-acceptable", f"the answer can not be written as {chosen.media_type}: {error}"
        ) from error
    raise UsageError("the query's form can not be told from its text")
