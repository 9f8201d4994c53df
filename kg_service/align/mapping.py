"""Mapping sets: rows that relate a vocabulary's terms to PROV-O and the kg terms, and rules.

A row *entails* the target statement when it says that the source term is the same or
narrower: ``exactMatch``, source ``broadMatch`` target, or target ``narrowMatch`` source.
``closeMatch`` entails it too, graded as close. ``relatedMatch`` and the other direction
entail nothing; they tell that the term was looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QueryTriples, Store

from kg_service.errors import MappingError
from kg_service.store.grades import Grade
from kg_service.terms import DCTERMS_NS, KG_NS, OWL_NS, PROV_NS, RDFS_NS

TARGET_NAMESPACES = (PROV_NS, KG_NS, RDFS_NS + "label", DCTERMS_NS, OWL_NS + "sameAs")
SKOS_NS = "http://www.w3.org/2004/02/skos/core#"
RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_TURNED = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}


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
    """One mapping: ``source`` entails ``target`` where the conditions hold (IRIs as text).

    ``turned``: the file has the target term as its subject. ``metadata`` are the cells that
    mean nothing to the engine: labels, justification, confidence, author, date.
    """

    record_id: str
    source: str
    target: str
    predicate: str
    subject: Condition
    object: Condition
    inverse: bool
    comment: str
    turned: bool = False
    metadata: tuple[tuple[str, str], ...] = ()
    line: int = 0

    @property
    def entails(self) -> bool:
        return self.predicate in ("exactMatch", "broadMatch", "closeMatch")

    @property
    def grade(self) -> Grade:
        return Grade.CLOSE if self.predicate == "closeMatch" else Grade.MAPPED

    @property
    def as_written(self) -> tuple[str, str, str]:
        """Subject, relation and object as the file has them."""
        if not self.turned:
            return self.source, self.predicate, self.target
        return self.target, _TURNED.get(self.predicate, self.predicate), self.source


def make_row(
    cells: Mapping[str, str], iri: Callable[[str], str], line: int, is_known: Callable[[str], bool]
) -> Row:
    """A row from the cells of its SSSOM columns. Raises ValueError that says what is wrong."""
    for name in ("record_id", "subject_id", "predicate_id", "object_id"):
        if not (cells.get(name) or "").strip():
            raise ValueError(f"no {name}")
    subject, target = iri(cells["subject_id"]), iri(cells["object_id"])
    predicate = iri(cells["predicate_id"])
    relation = predicate.removeprefix(SKOS_NS)
    if predicate == relation or relation not in RELATIONS:
        raise ValueError(
            f"{cells['predicate_id']!r} is no SKOS mapping relation; they are "
            + ", ".join(f"skos:{name}" for name in RELATIONS)
        )
    turned = is_target(subject) and not is_target(target)
    if turned:
        subject, target = target, subject
        relation = _TURNED.get(relation, relation)
    if not is_target(target):
        raise ValueError("neither side is a PROV-O, kg, dcterms or rdfs:label term")
    if not is_known(target):
        written = cells["subject_id"] if turned else cells["object_id"]
        raise ValueError(f"{written!r} is no term of its vocabulary; check its spelling")
    inverse = (cells.get("inverse") or "").strip().lower()
    if inverse not in ("", "true", "false"):
        raise ValueError(f"inverse is {cells['inverse']!r}; write true, false or nothing")
    return Row(
        record_id=cells["record_id"].strip(),
        source=subject,
        target=target,
        predicate=relation,
        subject=_condition(cells.get("subject_class"), iri),
        object=_condition(cells.get("object_class"), iri),
        inverse=inverse == "true",
        comment=cells.get("comment") or "",
        turned=turned,
        metadata=tuple((k, v) for k, v in cells.items() if k and k not in MEANT and v),
        line=line,
    )


MEANT = (
    "record_id", "subject_id", "predicate_id", "object_id",
    "subject_class", "object_class", "inverse", "comment",
)  # fmt: skip


def _condition(cell: str | None, iri: Callable[[str], str]) -> Condition:
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
    """One mapping file with the rules it names. ``metadata`` is what else its header says."""

    iri: str
    title: str
    version: str
    rows: tuple[Row, ...]
    rules: tuple[Rule, ...]
    not_provenance: tuple[NotProvenance, ...]
    path: Path
    prefixes: Mapping[str, str]
    metadata: Mapping[str, str]

    @property
    def name(self) -> str:
        """The last part of the set's IRI, by which commands call it."""
        return self.iri.rstrip("/#").rpartition("/")[2]


_HEAD = re.compile(r"^#\+\s*(?P<key>[a-z_]+):\s*(?P<value>.*)$", re.MULTILINE)


def load_rule(path: Path, set_iri: str) -> Rule:
    """A rule file. Raises MappingError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MappingError(f"{path}: the rule can not be read ({error.strerror})") from error
    head = {match["key"]: match["value"].strip() for match in _HEAD.finditer(text)}
    try:
        grade = Grade(head.get("grade", "mapped"))
    except ValueError as error:
        grades = ", ".join(Grade)
        raise MappingError(f"{path}: grade {head['grade']!r} is not one of {grades}") from error
    try:
        result = Store().query(text)
    except SyntaxError as error:
        raise MappingError(f"{path}: the rule does not parse: {error}") from error
    if not isinstance(result, QueryTriples):
        raise MappingError(f"{path}: a rule is a CONSTRUCT, this is another kind of query")
    return Rule(f"{set_iri}/rule/{path.stem}", head.get("summary", path.stem), grade, text, path)
