"""Mapping sets as SSSOM TSV: a YAML header in comment lines, then a row a mapping.

The Simple Standard for Sharing Ontological Mappings, section 'TSV'. Beside its slots, the
columns ``subject_class``, ``object_class`` and ``inverse`` (extension slots) say under which
conditions a row holds; the header's ``kg_rules`` names CONSTRUCT files and
``kg_not_provenance`` tells values that say that their subject has not happened.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from kg_service.align.mapping import (
    MEANT,
    SKOS_NS,
    Condition,
    MappingSet,
    NotProvenance,
    Row,
    load_rule,
    make_row,
)
from kg_service.errors import MappingError

_NEEDED = {"record_id", "subject_id", "predicate_id", "object_id", "mapping_justification"}
_READ = {
    "curie_map", "mapping_set_id", "mapping_set_title", "mapping_set_version",
    "kg_rules", "kg_not_provenance", "extension_definitions",
}  # fmt: skip
_EXTENSIONS = {
    "subject_class": "https://w3id.org/kg-service/terms#subjectClass",
    "object_class": "https://w3id.org/kg-service/terms#objectClass",
    "inverse": "https://w3id.org/kg-service/terms#inverse",
}


def read_sssom(path: Path, is_known: Callable[[str], bool]) -> MappingSet:
    """One set. Raises MappingError with every wrong row, each by its line."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    head = [line[1:] for line in lines if line.startswith("#")]
    first_row = len(head) + 1
    try:
        header: dict[str, Any] = yaml.safe_load("\n".join(head)) or {}
    except yaml.YAMLError as error:
        raise MappingError(f"{path}: the header is not YAML: {error}") from error
    if not isinstance(header, dict) or not header.get("mapping_set_id"):
        raise MappingError(f"{path}: the header has no mapping_set_id")
    prefixes: dict[str, str] = dict(header.get("curie_map") or {})
    table = csv.DictReader(lines[len(head) :], delimiter="\t", restval="")
    missing = _NEEDED - set(table.fieldnames or ())
    if missing:
        raise MappingError(
            f"{path}: line {first_row}: columns missing: {', '.join(sorted(missing))}"
        )
    rows: list[Row] = []
    faults: list[str] = []

    def iri(curie: str) -> str:
        return expand(curie, prefixes)

    for number, cells in enumerate(table, start=first_row + 1):
        try:
            rows.append(make_row(cells, iri, number, is_known))
        except ValueError as error:
            faults.append(f"{path}: line {number}: {error}")
    try:
        happened = tuple(
            NotProvenance(
                iri(entry["property"]),
                entry["local_name"],
                tuple(iri(name) for name in entry.get("produces") or ()),
            )
            for entry in header.get("kg_not_provenance") or ()
        )
    except (ValueError, KeyError, TypeError) as error:
        faults.append(f"{path}: kg_not_provenance in the header: {error}")
    if faults:
        raise MappingError("\n".join(faults))
    set_iri = str(header["mapping_set_id"])
    return MappingSet(
        iri=set_iri,
        title=str(header.get("mapping_set_title", path.stem)),
        version=str(header.get("mapping_set_version", "")),
        rows=tuple(rows),
        rules=tuple(
            load_rule(path.parent / name, set_iri) for name in header.get("kg_rules") or ()
        ),
        not_provenance=happened,
        path=path,
        prefixes=prefixes,
        metadata={k: str(v) for k, v in header.items() if k not in _READ},
    )


def expand(curie: str, prefixes: dict[str, str]) -> str:
    """The IRI of a CURIE, or the IRI itself. Raises ValueError."""
    prefix, colon, local = curie.strip().partition(":")
    if colon and local.startswith("//"):
        return curie.strip()
    if not colon or prefix not in prefixes:
        raise ValueError(f"{curie!r} has no prefix that the curie_map declares")
    return prefixes[prefix] + local


def write_sssom(mapping: MappingSet) -> str:
    """A set as SSSOM TSV; ``read_sssom`` gives the same set back."""
    header: dict[str, Any] = {
        "curie_map": {**mapping.prefixes, "skos": SKOS_NS},
        "mapping_set_id": mapping.iri,
        "mapping_set_title": mapping.title,
        "mapping_set_version": mapping.version,
        **mapping.metadata,
        "extension_definitions": [
            {"slot_name": name, "property": iri} for name, iri in _EXTENSIONS.items()
        ],
    }
    if mapping.not_provenance:
        header["kg_not_provenance"] = [
            {
                "property": entry.property,
                "local_name": entry.local_name,
                **({"produces": list(entry.produces)} if entry.produces else {}),
            }
            for entry in mapping.not_provenance
        ]
    if mapping.rules:
        header["kg_rules"] = [f"rules/{mapping.name}/{rule.path.name}" for rule in mapping.rules]
    text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=10_000)
    out = io.StringIO()
    out.writelines(f"#{line}\n" for line in text.splitlines())
    told = dict.fromkeys(name for row in mapping.rows for name, _ in row.metadata)
    told.setdefault("mapping_justification")
    table = csv.DictWriter(
        out, [*MEANT[:4], *told, *MEANT[4:]], delimiter="\t", lineterminator="\n", restval=""
    )
    table.writeheader()
    for row in mapping.rows:
        subject, relation, object_ = row.as_written
        table.writerow(
            {
                "record_id": row.record_id,
                "subject_id": contract(subject, mapping.prefixes),
                "predicate_id": f"skos:{relation}",
                "object_id": contract(object_, mapping.prefixes),
                "subject_class": _cell(row.subject, mapping),
                "object_class": _cell(row.object, mapping),
                "inverse": "true" if row.inverse else "",
                "comment": row.comment,
                **dict(row.metadata),
            }
        )
    return out.getvalue()


def contract(iri: str, prefixes: Any) -> str:
    """The CURIE of an IRI under the longest namespace that fits, else the IRI."""
    fitting = [(ns, p) for p, ns in prefixes.items() if iri.startswith(ns) and iri != ns]
    namespace, prefix = max(fitting, key=lambda pair: len(pair[0]), default=("", ""))
    return f"{prefix}:{iri[len(namespace) :]}" if namespace else iri


def _cell(condition: Condition, mapping: MappingSet) -> str:
    def names(classes: frozenset[str]) -> str:
        return "|".join(sorted(contract(iri, mapping.prefixes) for iri in classes))

    parts = [names(condition.any_of), f"!{names(condition.none_of)}"]
    return " & ".join(part for part in parts if part.strip("!"))
