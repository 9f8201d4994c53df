"""Data maps of ISA-XLSX: what the parts of data files mean, such as the columns of a table.

ARC specification, ISA-XLSX, datamap table sheets. Each row describes a file or a part of one
by what it holds (explication), its unit, its type and format.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.findings import Findings
from ingest.isa.annotation_columns import unmarked
from ingest.isa.gather import Scopes
from ingest.isa.model import Annotation, Comment, Kind, NodeRef, Value
from ingest.isa.workbook import Area, Sheet

_TERMS = {"term source ref": 0, "term accession number": 1}


def is_datamap(sheet: Sheet) -> bool:
    """Whether a sheet is a data map: by the name of its table, or by name and headings."""
    return _area(sheet) is not None


def _area(sheet: Sheet) -> Area | None:
    for area in sheet.areas:
        if area.name.lower().startswith("datamaptable"):
            return area
    if sheet.name.lower() != "isa_datamap" or not sheet.rows:
        return None
    number, cells = sheet.rows[0]
    return Area("", 1, number, len(cells), sheet.rows[-1][0])


def read_datamap(
    sheet: Sheet, where: str, scopes: Scopes, findings: Findings
) -> tuple[NodeRef, ...]:
    """Describe the data that a map tells of among ``scopes.files``; gives what it told of."""
    area = _area(sheet)
    rows = sheet.within(area) if area else []
    if not rows:
        return ()
    headings = [unmarked(h) for h in rows[0][1]]
    found: dict[NodeRef, None] = {}
    for number, cells in rows[1:]:
        if not cells[0]:
            findings.lost(
                "value-without-node", f"{where}: row {number}", "a row that names no data"
            )
            continue
        ref = scopes.ref(Kind.FILE, cells[0])
        found[ref] = None
        gathered = scopes.of(ref)[ref]
        for word, value in _values(headings, cells):
            if word in ("Explication", "Object Type"):
                gathered.characteristics[value] = None
            else:
                gathered.comments[Comment(word, value.value.value)] = None
    return tuple(found)


def _values(headings: Sequence[str], cells: Sequence[str]) -> list[tuple[str, Value]]:
    """What a row says by heading, terms with what they follow, the unit with the explication."""
    texts: list[list[str]] = []
    words: list[str] = []
    for heading, cell in list(zip(headings, cells, strict=True))[1:]:
        slot = _TERMS.get(heading.lower())
        if slot is not None and words:
            texts[-1][1 + slot] = cell
        else:
            words.append(heading.removeprefix("Comment [").removesuffix("]"))
            texts.append([cell, "", ""])
    said = {w: Annotation.of(t) for w, t in zip(words, texts, strict=True)}
    unit = said.pop("Unit", Annotation())
    made = [(word, Value(word, value)) for word, value in said.items() if value]
    if not unit:
        return made
    what = said.get("Explication", Annotation())
    return [
        ("Explication", Value("Explication", what, unit)),
        *((word, value) for word, value in made if word != "Explication"),
    ]
