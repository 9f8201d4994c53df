"""Binding variables of a query in its text, for engines that are asked over HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg_service.errors import UsageError
from kg_service.store.port import Term

# what may hold braces that open no group, then braces, parentheses and words
_TOKEN = re.compile(
    r"""
      (?P<skip>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"
              |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*"
              |<[^<>"{}|^`\\\x00-\x20]*>
              |\#[^\n\r]*
              |[?$]\w+
              |[\w\-.%]*:[\w\-.:%\\]*)
    | (?P<mark>[{}()])
    | (?P<word>[A-Za-z_][\w\-]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile(r"\w+")


def bind(sparql: str, bindings: Mapping[str, Term]) -> str:
    """The query with its variables bound by a VALUES block, terms written by themselves.

    The block stands first in the outermost group, so that filters, optional parts and
    aggregates see the values. Where a query has no such group (DESCRIBE ?x, CONSTRUCT WHERE)
    it stands last (SPARQL 1.1 Query, section 10.2.2). Raises UsageError for a bad name.
    """
    if not bindings:
        return sparql
    for name in bindings:
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} can not name a SPARQL variable")
    names = " ".join(f"?{name}" for name in bindings)
    terms = " ".join(str(term) for term in bindings.values())
    block = f"VALUES ({names}) {{ ({terms}) }}"
    start = _pattern_start(sparql)
    if start is None:
        return f"{sparql}\n{block}"
    return f"{sparql[:start]} {block} {sparql[start:]}"


def _pattern_start(sparql: str) -> int | None:
    """The offset behind the brace that opens the query's outermost group."""
    form = ""
    parentheses = braces = groups = 0
    where = False
    for token in _TOKEN.finditer(sparql):
        text = token.group()
        if token.lastgroup == "word":
            word = text.upper()
            if not form and word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
                form = word
            elif word == "WHERE" and not groups:
                where = True
        elif text == "(":
            parentheses += 1
        elif text == ")":
            parentheses -= 1
        elif text == "}":
            braces -= 1
        elif text == "{":
            outermost = not braces and not parentheses
            braces += 1
            if outermost and form == "CONSTRUCT" and not groups:
                if where:
                    return None  # the short form: its pattern is also the template
                groups += 1
            elif outermost and form:
                return token.end()
    return None
