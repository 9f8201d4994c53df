"""GraphQL's exports: a lineage as text in another form."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry

from kg_service.errors import UsageError
from kg_service.export.formats import FORMATS, format_named
from kg_service.graph import KnowledgeGraph
from kg_service.service.graphql_arguments import (
    AsOf,
    Depth,
    Evidences,
    Id,
    Kinds,
    Since,
    Sources,
    Steps,
    Until,
    Way,
    looking,
    request,
)
from kg_service.service.graphql_context import Asked, from_graph
from kg_service.service.graphql_types import Direction, Granularity, Policy

LONGEST_EXPORT = 2_000_000

ExportFormat = Enum(  # type: ignore[misc]  # its members are the table's
    "ExportFormat",
    {
        row.name.upper().replace("-", "_"): strawberry.enum_value(
            row.name, description=f"{row.title[0].upper()}{row.title[1:]}."
        )
        for row in FORMATS
        if not row.is_binary
    },
)
strawberry.enum(ExportFormat, description="The form of an export.")
Form = Annotated[ExportFormat, strawberry.argument(description="The form.")]


@strawberry.type(description="The lineage of a thing in another form.")
class Export:
    text: str = strawberry.field(description="The export.")
    media_type: str = strawberry.field(description="Its media type.")
    file_name: str = strawberry.field(description="A name for its file.")
    complete: bool = strawberry.field(description="Whether it has all there is.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")


async def export(
    info: Asked,
    id: Id,
    format: Form,
    direction: Way = Direction.BOTH,
    depth: Depth = None,
    granularity: Steps = Granularity.STEP,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    kinds: Kinds = None,
    as_of: AsOf = None,
) -> Export | None:
    def make(graph: KnowledgeGraph) -> Export:
        asked = request(
            graph,
            looking(policy, sources, since, until),
            graph.resolve(id),
            direction=direction,
            depth=depth,
            granularity=granularity,
            kinds=kinds,
        )
        made = graph.export(asked, format_named(format.value))
        text = made.content.decode()
        if len(text) > LONGEST_EXPORT:
            raise UsageError(
                f"the export has {len(text)} characters, and at most {LONGEST_EXPORT} are given "
                "here; lower 'depth', or get it from /export"
            )
        return Export(
            text=text,
            media_type=made.media_type,
            file_name=made.file_name,
            complete=made.complete,
            stopped=list(made.stopped),
        )

    return await from_graph(info, make, as_of)
