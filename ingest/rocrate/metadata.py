"""The metadata file of a crate: one JSON object with ``@context`` and ``@graph``.

It may hold more entities than memory does, so they are given one by one, as often as they are asked
for; those of a small file are kept after the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ingest.bundle import Bundle
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.json_stream import JsonStream
from ingest.rocrate.path import Path

METADATA_NAMES = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")
DETACHED_ENDING = "-ro-crate-metadata.json"

_KEPT_CHARACTERS = 4 * 1024 * 1024

Entity = dict[str, Any]


def is_metadata_name(name: str) -> bool:
    """Whether a file is called as crate metadata is; RO-Crate 1.2 prefixes detached ones."""
    own = PurePosixPath(name).name
    return own in METADATA_NAMES or own.endswith(DETACHED_ENDING)


@dataclass(frozen=True)
class Metadata:
    """The metadata file, found to be a crate's. ``outside`` is what stands beside ``@graph``."""

    bundle: Bundle
    name: str
    context: Any
    outside: Entity
    kept: list[tuple[Any, Path]] | None
    regular: bool = False  # no key stands twice in one object

    @property
    def where(self) -> str:
        return self.bundle.where(self.name)

    def entities(self) -> Iterator[tuple[Any, Path]]:
        """What the ``@graph`` holds, in order, each with its place; last a root beside it."""
        if self.kept is not None:
            yield from self.kept
        else:
            stream = JsonStream(self.bundle.pieces(self.name), self.where, regular=self.regular)
            for member in stream.members("@graph"):
                if member.key == "@graph":
                    yield member.value, _path(member.item)
        if self.outside:
            yield self.outside, ()

    def find(self, identifiers: set[str]) -> dict[str, Entity]:
        """The first entity of each identifier, as far as they are there."""
        found: dict[str, Entity] = {}
        for entity, _where in self.entities():
            if isinstance(entity, dict) and (own := identifier(entity)) in identifiers:
                found.setdefault(own, entity)
                if len(found) == len(identifiers):
                    break
        return found


def read_through(
    bundle: Bundle, name: str, noticed: Findings, look: Callable[[Entity], None]
) -> Metadata:
    """Read the whole file once, and ``look`` at each entity.

    Raises UnreadableSource (no JSON) and InvalidSource (no crate's JSON).
    """
    where = bundle.where(name)
    stream = JsonStream(bundle.pieces(name), where, noticed)
    members: Entity = {}
    kept: list[tuple[Any, Path]] | None = []
    for member in stream.members("@graph"):
        if member.key != "@graph":
            _add(members, member.key, member.value, noticed)
            continue
        members["@graph"] = True
        if member.item is None:
            noticed.repaired("graph-no-list", "$.@graph", "a single object read as a list of one")
        if kept is not None:
            kept.append((member.value, _path(member.item)))
            if stream.characters > _KEPT_CHARACTERS:
                kept = None
        if isinstance(member.value, dict):
            look(member.value)
    _check(members, where)
    regular = all(finding.code != "duplicate-key" for finding in noticed)
    outside = {k: v for k, v in members.items() if k not in ("@context", "@graph")}
    if isinstance(outside.get("@id"), str) and len(outside) > 1:
        # as FAIRSCAPE writes it: the root around its graph, not in it
        noticed.repaired("root-outside-graph", "$", f"{outside['@id']} read as if in the @graph")
        look(outside)
    elif outside:
        others = sorted(outside.keys() - {"@id"})
        if others:
            noticed.lost("outside-graph", "$", f"{others} beside the @graph", len(others))
        outside = {}
    return Metadata(bundle, name, members.get("@context"), outside, kept, regular)


def _path(index: int | None) -> Path:
    return ("@graph",) if index is None else ("@graph", index)


def _add(members: Entity, key: str, value: Any, noticed: Findings) -> None:
    if key not in members:
        members[key] = value
    elif members[key] != value:
        noticed.repaired("duplicate-key", "$", f"key {key!r}: both values kept")
        members[key] = [*listed(members[key]), *listed(value)]


def _check(members: Entity, where: str) -> None:
    if "" in members and len(members) == 1 and not isinstance(members[""], dict):
        raise InvalidSource(
            "JSON, but no RO-Crate: not an object with @context and @graph",
            where=where,
            todo="export it as RO-Crate metadata",
        )
    if "@graph" in members:
        return
    if "@error" in members:
        # Sapporo leaves this where its crate could not be made
        raise InvalidSource(
            f"no crate, but the message of a failed export: {str(members['@error'])[:500]}",
            where=where,
            todo="have the system that ran the workflow make the crate again",
        )
    raise InvalidSource(
        "JSON, but no RO-Crate: it has no @graph",
        where=where,
        todo="write the entities flattened in one @graph (RO-Crate 1.1, section 'Root')",
    )


# --- what entities say of themselves ------------------------------------------------------


def listed(value: Any) -> list[Any]:
    """The value as a list of one, unless it is a list."""
    return value if isinstance(value, list) else [value]


def identifier(entity: Entity) -> str:
    """The ``@id``, empty where there is none."""
    given = entity.get("@id", entity.get("id"))
    return given if isinstance(given, str) else ""


def types(entity: Entity) -> list[str]:
    """The names of its types, as written."""
    return [t for t in listed(entity.get("@type", entity.get("type"))) if isinstance(t, str)]


def references(value: Any) -> list[str]:
    """The identifiers that a property value refers to, whichever way it is written."""
    found = []
    for item in listed(value):
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict) and isinstance(item.get("@id"), str):
            found.append(item["@id"])
    return found
