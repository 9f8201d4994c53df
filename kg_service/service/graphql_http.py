"""/graphql: GraphQL over HTTP, and its editor for browsers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from strawberry.fastapi import GraphQLRouter

from kg_service.service.context import ServiceContext
from kg_service.service.graphql_schema import GraphQLContext, make_schema
from kg_service.service.offline_docs import graphiql_page


class _Router(GraphQLRouter[GraphQLContext, None]):
    async def render_graphql_ide(self, request: Request) -> HTMLResponse:
        return graphiql_page(request.scope.get("root_path", ""))


def graphql_router(context: ServiceContext) -> APIRouter:
    """The routes ``/graphql`` and ``/schema.graphql``."""
    schema = make_schema()
    sdl = schema.as_str() + "\n"

    def given() -> GraphQLContext:
        return GraphQLContext(context)

    router = APIRouter(tags=["GraphQL"])
    router.include_router(
        _Router(schema, path="/graphql", context_getter=given, subscription_protocols=())
    )

    @router.get("/schema.graphql", summary="The schema", response_class=PlainTextResponse)
    def published() -> PlainTextResponse:
        """The GraphQL schema in SDL, each type, field and argument with its description."""
        return PlainTextResponse(sdl)

    return router
