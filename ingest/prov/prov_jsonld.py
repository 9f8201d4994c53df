"""Reading PROV-JSONLD (Moreau and Huynh, 2020): PROV-DM's records as JSON-LD objects.

Its context is a remote one, under which it is RDF of a vocabulary of its own; what it says are
records, which is how it is read here. openprovenance.org/prov-jsonld has the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.findings import Findings
from ingest.prov.model import ProvRecords
from ingest.prov.provjson import read_provjson
from ingest.prov.relations import ELEMENTS, RELATIONS

CONTEXTS = ("openprovenance.org/prov-jsonld",)
_KINDS = {r.class_.rpartition("#")[2]: kind for kind, r in RELATIONS.items()} | {
    kind.capitalize(): kind for kind in ELEMENTS
}
_ARGUMENTS = {a for r in RELATIONS.values() for a in r.arguments} | {"startTime", "endTime"}
_TERMS = {"type", "label", "role", "location", "value"}


def is_prov_jsonld(parsed: Any) -> bool:
    """Whether JSON is PROV-JSONLD: by the context that it names."""
    if not isinstance(parsed, dict) or not isinstance(parsed.get("@graph"), list):
        return False
    context = parsed.get("@context")
    return any(
        isinstance(entry, str) and any(known in entry for known in CONTEXTS)
        for entry in (context if isinstance(context, list) else [context])
    )


def read_prov_jsonld(parsed: dict[str, Any], where: str, findings: Findings) -> ProvRecords:
    """The records of a PROV-JSONLD document, by way of PROV-JSON. Raises InvalidSource."""
    return read_provjson(_document(parsed, where, findings), where, findings)


def _document(content: dict[str, Any], where: str, findings: Findings) -> dict[str, Any]:
    made: dict[str, Any] = {"prefix": _prefixes(content.get("@context"))}
    graph = content.get("@graph", [])
    for number, node in enumerate(graph if isinstance(graph, list) else [graph]):
        place = f"{where}: $.@graph[{number}]"
        if not isinstance(node, dict):
            findings.lost("unknown-record", place, "no object")
            continue
        types = node.get("@type", [])
        types = types if isinstance(types, list) else [types]
        kinds = [k for t in types if isinstance(t, str) and (k := t.removeprefix("prov:"))]
        if "Bundle" in kinds and "@graph" in node:
            bundles = made.setdefault("bundle", {})
            bundles[str(node.get("@id", f"_:b{number}"))] = _document(node, where, findings)
            continue
        known = next((k for k in kinds if k in _KINDS), None)
        if known is None:
            findings.lost("unknown-record", place, f"no kind of record that PROV has: {types!r}")
            continue
        id_ = str(node.get("@id", f"_:r{number}"))
        body = dict(_body(node))
        more = [{"$": t, "type": "xsd:QName"} for t in types if t not in (known, f"prov:{known}")]
        if more:
            body["prov:type"] = [*body.get("prov:type", []), *more]
        made.setdefault(_KINDS[known], {}).setdefault(id_, []).append(body)
    return made


def _prefixes(context: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in context if isinstance(context, list) else [context]:
        if isinstance(entry, dict):
            for name, iri in entry.items():
                if isinstance(iri, str) and not name.startswith("@"):
                    found[name] = iri
                elif name == "@vocab" and isinstance(iri, str):
                    found["default"] = iri
    return found


def _body(node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if key in ("@id", "@type", "@context"):
            continue
        word = key.removeprefix("prov:")
        if word in _ARGUMENTS and (word == key or key.startswith("prov:")):
            yield f"prov:{word}", value
            continue
        values = [_value(v) for v in (value if isinstance(value, list) else [value])]
        yield (f"prov:{word}" if word in _TERMS else key), values


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "@id" in value:
        return {"$": value["@id"], "type": "xsd:QName"}
    if "@value" not in value:
        return value
    made = {"$": value["@value"]}
    if "@type" in value:
        made["type"] = value["@type"]
    if "@language" in value:
        made["lang"] = value["@language"]
    return made
