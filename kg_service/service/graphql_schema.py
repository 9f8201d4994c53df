"""The GraphQL schema: from specimens to results and back, and who says so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import islice
from typing import Annotated, TypeVar

import strawberry
from graphql import GraphQLError
from starlette.concurrency import run_in_threadpool
from strawberry.extensions import (
    MaskErrors,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    QueryDepthLimiter,
)
from strawberry.fastapi import BaseContext
from strawberry.types import ExecutionContext, Info

from kg_service.errors import KgError, UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy as PolicyOfLinks
from kg_service.lineage import model
from kg_service.questions import ask as ask_question
from kg_service.questions import question_named
from kg_service.service.context import ServiceContext
from kg_service.service.errors import UNEXPECTED, code_of
from kg_service.service.graphql_types import (
    ID_MEANS,
    Direction,
    Ends,
    Given,
    Granularity,
    Lineage,
    Link,
    Policy,
    Question,
    Source,
    Table,
    Thing,
)
from kg_service.service.rest import DEEPEST, MOST_NODES

DEEPEST_QUERY = 10
MOST_ALIASES = 20
MOST_TOKENS = 2000
MOST_LISTED = 1000
_log = logging.getLogger(__name__)

Value = TypeVar("Value")
Id = Annotated[strawberry.ID, strawberry.argument(description=ID_MEANS)]


class GraphQLContext(BaseContext):
    """What resolvers are given: the service's context."""

    def __init__(self, service: ServiceContext) -> None:
        super().__init__()
        self.service = service


Asked = Info[GraphQLContext, None]


async def _answered(info: Asked, make: Callable[[KnowledgeGraph], Value]) -> Value:
    """Make an answer in a thread, from one state of the graph; its errors get a code."""

    def run() -> Value:
        try:
            return make(info.context.service.now())
        except KgError as error:
            code, _status = code_of(error)
            raise GraphQLError(str(error), extensions={"code": code}) from error

    return await run_in_threadpool(run)


def _checked(value: int | None, name: str, highest: int) -> int | None:
    if value is not None and not 0 <= value <= highest:
        raise UsageError(f"{name} must be from 0 to {highest}, not {value}")
    return value


async def specimens(
    info: Asked,
    first: Annotated[
        int, strawberry.argument(description=f"At most so many, up to {MOST_LISTED}.")
    ] = 100,
    search: Annotated[
        str | None,
        strawberry.argument(description="Only those with this text in a name or identifier."),
    ] = None,
) -> list[Thing]:
    def make(_graph: KnowledgeGraph) -> list[Thing]:
        _checked(first, "first", MOST_LISTED)
        found = info.context.service.keep("specimens", lambda graph: graph.specimens())
        wanted = (search or "").casefold()
        matching = [
            thing
            for thing in found
            if any(wanted in text.casefold() for text in (thing.label, *thing.identifiers))
        ]
        return [Thing.of(thing) for thing in matching[:first]]

    return await _answered(info, make)


async def entity(info: Asked, id: Id) -> Thing | None:
    return await _answered(info, lambda graph: Thing.of(graph.thing(graph.resolve(id))))


async def lineage(
    info: Asked,
    id: Id,
    direction: Annotated[
        Direction, strawberry.argument(description="To origins, to results, or both.")
    ] = Direction.BOTH,
    depth: Annotated[
        int | None,
        strawberry.argument(description="At most so many steps; without it, all of them."),
    ] = None,
    granularity: Annotated[
        Granularity, strawberry.argument(description="Single steps, or whole runs.")
    ] = Granularity.STEP,
    policy: Annotated[
        Policy, strawberry.argument(description="Which evidence may join sources.")
    ] = Policy.DEFAULT,
) -> Lineage | None:
    def make(graph: KnowledgeGraph) -> Lineage:
        request = model.Request(
            graph.resolve(id),
            model.Direction[direction.name],
            depth=_checked(depth, "depth", DEEPEST),
            limit=MOST_NODES,
            policy=PolicyOfLinks[policy.name],
            granularity=model.Granularity[granularity.name],
        )
        return Lineage.of(graph.view(graph.lineage(request)))

    return await _answered(info, make)


async def results_of_specimen(info: Asked, id: Id) -> Ends | None:
    return await _answered(info, lambda graph: Ends.of(graph.results(graph.resolve(id))))


async def specimens_of_result(info: Asked, id: Id) -> Ends | None:
    return await _answered(info, lambda graph: Ends.of(graph.specimens_of(graph.resolve(id))))


async def links(info: Asked, id: Id) -> list[Link] | None:
    def make(graph: KnowledgeGraph) -> list[Link]:
        found = graph.links(graph.resolve(id))
        return [Link.of(link) for link in islice(found, MOST_LISTED)]

    return await _answered(info, make)


async def sources(info: Asked) -> list[Source]:
    service = info.context.service
    return await _answered(info, lambda _graph: [Source.of(r) for r in service.sources()])


async def questions(info: Asked) -> list[Question]:
    return [Question.of(question) for question in info.context.service.questions]


async def ask(
    info: Asked,
    id: Annotated[strawberry.ID, strawberry.argument(description="The question's id.")],
    parameters: Annotated[
        list[Given] | None, strawberry.argument(description="Values for its parameters.")
    ] = None,
) -> Table | None:
    def make(graph: KnowledgeGraph) -> Table:
        question = question_named(info.context.service.questions, id)
        given = {parameter.name: parameter.value for parameter in parameters or []}
        return Table.of(ask_question(graph.reader, question, given, graph.resolve))

    return await _answered(info, make)


@strawberry.type(description="All that can be asked.")
class Query:
    specimens: list[Thing] = strawberry.field(
        resolver=specimens, description="The materials at which histories start, by name."
    )
    entity: Thing | None = strawberry.field(
        resolver=entity,
        description="One thing: a specimen, a dataset, a file, an activity. "
        "An id that is not known gives null, and an error that says so.",
    )
    lineage: Lineage | None = strawberry.field(
        resolver=lineage,
        description="What a thing came from and what came of it, with who says so. At most "
        f"{MOST_NODES} nodes; 'complete' tells whether there are more.",
    )
    results_of_specimen: Ends | None = strawberry.field(
        resolver=results_of_specimen, description="The data that come from a specimen or sample."
    )
    specimens_of_result: Ends | None = strawberry.field(
        resolver=specimens_of_result, description="The specimens that a result goes back to."
    )
    links: list[Link] | None = strawberry.field(
        resolver=links,
        description="What is the same as a thing in other sources, on what evidence. At most "
        f"{MOST_LISTED} links.",
    )
    sources: list[Source] = strawberry.field(
        resolver=sources, description="What was ingested, by id."
    )
    questions: list[Question] = strawberry.field(
        resolver=questions, description="The questions that can be asked by name."
    )
    ask: Table | None = strawberry.field(
        resolver=ask, description="The answer to one of the questions."
    )


class KgSchema(strawberry.Schema):
    """A schema that logs only errors which are its own fault."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        for error in errors:
            if _is_unexpected(error):
                _log.error("unexpected error in GraphQL", exc_info=error.original_error)


def _is_unexpected(error: GraphQLError) -> bool:
    """Whether it came from the service's code, not from a KgError or the query itself."""
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


def make_schema() -> KgSchema:
    """The schema; it is the same for every graph."""
    return KgSchema(
        query=Query,
        extensions=[
            lambda: MaskErrors(should_mask_error=_is_unexpected, error_message=UNEXPECTED),
            lambda: QueryDepthLimiter(max_depth=DEEPEST_QUERY),
            lambda: MaxAliasesLimiter(max_alias_count=MOST_ALIASES),
            lambda: MaxTokensLimiter(max_token_count=MOST_TOKENS),
        ],
    )
