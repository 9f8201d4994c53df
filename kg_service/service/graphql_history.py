"""GraphQL's history of a source: which versions there were when, and what is kept of them."""

from __future__ import annotations

from enum import Enum

import strawberry

from kg_service.catalogue import SourceRecord
from kg_service.history.kept import Kept
from kg_service.service.graphql_context import Asked


@strawberry.enum(description="What is kept of a version of a source.")
class Keeping(Enum):
    CURRENT = strawberry.enum_value("current", description="It is what the graph says now.")
    ARCHIVED = strawberry.enum_value("archived", description="Lineage can be asked as of it.")
    PRUNED = strawberry.enum_value("pruned", description="It was archived, and removed since.")
    NOT_KEPT = strawberry.enum_value("not kept", description="It was never archived.")


@strawberry.type(description="A time in which a source was in one version, aligned in one way.")
class Period:
    version: str = strawberry.field(description="The version's SHA-256.")
    realigned: bool = strawberry.field(
        description="Whether it began with a realignment, not with an ingest."
    )
    since: str = strawberry.field(description="When it began, in UTC.")
    until: str | None = strawberry.field(description="When the next one began; null for the last.")
    state: Keeping = strawberry.field(description="What is kept of it.")
    bytes: float = strawberry.field(description="How many bytes that is on disk.")

    @classmethod
    def of(cls, kept: Kept) -> Period:
        period = kept.period
        return cls(
            version=period.sha256,
            realigned=period.realigned,
            since=period.since.isoformat(),
            until=period.until.isoformat() if period.until else None,
            state=Keeping[kept.state.name],
            bytes=kept.archived.size if kept.archived else 0,
        )


async def history_of(root: strawberry.Parent[SourceRecord], info: Asked) -> list[Period]:
    return [Period.of(kept) for kept in await info.context.periods.load(root.iri)]
