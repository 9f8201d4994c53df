"""Mapping sets: SSSOM TSV files that relate a vocabulary's terms to PROV-O and the kg terms.

A row *entails* the target statement when it says that the source term is the same or
narrower: ``exactMatch``, source ``broadMatch`` target, or target ``narrowMatch`` source.
``closeMatch`` entails it too, graded as close. ``relatedMatch`` and the other direction
entail nothing; they tell that the term was looked at.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from kg_service.errors import MappingError
from kg_service.terms import DCTERMS_NS, KG_NS, OWL_NS, PROV_NS, RDFS_NS

TARGET_NAMESPACES = (PROV_NS, KG_NS, RDFS_NS + "label", DCTERMS_NS, OWL_NS + "sameAs")
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_COLUMNS = {"record_id", "subject_id", "predicate_id", "object_id", "mapping_justification"}


class Grade(StrEnum):
    """How an aligned statement stands to what its source says."""

    ASSERTED = "asserted"
    MAPPED = "mapped"
    CLOSE = "close"
    INFERRED = "inferred"


@dataclass(frozen=True)
class Condition:
    """Classes that a node must have one of, and classes that it must have none of."""

    any_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.any_of or self.none_of)

    def holds(self, classes: Iterable[str]) -> bool:
        if not self.none_of.isdisjoint(classes):
            return False
        return not self.any_of or not self.any_of.isdisjoint(classes)


@dataclass(frozen=True)
class Row:
    """One mapping: ``source`` entails ``target`` where the conditions hold (IRIs as text)."""

    record_id: str
    source: str
    target: str
    predicate: str
    entails: bool
    grade: Grade
    subject: Condition
    object: Condition
    inverse: bool
    comment: str


@dataclass(frozen=True)
class Rule:
    """A CONSTRUCT over one source's asserted graph, for what rows can not say."""

    iri: str
    summary: str
    grade: Grade
    text: str
    path: Path


@dataclass(frozen=True)
class NotProvenance:
    """What has not happened: a subject whose ``property`` has a value with this local name.

    ``produces`` are the properties that lead from it to its outcome, which is not there yet.
    """

    property: str
    local_name: str
    produces: tuple[str, ...] = ()


@dataclass(frozen=True)
class MappingSet:
    """One SSSOM file with the rules it names."""

    iri: str
    title: str
    version: str
    rows: tuple[Row, ...]
    rules: tuple[Rule, ...]
    not_provenance: tuple[NotProvenance, ...]
    path: Path


def load_mapping_sets(folder: Path) -> tuple[MappingSet, ...]:
    """All ``*.sssom.tsv`` of a folder, by name. Raises MappingError with file and line."""
    sets = tuple(load_mapping_set(path) for path in sorted(folder.glob("*.sssom.tsv")))
    if not sets:
        raise MappingError(f"{folder}: no mapping set (*.sssom.tsv) in it; reinstall kg-service")
    seen: dict[str, Path] = {}
    for mapping in sets:
        for row in mapping.rows:
            if row.record_id in seen:
                raise MappingError(
                    f"{mapping.path}: record_id {row.record_id} stands in "
                    f"{seen[row.record_id]} as well; give it another number"
                )
            seen[row.record_id] = mapping.path
    return sets


def load_mapping_set(path: Path) -> MappingSet:
    """One mapping set. Raises MappingError that names the line and the fault."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line[1:] for line in lines if line.startswith("#")]
    first_row = len(head) + 1
    try:
        header: dict[str, Any] = yaml.safe_load("\n".join(head)) or {}
    except yaml.YAMLError as error:
        raise MappingError(f"{path}: the header is not YAML: {error}") from error
    prefixes: dict[str, str] = dict(header.get("curie_map") or {})
    table = csv.DictReader(lines[len(head) :], delimiter="\t", restval="")
    missing = _COLUMNS - set(table.fieldnames or ())
    if missing:
        raise MappingError(
            f"{path}: line {first_row}: columns missing: {', '.join(sorted(missing))}"
        )
    rows = tuple(
        _row(cells, prefixes, f"{path}: line {number}")
        for number, cells in enumerate(table, start=first_row + 1)
    )
    iri = str(header.get("mapping_set_id", ""))
    if not iri:
        raise MappingError(f"{path}: the header has no mapping_set_id")
    return MappingSet(
        iri=iri,
        title=str(header.get("mapping_set_title", path.stem)),
        version=str(header.get("mapping_set_version", "")),
        rows=rows,
        rules=tuple(_rule(path.parent / name, iri) for name in header.get("kg_rules") or ()),
        not_provenance=tuple(
            NotProvenance(
                _iri(entry["property"], prefixes, str(path)),
                entry["local_name"],
                tuple(_iri(p, prefixes, str(path)) for p in entry.get("produces") or ()),
            )
            for entry in header.get("kg_not_provenance") or ()
        ),
        path=path,
    )


def _iri(curie: str, prefixes: dict[str, str], where: str) -> str:
    prefix, colon, local = curie.strip().partition(":")
    if not colon or (prefix not in prefixes and not local.startswith("//")):
        raise MappingError(f"{where}: {curie!r} has no prefix that the curie_map declares")
    return curie if local.startswith("//") else prefixes[prefix] + local


def _row(cells: dict[str, str], prefixes: dict[str, str], where: str) -> Row:
    def iri(curie: str) -> str:
        return _iri(curie, prefixes, where)

    subject, target = iri(cells["subject_id"]), iri(cells["object_id"])
    predicate = iri(cells["predicate_id"])
    relation = predicate.removeprefix(_SKOS)
    if predicate == relation or relation not in (
        "exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch",
    ):  # fmt: skip
        raise MappingError(f"{where}: {cells['predicate_id']!r} is no SKOS mapping relation")
    if not cells["record_id"]:
        raise MappingError(f"{where}: no record_id")
    if is_target(subject) and not is_target(target):
        subject, target = target, subject
        relation = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}.get(
            relation, relation
        )
    if not is_target(target):
        raise MappingError(f"{where}: neither side is a PROV-O, kg, dcterms or rdfs:label term")
    return Row(
        record_id=cells["record_id"],
        source=subject,
        target=target,
        predicate=relation,
        entails=relation in ("exactMatch", "broadMatch", "closeMatch"),
        grade=Grade.CLOSE if relation == "closeMatch" else Grade.MAPPED,
        subject=_condition(cells.get("subject_class", ""), iri),
        object=_condition(cells.get("object_class", ""), iri),
        inverse=cells.get("inverse", "").strip().lower() == "true",
        comment=cells.get("comment", "") or "",
    )


def _condition(cell: str | None, iri: Any) -> Condition:
    """``A|B``: one of these; ``!A|B``: none of these; ``A|B & !C|D``: both conditions."""
    wanted: set[str] = set()
    unwanted: set[str] = set()
    for part in (cell or "").split("&"):
        text = part.strip()
        names = [name.strip() for name in text.lstrip("!").split("|") if name.strip()]
        (unwanted if text.startswith("!") else wanted).update(iri(name) for name in names)
    return Condition(frozenset(wanted), frozenset(unwanted))


def is_target(iri: str) -> bool:
    """Whether a term belongs to the vocabulary of the aligned graphs."""
    return iri.startswith(TARGET_NAMESPACES)


_HEAD = re.compile(r"^#\+\s*(?P<key>[a-z_]+):\s*(?P<value>.*)$", re.MULTILINE)


def _rule(path: Path, set_iri: str) -> Rule:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MappingError(f"{path}: the rule can not be read ({error.strerror})") from error
    head = {match["key"]: match["value"].strip() for match in _HEAD.finditer(text)}
    try:
        grade = Grade(head.get("grade", "mapped"))
    except ValueError as error:
        raise MappingError(
            f"{path}: grade {head['grade']!r} is not one of {list(Grade)}"
        ) from error
    return Rule(f"{set_iri}/rule/{path.stem}", head.get("summary", path.stem), grade, text, path)
