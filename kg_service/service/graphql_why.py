"""GraphQL's reasons: who says a statement, and what it was made from."""

from __future__ import annotations

from typing import Annotated, Any, cast

import strawberry
from pyoxigraph import Literal, Triple

from kg_service.align.explain import Ground as GroundRecord
from kg_service.graph import KnowledgeGraph
from kg_service.service.graphql_context import Asked, from_graph
from kg_service.service.graphql_things import Source
from kg_service.service.graphql_types import Grade, grade_of
from kg_service.why import Reason as ReasonRecord


@strawberry.type(description="A statement: of a thing, a property and what it is.")
class Statement:
    subject: strawberry.ID = strawberry.field(description="The IRI of the thing.")
    predicate: str = strawberry.field(description="The property's IRI.")
    object: strawberry.ID | None = strawberry.field(
        description="The IRI of what it is; null where it is a value."
    )
    value: str | None = strawberry.field(description="The value, where it is one.")
    datatype: str | None = strawberry.field(description="The IRI of the value's datatype.")

    @classmethod
    def of(cls, triple: Triple) -> Statement:
        told = triple.object
        is_value = isinstance(told, Literal)
        return cls(
            subject=strawberry.ID(triple.subject.value),  # type: ignore[union-attr]
            predicate=triple.predicate.value,
            object=None if is_value else strawberry.ID(told.value),  # type: ignore[union-attr]
            value=told.value if isinstance(told, Literal) else None,
            datatype=told.datatype.value if isinstance(told, Literal) else None,
        )


def _why(root: strawberry.Parent[GroundRecord]) -> str | None:
    return root.why or None


def _basis(root: strawberry.Parent[GroundRecord]) -> list[Statement]:
    return [Statement.of(triple) for triple in root.basis]


@strawberry.type(description="One way in which a statement came about.")
class Ground:
    grade: Grade = strawberry.field(
        resolver=grade_of, description="How the statement stands to what its source says."
    )
    by: str = strawberry.field(description="The mapping row, the rule or the evidence behind it.")
    why: str | None = strawberry.field(resolver=_why, description="What that says.")
    basis: list[Statement] = strawberry.field(
        resolver=_basis, description="The asserted statements that it was made from."
    )

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, GroundRecord)


def _statement(root: strawberry.Parent[ReasonRecord]) -> Statement:
    return Statement.of(root.statement)


@strawberry.type(description="A graph that has a statement: whose it is, and how it came about.")
class Reason:
    statement: Statement = strawberry.field(resolver=_statement, description="The statement.")
    source: Source = strawberry.field(description="The source that says so.")
    graph: str = strawberry.field(description="The IRI of the graph.")
    grounds: list[Ground] = strawberry.field(description="Every way in which it came about.")

    @classmethod
    def is_type_of(cls, obj: object, _info: Any) -> bool:
        return isinstance(obj, ReasonRecord)


async def why(
    info: Asked,
    subject: Annotated[
        strawberry.ID, strawberry.argument(description="An IRI, an identifier, or a name.")
    ],
    predicate: Annotated[
        str,
        strawberry.argument(description="An IRI, a prefixed name, or the name of a PROV term."),
    ],
    object: Annotated[
        str,
        strawberry.argument(description="An IRI, an identifier, a name, or a literal's text."),
    ],
) -> list[Reason] | None:
    def make(graph: KnowledgeGraph) -> list[ReasonRecord]:
        return graph.why(subject, predicate, object)

    return cast("list[Reason]", await from_graph(info, make))
