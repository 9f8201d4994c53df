"""The metadata file of a crate: one JSON object with ``@context`` and ``@graph``.

It may hold more entities than memory does, so they are given one by one, as often as they are asked
for; those of a small file are kept after the first time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol

from ingest.bundle import Bundle
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.json_stream import JsonStream
from ingest.rocrate.path import Path

METADATA_NAMES = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")
DETACHED_ENDING = "-ro-crate-metadata.json"

_KEPT_CHARACTERS = 1024 * 1024

Entity = dict[str, Any]


def is_metadata_name(name: str) -> bool:
    """Whether a file is called as crate metadata is; RO-Crate 1.2 prefixes detached ones."""
    own = PurePosixPath(name).name
    return own in METADATA_NAMES or own.endswith(DETACHED_ENDING)


@dataclass(frozen=True)
class Metadata:
    """The metadata file, found to be a crate's. ``kept`` are the entities of a small one."""

    bundle: Bundle
    name: str
    context: Any
    kept: list[tuple[Any, Path]] | None

    @property
    def where(self) -> str:
        return self.bundle.where(self.name)

    def entities(self, findings: Findings) -> Iterator[tuple[Any, Path]]:
        """What the ``@graph`` holds, in order, each with its place; last a root beside it.

        Raises UnreadableSource where a large file is no JSON behind where ``look_through`` left it.
        """
        if self.kept is not None:
            yield from self.kept
            return
        members: Entity = {}
        pieces = self.bundle.pieces(self.name)
        yield from _walk(JsonStream(pieces, self.where, findings), members, findings)
        if members.get("@context") != self.context:
            findings.lost("late-context", "$.@context", "another @context behind the entities")

    def find(self, identifiers: set[str]) -> dict[str, Entity]:
        """The first entity of each identifier, as far as they are there."""
        found: dict[str, Entity] = {}
        for entity, _where in self.entities(Findings()):
            if isinstance(entity, dict) and (own := identifier(entity)) in identifiers:
                found.setdefault(own, entity)
                if len(found) == len(identifiers):
                    break
        return found


class Watcher(Protocol):
    """Who looks at the entities as they pass, and at some time has seen enough."""

    def look(self, entity: Entity, path: Path) -> None: ...

    @property
    def content(self) -> bool: ...


def look_through(bundle: Bundle, name: str, noticed: Findings, watcher: Watcher) -> Metadata:
    """Read the file once, a small one whole, a large one until the watcher is content.

    What is noticed of a large one is told when its entities are read again. Raises
    UnreadableSource (no JSON) and InvalidSource (no crate's JSON).
    """
    where = bundle.where(name)
    pieces = bundle.pieces(name)
    stream = JsonStream(pieces, where, own := Findings())
    members: Entity = {}
    kept: list[tuple[Any, Path]] | None = []
    for entity, path in _walk(stream, members, own):
        if isinstance(entity, dict):
            watcher.look(entity, path)
        if kept is not None:
            kept.append((entity, path))
            if stream.characters > _KEPT_CHARACTERS:
                kept = None
        elif watcher.content and "@context" in members:
            for _piece in pieces:
                pass  # only for the checksum of the whole
            break
    _check(members, where)
    if kept is not None:
        noticed.include(own)
    return Metadata(bundle, name, members.get("@context"), kept)


def _walk(stream: JsonStream, members: Entity, findings: Findings) -> Iterator[tuple[Any, Path]]:
    """The entities, each with its place. All other ``members`` are filled in as they come."""
    for member in stream.members("@graph"):
        if member.key != "@graph":
            _add(members, member.key, member.value, findings)
            continue
        members["@graph"] = True
        if member.item is None:
            findings.repaired("graph-no-list", "$.@graph", "a single object read as a list of one")
        yield member.value, ("@graph",) if member.item is None else ("@graph", member.item)
    outside = {k: v for k, v in members.items() if k not in ("@context", "@graph")}
    others = sorted(outside.keys() - {"@id"})
    if isinstance(outside.get("@id"), str) and others:
        # as FAIRSCAPE writes it: the root around its graph, not in it
        findings.repaired("root-outside-graph", "$", f"{outside['@id']} read as if in the @graph")
        yield outside, ()
    elif others and "@graph" in members:
        findings.lost("outside-graph", "$", f"{others} beside the @graph", len(others))


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
