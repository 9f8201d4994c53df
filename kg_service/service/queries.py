"""/queries: the questions with a name, each answered as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pyoxigraph import QueryResultsFormat

from kg_service.errors import UsageError
from kg_service.questions import Question, ask, question_named
from kg_service.service.context import ServiceContext
from kg_service.service.negotiate import wants_html
from kg_service.service.openapi import BAD, NO_STORE, UNKNOWN, answer
from kg_service.service.query_pages import names_of_format, question_page, questions_page
from kg_service.service.sparql_formats import SOLUTIONS, choose, header

_LISTED = {
    "id": "cq7",
    "summary": "Was the execution successful?",
    "description": "...",
    "tags": ["workflow run"],
    "profile": [],
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


def queries_router(context: ServiceContext) -> APIRouter:
    """The routes below ``/queries``."""
    router = APIRouter(tags=["Questions"])

    @router.get(
        "/queries",
        summary="List the questions",
        responses={200: answer("All questions, with parameters and columns.", [_LISTED])},
    )
    def queries(request: Request) -> Response:
        """The questions that can be asked by name, on the command line with `kg ask`."""
        if wants_html(request.headers.get("accept")):
            return questions_page(context.questions, request.scope.get("root_path", ""))
        return JSONResponse([question.as_json() for question in context.questions])

    @router.get(
        "/queries/{question_id}",
        summary="Ask a question",
        responses={
            200: answer("The answer.", _ANSWERED, "application/sparql-results+json"),
            400: BAD,
            404: UNKNOWN,
            503: NO_STORE,
        },
    )
    def query(
        request: Request,
        question_id: Annotated[str, Path(description="One that `/queries` lists.")],
    ) -> Response:
        """The question's own parameters are given in the query string, as `?specimen=...`.

        The answer is a table: JSON (SPARQL results), XML, CSV or TSV by Accept or `format=`
        (`output=` where the question has a parameter `format` of its own).
        """
        question = question_named(context.questions, question_id)
        given, named = _parameters(request, question)
        chosen = choose(SOLUTIONS, request.headers.get("accept"), named, html=True)
        graph = context.now()
        if chosen.writes is None:
            asked = all(p.name in given for p in question.parameters if p.required)
            table = ask(graph.reader, question, given, graph.resolve) if asked else None
            return question_page(question, given, table, request.scope.get("root_path", ""))
        table = ask(graph.reader, question, given, graph.resolve)
        assert isinstance(chosen.writes, QueryResultsFormat)
        return Response(table.written(chosen.writes), media_type=header(chosen.media_type))

    return router


def _parameters(request: Request, question: Question) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The question's parameters, and the formats that are named. An empty field is not given."""
    given: dict[str, str] = {}
    formats = []
    format_names = names_of_format(question)
    for name, value in request.query_params.multi_items():
        if name in format_names:
            formats.append(value)
        elif name in given:
            raise UsageError(f"the parameter {name} is given twice; give it once")
        elif value:
            given[name] = value
    return given, tuple(formats)
