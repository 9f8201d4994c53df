"""What the text of a query tells before it is run: its form, and whether it calls out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg_service.errors import Refused

# SPARQL 1.1 grammar, section 19.8: what may hold words that are no keywords
_TOKEN = re.compile(
    r"""
      (?P<string>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"
               |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<comment>\#[^\n\r]*)
    | (?P<variable>[?$]\w+)
    | (?P<name>[\w\-.%]*:[\w\-.:%\\]*)
    | (?P<word>@?[A-Za-z_][\w\-]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}


def keywords(sparql: str) -> Iterator[str]:
    """The bare words of a query in capitals: neither in strings, IRIs, comments nor names."""
    for match in _TOKEN.finditer(sparql):
        if match.lastgroup == "word":
            yield match.group().upper()


def refuse_calls_out(sparql: str) -> None:
    """Refuse a query that would make the store send requests, or change it. Raises Refused."""
    first = True
    for word in keywords(sparql):
        if word == "SERVICE":
            raise Refused(
                "SERVICE is refused: this endpoint sends no requests to others; "
                "query the other endpoint yourself and join the results"
            )
        if first and word in _UPDATES:
            raise Refused(
                f"{word} is refused: this endpoint is read only; change it with kg ingest"
            )
        if word not in ("PREFIX", "BASE"):
            first = False


def query_form(sparql: str) -> str | None:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; None where the text has no such word."""
    return next((word for word in keywords(sparql) if word in _FORMS), None)
