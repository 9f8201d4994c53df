"""Whether a file holds DataCite metadata."""

from __future__ import annotations

import json
from typing import Any

from ingest.datacite.records import is_attributes, is_resource
from ingest.json_records import is_lines
from ingest.sniff import Sniff

_SAMPLE = 50


def is_datacite(sniff: Sniff) -> bool:
    """One record, a list of them, an answer of the REST API, or one of either a line."""
    if not sniff.head.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return False
    if sniff.json is not None:
        return _holds_records(sniff.json)
    if is_lines(sniff.content):
        return _is_record(_first_line(sniff.content))
    # broken JSON that was meant to be such metadata deserves to hear where it breaks
    return "datacite.org/schema/kernel" in sniff.head or (
        '"relatedIdentifierType"' in sniff.head and '"resourceTypeGeneral"' in sniff.head
    )


def _holds_records(value: Any) -> bool:
    if isinstance(value, dict) and "data" in value and not is_attributes(value):
        data = value["data"]
        items = data if isinstance(data, list) else [data]
        return any(is_resource(item) for item in items[:_SAMPLE])
    if isinstance(value, list):
        items = value[:_SAMPLE]
        return sum(_is_record(item) for item in items) * 2 > len(items)
    return _is_record(value)


def _is_record(value: Any) -> bool:
    return is_resource(value) or (isinstance(value, dict) and is_attributes(value))


def _first_line(content: bytes) -> Any:
    first = next(line for line in content.lstrip(b"\xef\xbb\xbf").splitlines() if line.strip())
    value = json.loads(first)
    # an answer of the API a line, as harvesters write them
    return value["data"] if isinstance(value, dict) and is_resource(value.get("data")) else value
