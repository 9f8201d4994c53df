"""Event times: ISO 8601 with a zone, or not quite."""

from __future__ import annotations

import re

from pyoxigraph import Literal, NamedNode

from ingest.triples import XSD

_DATE_TIME = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    r"(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
)


def time_literal(written: str) -> Literal:
    """An xsd:dateTime where it is one, as written (nanoseconds too); else the text."""
    if _DATE_TIME.fullmatch(written.strip()):
        return Literal(written.strip(), datatype=NamedNode(XSD + "dateTime"))
    return Literal(written)
