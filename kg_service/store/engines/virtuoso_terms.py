"""Terms on their way into Virtuoso and back.

Virtuoso 7 keeps numbers, times and truth values as values of SQL. It gives some back in another
spelling (``1.50`` as ``1.5``, ``+00:00`` as ``Z``), and others as other values: a double with more
than six digits is rounded, an integer of more than 63 bits turns negative, ``"abc"^^xsd:integer``
is refused, a duration can not be read any more. A literal whose value would change is
written with a datatype of its own, ``urn:kg:as-written:DATATYPE``, which the server leaves alone,
and comes back as it was; SPARQL on the server does not see it as a number or a time. A literal
whose value is kept is written as it is, so that SPARQL can reckon with it: its spelling may be
another then, as it may with Oxigraph.

Blank nodes, which it renames with each update, are written as IRIs of their graph, and come back
as blank nodes.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from kg_service.errors import StoreError
from kg_service.terms import RDF_NS, XSD_NS

AS_WRITTEN = "urn:kg:as-written:"
BLANK = "urn:kg:blank:"
# it cuts longer ones short without a word
LONGEST_IRI_BYTES = 1_900
LONGEST_LITERAL_BYTES = 5_000_000

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE = r"(?:Z|(?!-00:00)[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
_DATE_TIME = re.compile(rf"({_DATE.pattern}T[0-9:]{{8}})(\.[0-9]{{1,6}})?({_ZONE})")
_TIME = re.compile(rf"([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})(\.[0-9]{{1,6}})?({_ZONE})")
_PARTS = {
    "gYear": re.compile(r"[0-9]{4}"),
    "gYearMonth": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "gMonthDay": re.compile(r"--[0-9]{2}-[0-9]{2}"),
    "gMonth": re.compile(r"--[0-9]{2}"),
    "gDay": re.compile(r"---[0-9]{2}"),
}
_NEVER = {
    *(f"{XSD_NS}{name}" for name in ("duration", "dayTimeDuration", "yearMonthDuration")),
    f"{RDF_NS}XMLLiteral",
    "http://www.opengis.net/ont/geosparql#wktLiteral",
    "http://www.openlinksw.com/schemas/virtrdf#Geometry",
}
_LAST_ZEROS = re.compile(r"(\.[0-9]*[1-9])0+(?=[Z+-]|$)")
_BOOLEANS = {"1": "true", "0": "false"}


def to_write(term: Any, graph: str = "") -> Any:
    """A term of a graph as it is written to the server. Raises StoreError for one it can not keep.

    The same label of a blank node is another node in another graph.
    """
    if isinstance(term, Literal):
        return _literal_to_write(term)
    if isinstance(term, BlankNode):
        return NamedNode(f"{BLANK}{sha256(graph.encode()).hexdigest()[:12]}.{term.value}")
    if len(term.value) > LONGEST_IRI_BYTES // 4 and len(term.value.encode()) > LONGEST_IRI_BYTES:
        raise StoreError(
            f"an IRI of {len(term.value):,} characters ({term.value[:60]}…) is longer than "
            "Virtuoso keeps; keep that source in another store"
        )
    if term.value.startswith("nodeID://"):
        raise StoreError(
            f"{term}: Virtuoso takes such an IRI for a blank node; keep that source in another "
            "store"
        )
    return term


def _literal_to_write(literal: Literal) -> Literal:
    value, datatype = literal.value, literal.datatype.value
    if len(value) > LONGEST_LITERAL_BYTES // 4 and len(value.encode()) > LONGEST_LITERAL_BYTES:
        raise StoreError(
            f"a text of {len(value):,} characters ({value[:60]!r}…) is longer than "
            "Virtuoso takes; keep that source in another store"
        )
    if datatype.startswith(AS_WRITTEN) or not _is_kept(value, datatype):
        return Literal(value, datatype=NamedNode(AS_WRITTEN + datatype))
    return literal


def as_it_was(term: Any) -> Any:
    """A term that the server gave back as it was written, but for the spelling of its value."""
    if isinstance(term, NamedNode) and term.value.startswith(BLANK):
        return BlankNode(_label(term.value))
    if not isinstance(term, Literal):
        return term
    datatype = term.datatype.value
    if datatype.startswith(AS_WRITTEN):
        return Literal(term.value, datatype=NamedNode(datatype.removeprefix(AS_WRITTEN)))
    spelled = _spelled(term.value, datatype)
    return term if spelled == term.value else Literal(spelled, datatype=term.datatype)


def term_as_it_was(term: dict[str, str]) -> dict[str, str]:
    """The same for a term of SPARQL's JSON results."""
    if term["type"] == "uri" and term["value"].startswith(BLANK):
        return {"type": "bnode", "value": _label(term["value"])}
    datatype = term.get("datatype", "")
    if datatype.startswith(AS_WRITTEN):
        return {**term, "datatype": datatype.removeprefix(AS_WRITTEN)}
    return {**term, "value": _spelled(term["value"], datatype)} if datatype else term


def _spelled(value: str, datatype: str) -> str:
    """A value in the spelling of the embedded engine, as far as that of the server is another."""
    name = datatype.removeprefix(XSD_NS)
    if name == "boolean":
        return _BOOLEANS.get(value, value)
    if name in ("dateTime", "time"):
        return _LAST_ZEROS.sub(r"\1", value)
    return value


def _label(iri: str) -> str:
    return "b" + iri.removeprefix(BLANK)


def _is_kept(value: str, datatype: str) -> bool:
    """Whether the server gives back the same value for a literal."""
    if datatype in _NEVER:
        return False
    if not datatype.startswith(XSD_NS):
        return True
    name = datatype.removeprefix(XSD_NS)
    if name == "boolean":
        return value in ("true", "false", "1", "0")
    if name == "integer":
        return (
            bool(_INTEGER.fullmatch(value)) and len(value) <= 19 and -(2**63) < int(value) < 2**63
        )
    if name == "decimal":
        return bool(_DECIMAL.fullmatch(value)) and len(re.sub("[^0-9]", "", value)) <= 15
    if name in ("double", "float"):
        return bool(_DOUBLE.fullmatch(value)) and _is_short(value, name)
    if name in ("dateTime", "dateTimeStamp"):
        match = _DATE_TIME.fullmatch(value)
        return match is not None and _exists(datetime, match[1])
    if name == "date":
        return bool(_DATE.fullmatch(value)) and _exists(date, value)
    if name == "time":
        match = _TIME.fullmatch(value)
        return match is not None and _exists(time, match[1])
    if name in _PARTS:
        return bool(_PARTS[name].fullmatch(value))
    return True  # kept as a text with a datatype


def _is_short(value: str, name: str) -> bool:
    """Whether a number is the same when it is written with six digits, as the server does."""
    number = float(value)
    if not math.isfinite(number) or (name == "float" and abs(number) > 3e38):
        return False
    return number == 0 or (1e-30 < abs(number) < 1e30 and float(f"{number:.6g}") == number)


def _exists(kind: type[datetime] | type[date] | type[time], text: str) -> bool:
    try:
        told = kind.fromisoformat(text)
    except ValueError:
        return False
    return not isinstance(told, date) or told.year >= 1
