"""The columns of an ISA-XLSX annotation table: one input, one output, and the process between.

ARC specification, ISA-XLSX, annotation tables. Columns stand in any order: it is the headings
that say what is input and output. Headings carry marks that make them unique within a table
(``Unit (#2)``, trailing spaces) and the terms of what they name (``Term Source REF (OBI:0100026)``;
Swate before 2022: ``Term Source REF [organism] (#h; #tOBI:0100026)``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.isa.columns import MATERIALS, Classified, Column, Role, classify, columns
from ingest.isa.data_files import file_type
from ingest.isa.layout import Layout, NodeStep, ProcessStep
from ingest.isa.model import Annotation, Kind

_SIDE = re.compile(r"(?P<side>input|output)\s*\[\s*(?P<kind>.*?)\s*\]", re.IGNORECASE)
_MARK = re.compile(r"\s*\((?P<mark>[^()\[\]]*)\)$")
_QUALIFIER = re.compile(r"(?:term source ref|term accession(?: number)?|unit)\b", re.IGNORECASE)
_QUALIFIED = re.compile(
    r"(?P<word>term source ref|term accession(?: number)?|unit)\s*\[.*\]", re.IGNORECASE | re.DOTALL
)
_COMPONENT = re.compile(r"component\s*\[\s*(?P<name>.*?)\s*\]", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"comment\s*\[\s*<?(?P<name>.*?)>?\s*\]", re.IGNORECASE | re.DOTALL)
_TERM = re.compile(r"(?P<source>[A-Za-z][\w.-]*):(?P<id>\S+)")
_DATA = {"data", "data file", "data name", "data file name"}
_OF_DATA = {"data format", "data selector format"}
_OF_PROTOCOL = {
    "protocol type": Role.PROTOCOL_TYPE,
    "protocol description": Role.PROTOCOL_TEXT,
    "protocol uri": Role.PROTOCOL_TEXT,
    "protocol version": Role.PROTOCOL_TEXT,
}


@dataclass(frozen=True)
class AnnotationColumns:
    """Columns, their order as input, process and output, and those that describe the protocol.

    ``inputs`` and ``outputs`` are the columns of nodes; ``terms``: name and term of what a
    heading names, by position.
    """

    columns: tuple[Column, ...]
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    terms: dict[int, Annotation]

    def of(self, *roles: Role) -> list[Column]:
        return [c for c in self.columns if c.role in roles]

    def layout(self, varying: Sequence[Column]) -> Layout:
        """Input, process, output; ``varying``: columns that become parameters of the process."""
        inputs = [NodeStep(c) for c in self.inputs]
        outputs = [NodeStep(c) for c in self.outputs]
        described = (inputs or outputs)[:1]
        nodes = {step.column.position: step for step in (*inputs, *outputs)}
        process = ProcessStep(
            protocol=next(iter(self.of(Role.PROTOCOL)), None),
            parameters=[*self.of(Role.PARAMETER), *varying],
            performers=self.of(Role.PERFORMER),
            dates=self.of(Role.DATE),
        )
        made = Layout(steps=[*inputs, process, *outputs], unnamed=self.of(Role.UNNAMED))
        for column in self.of(Role.CHARACTERISTIC):
            if described:
                described[0].characteristics.append(column)
            else:
                process.comments.append(column)
        for column in self.of(Role.COMMENT):
            before = [p for p in nodes if p < column.position]
            if column.name.lower() in _OF_DATA and before:
                nodes[max(before)].comments.append(column)
            else:
                process.comments.append(column)
        result = len(made.steps) - 1 if outputs else (0 if inputs else None)
        made.factors = [(column, result) for column in self.of(Role.FACTOR)]
        first_output = len(inputs) + 1
        made.joint = frozenset(
            [*range(1, len(inputs)), *range(first_output + 1, first_output + len(outputs))]
        )
        return made


def annotation_columns(headings: Sequence[str]) -> AnnotationColumns:
    """The columns of a heading row."""
    read = columns([unmarked(h) for h in headings], _classify)
    nodes = [c for c in read if c.role in (Role.MATERIAL, Role.FILE)]
    inputs = [c for c in nodes if _is_input(headings[c.position], c, nodes)]
    terms = {}
    for column in read:
        term = _term_of(column, headings)
        if term:
            source = _TERM.fullmatch(term)
            terms[column.position] = Annotation(
                column.name, source["source"] if source else "", term
            )
    outputs = tuple(c for c in nodes if c not in inputs)
    return AnnotationColumns(tuple(read), tuple(inputs), outputs, terms)


def looks_like_annotation_table(headings: Sequence[str]) -> bool:
    """Whether a row is surely the heading of an annotation table."""
    plain = [unmarked(h) for h in headings]
    return any(_SIDE.fullmatch(h) or h.lower() in MATERIALS for h in plain)


def _is_input(heading: str, column: Column, nodes: Sequence[Column]) -> bool:
    """By its heading; in older tables the source, else the first of several."""
    side = _SIDE.fullmatch(unmarked(heading))
    if side:
        return side["side"].lower() == "input"
    if any(c.kind is Kind.SOURCE for c in nodes):
        return column.kind is Kind.SOURCE
    return column is nodes[0] and len(nodes) > 1


def _classify(heading: str) -> Classified:
    lower = heading.lower()
    side = _SIDE.fullmatch(heading)
    if side:
        return _node(side["kind"])
    component = _COMPONENT.fullmatch(heading)
    if component:
        return Role.COMPONENT, component["name"], None, True
    comment = _COMMENT.fullmatch(heading)
    if comment:
        return Role.COMMENT, comment["name"], None, True
    if lower in _OF_PROTOCOL:
        return _OF_PROTOCOL[lower], heading, None, True
    if lower in _OF_DATA:
        return Role.COMMENT, heading, None, True
    if lower in ("material name", "data"):
        return _node(heading)
    return classify(heading)


def _node(kind: str) -> Classified:
    lower = kind.lower()
    if lower in MATERIALS:
        return Role.MATERIAL, kind, MATERIALS[lower], True
    if lower in ("material name", "material"):
        return Role.MATERIAL, "", Kind.MATERIAL, True
    if lower in _DATA:
        return Role.FILE, "Data File", Kind.FILE, True
    if lower.endswith(" file"):
        return Role.FILE, file_type(kind), Kind.FILE, True
    return Role.MATERIAL, kind, Kind.MATERIAL, True


def unmarked(heading: str) -> str:
    """The heading without the marks at its end; a qualifier without what it repeats."""
    text = re.sub(r"\s+", " ", heading).strip()
    while mark := _MARK.search(text):
        if not (mark["mark"].startswith("#") or _QUALIFIER.match(text)):
            break
        text = text[: mark.start()]
    qualifier = _QUALIFIED.fullmatch(text)
    return qualifier["word"] if qualifier else text


def _term_of(column: Column, headings: Sequence[str]) -> str:
    """The accession number that the headings of a column's qualifiers carry."""
    for position in (
        column.source, column.accession, column.unit_source, column.unit_accession
    ):  # fmt: skip
        mark = _MARK.search(headings[position].strip()) if position is not None else None
        if mark is None:
            continue
        marks = [m.strip() for m in mark["mark"].split(";")]
        if "#u" in marks:
            continue
        plain = [m.removeprefix("#t") for m in marks if m.startswith("#t") or "#" not in m]
        if plain and plain[0]:
            return plain[0]
    return ""
