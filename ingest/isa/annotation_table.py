"""Reading ISA-XLSX annotation tables: rows of input, process and output, and their protocols."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.findings import Findings
from ingest.isa.annotation_columns import (
    AnnotationColumns,
    annotation_columns,
    looks_like_annotation_table,
)
from ingest.isa.columns import Column, Role
from ingest.isa.gather import Scopes
from ingest.isa.model import NOTHING, Annotation, Comment, Component, Protocol, Table
from ingest.isa.table import TableReader
from ingest.isa.workbook import Area, Sheet

_PREFIX = "annotationtable"
Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class AnnotationTable:
    """One table of a workbook: ``sheet`` names it, ``where`` tells file and sheet."""

    sheet: str
    where: str
    heading: tuple[int, list[str]]
    rows: Rows
    columns: AnnotationColumns
    offset: int = 0

    def cells(self, columns: Sequence[Column]) -> Iterator[tuple[Column, str]]:
        """What stands in some columns, but for empty cells."""
        for _number, cells in self.rows:
            for column in columns:
                if cells[column.position]:
                    yield column, cells[column.position]

    def protocol_of(self, cells: Sequence[str]) -> str:
        """The protocol that a row names, else the table itself is one."""
        column = next(iter(self.columns.of(Role.PROTOCOL)), None)
        return (cells[column.position] if column else "") or self.sheet


def annotation_table(sheet: Sheet, where: str, findings: Findings) -> AnnotationTable | None:
    """The annotation table of a sheet, if it has one: by name, else by its headings."""
    at = f"{where} [{sheet.name}]"
    named = [a for a in sheet.areas if a.name.lower().startswith(_PREFIX)]
    for extra in named[1:]:
        findings.lost("second-table", at, f"a sheet has one annotation table; {extra.name!r}")
    area = named[0] if named else _unnamed(sheet)
    if area is None:
        return None
    if not named:
        findings.warned("table-name", at, "an annotation table that no table name tells of")
    rows = sheet.within(area)
    if not rows:
        return None
    width = len(rows[0][1])
    offset = area.first_column - 1
    for number, cells in sheet.rows:
        inside = area.first_row <= number <= area.last_row
        outside = cells[:offset] + cells[offset + width :] if inside else cells
        if any(outside):
            findings.warned("outside-table", f"{at}: row {number}", "beside the table; not read")
    body = [(number, cells) for number, cells in rows[1:] if any(cells)]
    return AnnotationTable(sheet.name, at, rows[0], body, annotation_columns(rows[0][1]), offset)


def _unnamed(sheet: Sheet) -> Area | None:
    """The rows from the first heading of an annotation table on, where nobody made it a table."""
    for number, cells in sheet.rows[:10]:
        if looks_like_annotation_table(cells):
            return Area("", 1, number, len(cells), sheet.rows[-1][0])
    return None


def read_annotation_table(table: AnnotationTable, scopes: Scopes, findings: Findings) -> Table:
    """The nodes and processes of a table."""
    columns = table.columns
    varying = list(_varying(table))
    for column in varying:
        findings.repaired(
            "component-varies", f"{table.where}, column {column.position + table.offset + 1}",
            f"{column.name!r} differs among rows, so it is kept as a parameter of the process",
        )  # fmt: skip
    reader = TableReader(
        table.where, table.heading, columns.columns, columns.layout(varying), scopes, findings, (),
        sheet=table.sheet, offset=table.offset,
        categories={c.name: columns.terms[c.position]
                    for c in columns.of(Role.CHARACTERISTIC) if c.position in columns.terms},
    )  # fmt: skip
    for number, cells in table.rows:
        reader.row(number, cells)
    return reader.finish()


def _varying(table: AnnotationTable) -> Iterator[Column]:
    """Component columns whose value differs among the rows of a protocol."""
    for column in table.columns.of(Role.COMPONENT):
        values = defaultdict(set)
        for _number, cells in table.rows:
            values[table.protocol_of(cells)].add(cells[column.position])
        if any(len(found) > 1 for found in values.values()):
            yield column


def protocols_of(table: AnnotationTable, findings: Findings) -> list[Protocol]:
    """The protocols that a table's rows carry out, as far as the table tells of them."""
    rows: dict[str, Rows] = defaultdict(list)
    for number, cells in table.rows:
        rows[table.protocol_of(cells)].append((number, cells))
    columns = table.columns
    varying = list(_varying(table))
    parameters = tuple(
        columns.terms.get(c.position, Annotation(c.name))
        for c in (*columns.of(Role.PARAMETER), *varying)
    )
    made = []
    for name, own in rows.items():
        components = [
            _component(column, own[0][1], columns)
            for column in columns.of(Role.COMPONENT)
            if column not in varying and own[0][1][column.position]
        ]
        others: dict[Comment, None] = {}
        made.append(
            Protocol(
                name,
                _first(table, own, columns.of(Role.PROTOCOL_TYPE), others, findings),
                _text(table, own, "description", others, findings),
                _text(table, own, "uri", others, findings),
                _text(table, own, "version", others, findings),
                tuple(dict.fromkeys(parameters)),
                tuple(dict.fromkeys(components)),
                tuple(others),
            )
        )
    return made


def _component(column: Column, cells: Sequence[str], columns: AnnotationColumns) -> Component:
    at = _annotation(column, cells)
    unit = cells[column.unit] if column.unit is not None else ""
    name = f"{at.value} {unit}" if unit else at.value
    kind = columns.terms.get(column.position, Annotation(column.name))
    return Component(name, kind, term=replace(at, value=""))


def _annotation(column: Column, cells: Sequence[str]) -> Annotation:
    positions = (column.position, column.source, column.accession)
    return Annotation.of("" if p is None else cells[p] for p in positions)


def _first(
    table: AnnotationTable,
    rows: Rows,
    columns: Sequence[Column],
    others: dict[Comment, None],
    findings: Findings,
) -> Annotation:
    """What the first row of a protocol says of it; what later ones say else goes to ``others``."""
    found: Annotation = NOTHING
    for number, cells in rows:
        for column in columns:
            said = _annotation(column, cells)
            if said and not found:
                found = said
            elif said and said != found:
                others[Comment(column.name, said.value or said.accession)] = None
                findings.repaired(
                    "protocol-differs", f"{table.where}: row {number}, {column.name}",
                    f"{said.value!r} is kept as a comment: the protocol has {found.value!r} above",
                )  # fmt: skip
    return found


def _text(
    table: AnnotationTable,
    rows: Rows,
    word: str,
    others: dict[Comment, None],
    findings: Findings,
) -> str:
    columns = [
        c for c in table.columns.of(Role.PROTOCOL_TEXT) if c.name.lower() == f"protocol {word}"
    ]
    return _first(table, rows, columns, others, findings).value


def joined(tables: Sequence[Table]) -> Table:
    """The graph of all tables of a workbook; each row holds one process, so none has a previous."""
    return Table(
        mentioned=tuple(dict.fromkeys(r for t in tables for r in t.mentioned)),
        processes=tuple(p for t in tables for p in t.processes),
        characteristic_categories=tuple(
            dict.fromkeys(c for t in tables for c in t.characteristic_categories)
        ),
        unit_categories=tuple(dict.fromkeys(u for t in tables for u in t.unit_categories)),
    )
