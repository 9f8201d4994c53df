"""GraphQL's answer to what is affected if a thing turns out bad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, cast

import strawberry

from kg_service.graph import KnowledgeGraph
from kg_service.service.graphql_arguments import (
    AsOf,
    Depth,
    Evidences,
    Id,
    Kinds,
    Since,
    Sources,
    Until,
    looking,
    request,
)
from kg_service.service.graphql_context import Asked, from_graph
from kg_service.service.graphql_lineage import LineageEdge
from kg_service.service.graphql_things import Activity, Source, Thing
from kg_service.service.graphql_types import Grade, Policy, grade_of
from kg_service.tracing.affected import Affected as AffectedRecord
from kg_service.tracing.affected import AffectedThing as AffectedThingRecord
from kg_service.tracing.affected import UsedBy as UsedByRecord


@strawberry.type(description="An activity that had the thing as its context, and who says so.")
class UsedBy:
    activity: Activity = strawberry.field(description="The activity.")
    role: str = strawberry.field(description="The property that says so, as kg:usedInstrument.")
    by_way_of: list[Thing] = strawberry.field(
        description="Such as the workflow of which it is a tool."
    )
    source: Source | None = strawberry.field(description="The source that says so.")
    grade: Grade = strawberry.field(
        resolver=grade_of, description="How the statement stands to what it says."
    )
    by: str = strawberry.field(description="The mapping row, the rule or the evidence behind it.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, UsedByRecord)


@strawberry.type(description="A thing that is affected.")
class AffectedThing:
    thing: Thing = strawberry.field(description="The thing.")
    steps: int = strawberry.field(description="How many steps away it is.")
    container: bool = strawberry.field(description="Whether only something in it is affected.")
    said: LineageEdge | None = strawberry.field(
        description="The relation by which it was first reached, with who says so."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, AffectedThingRecord)


@dataclass(frozen=True)
class _OfKind:
    kind: str
    things: tuple[AffectedThingRecord, ...]


@strawberry.type(description="The things of one kind that are affected.")
class AffectedOfKind:
    kind: str = strawberry.field(description="Their most telling kind.")
    things: list[AffectedThing] = strawberry.field(description="The things, nearest first.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, _OfKind)


def _groups(root: strawberry.Parent[AffectedRecord]) -> list[AffectedOfKind]:
    return [cast(AffectedOfKind, _OfKind(kind, things)) for kind, things in root.groups]


@strawberry.type(description="What is affected if a thing turns out bad.")
class Affected:
    things: list[Thing] = strawberry.field(
        description="What turned out bad: one thing, or one in each source that knows it."
    )
    used_by: list[UsedBy] = strawberry.field(description="The activities that had it.")
    affected: list[AffectedOfKind] = strawberry.field(
        resolver=_groups, description="All that came of it, or of these activities, by kind."
    )
    complete: bool = strawberry.field(description="Whether this is all there is.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, AffectedRecord)


async def affected(
    info: Asked,
    id: Id,
    version: Annotated[
        str | None,
        strawberry.argument(description="All of the name that have this version, in any source."),
    ] = None,
    depth: Depth = None,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    kinds: Kinds = None,
    as_of: AsOf = None,
) -> Affected | None:
    def make(graph: KnowledgeGraph) -> AffectedRecord:
        bad = graph.versions(id, version) if version is not None else [graph.resolve(id)]
        how = looking(policy, sources, since, until)
        return graph.affected(request(graph, how, bad[0], depth=depth, kinds=kinds), bad)

    return cast(Affected, await from_graph(info, make, as_of))
