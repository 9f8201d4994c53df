"""What an engine says of a query that does not parse, in words for the one who wrote it."""

from __future__ import annotations

import re

_PLACE = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?:expected )?(?P<rest>.*)", re.DOTALL)
_CLASS = re.compile(r"\[(?:'\]'|[^\]])*\]")
_SHOWN = 8


def syntax_message(said: str) -> str:
    """Line, column and what is wrong, out of the message of Oxigraph's parser.

    Its lists of what could stand there hold classes of single characters, which help nobody,
    and, between them, sentences, which tell the reason. Other engines' messages stay as they are.
    """
    match = _PLACE.search(said)
    if match is None:
        return said
    place = f"line {match['line']}, column {match['column']}"
    options = _CLASS.sub("", match["rest"].replace("\n", " ").removeprefix("one of "))
    items = [item for item in (part.strip(" |") for part in options.split(", ")) if item]
    reasons = [item for item in items if " " in item and not item.startswith(('"', "'"))]
    if reasons:
        return f"{place}: {'; '.join(reasons)}"
    if not items:
        return f"{place}: this can not stand here"
    more = ", ..." if len(items) > _SHOWN else ""
    return f"{place}: expected one of {', '.join(items[:_SHOWN])}{more}"
