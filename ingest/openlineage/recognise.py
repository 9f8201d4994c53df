"""Whether a file holds OpenLineage events."""

from __future__ import annotations

import json
import re

from ingest.openlineage.events import is_event, is_lines
from ingest.sniff import Sniff

_SAMPLE = 50
# in a file that is no valid JSON, these still tell what it was meant to be
_MARKS = re.compile(r'"(eventType|eventTime|runId|producer|schemaURL)"\s*:')


def is_openlineage(sniff: Sniff) -> bool:
    """An event, an array of events, an object with such ``events``, or an event a line."""
    if not sniff.head.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return False
    value = sniff.json
    if value is None:
        if is_lines(sniff.content):
            first = next(line for line in sniff.content.splitlines() if line.strip())
            return is_event(json.loads(first.decode("utf-8-sig", errors="replace")))
        return len(set(_MARKS.findall(sniff.head))) >= 3 and "openlineage" in sniff.head.lower()
    if isinstance(value, dict) and not is_event(value):
        value = value.get("events")
    if isinstance(value, list):
        return any(is_event(item) for item in value[:_SAMPLE])
    return is_event(value)
