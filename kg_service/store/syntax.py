"""What is wrong with a query that does not parse, in words for the one who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg_service.store.sparql_text import keywords
from kg_service.terms import PREFIXES

_PLACE = re.compile(
    r"error at (?P<line>\d+):(?P<column>\d+): (?:expected )?(?P<rest>.*)", re.DOTALL
)
_OPTION = re.compile(r'"(?:[^"\\]|\\.)*"|\[(?:\'[^\']*\'|[^\]\'])*\]|[^,"\[\]]+', re.DOTALL)
_DECLARED = re.compile(r"\bPREFIX\s+([\w\-.]*):", re.IGNORECASE)
# a prefixed name, past what may hold a colon that makes none
_NAMED = re.compile(
    r"""'''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|\#[^\n]*
      |(?<![\w?$])(?P<prefix>(?!_:)[^\W\d_][\w\-.]*|):[\w\-.:%]*""",
    re.VERBOSE | re.DOTALL,
)
_NEAR = 30
_MOST_OPTIONS = 8


def explain_syntax(sparql: str, said: str) -> str:
    """Line, column and the text there, and what is wrong with it, as far as it can be told.

    ``said`` is the message of the engine. Oxigraph's parser lists what could stand there, but
    also, as ``OPTIONAL``, what could not; only its sentences and short lists are kept.
    """
    match = _PLACE.search(said)
    if match is None:
        return said
    line, column = int(match["line"]), int(match["column"])
    place = f"line {line}, column {column}"
    lines = sparql.splitlines()
    before = lines[line - 1][: column - 1][-_NEAR:].strip() if line <= len(lines) else ""
    if before:
        place += f", after '{before}'"
    return f"{place}: {_reason(sparql, match['rest'])}"


def _reason(sparql: str, rest: str) -> str:
    for prefix in _undeclared(sparql):
        return (
            f"the prefix '{prefix}:' is not declared; begin the query with PREFIX {prefix}: <...>"
        )
    options = [m.group().strip() for m in _OPTION.finditer(rest.removeprefix("one of "))]
    sentences = [o for o in options if " " in o and not o.startswith(('"', "["))]
    if sentences:
        return "; ".join(sentences)
    literal = [option for option in options if option.startswith('"')]
    if 0 < len(literal) <= _MOST_OPTIONS:
        return f"expected one of {', '.join(literal)}"
    if not any(word in keywords(sparql) for word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")):
        return "a query starts with SELECT, ASK, CONSTRUCT or DESCRIBE, after its prefixes"
    if sparql.count("{") > sparql.count("}"):
        return "a closing brace is missing"
    return "the query can not go on like this"


def _undeclared(sparql: str) -> Iterator[str]:
    declared = {*PREFIXES, *_DECLARED.findall(sparql)}
    for match in _NAMED.finditer(sparql):
        prefix = match["prefix"]
        if prefix is not None and prefix not in declared:
            yield prefix
