"""The persons that an object names: contributors and reviewers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.iri import segment

_ORCID = re.compile(r"(?:.*/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])/?")
PERSON_FIELDS = ("name", "email", "affiliation", "orcid")


@dataclass(frozen=True)
class Person:
    """What is said of a person anywhere in the source, by PERSON_FIELDS."""

    fields: dict[str, str]

    @property
    def path(self) -> str:
        """Named by ORCID iD, else by address, else by name: the same within one source."""
        orcid = _ORCID.fullmatch(self.fields.get("orcid", ""))
        email = self.fields.get("email", "").lower()
        key = (orcid[1].upper() if orcid else None) or email or self.fields.get("name", "")
        return f"people/{segment(key)}"


def person_of(value: Any) -> Person | None:
    """The person of a contributor; None where nothing tells who it is."""
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict):
        return None
    fields = {
        name: text.strip()
        for name in PERSON_FIELDS
        if isinstance(text := value.get(name), str) and text.strip()
    }
    return Person(fields) if fields.keys() & {"name", "email", "orcid"} else None
