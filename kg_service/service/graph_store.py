"""SPARQL 1.1 Graph Store HTTP Protocol, reads: one graph, or the union of all."""

from __future__ import annotations

from typing import Annotated

from anyio import CapacityLimiter
from fastapi import APIRouter, Request, Response
from fastapi import Query as InQuery
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat

from kg_service.errors import NotKnown, UsageError
from kg_service.querying.query import Query, Stop
from kg_service.service.answers import AnswerResponse, begin
from kg_service.service.context import ServiceContext
from kg_service.service.openapi import BAD, NO_STORE, UNKNOWN, Operation, answer
from kg_service.service.sparql_formats import GRAPHS, choose, header
from kg_service.store.dataset import Dataset

_ANY = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_THREADS = 100
_HEAD_AND_ROW = 2
_TOLD = "<http://example.org/a> <http://www.w3.org/ns/prov#used> <http://example.org/b> ."
_RESPONSES: dict[int | str, Operation] = {
    200: answer("The graph's statements, in any of the RDF formats.", _TOLD, "text/turtle"),
    400: BAD,
    404: UNKNOWN,
    503: NO_STORE,
}


def graph_store_router(context: ServiceContext) -> APIRouter:
    """``/rdf-graph-store``, and the graphs whose IRIs the service mints, at these."""
    router = APIRouter(tags=["SPARQL"])
    threads = CapacityLimiter(_THREADS)

    @router.get(
        "/rdf-graph-store",
        summary="Read a graph",
        responses=_RESPONSES,
        response_class=Response,
    )
    async def graph_store(
        request: Request,
        graph: Annotated[
            str | None,
            InQuery(
                description="The IRI of a named graph.",
                examples=["https://w3id.org/kg-service/graph/catalogue"],
            ),
        ] = None,
        default: Annotated[
            str | None, InQuery(description="The default graph: the union of all; has no value.")
        ] = None,
        format_: Annotated[
            str | None, InQuery(alias="format", description="A format, as for `/sparql`.")
        ] = None,
    ) -> Response:
        """Graph Store Protocol, read only: `?graph=IRI` or `?default`. A graph that holds nothing
        is one that is not there."""
        if (graph is None) is (default is None):
            raise UsageError("name one graph: ?graph=IRI, or ?default for the union of all")
        return await _graph(context, request, threads, graph, format_)

    @router.get(
        "/graph/{path:path}",
        summary="Read a graph at its own address",
        responses=_RESPONSES,
        response_class=Response,
    )
    async def graph_itself(
        request: Request,
        path: str,
        format_: Annotated[
            str | None, InQuery(alias="format", description="A format, as for `/sparql`.")
        ] = None,
    ) -> Response:
        """Direct graph identification: the IRI of a source's graph is an address of this service.

        `/sources/{id}` names the graphs of a source.
        """
        # as it was written: an id in it may hold what is percent-encoded
        raw = request.scope.get("raw_path") or request.url.path.encode()
        written = raw.decode("ascii").partition("?")[0]
        root = request.scope.get("root_path", "")
        return await _graph(context, request, threads, context.base + written[len(root) :], format_)

    return router


async def _graph(
    context: ServiceContext,
    request: Request,
    threads: CapacityLimiter,
    graph: str | None,
    named_format: str | None,
) -> Response:
    """The statements of a graph, None for the union. Raises NotKnown where there are none."""
    chosen = choose(GRAPHS, request.headers.get("accept"), (named_format or "",))
    assert isinstance(chosen.writes, RdfFormat)
    stop = Stop()
    dataset = None
    if graph is not None:
        dataset = Dataset((_iri(graph),), ())
        any_ = Query(_ANY, solutions=QueryResultsFormat.CSV, dataset=dataset)
        found = await begin(request, context.query_engine, any_, threads, Stop())
        if b"".join(found.pieces()).count(b"\n") < _HEAD_AND_ROW:
            raise NotKnown(f"there is no graph <{graph}>; /sources/ID names those of a source")
    all_ = Query(_ALL, graph=chosen.writes, dataset=dataset)
    told = await begin(request, context.query_engine, all_, threads, stop)
    return AnswerResponse(told, header(chosen.media_type), threads, stop)


def _iri(graph: str) -> str:
    try:
        return NamedNode(graph).value
    except ValueError as error:
        raise UsageError(f"graph={graph!r} is no absolute IRI: {error}") from error
