"""JSON files of records: one value, or one a line, made fit for RDF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ingest.errors import UnreadableSource
from ingest.findings import Findings
from ingest.json_text import parse


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

    Raises UnreadableSource, with line and column.
    """
    if not is_lines(content):
        yield parse(content, where, findings), f"{where}: $"
        return
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield _line(line, number, where, findings), f"{where}: line {number}: $"


def _line(line: bytes, number: int, where: str, findings: Findings) -> Any:
    try:
        return parse(line, f"{where}: line {number}", findings)
    except UnreadableSource as error:
        if not isinstance(error.__cause__, json.JSONDecodeError):
            raise
        # once more, below as many empty lines, so that the message tells the line in the file
        return parse(b"\n" * (number - 1) + line, where)
