"""GraphQL's questions: which there are, what a source can answer, and pages of answers."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry
from fastapi import Request
from pyoxigraph import BlankNode, Literal, NamedNode

from kg_service.errors import NotKnown, UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.questions import Question as QuestionRecord
from kg_service.questions import ask as ask_question
from kg_service.questions import question_named
from kg_service.questions.asking import Page, ask_page
from kg_service.questions.listing import chosen_questions
from kg_service.questions.needs import answerable
from kg_service.service.answers import asker
from kg_service.service.graphql_context import MOST_LISTED, Asked, answered, checked, from_graph
from kg_service.service.graphql_lists import PageInfo
from kg_service.service.graphql_paging import cursor_of, key_of, list_named
from kg_service.tables import Cell


@strawberry.type(description="A parameter of a question.")
class Parameter:
    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="How it is written: iri, string or integer.")
    required: bool = strawberry.field(description="Whether it must be given.")
    default: str | None = strawberry.field(description="What it is where it is not given.")
    values: list[str] = strawberry.field(
        description="All that it can be, where these are known beforehand; else none."
    )
    example: str | None = strawberry.field(
        description="A value with an answer on the examples that come with the service."
    )
    description: str = strawberry.field(description="What it means.")


@strawberry.type(description="A column of a question's answer.")
class Column:
    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="What stands in it.")


@strawberry.type(description="A question that can be asked by name.")
class Question:
    id: strawberry.ID = strawberry.field(description="Its id.")
    summary: str = strawberry.field(description="The question.")
    description: str = strawberry.field(description="What the answer means and leaves out.")
    family: str = strawberry.field(description="The family of questions that it is of.")
    tags: list[str] = strawberry.field(description="What it is about.")
    needs: list[str] = strawberry.field(
        description="What a source must tell for an answer: classes and properties."
    )
    missing: list[str] | None = strawberry.field(
        description="Where a source was named: what it lacks to answer; none where it can."
    )
    empty: str | None = strawberry.field(
        description="What an answer without rows means, where that is an answer, too."
    )
    slow: str | None = strawberry.field(description="Why it may take seconds, where it may.")
    parameters: list[Parameter] = strawberry.field(description="What it can be given.")
    columns: list[Column] = strawberry.field(description="What its answer tells.")
    sparql: str = strawberry.field(description="Its text.")

    @classmethod
    def of(cls, record: QuestionRecord, missing: list[str] | None = None) -> Question:
        return cls(
            id=strawberry.ID(record.id),
            summary=record.summary,
            description=record.description,
            family=record.family.value,
            tags=list(record.tags),
            needs=[str(need) for need in record.needs],
            missing=missing,
            empty=record.empty,
            slow=record.slow,
            parameters=[
                Parameter(
                    name=p.name,
                    type=p.type.value,
                    required=p.required,
                    default=p.default,
                    values=list(p.values),
                    example=p.example,
                    description=p.description,
                )
                for p in record.parameters
            ],
            columns=[Column(name=c.name, description=c.description) for c in record.columns],
            sparql=record.text,
        )


@strawberry.input(description="A value for a parameter of a question.")
class Given:
    name: str = strawberry.field(description="The parameter's name.")
    value: str = strawberry.field(description="Its value, as text.")


@strawberry.enum(description="What a term of an answer is.")
class TermKind(Enum):
    IRI = strawberry.enum_value("iri", description="An IRI.")
    LITERAL = strawberry.enum_value("literal", description="A text, a number, a time.")
    BLANK_NODE = strawberry.enum_value("blank node", description="A thing without a name.")


@strawberry.type(description="A term in a cell of an answer.")
class Term:
    value: str = strawberry.field(description="The IRI, or the literal's text.")
    kind: TermKind = strawberry.field(description="What it is.")
    datatype: str | None = strawberry.field(description="The IRI of a literal's datatype.")
    language: str | None = strawberry.field(description="A literal's language, where it has one.")

    @classmethod
    def of(cls, cell: Cell) -> Term | None:
        if cell is None:
            return None
        if isinstance(cell, Literal):
            datatype = cell.datatype.value
            return cls(
                value=cell.value,
                kind=TermKind.LITERAL,
                datatype=datatype,
                language=cell.language,
            )
        kind = TermKind.IRI if isinstance(cell, NamedNode) else TermKind.BLANK_NODE
        assert isinstance(cell, NamedNode | BlankNode)
        return cls(value=cell.value, kind=kind, datatype=None, language=None)


@strawberry.type(description="The answer to a question, or a page of it.")
class Table:
    columns: list[str] = strawberry.field(description="The columns' names.")
    rows: list[list[str | None]] = strawberry.field(
        description="The rows; IRIs and literals as their text, null where there is nothing."
    )
    terms: list[list[Term | None]] = strawberry.field(
        description="The same rows, with what each cell is."
    )
    page_info: PageInfo = strawberry.field(description="Where the page is.")
    total_count: int | None = strawberry.field(
        description="All rows of the answer; null where there are too many to count."
    )

    @classmethod
    def of(cls, page: Page, name: str) -> Table:
        rows, after = page.table.rows, page.offset + len(page.table.rows)
        return cls(
            columns=list(page.table.columns),
            rows=[[cell.value if cell else None for cell in row] for row in rows],
            terms=[[Term.of(cell) for cell in row] for row in rows],
            page_info=PageInfo(
                has_next_page=page.more,
                has_previous_page=page.offset > 0,
                start_cursor=cursor_of(name, (str(page.offset + 1),)) if rows else None,
                end_cursor=cursor_of(name, (str(after),)) if rows else None,
            ),
            total_count=page.total,
        )


async def questions(
    info: Asked,
    family: Annotated[str | None, strawberry.argument(description="Only this family.")] = None,
    tag: Annotated[str | None, strawberry.argument(description="Only with this tag.")] = None,
    source: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="A source, by its id: `missing` tells what it lacks."),
    ] = None,
) -> list[Question]:
    def make(graph: KnowledgeGraph) -> list[Question]:
        chosen = chosen_questions(info.context.service.questions, family, tag)
        if source is None:
            return [Question.of(question) for question in chosen]
        record = next((r for r in info.context.service.sources() if r.id == source), None)
        if record is None:
            raise NotKnown(f"there is no source {source!r}; sources lists those that are")
        found = answerable(graph.reader, chosen, record)
        return [Question.of(one.question, [str(n) for n in one.missing]) for one in found]

    return await from_graph(info, make)


async def question(
    info: Asked,
    id: Annotated[strawberry.ID, strawberry.argument(description="The question's id.")],
) -> Question | None:
    return await answered(lambda: Question.of(question_named(info.context.service.questions, id)))


async def ask(
    info: Asked,
    id: Annotated[strawberry.ID, strawberry.argument(description="The question's id.")],
    parameters: Annotated[
        list[Given] | None, strawberry.argument(description="Values for its parameters.")
    ] = None,
    first: Annotated[
        int | None,
        strawberry.argument(description=f"So many rows at most, to {MOST_LISTED}; all, if none."),
    ] = None,
    after: Annotated[
        str | None, strawberry.argument(description="The endCursor of the page before.")
    ] = None,
) -> Table | None:
    assert isinstance(info.context.request, Request)  # there are no subscriptions
    who = asker(info.context.request)

    def make(graph: KnowledgeGraph) -> Table:
        asked = question_named(info.context.service.questions, id)
        given = {parameter.name: parameter.value for parameter in parameters or []}
        name = list_named("ask", asked.id, sorted(given.items()))
        offset = _rows_before(name, after)
        checked(first, "first", MOST_LISTED, 1)
        reader = info.context.service.asking(who)
        if first is None and not offset:
            table = ask_question(reader, asked, given, graph.resolve)
            count = len(table.rows)
            return Table.of(Page(table, 0, count, count, more=False), name)
        page = ask_page(
            reader, asked, given, graph.resolve, offset=offset, limit=first or MOST_LISTED
        )
        return Table.of(page, name)

    return await from_graph(info, make)


def _rows_before(name: str, after: str | None) -> int:
    """How many rows stand before a page. Raises UsageError for what is no cursor of this answer."""
    key = key_of(name, after, 1)
    if key is None:
        return 0
    (rows,) = key
    if not (isinstance(rows, str) and rows.isascii() and rows.isdigit() and len(rows) < 10):
        raise UsageError(f"after: {str(after)[:80]!r} is no cursor of this answer")
    return int(rows)
