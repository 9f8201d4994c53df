"""/graphql: GraphQL over HTTP, and its editor for browsers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.routing import APIRoute
from strawberry.fastapi import GraphQLRouter

from kg_service.service.context import ServiceContext
from kg_service.service.errors import HttpError
from kg_service.service.graphql_schema import GraphQLContext, make_schema
from kg_service.service.offline_docs import graphiql_page
from kg_service.service.openapi import BAD, Operation, answer

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


class _Router(GraphQLRouter[GraphQLContext, None]):
    async def render_graphql_ide(self, request: Request) -> HTMLResponse:
        return graphiql_page(request.scope.get("root_path", ""))


class _Route(APIRoute):
    """Gives strawberry's own errors, which are plain text, the form of all errors."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            response = await handle(request)
            if isinstance(response, PlainTextResponse) and response.status_code >= 400:
                raise HttpError(response.status_code, "usage", bytes(response.body).decode())
            return response

        return handler


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
        route_class=_Route,
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
