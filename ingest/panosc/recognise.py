"""Whether a file holds records of the PaN search API."""

from __future__ import annotations

import json
from typing import Any

from ingest.json_records import is_lines
from ingest.panosc.kinds import kind_named, kind_of, mostly_records
from ingest.sniff import Sniff

_SAMPLE = 100


def is_panosc(sniff: Sniff) -> bool:
    """An array of records, one record, an object of collections, a dump, or one record a line."""
    if not sniff.head.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return False
    if sniff.json is not None:
        return _holds_records(sniff.json)
    if is_lines(sniff.content):
        lines = [x for x in sniff.content.lstrip(b"\xef\xbb\xbf").splitlines() if x.strip()]
        first = json.loads(lines[0])
        return isinstance(first, dict) and kind_of(first) is not None
    # broken JSON that was meant to be such an answer deserves to hear where it breaks
    return '"panetId"' in sniff.head or (
        '"isPublic"' in sniff.head and '"pid"' in sniff.head and '"title"' in sniff.head
    )


def _holds_records(value: Any) -> bool:
    if isinstance(value, list):
        return mostly_records(value[:_SAMPLE])
    if not isinstance(value, dict):
        return False
    if kind_of(value) is not None:
        return True
    models = value.get("models")
    if isinstance(models, dict):
        return {"Dataset", "Document", "Technique"} <= models.keys()
    return any(
        kind_named(name) is kind_of(content[0])
        for name, content in value.items()
        if isinstance(content, list)
        and content
        and isinstance(content[0], dict)
        and kind_of(content[0]) is not None
    )
