"""The metadata sheets of ISA-XLSX workbooks: labels to the left, values to the right.

ARC specification, ISA-XLSX, top-level metadata sheets. They are the sections of an ISA-Tab
investigation file, and such sections of an assay, a run and a workflow; which of them a sheet
holds is told by its first heading, since the names of sheets vary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from ingest.isa import sections as s
from ingest.isa.sections import TAB, Vocabulary

Rows = Sequence[tuple[int, list[str]]]


class Sort(StrEnum):
    """What a workbook describes; the value is the word in its file name."""

    INVESTIGATION = "investigation"
    STUDY = "study"
    ASSAY = "assay"
    RUN = "run"
    WORKFLOW = "workflow"
    DATAMAP = "datamap"


_TERMS = ("", " term accession number", " term source ref")
_PERSON = (
    "last name", "first name", "mid initials", "email", "phone", "fax", "address", "affiliation",
    *(f"roles{t}" for t in _TERMS),
)  # fmt: skip
_METADATA = re.compile(r"\s+metadata", re.IGNORECASE)
_COMMENT = re.compile(r"(comments?\s*\[)\s*<(.*)>\s*(\])\s*", re.IGNORECASE | re.DOTALL)


def _own(sort: Sort, contacts: str, words: dict[str, str], section: str) -> Vocabulary:
    """The vocabulary of a sheet; older ones leave out the first word of each label."""
    headings = {sort.value: (False, section), f"{sort} {contacts}": (False, s.CONTACTS)}
    labels: dict[str, tuple[bool, str, str]] = {}
    for prefix in ("", f"{sort} "):
        for label, word in words.items():
            labels[f"{prefix}{label}"] = (False, section, word)
        for label in _PERSON:
            labels[f"{prefix}{label}"] = (False, s.CONTACTS, f"person {label}")
            labels[f"{prefix}person {label}"] = (False, s.CONTACTS, f"person {label}")
    return Vocabulary(headings, labels)


def _with_terms(*words: str) -> dict[str, str]:
    return {f"{w}{t}": f"{w}{t}" for w in words for t in _TERMS}


_PLAIN = {w: w for w in ("identifier", "title", "description")}
_MEASURED = _PLAIN | {
    label: f"assay {label}"
    for label in (
        *_with_terms("measurement type", "technology type"), "technology platform", "file name"
    )
}  # fmt: skip
_VOCABULARIES = {
    Sort.INVESTIGATION: TAB,
    Sort.STUDY: TAB,
    Sort.ASSAY: _own(Sort.ASSAY, "performers", _MEASURED, s.ASSAYS),
    Sort.RUN: _own(
        Sort.RUN, "performers", {**_MEASURED, "workflow identifiers": "workflow identifiers"},
        s.ASSAYS,
    ),
    Sort.WORKFLOW: _own(
        Sort.WORKFLOW, "contacts",
        {
            **_PLAIN, "file name": "file name",
            "sub workflow identifiers": "sub workflow identifiers",
            **{w: f"protocol {w}" for w in (
                *_with_terms("type", "parameters name", "components type"), "uri", "version",
                "components name", *(f"parameters{t}" for t in _TERMS[1:]),
            )},
        },
        s.PROTOCOLS,
    ),
}  # fmt: skip
# what ISA-XLSX calls otherwise than ISA-Tab does
_RENAMED = {
    "investigation publication pubmed id": "Investigation PubMed ID",
    "study publication pubmed id": "Study PubMed ID",
    "study protocol parameters term accession number": (
        "Study Protocol Parameters Name Term Accession Number"
    ),
    "study protocol parameters term source ref": "Study Protocol Parameters Name Term Source REF",
    "workflow parameters term accession number": ("Workflow Parameters Name Term Accession Number"),
    "workflow parameters term source ref": "Workflow Parameters Name Term Source REF",
}
_FIRST = {
    "ontology source reference": Sort.INVESTIGATION,
    "investigation": Sort.INVESTIGATION,
    "study": Sort.STUDY,
    "assay": Sort.ASSAY,
    "run": Sort.RUN,
    "workflow": Sort.WORKFLOW,
}


def sort_of(rows: Rows) -> Sort | None:
    """What a sheet describes, by its first heading or label; None where it is no metadata."""
    if not rows:
        return None
    first = _plain(_label(rows[0][1][0]))
    if first in _FIRST and not any(rows[0][1][1:]):
        return _FIRST[first]
    if first in TAB.labels:
        return Sort.STUDY if TAB.labels[first][0] else Sort.INVESTIGATION
    for sort in (Sort.ASSAY, Sort.RUN, Sort.WORKFLOW):
        if first.startswith(f"{sort} ") and first in _VOCABULARIES[sort].labels:
            return sort
    return None


def as_labels(rows: Rows) -> list[tuple[int, list[str]]]:
    """The rows with labels as ISA-Tab spells them."""
    return [(number, [_label(cells[0]), *cells[1:]]) for number, cells in rows]


def vocabulary(sort: Sort) -> Vocabulary:
    """The headings and labels of such a sheet."""
    return _VOCABULARIES[sort]


def _plain(label: str) -> str:
    return _METADATA.sub("", re.sub(r"\s+", " ", label).strip().lower())


def _label(text: str) -> str:
    comment = _COMMENT.fullmatch(text)
    if comment:
        return "".join(comment.groups())
    if text.isupper():
        return _METADATA.sub("", text)
    return _RENAMED.get(_plain(text), text)
