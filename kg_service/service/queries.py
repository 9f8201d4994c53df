"""/queries: the questions with a name, each answered as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pyoxigraph import QueryResultsFormat

from kg_service.errors import UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.scope import source_with_id
from kg_service.questions import Question, ask, question_named
from kg_service.questions.asking import Page, ask_page
from kg_service.questions.listing import chosen_questions
from kg_service.questions.needs import answerable
from kg_service.service.answers import asker
from kg_service.service.context import ServiceContext
from kg_service.service.negotiate import wants_html
from kg_service.service.openapi import BAD, NO_STORE, NOT_ACCEPTABLE, UNKNOWN, answer
from kg_service.service.query_pages import names_of_format, question_page, questions_page
from kg_service.service.query_paging import (
    MOST_ROWS,
    NAMES,
    Place,
    page_headers,
    place_of,
)
from kg_service.service.sparql_formats import SOLUTIONS, choose, header
from kg_service.store.port import GraphReader

_LISTED = {
    "id": "cq7",
    "summary": "Was the execution successful?",
    "description": "...",
    "family": "competency question",
    "tags": ["competency question", "workflow run"],
    "profile": [],
    "needs": ["kg:Run"],
    "parameters": [
        {"name": "run", "type": "iri", "required": False, "default": None, "description": "..."}
    ],
    "columns": [{"name": "run", "description": "The run."}],
    "address": "/queries/cq7",
}
_ANSWERED = {
    "head": {"vars": ["run", "status"]},
    "results": {
        "bindings": [
            {
                "run": {"type": "uri", "value": "http://127.0.0.1:8000/source/a/#run"},
                "status": {"type": "literal", "value": "completed"},
            }
        ]
    },
}


_PAGING: list[dict[str, Any]] = [
    {
        "name": "limit",
        "in": "query",
        "description": "Rows on a page; the whole answer where neither this nor a page is named.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
    },
    {
        "name": "offset",
        "in": "query",
        "description": "Rows to pass over first.",
        "schema": {"type": "integer", "minimum": 0},
    },
    {
        "name": "page",
        "in": "query",
        "description": "Which page, from 1; instead of offset.",
        "schema": {"type": "integer", "minimum": 1},
    },
]
_PAGE_HEADERS = {
    "Link": {
        "description": "Where a page was asked for: first, prev, next and last (RFC 8288).",
        "schema": {"type": "string"},
    },
    "X-Total-Count": {
        "description": "Where a page was asked for: all rows, where that is known.",
        "schema": {"type": "integer"},
    },
}


def queries_router(context: ServiceContext) -> APIRouter:
    """The routes below ``/queries``."""
    router = APIRouter(tags=["Questions"])

    @router.get(
        "/queries",
        summary="List the questions",
        responses={
            200: answer("The questions, with what they need, parameters and columns.", [_LISTED]),
            404: UNKNOWN,
            503: NO_STORE,
        },
    )
    def queries(
        request: Request,
        family: Annotated[str | None, Query(description="Only this family.")] = None,
        tag: Annotated[str | None, Query(description="Only questions with this tag.")] = None,
        source: Annotated[
            str | None,
            Query(description="A source's id: whether it can answer each, or lacks what."),
        ] = None,
    ) -> Response:
        """The questions that can be asked by name, on the command line with `kg ask`.

        With `source`, each has `answerable`, and `missing`: what the source lacks to answer it.
        """
        chosen = chosen_questions(context.questions, family, tag)
        can = _can(context, chosen, source) if source is not None else {}
        if wants_html(request.headers.get("accept")):
            return questions_page(chosen, can, request.scope.get("root_path", ""))
        told = [
            {
                **question.as_json(),
                **(
                    {"answerable": not can[question.id], "missing": can[question.id]} if can else {}
                ),
            }
            for question in chosen
        ]
        return JSONResponse(told)

    @router.get(
        "/queries/{question_id}",
        summary="Ask a question",
        openapi_extra={"parameters": _PAGING},
        responses={
            200: {
                **answer("The answer.", _ANSWERED, "application/sparql-results+json"),
                "headers": _PAGE_HEADERS,
            },
            400: BAD,
            404: UNKNOWN,
            406: NOT_ACCEPTABLE,
            503: NO_STORE,
        },
    )
    def query(
        request: Request,
        question_id: Annotated[str, Path(description="One that `/queries` lists.")],
    ) -> Response:
        """The question's own parameters are given in the query string, as `?specimen=...`.

        The answer is a table: JSON (SPARQL results), XML, CSV or TSV by Accept or `format=`
        (`output=` where the question has a parameter `format` of its own). It is whole unless a
        page is asked for: `limit` rows from `offset` on, or the `page`th page, from 1; then `Link`
        leads to the first, previous, next and last page, and `X-Total-Count` tells how many rows
        there are in all, where that is known.
        """
        question = question_named(context.questions, question_id)
        asked = _asked(request, question)
        chosen = choose(SOLUTIONS, request.headers.get("accept"), asked.formats, html=True)
        root = request.scope.get("root_path", "")
        graph, reader = context.now(), context.asking(asker(request))
        if chosen.writes is None:
            place = asked.place or Place(0, question.page, by_page=True)
            page = None
            if all(p.name in asked.given for p in question.required):
                page = _page(reader, graph, question, asked.given, place)
            return question_page(question, asked.given, place, page, root)
        assert isinstance(chosen.writes, QueryResultsFormat)
        headers = context.sparql_headers()
        if asked.place is None:
            table = ask(reader, question, asked.given, graph.resolve)
        else:
            page = _page(reader, graph, question, asked.given, asked.place)
            table = page.table
            path = f"{root}/queries/{question.id}"
            headers |= page_headers(path, asked.others, asked.place, page)
        return Response(table.written(chosen.writes), 200, headers, header(chosen.media_type))

    return router


def _can(
    context: ServiceContext, questions: Sequence[Question], source_id: str
) -> dict[str, list[str]]:
    """What a source lacks for each question, by the questions' ids."""
    reader = context.now().reader
    found = answerable(reader, questions, source_with_id(reader, source_id))
    return {one.question.id: [str(need) for need in one.missing] for one in found}


def _page(
    reader: GraphReader,
    graph: KnowledgeGraph,
    question: Question,
    given: Mapping[str, str],
    place: Place,
) -> Page:
    return ask_page(reader, question, given, graph.resolve, offset=place.offset, limit=place.limit)


@dataclass(frozen=True)
class _Asked:
    """What a request asks: the question's parameters, the formats named, the rows.

    ``others`` are all but the rows, as they were given.
    """

    given: Mapping[str, str]
    formats: tuple[str, ...]
    place: Place | None
    others: Mapping[str, str]


def _asked(request: Request, question: Question) -> _Asked:
    """What a request asks. An empty field is not given. Raises UsageError."""
    given: dict[str, str] = {}
    rows: dict[str, str] = {}
    formats = []
    others: dict[str, str] = {}
    format_names = names_of_format(question)
    for name, value in request.query_params.multi_items():
        told = rows if name in NAMES else given
        if name in format_names:
            formats.append(value)
        elif name in told:
            raise UsageError(f"the parameter {name} is given twice; give it once")
        elif value:
            told[name] = value
        if name not in NAMES and value:
            others[name] = value
    return _Asked(given, tuple(formats), place_of(question, rows), others)
