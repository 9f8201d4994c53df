"""``kg ask``: the questions of the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from kg_service.cli.console import StoreOption, err, out, print_json
from kg_service.cli.results import AnswerFormat, print_table
from kg_service.errors import NotKnown, UsageError
from kg_service.opening import open_graph
from kg_service.questions import Question, load_questions, question_named
from kg_service.questions import ask as answer_to
from kg_service.questions.asking import ask_page
from kg_service.questions.listing import chosen_questions
from kg_service.questions.needs import Answerable, answerable
from kg_service.resources import resource_folder
from kg_service.settings import Settings


def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="Its id, such as cq7; see --list.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the questions there are.")] = False,
    family: Annotated[
        str | None, typer.Option("--family", help="With --list: only this family of questions.")
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", help="With --list: only questions with this tag.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="ID",
            help="With --list: whether this source can answer each, and what it lacks.",
        ),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A parameter; may be repeated."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many rows; all, if none.")
    ] = None,
    offset: Annotated[
        int, typer.Option("--offset", min=0, help="With --limit: rows to pass over first.")
    ] = 0,
    format_: Annotated[
        AnswerFormat, typer.Option("--format", help="How to print the answer.")
    ] = AnswerFormat.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    store: StoreOption = None,
) -> None:
    """Answer one of the questions that come with the service."""
    settings = Settings.from_environment(store)
    if list_:
        chosen = chosen_questions(load_questions(resource_folder("queries")), family, tag)
        as_json = as_json or format_ is AnswerFormat.JSON
        if source is None:
            _list(chosen, as_json)
        else:
            _list_of_source(settings, chosen, source, as_json)
        return
    if question is None:
        raise UsageError("which question? kg ask --list shows them")
    given = dict(_pair(text) for text in param or ())
    if source is not None:
        given["source"] = source
    format_ = AnswerFormat.JSON if as_json else format_
    print_answer(settings, question, given, format_, limit, offset)


def print_answer(
    settings: Settings,
    question: str,
    given: Mapping[str, str],
    format_: AnswerFormat = AnswerFormat.TABLE,
    limit: int | None = None,
    offset: int = 0,
) -> None:
    """Answer a question over a store, and print the answer or a page of it."""
    asked = question_named(load_questions(resource_folder("queries")), question)
    graph = open_graph(settings)
    if limit is None:
        table = answer_to(graph.reader, asked, given, graph.resolve)
        print_table(table, format_)
    else:
        page = ask_page(graph.reader, asked, given, graph.resolve, offset=offset, limit=limit)
        table = page.table
        print_table(table, format_)
        if page.more:
            total = "more than are counted" if page.total is None else str(page.total)
            err.print(f"there are more rows ({total} in all): --offset {offset + limit}")
    if not table.rows and asked.empty and format_ is AnswerFormat.TABLE:
        out.print(f"That is to say: {asked.empty}.")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--param {text!r}: write it as NAME=VALUE")
    return name, value


def _list(questions: Sequence[Question], as_json: bool) -> None:
    if as_json:
        print_json([q.as_json() for q in questions])
        return
    width = max(len(q.id) for q in questions)
    family = None
    for q in questions:
        if q.family is not family:
            family = q.family
            out.print(f"\n{family.value}" if q is not questions[0] else family.value)
        out.print(f"  {q.id:<{width}}  {q.summary}")
        for p in q.parameters:
            need = "required" if p.required else "optional"
            values = f", one of {', '.join(p.values)}" if p.values else ""
            out.print(
                f"  {'':<{width}}    --param {p.name}=  ({p.type}, {need}{values}) {p.description}"
            )


def _list_of_source(
    settings: Settings, questions: Sequence[Question], source: str, as_json: bool
) -> None:
    graph = open_graph(settings).frozen()
    record = next((record for record in graph.sources() if record.id == source), None)
    if record is None:
        raise NotKnown(f"no source has the id {source!r}; kg sources lists them")
    found = answerable(graph.reader, questions, record)
    if as_json:
        print_json([one.as_json() for one in found])
        return
    print_answerable(found)


def print_answerable(found: Sequence[Answerable]) -> None:
    """Which questions a source can answer, and what it lacks for the others."""
    width = max(len(one.question.id) for one in found)
    can = [one for one in found if not one.missing]
    out.print(f"{len(can)} of {len(found)} questions can be answered")
    for one in can:
        out.print(f"  {one.question.id:<{width}}  {one.question.summary}")
    if len(can) < len(found):
        out.print("lacking for the others")
    for one in found:
        if one.missing:
            lacks = ", ".join(str(need) for need in one.missing)
            out.print(f"  {one.question.id:<{width}}  {lacks}")
