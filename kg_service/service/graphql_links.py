"""GraphQL's links: what is the same as what in other sources."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
from pyoxigraph import NamedNode

from kg_service.describe import Thing as ThingRecord
from kg_service.graph import KnowledgeGraph
from kg_service.links.model import Link as LinkRecord
from kg_service.links.model import LinkEnd as LinkEndRecord
from kg_service.service.graphql_arguments import Id
from kg_service.service.graphql_context import MOST_LISTED, Asked, from_graph
from kg_service.service.graphql_types import Evidence, Policy

if TYPE_CHECKING:
    from kg_service.service.graphql_things import Thing

Record = strawberry.Parent[ThingRecord]
AThing = Annotated["Thing", strawberry.lazy("kg_service.service.graphql_things")]


@strawberry.type(description="One of two things that are linked.")
class LinkEnd:
    thing: AThing = strawberry.field(description="The thing.")
    value: str = strawberry.field(description="The value it is linked by, as it is written.")
    sources: list[str] = strawberry.field(description="Ids of the sources that give the value.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, LinkEndRecord)


def _evidence(root: strawberry.Parent[LinkRecord]) -> Evidence:
    return Evidence[root.evidence.name]


def _policies(root: strawberry.Parent[LinkRecord]) -> list[Policy]:
    return [Policy[policy.name] for policy in root.policies]


def _since(root: strawberry.Parent[LinkRecord]) -> str | None:
    return root.since or None


def _decided_by(root: strawberry.Parent[LinkRecord]) -> str | None:
    return root.decision.who if root.decision else None


def _because(root: strawberry.Parent[LinkRecord]) -> str | None:
    return root.decision.because if root.decision else None


@strawberry.type(description="Two things that are the same on some evidence, or seem to be.")
class Link:
    evidence: Evidence = strawberry.field(resolver=_evidence, description="The evidence.")
    key: str = strawberry.field(description="What both share, such as doi:10.5072/x.")
    first: LinkEnd = strawberry.field(description="One of the two.")
    second: LinkEnd = strawberry.field(description="The other.")
    since: str | None = strawberry.field(resolver=_since, description="When it came about.")
    policies: list[Policy] = strawberry.field(
        resolver=_policies, description="The policies that follow it."
    )
    why_not: str | None = strawberry.field(description="Why no policy follows it.")
    decided_by: str | None = strawberry.field(
        resolver=_decided_by, description="The steward who decided on the pair."
    )
    because: str | None = strawberry.field(resolver=_because, description="The steward's reason.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, LinkRecord)


async def links_of(root: Record, info: Asked) -> list[Link]:
    def make(graph: KnowledgeGraph) -> list[LinkRecord]:
        return list(islice(graph.links(NamedNode(root.iri)), MOST_LISTED))

    return cast("list[Link]", await from_graph(info, make))


async def links(info: Asked, id: Id) -> list[Link] | None:
    found = await from_graph(
        info, lambda graph: list(islice(graph.links(graph.resolve(id)), MOST_LISTED))
    )
    return cast("list[Link]", found)
