"""JSON files of records: one value, or one a line, made fit for RDF."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ingest.errors import InvalidSource, UnreadableSource
from ingest.findings import Findings
from ingest.json_text import parse

MAX_DEPTH = 200
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def is_lines(content: bytes) -> bool:
    """Whether it is one JSON object a line (NDJSON) rather than one JSON value."""
    lines = [line for line in content.lstrip(b"\xef\xbb\xbf").splitlines() if line.strip()]
    if len(lines) < 2 or not lines[0].lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(lines[0]), dict)
    except (ValueError, RecursionError):
        return False


def values(content: bytes, where: str, findings: Findings) -> Iterator[tuple[Any, str]]:
    """The JSON values of a file with their place, ``file: $`` or ``file: line 3: $``.

    Raises UnreadableSource (with line and column) and InvalidSource (nested beyond MAX_DEPTH).
    """
    halves = _SURROGATE_ESCAPE.search(content) is not None
    for value, place in _parsed(content, where, findings):
        if _depth(value) > MAX_DEPTH:
            raise InvalidSource(
                f"nested more than {MAX_DEPTH} levels deep",
                where=place,
                todo="check that it is an export of a catalogue",
            )
        yield (_mended(value, place, findings) if halves else value), place


def _parsed(content: bytes, where: str, findings: Findings) -> Iterator[tuple[Any, str]]:
    if not is_lines(content):
        yield parse(content, where, findings), f"{where}: $"
        return
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield _line(line, number, where, findings), f"{where}: line {number}: $"


def _line(line: bytes, number: int, where: str, findings: Findings) -> Any:
    try:
        return parse(line, where, findings)
    except UnreadableSource:
        # once more, below as many empty lines, so that the message tells the line in the file
        return parse(b"\n" * (number - 1) + line, where)


def _mended(value: Any, where: str, findings: Findings) -> Any:
    """Halves of surrogate pairs, which JSON can escape and no IRI or literal can hold."""
    if isinstance(value, list):
        return [_mended(item, where, findings) for item in value]
    if isinstance(value, dict):
        return {_mended(k, where, findings): _mended(v, where, findings) for k, v in value.items()}
    if isinstance(value, str) and _SURROGATE.search(value):
        findings.repaired("lone-surrogate", where, "replaced by U+FFFD")
        return _SURROGATE.sub("\ufffd", value)
    return value


def _depth(value: Any) -> int:
    """How deep lists and objects are nested, without recursion."""
    deepest, level = 0, [value]
    while level:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner += item.values()
            elif isinstance(item, list):
                inner += item
        if not inner or deepest > MAX_DEPTH:
            return deepest
        deepest, level = deepest + 1, inner
    return deepest
