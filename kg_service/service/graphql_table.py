"""GraphQL's sample x result table of a study or a source."""

from __future__ import annotations

from typing import Annotated, Any, cast

import strawberry

from kg_service.graph import KnowledgeGraph
from kg_service.service.graphql_arguments import (
    AsOf,
    Depth,
    Evidences,
    Since,
    Sources,
    Until,
    looking,
    request,
)
from kg_service.service.graphql_context import Asked, checked, from_graph
from kg_service.service.graphql_types import Policy
from kg_service.service.tracing import MOST_ROWS
from kg_service.terms import CATALOGUE
from kg_service.tracing.table import StudyTable as StudyTableRecord

_ROWS_FIRST = 1000


def _rows(root: strawberry.Parent[StudyTableRecord]) -> list[list[str | None]]:
    return [[row.cells.get(column) for column in root.columns] for row in root.rows]


@strawberry.type(description="One row for each specimen and result of a study or a source.")
class StudyTable:
    of: str = strawberry.field(description="The source's id, or the IRI of what it is a table of.")
    columns: list[str] = strawberry.field(description="The columns' names.")
    rows: list[list[str | None]] = strawberry.field(
        resolver=_rows, description="The rows, null where nothing is told."
    )
    complete: bool = strawberry.field(description="Whether these are all rows.")
    stopped: list[str] = strawberry.field(description="Why not, in sentences.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, StudyTableRecord)


async def study_table(
    info: Asked,
    of: Annotated[
        strawberry.ID,
        strawberry.argument(
            description="A source's id; or a study, investigation, assay or sample, by IRI or name."
        ),
    ],
    first: Annotated[
        int, strawberry.argument(description=f"At most so many rows, up to {MOST_ROWS}.")
    ] = _ROWS_FIRST,
    depth: Depth = None,
    policy: Evidences = Policy.DEFAULT,
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
) -> StudyTable | None:
    def make(graph: KnowledgeGraph) -> StudyTableRecord:
        checked(first, "first", MOST_ROWS, 1)
        how = looking(policy, sources, since, until)
        return graph.table(of, request(graph, how, CATALOGUE, depth=depth), limit=first)

    return cast(StudyTable, await from_graph(info, make, as_of))
