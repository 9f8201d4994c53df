"""Making triples from plain values, for readers whose sources are records, not RDF."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from pyoxigraph import Literal, NamedNode, Triple

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_BOOLEAN = NamedNode(XSD + "boolean")
_INTEGER = NamedNode(XSD + "integer")
_DOUBLE = NamedNode(XSD + "double")
_DATETIME = NamedNode(XSD + "dateTime")
_DATE = NamedNode(XSD + "date")

Scalar = str | int | float | bool | datetime | date


def literal(value: Scalar) -> Literal:
    """A literal with the datatype that the value has in Python; text stays xsd:string."""
    if isinstance(value, bool):
        return Literal("true" if value else "false", datatype=_BOOLEAN)
    if isinstance(value, int):
        return Literal(str(value), datatype=_INTEGER)
    if isinstance(value, float):
        return Literal(repr(value), datatype=_DOUBLE)
    if isinstance(value, datetime):
        return Literal(value.isoformat(), datatype=_DATETIME)
    if isinstance(value, date):
        return Literal(value.isoformat(), datatype=_DATE)
    return Literal(value)


def typed(subject: NamedNode, kind: NamedNode) -> Triple:
    """The triple ``subject rdf:type kind``."""
    return Triple(subject, RDF_TYPE, kind)


def skolem(base: str, *parts: str) -> NamedNode:
    """A node for a thing that the source does not name, the same for the same parts.

    RDF 1.1 Concepts, section 3.5: an IRI under ``.well-known/genid/`` stands for a blank node.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return NamedNode(f"{base}.well-known/genid/{digest}")
