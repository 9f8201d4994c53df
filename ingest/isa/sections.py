"""The sections of an ISA-Tab investigation file: labels to the left, values to the right.

ISA-Tab format, section 2.2. Labels are read whatever their case and spacing, and each belongs
to its section whether or not the section's heading is there. What is no label that the
specification knows is kept as a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.findings import Findings

_COMMENT = re.compile(r"comments?\s*\[\s*(?P<name>.*?)\s*\]?\s*", re.IGNORECASE | re.DOTALL)

SOURCES, INVESTIGATION, PUBLICATIONS, CONTACTS = (
    "sources",
    "investigation",
    "publications",
    "people",
)
STUDY, DESIGN, FACTORS, ASSAYS, PROTOCOLS = "study", "design", "factors", "assays", "protocols"

_HEADINGS = {
    "ontology source reference": (False, SOURCES),
    "investigation": (False, INVESTIGATION),
    "investigation publications": (False, PUBLICATIONS),
    "investigation contacts": (False, CONTACTS),
    "study": (True, STUDY),
    "study design descriptors": (True, DESIGN),
    "study publications": (True, PUBLICATIONS),
    "study factors": (True, FACTORS),
    "study assays": (True, ASSAYS),
    "study protocols": (True, PROTOCOLS),
    "study contacts": (True, CONTACTS),
}

_TERM = ("term accession number", "term source ref")
_PUBLICATION = ("pubmed id", "publication doi", "publication author list", "publication title",
                "publication status", *(f"publication status {t}" for t in _TERM))  # fmt: skip
_PERSON = tuple(f"person {w}" for w in (
    "last name", "first name", "mid initials", "email", "phone", "fax", "address", "affiliation",
    "roles", *(f"roles {t}" for t in _TERM)))  # fmt: skip
_OWN = ("identifier", "title", "description", "submission date", "public release date")


def _terms(word: str) -> tuple[str, ...]:
    return (word, *(f"{word} {t}" for t in _TERM))


_LABELS: dict[str, tuple[bool, str, str]] = {}
for _word in ("name", "file", "version", "description"):
    _LABELS[f"term source {_word}"] = (False, SOURCES, _word)
for _prefix, _in_study, _section in (
    ("investigation", False, INVESTIGATION),
    ("study", True, STUDY),
):
    for _words, _to in ((_OWN, _section), (_PUBLICATION, PUBLICATIONS), (_PERSON, CONTACTS)):
        for _word in _words:
            _LABELS[f"{_prefix} {_word}"] = (_in_study, _to, _word)
for _words, _to in (
    (("file name",), STUDY),
    (_terms("design type"), DESIGN),
    (("factor name", *_terms("factor type")), FACTORS),
    (("assay file name", *_terms("assay measurement type"), *_terms("assay technology type"),
      "assay technology platform"), ASSAYS),
    (("protocol name", *_terms("protocol type"), "protocol description", "protocol uri",
      "protocol version", *_terms("protocol parameters name"), "protocol components name",
      *_terms("protocol components type")), PROTOCOLS),
):  # fmt: skip
    for _word in _words:
        _LABELS[f"study {_word}"] = (True, _to, _word)


@dataclass(frozen=True)
class Vocabulary:
    """Headings and labels in lower case.

    A heading opens a section, of a study where the first is true. A label has its section too,
    and the word that its values are known by.
    """

    headings: Mapping[str, tuple[bool, str]]
    labels: Mapping[str, tuple[bool, str, str]]


TAB = Vocabulary(_HEADINGS, _LABELS)


@dataclass
class Field:
    """The values to the right of one label."""

    label: str
    line: int
    values: list[str]


@dataclass
class Section:
    """Fields by the specification's words (``person email``), comments by name."""

    fields: dict[str, Field] = field(default_factory=dict)
    comments: list[Field] = field(default_factory=list)

    def at(self, word: str, index: int) -> str:
        """The value of a field in the n-th column."""
        found = self.fields.get(word)
        return found.values[index] if found and index < len(found.values) else ""

    def items(self) -> Iterator[int]:
        """The columns that have anything in them."""
        every = [*self.fields.values(), *self.comments]
        for index in range(max((len(f.values) for f in every), default=0)):
            if any(index < len(f.values) and f.values[index] for f in every):
                yield index


@dataclass
class Part:
    """The sections of the investigation itself, or of one study."""

    line: int = 0
    sections: dict[str, Section] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Section:
        return self.sections.setdefault(name, Section())


@dataclass
class InvestigationFile:
    """An investigation file, taken apart. ``labels``: how many known labels it has."""

    investigation: Part
    studies: list[Part]
    labels: int


def is_investigation(rows: Sequence[tuple[int, list[str]]]) -> bool:
    """Whether rows are surely those of an investigation file: by its headings or labels."""
    return any(_plain(cells[0]) in _HEADINGS or _plain(cells[0]) in _LABELS for _n, cells in rows)


def take_apart(
    rows: Sequence[tuple[int, list[str]]],
    name: str,
    findings: Findings,
    vocabulary: Vocabulary = TAB,
) -> InvestigationFile:
    """The sections of an investigation file; ``name`` goes into the findings."""
    headings, labels = vocabulary.headings, vocabulary.labels
    made = InvestigationFile(Part(), [], 0)
    in_study, section = False, INVESTIGATION
    for line, cells in rows:
        label, values = cells[0], _trimmed(cells[1:])
        plain = _plain(label)
        if plain in headings and not values:
            in_study, section = headings[plain]
            if section == STUDY:
                made.studies.append(Part(line))
            continue
        word = plain
        if plain in labels:
            in_study, section, word = labels[plain]
            made.labels += 1
        if in_study and not made.studies:
            made.studies.append(Part(line))
        if plain == "study identifier" and word in made.studies[-1][STUDY].fields:
            made.studies.append(Part(line))
        part = made.studies[-1] if in_study else made.investigation
        known = plain in labels
        _put(part[section], label, known, word, line, values, f"{name}: row {line}", findings)
    return made


def _put(
    section: Section, label: str, is_known: bool, word: str, line: int, values: list[str],
    where: str, findings: Findings,
) -> None:  # fmt: skip
    comment = _COMMENT.fullmatch(label)
    if comment:
        section.comments.append(Field(comment["name"], line, values))
    elif label.startswith("#"):
        findings.warned("comment-line", where, " ".join([label, *values]).strip())
    elif is_known:
        known = section.fields.get(word)
        if known is None:
            section.fields[word] = Field(label, line, values)
        elif values == known.values or not values:
            findings.warned("repeated-label", where, f"{label!r} again, which says nothing new")
        else:
            findings.warned("repeated-label", where, f"{label!r} again; kept as a comment")
            section.comments.append(Field(label, line, values))
    elif values:
        findings.warned("unknown-label", where, f"{label!r} is no ISA label; kept as a comment")
        section.comments.append(Field(label, line, values))
    else:
        findings.lost("unknown-line", where, f"{label!r} is no ISA label")


def _plain(label: str) -> str:
    return re.sub(r"\s+", " ", label.strip("\ufeff")).strip().lower()


def _trimmed(values: list[str]) -> list[str]:
    end = len(values)
    while end and not values[end - 1]:
        end -= 1
    return values[:end]
