"""The columns of an ISA-Tab study or assay table: what each is, and what qualifies it.

ISA-Tab format, sections 2.3 and 2.4. Headings are read whatever their case and spacing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from ingest.isa.data_files import file_type
from ingest.isa.model import Kind


class Role(Enum):
    """What a column holds."""

    MATERIAL = auto()
    FILE = auto()
    PROTOCOL = auto()
    PROCESS_NAME = auto()
    PARAMETER = auto()
    PERFORMER = auto()
    DATE = auto()
    CHARACTERISTIC = auto()
    FACTOR = auto()
    COMMENT = auto()
    COMPONENT = auto()
    PROTOCOL_TYPE = auto()
    PROTOCOL_TEXT = auto()
    UNIT = auto()
    TERM_SOURCE = auto()
    TERM_ACCESSION = auto()
    UNNAMED = auto()


MATERIALS = {
    "source name": Kind.SOURCE,
    "sample name": Kind.SAMPLE,
    "extract name": Kind.EXTRACT,
    "labeled extract name": Kind.LABELED_EXTRACT,
    "labelled extract name": Kind.LABELED_EXTRACT,
}
_PROCESS_NAMES = {
    "scan name",
    "normalization name",
    "normalisation name",
    "data transformation name",
}
# names that say no more than the assay's technology does
_ASSAY_NAME = re.compile(r"(?:.* )?assay name")
_FIXED = {
    "protocol ref": Role.PROTOCOL,
    "performer": Role.PERFORMER,
    "date": Role.DATE,
    "material type": Role.CHARACTERISTIC,
    "label": Role.CHARACTERISTIC,
    "array design ref": Role.PARAMETER,
    "array design file ref": Role.PARAMETER,
    "unit": Role.UNIT,
    "term source ref": Role.TERM_SOURCE,
    "term accession number": Role.TERM_ACCESSION,
    "term accession": Role.TERM_ACCESSION,
    "": Role.UNNAMED,
}
_BRACKETED = {
    "characteristics": Role.CHARACTERISTIC,
    "characteristic": Role.CHARACTERISTIC,
    "parameter value": Role.PARAMETER,
    "parameter": Role.PARAMETER,
    "factor value": Role.FACTOR,
    "factor": Role.FACTOR,
    "comment": Role.COMMENT,
    "unit": Role.UNIT,
}
_BRACKETS = re.compile(r"(?P<word>[^\[\]]+?)\s*\[\s*(?P<name>.*?)\s*\]?\s*", re.DOTALL)
_QUALIFIABLE = {
    Role.CHARACTERISTIC, Role.PARAMETER, Role.FACTOR, Role.COMPONENT, Role.PROTOCOL_TYPE,
}  # fmt: skip
Classified = tuple[Role, str, Kind | None, bool]


@dataclass(frozen=True)
class Column:
    """One column; ``name`` is what stands in brackets, or the heading as the model calls it.

    ``source``, ``accession``, ``unit``, ``unit_source``, ``unit_accession``: positions of the
    columns that qualify it. ``known``: the heading is one of the specification's.
    """

    position: int
    role: Role
    name: str
    kind: Kind | None = None
    source: int | None = None
    accession: int | None = None
    unit: int | None = None
    unit_source: int | None = None
    unit_accession: int | None = None
    known: bool = True


@dataclass
class _Draft:
    position: int
    role: Role
    name: str
    kind: Kind | None
    known: bool
    qualifiers: dict[str, int] = field(default_factory=dict)

    def column(self) -> Column:
        return Column(
            self.position, self.role, self.name, self.kind, known=self.known, **self.qualifiers
        )


def classify(heading: str) -> Classified:
    """Role, name, kind of material, and whether the specification knows the heading."""
    text = re.sub(r"\s+", " ", heading).strip()
    lower = text.lower()
    if lower in MATERIALS:
        return Role.MATERIAL, text, MATERIALS[lower], True
    if lower in _FIXED:
        name = {"label": "Label", "material type": "Material Type"}.get(lower, text)
        name = "Array Design REF" if lower == "array design ref" else name
        return _FIXED[lower], name, None, True
    if lower.endswith(" file"):
        return Role.FILE, file_type(text), Kind.FILE, True
    if lower in _PROCESS_NAMES:
        return Role.PROCESS_NAME, text.title(), None, True
    if _ASSAY_NAME.fullmatch(lower):
        return Role.PROCESS_NAME, "", None, True
    bracketed = _BRACKETS.fullmatch(text)
    if bracketed and bracketed["word"].lower() in _BRACKETED:
        role = _BRACKETED[bracketed["word"].lower()]
        if bracketed["name"] or role is Role.UNIT:
            return role, bracketed["name"], None, True
    return Role.COMMENT, text, None, False


def columns(
    headings: Sequence[str], classify: Callable[[str], Classified] = classify
) -> list[Column]:
    """The columns of a heading row, each with the positions of those that qualify it.

    A qualifier that has nothing to qualify becomes a comment, named by what it follows.
    """
    drafts: list[_Draft] = []
    target: _Draft | None = None
    after_unit = False
    for position, heading in enumerate(headings):
        role, name, kind, known = classify(heading)
        slot = _slot(role, after_unit)
        if slot and target and target.role in _QUALIFIABLE and slot not in target.qualifiers:
            target.qualifiers[slot] = position
            after_unit = after_unit or slot == "unit"
            continue
        if slot:
            owner = headings[target.position].strip() if target else ""
            role, name, kind = Role.COMMENT, f"{owner} {heading.strip()}".strip(), None
            drafts.append(_Draft(position, role, name, kind, known=True))
            continue
        target = _Draft(position, role, name, kind, known)
        after_unit = False
        drafts.append(target)
    return [draft.column() for draft in drafts]


def _slot(role: Role, after_unit: bool) -> str | None:
    if role is Role.UNIT:
        return "unit"
    if role is Role.TERM_SOURCE:
        return "unit_source" if after_unit else "source"
    if role is Role.TERM_ACCESSION:
        return "unit_accession" if after_unit else "accession"
    return None


def looks_like_table(headings: Sequence[str]) -> bool:
    """Whether a heading row is surely that of an ISA-Tab study or assay table."""
    lower = {re.sub(r"\s+", " ", h).strip().lower() for h in headings}
    return not lower.isdisjoint({"source name", "sample name"})
