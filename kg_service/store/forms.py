"""Queries in another form: the solutions behind a CONSTRUCT or a DESCRIBE."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<skip>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"
              |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*"|\#[^\n\r]*)
    | (?P<term>[?$]\w+|<[^<>"{}|^`\\\x00-\x20]*>|[\w\-.%]*:[\w\-.:%\\]*)
    | (?P<mark>[{}*])
    | (?P<word>[A-Za-z_][\w\-]*)
    """,
    re.VERBOSE | re.DOTALL,
)


def solutions_query(sparql: str) -> str:
    """The SELECT whose solutions a CONSTRUCT makes statements of, or a DESCRIBE describes.

    Other forms come back as they are. IRIs that a DESCRIBE names are bound to variables.
    """
    tokens = list(_TOKEN.finditer(sparql))
    for place, token in enumerate(tokens):
        word = token.group().upper() if token.lastgroup == "word" else ""
        if word == "CONSTRUCT":
            return f"{sparql[: token.start()]}SELECT * {sparql[_template_end(tokens[place:]) :]}"
        if word == "DESCRIBE":
            return _describing(sparql, token, tokens[place + 1 :])
        if word in ("SELECT", "ASK"):
            break
    return sparql


def written_out(sparql: str) -> str:
    """A query whose CONSTRUCT has a template, if it is one (the short form has its pattern)."""
    tokens = list(_TOKEN.finditer(sparql))
    for place, token in enumerate(tokens):
        if token.lastgroup == "word" and token.group().upper() == "CONSTRUCT":
            if _template_end(tokens[place:]) != token.end():
                break
            braces = [t for t in tokens[place:] if t.group() in "{}"]
            if len(braces) == 2:
                pattern = sparql[braces[0].start() : braces[1].end()]
                return f"{sparql[: token.end()]} {pattern} {sparql[token.end() :]}"
    return sparql


def names_graphs(sparql: str) -> bool:
    """Whether a query names a graph or a dataset: GRAPH with an IRI, FROM."""
    before = ""
    for token in _TOKEN.finditer(sparql):
        text = token.group()
        if token.lastgroup == "word" and text.upper() == "FROM":
            return True
        if before == "GRAPH" and token.lastgroup == "term" and text[0] not in "?$":
            return True
        if token.lastgroup != "skip":
            before = text.upper() if token.lastgroup == "word" else ""
    return False


def _template_end(tokens: list[re.Match[str]]) -> int:
    """Where the template of a CONSTRUCT ends; the word itself where it has none."""
    braces = 0
    for token in tokens[1:]:
        text = token.group()
        if token.lastgroup == "word" and not braces:
            break  # FROM or WHERE: the short form
        braces += {"{": 1, "}": -1}.get(text, 0) if token.lastgroup == "mark" else 0
        if text == "}" and not braces:
            return token.end()
    return tokens[0].end()


def _describing(sparql: str, form: re.Match[str], after: list[re.Match[str]]) -> str:
    chosen: list[str] = []
    end = form.end()
    for token in after:
        text = token.group()
        if token.lastgroup == "term":
            chosen.append(text)
        elif text != "*" and token.lastgroup != "skip":
            break
        end = token.end()
    rest = sparql[end:]
    if "{" not in (token.group() for token in after):
        cut = next(_words(rest), len(rest))
        rest = f"{rest[:cut]} WHERE {{}} {rest[cut:]}"
    bound = [
        text if text[0] in "?$" else f"({text} AS ?described{number})"
        for number, text in enumerate(chosen)
    ]
    return f"{sparql[: form.start()]}SELECT DISTINCT {' '.join(bound) or '*'} {rest}"


def _words(text: str) -> Iterator[int]:
    """Where the words of a query's end begin, behind its dataset."""
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "word" and token.group().upper() not in ("FROM", "NAMED"):
            yield token.start()
