"""The words of PROV-N, each with its place.

PROV-N section 3.7: names, literals, punctuation, comments. Names are taken a little more
widely than its grammar has them, since real files write a colon unescaped in a local name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    IRI = "iri"
    STRING = "string"
    LANGUAGE = "language"
    TYPED = "%%"
    QUOTED = "quoted name"
    TIME = "time"
    NUMBER = "number"
    NAME = "name"
    MARKER = "-"
    PUNCTUATION = "punctuation"
    BROKEN = "broken"
    END = "end of file"


@dataclass(frozen=True, slots=True)
class Token:
    """A word: its kind, its text without quotes and escapes, and its place (both from 1)."""

    kind: Kind
    text: str
    line: int
    column: int


_AFTER = r"""(?=[\s,;()\[\]{}=]|//|/\*|$)"""
_WORDS = re.compile(
    rf"""
    (?P<space>\s+|//[^\n\r]*|/\*.*?\*/)
  | (?P<iri><[^<>\n\r]*>)
  | (?P<long>\"\"\"(?:\\.|[^\\])*?\"\"\")
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<typed>%%)
  | (?P<quoted>'(?:\\.|[^'\\\n])*')
  | (?P<time>-?\d{{4,}}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?{_AFTER})
  | (?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?{_AFTER})
  | (?P<marker>-{_AFTER})
  | (?P<punctuation>[()\[\]{{}},;=])
  | (?P<name>(?:\\.|[^\s,;()\[\]{{}}=<>"'\\])+)
  | (?P<broken>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS = {
    "iri": Kind.IRI,
    "long": Kind.STRING,
    "string": Kind.STRING,
    "language": Kind.LANGUAGE,
    "typed": Kind.TYPED,
    "quoted": Kind.QUOTED,
    "time": Kind.TIME,
    "number": Kind.NUMBER,
    "marker": Kind.MARKER,
    "punctuation": Kind.PUNCTUATION,
    "name": Kind.NAME,
    "broken": Kind.BROKEN,
}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_CUTS = {"iri": 1, "long": 3, "string": 1, "quoted": 1}


def tokens(text: str) -> list[Token]:
    """All words of a text, comments left out; the last is the end of the file."""
    found = []
    line, line_start = 1, 0
    for match in _WORDS.finditer(text):
        group, written = match.lastgroup or "broken", match.group()
        if group != "space":
            found.append(
                Token(_KINDS[group], _plain(group, written), line, match.start() - line_start + 1)
            )
        if newlines := written.count("\n"):
            line += newlines
            line_start = match.start() + written.rindex("\n") + 1
    found.append(Token(Kind.END, "", line, len(text) - line_start + 1))
    return found


def _plain(group: str, written: str) -> str:
    cut = _CUTS.get(group, 0)
    inner = written[cut : len(written) - cut]
    if group == "language":
        return inner[1:]
    if group in ("string", "long"):
        return _ESCAPE.sub(_string_escape, inner)
    if group in ("name", "quoted"):
        # PROV-N section 3.7.1: PN_CHARS_ESC
        return _ESCAPE.sub(lambda match: match[1], inner)
    return inner


def _string_escape(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uU" and len(code) > 1:
        number = int(code[1:], 16)
        scalar = number < 0x110000 and not 0xD800 <= number < 0xE000
        return chr(number) if scalar else "\N{REPLACEMENT CHARACTER}"
    return _CONTROL.get(code, code)
