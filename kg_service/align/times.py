"""Times as sources write them, made comparable without inventing precision."""

from __future__ import annotations

import re
from datetime import date, datetime

from pyoxigraph import Literal, NamedNode

from kg_service.terms import XSD_DATETIME, XSD_NS

_XSD_DATE = NamedNode(XSD_NS + "date")
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


def time_literal(written: Literal) -> tuple[Literal, bool]:
    """An xsd:dateTime or xsd:date for an ISO 8601 text, and whether it was one.

    A time without zone stays without (XML Schema part 2, section 3.2.7); what is no ISO 8601
    time is given back as it was written.
    """
    text = written.value.strip()
    try:
        if _DATE_ONLY.fullmatch(text):
            date.fromisoformat(text)
            return Literal(text, datatype=_XSD_DATE), True
        if not text[:4].isdigit() or len(text) < len("2020-01-01T00"):
            return written, False
        return Literal(datetime.fromisoformat(text).isoformat(), datatype=XSD_DATETIME), True
    except ValueError:
        return written, False


def same_time(written: Literal, kept: Literal) -> bool:
    """Whether a time as written is the one kept; stores write a zone in a form of their own."""
    made = time_literal(written)[0]
    if made == kept:
        return True
    try:
        return made.datatype == kept.datatype == XSD_DATETIME and (
            datetime.fromisoformat(made.value) == datetime.fromisoformat(kept.value)
        )
    except ValueError:
        return False
