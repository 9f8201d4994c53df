"""JSON values as literals, for readers whose sources are JSON records."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime
from typing import Any

from pyoxigraph import Literal, NamedNode

from ingest.triples import XSD, literal

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?")
_JSON = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON")

Scalar = str | int | float | bool | datetime


def is_scalar(value: Any) -> bool:
    """Whether a value is a single literal (null is none)."""
    return isinstance(value, (str, int, float, bool, datetime))


def scalar_literal(value: Scalar, *, times: bool = True) -> Literal:
    """A literal with the type of the value; a text that is a full ISO 8601 time becomes one."""
    if isinstance(value, float) and not math.isfinite(value):
        name = "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
        return Literal(name, datatype=NamedNode(XSD + "double"))
    if times and isinstance(value, str) and _DATE_TIME.fullmatch(value) and _is_time(value):
        return Literal(value, datatype=NamedNode(XSD + "dateTime"))
    return literal(value)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def json_literal(value: Any) -> Literal:
    """A list or object as one literal, where its order matters and its parts need no nodes."""
    return Literal(canonical(value), datatype=_JSON)


def canonical(value: Any) -> str:
    """The same text for the same JSON value (RFC 8259), keys sorted."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=_written)


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
