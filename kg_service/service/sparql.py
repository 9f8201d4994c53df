"""The SPARQL endpoint: SPARQL 1.1 Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from io import BufferedReader

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from pyoxigraph import (
    QueryResultsFormat,
    RdfFormat,
    parse,
    parse_query_results,
)

from kg_service.errors import KgError, StoreError, UsageError
from kg_service.querying.query import Answer, Kind, NoFormat, Query, Stop, without_frames
from kg_service.querying.spooled import Pieces
from kg_service.service import sparql_page
from kg_service.service.answers import AnswerResponse, begin
from kg_service.service.callers import caller
from kg_service.service.context import ServiceContext
from kg_service.service.errors import HttpError
from kg_service.service.negotiate import best
from kg_service.service.openapi import SPARQL_GET, SPARQL_POST, SPARQL_RESPONSES
from kg_service.service.sparql_description import describe_service
from kg_service.service.sparql_formats import GRAPHS, HTML, SOLUTIONS, Chosen, choose, header
from kg_service.service.sparql_request import Asked, read_request
from kg_service.service.sparql_update import update_graph

_THREADS = 500  # each waits for a worker or its next piece; how many there are, the engine limits


def sparql_router(context: ServiceContext) -> APIRouter:
    """The routes of ``/sparql``."""
    router = APIRouter(tags=["SPARQL"])
    threads = CapacityLimiter(_THREADS)

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
        """SPARQL 1.1 Protocol. SERVICE is refused, and updates unless they are switched on.

        The default graph is the union of all named graphs. Without a query, the answer is the
        service description, or for a browser a form. A query that meets a limit has an error
        for answer; where its answer had begun, the connection is closed before the end.
        """
        asked = await read_request(request, updates=context.updates is not None)
        if asked.update is not None:
            return await update_graph(context, request, asked.update, threads)
        if asked.query is None:
            return _without_query(context, request)
        formats = _Formats.of(asked, request.headers.get("accept"))
        query = Query(asked.query, formats.solutions_format, formats.graph_format, asked.dataset)
        stop = Stop()
        try:
            answer = await begin(request, context.query_engine, query, threads, stop)
        except NoFormat as error:
            raise formats.refusal(error.kind) from error
        chosen = formats.chosen(answer.kind)
        if chosen.writes is None:
            root = request.scope.get("root_path", "")
            text = asked.query
            return await to_thread.run_sync(lambda: _page(text, answer, root), limiter=threads)
        response = AnswerResponse(answer, header(chosen.media_type), threads, stop)
        if caller().groups:  # else the tier holds all that they see
            response.headers.update(
                await to_thread.run_sync(context.sparql_headers, limiter=threads)
            )
        return response

    return router


@dataclass(frozen=True)
class _Formats:
    """The format for each kind of answer, or why there is none: which kind is not known yet."""

    solutions: Chosen | HttpError
    graph: Chosen | HttpError

    @classmethod
    def of(cls, asked: Asked, accept: str | None) -> _Formats:
        found: list[Chosen | HttpError] = []
        for table in (SOLUTIONS, GRAPHS):
            try:
                found.append(choose(table, accept, asked.formats, html=True))
            except HttpError as error:
                found.append(error)
        return cls(*found)

    @property
    def solutions_format(self) -> QueryResultsFormat | None:
        if isinstance(self.solutions, HttpError):
            return None
        writes = self.solutions.writes or QueryResultsFormat.JSON
        assert isinstance(writes, QueryResultsFormat)
        return writes

    @property
    def graph_format(self) -> RdfFormat | None:
        if isinstance(self.graph, HttpError):
            return None
        writes = self.graph.writes or RdfFormat.N_TRIPLES
        assert isinstance(writes, RdfFormat)
        return writes

    def chosen(self, kind: Kind) -> Chosen:
        found = self.graph if kind is Kind.GRAPH else self.solutions
        assert isinstance(found, Chosen)
        return found

    def refusal(self, kind: Kind) -> HttpError:
        found = self.graph if kind is Kind.GRAPH else self.solutions
        assert isinstance(found, HttpError)
        return found


def _without_query(context: ServiceContext, request: Request) -> Response:
    accept = request.headers.get("accept")
    pages = [HTML] if accept and HTML in accept else []
    graphs = [media_type for row in GRAPHS for media_type in row.media_types]
    media_type = best(accept, [*pages, *graphs])
    if media_type is None:
        raise UsageError("no query: give it as the parameter 'query'")
    if media_type == HTML:
        return sparql_page.form_page(request.scope.get("root_path", ""))
    writes = choose(GRAPHS, media_type, ()).writes
    assert isinstance(writes, RdfFormat)
    return Response(
        describe_service(context.base, writes, updates=context.updates is not None),
        media_type=header(media_type),
    )


def _page(query: str, answer: Answer, root: str) -> Response:
    """The first of an answer as a page; it is read no further."""
    pieces = Pieces(answer.pieces())
    failure: KgError
    try:
        return sparql_page.answer_page(query, _parsed(pieces, answer.kind), root)
    except KgError as error:
        failure = without_frames(error)
    except (SyntaxError, ValueError, OSError) as error:
        failure = StoreError(f"the answer can not be read: {error}")
        if isinstance(pieces.failure, KgError):
            failure = without_frames(pieces.failure)
    finally:
        answer.close()
    raise failure


def _parsed(pieces: Pieces, kind: Kind) -> sparql_page.Shown:
    text = BufferedReader(pieces)
    if kind is Kind.GRAPH:
        return (quad.triple for quad in parse(text, RdfFormat.N_TRIPLES))
    return parse_query_results(text, QueryResultsFormat.JSON)
