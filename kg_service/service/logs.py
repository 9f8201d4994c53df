"""Logs on standard error: plain lines, or JSON, one object a line."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from kg_service.errors import UsageError

FORMS = ("plain", "json")
_FIELDS = ("request_id", "method", "route", "status", "ms", "bytes", "caller")


def set_up_logs(env: Mapping[str, str]) -> None:
    """Log as ``KG_LOG`` says: ``plain`` or ``json``, with a line for each request; without it,
    warnings only. ``KG_LOG_LEVEL`` is the least that is logged. Raises UsageError.
    """
    form = env.get("KG_LOG", "")
    if form and form not in FORMS:
        raise UsageError(f"KG_LOG: {form!r} is none of {', '.join(FORMS)}")
    level = env.get("KG_LOG_LEVEL", "").upper() or ("INFO" if form else "WARNING")
    if level not in logging.getLevelNamesMapping():
        raise UsageError(f"KG_LOG_LEVEL: {level!r} is no level, such as info or warning")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else PlainLines())
    for name in ("kg_service", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(level if name == "kg_service" else logging.WARNING)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """Time, level, message, and what is known of the request."""

    def format(self, record: logging.LogRecord) -> str:
        # what a client sent can not begin a line of its own
        said = record.getMessage().replace("\n", "\\n").replace("\r", "\\r")
        known = " ".join(
            f"{name}={value}"
            for name, value in _fields(record).items()
            if name in ("request_id", "ms", "bytes", "caller")
        )
        line = f"{_time(record)} {record.levelname.lower()} {said}" + (f" {known}" if known else "")
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
