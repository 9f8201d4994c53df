"""The metadata descriptor and the root data entity of a crate, and what they say of it."""

from __future__ import annotations

import re
from typing import Any

from ingest.document import Description
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.rocrate.metadata import (
    METADATA_NAMES,
    Entity,
    Metadata,
    identifier,
    is_metadata_name,
    listed,
    references,
    types,
)
from ingest.rocrate.path import Path

# RSpace gives the address of its server, which says nothing where that is a developer's machine
_LOCAL = re.compile(r"https?://(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\])([:/]|$)")
_USUAL_ROOTS = ("./", ".", "")


class Landmarks:
    """What is kept of the entities while they pass: descriptors, and what may be the root.

    ``own_name`` is the name of the metadata file.
    """

    def __init__(self, own_name: str) -> None:
        self._own_names = {*METADATA_NAMES, own_name}
        self._named: list[Entity] = []
        self._by_path: list[Entity] = []
        self._conforming: Entity | None = None
        self._wanted = set(_USUAL_ROOTS)
        self._seen: dict[str, Entity] = {}
        self._root: Entity | None = None
        self._beside: Entity | None = None

    def look(self, entity: Entity, path: Path) -> None:
        """Keep the entity if it matters. One with an empty path stands beside the graph."""
        if not path:
            self._beside = entity
        own = identifier(entity)
        if own.endswith((".json", ".jsonld")) and is_metadata_name(own):
            exact = own.removeprefix("./") in self._own_names
            (self._named if exact else self._by_path).append(entity)
            self._wanted.update(references(entity.get("about")))
        elif "about" in entity and self._conforming is None and _conforms(entity):
            self._conforming = entity
            self._wanted.update(references(entity["about"]))
        if own in self._wanted and own not in self._seen:
            self._seen[own] = entity
            self._wanted.update(references(entity.get("identifier")))

    @property
    def descriptor(self) -> Entity | None:
        """The metadata descriptor: by its name, else by what it conforms to (RO-Crate 1.2)."""
        named = [*self._named, *self._by_path]
        about = [e for e in named if "about" in e]
        return next(iter(about), None) or self._conforming or next(iter(named), None)

    @property
    def content(self) -> bool:
        """Whether nothing that may come changes descriptor, root or their description."""
        if self._root is None:
            descriptor = next((e for e in self._named if "about" in e), None)
            about = references((descriptor or {}).get("about"))
            self._root = self._seen.get(about[0]) if about else None
        return self._root is not None and all(
            name in self._seen for name in _referred(self._root.get("identifier"))
        )

    def root(self, metadata: Metadata) -> Entity | None:
        """The root data entity: what the descriptor is about, else what is named as roots are."""
        descriptor = self.descriptor
        about = descriptor.get("about") if descriptor else None
        wanted = references(about)
        self._complete(metadata, wanted)
        for candidate in (*wanted, *_USUAL_ROOTS):
            found = self._seen.get(candidate)
            if found is not None and (candidate or descriptor) and found is not descriptor:
                return found
        if isinstance(about, dict) and len(about) > 1:
            return dict(about)  # nested, not flattened
        return self._beside

    def describe(self, metadata: Metadata, noticed: Findings) -> Description:
        """What the crate says of itself. Raises InvalidSource if it has no root."""
        descriptor, root = self.descriptor, self.root(metadata)
        if root is None:
            raise InvalidSource(
                "a crate with no root data entity",
                where=metadata.where,
                todo="add the Dataset that the metadata descriptor is 'about' (usually './')",
            )
        if descriptor is None:
            noticed.warned(
                "no-descriptor", metadata.where, "no metadata descriptor, root taken by its @id"
            )
        identifiers = self._identifiers(metadata, root)
        persistent = [
            i for i in identifiers if "doi.org/" in i or i.lower().startswith(("doi:", "10."))
        ]
        own = [identifier(root)] if "://" in identifier(root) else []
        chosen = (persistent + identifiers + own)[:1]
        licences = references(root.get("license"))
        profiles = [
            *references((descriptor or {}).get("conformsTo")),
            *references(root.get("conformsTo")),
        ]
        return Description(
            identifier=chosen[0] if chosen else None,
            title=_text(root.get("name")),
            licence=licences[0] if licences else None,
            profiles=tuple(dict.fromkeys(profiles)),
        )

    def _identifiers(self, metadata: Metadata, root: Entity) -> list[str]:
        given = [i for i in listed(root.get("identifier")) if isinstance(i, (str, dict))]
        self._complete(metadata, _referred(given))
        found = []
        for item in given:
            if isinstance(item, str):
                found.append(item)
            else:
                target = item if "value" in item else self._seen.get(identifier(item), item)
                found.append(_text(target.get("value")) or identifier(item))
        return [f.strip() for f in found if f.strip() and not _LOCAL.match(f.strip())]

    def _complete(self, metadata: Metadata, identifiers: list[str]) -> None:
        """Look for those entities that passed before it was known that they matter."""
        missing = set(identifiers) - self._seen.keys()
        if missing:
            self._seen.update(metadata.find(missing))


def _referred(identifiers: Any) -> list[str]:
    """The entities that hold identifiers, where these are apart from what they identify."""
    return [identifier(i) for i in listed(identifiers) if isinstance(i, dict) and "value" not in i]


def _conforms(entity: Entity) -> bool:
    crates = any("w3id.org/ro/crate" in ref for ref in references(entity.get("conformsTo")))
    return crates and "Dataset" not in types(entity)


def _text(value: Any) -> str | None:
    for item in listed(value):
        if isinstance(item, str) and item.strip():
            return item.strip()
        if isinstance(item, dict) and isinstance(item.get("@value"), str):
            return str(item["@value"])
    return None
