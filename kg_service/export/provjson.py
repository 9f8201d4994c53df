"""PROV-JSON (W3C Member Submission of 24 April 2013)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ingest.prov.model import Name, Record, Value
from ingest.prov.relations import ELEMENTS, RELATIONS
from kg_service.export.account import Account
from kg_service.export.names import Names
from kg_service.export.records import iris_of, prov_records


def write_provjson(account: Account) -> bytes:
    """One document; a bundle for each graph that says something."""
    document = prov_records(account)
    names = Names(iris_of(document))
    prefixes = {p: ns for p, ns in names.prefixes.items() if p not in ("prov", "xsd")}
    written: dict[str, Any] = {"prefix": prefixes, **_records(document.records, names)}
    written["bundle"] = {
        names.short(bundle.id): _records(bundle.records, names) for bundle in document.bundles
    }
    return json.dumps(written, ensure_ascii=False, indent=2).encode() + b"\n"


def _records(records: Iterable[Record], names: Names) -> dict[str, dict[str, Any]]:
    """By kind, then by identifier; relations without one are numbered, as section 2.3 wants."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for record in records:
        of_kind = found[record.kind]
        if record.id is not None:
            of_kind[names.short(record.id)] = _body(record, names)
        else:
            of_kind[f"_:{record.kind}{len(of_kind) + 1}"] = _body(record, names)
    return dict(found)


def _body(record: Record, names: Names) -> dict[str, Any]:
    arguments = (
        ELEMENTS[record.kind]
        if record.kind in ELEMENTS
        else RELATIONS[record.kind].arguments
    )  # fmt: skip
    body: dict[str, Any] = {}
    for name, value in zip(arguments, record.arguments, strict=False):
        if value is not None:
            iri_or_time = names.short(value.iri) if isinstance(value, Name) else value.value
            body[f"prov:{name}"] = iri_or_time
    values: dict[str, list[Any]] = defaultdict(list)
    for name, value in record.attributes:
        values[names.short(name)].append(_literal(value, names))
    body |= {name: told[0] if len(told) == 1 else told for name, told in values.items()}
    return body


def _literal(value: Value, names: Names) -> Any:
    if isinstance(value, Name):
        return {"$": names.short(value.iri), "type": "prov:QUALIFIED_NAME"}
    if value.language:
        return {"$": value.value, "lang": value.language}
    if value.datatype is None:
        return value.value
    return {"$": value.value, "type": names.short(value.datatype)}
