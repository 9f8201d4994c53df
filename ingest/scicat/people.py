"""The persons that a record names: owners, investigators, proposers, creators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.iri import segment
from ingest.scicat.kinds import DATASET, PROPOSAL, PUBLISHED_DATA, SAMPLE, Kind

_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])/?")
_NAMED_FIELDS = ("principalInvestigator", "principalInvestigators", "investigator")


@dataclass(frozen=True)
class Person:
    """What a record tells of a person; at least one part is there."""

    name: str | None = None
    email: str | None = None
    orcid: str | None = None

    @property
    def path(self) -> str:
        """Named by ORCID iD, else by address, else by name: the same within one catalogue."""
        key = self.orcid or (self.email.lower() if self.email else None) or self.name or ""
        return f"people/{segment(key)}"


def people_of(kind: Kind, record: dict[str, Any]) -> Iterator[tuple[str, Person]]:
    """The persons of a record, with the field (or, for a proposal, the role) that names them."""
    if kind is DATASET:
        yield from _dataset_people(record)
    elif kind is PROPOSAL:
        for role, prefix in (("pi", "pi_"), ("proposer", "")):
            names = [_text(record.get(prefix + part)) for part in ("firstname", "lastname")]
            name = " ".join(n for n in names if n)
            person = _person(name, _text(record.get(f"{prefix}email")), None)
            if person:
                yield role, person
    elif kind is PUBLISHED_DATA:
        metadata = record.get("metadata")  # where v4 keeps what goes to DataCite
        creators = metadata.get("creators") if isinstance(metadata, dict) else None
        found = (("creator", record.get("creator")), ("authors", record.get("authors")))
        for role, items in (*found, ("creator", creators)):
            for item in _listed(items):
                if person := _creator(item):
                    yield role, person
    elif kind is SAMPLE and (person := _person(_text(record.get("owner")), None, None)):
        yield "owner", person


def _dataset_people(record: dict[str, Any]) -> Iterator[tuple[str, Person]]:
    owner = _person(
        _text(record.get("owner")),
        _text(record.get("ownerEmail")),
        _text(record.get("orcidOfOwner")),
    )
    if owner:
        yield "owner", owner
    for role in _NAMED_FIELDS:
        for item in _listed(record.get(role)):
            text = _text(item)
            if text is None:
                continue
            if owner and text in (owner.name, owner.email):
                yield role, owner
            elif "@" in text:
                yield role, Person(email=text)
            else:
                yield role, Person(name=text)


def _creator(item: Any) -> Person | None:
    if isinstance(item, dict):
        orcids = [_text(item.get("orcid")), *_name_identifiers(item)]
        orcid = next((o for o in orcids if o and _ORCID.fullmatch(o)), None)
        return _person(_text(item.get("name")), _text(item.get("email")), orcid)
    return _person(_text(item), None, None)


def _name_identifiers(item: dict[str, Any]) -> Iterator[str | None]:
    for entry in _listed(item.get("nameIdentifiers")):
        if isinstance(entry, dict):
            yield _text(entry.get("nameIdentifier"))


def _person(name: str | None, email: str | None, orcid: str | None) -> Person | None:
    found = _ORCID.fullmatch(orcid) if orcid else None
    person = Person(name, email, found[1].upper() if found else None)
    return person if name or email or found else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
