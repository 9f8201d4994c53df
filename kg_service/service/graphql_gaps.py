"""GraphQL's gaps: where the history of a thing breaks."""

from __future__ import annotations

from typing import Any, cast

import strawberry

from kg_service.graph import KnowledgeGraph
from kg_service.service.graphql_arguments import (
    AsOf,
    Depth,
    Evidences,
    Id,
    Since,
    Sources,
    Until,
    looking,
    request,
)
from kg_service.service.graphql_context import Asked, from_graph
from kg_service.service.graphql_lineage import LineageEdge
from kg_service.service.graphql_things import Thing
from kg_service.service.graphql_types import GapKind, Policy
from kg_service.tracing.gaps import Gap as GapRecord
from kg_service.tracing.gaps import Gaps as GapsRecord


@strawberry.type(description="A place where a history breaks.")
class Gap:
    kind: GapKind = strawberry.field(description="What is missing.")
    thing: Thing = strawberry.field(description="Where it is missing.")
    steps: int = strawberry.field(description="How many steps it is from the start.")
    missing: str = strawberry.field(description="What is not told, in words.")
    mend: str = strawberry.field(description="What would help.")
    said: LineageEdge | None = strawberry.field(
        description="The relation by which one gets there, with who says so; null at the start."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, GapRecord)


@strawberry.type(description="Where the history of a thing breaks.")
class Gaps:
    start: Thing = strawberry.field(description="The thing.")
    specimens: list[Thing] = strawberry.field(description="The specimens that it goes back to.")
    gaps: list[Gap] = strawberry.field(description="The gaps, nearest first.")
    complete: bool = strawberry.field(description="Whether the walk saw all there is.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, GapsRecord)


async def gaps(
    info: Asked,
    id: Id,
    depth: Depth = None,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
) -> Gaps | None:
    def make(graph: KnowledgeGraph) -> GapsRecord:
        how = looking(policy, sources, since, until)
        return graph.gaps(request(graph, how, graph.resolve(id), depth=depth))

    return cast(Gaps, await from_graph(info, make, as_of))
