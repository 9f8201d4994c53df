"""GraphQL's paths between two things, and the common ancestors of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, cast

import strawberry

from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy as PolicyOfLinks
from kg_service.service.graphql_arguments import (
    AsOf,
    Evidences,
    Id,
    Kinds,
    Since,
    Sources,
    Steps,
    Until,
    looking,
    request,
)
from kg_service.service.graphql_context import MOST_LISTED, Asked, checked, from_graph
from kg_service.service.graphql_lineage import LineageEdge
from kg_service.service.graphql_paging import LISTS_FIRST
from kg_service.service.graphql_things import Thing
from kg_service.service.graphql_types import EdgeKind, Granularity, Policy
from kg_service.service.looking import DEEPEST
from kg_service.service.tracing import MOST_COMPARED
from kg_service.tracing.common import Ancestor as AncestorRecord
from kg_service.tracing.common import Common
from kg_service.tracing.paths import MOST_PATHS, Hop, Paths
from kg_service.tracing.paths import Path as PathRecord


def _kind(root: strawberry.Parent[Hop]) -> EdgeKind:
    return EdgeKind[root.said[0].kind.name]


@strawberry.type(description="From one thing to the next of a path, in time's order.")
class PathHop:
    origin: Thing = strawberry.field(name="from", description="The thing that one goes from.")
    to: Thing = strawberry.field(description="The thing that one gets to.")
    kind: EdgeKind = strawberry.field(resolver=_kind, description="How they are related.")
    said: list[LineageEdge] = strawberry.field(description="All who say so.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, Hop)


@strawberry.type(description="A path from the earlier thing to the later.")
class Path:
    steps: int = strawberry.field(description="How many steps it has.")
    hops: list[PathHop] = strawberry.field(description="From thing to thing.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, PathRecord)


@dataclass(frozen=True)
class _Weaker:
    policy: PolicyOfLinks
    path: PathRecord


@strawberry.type(description="A path that weaker evidence of identity would give.")
class WeakerPath:
    policy: Policy = strawberry.field(description="The first policy that gives one.")
    path: Path = strawberry.field(description="That path.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, _Weaker)


def _weaker(root: strawberry.Parent[Paths]) -> WeakerPath | None:
    if root.weaker is None or root.weaker_path is None:
        return None
    return cast(WeakerPath, _Weaker(root.weaker, root.weaker_path))


@strawberry.type(description="How one thing came of another.")
class PathsBetween:
    earlier: Thing = strawberry.field(description="The thing that came before.")
    later: Thing = strawberry.field(
        description="The thing that came after; where there is no path, as they were given."
    )
    policy: Policy = strawberry.field(description="Which evidence could join sources.")
    paths: list[Path] = strawberry.field(description="The paths, the shortest first.")
    weaker: WeakerPath | None = strawberry.field(
        resolver=_weaker,
        description="Where there is no path: what weaker evidence of identity would give.",
    )
    complete: bool = strawberry.field(description="Whether these are all.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, Paths)


@strawberry.type(description="A thing that several things came from.")
class Ancestor:
    thing: Thing = strawberry.field(description="The thing.")
    nearest: bool = strawberry.field(description="Whether no other common ancestor came of it.")
    container: bool = strawberry.field(
        description="Whether only something in it is what they came from."
    )
    steps: list[int] = strawberry.field(
        description="How many steps it is from each of the things, in the order asked."
    )
    paths: list[Path] = strawberry.field(
        description="Of a nearest one: a path from it to each of the things."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, AncestorRecord)


@strawberry.type(description="What several things came from.")
class CommonAncestors:
    of: list[Thing] = strawberry.field(description="The things that were asked of.")
    ancestors: list[Ancestor] = strawberry.field(description="The ancestors, nearest first.")
    complete: bool = strawberry.field(description="Whether these are all.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, Common)


async def paths(
    info: Asked,
    a: Id,
    b: Id,
    first: Annotated[
        int,
        strawberry.argument(
            description=f"At most so many paths, the shortest first, up to {MOST_PATHS}."
        ),
    ] = 1,
    longest: Annotated[
        int | None, strawberry.argument(description="At most so many steps.")
    ] = None,
    granularity: Steps = Granularity.STEP,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
) -> PathsBetween | None:
    def make(graph: KnowledgeGraph) -> Paths:
        checked(first, "first", MOST_PATHS, 1)
        checked(longest, "longest", DEEPEST)
        how = looking(policy, sources, since, until)
        asked = request(graph, how, graph.resolve(a), granularity=granularity)
        return graph.paths(asked, graph.resolve(b), limit=first, longest=longest)

    return cast(PathsBetween, await from_graph(info, make, as_of))


async def common_ancestors(
    info: Asked,
    ids: Annotated[
        list[strawberry.ID],
        strawberry.argument(description=f"Two things or more, up to {MOST_COMPARED}."),
    ],
    first: Annotated[
        int,
        strawberry.argument(description=f"At most so many, nearest first, up to {MOST_LISTED}."),
    ] = LISTS_FIRST,
    granularity: Steps = Granularity.STEP,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    kinds: Kinds = None,
    as_of: AsOf = None,
) -> CommonAncestors | None:
    def make(graph: KnowledgeGraph) -> Common:
        checked(len(ids), "the number of ids", MOST_COMPARED, 2)
        checked(first, "first", MOST_LISTED, 1)
        things = [graph.resolve(id) for id in ids]
        how = looking(policy, sources, since, until)
        asked = request(graph, how, things[0], granularity=granularity, kinds=kinds)
        return graph.common(asked, things, limit=first)

    return cast(CommonAncestors, await from_graph(info, make, as_of))
