"""Reading RO-Crate metadata (RO-Crate 1.0 to 1.4-DRAFT) into the triples that it states."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pyoxigraph import RdfFormat, Triple, parse

from ingest import json_text
from ingest.bundle import Bundle
from ingest.document import Description
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.rocrate.context import resolve_context
from ingest.rocrate.rewrite import Rewriter
from ingest.sniff import Sniff

METADATA_NAMES = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")


def mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    """The metadata file of the crate that a folder is; the newer name where both are there."""
    return [name for name in METADATA_NAMES if name in names][:1]


def is_crate_metadata(sniff: Sniff) -> bool:
    """Whether a single file is crate metadata: by its name, or by its context or descriptor."""
    if PurePosixPath(sniff.name).name in METADATA_NAMES:
        return True
    content = sniff.json
    if not isinstance(content, dict) or not isinstance(content.get("@graph"), list):
        return False
    context = json.dumps(content.get("@context"))[:10_000]
    if "ro/crate" in context or "/ro-crate/" in context:
        return True
    return _descriptor([e for e in content["@graph"] if isinstance(e, dict)]) is not None


@dataclass(frozen=True)
class Crate:
    """A crate's metadata, parsed and found to have a root data entity."""

    context: Any
    graph: list[Any]
    where: str
    description: Description
    noticed: Findings

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """The crate's statements; see ``ingest.document.Document.triples``."""
        findings.include(self.noticed)
        context = resolve_context(self.context, findings)
        rewriter = Rewriter(context, base, findings)
        graph = rewriter.graph(self.graph)
        document = {"@context": context.used_part(rewriter.used), "@graph": graph}
        text = json.dumps(document, ensure_ascii=False).encode()
        made = 0
        for quad in parse(text, format=RdfFormat.STREAMING_JSON_LD, base_iri=base):
            made += 1
            yield quad.triple
        if rewriter.countable and made < rewriter.statements:
            findings.lost(
                "dropped",
                self.where,
                "the JSON-LD processor kept fewer statements than the crate makes",
                rewriter.statements - made,
            )


def read(bundle: Bundle) -> Crate:
    """Read a crate. Raises UnreadableSource (no JSON) and InvalidSource (no crate, no root)."""
    name = bundle.main or METADATA_NAMES[0]
    where = bundle.where(name)
    noticed = Findings()
    content = json_text.parse(bundle.read(name), where, noticed)
    if not isinstance(content, dict):
        raise InvalidSource(
            "JSON, but no RO-Crate: not an object with @context and @graph",
            where=where,
            todo="export it as RO-Crate metadata",
        )
    if "@graph" not in content:
        raise InvalidSource(
            "JSON, but no RO-Crate: it has no @graph",
            where=where,
            todo="write the entities flattened in one @graph (RO-Crate 1.1, section 'Root')",
        )
    if not isinstance(content["@graph"], list):
        noticed.repaired("graph-no-list", "$.@graph", "a single object read as a list of one")
    graph = _listed(content["@graph"])
    outside = {k: v for k, v in content.items() if k not in ("@context", "@graph")}
    if "@id" in outside and len(outside) > 1:
        # as FAIRSCAPE writes it: the root around its graph, not in it
        noticed.repaired("root-outside-graph", "$", f"{outside['@id']} read as if in the @graph")
        graph = [*graph, outside]
    entities = [e for e in graph if isinstance(e, dict)]
    others = [n for n in METADATA_NAMES if n != name and n in bundle.names()]
    if others:
        noticed.warned("two-metadata-files", where, f"{others[0]} beside it is not read")
    descriptor = _descriptor(entities)
    root = _root(descriptor, entities) or (outside if "@id" in outside else None)
    if root is None:
        raise InvalidSource(
            "a crate with no root data entity",
            where=where,
            todo="add the Dataset that the metadata descriptor is 'about' (usually './')",
        )
    if descriptor is None:
        noticed.warned("no-descriptor", where, "no metadata descriptor, root taken by its @id")
    return Crate(
        content.get("@context"), graph, where, _describe(root, descriptor, entities), noticed
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _id(entity: dict[str, Any]) -> str:
    given = entity.get("@id", entity.get("id"))
    return given if isinstance(given, str) else ""


def _types(entity: dict[str, Any]) -> list[str]:
    return [t for t in _listed(entity.get("@type", entity.get("type"))) if isinstance(t, str)]


def _refs(value: Any) -> list[str]:
    """The identifiers that a property value refers to, whichever way it is written."""
    found = []
    for item in _listed(value):
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict) and isinstance(item.get("@id"), str):
            found.append(item["@id"])
    return found


def _descriptor(entities: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The metadata descriptor: by its name, else by what it conforms to (RO-Crate 1.2)."""
    named = [e for e in entities if _id(e).rpartition("/")[2] in METADATA_NAMES]
    for entity in named:
        if "about" in entity:
            return entity
    for entity in entities:
        conforms = any("w3id.org/ro/crate" in ref for ref in _refs(entity.get("conformsTo")))
        if conforms and "about" in entity and "Dataset" not in _types(entity):
            return entity
    return named[0] if named else None


def _root(
    descriptor: dict[str, Any] | None, entities: list[dict[str, Any]]
) -> dict[str, Any] | None:
    by_id: dict[str, dict[str, Any]] = {}
    for entity in entities:
        by_id.setdefault(_id(entity), entity)
    wanted = _refs(descriptor.get("about")) if descriptor else []
    for candidate in (*wanted, "./", ".", ""):
        if (candidate or descriptor) and candidate in by_id and by_id[candidate] is not descriptor:
            return by_id[candidate]
    if descriptor and isinstance(descriptor.get("about"), dict) and len(descriptor["about"]) > 1:
        return dict(descriptor["about"])  # nested, not flattened
    return None


def _text(value: Any) -> str | None:
    for item in _listed(value):
        if isinstance(item, str) and item.strip():
            return item.strip()
        if isinstance(item, dict) and isinstance(item.get("@value"), str):
            return str(item["@value"])
    return None


def _identifiers(root: dict[str, Any], entities: list[dict[str, Any]]) -> list[str]:
    by_id = {_id(e): e for e in entities}
    found = []
    for item in _listed(root.get("identifier")):
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            target = item if "value" in item else by_id.get(_id(item), item)
            found.append(_text(target.get("value")) or _id(item))
    return [f.strip() for f in found if f.strip()]


def _describe(
    root: dict[str, Any], descriptor: dict[str, Any] | None, entities: list[dict[str, Any]]
) -> Description:
    identifiers = _identifiers(root, entities)
    persistent = [
        i for i in identifiers if "doi.org/" in i or i.lower().startswith(("doi:", "10."))
    ]
    own = [_id(root)] if "://" in _id(root) else []
    chosen = (persistent + identifiers + own)[:1]
    licences = _refs(root.get("license"))
    profiles = [*_refs((descriptor or {}).get("conformsTo")), *_refs(root.get("conformsTo"))]
    return Description(
        identifier=chosen[0] if chosen else None,
        title=_text(root.get("name")),
        licence=licences[0] if licences else None,
        profiles=tuple(dict.fromkeys(profiles)),
    )
