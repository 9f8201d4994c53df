"""The parameters that all questions over lineage share: how to look, and at what of the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from pyoxigraph import NamedNode

from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Direction, Granularity, Request

MOST_NODES = 10_000
DEEPEST = 10_000

IdQuery = Annotated[
    str, Query(description="An IRI, a persistent identifier in any spelling, or a name.")
]
DepthQuery = Annotated[int | None, Query(ge=0, le=DEEPEST, description="At most so many steps.")]
GranularityQuery = Annotated[
    Granularity, Query(description="The finest steps recorded, or their runs.")
]
KindsQuery = Annotated[
    list[str] | None,
    Query(description="Show only this kind of thing, such as Specimen; may be repeated."),
]
AsOfQuery = Annotated[
    str | None,
    Query(
        alias="asOf",
        description="As it was known at a time (ISO 8601; a date is its end; in UTC), or "
        "with a version of a source (SOURCE@VERSION).",
        examples=["2026-05-01T12:00:00Z", "barley-roots@1f2e3d4c"],
    ),
]


@dataclass(frozen=True)
class Looking:
    """What part of the graph a request looks at, as it was written."""

    policy: Policy
    sources: tuple[str, ...]
    since: str | None
    until: str | None

    def request(
        self,
        graph: KnowledgeGraph,
        start: NamedNode,
        *,
        direction: Direction = Direction.BOTH,
        depth: int | None = None,
        granularity: Granularity = Granularity.STEP,
        kinds: list[str] | None = None,
    ) -> Request:
        """The request from a start. Raises NotKnown, Withdrawn, UsageError."""
        return Request(
            start,
            direction,
            depth=depth,
            limit=MOST_NODES,
            policy=self.policy,
            granularity=granularity,
            filter=graph.filter(self.sources, self.since, self.until, kinds or ()),
        )


def looking(
    policy: Annotated[
        Policy, Query(description="Which evidence of identity may join sources.")
    ] = Policy.DEFAULT,
    source: Annotated[
        list[str] | None, Query(description="Only what this source says, by id; may be repeated.")
    ] = None,
    since: Annotated[
        str | None,
        Query(
            description="Only activities that may have happened since: a year, a month, a date or "
            "a time in ISO 8601. One without times stays."
        ),
    ] = None,
    until: Annotated[
        str | None, Query(description="Only activities that may have happened until then.")
    ] = None,
) -> Looking:
    """The shared parameters of one request."""
    return Looking(policy, tuple(source or ()), since, until)


def looking_at_sources(
    policy: Annotated[
        Policy, Query(description="Which evidence of identity may join sources.")
    ] = Policy.DEFAULT,
    source: Annotated[
        list[str] | None, Query(description="Only what this source says, by id; may be repeated.")
    ] = None,
) -> Looking:
    """The same where time does not matter."""
    return Looking(policy, tuple(source or ()), None, None)


HowToLook = Annotated[Looking, Depends(looking)]
