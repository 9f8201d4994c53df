"""What the text of a query tells before it is run: its form, and whether it calls out.

The text is read in one pass, in time linear in its length, whatever it holds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from kg_service.errors import Refused

# SPARQL 1.1 grammar, section 19.8. Letters beyond ASCII count as part of names: where they may
# not stand in one, the query does not parse
_NAME = r"[\w\-.%\x80-\U0010ffff]"
_LONG = {"'": r"'''(?:[^\\]|\\.)*?'''", '"': r'"""(?:[^\\]|\\.)*?"""'}
_OTHERS = rf"""
    | (?P<short>'(?:[^'\\\n\r]|\\.)*+'|"(?:[^"\\\n\r]|\\.)*+")
    | (?P<torn>'(?:[^'\\\n\r]|\\.)*+|"(?:[^"\\\n\r]|\\.)*+)
    | (?P<iri><[^<>"{{}}|^`\x00-\x20]*+>)
    | (?P<comment>\#[^\n\r]*+)
    | (?P<variable>[?$]{_NAME}++)
    | (?P<name>{_NAME}*+:(?:\\.|[:\w\-.%\x80-\U0010ffff])*+)
    | (?P<run>@?{_NAME}++)
"""
_WORD = re.compile(r"@?[A-Za-z_][\w\-]*")
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}

_SILENT = re.compile("SILENT", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n]*+")
_LONGEST_NAME = 300
# what SERVICE may name: an IRI, a variable, a prefixed name; or a name too long to be looked at
_NAMED = re.compile(
    rf"""<[^<>{{}}]*+>|[?$]{_NAME}{{1,{_LONGEST_NAME}}}+
      |[^ \t\r\n{{}}()<>"'?$:]{{0,{_LONGEST_NAME}}}+
       (?::(?:\\.|[^ \t\r\n{{}}()<>"'\\\#]){{0,{_LONGEST_NAME}}}+|(?<=.{{{_LONGEST_NAME}}}))""",
    re.VERBOSE | re.DOTALL,
)
_FULL_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")


def _pattern(long_strings: str) -> re.Pattern[str]:
    long = "|".join(_LONG[quote] for quote in long_strings) or "(?!)"
    unended = "|".join(quote * 3 for quote in long_strings) or "(?!)"
    return re.compile(f"(?P<long>{long}) | (?P<open>{unended}) {_OTHERS}", re.VERBOSE | re.DOTALL)


# by the quotes of which a long string can still end
_PATTERNS = {quotes: _pattern(quotes) for quotes in ("'\"", "'", '"', "")}


def tokens(sparql: str) -> Iterator[re.Match[str]]:
    """The tokens of a query: long and short strings, iri, comment, variable, name and run.

    A run is what holds keywords and numbers, a torn one a string without an end. Signs are
    passed over.
    """
    quotes, position = "'\"", 0
    while True:
        match = _PATTERNS[quotes].search(sparql, position)
        if match is None:
            return
        position = match.end()
        if match.lastgroup == "open":
            # no end: this is an empty string and another quote, and no later one ends either
            quotes = quotes.replace(match.group()[0], "")
            position = match.start()
            continue
        yield match


def keywords(sparql: str) -> Iterator[str]:
    """The bare words of a query in capitals: neither in strings, IRIs, comments nor names."""
    for match in tokens(sparql):
        if match.lastgroup == "run":
            for word in _WORD.finditer(match.group()):
                yield word.group().upper()


def refuse_calls_out(sparql: str) -> None:
    """Refuse a query that would make the store send requests, or change it. Raises Refused."""
    if _has_clause(sparql, _SERVICE):
        raise Refused(
            "SERVICE is refused: this endpoint sends no requests to others; "
            "query the other endpoint yourself and join the results"
        )
    for word in keywords(sparql):
        if word in _UPDATES:
            raise Refused(
                f"{word} is refused: this endpoint is read only; change it with kg ingest"
            )
        if word not in ("PREFIX", "BASE"):
            return


def refuse_loading(update: str) -> None:
    """Refuse an update that would make the store send requests. Raises Refused."""
    for clause, word in ((_SERVICE, "SERVICE"), (_LOAD, "LOAD")):
        if _has_clause(update, clause):
            raise Refused(
                f"{word} is refused: this endpoint sends no requests to others; "
                "ingest what it would read"
            )


@dataclass(frozen=True)
class _Clause:
    """A keyword that is followed by an IRI or the like, and maybe by a brace."""

    word: re.Pattern[str]
    brace: bool


_SERVICE = _Clause(re.compile("SERVICE", re.IGNORECASE), brace=True)
# what an update starts with ends no name
_LOAD = _Clause(re.compile(r"(?<![\w:\-])LOAD", re.IGNORECASE), brace=False)


def _has_clause(sparql: str, clause: _Clause) -> bool:
    """Whether a clause that calls out may stand in the text.

    A parser needs no space around its keywords (``trueSERVICEex:a{}``), and can take ``<`` for a
    comparison where a reader of tokens sees an IRI. So every place where the word is followed by
    what it needs counts, but for strings and comments of texts that can be read in one way only.
    """
    words = list(clause.word.finditer(sparql))
    if not words:
        return False
    gaps = _Gaps(sparql)
    places = {word.start() for word in words if _is_clause(sparql, word.end(), gaps, clause.brace)}
    return bool(places) and bool(places - _hidden(sparql, places))


def _is_clause(sparql: str, position: int, gaps: _Gaps, brace: bool) -> bool:
    position = gaps.end(position)
    silent = _SILENT.match(sparql, position)
    starts = [position, gaps.end(silent.end())] if silent else [position]
    for start in starts:
        named = _NAMED.match(sparql, start)
        if named is None:
            continue
        too_long = len(named.group()) >= _LONGEST_NAME
        if too_long or not brace or sparql.startswith("{", gaps.end(named.end())):
            return True
    return False


def _hidden(sparql: str, places: set[int]) -> set[int]:
    """Those of the places that are in strings or comments; none where that is not certain."""
    hidden: set[int] = set()
    waiting = sorted(places, reverse=True)
    for token in tokens(sparql):
        text = token.group()
        if token.lastgroup == "iri" and set(text) & {"#", "'"} and not _FULL_IRI.match(text):
            return set()
        while waiting and waiting[-1] < token.end():
            place = waiting.pop()
            if token.lastgroup in ("long", "short", "comment") and place >= token.start():
                hidden.add(place)
    return hidden


class _Gaps:
    """Where white space and comments end, each looked for once."""

    def __init__(self, sparql: str) -> None:
        self._text = sparql
        self._line_ends = [m.start() for m in re.finditer(r"[\n\r]|\Z", sparql)]
        self._ends: dict[int, int] = {}

    def end(self, position: int) -> int:
        passed = []
        while position not in self._ends:
            passed.append(position)
            space = _SPACE.match(self._text, position)
            after = space.end() if space else position
            if self._text[after : after + 1] != "#":
                position = after
                break
            position = self._line_ends[bisect_left(self._line_ends, after)]
        position = self._ends.get(position, position)
        for one in passed:
            self._ends[one] = position
        return position


def query_form(sparql: str) -> str | None:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; None where the text has no such word."""
    return next((word for word in keywords(sparql) if word in _FORMS), None)
