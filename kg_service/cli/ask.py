"""``kg ask``: the questions of the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from kg_service.cli.console import StoreOption, out, print_json
from kg_service.cli.results import AnswerFormat, print_table
from kg_service.errors import UsageError
from kg_service.opening import open_graph
from kg_service.questions import ask as answer_to
from kg_service.questions import load_questions, question_named
from kg_service.resources import resource_folder
from kg_service.settings import Settings


def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="Its id, such as cq7; see --list.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the questions there are.")] = False,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A parameter; may be repeated."),
    ] = None,
    format_: Annotated[
        AnswerFormat, typer.Option("--format", help="How to print the answer.")
    ] = AnswerFormat.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    store: StoreOption = None,
) -> None:
    """Answer one of the questions that come with the service."""
    if list_:
        _list(as_json or format_ is AnswerFormat.JSON)
        return
    if question is None:
        raise UsageError("which question? kg ask --list shows them")
    given = dict(_pair(text) for text in param or ())
    format_ = AnswerFormat.JSON if as_json else format_
    print_answer(Settings.from_environment(store), question, given, format_)


def print_answer(
    settings: Settings,
    question: str,
    given: Mapping[str, str],
    format_: AnswerFormat = AnswerFormat.TABLE,
) -> None:
    """Answer a question over a store, and print the answer."""
    asked = question_named(load_questions(resource_folder("queries")), question)
    graph = open_graph(settings)
    print_table(answer_to(graph.reader, asked, given, graph.resolve), format_)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--param {text!r}: write it as NAME=VALUE")
    return name, value


def _list(as_json: bool) -> None:
    questions = load_questions(resource_folder("queries"))
    if as_json:
        print_json([q.as_json() for q in questions])
        return
    width = max(len(q.id) for q in questions)
    for q in questions:
        out.print(f"{q.id:<{width}}  {q.summary}")
        for p in q.parameters:
            need = "required" if p.required else "optional"
            out.print(f"{'':<{width}}    --param {p.name}=  ({p.type}, {need}) {p.description}")
