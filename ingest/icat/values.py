"""Texts of attributes as literals: typed where they are what the schema says, else as written."""

from __future__ import annotations

import re
from datetime import datetime

from pyoxigraph import Literal, NamedNode

from ingest.findings import Findings
from ingest.icat.schema import Kind
from ingest.triples import XSD

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_BOOLEANS = {
    "true": "true",
    "false": "false",
    "yes": "true",
    "no": "false",
    "1": "true",
    "0": "false",
}


def literal_of(text: str, kind: Kind, where: str, findings: Findings) -> Literal:
    """The literal of an attribute's text; a warning where it is not what its kind should be."""
    if kind is Kind.TEXT:
        return Literal(text)
    found = _typed(text.strip(), kind)
    if found is None:
        findings.warned(f"no-{kind.value}", where, f"{text!r} kept as text")
        return Literal(text)
    return found


def _typed(text: str, kind: Kind) -> Literal | None:
    if kind is Kind.TIME:
        return time_literal(text)
    if kind is Kind.INTEGER and _INTEGER.fullmatch(text):
        return Literal(text, datatype=NamedNode(XSD + "integer"))
    if kind is Kind.NUMBER and _NUMBER.fullmatch(text):
        return Literal(text, datatype=NamedNode(XSD + "double"))
    if kind is Kind.BOOLEAN and text.lower() in _BOOLEANS:
        return Literal(_BOOLEANS[text.lower()], datatype=NamedNode(XSD + "boolean"))
    return None


def time_literal(text: str) -> Literal | None:
    """An xsd:dateTime or xsd:date; None where the text is no ISO 8601 time of those forms."""
    if _DATE_TIME.fullmatch(text):
        name = "dateTime"
    elif _DATE.fullmatch(text):
        name = "date"
    else:
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return Literal(text, datatype=NamedNode(XSD + name))
