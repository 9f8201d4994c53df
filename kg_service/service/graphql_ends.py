"""GraphQL's ends of a lineage: the results of a specimen, the specimens of a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
from pyoxigraph import NamedNode

from kg_service.describe import Thing as ThingRecord
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.ends import Ends as EndsRecord
from kg_service.lineage.model import Request
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
from kg_service.service.graphql_types import Policy

if TYPE_CHECKING:
    from kg_service.service.graphql_things import Thing

Record = strawberry.Parent[ThingRecord]
AThing = Annotated["Thing", strawberry.lazy("kg_service.service.graphql_things")]
_Find = Callable[[KnowledgeGraph, NamedNode, Request], EndsRecord]


@strawberry.type(description="The things at the ends of a lineage.")
class Ends:
    things: list[AThing] = strawberry.field(description="The things, nearest first, each once.")
    steps: list[int] = strawberry.field(
        description="How many steps away each of the things is, in their order."
    )
    complete: bool = strawberry.field(description="Whether the walk saw all there is.")
    stopped: list[str] = strawberry.field(description="Where and why it stopped, in sentences.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, EndsRecord)


async def _ends(
    info: Asked,
    find: _Find,
    id: str,
    depth: int | None,
    policy: Policy,
    sources: list[strawberry.ID] | None,
    since: str | None,
    until: str | None,
    as_of: str | None,
) -> Ends:
    def make(graph: KnowledgeGraph) -> EndsRecord:
        start = graph.resolve(id)
        how = looking(policy, sources, since, until)
        return find(graph, start, request(graph, how, start, depth=depth))

    return cast("Ends", await from_graph(info, make, as_of))


async def results_of_specimen(
    info: Asked,
    id: Id,
    depth: Depth = None,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
) -> Ends | None:
    find = KnowledgeGraph.results
    return await _ends(info, find, id, depth, policy, sources, since, until, as_of)


async def specimens_of_result(
    info: Asked,
    id: Id,
    depth: Depth = None,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
) -> Ends | None:
    find = KnowledgeGraph.specimens_of
    return await _ends(info, find, id, depth, policy, sources, since, until, as_of)


async def results_of(
    root: Record,
    info: Asked,
    depth: Depth = None,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
) -> Ends:
    find = KnowledgeGraph.results
    return await _ends(info, find, root.iri, depth, policy, sources, since, until, as_of)


async def specimens_of(
    root: Record,
    info: Asked,
    depth: Depth = None,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
) -> Ends:
    find = KnowledgeGraph.specimens_of
    return await _ends(info, find, root.iri, depth, policy, sources, since, until, as_of)
