"""GraphQL's differences: two runs, or two results, side by side."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any, cast

import strawberry

from kg_service.errors import UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.service.graphql_arguments import (
    AsOf,
    Evidences,
    Id,
    Sources,
    looking,
    request,
)
from kg_service.service.graphql_context import Asked, from_graph
from kg_service.service.graphql_things import Source, Thing
from kg_service.service.graphql_types import Grade, Likeness, Policy, grade_of
from kg_service.tracing.compare import Comparison as ComparisonRecord
from kg_service.tracing.compare import Differences as DifferencesRecord
from kg_service.tracing.compare import Side as SideRecord
from kg_service.tracing.features import THRESHOLD


async def _source(root: strawberry.Parent[SideRecord], info: Asked) -> Source | None:
    if root.source is None:
        return None
    return cast("Source | None", await info.context.sources.load(root.source))


@strawberry.type(description="A fact as one of the two has it, and who says so.")
class Side:
    thing: Thing = strawberry.field(description="The thing.")
    value: str | None = strawberry.field(description="Its value, where it has one.")
    source: Source | None = strawberry.field(
        resolver=_source, description="The source that says so."
    )
    grade: Grade = strawberry.field(
        resolver=grade_of, description="How the statement stands to what it says."
    )
    by: str = strawberry.field(description="The mapping row, the rule or the evidence behind it.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, SideRecord)


@strawberry.type(description="A fact of the one, and what it is in the other.")
class Comparison:
    section: str = strawberry.field(
        description="inputs, parameters, versions, containers, environment, configuration, "
        "instruments, outcome or outputs."
    )
    name: str = strawberry.field(description="What the two were matched by.")
    likeness: Likeness = strawberry.field(description="How alike they are.")
    because: str = strawberry.field(description="Why, in words.")
    first: Side | None = strawberry.field(description="In the first; null where it is missing.")
    second: Side | None = strawberry.field(description="In the second; null where it is missing.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, ComparisonRecord)


@strawberry.type(description="How many facts came out as what.")
class Counts:
    same: int = strawberry.field(description="The same.")
    similar: int = strawberry.field(description="Different within the threshold.")
    changed: int = strawberry.field(description="Different.")
    missing: int = strawberry.field(description="In one of the two only.")
    unknown: int = strawberry.field(description="Nothing is recorded to compare them by.")


def _counts(root: strawberry.Parent[DifferencesRecord]) -> Counts:
    return Counts(**root.counts)


@strawberry.type(description="Two runs, or two results, side by side.")
class Differences:
    first: Thing = strawberry.field(description="The one.")
    second: Thing = strawberry.field(description="The other.")
    runs: list[Thing] = strawberry.field(
        description="The activities whose facts were compared, two or none."
    )
    counts: Counts = strawberry.field(
        resolver=_counts, description="How many facts came out as what."
    )
    comparisons: list[Comparison] = strawberry.field(description="Fact by fact.")
    complete: bool = strawberry.field(description="Whether runs could be compared.")
    stopped: list[str] = strawberry.field(description="Why not, in sentences.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, DifferencesRecord)


async def differences(
    info: Asked,
    a: Id,
    b: Id,
    threshold: Annotated[
        float,
        strawberry.argument(
            description="Similar: sizes and counts differ by no more than this part."
        ),
    ] = THRESHOLD,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    as_of: AsOf = None,
) -> Differences | None:
    def make(graph: KnowledgeGraph) -> DifferencesRecord:
        if not isfinite(threshold) or threshold < 0:
            raise UsageError(f"threshold must be a number from 0 up, not {threshold}")
        how = looking(policy, sources)
        asked = request(graph, how, graph.resolve(a))
        return graph.differences(asked, graph.resolve(b), threshold=threshold)

    return cast(Differences, await from_graph(info, make, as_of))
