"""From bytes to OpenLineage events, without holding more than one line of a log at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ingest.errors import UnreadableSource
from ingest.findings import Findings
from ingest.json_text import parse

_TYPES = frozenset({"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"})
Event = dict[str, Any]


def is_event(value: Any) -> bool:
    """Whether a JSON value is a run event, a job event or a dataset event.

    Producers leave out what the specification requires, so that one of its marks is enough
    where the rest has the shape.
    """
    if not isinstance(value, dict):
        return False
    named = [
        _is_named(value.get("job")),
        _is_named(value.get("dataset")),
        isinstance(run := value.get("run"), dict) and "runId" in run,
        any(
            isinstance(items := value.get(side), list) and any(_is_named(i) for i in items)
            for side in ("inputs", "outputs")
        ),
    ]
    event_type = value.get("eventType")
    marks = (
        isinstance(event_type, str) and event_type.upper() in _TYPES,
        isinstance(value.get("eventTime"), str),
        "openlineage" in str(value.get("schemaURL")).lower(),
    )
    return any(named) and any(marks)


def _is_named(value: Any) -> bool:
    """Whether it is a job or a dataset: a name in a namespace."""
    return isinstance(value, dict) and {"namespace", "name"} <= value.keys()


def is_lines(content: bytes) -> bool:
    """Whether it is one JSON object a line rather than one JSON value."""
    lines = (line.strip() for line in BytesIO(content.removeprefix(b"\xef\xbb\xbf")))
    first = next((line for line in lines if line), b"")
    if not first.startswith(b"{") or not any(lines):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def values_of(content: bytes, where: str, findings: Findings) -> Iterator[tuple[Any, str]]:
    """The JSON values of a file that should be events, with their places.

    A line of a log that is no JSON, such as one that a crash cut short, is told as lost.
    Raises UnreadableSource for a file that is one broken JSON value.
    """
    if is_lines(content):
        for number, line in enumerate(BytesIO(content), start=1):
            if line.strip():
                yield from _line(line, f"{where}: line {number}", findings)
        return
    value = parse(content, where, findings)
    if isinstance(value, dict) and not is_event(value) and isinstance(value.get("events"), list):
        yield from ((item, f"$.events[{n}]") for n, item in enumerate(value["events"]))
    elif isinstance(value, list):
        yield from ((item, f"$[{n}]") for n, item in enumerate(value))
    else:
        yield value, "$"


def _line(line: bytes, where: str, findings: Findings) -> Iterator[tuple[Any, str]]:
    try:
        yield parse(line, where, findings), where
    except UnreadableSource as error:
        findings.lost("not-json", where, error.what)
