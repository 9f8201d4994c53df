"""One workbook of an ARC, taken apart: its metadata, its annotation tables, its data map."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ingest.bundle import Bundle
from ingest.findings import Findings
from ingest.isa.annotation_table import AnnotationTable, annotation_table
from ingest.isa.datamap import is_datamap
from ingest.isa.investigation import InvestigationParts
from ingest.isa.sections import Part, take_apart
from ingest.isa.workbook import Sheet, read_sheets
from ingest.isa.xlsx_sections import Sort, as_labels, sort_of, vocabulary


@dataclass
class Workbook:
    """A workbook that was read: what it describes, its metadata, its tables."""

    name: str
    sort: Sort
    parts: InvestigationParts
    investigation: Part = field(default_factory=Part)
    studies: list[Part] = field(default_factory=list)
    tables: list[AnnotationTable] = field(default_factory=list)
    datamaps: list[Sheet] = field(default_factory=list)

    @property
    def folder(self) -> str:
        parent = PurePosixPath(self.name).parent
        return "" if str(parent) == "." else f"{parent}/"

    @property
    def title(self) -> str:
        """The name of its folder, by which other workbooks may call it."""
        return PurePosixPath(self.name).parent.name


def read_workbook(bundle: Bundle, name: str, sort: Sort | None, findings: Findings) -> Workbook:
    """One workbook; ``sort`` is what its file name says. Raises UnreadableSource."""
    sheets = read_sheets(bundle.read(name), bundle.where(name), findings)
    found = [(sheet, sort_of(sheet.rows)) for sheet in sheets]
    own = next((s for _sheet, s in found if s is not None), None) or sort or Sort.ASSAY
    made = Workbook(name, own, InvestigationParts(name, findings))
    for sheet, kind in found:
        where = f"{name} [{sheet.name}]"
        if kind is not None:
            taken = take_apart(as_labels(sheet.rows), where, findings, vocabulary(kind))
            made.parts = InvestigationParts(where, findings)
            made.investigation = taken.investigation
            made.studies += taken.studies
            continue
        mapped = is_datamap(sheet)
        table = None if mapped else annotation_table(sheet, name, findings)
        if mapped:
            made.datamaps.append(sheet)
        elif table is not None:
            made.tables.append(table)
        elif sheet.rows:
            findings.warned("other-sheet", where, "no ISA in it; not read")
    return made
