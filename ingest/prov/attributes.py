"""Values as PROV-JSON and PROV-XML type them, made the model's values."""

from __future__ import annotations

from ingest.prov.model import PROV, XSD, Name, Text, Value
from ingest.prov.namespaces import Namespaces

NAME_TYPES = {XSD + "QName", PROV + "QUALIFIED_NAME"}
_PLAIN = {XSD + "string", PROV + "InternationalizedString"}


def typed_value(text: str, datatype: str | None, language: str | None, scope: Namespaces) -> Value:
    """A value of a datatype that is written as a qualified name. Raises UnknownPrefix."""
    kind = scope.expand(datatype) if datatype is not None else None
    if kind in NAME_TYPES:
        return Name(scope.expand(text.strip()))
    if language is not None or kind in _PLAIN:
        return Text(text, None, language)
    return Text(text, kind)
