"""The questions' pages for browsers: the list, and a form with its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from urllib.parse import urlencode

from pyoxigraph import NamedNode
from starlette.responses import HTMLResponse

from kg_service.questions import Question
from kg_service.service import html
from kg_service.tables import Table

ROWS_SHOWN = 1000


def names_of_format(question: Question) -> list[str]:
    """The parameters that name the answer's format: those that are not the question's own."""
    own = {parameter.name for parameter in question.parameters}
    return [name for name in ("format", "output") if name not in own]


def questions_page(questions: Iterable[Question], root: str) -> HTMLResponse:
    """All questions, each with a link to ask it."""
    rows = [
        ((q.id, f"{root}/queries/{q.id}"), (q.summary, None), (", ".join(q.tags), None))
        for q in questions
    ]
    table = html.table(f"{len(rows)} questions", ("Id", "Question", "About"), rows)
    return html.page("Questions", table, root)


def question_page(
    question: Question, given: Mapping[str, str], table: Table | None, root: str
) -> HTMLResponse:
    """A question, its parameters to fill in, and the answer where it could be asked."""
    body = html.paragraph(question.description)
    if question.parameters:
        body += _form(question, given, root)
    body += html.heading("Answer")
    if table is None:
        needed = ", ".join(p.name for p in question.parameters if p.required)
        body += html.paragraph(f"Fill in {needed} to get an answer.")
    else:
        body += _answer(table, root) + _other_formats(question, given, root)
    body += html.heading("Columns")
    body += html.definitions((c.name, html.text(c.description)) for c in question.columns)
    body += html.heading("In SPARQL")
    link = html.link("Change it and ask", f"{root}/sparql?{urlencode({'query': question.text})}")
    body += f"<p>{link}</p>" + html.code(question.text)
    return html.page(question.summary, body, root)


def _form(question: Question, given: Mapping[str, str], root: str) -> str:
    fields = []
    for parameter in question.parameters:
        field = f"parameter-{html.text(parameter.name)}"
        value = html.text(given.get(parameter.name, parameter.default or ""))
        required = " required" if parameter.required else ""
        fields.append(
            f'<p><label for="{field}">{html.text(parameter.name)}</label> '
            f"({html.text(parameter.type.value)}): {html.text(parameter.description)}<br>\n"
            f'<input id="{field}" name="{html.text(parameter.name)}" value="{value}" size="60"'
            f"{required}></p>"
        )
    action = f"{html.text(root)}/queries/{html.text(question.id)}"
    return (
        f'<form action="{action}" method="get">\n{"".join(fields)}\n'
        '<p><button type="submit">Ask</button></p>\n</form>\n'
    )


def _answer(table: Table, root: str) -> str:
    count = len(table.rows)
    more = f", the first {ROWS_SHOWN} of them" if count > ROWS_SHOWN else ""
    rows = []
    for terms, texts in islice(zip(table.rows, table.texts(), strict=True), ROWS_SHOWN):
        links = [
            f"{root}/entity?{urlencode({'id': term.value})}"
            if isinstance(term, NamedNode)
            else None
            for term in terms
        ]
        rows.append(list(zip(texts, links, strict=True)))
    return html.table(f"{count} rows{more}", table.columns, rows)


def _other_formats(question: Question, given: Mapping[str, str], root: str) -> str:
    parameter = names_of_format(question)[0]
    links = ", ".join(
        html.link(name, f"{root}/queries/{question.id}?{urlencode({**given, parameter: name})}")
        for name in ("json", "csv", "tsv")
    )
    return f"<p>The whole answer as {links}.</p>"
