"""MongoDB extended JSON (v1 and v2, relaxed and canonical) as plain values.

https://github.com/mongodb/specifications: ``{"$date": …}``, ``{"$oid": …}``,
``{"$numberLong": …}`` and their kin are dates, ids and numbers, not objects.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

MAX_DEPTH = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _NotExtendedError(Exception):
    """An object that only looks like a wrapped value."""


class TooDeepError(Exception):
    """Nested deeper than MAX_DEPTH."""


def plain(value: Any) -> Any:
    """The value with every wrapper replaced. Dates become ``datetime``. Raises TooDeepError."""
    return _plain(value, 0)


def _plain(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise TooDeepError
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    if 0 < len(value) <= 2 and all(key.startswith("$") for key in value):
        try:
            return _unwrapped(value)
        except (_NotExtendedError, ValueError, OverflowError):
            pass
    return {key: _plain(item, depth + 1) for key, item in value.items()}


def _unwrapped(value: dict[str, Any]) -> Any:
    tag, content = next(iter(value.items()))
    if len(value) > 1:
        raise _NotExtendedError
    if tag in ("$oid", "$uuid", "$symbol") and isinstance(content, str):
        return content
    if tag in ("$numberLong", "$numberInt") and isinstance(content, (str, int)):
        return int(content)
    if tag in ("$numberDouble", "$numberDecimal") and isinstance(content, (str, int, float)):
        return float(content)
    if tag == "$date":
        return _date(content)
    if tag == "$undefined":
        return None
    raise _NotExtendedError


def _date(content: Any) -> Any:
    if isinstance(content, str):
        return content  # ISO 8601 already; kept as written
    if isinstance(content, dict) and content.keys() == {"$numberLong"}:
        content = _unwrapped(content)
    if isinstance(content, (int, float)) and not isinstance(content, bool):
        return _EPOCH + timedelta(milliseconds=content)
    raise _NotExtendedError
