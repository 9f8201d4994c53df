"""Creators, contributors, affiliations, publishers and funders as agents.

An agent with an ORCID iD or a ROR id is named by it. Others are named within their record: two
records of a file that name "Smith, J." do not thereby mean one person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.datacite.identifiers import iri_of, orcid_iri, ror_iri
from ingest.json_structure import Structures
from ingest.triples import skolem, typed

_PERSON = {"personal", "person"}
_ORGANIZATION = {"organizational", "organization", "organisation"}
# where the identifier of an organisation stands in an object that names one
_IDENTIFIERS = {
    "affiliation": ("affiliationIdentifier", "affiliationIdentifierScheme"),
    "publisher": ("publisherIdentifier", "publisherIdentifierScheme"),
    "funder": ("funderIdentifier", "funderIdentifierType"),
}


@dataclass(frozen=True)
class Agents:
    """Writes agents and what a record says of them."""

    structures: Structures

    def named(self, record: NamedNode, entry: NamedNode, item: dict[str, Any]) -> Iterator[Triple]:
        """The agent of a creator's or contributor's entry, with its affiliations."""
        term = self.structures.term
        agent = self.agent_of(record, item)
        yield Triple(entry, term("agent"), agent)
        yield typed(agent, term(_class_of(item)))
        for name in ("name", "givenName", "familyName"):
            yield from self.structures.text(agent, name, item.get(name))
        for identifier, scheme in _name_identifiers(item):
            iri = iri_of(identifier, scheme)
            known = NamedNode(iri) if iri else Literal(identifier)
            yield Triple(agent, term("identifier"), known)
        for affiliation in _listed(item.get("affiliation")):
            place = self._organization(record, "affiliation", affiliation)
            if place is not None:
                node, triples = place
                yield from triples
                yield Triple(agent, term("affiliatedWith"), node)

    def agent_of(self, record: NamedNode, item: dict[str, Any]) -> NamedNode:
        """The node of a creator or contributor."""
        for identifier, scheme in _name_identifiers(item):
            iri = iri_of(identifier, scheme) or orcid_iri(identifier) or ror_iri(identifier)
            if iri and iri.startswith(("https://orcid.org/", "https://ror.org/")):
                return NamedNode(iri)
        name = item.get("name") or f"{item.get('familyName')}, {item.get('givenName')}"
        return self._within(record, str(name))

    def organization(
        self, record: NamedNode, role: str, relation: str, item: Any
    ) -> Iterator[Triple]:
        """The publisher or funder that an object tells, related to the record."""
        found = self._organization(record, role, item)
        if found is not None:
            node, triples = found
            yield from triples
            yield Triple(record, self.structures.term(relation), node)

    def _organization(
        self, record: NamedNode, role: str, item: Any
    ) -> tuple[NamedNode, list[Triple]] | None:
        if isinstance(item, str):
            item = {"name": item}
        name = item.get("name") or item.get(f"{role}Name") if isinstance(item, dict) else None
        if not isinstance(name, str) or not name.strip():
            return None
        term = self.structures.term
        identifier, scheme = (item.get(field) for field in _IDENTIFIERS[role])
        if isinstance(identifier, dict):  # schema 4.0 and 4.1
            identifier, scheme = (identifier.get(field) for field in _IDENTIFIERS[role])
        iri = iri_of(str(identifier), str(scheme or "")) if identifier else None
        node = NamedNode(iri) if iri else self._within(record, name)
        triples = [typed(node, term("Organization"))]
        triples += self.structures.text(node, "name", name)
        if iri:
            triples.append(Triple(node, term("identifier"), node))
        return node, triples

    def _within(self, record: NamedNode, name: str) -> NamedNode:
        """An agent that only its name tells, within one record."""
        return skolem(self.structures.base, record.value, "agent", " ".join(name.split()))


def _class_of(item: dict[str, Any]) -> str:
    told = str(item.get("nameType") or item.get("type") or "").lower()
    if told in _PERSON:
        return "Person"
    if told in _ORGANIZATION:
        return "Organization"
    if any(orcid_iri(identifier) for identifier, _ in _name_identifiers(item)):
        return "Person"
    if any(ror_iri(identifier) for identifier, _ in _name_identifiers(item)):
        return "Organization"
    return "Person" if item.get("givenName") or item.get("familyName") else "Agent"


def _name_identifiers(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The identifiers of a name with their schemes; ``id`` is that of Crosscite's JSON."""
    entries = _listed(item.get("nameIdentifiers")) + _listed(item.get("nameIdentifier"))
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("nameIdentifier"), str):
            yield entry["nameIdentifier"], str(entry.get("nameIdentifierScheme") or "")
        elif isinstance(entry, str):
            yield entry, ""
    for name in ("id", "orcid"):
        if isinstance(item.get(name), str) and item[name].strip():
            yield item[name], ""


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
