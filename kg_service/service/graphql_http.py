"""/graphql: GraphQL over HTTP, and its editor for browsers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.types import ExecutionResult

from kg_service.service.conditional import Tags
from kg_service.service.context import ServiceContext
from kg_service.service.errors import HttpError
from kg_service.service.graphql_schema import GraphQLContext, make_schema
from kg_service.service.offline_docs import graphiql_page
from kg_service.service.openapi import BAD, Operation, answer
from kg_service.service.persisted import NotPersisted, PersistedQueries

_QUERY = '{ resultsOfSpecimen(id: "barley-plant-01") { complete things { id label } } }'
_ANSWERED = {"data": {"resultsOfSpecimen": {"complete": True, "things": []}}}
_BODY: Operation = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["query"],
                    "properties": {
                        "query": {"type": "string"},
                        "variables": {"type": "object"},
                        "operationName": {"type": "string"},
                        "extensions": {
                            "type": "object",
                            "description": "persistedQuery: the query's SHA-256 in its place.",
                        },
                    },
                },
                "example": {"query": _QUERY},
            }
        },
    }
}
_PARAMETER: Operation = {
    "parameters": [
        {
            "name": "query",
            "in": "query",
            "description": "A GraphQL query. A browser gets the editor instead.",
            "schema": {"type": "string"},
            "example": _QUERY,
        }
    ]
}


class _Answer(Response):
    """An answer in JSON; one without errors may be kept until the store changes."""

    media_type = "application/json"
    without_errors = False


class _Router(GraphQLRouter[GraphQLContext, None]):
    _persisted = PersistedQueries()

    async def execute_single(
        self,
        request: Request,
        request_adapter: Any,
        sub_response: Response,
        context: GraphQLContext,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        try:
            query = self._persisted.meant(request_data.query, request_data.extensions)
        except NotPersisted as problem:
            return ExecutionResult(data=None, errors=[problem.error])
        meant = replace(request_data, query=query)
        return await super().execute_single(
            request, request_adapter, sub_response, context, root_value, meant
        )

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Not where a persisted query is asked for, which has no query."""
        told: bool = super().should_render_graphql_ide(request)
        return told and "extensions" not in request.query_params

    def create_response(
        self,
        response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse],
        sub_response: Response,
    ) -> Response:
        answer = _Answer(orjson.dumps(response_data), sub_response.status_code or 200)
        answer.headers.raw.extend(sub_response.headers.raw)
        told = response_data if isinstance(response_data, list) else [response_data]
        answer.without_errors = not any(data.get("errors") for data in told)
        return answer

    async def render_graphql_ide(self, request: Request) -> HTMLResponse:
        return graphiql_page(request.scope.get("root_path", ""))


def _route_class(context: ServiceContext) -> type[APIRoute]:
    """Routes that answer 304 where nothing has changed since the client asked the same.

    Strawberry's own errors, which are plain text, get the form of all errors.
    """
    tags = Tags(context)

    async def tag_of(request: Request) -> str | None:
        body = blake2b(await request.body()).hexdigest()
        accept = request.headers.get("accept", "")
        tag = await run_in_threadpool(tags.of, request.url.query, accept, body)
        return f'"{tag}"' if tag is not None else None

    class Route(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handler(request: Request) -> Response:
                tag = await tag_of(request)
                if tag is not None and tag in request.headers.get("if-none-match", ""):
                    return Response(status_code=304, headers=_kept(tag))
                response = await handle(request)
                if isinstance(response, PlainTextResponse) and response.status_code >= 400:
                    raise HttpError(response.status_code, "usage", bytes(response.body).decode())
                if tag is not None and isinstance(response, _Answer) and response.without_errors:
                    response.headers.update(_kept(tag))
                return response

            return handler

    return Route


def _kept(tag: str) -> dict[str, str]:
    return {"etag": tag, "cache-control": "no-cache", "vary": "Accept, Authorization"}


def graphql_router(context: ServiceContext) -> APIRouter:
    """The routes ``/graphql`` and ``/schema.graphql``."""
    schema = make_schema()
    sdl = schema.as_str() + "\n"

    def given() -> GraphQLContext:
        return GraphQLContext(context)

    graphql = _Router(
        schema,
        path="/graphql",
        context_getter=given,
        subscription_protocols=(),
        route_class=_route_class(context),
    )
    for route in graphql.routes:
        if isinstance(route, APIRoute):
            route.summary = "Ask in GraphQL"
            route.description = "GraphQL over HTTP; the schema is at `/schema.graphql`."
            route.responses = {200: answer("Data, errors or both.", _ANSWERED), 400: BAD}
            route.openapi_extra = _BODY if "POST" in (route.methods or ()) else _PARAMETER
    router = APIRouter(tags=["GraphQL"])
    router.include_router(graphql)

    @router.get("/schema.graphql", summary="The schema", response_class=PlainTextResponse)
    def published() -> PlainTextResponse:
        """The GraphQL schema in SDL, each type, field and argument with its description."""
        return PlainTextResponse(sdl)

    return router
