"""The arguments that GraphQL's questions over lineage share: how to look, at what of the graph."""

from __future__ import annotations

from typing import Annotated

import strawberry
from pyoxigraph import NamedNode

from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy as PolicyOfLinks
from kg_service.lineage import model
from kg_service.service.graphql_context import MOST_LISTED, checked
from kg_service.service.graphql_types import ID_MEANS, Direction, Granularity, Policy
from kg_service.service.looking import DEEPEST, Looking

Id = Annotated[strawberry.ID, strawberry.argument(description=ID_MEANS)]
Way = Annotated[Direction, strawberry.argument(description="To origins, to results, or both.")]
Depth = Annotated[
    int | None,
    strawberry.argument(description="At most so many steps; without it, all of them."),
]
Steps = Annotated[
    Granularity, strawberry.argument(description="The finest steps recorded, or their runs.")
]
Evidences = Annotated[
    Policy, strawberry.argument(description="Which evidence of identity may join sources.")
]
Sources = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description="Only what these sources say, by their ids."),
]
Since = Annotated[
    str | None,
    strawberry.argument(
        description="Only activities that may have happened since: a year, a month, a date or a "
        "time in ISO 8601. One without times stays."
    ),
]
Until = Annotated[
    str | None,
    strawberry.argument(description="Only activities that may have happened until then."),
]
Kinds = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Show only these kinds of thing, such as Specimen; others are walked through."
    ),
]
AsOf = Annotated[
    str | None,
    strawberry.argument(
        description="As it was known at a time (ISO 8601; a date is its end; in UTC), or with a "
        "version of a source (SOURCE@VERSION). What is asked on from its things is as it is now."
    ),
]


def looking(
    policy: Policy,
    sources: list[strawberry.ID] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Looking:
    """What part of the graph is looked at. Raises UsageError."""
    checked(len(sources or ()), "the number of sources", MOST_LISTED)
    return Looking(PolicyOfLinks[policy.name], tuple(sources or ()), since, until)


def request(
    graph: KnowledgeGraph,
    how: Looking,
    start: NamedNode,
    *,
    direction: Direction = Direction.BOTH,
    depth: int | None = None,
    granularity: Granularity = Granularity.STEP,
    kinds: list[str] | None = None,
) -> model.Request:
    """The request from a start. Raises NotKnown, Withdrawn, UsageError."""
    checked(len(kinds or ()), "the number of kinds", MOST_LISTED)
    return how.request(
        graph,
        start,
        direction=model.Direction[direction.name],
        depth=checked(depth, "depth", DEEPEST),
        granularity=model.Granularity[granularity.name],
        kinds=kinds,
    )
