"""The questions' pages for browsers: the list, and a form with its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pyoxigraph import NamedNode
from starlette.responses import HTMLResponse

from kg_service.questions import Parameter, Question
from kg_service.questions.asking import Page
from kg_service.questions.model import Family
from kg_service.service import html
from kg_service.service.query_paging import Place, relations


def names_of_format(question: Question) -> list[str]:
    """The parameters that name the answer's format: those that are not the question's own."""
    own = {parameter.name for parameter in question.parameters}
    return [name for name in ("format", "output") if name not in own]


def questions_page(
    questions: Sequence[Question], can: Mapping[str, Sequence[str]], root: str
) -> HTMLResponse:
    """Questions by family, each with a link to ask it, and what a source lacks to answer it."""
    body = ""
    for family in Family:
        rows = [
            (
                (q.id, f"{root}/queries/{q.id}"),
                (q.summary, None),
                (", ".join(q.tags[1:]), None),
                *([(", ".join(can[q.id]) or "nothing", None)] if can else []),
            )
            for q in questions
            if q.family is family
        ]
        if rows:
            columns = ("Id", "Question", "About", *(["The source lacks"] if can else []))
            body += html.heading(family.value) + html.table(str(len(rows)), columns, rows)
    return html.page("Questions", body, root)


def question_page(
    question: Question, given: Mapping[str, str], place: Place, page: Page | None, root: str
) -> HTMLResponse:
    """A question, its parameters to fill in, and the answer where it could be asked."""
    body = html.paragraph(question.description)
    if question.parameters:
        body += _form(question, given, root)
    body += html.heading("Answer")
    if page is None:
        needed = ", ".join(p.name for p in question.required)
        body += html.paragraph(f"Fill in {needed} to get an answer.")
    else:
        body += _answer(question, page, root) + _other_pages(question, given, place, page, root)
        body += _other_formats(question, given, root)
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
            f"{required}{_suggested(field, parameter)}</p>"
        )
    action = f"{html.text(root)}/queries/{html.text(question.id)}"
    return (
        f'<form action="{action}" method="get">\n{"".join(fields)}\n'
        '<p><button type="submit">Ask</button></p>\n</form>\n'
    )


def _suggested(field: str, parameter: Parameter) -> str:
    """The rest of a field, with the values that it can have where these are known."""
    if not parameter.values:
        return ">"
    options = "".join(f'<option value="{html.text(value)}">' for value in parameter.values)
    return f' list="{field}-values"><datalist id="{field}-values">{options}</datalist>'


def _answer(question: Question, page: Page, root: str) -> str:
    table = page.table
    count = len(table.rows)
    if not count and not page.offset and question.empty:
        return html.paragraph(f"No rows: {question.empty}.")
    first = page.offset + 1
    of = "more" if page.total is None else str(page.total)
    rows = []
    for terms, texts in zip(table.rows, table.texts(), strict=True):
        links = [
            f"{root}/entity?{urlencode({'id': term.value})}"
            if isinstance(term, NamedNode)
            else None
            for term in terms
        ]
        rows.append(list(zip(texts, links, strict=True)))
    title = f"rows {first} to {page.offset + count} of {of}" if count else "no rows"
    return html.table(title, table.columns, rows)


def _other_pages(
    question: Question, given: Mapping[str, str], place: Place, page: Page, root: str
) -> str:
    path = f"{root}/queries/{question.id}"
    links = [
        html.link(relation, f"{path}?{urlencode({**given, **rows})}")
        for relation, rows in relations(place, page)
        if page.more or page.offset
    ]
    return f"<p>{', '.join(links)}</p>" if links else ""


def _other_formats(question: Question, given: Mapping[str, str], root: str) -> str:
    parameter = names_of_format(question)[0]
    links = ", ".join(
        html.link(name, f"{root}/queries/{question.id}?{urlencode({**given, parameter: name})}")
        for name in ("json", "csv", "tsv")
    )
    return f"<p>The whole answer as {links}.</p>"
