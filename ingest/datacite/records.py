"""From a JSON file to DataCite records, in the field names of the present schema.

The REST API gives ``{"data": {"id", "type": "dois", "attributes", "relationships"}}`` (JSON:API),
content negotiation the attributes alone, data files one of either a line. Older versions wrote
``publication-year`` or ``publication_year`` for ``publicationYear``, ``creatorName`` for a
creator's ``name``, and one object where there may be several.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ingest.datacite.identifiers import doi_of
from ingest.findings import Findings
from ingest.json_records import values

# fields that hold lists, and the field of an item for which a text alone may stand
LISTS = {
    "titles": "title", "creators": "name", "contributors": "name", "subjects": "subject",
    "dates": "date", "rightsList": "rights", "descriptions": "description",
    "identifiers": "identifier", "alternateIdentifiers": "alternateIdentifier",
    "relatedIdentifiers": "relatedIdentifier", "relatedItems": "title",
    "geoLocations": "geoLocationPlace", "fundingReferences": "funderName",
}  # fmt: skip
_SINGULAR = {"title": "titles", "creator": "creators", "author": "creators", "rights": "rightsList"}
_TYPES = ("resourceTypeGeneral", "resourceType")
# schema 4.0 and 4.1
_OLD_NAMES = {"creatorName": "name", "contributorName": "name", "affiliations": "affiliation"}
_SCHEMA = re.compile(r"datacite\.org/(?:schema|meta)")
_WORD_BREAK = re.compile(r"[-_]+([A-Za-z0-9])")


@dataclass(frozen=True)
class Record:
    """One DOI's metadata. ``relationships`` are JSON:API's, of the REST API only."""

    data: dict[str, Any]
    relationships: dict[str, Any]
    where: str

    @property
    def doi(self) -> str | None:
        """The DOI that is described, in lower case."""
        told = [self.data.get("doi"), self.data.get("id"), *self._identifiers()]
        for value in told:
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and (doi := doi_of(text)):
                    return doi
        return None

    def _identifiers(self) -> list[Any]:
        # "identifier" is that of schema 4.0 and 4.1; "identifiers" lists it among others
        items = [self.data.get("identifier"), *self.data.get("identifiers", [])]
        return [
            item.get("identifier")
            for item in items
            if isinstance(item, dict) and str(item.get("identifierType")).upper() == "DOI"
        ]


@dataclass
class Records:
    """All records of a file, and what an answer of the API tells beside them."""

    records: list[Record] = field(default_factory=list)
    included: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)

    def add(self, where: str, content: bytes) -> None:
        """Read one file into it. Raises UnreadableSource, InvalidSource."""
        for value, place in values(content, where, self.findings):
            self._take(value, place)

    def _take(self, value: Any, where: str) -> None:
        if isinstance(value, list):
            for number, item in enumerate(value):
                self._one(item, f"{where}[{number}]")
        elif isinstance(value, dict) and isinstance(value.get("data"), (dict, list)):
            self._answer(value, where)
        else:
            self._one(value, where)

    def _answer(self, value: dict[str, Any], where: str) -> None:
        for name, content in value.items():
            if name == "data":
                self._take(content, f"{where}.data")
            elif name == "included" and isinstance(content, list):
                for number, item in enumerate(content):
                    place = f"{where}.included[{number}]"
                    if is_resource(item):
                        self._one(item, place)
                    elif isinstance(item, dict) and item.get("id") and item.get("type"):
                        self.included.append((item, place))
                    else:
                        self.findings.lost("no-record", place, "no resource of the API")
            else:
                self.about[name] = content

    def _one(self, value: Any, where: str) -> None:
        if is_resource(value):
            attributes = value["attributes"]
            if isinstance(attributes.get("id"), str) or "id" not in value:
                data = attributes
            else:
                data = {"id": value["id"], **attributes}
            rest = {k: v for k, v in value.items() if k not in ("id", "type", "attributes")}
            self.records.append(Record(self._present(data, where), rest, where))
        elif isinstance(value, dict) and is_attributes(value):
            self.records.append(Record(self._present(value, where), {}, where))
        else:
            told = ", ".join(list(value)[:8]) if isinstance(value, dict) else repr(value)[:60]
            self.findings.lost("no-record", where, f"no DataCite metadata: {told}")

    def _present(self, data: dict[str, Any], where: str) -> dict[str, Any]:
        """The record in the names and shapes of the present schema."""
        renamed: dict[str, Any] = self._renamed(data, where)
        for old, new in _SINGULAR.items():
            if old in renamed and new not in renamed:
                renamed[new] = renamed.pop(old)
        if isinstance(renamed.get("resourceType"), dict):
            renamed["types"] = {**renamed.pop("resourceType"), **_object(renamed.get("types"))}
        loose = {name: renamed.pop(name) for name in _TYPES if isinstance(renamed.get(name), str)}
        if loose:
            renamed["types"] = {**loose, **_object(renamed.get("types"))}
        if isinstance(renamed.get("datePublished"), str) and "dates" not in renamed:
            renamed["dates"] = {"date": renamed.pop("datePublished"), "dateType": "Issued"}
        for name, main in LISTS.items():
            if name in renamed:
                renamed[name] = self._listed(renamed[name], main, f"{where}.{name}")
        return renamed

    def _renamed(self, value: Any, where: str) -> Any:
        if isinstance(value, list):
            return [self._renamed(item, f"{where}[{n}]") for n, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        found: dict[str, Any] = {}
        for key, content in value.items():
            name = _present_name(key)
            if name != key:
                self.findings.repaired("field-spelling", where, f"{key} taken as {name}")
            inner = self._renamed(content, f"{where}.{key}")
            if name not in found:
                found[name] = inner
            elif found[name] != inner:
                self.findings.repaired("duplicate-key", where, f"key {name!r}: both values kept")
                found[name] = [
                    *(found[name] if isinstance(found[name], list) else [found[name]]),
                    *(inner if isinstance(inner, list) else [inner]),
                ]
        return found

    def _listed(self, value: Any, main: str, where: str) -> list[dict[str, Any]]:
        items = []
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, dict):
                items.append(item)
            elif isinstance(item, (str, int, float)) and not isinstance(item, bool):
                items.append({main: str(item)})
            elif item is not None:
                self.findings.lost("odd-value", f"{where}[{number}]", f"{item!r}"[:80])
        return items


def is_resource(value: Any) -> bool:
    """Whether it is a DOI as a resource of the REST API, answered or sent to it."""
    if not isinstance(value, dict) or not isinstance(value.get("attributes"), dict):
        return False
    return value.get("type") == "dois" or (
        "type" not in value and is_attributes(value["attributes"])
    )


def is_attributes(value: dict[str, Any]) -> bool:
    """Whether an object is DataCite metadata, by what only such metadata have."""
    if "@context" in value or "@graph" in value:
        return False  # schema.org, which may name DataCite's schema as its origin
    names = {_present_name(key) for key in value}
    version = next((v for k, v in value.items() if _present_name(k) == "schemaVersion"), "")
    if isinstance(version, str) and _SCHEMA.search(version):
        return bool(names & {"id", "doi", "identifiers", "identifier", "titles", "title"})
    types = value.get("types") or value.get("resourceType")
    typed = isinstance(types, dict) and any(_present_name(k) in _TYPES for k in types)
    related = value.get("relatedIdentifiers")
    linked = isinstance(related, list) and any(
        isinstance(item, dict) and "relatedIdentifierType" in item for item in related
    )
    core = names & {"titles", "creators", "publisher", "publicationYear", "identifier", "doi"}
    return len(core) >= 2 and "titles" in names and (typed or linked or _names_a_doi(value))


def _names_a_doi(value: dict[str, Any]) -> bool:
    text = value.get("doi") or value.get("id")
    return isinstance(text, str) and doi_of(text) is not None and "creators" in value


def _present_name(name: str) -> str:
    """``publication-year``, ``publication_year`` and ``Identifier`` as they are spelt now."""
    if name.startswith(("$", "@", "_")) or not name:
        return name
    joined = _WORD_BREAK.sub(lambda found: found[1].upper(), name)
    present = joined[:1].lower() + joined[1:]
    return _OLD_NAMES.get(present, present)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
