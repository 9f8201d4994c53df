"""Related identifiers, related items and containers: from a record to other things.

Each keeps its entry as the record writes it, and adds the plain statement that follows from it:
``<record> datacite:isDerivedFrom <other>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.datacite.identifiers import iri_of
from ingest.json_structure import Structures
from ingest.triples import typed

_NO_LETTERS = re.compile(r"[^A-Za-z]+")


def class_name(written: str) -> str:
    """A resource type as a class: ``Journal Article`` and ``journal-article`` -> JournalArticle."""
    return "".join(part[:1].upper() + part[1:] for part in _NO_LETTERS.split(written) if part)


def property_name(written: str, other: str) -> str:
    """A type of relation, contributor, … as a property: ``IsDerivedFrom`` -> isDerivedFrom."""
    name = class_name(written)
    return other if name in ("", "Other") else name[:1].lower() + name[1:]


@dataclass(frozen=True)
class Relations:
    """Writes what a record says of its relations to other things."""

    structures: Structures

    def identifier(
        self, record: NamedNode, item: dict[str, Any], number: int | None
    ) -> Iterator[Triple]:
        """A related identifier (DataCite property 12)."""
        written = _text(item.get("relatedIdentifier"))
        yield from self._related(
            record, "relatedIdentifiers", item, number,
            written, _text(item.get("relatedIdentifierType")),
            _text(item.get("relationType")), _text(item.get("resourceTypeGeneral")),
        )  # fmt: skip

    def item(self, record: NamedNode, item: dict[str, Any], number: int | None) -> Iterator[Triple]:
        """A related item (DataCite property 20), which need not have an identifier."""
        inner = item.get("relatedItemIdentifier")
        if not isinstance(inner, dict):
            inner = {"relatedItemIdentifier": inner}
        yield from self._related(
            record, "relatedItems", item, number,
            _text(inner.get("relatedItemIdentifier")),
            _text(inner.get("relatedItemIdentifierType")),
            _text(item.get("relationType")), _text(item.get("relatedItemType")),
        )  # fmt: skip

    def container(self, record: NamedNode, item: dict[str, Any]) -> Iterator[Triple]:
        """The series, journal or repository that holds the resource."""
        yield from self._related(
            record, "container", item, None,
            _text(item.get("identifier")), _text(item.get("identifierType")),
            "IsInContainer", _text(item.get("type")),
        )  # fmt: skip

    def _related(
        self,
        record: NamedNode,
        name: str,
        item: dict[str, Any],
        number: int | None,
        identifier: str,
        identifier_type: str,
        relation: str,
        kind: str,
    ) -> Iterator[Triple]:
        term = self.structures.term
        yield from self.structures.structure(record, name, item, number)
        entry = self.structures.child(record, name, item, number)
        iri = iri_of(identifier, identifier_type)
        other = NamedNode(iri) if iri else entry
        if iri:
            yield Triple(entry, term("resource"), other)
        yield Triple(record, term(property_name(relation, "relatedTo")), other)
        yield typed(other, term("RelatedResource"))
        if kind:
            yield typed(other, term(class_name(kind)))
        if identifier_type.upper() == "IGSN":
            yield typed(other, term("PhysicalObject"))
        if identifier:
            yield Triple(other, term("identifier"), other if iri else Literal(identifier))
        for title in _titles(item):
            yield from self.structures.text(other, "title", title)


def _titles(item: dict[str, Any]) -> Iterator[Any]:
    titles = item.get("titles") or item.get("title") or []
    for title in titles if isinstance(titles, list) else [titles]:
        if not isinstance(title, dict):
            yield title
        elif not title.get("titleType"):
            yield title.get("title")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
