"""The GraphQL schema: from specimens to results and back, and who says so.

To add a field that wraps a method of ``KnowledgeGraph``: a resolver that returns
``from_graph(info, lambda graph: ...)``, and a line in ``Query``, or in ``LineageQuestions`` where
it walks.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import strawberry
from graphql import GraphQLError
from pyoxigraph import NamedNode
from strawberry.extensions import MaskErrors, MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.types import ExecutionContext

from kg_service.errors import NotKnown
from kg_service.graph import KnowledgeGraph
from kg_service.resolve import nodes_identified
from kg_service.search.held import Wanted
from kg_service.service.errors import UNEXPECTED
from kg_service.service.graphql_arguments import Id, Sources
from kg_service.service.graphql_context import (
    MOST_LISTED,
    Asked,
    GraphQLContext,
    answered,
    checked,
    from_graph,
)
from kg_service.service.graphql_limits import MOST_TOKENS, Limits
from kg_service.service.graphql_links import Link, links
from kg_service.service.graphql_lists import page_of
from kg_service.service.graphql_paging import LISTS_FIRST
from kg_service.service.graphql_projection import ProjectingExecutor
from kg_service.service.graphql_questions import Question, Table, ask, question, questions
from kg_service.service.graphql_things import (
    CONCRETE,
    ActivityConnection,
    After,
    First,
    Node,
    Source,
    Thing,
    ThingConnection,
)
from kg_service.service.graphql_tracing import LineageQuestions

__all__ = ["GraphQLContext", "make_schema"]

QUERIES_KEPT = 200
_log = logging.getLogger(__name__)


@strawberry.input(description="Which things: those that have all that is asked here.")
class ThingFilter:
    text: str | None = strawberry.field(
        default=None,
        description="Words, or beginnings of words, of names, identifiers and descriptions.",
    )
    kinds: list[str] | None = strawberry.field(
        default=None, description="Any of these kinds, such as Sample, Data or Activity."
    )
    sources: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Spoken of by any of these sources, by their ids."
    )
    identifier: str | None = strawberry.field(
        default=None, description="This persistent identifier, in any spelling."
    )


Filtered = Annotated[
    ThingFilter | None, strawberry.argument(description="Only things that have all of this.")
]


async def _wanted(info: Asked, asked: ThingFilter | None, kinds: frozenset[str]) -> Wanted:
    """What a list is asked for; ``kinds`` are those that it is a list of."""
    if asked is None:
        return Wanted(list_of=kinds)

    def make(graph: KnowledgeGraph) -> Wanted:
        iris = None
        if asked.identifier is not None:
            nodes = nodes_identified(graph.reader, asked.identifier)
            iris = frozenset(node.value for node in nodes)
        return Wanted(
            asked.text or "",
            frozenset(asked.kinds or ()),
            graph.source_ids(asked.sources or ()),
            iris,
            kinds,
        )

    return await from_graph(info, make)


def _list_of(*kinds_of_it: str) -> Callable[..., Awaitable[ThingConnection]]:
    kinds = frozenset(kinds_of_it)

    async def resolve(
        info: Asked, first: First = LISTS_FIRST, after: After = None, filter: Filtered = None
    ) -> ThingConnection:
        wanted = await _wanted(info, filter, kinds)
        return cast(ThingConnection, await page_of(info, wanted, first, after))

    return resolve


async def things(
    info: Asked, first: First = LISTS_FIRST, after: After = None, filter: Filtered = None
) -> ThingConnection:
    wanted = await _wanted(info, filter, frozenset())
    return cast(ThingConnection, await page_of(info, wanted, first, after))


async def activities(
    info: Asked, first: First = LISTS_FIRST, after: After = None, filter: Filtered = None
) -> ActivityConnection:
    wanted = await _wanted(info, filter, frozenset(["Activity"]))
    return cast(ActivityConnection, await page_of(info, wanted, first, after))


async def search(
    info: Asked,
    text: Annotated[
        str,
        strawberry.argument(
            description="Words, or beginnings of words; case and accents do not matter."
        ),
    ],
    kinds: Annotated[
        list[str] | None,
        strawberry.argument(description="Any of these kinds, such as Sample, Data or Activity."),
    ] = None,
    sources: Sources = None,
    first: First = LISTS_FIRST,
    after: After = None,
) -> ThingConnection:
    asked = ThingFilter(text=text, kinds=kinds, sources=sources)
    if not text.strip():
        raise GraphQLError("text: give a word to search for", extensions={"code": "usage"})
    wanted = await _wanted(info, asked, frozenset())
    return cast(ThingConnection, await page_of(info, wanted, first, after))


async def node(
    info: Asked, id: Annotated[strawberry.ID, strawberry.argument(description="Its IRI.")]
) -> Node | None:
    return (await nodes(info, [id]))[0]


async def nodes(
    info: Asked,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Their IRIs.")],
) -> list[Node | None]:
    def check() -> None:
        checked(len(ids), "the number of ids", MOST_LISTED)

    await answered(check)
    iris = [id for id in ids if _is_iri(id)]
    found = dict(zip(iris, await info.context.things.load_many(iris), strict=True))
    told = [found.get(id) for id in ids]
    return cast("list[Node | None]", [thing if thing and thing.sources else None for thing in told])


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


async def specimens(
    info: Asked,
    first: First = LISTS_FIRST,
    search: Annotated[
        str | None,
        strawberry.argument(description="Only those with this text in a name or identifier."),
    ] = None,
) -> list[Thing]:
    def make(_graph: KnowledgeGraph) -> list[Thing]:
        checked(first, "first", MOST_LISTED)
        found = info.context.service.keep("specimens", lambda graph: graph.specimens())
        wanted = (search or "").casefold()
        matching = [
            thing
            for thing in found
            if any(wanted in text.casefold() for text in (thing.label, *thing.identifiers))
        ]
        return cast("list[Thing]", matching[:first])

    return await from_graph(info, make)


async def entity(info: Asked, id: Id) -> Thing | None:
    found = await from_graph(info, lambda graph: graph.thing(graph.resolve(id)))
    return cast(Thing, found)


async def sources(info: Asked) -> list[Source]:
    return cast("list[Source]", await answered(info.context.service.sources))


async def source(
    info: Asked, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
) -> Source | None:
    def make() -> Source:
        for record in info.context.service.sources():
            if record.id == id:
                return cast(Source, record)
        raise NotKnown(f"there is no source {id!r}; sources lists those that are")

    return await answered(make)


@strawberry.type(description="All that can be asked.")
class Query(LineageQuestions):
    node: Node | None = strawberry.field(
        resolver=node, description="A thing by its IRI; null where nothing is known of it."
    )
    nodes: list[Node | None] = strawberry.field(
        resolver=nodes, description="Things by their IRIs, in that order."
    )
    search: ThingConnection = strawberry.field(
        resolver=search, description="Things by their words, the best match first."
    )
    things: ThingConnection = strawberry.field(
        resolver=things, description="All things, by IRI; with a text, the best match first."
    )
    activities: ActivityConnection = strawberry.field(
        resolver=activities, description="All activities."
    )
    samples: ThingConnection = strawberry.field(
        resolver=_list_of("Material"),
        description="All materials: samples, specimens too.",
    )
    datasets: ThingConnection = strawberry.field(
        resolver=_list_of("Dataset"), description="All datasets."
    )
    files: ThingConnection = strawberry.field(resolver=_list_of("File"), description="All files.")
    workflows: ThingConnection = strawberry.field(
        resolver=_list_of("Workflow"), description="All workflows."
    )
    protocols: ThingConnection = strawberry.field(
        resolver=_list_of("Protocol"), description="All protocols."
    )
    software: ThingConnection = strawberry.field(
        resolver=_list_of("Software"), description="All tools and programs."
    )
    instruments: ThingConnection = strawberry.field(
        resolver=_list_of("Instrument"), description="All instruments."
    )
    agents: ThingConnection = strawberry.field(
        resolver=_list_of("Agent"),
        description="All agents: people, organisations, software, instruments.",
    )
    investigations: ThingConnection = strawberry.field(
        resolver=_list_of("Investigation"), description="All investigations, studies and assays."
    )
    specimens: list[Thing] = strawberry.field(
        resolver=specimens, description="The materials at which histories start, by name."
    )
    entity: Thing | None = strawberry.field(
        resolver=entity,
        description="One thing: a specimen, a dataset, a file, an activity. "
        "An id that is not known gives null, and an error that says so.",
    )
    links: list[Link] | None = strawberry.field(
        resolver=links,
        description="What is the same as a thing in other sources, on what evidence. At most "
        f"{MOST_LISTED} links.",
    )
    sources: list[Source] = strawberry.field(
        resolver=sources, description="What was ingested, by id."
    )
    source: Source | None = strawberry.field(resolver=source, description="A source by its id.")
    questions: list[Question] = strawberry.field(
        resolver=questions, description="The questions that can be asked by name."
    )
    question: Question | None = strawberry.field(
        resolver=question, description="A question by its id."
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
        types=CONCRETE,
        execution_context_class=ProjectingExecutor,
        extensions=[
            lambda: MaskErrors(should_mask_error=_is_unexpected, error_message=UNEXPECTED),
            lambda: MaxTokensLimiter(max_token_count=MOST_TOKENS),
            lambda: ParserCache(maxsize=QUERIES_KEPT),
            lambda: ValidationCache(maxsize=QUERIES_KEPT),
            Limits,
        ],
    )
