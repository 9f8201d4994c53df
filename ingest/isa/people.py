"""Persons of an investigation, and the performers of its processes, as the same people."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from ingest.iri import segment
from ingest.isa.model import Investigation, Person


class People:
    """Paths of all persons: by full name, and by e-mail address where two share a name."""

    def __init__(self, investigation: Investigation) -> None:
        addresses: dict[str, set[str]] = defaultdict(set)
        for person in _everyone(investigation):
            if person.email:
                addresses[person.full_name].add(person.email.lower())
        self._ambiguous = {name for name, known in addresses.items() if len(known) > 1}
        self._by_spelling: dict[str, set[str]] = defaultdict(set)
        for person in _everyone(investigation):
            for spelling in _spellings(person):
                self._by_spelling[spelling].add(self.path(person))

    def path(self, person: Person) -> str:
        name = person.full_name
        if not name:
            known = person.email or hashlib.sha256(repr(person).encode()).hexdigest()[:16]
            return f"person/{segment(known)}"
        if name in self._ambiguous and person.email:
            return f"person/{segment(name)}/{segment(person.email.lower())}"
        return f"person/{segment(name)}"

    def performers(self, text: str) -> list[tuple[str, str, bool]]:
        """Name, path, and whether a contact of the study is meant, of each performer in a cell."""
        found = []
        for name in (part.strip() for part in text.split(";")):
            if name:
                contacts = self._by_spelling.get(_folded(name), set())
                known = len(contacts) == 1
                found.append(
                    (name, next(iter(contacts)) if known else f"person/{segment(name)}", known)
                )
        return found


def _everyone(investigation: Investigation) -> Iterable[Person]:
    yield from investigation.people
    for study in investigation.studies:
        yield from study.people
        for assay in study.assays:
            yield from assay.people


def _spellings(person: Person) -> set[str]:
    first, middle, last = person.first_name, person.mid_initials, person.last_name
    written = {person.email, person.full_name}
    if first and last:
        written |= {f"{first} {last}", f"{last} {first}", f"{last}, {first}"}
        if middle:
            written |= {f"{last}, {first} {middle}", f"{last} {first} {middle}"}
    return {_folded(w) for w in written if w}


def _folded(name: str) -> str:
    return " ".join(name.replace(".", " ").casefold().split())
